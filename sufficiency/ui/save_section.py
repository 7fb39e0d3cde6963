"""Saving what was changed: a reason and a source for each figure, a new version or a new scenario, undo and redo."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from sufficiency.domain.problem import InputProblem, InputProblems
from sufficiency.scenario.differences import changed_assumptions
from sufficiency.ui import state
from sufficiency.ui.choice import Choice, limited_scenario_of
from sufficiency.ui.fields import FIELDS, shown_value
from sufficiency.ui.form import renew, shown_in_words
from sufficiency.ui.formats import plain
from sufficiency.ui.notes import note
from sufficiency.ui.opening import before_of, draft_of, laid_in, opened, origin_of, whys_of
from sufficiency.ui.workshop import workshop
from sufficiency.workspace import Entry, Saved, Why

NEXT, NEW = "the next version", "a new scenario"
_TRIED, _SAVED = "save_tried", "what_was_saved"


def save_section(problems: int) -> None:
    """Reasons and sources of what was changed, and the buttons that save it."""
    now = state.choice()
    entry = _entry(now)
    if now.edits:
        st.header("Why these changes?", anchor=False)
        note("Each change needs a reason and a source before it is saved; they are printed wherever the figure is.")
        for path, _ in now.edits:
            _why(path)
    st.header("Save", anchor=False)
    if not state.choice().is_changed:
        words = "a baseline, which is locked: what you change is saved as a scenario of your own" if entry is None else ""
        st.markdown(f"Nothing is changed. This is {words or f'version {now.version} of “{plain(entry.title)}”, as saved'}.")  # type: ignore[union-attr]
    else:
        _save(entry, problems)
    if entry is not None:
        _undo_and_redo(entry)


def _entry(now: Choice) -> Entry | None:
    """The saved scenario that is being changed."""
    if now.version is None:
        return None
    try:
        return workshop().workspace.entry(now.base)
    except InputProblem as problem:
        st.error(plain(problem))
        return None


def _why(path: str) -> None:
    """The two fields of one changed figure."""
    now, field = state.choice(), FIELDS[path]
    before, given = before_of(now), dict(now.whys).get(path, Why())
    after = limited_scenario_of(now)
    change = f"{shown_in_words(field, shown_value(before, field))} → {shown_in_words(field, shown_value(after, field))}"
    st.markdown(f"**{field.label}**: {plain(change)}")
    left, right = st.columns(2)
    found = {}
    for place, name, label in ((left, "reason", "Reason"), (right, "source", "Source")):
        with place:
            key = f"why-{name}-{path}-{now.base}-{now.version}"
            text = st.text_input(f"{label} for {field.label[0].lower()}{field.label[1:]}", getattr(given, name), max_chars=2000,
                                 key=key, persist_state="session")  # fmt: skip
            found[name] = (text or "").strip()
            if not found[name] and st.session_state.get(_TRIED):
                st.error(f"**Not saved.** {label} is empty. " + ("Say why the figure was changed." if name == "reason"
                         else "Name a document or a table, or write “assumption”."))  # fmt: skip
    state.choose(state.choice().justified(path, Why(**found)))


def _save(entry: Entry | None, problems: int) -> None:
    kind = NEW
    if entry is None:
        note("A baseline is locked: this is saved as a scenario of your own, which remembers where it came from.")
    else:
        kind = st.radio("Save as", [NEXT, NEW], horizontal=True, key="save-as")
        if entry.locked and kind == NEXT:
            note(f"“{plain(entry.title)}” is locked: this is saved as a copy.")
    if kind == NEW:
        words = st.text_input("Title of the new scenario", key="save-title", max_chars=200)
        if st.session_state.get(_TRIED) and not words.strip():
            st.error("**Not saved.** The title is empty. Give the scenario a name that people read.")
    else:
        words = st.text_input("What this version is about (may be empty)", key="save-note", max_chars=2000)
    label = "Save as a new scenario" if kind == NEW else "Save this version"
    if st.button(label, type="primary", key="save", disabled=bool(problems)):
        try:
            saved = _saved(entry if kind == NEXT else None, words or "")
        except InputProblem as problem:
            st.session_state[_TRIED] = True
            found = problem.problems if isinstance(problem, InputProblems) else (problem,)
            if all(p.field.endswith((".reason", ".source")) or p.field == "title" for p in found):
                st.rerun()  # each is told beside its field
            st.error(f"**Not saved.** {plain(problem)}")
            return
        _open_saved(saved)


def _saved(entry: Entry | None, words: str) -> Saved:
    """Save the choice as a further version of ``entry``, or as a new scenario."""
    now, workspace = state.choice(), workshop().workspace
    after, why, otherwise = limited_scenario_of(now), whys_of(now), laid_in(now)
    author, session = state.author(), state.session()
    mine = draft_of(now, "", "")
    same = [draft.session for draft in workspace.drafts() if draft == replace(mine, session=draft.session, author=draft.author)]
    if entry is None:
        done = workspace.create(words, after, origin=origin_of(now), before=before_of(now), why=why, otherwise=otherwise,
                                author=author, session=session)  # fmt: skip
    else:
        assert now.version is not None  # noqa: S101 - an entry is of a saved choice
        done = workspace.save(now.base, after, based_on=now.version, why=why, otherwise=otherwise, note=words,
                              author=author, session=session)  # fmt: skip
    for other in same:  # the same changes, left by a window that was closed or a server that was stopped
        workspace.drop_draft(other)
    return done


def _open_saved(saved: Saved) -> None:
    """Go on with what was saved, and tell of it at the top."""
    before = state.choice()
    _open(saved.name, saved.number)
    st.session_state[_SAVED] = (saved, before.base)
    st.session_state[_TRIED] = False
    for key in ("save-title", "save-note"):
        st.session_state.pop(key, None)
    st.rerun()


def _open(name: str, number: int | None) -> None:
    now = state.choice()
    found = opened(workshop().workspace, name, number)
    state.choose(Choice(found.base, found.version, found.text, futures=now.futures, seed=now.seed))
    renew()


def tell_what_was_saved() -> None:
    """What the last save came to; where two planners saved, both are named and what differs is shown."""
    told = st.session_state.get(_SAVED)
    if told is None:
        return
    saved, meant = told
    workspace = workshop().workspace
    try:
        entry = workspace.entry(saved.name)
        if saved.outcome == "saved":
            st.success(f"**Saved** as version {saved.number} of “{plain(entry.title)}”.")
        elif saved.outcome == "unchanged":
            st.info(f"**Nothing to save.** “{plain(entry.title)}” already says the same.")
        elif saved.outcome == "copy of a locked scenario":
            st.info(f"**Saved as a copy**, “{plain(entry.title)}”, because the scenario is locked.")
        else:
            other = workspace.entry(meant)
            st.warning(
                f"**Both were kept.** Someone else saved version {saved.beside} of “{plain(other.title)}” while you changed it. "
                f"Your work is now “{plain(entry.title)}”, opened here; nothing was overwritten."
            )
            found = changed_assumptions(workspace.read(meant, saved.beside), workspace.read(saved.name, saved.number))
            rows = [{"What": plain(d.meaning), "Theirs": plain(d.before), "Yours": plain(d.after), "Unit": plain(d.unit)}
                    for d in found]  # fmt: skip
            st.table(rows, hide_index=True, border="horizontal", alt="What differs between the two")
    except InputProblem as problem:
        st.error(plain(problem))
    if st.button("Close this message", key="close-saved"):
        del st.session_state[_SAVED]
        st.rerun()


def _undo_and_redo(entry: Entry) -> None:
    now = state.choice()
    if now.version != entry.number:
        st.info(f"Version {entry.number} of “{plain(entry.title)}” is in use; this is version {now.version}.")
        if st.button(f"Open version {entry.number}", key="open-current"):
            _open(entry.name, entry.number)
            st.rerun()
        return
    workspace = workshop().workspace
    with st.container(horizontal=True):
        back = st.button(f"Undo: back to version {entry.undo_to}" if entry.undo_to else "Undo", key="undo-version",
                         disabled=entry.undo_to is None or now.is_changed)  # fmt: skip
        again = st.button(f"Redo: version {entry.redo_to}" if entry.redo_to else "Redo", key="redo-version",
                          disabled=entry.redo_to is None or now.is_changed)  # fmt: skip
    if now.is_changed and (entry.undo_to or entry.redo_to):
        note("Save or undo the changes above before going to another version.")
    if back or again:
        try:
            number = (workspace.undo if back else workspace.redo)(entry.name, at=entry.number)
        except InputProblem as problem:
            st.error(plain(problem))
            return
        _open(entry.name, number)
        st.rerun()
