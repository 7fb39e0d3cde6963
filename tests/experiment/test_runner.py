"""Law 6: the same seed gives the same bytes wherever and in whatever order futures are run, and nothing is ever lost."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment import runner
from sufficiency.experiment.run import FailedFuture, Run, stacked
from sufficiency.experiment.runner import MOST_FUTURES, Cancelled, local_executor, run_futures, simulate_batch, usable_cores
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.future import simulate


def assert_same_bytes(a: Run, b: Run) -> None:
    """Bit for bit the same results."""
    assert a.replications == b.replications
    assert a.tallies.keys() == b.tallies.keys()
    for name, values in a.tallies.items():
        assert values.dtype == b.tallies[name].dtype
        assert values.tobytes() == b.tallies[name].tobytes(), name


class Inline(Executor):
    """Runs work at once, in this thread, and can be told to spoil some of it."""

    def __init__(self, spoil: Callable[[range], bool] = lambda part: False, error: Exception | None = None) -> None:
        self.spoil, self.error = spoil, error
        self.parts: list[range] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do the work now."""
        job: Future[Any] = Future()
        self.parts.append(args[1])
        if self.error is not None and self.spoil(args[1]):
            job.set_exception(self.error)
        else:
            job.set_result(fn(*args, **kwargs))
        return job


class LastFirst(Executor):
    """Collects all work and does it in the opposite order, in another thread."""

    def __init__(self, count: int) -> None:
        self._count, self._work = count, []  # type: ignore[var-annotated]

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Put the work on the pile; once it is complete, do the last first."""
        job: Future[Any] = Future()
        self._work.append((job, fn, args))
        if len(self._work) == self._count:
            threading.Thread(target=self._do_all).start()
        return job

    def _do_all(self) -> None:
        for job, fn, args in reversed(self._work):
            job.set_result(fn(*args))


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int], bool]], None]:
    """Makes the futures of some replications fail."""

    def breaking(which: Callable[[int], bool]) -> None:
        def failing(scenario: Scenario, replication: int, *, base_seed: int) -> Any:
            if which(replication):
                raise ValueError(f"future {replication} is broken")
            return simulate(scenario, replication, base_seed=base_seed)

        monkeypatch.setattr(runner, "simulate", failing)

    return breaking


@pytest.fixture(scope="module")
def two_workers() -> Iterator[Executor]:
    """Two spawned processes."""
    with local_executor(2) as pool:
        assert pool is not None
        yield pool


@pytest.mark.integration
def test_two_spawned_processes_give_the_same_bytes_as_one_after_the_other(
    scenario: Scenario, run: Run, two_workers: Executor
) -> None:
    assert_same_bytes(run_futures(scenario, 12, base_seed=7, executor=two_workers), run)


def test_threads_give_the_same_bytes_as_one_after_the_other(scenario: Scenario, run: Run) -> None:
    with ThreadPoolExecutor(3) as pool:
        assert_same_bytes(run_futures(scenario, 12, base_seed=7, executor=pool), run)


def test_batches_may_come_back_in_any_order(scenario: Scenario, run: Run) -> None:
    assert_same_bytes(run_futures(scenario, 12, base_seed=7, executor=LastFirst(3)), run)


def test_a_run_holds_the_futures_of_its_replications_in_order(scenario: Scenario, run: Run) -> None:
    futures = simulate_batch(scenario, [3, 1, 2], 7)
    assert not any(isinstance(f, FailedFuture) for f in futures)
    again = stacked(scenario, 7, futures)  # type: ignore[arg-type]
    assert again.replications == (1, 2, 3)
    for name, values in again.tallies.items():
        assert (values == run.tallies[name][1:4]).all(), name


def test_more_futures_leave_the_first_ones_as_they_were(scenario: Scenario, run: Run) -> None:
    fewer = run_futures(scenario, 3, base_seed=7)
    for name, values in fewer.tallies.items():
        assert (values == run.tallies[name][:3]).all(), name


def test_another_seed_gives_other_futures_and_each_future_differs(scenario: Scenario, run: Run) -> None:
    other = run_futures(scenario, 2, base_seed=8)
    assert (other.tallies["requests"][0] != run.tallies["requests"][0]).any()
    totals = run.tallies["requests"].sum(axis=(1, 2, 3, 4))
    assert np.unique(totals).size > 6


def test_progress_is_told_of_every_batch_and_ends_at_the_number_asked_for(scenario: Scenario) -> None:
    for executor in (None, Inline()):
        told: list[tuple[int, int]] = []
        run_futures(scenario, 7, executor=executor, progress=lambda done, asked, told=told: told.append((done, asked)))  # type: ignore[misc]
        assert [asked for _, asked in told] == [7] * len(told)
        done = [n for n, _ in told]
        assert done == sorted(set(done))
        assert told[-1] == (7, 7)


def test_a_failed_future_is_data_and_the_others_are_kept(scenario: Scenario, run: Run, broken: Any) -> None:
    broken(lambda replication: replication in (1, 4))
    told: list[tuple[int, int]] = []
    found = run_futures(scenario, 6, base_seed=7, progress=lambda *args: told.append(args))
    assert found.replications == (0, 2, 3, 5)
    assert found.futures == 4
    assert found.failed == tuple(FailedFuture(r, "ValueError", f"future {r} is broken") for r in (1, 4))
    assert told[-1] == (6, 6)
    assert (found.tallies["caseload"] == run.tallies["caseload"][[0, 2, 3, 5]]).all()
    assert len(found.drawn_scenarios()) == 4


def test_where_every_future_failed_the_planner_is_told(scenario: Scenario, broken: Any) -> None:
    broken(lambda replication: True)
    with pytest.raises(InputProblem, match="no future could be simulated") as caught:
        run_futures(scenario, 3)
    assert "future 0 is broken" in str(caught.value)
    assert scenario.name in str(caught.value)


def test_work_that_could_not_travel_is_a_failed_future(scenario: Scenario) -> None:
    executor = Inline(lambda part: 0 in part, TypeError("cannot pickle it"))
    found = run_futures(scenario, 7, executor=executor)
    assert executor.parts == [range(5), range(5, 7)]
    assert found.replications == (5, 6)
    assert {f.error for f in found.failed} == {"TypeError"}
    assert [f.replication for f in found.failed] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("futures", [0, -1, MOST_FUTURES + 1])
def test_a_number_of_futures_out_of_range_is_a_problem_of_the_input(scenario: Scenario, futures: int) -> None:
    with pytest.raises(InputProblem, match=r"number of futures is out of range.*1 to 10,000"):
        run_futures(scenario, futures)


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_out_of_range_is_a_problem_of_the_input(scenario: Scenario, seed: int) -> None:
    with pytest.raises(InputProblem, match="base seed is out of range"):
        run_futures(scenario, 1, base_seed=seed)


def test_a_number_of_jobs_out_of_range_is_a_problem_of_the_input() -> None:
    for jobs in (0, 257):
        with pytest.raises(InputProblem, match="jobs"), local_executor(jobs):
            pass
    with local_executor(1) as nothing:
        assert nothing is None
    assert usable_cores() >= 1


def test_a_run_can_be_cancelled_before_its_first_future(scenario: Scenario, broken: Any) -> None:
    broken(lambda replication: pytest.fail("no future should be simulated"))
    with pytest.raises(Cancelled):
        run_futures(scenario, 10, cancelled=lambda: True)


def test_a_run_can_be_cancelled_between_two_batches(scenario: Scenario) -> None:
    done: list[int] = []
    with pytest.raises(Cancelled):
        run_futures(scenario, 500, progress=lambda n, _: done.append(n), cancelled=lambda: bool(done))
    assert done == [5]


def test_cancelling_drops_the_work_that_still_waits(scenario: Scenario) -> None:
    """A cancelled run leaves no busy pool: what had not begun never does."""
    begun: list[range] = []
    jobs: list[Future[Any]] = []
    release, started = threading.Event(), threading.Event()

    class Slow(ThreadPoolExecutor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            job = super().submit(self.work, args[1])
            jobs.append(job)
            return job

        def work(self, part: range) -> list[Any]:
            begun.append(part)
            started.set()
            release.wait(30)
            return []

    with Slow(1) as pool:
        with pytest.raises(Cancelled):
            run_futures(scenario, 100, executor=pool, cancelled=started.is_set)
        assert len(jobs) == 20
        assert sum(job.cancelled() for job in jobs) == 19
        release.set()
    assert begun == [range(5)]


@pytest.mark.integration
def test_a_worker_that_dies_gives_failed_futures_and_never_a_hang(scenario: Scenario) -> None:
    """Whatever the pool held is told of future by future, also where work is handed to a pool that has broken."""
    outcome: list[Any] = []

    class Deadly(Executor):
        """Hands on work to real processes; the first batch ends the process that takes it."""

        def __init__(self, pool: Executor) -> None:
            self.pool = pool

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            if 0 in args[1]:
                return self.pool.submit(os._exit, 3)
            time.sleep(0.01)
            return self.pool.submit(fn, *args, **kwargs)

    def go() -> None:
        with local_executor(2) as pool:
            assert pool is not None
            try:
                outcome.append(run_futures(scenario, 10, executor=Deadly(pool)))
            except InputProblem as problem:
                outcome.append(problem)

    thread = threading.Thread(target=go, daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    found = outcome[0]
    if isinstance(found, Run):  # the other process may have been done in time
        assert [f.replication for f in found.failed][:5] == [0, 1, 2, 3, 4]
        assert {f.error for f in found.failed} == {"BrokenProcessPool"}
        assert found.futures + len(found.failed) == 10
    else:
        assert "BrokenProcessPool" in str(found)


def test_work_handed_to_a_pool_that_broke_meanwhile_is_a_failed_future(scenario: Scenario, run: Run) -> None:
    from concurrent.futures.process import BrokenProcessPool

    class Breaks(Inline):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            if 0 not in args[1]:
                raise BrokenProcessPool("a child process terminated abruptly")
            return super().submit(fn, *args, **kwargs)

    found = run_futures(scenario, 7, base_seed=7, executor=Breaks())
    assert found.replications == (0, 1, 2, 3, 4)
    assert [(f.replication, f.error) for f in found.failed] == [(5, "BrokenProcessPool"), (6, "BrokenProcessPool")]
    assert (found.tallies["need"] == run.tallies["need"][:5]).all()
