"""The view that changes and runs one scenario."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.differences import changed_assumptions
from sufficiency.scenario.library import bundled
from sufficiency.ui import glossary, state
from sufficiency.ui.answers import Answer
from sufficiency.ui.choice import MOST_FUTURES, Choice, baseline, limited_scenario_of
from sufficiency.ui.compare_section import keep
from sufficiency.ui.drafts_section import unsaved_note
from sufficiency.ui.fields import ASSUMPTIONS
from sufficiency.ui.form import fields, undo
from sufficiency.ui.formats import plain
from sufficiency.ui.frame import about, linked, rests_on
from sufficiency.ui.headlines import places_sentence
from sufficiency.ui.links import LARGEST_SEED
from sufficiency.ui.notes import note
from sufficiency.ui.opening import before_of, opened
from sufficiency.ui.save_section import save_section, tell_what_was_saved
from sufficiency.ui.waiting import present_answer
from sufficiency.ui.workshop import workshop

_LEADING = ("January census", "Specialist place", "8 in 10 futures")
"""Words of the sentence at the top that lead to where they are explained."""


def change_view() -> None:
    """The result, the choice, the fields, saving, and what differs."""
    top = st.container()  # filled last: it tells of what the fields below have just changed
    st.header("Choose a scenario", anchor=False)
    _choose()
    st.header("Change the main assumptions", anchor=False)
    problems = [*fields(ASSUMPTIONS, "scenarios"), *_run_fields()]
    if state.choice().edits:
        st.button("Undo all changes", on_click=undo)
    save_section(len(problems))
    with top:
        linked()
        tell_what_was_saved()
        unsaved_note()
        about()
        answer = _result(len(problems))
    _differences()
    if answer:
        rests_on(answer, "EHCP", "DSG", "EoI", "Waiting", "Gap (all)", "Future", *_LEADING)


def _result(problems: int) -> Answer | None:
    if problems:
        st.warning("**Not run.** Mend what is marked below first; the last accepted values are kept.")
    answer, fresh = present_answer(empty="Press Run to simulate this scenario.", start_first=not problems)
    if answer is not None:
        with st.container(border=True):
            st.markdown("**Done.**" if fresh else "**The last result, out of date:**")
            st.markdown(glossary.linked(places_sentence(answer), *_LEADING))
        if fresh and st.button("Keep for comparison", key="keep"):
            keep(state.choice())
            st.rerun()
    return answer


def _choose() -> None:
    now, revision = state.choice(), st.session_state.get("chosen_revision", 0)
    options = _options(now)
    present = (now.base, now.version)
    left, right = st.columns(2)
    picked = left.selectbox("Scenario", list(options), index=list(options).index(present), format_func=options.__getitem__,
                            key=f"base-{revision}-{hash((present, tuple(options)))}")  # fmt: skip
    kinds = bundled()
    overrides = [name for name, kind in kinds.items() if kind == "override"]
    laid = right.multiselect(
        "With these changes laid over it",
        overrides,
        default=[name for name in now.overrides if name in overrides],
        format_func=lambda name: name.replace("-", " ").capitalize(),
        key=f"overrides-{revision}-{hash(present)}",
    )
    try:
        new = _picked(now, picked, tuple(laid))
        baseline(new.base, new.text, new.overrides)
    except InputProblem as problem:
        right.error(f"**Not accepted.** {plain(problem)}")
    else:
        if new != now:
            state.choose(new)
            st.rerun()
    note(plain(baseline(now.base, now.text, now.overrides).note))


def _options(now: Choice) -> dict[tuple[str, int | None], str]:
    """What can be chosen: bundled scenarios and the saved ones in use, by base and version, with the words shown."""
    found: dict[tuple[str, int | None], str] = {}
    for name, kind in bundled().items():
        if kind == "scenario":
            try:
                found[name, None] = f"{baseline(name, None, ()).title} (baseline)"
            except InputProblem:
                found[name, None] = f"{name} (cannot be read)"
    try:
        for entry in workshop().workspace.entries():
            if not entry.archived:
                found[entry.name, entry.number] = f"{entry.title} (saved, version {entry.number})"
    except InputProblem as problem:
        st.error(f"**Saved scenarios are not there.** {plain(problem)}")
    if (now.base, now.version) not in found:
        found[now.base, now.version] = f"{before_of(now).title} (version {now.version}, not the one in use)"
    return found


def _picked(now: Choice, picked: tuple[str, int | None], overrides: tuple[str, ...]) -> Choice:
    """The choice after another scenario was picked. Changes are carried from baseline to baseline; those of a saved scenario, or
    made before one is opened, stay behind as a draft."""
    base, version = picked
    if (base, version) == (now.base, now.version):
        return replace(now, overrides=overrides)
    if version is None and now.version is None:
        return replace(now, base=base, overrides=overrides)
    state.keep_draft()
    state.forget_draft()
    found = Choice(base=base) if version is None else opened(workshop().workspace, base, version)
    return replace(found, futures=now.futures, seed=now.seed)


def _run_fields() -> list[InputProblem]:
    """How many futures, and from which seed."""
    now = state.choice()
    left, right = st.columns(2)
    found = []
    with left:
        drafts = st.session_state.setdefault("run_draft", {})
        words = "More futures give steadier ranges and take longer; 200 is usual for a report."
        start = drafts.get("futures", now.futures)
        futures = st.number_input("Futures", value=start, step=10, format="%d", key="futures-field", help=words)
        found += _take("futures", futures, 1, MOST_FUTURES, "Futures", "the command line takes more")
    with right:
        words = "The same seed gives the same futures; scenarios with the same seed are paired."
        start = drafts.get("seed", now.seed)
        seed = st.number_input("Base seed", value=start, step=1, format="%d", key="seed-field", help=words)
        found += _take("seed", seed, 0, LARGEST_SEED, "Base seed", "change the value")
    return found


def _take(name: str, value: int | None, least: int, most: int, label: str, mend: str) -> list[InputProblem]:
    if value is not None and least <= value <= most:
        st.session_state["run_draft"].pop(name, None)
        state.choose(replace(state.choice(), **{name: int(value)}))  # type: ignore[arg-type]
        return []
    st.session_state["run_draft"][name] = value
    problem = InputProblem("the value is out of range", where=label, value=value, allowed=f"{least:,} to {most:,}", mend=mend)
    st.error(f"**Not accepted.** {plain(problem)}")
    return [problem]


def _differences() -> None:
    now = state.choice()
    before = before_of(now)
    try:
        changed = limited_scenario_of(now)
    except InputProblem as problem:
        st.error(plain(problem))
        return
    kind = "baseline" if now.version is None else f"saved version {now.version}"
    st.header(f"What differs from the {kind}", anchor=False)
    found = changed_assumptions(before, changed)
    if not found:
        st.markdown(f"Nothing: this is “{plain(before.title)}” as it is.")
        return
    rows = [
        {"What": plain(d.meaning), "Before": plain(d.before), "This scenario": plain(d.after), "Unit": plain(d.unit)}
        for d in found
    ]
    st.table(rows, hide_index=True, border="horizontal", alt=f"What differs from the {kind}")
