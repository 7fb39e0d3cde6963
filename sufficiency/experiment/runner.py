"""Runs many futures: serially or on any ``concurrent.futures`` executor, with progress and cancelling.

Futures are independent and each is a pure function of (scenario, base seed, replication), so results never depend on the
executor, on the number of workers or on the order in which batches come back.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, ProcessPoolExecutor, wait
from concurrent.futures import Future as Job
from contextlib import contextmanager

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import FailedFuture, Run, stacked
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.future import simulate
from sufficiency.simulation.results import DEFAULT_BASE_SEED, Future

DEFAULT_FUTURES = 200
MOST_FUTURES = 10_000
_BATCH = 5

Progress = Callable[[int, int], None]
"""Called with (futures done, futures asked for) each time a batch comes back."""


class Cancelled(Exception):
    """The run was cancelled by the person who asked for it."""


def run_futures(
    scenario: Scenario,
    futures: int = DEFAULT_FUTURES,
    *,
    base_seed: int = DEFAULT_BASE_SEED,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Run:
    """``futures`` replications (0 to futures - 1) of ``scenario``.

    ``executor`` is None for serial, or any ``concurrent.futures.Executor`` (a spawned process pool, Dask's client executor).
    A future that fails is kept in ``Run.failed``. Raises InputProblem for counts out of range, Cancelled once ``cancelled()``
    is true, and InputProblem where every future failed.
    """
    check_count(futures, "number of futures", 1, MOST_FUTURES)
    check_count(base_seed, "base seed", 0, 2**63 - 1)
    done: list[Future] = []
    failed: list[FailedFuture] = []
    for results in _batches(scenario, futures, base_seed, executor, cancelled):
        for result in results:
            (failed if isinstance(result, FailedFuture) else done).append(result)  # type: ignore[arg-type]
        if progress:
            progress(len(done) + len(failed), futures)
    if not done:
        first = failed[0]
        raise InputProblem(
            "no future could be simulated",
            where=f"scenario {scenario.name}, future {first.replication}",
            value=f"{first.error}: {first.message}",
            mend="run it again; where that fails too, undo the last change of the scenario",
        )
    return stacked(scenario, base_seed, done, failed)


def check_count(value: int, name: str, least: int, most: int) -> None:
    """Raise InputProblem where a whole number is out of range."""
    if not least <= value <= most:
        raise InputProblem(f"the {name} is out of range", value=value, allowed=f"a whole number, {least:,} to {most:,}")


@contextmanager
def local_executor(jobs: int) -> Iterator[Executor | None]:
    """A spawned pool of ``jobs`` processes, or None for one job; closed, with what still waits dropped, on leaving."""
    check_count(jobs, "number of jobs", 1, 256)
    if jobs == 1:
        yield None
        return
    # Spawned, not forked: the same on every platform, and safe beside the app's threads.
    pool = ProcessPoolExecutor(max_workers=jobs, mp_context=multiprocessing.get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def usable_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def simulate_batch(scenario: Scenario, replications: Sequence[int], base_seed: int) -> list[Future | FailedFuture]:
    """Some futures in the calling process; one that fails is data."""
    results: list[Future | FailedFuture] = []
    for replication in replications:
        try:
            results.append(simulate(scenario, replication, base_seed=base_seed))
        except Exception as error:  # whatever went wrong in one future must not lose the others
            results.append(FailedFuture(replication, type(error).__name__, str(error)[:300]))
    return results


def _batches(
    scenario: Scenario, futures: int, base_seed: int, executor: Executor | None, cancelled: Callable[[], bool] | None
) -> Iterator[list[Future | FailedFuture]]:
    parts = [range(start, min(start + _BATCH, futures)) for start in range(0, futures, _BATCH)]
    if executor is None:
        for part in parts:
            _stop_if(cancelled)
            yield simulate_batch(scenario, part, base_seed)
        return
    jobs: dict[Job[list[Future | FailedFuture]], range] = {}
    try:
        for part in parts:
            try:
                jobs[executor.submit(simulate_batch, scenario, part, base_seed)] = part
            except BrokenExecutor as error:  # a worker died while work was still being handed out
                yield _failures(error, part)
        waiting = set(jobs)
        while waiting:
            _stop_if(cancelled)
            finished, waiting = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
            for job in finished:
                yield _outcome(job, jobs[job])
    finally:
        for job in jobs:
            job.cancel()


def _outcome(job: Job[list[Future | FailedFuture]], part: range) -> list[Future | FailedFuture]:
    try:
        return job.result()
    except Exception as error:  # a worker that died, or anything that could not travel between processes
        return _failures(error, part)


def _failures(error: Exception, part: range) -> list[Future | FailedFuture]:
    message = str(error) or "a worker process ended abruptly"
    return [FailedFuture(replication, type(error).__name__, message[:300]) for replication in part]


def _stop_if(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled("the run was cancelled")
