"""The list of bids being written: what a session holds of it, and how it is checked and taken over."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from sufficiency.domain.problem import InputProblem, InputProblems
from sufficiency.scenario.eoi_draft import COLUMNS, Draft, draft_of, draft_of_rows
from sufficiency.scenario.eoi_list import own_list
from sufficiency.scenario.scenario import Scenario
from sufficiency.ui import state

_DESK, _UNSAVED = "bids_desk", "bids_unsaved"
_ROWS = re.compile(r"rows? (\d+)(?: and (\d+))?")


@dataclass(frozen=True)
class Desk:
    """What lies on the desk: the draft that the editor begins from, and what is wrong with it."""

    name: str
    draft: Draft
    revision: int
    of: str
    """The scenario and the list in use when it was laid there."""
    problems: tuple[InputProblem, ...] = ()
    """Empty: the draft is the list in use."""


def desk(scenario: Scenario) -> Desk:
    """The desk of this session, with the list in use where nothing else lies on it; raises InputProblem."""
    held: Desk | None = st.session_state.get(_DESK)
    of = _in_use(scenario)
    if held is not None and (held.of == of or held.problems):
        return held
    name, raw = state.uploaded_eois() or own_list(scenario)
    return _lay(Desk(name, draft_of(raw, where=name), _next(), of))


def kept_edits(editor: str, found: Desk) -> Desk:
    """The desk with edits that were not saved when the page was left, laid on it as the editor's new beginning."""
    unsaved: tuple[int, Draft] | None = st.session_state.get(_UNSAVED)
    if unsaved is None or editor in st.session_state:
        return found
    revision, draft = unsaved
    st.session_state[_UNSAVED] = None
    return _lay(replace(found, draft=draft, revision=_next())) if revision == found.revision else found


def remember_edits(found: Desk, draft: Draft) -> None:
    """Remember edits that are not saved yet."""
    st.session_state[_UNSAVED] = (found.revision, draft) if draft != found.draft else None


def unsaved() -> bool:
    """Whether there are edits that are not saved."""
    return st.session_state.get(_UNSAVED) is not None


def take(scenario: Scenario, name: str, draft: Draft) -> bool:
    """Use a draft where it is right throughout; else lay it on the desk with all there is to mend. Whether it is used."""
    st.session_state[_UNSAVED] = None
    try:
        draft.eois(where=name, areas=scenario.area_codes)
    except InputProblem as problem:
        each = problem.problems if isinstance(problem, InputProblems) else (problem,)
        _lay(Desk(name, draft, _next(), _in_use(scenario), tuple(each)))
        return False
    state.use_eois((name, draft.csv()))
    _lay(Desk(name, draft, _next(), _in_use(scenario)))
    return True


def clear() -> None:
    """Take everything off the desk: the list in use is laid there anew."""
    st.session_state[_DESK] = st.session_state[_UNSAVED] = None


def rows_of(draft: Draft) -> Any:
    """The draft as the editor's frame: text only, each row under its number in the file."""
    import pandas as pd

    return pd.DataFrame(list(draft.rows), columns=list(COLUMNS), index=range(2, len(draft.rows) + 2), dtype=object)


def draft_of_frame(frame: Any) -> Draft:
    """The draft that an edited frame holds."""
    return draft_of_rows(frame.to_dict("records"))


def cell_of(problem: InputProblem, draft: Draft) -> tuple[int, str] | None:
    """Row number and column of what is wrong, where it is one cell (of two rows that clash, the later one)."""
    found = _ROWS.search((problem.where.rpartition(", row")[1] and problem.where[problem.where.rindex(", row") :]) or "")
    if not found or problem.field not in COLUMNS:
        return None
    number = int(found.group(2) or found.group(1))
    return (number, problem.field) if 2 <= number < len(draft.rows) + 2 else None


def _in_use(scenario: Scenario) -> str:
    upload = state.uploaded_eois()
    return f"{upload[0]} {hash(upload[1])}" if upload else scenario.shortlist.eois


def _next() -> int:
    held: Desk | None = st.session_state.get(_DESK)
    number: int = st.session_state.get("bids_revision", 0) + 1
    st.session_state["bids_revision"] = number
    return number if held is None else max(number, held.revision + 1)


def _lay(new: Desk) -> Desk:
    st.session_state[_DESK] = new
    return new
