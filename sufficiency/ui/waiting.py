"""Empty, running, stale, stopped, failed and done: each state of a result in words."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

import streamlit as st

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import FailedFuture
from sufficiency.scenario.differences import changed_assumptions
from sufficiency.scenario.scenario import Scenario
from sufficiency.ui import state
from sufficiency.ui.answers import Answer, Key, key_of, named_as
from sufficiency.ui.choice import scenario_of
from sufficiency.ui.formats import counted, plain
from sufficiency.ui.pathway_answers import PathwayAnswer, PathwayKey
from sufficiency.ui.workshop import workshop

MOST_NAMED = 4


@st.fragment(run_every=1.0)
def watch(key: Hashable) -> None:
    """Progress of a running job, with a button that stops it; the page is shown anew once it has ended."""
    job = workshop().jobs.get(key)
    if job is None or job.state != "running":
        st.rerun()
    with st.container(border=True):
        st.markdown(f"**Running.** {job.sentence}")
        if job.counts:
            st.progress(job.share)
        if st.button("Stop", key=f"stop-{hash(key)}", disabled=job.stopping()):
            job.stop()
            st.rerun(scope="fragment")


def ended_badly(key: Hashable, again: str) -> bool:
    """Say what became of a job that failed or was stopped; whether there was one. ``again`` is the label of the button."""
    jobs = workshop().jobs
    job = jobs.get(key)
    if job is None or job.state not in ("failed", "stopped"):
        return False
    if job.state == "failed":
        st.error(f"**Failed.** {job.words}: {plain(job.problem)}")
    else:
        st.info(f"**Stopped.** {job.words} was stopped before it ended. Nothing was changed.")
    if st.button(again, key=f"again-{hash(key)}"):
        jobs.forget(key)
        st.rerun()
    return True


def run_words(scenario: Scenario) -> str:
    """What a run does, in words."""
    return f"Simulating {plain(scenario.title)}"


def present_answer(*, empty: str = "No result yet.", start_first: bool = True) -> tuple[Answer | None, bool]:
    """The answer to show and whether it is that of the present choice, having said in words where it stands.

    On a first visit, and where the run is on disk, the run starts by itself; else a changed choice leaves the last answer on
    the page, marked out of date, until the person runs it.
    """
    shop, now = workshop(), state.choice()
    try:
        scenario = scenario_of(now)
    except InputProblem as problem:
        st.error(plain(problem))
        return None, False
    key = key_of(scenario, now.futures, now.seed)
    answer = shop.answer(key)
    if answer is not None:
        state.remember_shown(key)
        shop.jobs.forget(key)
        say_left_out(answer)
        return named_as(answer, scenario), True
    shown = state.last_shown()
    stale = shop.answer(shown) if shown else None
    job = shop.jobs.get(key)
    if job is None and ((stale is None and start_first) or shop.on_disk(scenario, key)):
        job = shop.start_answer(scenario, key, run_words(scenario))
    if job is not None and job.state == "running":
        if stale is not None:
            st.warning("**Out of date.** What is shown below is the last result, until the new one is there.")
        watch(key)
    elif ended_badly(key, "Run it again"):
        pass
    elif stale is not None:
        _say_stale(stale, scenario, key)
    else:
        st.info(f"**Empty.** {empty}")
        if st.button("Run", type="primary", key="run-first"):
            shop.start_answer(scenario, key, run_words(scenario))
            st.rerun()
    if stale is not None:
        say_left_out(stale, stale.scenario.title)
    return stale, False


def say_left_out(answer: Answer | PathwayAnswer, name: str = "") -> None:
    """A warning where futures are missing from a result; ``name`` tells it from others on the page."""
    if answer.failures:
        st.warning(left_out(answer.failures, answer.key.futures, name))


def left_out(failed: Sequence[FailedFuture], futures: int, name: str = "") -> str:
    """That only some of the futures stand behind a result, and why: ranges from few of them say little."""
    first, of = failed[0], f"“{plain(name)}”: " if name else ""
    return (
        f"**{of}{counted(len(failed), 'future')} of {futures:,} failed.** What is shown below is of the other "
        f"{counted(futures - len(failed), 'future')}; with another base seed all are simulated anew. The first that failed, "
        f"number {first.replication}: {plain((first.message or first.error).rstrip('.'))}."
    )


def _say_stale(stale: Answer, scenario: Scenario, key: Key) -> None:
    """Say that, and why, the result on the page is not of the present inputs, with the button that runs them."""
    st.warning(f"**Out of date.** {stale_reason(stale, scenario, key)}")
    if st.button("Run with the new inputs", type="primary", key="run-stale"):
        workshop().start_answer(scenario, key, run_words(scenario))
        st.rerun()


def stale_reason(stale: Answer, scenario: Scenario, key: Key) -> str:
    """What changed since the result shown was made, in words."""
    if stale.scenario.title != scenario.title:
        first = f"The result below is of “{plain(stale.scenario.title)}”; the scenario chosen is “{plain(scenario.title)}”."
    else:
        first = "The inputs have changed since the result below was made."
    parts = [
        f"{plain(found.meaning).rstrip('.')}: {plain(found.before)} before, {plain(found.after)} now."
        for found in changed_assumptions(stale.scenario, scenario)
    ]
    if len(parts) > MOST_NAMED:
        parts = [*parts[:MOST_NAMED], f"And {len(parts) - MOST_NAMED} more."]
    if (stale.key.futures, stale.key.seed) != (key.futures, key.seed):
        parts.append(
            f"{counted(stale.key.futures, 'future')} and seed {stale.key.seed} before, "
            f"{counted(key.futures, 'future')} and seed {key.seed} now."
        )
    return " ".join([first, *parts])


def further_answer(scenario: Scenario, key: Key, words: str, name: str) -> Answer | None:
    """The answer of a second scenario that a page needs beside the present one; it is started at once where it is missing.

    ``name`` is what the page calls it: its title is often that of the present one.
    """
    shop = workshop()
    answer = shop.answer(key)
    if answer is not None:
        shop.jobs.forget(key)
        say_left_out(answer, name)
        return answer
    if ended_badly(key, "Run it again"):
        return None
    shop.start_answer(scenario, key, words)
    watch(key)
    return None


def present_pathway() -> PathwayAnswer | None:
    """The assessment pathway of the present choice; it takes seconds, so that it is simulated without being asked for."""
    now = state.choice()
    try:
        scenario = scenario_of(now)
    except InputProblem as problem:
        st.error(plain(problem))
        return None
    key = PathwayKey(key_of(scenario, now.futures, now.seed))
    return further_pathway(scenario, key, f"Simulating assessment in {plain(scenario.title)}")


def further_pathway(scenario: Scenario, key: PathwayKey, words: str) -> PathwayAnswer | None:
    """The pathway's answer; it is started at once where it is missing, and what becomes of it is said."""
    shop = workshop()
    answer = shop.pathway(key)
    if answer is not None:
        shop.jobs.forget(key)
        say_left_out(answer, scenario.title)
        return answer if answer.scenario.title == scenario.title else replace(answer, scenario=scenario)
    if ended_badly(key, "Run it again"):
        return None
    shop.start_pathway(scenario, key, words)
    watch(key)
    return None
