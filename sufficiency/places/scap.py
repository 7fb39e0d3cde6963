"""The School Capacity survey's specialist forecast: children in specialist places on the January census, by NCY and type.

Residents of the authority with a plan, Reception to Year 11; nursery and post-16 are left out, and so are children of other
authorities (DfE, "Forecasting demand for SEND provision for SCAP", 2026). Children who wait for a place are counted beside, by
phase: which type they wait for is not simulated, and some of them wait in alternative provision.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import FIRST_NCY, PHASE_STARTS, PHASES, SCAP_TYPE_OF_SETTING, SCAP_TYPES, SETTINGS
from sufficiency.experiment.run import Run

SCAP_PHASES = ("primary", "secondary")
NCYS_OF_PHASE = {"primary": range(PHASE_STARTS[0], PHASE_STARTS[1]), "secondary": range(PHASE_STARTS[1], PHASE_STARTS[2])}
NCY_COUNT = PHASE_STARTS[2] - PHASE_STARTS[0]
"""National Curriculum Years forecast: Reception (0) to Year 11."""


@dataclass(frozen=True)
class ScapPupils:
    """Children in specialist places in each future."""

    censuses: tuple[int, ...]
    """Years of the January censuses; census Y is that of academic year Y - 1 to Y. The first is the base year."""
    base_is_opening: bool
    """Whether the base year is the opening stock, rather than simulated."""
    pupils: NDArray[np.float64]
    """Shape (futures, censuses, 12 NCYs from Reception, SCAP types in their order)."""
    waiting: NDArray[np.float64]
    """Children with a plan who need a specialist place and wait, shape (futures, censuses, 2 phases)."""


def scap_pupils(run: Run, non_maintained: float) -> ScapPupils:
    """The forecast of ``run``; ``non_maintained`` is the share of setting ``independent`` in non-maintained special schools,
    which SCAP counts with state special (0 to 1, the same in every year, NCY and need)."""
    by_setting = run.tallies["caseload_by_ncy"].sum(axis=2)[:, :, -FIRST_NCY : -FIRST_NCY + NCY_COUNT]
    pupils = np.zeros((*by_setting.shape[:3], len(SCAP_TYPES)))
    for setting, kind in SCAP_TYPE_OF_SETTING.items():
        pupils[..., SCAP_TYPES.index(kind)] += by_setting[..., SETTINGS.index(setting)]
    moved = pupils[..., SCAP_TYPES.index("IN")] * non_maintained
    pupils[..., SCAP_TYPES.index("IN")] -= moved
    pupils[..., SCAP_TYPES.index("SS")] += moved
    waiting = run.tallies["waiting"].sum(axis=(2, 3))[..., [PHASES.index(phase) for phase in SCAP_PHASES]]
    calendar = run.scenario.calendar
    return ScapPupils(calendar.census_years, calendar.census_weeks[:1] == (0,), pupils, waiting.astype(np.float64))
