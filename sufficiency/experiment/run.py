"""A run: the stacked tallies of many futures of one scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.calendar import academic_year_label, financial_year_label
from sufficiency.domain.dictionaries import FIRST_NCY, LAST_NCY, NEEDS, PHASES, SETTINGS
from sufficiency.scenario.draws import drawn
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.results import MONTHS_COUNTED, ROUTES, TALLIES, UNPLACED_REASONS, WAIT_OUTCOMES, WEEKS_COUNTED, Future
from sufficiency.simulation.streams import Streams


@dataclass(frozen=True)
class FailedFuture:
    """A future that could not be simulated: data, never a lost run."""

    replication: int
    error: str
    message: str


@dataclass(frozen=True)
class Run:
    """Futures of one scenario, stacked: each tally has the futures as its first axis."""

    scenario: Scenario
    base_seed: int
    replications: tuple[int, ...]
    """Replications that succeeded, in order: the labels of the first axis."""
    tallies: dict[str, NDArray[Any]]
    failed: tuple[FailedFuture, ...] = ()

    @property
    def futures(self) -> int:
        """Number of futures that succeeded."""
        return len(self.replications)

    def labels(self, axis: str) -> tuple[str, ...]:
        """Labels of a named axis, in order."""
        return axis_labels(self.scenario, axis)

    def drawn_scenarios(self) -> list[Scenario]:
        """The scenario with its ranges drawn as in each future, in the order of the first axis."""
        return [drawn(self.scenario, Streams(self.base_seed, r).uniform) for r in self.replications]


def axis_labels(scenario: Scenario, axis: str) -> tuple[str, ...]:
    """Labels of a named axis of :data:`TALLIES`: periods as results show them, codes otherwise."""
    calendar = scenario.calendar
    if axis == "month":
        return calendar.months
    if axis == "census":
        return tuple(str(y) for y in calendar.census_years)
    if axis == "academic_year":
        return tuple(academic_year_label(y - 1) for y in calendar.census_years)
    if axis == "ncy":
        return tuple(str(ncy) for ncy in range(FIRST_NCY, LAST_NCY + 1))
    if axis == "weeks":
        return tuple(str(week) for week in range(WEEKS_COUNTED + 1))
    if axis == "financial_year":
        return tuple(financial_year_label(y) for y in calendar.whole_financial_years)
    if axis == "wait_months":
        return tuple(str(month) for month in range(MONTHS_COUNTED + 1))
    return {
        "area": scenario.area_codes,
        "place_area": scenario.area_codes,
        "need": NEEDS.codes,
        "phase": PHASES.codes,
        "setting": SETTINGS.codes,
        "outcome": WAIT_OUTCOMES,
        "reason": UNPLACED_REASONS,
        "route": ROUTES,
    }[axis]


def stacked(scenario: Scenario, base_seed: int, futures: Sequence[Future], failed: Sequence[FailedFuture] = ()) -> Run:
    """A run from its futures, in the order of their replications whatever the order given."""
    ordered = sorted(futures, key=lambda f: f.replication)
    tallies = {name: np.stack([f.tallies[name] for f in ordered]) for name in TALLIES} if ordered else {}
    return Run(
        scenario=scenario,
        base_seed=base_seed,
        replications=tuple(f.replication for f in ordered),
        tallies=tallies,
        failed=tuple(sorted(failed, key=lambda f: f.replication)),
    )
