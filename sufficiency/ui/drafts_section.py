"""Unsaved changes of an earlier session: found again after a crash, a restart or a closed window."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from sufficiency.domain.problem import InputProblem
from sufficiency.ui import state
from sufficiency.ui.choice import baseline, scenario_of
from sufficiency.ui.fields import FIELDS
from sufficiency.ui.form import renew
from sufficiency.ui.formats import counted, moment, plain
from sufficiency.ui.notes import note
from sufficiency.ui.opening import choice_of_draft, draft_of
from sufficiency.ui.views import CHANGE, SAVED, go_to
from sufficiency.ui.workshop import workshop
from sufficiency.workspace import Draft

MOST_SHOWN = 5
STILL_OPEN = dt.timedelta(minutes=10)
"""A draft kept so lately may be that of a window that is still open: it can be taken up, and is not dropped."""


def unsaved() -> list[Draft]:
    """Drafts of other sessions, each content once; what this session holds itself is left out."""
    mine = draft_of(state.choice(), state.session(), "")
    seen, found = [(mine.base, mine.number, mine.content)], []
    for draft in workshop().workspace.drafts():
        said = (draft.base, draft.number, draft.content)
        if draft.session != mine.session and said not in seen:
            seen.append(said)
            found.append(draft)
    return found


def unsaved_note() -> None:
    """That there are unsaved changes to take up, with a button that leads to them."""
    try:
        count = len(unsaved())
    except InputProblem:
        return  # told where the saved scenarios are listed
    if count and not state.choice().is_changed:
        st.info(f"**Kept.** {counted(count, 'set')} of changes made earlier and never saved can be taken up again.")
        st.button("Show the unsaved changes", on_click=go_to, args=(SAVED,), key="show-drafts")


def drafts_section() -> None:
    """Each draft in words, to go on with or to drop."""
    found = unsaved()
    if not found:
        return
    st.header("Changes never saved", anchor=False)
    for draft in found[:MOST_SHOWN]:
        _one(draft)
    if len(found) > MOST_SHOWN:
        note(f"And {counted(len(found) - MOST_SHOWN, 'older set')}, shown as these are taken up or dropped.")


def _one(draft: Draft) -> None:
    edits = dict(draft.content.get("edits", {}))
    labels = [FIELDS[path].label if path in FIELDS else path for path in edits] + list(draft.content.get("overrides", ()))
    version = f", version {draft.number}" if draft.number is not None else ""
    who = f" by {plain(draft.author)}" if draft.author else ""
    kept = f" on {moment(draft.kept)}" if draft.kept else ""
    lately = draft.kept is not None and dt.datetime.now(dt.UTC) - draft.kept < STILL_OPEN
    with st.container(border=True):
        st.markdown(f"**{plain(_title(draft))}**{version}, changed{who}{kept}: {plain(', '.join(labels))}.")
        with st.container(horizontal=True):
            if st.button(f"Go on with these changes to {draft.base}", key=f"take-{draft.session}"):
                _take_up(draft, mine=not lately)
            if not lately and st.button(f"Drop these changes to {draft.base}", key=f"drop-{draft.session}"):
                workshop().workspace.drop_draft(draft.session)
                st.rerun()
        if lately:
            note("Another window may still be at work on them; taking them up leaves that window its own.")


def _title(draft: Draft) -> str:
    """What people call the scenario that a draft changes."""
    try:
        if draft.number is not None:
            return workshop().workspace.entry(draft.base).title
        return baseline(draft.base, None, ()).title
    except InputProblem:
        return draft.base


def _take_up(draft: Draft, *, mine: bool) -> None:
    """Go on with a draft, which is dropped where it is then this session's own; what the session had changed stays behind."""
    try:
        new = choice_of_draft(draft, workshop().workspace, state.choice())
        scenario_of(new)
    except InputProblem as problem:
        st.error(f"**These changes cannot be taken up.** {plain(problem)}")
        return
    state.keep_draft()
    state.forget_draft()
    state.choose(new)
    state.keep_draft()
    if mine:
        workshop().workspace.drop_draft(draft.session)
    renew()
    go_to(CHANGE)
    st.rerun()
