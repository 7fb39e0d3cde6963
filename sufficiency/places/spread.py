"""What the spread of a gap is made of: figures that nobody has published, group by group, and the course of events.

A group's share is the part of the variance over futures that its drawn figures explain by themselves (see
:mod:`sufficiency.experiment.crossed`). What is left is the course of events: growth that no figure fixes, delays, what chance
does to single children, and the interplay of groups. Shares are estimates and carry their standard error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import Dictionary, Entry
from sufficiency.experiment.crossed import crossed, explained
from sufficiency.experiment.run import Run
from sufficiency.scenario.scenario import Scenario

Values = NDArray[np.float64]
FEWEST_FUTURES = 4
"""Two pairs, or nothing can be said of the error."""
SPREAD_FUTURES = 60
"""Futures crossed by default, once for each group."""
MOSTLY = 0.5
"""Share of a spread from which it is called mostly assumption."""
TALLIES = ("need", "places", "waiting")

ASSUMPTIONS = Dictionary(
    "assumption",
    (
        Entry("area_shares", "Area shares", "How requests, plans and births divide between the areas."),
        Entry("capacities", "Capacities", "How many places each provision has, and the share open to residents."),
        Entry("need_and_placement", "Need and placement", "Who comes to need a specialist place, and where children go."),
        Entry("other_ranges", "Other ranges", "Growth, population, assessment, staff, reviews, interventions and delays."),
    ),
)
"""Groups of unverified ranges, each drawn once a future."""
CALIBRATED = Entry(
    "calibrated", "Calibrated figures", "What calibration has left open: fitted to observed figures, no mere assumption."
)
AREA_FIGURES = ("area_shares", "capacities")
"""The groups that are unpublished figures of single areas."""
_AREA_SHARES = ("demand.by_area", "caseload.by_area", "population.births_by_area")
_NEED = ("demand.by_need", "demand.need_by_phase", "caseload.by_need", "caseload.setting_by_need", "caseload.setting_by_ncy",
         "caseload.waiting")  # fmt: skip
_NO_BEARING = ("money.", "shortlist.")


def groups(scenario: Scenario) -> dict[str, frozenset[str]]:
    """Paths of the unverified ranges of each group of :data:`ASSUMPTIONS` that bear on places, and those of the posterior."""
    found: dict[str, set[str]] = {code: set() for code in ASSUMPTIONS.codes}
    for path, figure in scenario.figures():
        if figure.is_range and not figure.verified and not path.startswith(_NO_BEARING):
            found[_group(path)].add(path)
    if scenario.posterior:
        found[CALIBRATED.code] = {"posterior"}
    return {code: frozenset(paths) for code, paths in found.items()}


def _group(path: str) -> str:
    if path in _AREA_SHARES:
        return "area_shares"
    if path == "estate.resident_share" or (path.startswith("supply.") and path.endswith(".places")):
        return "capacities"
    return "need_and_placement" if path in _NEED or path.startswith("placements.") else "other_ranges"


@dataclass(frozen=True)
class Shares:
    """Shares of the variance over futures, cell by cell; NaN where a cell has no spread."""

    by_group: Mapping[str, Values]
    """By the code of the group; by chance slightly below 0 or above 1."""
    assumption: Values
    """All groups of :data:`ASSUMPTIONS` together."""
    area_figures: Values
    """Those of :data:`AREA_FIGURES` together."""
    error: Values
    """Standard error of ``assumption``."""


MOSTLY_ASSUMPTION, ABOUT_HALF, MOSTLY_EVENTS, NO_SPREAD = (
    "mostly assumption", "about half assumption", "mostly the course of events", "no spread",
)  # fmt: skip


def verdict(assumption: float, error: float) -> str:
    """A share of assumption in words: nearer to one half than its standard error it is called about half."""
    if np.isnan(assumption):
        return NO_SPREAD
    if abs(assumption - MOSTLY) <= error:
        return ABOUT_HALF
    return MOSTLY_ASSUMPTION if assumption > MOSTLY else MOSTLY_EVENTS


@dataclass(frozen=True)
class Spread:
    """A run and its futures with one group of figures after another crossed."""

    run: Run
    crossed: Mapping[str, Run]
    """By the code of the group; groups without a range are absent."""

    @property
    def futures(self) -> int:
        """Futures crossed."""
        return min((each.futures for each in self.crossed.values()), default=0)

    def shares(self, quantity: Callable[[Run], NDArray[Any]]) -> Shares:
        """Shares of the spread of ``quantity``, which gives an array (futures, *cells) of a run."""
        own = quantity(self.run).astype(np.float64)
        variance = own.var(axis=0, ddof=1)
        parts = {code: explained(own, quantity(run)) for code, run in self.crossed.items()}

        def share(of: Values) -> Values:
            found: Values = np.divide(of, variance, out=np.full(variance.shape, np.nan), where=variance > 0)
            return found

        def summed(codes: tuple[str, ...], position: int, power: int = 1) -> Values:
            total: Values = np.sum([np.zeros_like(variance), *(parts[c][position] ** power for c in codes if c in parts)], axis=0)
            return total

        return Shares(
            by_group={code: share(parts[code][0]) for code in parts},
            assumption=share(summed(ASSUMPTIONS.codes, 0)),
            area_figures=share(summed(AREA_FIGURES, 0)),
            error=share(np.sqrt(summed(ASSUMPTIONS.codes, 1, 2))),
        )


def measure_spread(
    run: Run,
    futures: int = SPREAD_FUTURES,
    *,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Spread | None:
    """The spread of ``run`` taken apart over its first ``futures`` futures; None where they are fewer than 4.

    As many futures are simulated for each group that has a range. Raises Cancelled once ``cancelled()`` is true.
    """
    if min(run.futures, futures) < FEWEST_FUTURES:
        return None
    chosen = {code: paths for code, paths in groups(run.scenario).items() if paths}
    each = min(run.futures, futures) // 2 * 2
    found = {}
    for position, (code, paths) in enumerate(chosen.items()):

        def tell(done: int, _: int, before: int = position * each) -> None:
            if progress:
                progress(before + done, each * len(chosen))

        found[code] = crossed(run, futures, paths, TALLIES, executor=executor, progress=tell, cancelled=cancelled)
    return Spread(run, found)
