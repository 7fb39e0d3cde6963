"""What a session remembers from page to page, and the link that brings it back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress

import streamlit as st

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.eoi_list import load_eois, read_eois
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.ui import sign_in
from sufficiency.ui.answers import Key
from sufficiency.ui.choice import Choice, default_futures
from sufficiency.ui.formats import plain
from sufficiency.ui.links import choice_of, query_of
from sufficiency.ui.opening import draft_of, with_reasons_of_draft
from sufficiency.ui.workshop import workshop

_CHOICE, _SHOWN, _EOIS, _LINK, _SESSION, _KEPT = "choice", "shown", "eois", "link_problem", "draft_session", "draft_kept"


def choice() -> Choice:
    """The choice of this session; the first time, that of the link it was opened with."""
    if _CHOICE not in st.session_state:
        st.session_state[_CHOICE] = _from_link()
    chosen: Choice = st.session_state[_CHOICE]
    return chosen


def choose(new: Choice) -> None:
    """Replace the choice of this session."""
    if new != choice():
        st.session_state.pop(_LINK, None)
        st.session_state[_CHOICE] = new


def last_shown() -> Key | None:
    """The key of the answer shown last."""
    found: Key | None = st.session_state.get(_SHOWN)
    return found


def remember_shown(key: Key) -> None:
    """Remember which answer was shown last."""
    st.session_state[_SHOWN] = key


def uploaded_eois() -> tuple[str, bytes] | None:
    """Name and content of the uploaded list of bids, where there is one."""
    found: tuple[str, bytes] | None = st.session_state.get(_EOIS)
    return found


def use_eois(upload: tuple[str, bytes] | None) -> None:
    """Use an uploaded list of bids (name and content), or again the scenario's own."""
    st.session_state[_EOIS] = upload


def eois(scenario: Scenario) -> tuple[ExpressionOfInterest, ...]:
    """The bids of this session; raises InputProblem."""
    upload = uploaded_eois()
    return read_eois(upload[1], where=upload[0], areas=scenario.area_codes) if upload else load_eois(scenario)


def link_problem() -> str:
    """What was wrong with the link this session was opened with; told until another choice is made."""
    choice()
    return str(st.session_state.get(_LINK, ""))


def _from_link() -> Choice:
    """The choice that the address names: ``?scenario=...&with=override&set=path=value``, or ``?saved=...&version=...``."""
    try:
        workspace = workshop().workspace
        found = choice_of({name: st.query_params.get_all(name) for name in st.query_params}, workspace)
        with suppress(InputProblem):  # a link works without a workspace too
            return with_reasons_of_draft(found, workspace.drafts()) if found.edits else found
        return found
    except InputProblem as problem:
        st.session_state[_LINK] = f"The link could not be used, so the default scenario is shown. {problem}"
        return Choice(futures=default_futures())


def write_link(further: Mapping[str, Sequence[str]] | None = None) -> None:
    """Put the choice into the address, and what ``further`` says of the view, so that the link can be sent."""
    wanted = query_of(choice()) | {name: list(values) for name, values in (further or {}).items() if values}
    if wanted != {name: st.query_params.get_all(name) for name in st.query_params}:
        st.query_params.from_dict(wanted)


def session() -> str:
    """The name under which this session's draft is kept."""
    found: str = st.session_state.setdefault(_SESSION, secrets.token_hex(8))
    return found


def author() -> str:
    """The name of the person, where people sign in; else empty."""
    return sign_in.name()


def keep_draft() -> None:
    """Keep what is changed and not saved on disk, so that a crash or a restart loses nothing; a trouble is told on the page."""
    if _CHOICE not in st.session_state:
        return
    now = choice()
    draft = draft_of(now, session(), author()) if now.is_changed else None
    if draft == st.session_state.get(_KEPT):
        return
    workspace = workshop().workspace
    try:
        if draft is None:
            workspace.drop_draft(session())
        else:
            workspace.keep_draft(draft)
    except InputProblem as problem:
        st.error(f"**The unsaved changes are not on disk.** {plain(problem)}")
    else:
        st.session_state[_KEPT] = draft


def forget_draft() -> None:
    """Let the present draft lie, for its session to be taken up later, and begin another."""
    st.session_state.pop(_SESSION, None)
    st.session_state.pop(_KEPT, None)
