"""A small answer, made once, and the app with few futures in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from sufficiency.experiment.runner import run_futures
from sufficiency.scenario.library import load
from sufficiency.ui.answers import Answer, distilled, key_of

SECONDS = 120
"""Longest that one page may take, workers started anew on a busy machine included."""


def answer_of(name: str, futures: int = 3, seed: int = 7) -> Answer:
    scenario = load(name)
    return distilled(run_futures(scenario, futures, base_seed=seed), key_of(scenario, futures, seed))


@pytest.fixture(scope="session")
def answer() -> Answer:
    return answer_of("bristol-2022")


@pytest.fixture(scope="session")
def high_growth() -> Answer:
    return answer_of("bristol-2022+high-growth")


@pytest.fixture
def app(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app, with its pages and without workers: whatever is asked of a job is done at once in its place."""
    import streamlit as st

    from sufficiency.ui import plan_answers, workshop
    from sufficiency.ui.jobs import Job, Jobs

    monkeypatch.setenv("SUFFICIENCY_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("SUFFICIENCY_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("SUFFICIENCY_FUTURES", "2")

    def start(self: Jobs, key: object, words: str, work: object) -> Job:
        job = self._jobs[key] = Job(words)  # type: ignore[index]
        job.run(work)  # type: ignore[arg-type]
        return job

    monkeypatch.setattr(Jobs, "start", start)
    # Nor is a process of its own started: it would import the test's script as its main module.
    monkeypatch.setattr(plan_answers, "alone", lambda fn, *args, hear, stopping: fn(hear, *args))
    for room in (workshop, plan_answers):
        monkeypatch.setattr(room, "WorkerPool", lambda workers: InPlace())
    st.cache_resource.clear()
    yield AppTest.from_file(str(repo / "session.py"), default_timeout=SECONDS)
    st.cache_resource.clear()


class InPlace:
    """An executor that does the work when it is asked to."""

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        from concurrent.futures import Future

        future: Future[object] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future
