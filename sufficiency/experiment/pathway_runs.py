"""Many futures read off as published figures: the engine of calibration, replay and staffing.

The assessment pathway alone is simulated unless a figure needs placements too. Each item of work is a scenario's numbers and a
replication. Results come back in the order of the items whatever the executor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from concurrent.futures import Future as Job
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.experiment.observables import PLACEMENTS, Target, observe
from sufficiency.experiment.runner import Cancelled, Progress
from sufficiency.scenario.numbers import with_numbers
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.future import simulate
from sufficiency.simulation.pathway import simulate_assessment
from sufficiency.simulation.results import Future

_UNREAD = ("caseload", "placements", "reviews", "estate", "supply", "commitment", "shortlist", "money")
"""Sections of a scenario that the assessment pathway never reads: their many ranges need not be drawn."""
_BATCH = 20
_AHEAD = 8
"""Batches handed out ahead of the one that is waited for."""

Read = Callable[[Future, Scenario], NDArray[np.float64]]


@dataclass(frozen=True)
class Item:
    """One future: the numbers set in the scenario, by dotted path, and the replication."""

    numbers: Mapping[str, float]
    replication: int


def observed_futures(
    scenario: Scenario,
    items: Sequence[Item],
    targets: Sequence[Target],
    *,
    base_seed: int,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> NDArray[np.float64]:
    """The targets of each future, shape (items, targets); a future that fails is a row of infinity.

    NaN is a target that a future does not have: a share of nothing.

    Raises Cancelled once ``cancelled()`` is true. A bug that makes the first future fail is raised as it is.
    """
    done: list[NDArray[np.float64]] = []
    parts = [items[start : start + _BATCH] for start in range(0, len(items), _BATCH)]
    work = ((_observed, scenario, part, tuple(targets), base_seed) for part in parts)
    count = 0
    for rows in in_order(executor, work, cancelled):
        done.append(rows)
        count += len(rows)
        if progress:
            progress(count, len(items))
    found = np.concatenate(done) if done else np.zeros((0, len(targets)))
    if len(items) and failed(found).all():
        _values(_as_needed(scenario, targets), items[0], tuple(targets), base_seed)  # raises what went wrong
    return found


def failed(found: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of the futures that :func:`observed_futures` gives could not be simulated, shape (items,)."""
    return np.asarray(np.isinf(found).any(axis=1))


def in_order(
    executor: Executor | None, work: Iterator[tuple[Any, ...]], cancelled: Callable[[], bool] | None = None
) -> Iterator[Any]:
    """Results of ``function(*arguments)`` for each tuple of ``work``, in its order; a few calls are handed out ahead."""
    if executor is None:
        for function, *arguments in work:
            _stop_if(cancelled)
            yield function(*arguments)
        return
    jobs: list[Job[Any]] = []
    try:
        for call in work:
            jobs.append(executor.submit(*call))
            if len(jobs) > _AHEAD:
                _stop_if(cancelled)
                yield jobs.pop(0).result()
        while jobs:
            _stop_if(cancelled)
            yield jobs.pop(0).result()
    finally:
        for job in jobs:
            job.cancel()


def _observed(scenario: Scenario, items: Sequence[Item], targets: tuple[Target, ...], base_seed: int) -> NDArray[np.float64]:
    """The targets of some futures in the calling process."""
    found = np.full((len(items), len(targets)), np.inf)
    scenario = _as_needed(scenario, targets)
    for row, item in zip(found, items, strict=True):
        try:
            row[:] = _values(scenario, item, targets, base_seed)
        except Exception:  # one future that cannot be simulated must not lose the others
            row[:] = np.inf
    return found


def _values(scenario: Scenario, item: Item, targets: tuple[Target, ...], base_seed: int) -> NDArray[np.float64]:
    changed: Scenario = with_numbers(scenario, item.numbers)
    simulated = simulate if _needs_placements(targets) else simulate_assessment
    future = simulated(changed, item.replication, base_seed=base_seed)
    return observe(future.tallies, scenario.calendar, targets)


def _needs_placements(targets: Sequence[Target]) -> bool:
    return any(target.measure in PLACEMENTS for target in targets)


def _as_needed(scenario: Scenario, targets: Sequence[Target]) -> Scenario:
    return scenario if _needs_placements(targets) else pathway_only(scenario)


def pathway_only(scenario: Scenario) -> Scenario:
    """The scenario without what the pathway does not read, for use in this process only.

    Every number has a stream of its own, so that nothing else changes.
    """
    return scenario.model_copy(update=dict.fromkeys(_UNREAD))


def _stop_if(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled("the run was cancelled")
