"""Jobs: progress, stopping, failures, and worker processes that die."""

from __future__ import annotations

import os
import threading
import time

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.runner import Cancelled, run_futures
from sufficiency.scenario.library import load
from sufficiency.ui.jobs import MOST_JOBS, Job, Jobs
from sufficiency.ui.pool import WorkerPool

PATIENCE = 60


def finished(job: Job) -> Job:
    end = time.monotonic() + PATIENCE
    while job.state == "running" and time.monotonic() < end:
        time.sleep(0.02)
    return job


def test_two_askers_share_one_job() -> None:
    jobs, go = Jobs(), threading.Event()
    first = jobs.start("k", "Working", lambda job: go.wait(PATIENCE))
    assert jobs.start("k", "Working", lambda job: None) is first
    go.set()
    assert finished(first).state == "done"


def test_a_problem_is_told_in_its_own_words() -> None:
    def work(job: Job) -> None:
        raise InputProblem("the number is odd", value=3)

    job = finished(Jobs().start("k", "Working", work))
    assert job.state == "failed"
    assert job.problem == "the number is odd: found 3."


def test_a_bug_shows_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    job = finished(Jobs().start("k", "Working", lambda job: 1 / 0))
    assert job.state == "failed"
    assert "ZeroDivision" not in job.problem and "Traceback" not in job.problem
    assert "ZeroDivisionError" in caplog.text


def test_finished_jobs_are_bounded() -> None:
    jobs = Jobs()
    for i in range(MOST_JOBS + 20):
        finished(jobs.start(i, "Working", lambda job: None))
    assert sum(jobs.get(i) is not None for i in range(MOST_JOBS + 20)) <= MOST_JOBS + 1


def test_a_run_can_be_stopped_within_two_seconds() -> None:
    scenario, pool = load("bristol-2022"), WorkerPool(1)
    try:
        job = Jobs().start(
            "k",
            "Simulating",
            lambda job: run_futures(scenario, 400, executor=pool, progress=job.tell, cancelled=job.stopping),
        )
        time.sleep(1)
        asked = time.monotonic()
        job.stop()
        assert finished(job).state == "stopped"
        assert time.monotonic() - asked < 2
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def test_a_pool_starts_anew_after_a_worker_died() -> None:
    pool = WorkerPool(1)
    try:
        with pytest.raises(Exception, match="terminated abruptly"):
            pool.submit(os._exit, 1).result(PATIENCE)
        assert pool.submit(abs, -3).result(PATIENCE) == 3
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def test_progress_is_said_in_words() -> None:
    job = Job("Simulating Bristol")
    assert job.sentence == "Simulating Bristol, which takes a moment."
    job.tell(20, 40)
    assert job.sentence == "Simulating Bristol: 20 of 40 futures done."
    assert job.share == 0.5


def told_and_done(tell, number: int) -> int:  # type: ignore[no-untyped-def]
    tell(1, 2, "half")
    tell(2, 2, "all")
    return 2 * number


def refused(tell) -> None:  # type: ignore[no-untyped-def]
    raise InputProblem("the limits clash", value="E01")


def broken(tell) -> None:  # type: ignore[no-untyped-def]
    raise ZeroDivisionError("a bug")


def deaf(tell) -> None:  # type: ignore[no-untyped-def]
    tell(os.getpid(), 0, "begun")
    while True:
        time.sleep(60)


def killed(tell) -> None:  # type: ignore[no-untyped-def]
    os._exit(3)


def alone(fn, *args, hear=lambda *told: None, stopping=lambda: False):  # type: ignore[no-untyped-def]
    return WorkerPool(1).alone(fn, *args, hear=hear, stopping=stopping)


def test_a_process_of_its_own_tells_and_answers() -> None:
    told: list[tuple[object, ...]] = []
    assert alone(told_and_done, 21, hear=lambda *each: told.append(each)) == 42
    assert told == [(1, 2, "half"), (2, 2, "all")]


def test_what_goes_wrong_there_is_raised_here() -> None:
    with pytest.raises(InputProblem, match="the limits clash"):
        alone(refused)
    with pytest.raises(RuntimeError, match="ZeroDivisionError: a bug"):
        alone(broken)
    with pytest.raises(RuntimeError, match="ended before"):
        alone(killed)


def test_work_that_listens_to_nobody_is_ended_when_stopped() -> None:
    begun: list[int] = []
    with pytest.raises(Cancelled):
        alone(deaf, hear=lambda pid, of, words: begun.append(pid), stopping=lambda: bool(begun))
    with pytest.raises(ProcessLookupError):
        os.kill(begun[0], 0)


def test_what_a_job_has_found_so_far_takes_the_place_of_its_counts() -> None:
    job = Job("Choosing")
    job.tell(1, 4)
    assert job.sentence == "Choosing: 1 of 4 futures done."
    job.detail = "Found 12 places, at best 13."
    assert job.sentence == "Choosing. Found 12 places, at best 13."
    job.stop()
    assert job.sentence == "Choosing: stopping."
