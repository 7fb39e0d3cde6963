"""Forecasts of requests, new plans and plans of every authority from a January census: built, simulated, tabled.

Authorities are independent of each other, so they are shared out over the workers whole; each is a pure function of its baseline,
the base seed and the number of futures. The national path has the same streams in every authority's future of the same number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from sufficiency.evidence.dfe.figures import standing_in
from sufficiency.evidence.dfe.panel import Panel
from sufficiency.evidence.dfe.published import Published, authority_named, check_census
from sufficiency.experiment.hindcast.balance import balanced_block
from sufficiency.experiment.hindcast.baseline import National, baseline, lacking, national, whole
from sufficiency.experiment.hindcast.build import authority_scenario
from sufficiency.experiment.measure import by_calendar_year
from sufficiency.experiment.run import FailedFuture, stacked
from sufficiency.experiment.runner import MOST_FUTURES, check_count, simulate_batch
from sufficiency.scenario.messages import first_problem
from sufficiency.scenario.scenario import Scenario

DEFAULT_FUTURES = 100
"""Enough for the 10th and 90th percentile; all authorities take a few minutes."""
LONGEST_HORIZON = 10
MEASURES = ("requests", "new_plans", "plans")
QUANTILES = {"p10": 10, "p25": 25, "p50": 50, "p75": 75, "p90": 90}
COLUMNS = ("la_name", "measure", "year", "mean", *QUANTILES)

Progress = Callable[[int, int], None]
"""Called with (authorities done, authorities asked for)."""


@dataclass(frozen=True)
class Projection:
    """The futures of one authority."""

    name: str
    census: int
    values: NDArray[np.int64]
    """Counts, shape (measures, years, futures), in the order of :data:`MEASURES`: flows of the calendar years from the census
    on, plans at the censuses that follow."""
    scenario_hash: str
    failed: str
    """Of futures that could not be simulated, which are left out: how many and why; empty where there are none."""

    def years(self, measure: str) -> list[int]:
        """The year of each column: of the flow, or of the January census."""
        first = self.census + (measure == "plans")
        return list(range(first, first + self.values.shape[1]))


@dataclass(frozen=True)
class Forecast:
    """Projections of the authorities that have a baseline, and why the others have none."""

    census: int
    horizon: int
    futures: int
    seed: int
    panel: Panel
    """The panel's rates as learned from what was counted by the census."""
    projections: tuple[Projection, ...]
    left_out: dict[str, str]
    """Why an authority has no forecast, by its name."""
    set_aside: tuple[str, ...]
    """What was published by the census and not believed, in words."""


def forecast(
    published: Published,
    census: int,
    horizon: int,
    las: Sequence[str] = (),
    *,
    futures: int = DEFAULT_FUTURES,
    seed: int,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """Project the authorities named, or all where none is, ``horizon`` years on from January ``census``.

    Only what was counted by the census is used, the panel's rates included. An authority that lacks a baseline, or whose figures
    are beyond what a scenario can hold, is left out and named with the reason. Raises InputProblem for an unknown authority, a
    census that the tables do not hold, and counts out of range.
    """
    check_count(horizon, "horizon in years", 1, LONGEST_HORIZON)
    check_count(futures, "number of futures", 1, MOST_FUTURES)
    check_count(seed, "base seed", 0, 2**63 - 1)
    check_census(published, census)
    names = tuple(dict.fromkeys(authority_named(published, la) for la in las)) or published.authorities
    known = published.until(census)
    shapes = national(known, census, standing_in(census))
    left_out = {name: reason for name in names if (reason := lacking(known, census, name))}
    scenarios: list[Scenario] = []
    for name in names:
        if name in left_out:
            continue
        built = _built(known, census, horizon, name, shapes)
        if isinstance(built, Scenario):
            scenarios.append(built)
        else:
            left_out[name] = built
    # One block for all, whichever authorities are asked for: it is chosen on England as one authority.
    block = balanced_block(authority_scenario(whole(shapes), shapes, census, horizon), futures, seed) if scenarios else range(0)
    done: list[Projection] = []
    for number, projection in enumerate(_projected(scenarios, census, horizon, block, seed, executor), 1):
        if projection.values.size:
            done.append(projection)
        else:
            left_out[projection.name] = projection.failed
        if progress:
            progress(number, len(scenarios))
    words = tuple(words for _, words in known.set_aside)
    return Forecast(census, horizon, futures, seed, shapes.panel, tuple(done), left_out, words)


def _built(known: Published, census: int, horizon: int, name: str, shapes: National) -> Scenario | str:
    """The scenario of an authority that lacks nothing, or in words why there is none."""
    try:
        return authority_scenario(baseline(known, census, name, shapes), shapes, census, horizon)
    except ValidationError as error:
        found = first_problem(error, Scenario, where="")
        what = f"its figures are beyond what a scenario can hold ({found.field}"
        return f"{what}: {found.what}{f', allowed is {found.allowed}' if found.allowed else ''})"


def counted(count: int, one: str, many: str | None = None) -> str:
    """``1 future``, ``40 futures``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _projected(
    scenarios: Sequence[Scenario], census: int, horizon: int, replications: range, seed: int, executor: Executor | None
) -> Iterator[Projection]:
    if not scenarios:
        return
    tasks = [(scenario, census, horizon, replications, seed) for scenario in scenarios]
    yield from map(_project, tasks) if executor is None else executor.map(_project, tasks)


def _project(task: tuple[Scenario, int, int, range, int]) -> Projection:
    """One authority's futures, in the calling process; one that fails is left out and named."""
    scenario, census, horizon, replications, seed = task
    done, lost = [], []
    for result in simulate_batch(scenario, replications, seed):
        if isinstance(result, FailedFuture):
            lost.append(result)
        else:
            done.append(result)
    which = ", the first" if len(lost) > 1 else ""
    failed = f"{counted(len(lost), 'future')} failed{which} with {lost[0].error}: {lost[0].message}" if lost else ""
    values = np.empty((len(MEASURES), horizon, len(done)), dtype=np.int64)
    if not done:
        return Projection(scenario.title, census, values, scenario.digest, failed)
    run = stacked(scenario, seed, done)
    for position, tally in enumerate(("requests", "plans_issued")):
        years, counts = by_calendar_year(run, tally)
        first = years.index(str(census))
        values[position] = counts[:, first : first + horizon].sum(axis=(2, 3, 4)).T
    caseload = run.tallies["caseload"].sum(axis=(2, 3, 4, 5), dtype=np.int64)
    first = run.labels("census").index(str(census + 1))
    values[MEASURES.index("plans")] = caseload[:, first : first + horizon].T
    return Projection(scenario.title, census, values, scenario.digest, failed)


def rows(found: Forecast) -> Iterator[tuple[str, str, int, *tuple[float, ...]]]:
    """The table of :data:`COLUMNS`: one row for each authority, measure and year, to a hundredth."""
    for projection in found.projections:
        for measure, values in zip(MEASURES, projection.values, strict=True):
            quantiles = np.percentile(values, list(QUANTILES.values()), axis=1)
            for i, year in enumerate(projection.years(measure)):
                figures = (float(values[i].mean()), *(float(q) for q in quantiles[:, i]))
                yield (projection.name, measure, year, *(round(figure, 2) for figure in figures))
