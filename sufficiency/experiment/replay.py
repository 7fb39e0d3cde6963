"""What a scenario gives for each published figure: its band, whether the figure lies inside, and how a simple rule does.

The bands are the 5th to the 95th percentile over futures; a future that has no such figure (a share on time where no plan was
issued) is left out of its band, and counted. The simple rule is "as last time": for timeliness and plans on time the
share published for the period before, times the published cohort; for other measures the figure published before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.calibration.calibrate import until
from sufficiency.experiment.observables import OBSERVABLES
from sufficiency.experiment.observed import Observation, Observed
from sufficiency.experiment.pathway_runs import Item, failed, observed_futures
from sufficiency.experiment.periods import Period, covered
from sufficiency.experiment.runner import MOST_FUTURES, Progress, check_count
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.results import DEFAULT_BASE_SEED

BAND = (5.0, 50.0, 95.0)
DEFAULT_REPLAYS = 500


@dataclass(frozen=True)
class Check:
    """One published figure beside the simulation."""

    row: Observation
    p5: float
    p50: float
    p95: float
    as_last_time: float | None
    """What "as last time" would have said, or None where nothing was published before."""
    without: int = 0
    """Futures left out of the band because they have no such figure; the band is NaN where none has it."""

    @property
    def inside(self) -> bool:
        """Whether the published figure lies within the band."""
        return self.p5 <= self.row.value <= self.p95

    @property
    def width(self) -> float:
        """Width of the band."""
        return self.p95 - self.p5

    @property
    def error(self) -> float:
        """Distance of the median from what was published."""
        return abs(self.p50 - self.row.value)

    @property
    def error_as_last_time(self) -> float | None:
        """Distance of the simple rule from what was published."""
        return None if self.as_last_time is None else abs(self.as_last_time - self.row.value)


@dataclass(frozen=True)
class Replay:
    """The checks of a scenario against published figures, in the order of the file."""

    scenario: Scenario
    observed: Observed
    base_seed: int
    futures: int
    failed: int
    checks: tuple[Check, ...]
    outside: int = 0
    """Figures left out, inputs apart, because they lie outside the scenario's months."""

    def of(self, *uses: str) -> tuple[Check, ...]:
        """The checks of those uses."""
        return tuple(check for check in self.checks if check.row.use in uses)


def replay(
    scenario: Scenario,
    observed: Observed,
    futures: int = DEFAULT_REPLAYS,
    *,
    base_seed: int = DEFAULT_BASE_SEED,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Replay:
    """Simulate the assessment pathway of ``scenario`` and compare it with every published figure within it; others are counted.

    Where the scenario holds a posterior its particles are drawn, one a future: posterior predictive checks. Raises InputProblem
    for counts out of range and where no figure lies within the scenario.
    """
    check_count(futures, "number of futures", 1, MOST_FUTURES)
    rows = observed.within(scenario).rows
    if not rows:
        months = covered(scenario.calendar)
        raise InputProblem(
            "no published figure lies within the scenario",
            where=observed.name,
            allowed=f"at least one of {months[0]} to {months[-1]}",
            mend="choose another scenario or other figures",
        )
    found = observed_futures(
        until(scenario, max(row.period.last for row in rows)),
        [Item({}, replication) for replication in range(futures)],
        observed.targets(rows),
        base_seed=base_seed,
        executor=executor,
        progress=progress,
        cancelled=cancelled,
    )
    good = found[~failed(found)]
    outside = sum(row.use != "input" for row in observed.rows) - sum(row.use != "input" for row in rows)
    checks = tuple(_check(row, column, observed) for row, column in zip(rows, good.T, strict=True))
    return Replay(scenario, observed, base_seed, len(good), len(found) - len(good), checks, outside)


def _check(row: Observation, values: NDArray[np.float64], observed: Observed) -> Check:
    there = values[~np.isnan(values)]
    p5, p50, p95 = (float(x) for x in np.percentile(there, BAND)) if there.size else (np.nan,) * 3
    return Check(row, p5, p50, p95, _as_last_time(row, observed), values.size - there.size)


def _as_last_time(row: Observation, observed: Observed) -> float | None:
    if row.measure in ("plans_on_time", "timeliness_20_week"):
        share = _share_before(row.period, observed.rows)
        if row.measure == "timeliness_20_week" or share is None:
            return share
        cohort = observed.value("plans_in_cohort", row.period.label)
        return None if cohort is None else share * cohort
    if OBSERVABLES[row.measure].kind == "flow":
        before = [r for r in observed.rows if r.measure == row.measure and _just_before(r.period, row.period)]
        before = [r for r in before if r.period.kind == row.period.kind]
    else:
        before = [r for r in observed.rows if r.measure == row.measure and r.period.last < row.period.last]
    return max(before, key=lambda r: r.period.last).value if before else None


def _share_before(period: Period, rows: Sequence[Observation]) -> float | None:
    """The share on time published for the year before a year, or the month before a month or span."""
    for row in rows:
        alike = (row.period.kind == "year") == (period.kind == "year")
        if not alike or not _just_before(row.period, period):
            continue
        if row.measure == "timeliness_20_week":
            return row.value
        if row.measure == "plans_on_time":
            cohort = next((r.value for r in rows if r.measure == "plans_in_cohort" and r.period == row.period), 0.0)
            if cohort > 0:
                return row.value / cohort
    return None


def _just_before(earlier: Period, later: Period) -> bool:
    return earlier.last == later.first - 1
