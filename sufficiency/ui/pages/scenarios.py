"""Scenarios: choose, change, run and compare."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from sufficiency.domain.files import LARGEST_FILE
from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.differences import differences
from sufficiency.scenario.library import bundled, load, parsed
from sufficiency.scenario.writing import to_toml
from sufficiency.ui import state
from sufficiency.ui.answers import Answer
from sufficiency.ui.choice import DEFAULT_REASON, MOST_FUTURES, Choice, baseline, limited_scenario_of
from sufficiency.ui.compare_section import compare_section, keep
from sufficiency.ui.fields import ASSUMPTIONS
from sufficiency.ui.form import fields, undo
from sufficiency.ui.formats import plain
from sufficiency.ui.frame import head, rests_on
from sufficiency.ui.headlines import places_sentence
from sufficiency.ui.notes import note
from sufficiency.ui.waiting import present_answer


def show() -> None:
    """The page."""
    top = st.container()  # filled last: it tells of what the fields below have just changed
    st.header("Choose a scenario", anchor=False)
    _choose()
    st.header("Change the main assumptions", anchor=False)
    problems = [*fields(ASSUMPTIONS, "scenarios"), *_run_fields()]
    if state.choice().edits:
        _reason()
        st.button("Undo all changes", on_click=undo)
    with top:
        head("What if things go differently?")
        answer = _result(len(problems))
    _differences()
    compare_section()
    if answer:
        rests_on(answer, "EHCP", "DSG", "EoI", "Specialist place", "Waiting", "Gap (all)", "Future", "8 in 10 futures")


def _result(problems: int) -> Answer | None:
    if problems:
        st.warning("**Not run.** Mend what is marked below first; the last accepted values are kept.")
    answer, fresh = present_answer(empty="Press Run to simulate this scenario.", start_first=not problems)
    if answer is not None:
        with st.container(border=True):
            st.markdown("**Done.**" if fresh else "**The last result, out of date:**")
            st.markdown(places_sentence(answer))
        if fresh and st.button("Keep for comparison", key="keep"):
            keep(state.choice())
            st.rerun()
    return answer


def _choose() -> None:
    now, kinds, revision = state.choice(), bundled(), st.session_state.get("chosen_revision", 0)
    bases = [name for name, kind in kinds.items() if kind == "scenario"]
    options = [*bases, *([now.base] if now.upload is not None else [])]
    titles = {name: _title(name, now) for name in options}
    left, right = st.columns(2)
    base = left.selectbox("Baseline", options, index=options.index(now.base), format_func=lambda name: titles.get(name, name),
                          key=f"base-{revision}")  # fmt: skip
    overrides = [name for name, kind in kinds.items() if kind == "override"]
    picked = right.multiselect(
        "With these changes laid over it",
        overrides,
        default=[name for name in now.overrides if name in overrides],
        format_func=lambda name: name.replace("-", " ").capitalize(),
        key=f"overrides-{revision}",
    )
    upload = now.upload if base == now.base else None
    if (base, tuple(picked)) != (now.base, now.overrides):
        new = replace(now, base=base, upload=upload, overrides=tuple(picked))
        try:
            baseline(new.base, new.upload, new.overrides)
        except InputProblem as problem:
            right.error(f"**Not accepted.** {plain(problem)}")
        else:
            state.choose(new)
            st.rerun()
    about = baseline(now.base, now.upload, now.overrides).note
    note(plain(about))
    with st.expander("Use a scenario file of your own"):
        _upload(now)


def _title(name: str, now: Choice) -> str:
    if name == now.base and now.upload is not None:
        return f"{name} (uploaded)"
    try:
        return load(name).title
    except InputProblem:
        return f"{name} (cannot be read)"


def _upload(now: Choice) -> None:
    limit = f"at most {LARGEST_FILE // 1024} KB"
    file = st.file_uploader(f"Scenario file (TOML, {limit})", type=None, key="scenario-file", max_upload_size=1)
    if file is not None and st.session_state.get("scenario-file-read") != file.file_id:
        try:
            if file.size > LARGEST_FILE:
                raise InputProblem("the scenario is too large", where=file.name, value=f"{file.size:,} bytes", allowed=limit)
            text = file.getvalue()
            parsed(text, where=file.name)
        except InputProblem as problem:
            st.error(f"**Not accepted.** {plain(problem)} The scenario chosen before is kept.")
        else:
            st.session_state["scenario-file-read"] = file.file_id
            name = file.name[:80] if file.name not in bundled() else f"{file.name}.toml"
            state.choose(replace(now, base=name, upload=text.decode("utf-8-sig"), overrides=()))
            st.session_state["chosen_revision"] = st.session_state.get("chosen_revision", 0) + 1
            st.rerun()
    scenario = limited_scenario_of(now)
    st.download_button("Download this scenario with its changes (TOML)", to_toml(scenario), file_name=f"{scenario.name}.toml",
                       mime="application/toml", on_click="ignore", key="toml")  # fmt: skip


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
        found += _take("seed", seed, 0, 2**31 - 1, "Base seed", "change the value")
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


def _reason() -> None:
    now = state.choice()
    reason = st.text_input("Why these changes? The reason is kept with each changed figure, and in every download.", now.reason,
                           max_chars=500, key="reason-field", persist_state="session")  # fmt: skip
    if (reason.strip() or DEFAULT_REASON) != now.reason:
        state.choose(replace(now, reason=reason.strip() or DEFAULT_REASON))


def _differences() -> None:
    now = state.choice()
    plain_base = baseline(now.base, now.upload, ())
    try:
        changed = limited_scenario_of(now)
    except InputProblem as problem:
        st.error(plain(problem))
        return
    st.header("What differs from the baseline", anchor=False)
    found = [
        d for d in differences(plain_base, changed) if not d.path.endswith((".source", ".reason", ".known_from", ".verified"))
    ]
    if not found:
        st.markdown(f"Nothing: this is “{plain(plain_base.title)}” as it is.")
        return
    rows = [
        {"What": plain(d.meaning), "Baseline": plain(d.before), "This scenario": plain(d.after), "Unit": plain(d.unit)}
        for d in found
    ]
    st.table(rows, hide_index=True, border="horizontal", alt="What differs from the baseline")
