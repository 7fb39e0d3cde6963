"""The three views of the Scenarios page: which one is shown, in the session and in the link."""

from __future__ import annotations

import streamlit as st

CHANGE, SAVED, COMPARE = "change", "saved", "compare"
VIEWS = {CHANGE: "Change and run", SAVED: "Saved scenarios", COMPARE: "Compare"}
_KEY, _NEXT = "scenarios-view", "scenarios-view-next"


def chosen_view() -> str:
    """The view of this session; the first time, that of the link."""
    if (asked := st.session_state.pop(_NEXT, None)) is not None:
        st.session_state[_KEY] = asked
    if st.session_state.get(_KEY) not in VIEWS:
        asked = st.query_params.get("view", CHANGE)
        st.session_state[_KEY] = asked if asked in VIEWS else CHANGE
    return str(st.session_state[_KEY])


def view_control() -> None:
    """Leads from view to view. A segmented control would be too faint in the dark theme."""
    st.radio("View", list(VIEWS), format_func=VIEWS.__getitem__, key=_KEY, horizontal=True, label_visibility="collapsed",
             persist_state="session")  # fmt: skip


def go_to(view: str) -> None:
    """Show another view from the next run on."""
    st.session_state[_NEXT] = view
