"""The view of what was saved: the list, one scenario's versions, renaming, copying, archiving, import and export."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from sufficiency.domain.files import LARGEST_FILE
from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.library import parsed
from sufficiency.ui import state
from sufficiency.ui.choice import Choice, limited_scenario_of
from sufficiency.ui.drafts_section import drafts_section
from sufficiency.ui.form import renew
from sufficiency.ui.formats import counted, moment, plain
from sufficiency.ui.frame import linked
from sufficiency.ui.history_section import history_section
from sufficiency.ui.notes import note
from sufficiency.ui.opening import opened, text_of
from sufficiency.ui.views import CHANGE, SAVED, go_to
from sufficiency.ui.workshop import Workshop, workshop
from sufficiency.workspace import Entry

LONGEST_NOTE = 80
_PROBLEM, _ONE = "open_problem", "one_of_saved"


def saved_view() -> None:
    """The list first, then one scenario, then what was never saved, then files."""
    linked({"view": [SAVED]})
    if problem := st.session_state.pop(_PROBLEM, ""):
        st.error(f"**Not opened.** {plain(problem)}")
    shop = workshop()
    try:
        entries = shop.workspace.entries()
        _list(shop, entries)
        drafts_section()
    except InputProblem as problem:
        st.error(f"**Saved scenarios are not there.** {plain(problem)}")
    _files()


def _list(shop: Workshop, entries: list[Entry]) -> None:
    archived = sum(entry.archived for entry in entries)
    shown = entries
    if archived and not st.checkbox(
        f"Show {counted(archived, 'archived scenario')} too", key="show-archived", persist_state="session"
    ):
        shown = [entry for entry in entries if not entry.archived]
    if not shown:
        there = "All that was saved is in the archive" if archived else "Nothing is saved yet"
        st.info(f"**Empty.** {there}. Change a scenario and save it, or bring in a file below.")
        return
    kept = shop.store.futures_kept()
    st.table([_row(shop, entry, kept) for entry in shown], hide_index=True, border="horizontal", alt="Saved scenarios")
    note(f"Kept on this machine in {plain(str(shop.workspace.path))}.")
    st.header("One of them", anchor=False)
    by_name = {entry.name: entry for entry in shown}
    now = state.choice()
    wanted = st.session_state.get(_ONE, now.base if now.version is not None else "")
    first = list(by_name).index(wanted) if wanted in by_name else 0
    # With another title the field starts anew: else it shows the old one, and later another scenario than the buttons are for.
    titles = hash(tuple((entry.name, entry.title) for entry in shown))
    name = st.selectbox("Saved scenario", list(by_name), index=first, format_func=lambda name: by_name[name].title,
                        key=f"one-{titles}")  # fmt: skip
    st.session_state[_ONE] = name
    _one(shop, by_name[name])


def _row(shop: Workshop, entry: Entry, kept: dict[str, int]) -> dict[str, str]:
    short = entry.note if len(entry.note) <= LONGEST_NOTE else f"{entry.note[:LONGEST_NOTE]}…"
    marks = [word for word, on in (("locked", entry.locked), ("archived", entry.archived)) if on]
    return {
        "Scenario": plain(f"{entry.title} ({', '.join(marks)})" if marks else entry.title),
        "What it is": plain(f"{short} (note by {entry.noted_by})" if entry.noted_by else short),
        "Made from": plain(entry.origin[:1].upper() + entry.origin[1:]),
        "Version": f"{entry.number} of {entry.newest}",
        "Last saved": moment(entry.saved) + (f" by {plain(entry.saved_by)}" if entry.saved_by else ""),
        "Result": result_in_words(shop, entry, kept),
    }


def result_in_words(shop: Workshop, entry: Entry, kept: dict[str, int]) -> str:
    """Whether there is a run of the version in use, or only one of another version, which is then out of date."""
    if entry.simulated in kept:
        return f"there, {counted(kept[entry.simulated], 'future')}"
    older = [version.number for version in shop.workspace.versions(entry.name) if version.simulated in kept]
    return f"out of date: of version {older[0]}" if older else "not run"


def _one(shop: Workshop, entry: Entry) -> None:
    workspace = shop.workspace
    with st.container(horizontal=True):
        st.button("Open", type="primary", key="open-saved", on_click=_open, args=(entry.name,))
        if st.button("Duplicate", key="duplicate"):
            _do(lambda: _look_at(workspace.duplicate(entry.name, f"{entry.title[:180]} (copy)", author=state.author()).name))
        if st.button("Bring back from the archive" if entry.archived else "Archive", key="archive"):
            _do(lambda: workspace.archive(entry.name, archived=not entry.archived))
        if st.button("Unlock" if entry.locked else "Lock", key="lock"):
            _do(lambda: workspace.lock(entry.name, locked=not entry.locked))
        try:
            text = workspace.export(entry.name)
        except InputProblem as problem:
            st.error(plain(problem))
        else:
            st.download_button("Download (TOML)", text, file_name=f"{entry.name}.toml", mime="application/toml",
                               on_click="ignore", key="toml-saved")  # fmt: skip
    with st.expander("Rename, or change the note"):
        _rename(shop, entry)
    with st.expander(f"History: {counted(entry.newest, 'version')}"):
        history_section(entry)


def _look_at(name: str) -> None:
    """Show this one of the list from the next run on."""
    st.session_state[_ONE] = name


def _do(operation: Callable[[], object]) -> None:
    """Do what a button asks for; a trouble is told beside it."""
    try:
        operation()
    except InputProblem as problem:
        st.error(f"**Not done.** {plain(problem)}")
    else:
        st.rerun()


def _open(name: str) -> None:
    """Go on with a saved scenario; what was changed before and not saved stays behind as a draft."""
    now = state.choice()
    try:
        found = opened(workshop().workspace, name)
    except InputProblem as problem:
        st.session_state[_PROBLEM] = str(problem)
        return
    state.keep_draft()
    state.forget_draft()
    state.choose(Choice(found.base, found.version, found.text, futures=now.futures, seed=now.seed))
    renew()
    go_to(CHANGE)


def _rename(shop: Workshop, entry: Entry) -> None:
    with st.form(f"rename-{entry.name}-{entry.number}", border=False):
        title = st.text_input("Title", entry.title, max_chars=200)
        name = st.text_input("Short name, for files and links", entry.name, max_chars=64)
        words = st.text_area("Note: what it is for and what it rests on", entry.note, max_chars=2000)
        if st.form_submit_button("Rename"):
            given = {"title": title or "", "note": words or "", "new_name": name or "", "author": state.author()}
            _do(lambda: _look_at(shop.workspace.rename(entry.name, **given)))


def _files() -> None:
    st.header("Files", anchor=False)
    limit = f"at most {LARGEST_FILE // 1024} KB"
    file = st.file_uploader(f"Bring in a scenario file (TOML, {limit})", type=None, key="scenario-file", max_upload_size=1)
    if file is not None and st.session_state.get("scenario-file-read") != file.file_id:
        try:
            if file.size > LARGEST_FILE:
                raise InputProblem("the scenario is too large", where=file.name, value=f"{file.size:,} bytes", allowed=limit)
            scenario = parsed(file.getvalue(), where=file.name)
            saved = workshop().workspace.create(
                scenario.title[:200], scenario, origin=f"file {file.name[:80]}", author=state.author()
            )
        except InputProblem as problem:
            st.error(f"**Not accepted.** {plain(problem)} The scenario chosen before is kept.")
        else:
            st.session_state["scenario-file-read"] = file.file_id
            _open(saved.name)
            st.rerun()
    now = state.choice()
    name = limited_scenario_of(now).name
    st.download_button("Download the scenario chosen now, with its changes (TOML)", text_of(now), file_name=f"{name}.toml",
                       mime="application/toml", on_click="ignore", key="toml")  # fmt: skip
