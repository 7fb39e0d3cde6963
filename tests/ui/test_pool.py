"""The pool of worker processes: one that dies or is ended takes nothing else with it, and everyone gets a turn."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, wait
from pathlib import Path

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.runner import Cancelled, run_futures
from sufficiency.scenario.library import load
from sufficiency.ui.jobs import Job, Jobs
from sufficiency.ui.pool import ATTEMPTS, NICENESS, WorkerDied, WorkerPool

PATIENCE = 60


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    """Two workers, ended with the test."""
    pool = WorkerPool(2)
    yield pool
    pool.shutdown(wait=False, cancel_futures=True)


def dies_once(mark: str) -> str:
    """Kills its own process the first time, as the system does where memory is short, and answers the second."""
    try:
        Path(mark).touch(exist_ok=False)
    except FileExistsError:
        return "answered"
    os.kill(os.getpid(), signal.SIGKILL)
    return "not reached"


def dies(folder: str) -> None:
    """Leaves a mark and kills its own process."""
    (Path(folder) / str(os.getpid())).touch()
    os.kill(os.getpid(), signal.SIGKILL)


def holds(mark: str, go_on: str) -> int:
    """Says by a file that it has begun, and goes on once another file is there."""
    Path(mark).write_text(str(os.getpid()))
    while not Path(go_on).exists():
        time.sleep(0.01)
    return os.getpid()


def writes(record: str, name: str) -> None:
    """Adds its name to a record."""
    with Path(record).open("a") as file:
        file.write(name)


def appears(path: Path) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if path.exists() and (text := path.read_text()):
            return text
        time.sleep(0.01)
    raise AssertionError(f"{path.name} never appeared")


def test_a_task_whose_worker_was_killed_is_done_again(pool: WorkerPool, tmp_path: Path) -> None:
    assert pool.submit(dies_once, str(tmp_path / "mark")).result(PATIENCE) == "answered"


def test_a_worker_that_dies_takes_only_its_own_task_with_it(pool: WorkerPool, tmp_path: Path) -> None:
    begun, go_on = tmp_path / "begun", tmp_path / "go"
    other = pool.submit(holds, str(begun), str(go_on))
    process = int(appears(begun))
    killers = tmp_path / "killers"
    killers.mkdir()
    with pytest.raises(WorkerDied, match="ended abruptly"):
        pool.submit(dies, str(killers)).result(PATIENCE)
    assert len(list(killers.iterdir())) == ATTEMPTS  # tried anew, and not for ever
    go_on.touch()
    assert other.result(PATIENCE) == process
    assert pool.submit(abs, -3).result(PATIENCE) == 3


def test_an_idle_worker_that_is_killed_is_replaced(tmp_path: Path) -> None:
    pool = WorkerPool(1)
    try:
        first = pool.submit(os.getpid).result(PATIENCE)
        os.kill(first, signal.SIGKILL)
        assert pool.submit(os.getpid).result(PATIENCE) != first
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def test_a_run_is_the_same_where_a_worker_is_killed_meanwhile(tmp_path: Path) -> None:
    scenario, pool = load("bristol-2022"), WorkerPool(1)
    killed: list[int] = []

    def kill_once(done: int, of: int) -> None:
        if not killed:  # its next batch has begun or is about to
            killed.append(pool._workers[0]._process.pid)
            os.kill(killed[0], signal.SIGKILL)

    try:
        run = run_futures(scenario, 6, executor=pool, progress=kill_once)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    alone = run_futures(scenario, 6)
    assert killed and run.failed == ()
    for name, values in alone.tallies.items():
        assert values.tobytes() == run.tallies[name].tobytes(), name


def test_a_job_that_is_stopped_frees_its_worker(tmp_path: Path) -> None:
    """A solve is one long task: stopping it ends its process, so that the next job need not wait for it."""
    pool, jobs, begun = WorkerPool(1), Jobs(), tmp_path / "begun"
    try:
        job = jobs.start("k", "Choosing", lambda job: job.in_worker(pool, holds, str(begun), str(tmp_path / "never")))
        process = int(appears(begun))
        job.stop()
        assert pool.submit(abs, -3).result(PATIENCE) == 3
        assert job.state == "stopped"
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def test_a_job_whose_worker_keeps_dying_says_so(pool: WorkerPool, tmp_path: Path) -> None:
    job = Job("Choosing")
    job.run(lambda job: job.in_worker(pool, dies, str(tmp_path)))
    assert job.state == "failed"
    assert "ended abruptly" in job.problem and "run it again" in job.problem


def test_whoever_asks_gets_a_turn(tmp_path: Path) -> None:
    """A small job asked for after a large one does not wait until that is over."""
    pool, record, go_on = WorkerPool(1), tmp_path / "record", tmp_path / "go"
    asked: list[Future[None]] = []

    def ask(name: str, times: int) -> None:  # in a thread of its own, as a job is, which waits for its tasks
        tasks = [pool.submit(writes, str(record), name) for _ in range(times)]
        asked.extend(tasks)
        wait(tasks, PATIENCE)

    try:
        pool.submit(holds, str(tmp_path / "begun"), str(go_on))
        threads = [threading.Thread(target=ask, args=which) for which in (("a", 5), ("b", 2))]
        for thread, so_far in zip(threads, (5, 7), strict=True):
            thread.start()
            while len(asked) < so_far:
                time.sleep(0.01)
        go_on.touch()
        for thread in threads:
            thread.join(PATIENCE)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    assert record.read_text() == "ababaaa"


def test_what_goes_wrong_in_a_worker_comes_back_as_it_is(pool: WorkerPool) -> None:
    with pytest.raises(InputProblem, match="number of futures"):
        pool.submit(run_futures, load("bristol-2022"), 0).result(PATIENCE)
    with pytest.raises(TypeError, match="could not be sent"):
        pool.submit(iter_of, 3).result(PATIENCE)
    with pytest.raises(Exception, match="pickle"):
        pool.submit(lambda: 3).result(PATIENCE)
    assert pool.submit(abs, -3).result(PATIENCE) == 3


def iter_of(count: int) -> object:
    """What cannot travel between processes."""
    return (number for number in range(count))


@pytest.mark.skipif(not hasattr(os, "nice"), reason="this system has no niceness")
def test_workers_make_way_for_people(pool: WorkerPool) -> None:
    assert pool.submit(os.nice, 0).result(PATIENCE) == min(19, os.nice(0) + NICENESS)


def test_nothing_is_taken_on_after_the_end(pool: WorkerPool) -> None:
    pool.shutdown(cancel_futures=True)
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(abs, -3)


def test_stopping_is_noticed_between_two_batches() -> None:
    """However long the run, what is done after the stop is at most what has begun."""
    scenario, done = load("bristol-2022"), []
    with pytest.raises(Cancelled):
        run_futures(scenario, 400, progress=lambda now, of: done.append(now), cancelled=lambda: bool(done))
    assert done == [5]
