"""Jobs: progress, sharing and failures in words; the processes that do them are tested in test_pool."""

from __future__ import annotations

import threading
import time

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.ui.jobs import MOST_JOBS, Job, Jobs

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


def test_progress_is_said_in_words() -> None:
    job = Job("Simulating Bristol")
    assert job.sentence == "Simulating Bristol, which takes a moment."
    job.tell(20, 40)
    assert job.sentence == "Simulating Bristol: 20 of 40 futures done."
    assert job.share == 0.5


def test_what_a_job_has_found_so_far_takes_the_place_of_its_counts() -> None:
    job = Job("Choosing")
    job.tell(1, 4)
    assert job.sentence == "Choosing: 1 of 4 futures done."
    job.detail = "Found 12 places, at best 13."
    assert job.sentence == "Choosing. Found 12 places, at best 13."
    job.stop()
    assert job.sentence == "Choosing: stopping."
