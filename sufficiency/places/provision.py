"""Plans on the January census by provision type: the model's settings, split further by published shares.

The shares are of one census, to Year 11 and after it; they are held for every year and need (an assumption, never simulated).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import FIRST_NCY, PHASE_STARTS, PROVISION_OF_SETTING, PROVISION_TYPES, SETTINGS
from sufficiency.experiment.run import Run

Counts = Mapping[str, Mapping[str, int]]
"""Pupils by setting and provision type."""
_YEAR_12 = PHASE_STARTS[2] - FIRST_NCY


def provision_shares(to_year_11: Counts, from_year_12: Counts) -> NDArray[np.float64]:
    """Shares of each setting's pupils in each provision type, shape (2, settings, provision types): to Year 11, and after.

    Each row sums to 1. A setting without counts goes whole to the type of
    :data:`~sufficiency.domain.dictionaries.PROVISION_OF_SETTING`.
    """
    shares = np.zeros((2, len(SETTINGS), len(PROVISION_TYPES)))
    for half, counts in enumerate((to_year_11, from_year_12)):
        for at, setting in enumerate(SETTINGS.codes):
            for code, count in counts.get(setting, {PROVISION_OF_SETTING[setting][half]: 1}).items():
                shares[half, at, PROVISION_TYPES.index(code)] += count
    whole: NDArray[np.float64] = shares / shares.sum(axis=2, keepdims=True)
    return whole


def plans_by_provision(run: Run, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Plans by provision type and need, shape (futures, censuses, provision types, needs).

    ``shares`` are those of :func:`provision_shares`; a future's numbers are whole only where no share splits them.
    """
    caseload = run.tallies["caseload_by_ncy"]
    halves = np.stack([caseload[:, :, :, :_YEAR_12].sum(axis=3), caseload[:, :, :, _YEAR_12:].sum(axis=3)], axis=2)
    found: NDArray[np.float64] = np.einsum("fchns,hsp->fcpn", halves.astype(np.float64), shares)
    return found
