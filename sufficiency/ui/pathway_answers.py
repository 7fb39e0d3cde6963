"""What the Assessment page shows: the pathway from request to plan simulated alone, a fifth of the work of a whole run."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.measures import measures
from sufficiency.experiment.pathway_runs import in_order
from sufficiency.experiment.run import FailedFuture, Run, axis_labels
from sufficiency.places.gap import Band, band
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.pathway import simulate_assessment
from sufficiency.simulation.results import TALLIES
from sufficiency.ui.answers import Kept, Key
from sufficiency.ui.jobs import Job

Values = NDArray[np.float64]
Part = tuple[tuple[int, ...], dict[tuple[str, str], Values], tuple[FailedFuture, ...]]
"""Replications, measures by kind of period and name, and the futures that failed."""

BATCH = 10
KINDS = ("month", "calendar_year")
NAMES = (
    "requests",
    "decisions",
    "plans_issued",
    "plans_issued_on_time",
    "decisions_within_6_weeks",
    "timeliness_20_week",
    "timeliness_20_week_with_exceptions",
    "plans_20_to_52_weeks",
    "plans_over_52_weeks",
    "weeks_to_plan_mean",
    "weeks_to_plan_p50",
    "weeks_to_plan_p90",
    "assessments_open_up_to_20_weeks",
    "assessments_open_20_to_52_weeks",
    "assessments_open_over_52_weeks",
    "advice_utilisation",
    "cases_utilisation",
    "drafts_utilisation",
    "requests_undecided",
    "assessments_open",
)
"""Measures kept, as ``docs/measures.md`` names them."""


class PathwayKey(NamedTuple):
    """The key under which the pathway's answer is kept, beside that of the whole run."""

    answer: Key
    what: str = "pathway"


@dataclass(frozen=True, eq=False)
class PathwayAnswer:
    """The pathway's measures over all areas, needs and phases."""

    key: Key
    scenario: Scenario
    replications: tuple[int, ...]
    months: tuple[str, ...]
    years: tuple[str, ...]
    """Calendar years that the clock covers whole."""
    values: dict[tuple[str, str], Values]
    """By kind of period (``month`` or ``calendar_year``) and measure, [future, period]; NaN where a share has no denominator."""
    failures: tuple[FailedFuture, ...] = ()

    @property
    def failed(self) -> int:
        """Futures that could not be simulated."""
        return len(self.failures)

    def of_year(self, measure: str, year: str) -> Values:
        """A measure in every future of a calendar year."""
        return self.values["calendar_year", measure][:, self.years.index(year)]

    def of_month(self, measure: str, month: str) -> Values:
        """A measure in every future of a month."""
        return self.values["month", measure][:, self.months.index(month)]


def band_of(values: Values) -> Band | None:
    """The band over the futures that have a value, or None where none has."""
    found = values[np.isfinite(values)]
    return band(found) if found.size else None


def pathway_work(job: Job, scenario: Scenario, key: PathwayKey, pool: Executor, kept: Kept) -> None:
    """In a job's thread: the pathway's futures simulated in worker processes; the answer is put into ``kept``."""
    asked = key.answer.futures
    parts = [range(start, min(start + BATCH, asked)) for start in range(0, asked, BATCH)]
    done: list[Part] = []
    for part in in_order(pool, ((simulated, scenario, part, key.answer.seed) for part in parts), job.stopping):
        done.append(part)
        job.tell(sum(len(replications) + len(failed) for replications, _, failed in done), asked)
    kept.put(key, _joined(scenario, key.answer, done))


def _joined(scenario: Scenario, key: Key, parts: Sequence[Part]) -> PathwayAnswer:
    failures = tuple(failure for _, _, failed in parts for failure in failed)
    some = [part for part in parts if part[0]]
    if not some:
        first = failures[0]
        raise InputProblem(
            "no future could be simulated",
            where=f"scenario {scenario.name}, future {first.replication}",
            value=f"{first.error}: {first.message}",
            mend="run it again; where that fails too, undo the last change of the scenario",
        )
    months = scenario.calendar.months
    years = tuple(month[:4] for month in months if month.endswith("-12") and f"{month[:4]}-01" in months)
    values = {name: np.concatenate([found[name] for _, found, _ in some]) for name in some[0][1]}
    replications = tuple(r for part, _, _ in some for r in part)
    return PathwayAnswer(key, scenario, replications, months, years, values, failures)


def simulated(scenario: Scenario, replications: Sequence[int], base_seed: int) -> Part:
    """In a worker process: some futures' measures; a future that fails is data."""
    done, failed = [], []
    for replication in replications:
        try:
            done.append(simulate_assessment(scenario, replication, base_seed=base_seed))
        except Exception as error:  # whatever went wrong in one future must not lose the others
            failed.append(FailedFuture(replication, type(error).__name__, str(error)[:300]))
    if not done:
        return (), {}, tuple(failed)
    tallies = {name: np.stack([future.tallies[name] for future in done]) for name in done[0].tallies}
    for name in TALLIES.keys() - tallies.keys():  # what the pathway alone does not have is nothing
        tallies[name] = np.zeros((len(done), *(len(axis_labels(scenario, axis)) for axis in TALLIES[name])))
    run = Run(scenario, base_seed, tuple(future.replication for future in done), tallies)
    values = {}
    for measure in measures(run):
        if measure.name not in NAMES or measure.period_kind not in KINDS:
            continue
        above, below = measure.values, measure.denominator
        axes = tuple(range(2, above.ndim))
        found = above.sum(axis=axes).astype(np.float64)
        if below is not None:
            parts = below.sum(axis=axes)
            found = np.divide(found, parts, out=np.full(found.shape, np.nan), where=parts > 0)
        values[measure.period_kind, measure.name] = found
    return run.replications, values, tuple(failed)
