"""Pupil-years and place-years of variants of a scenario, simulated in the futures that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from typing import NamedTuple

from sufficiency.dsg.prices import Array
from sufficiency.experiment.pathway_runs import in_order
from sufficiency.experiment.run import FailedFuture, Run
from sufficiency.experiment.runner import Progress, simulate_batch
from sufficiency.scenario.scenario import Scenario

_BATCH = 5


class Pupils(NamedTuple):
    """What money follows in one future; both [financial_year, setting]."""

    pupil_years: Array
    place_years: Array


def pupils_of(
    work: Sequence[tuple[Scenario, Iterable[int]]],
    base_seed: int,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[dict[int, Pupils]]:
    """For each scenario and its replications what each future leaves behind, by replication.

    A future that fails is left out: whoever compares variants takes those that all of them have. Raises Cancelled.
    """
    parts: list[tuple[int, Scenario, list[int]]] = []
    for position, (scenario, replications) in enumerate(work):
        chosen = sorted(replications)
        parts += [(position, scenario, chosen[start : start + _BATCH]) for start in range(0, len(chosen), _BATCH)]
    found: list[dict[int, Pupils]] = [{} for _ in work]
    of, done = sum(len(part) for _, _, part in parts), 0
    calls = ((_simulated, scenario, part, base_seed) for _, scenario, part in parts)
    for (position, _, part), simulated in zip(parts, in_order(executor, calls, cancelled), strict=True):
        found[position] |= simulated
        done += len(part)
        if progress:
            progress(done, of)
    return found


def of_run(run: Run) -> dict[int, Pupils]:
    """The same of a run at hand."""
    pupil_years, place_years = run.tallies["pupil_years"].sum(axis=2), run.tallies["place_years"]
    return {r: Pupils(pupil_years[i], place_years[i]) for i, r in enumerate(run.replications)}


def _simulated(scenario: Scenario, replications: Sequence[int], base_seed: int) -> dict[int, Pupils]:
    """In a worker process: only what money follows travels back."""
    return {
        future.replication: Pupils(future.tallies["pupil_years"].sum(axis=1), future.tallies["place_years"])
        for future in simulate_batch(scenario, replications, base_seed)
        if not isinstance(future, FailedFuture)
    }
