"""Scenarios: change and run one, find those that were saved, compare several."""

from __future__ import annotations

import streamlit as st

from sufficiency.ui import state
from sufficiency.ui.change_view import change_view
from sufficiency.ui.compare_view import compare_view
from sufficiency.ui.saved_view import saved_view
from sufficiency.ui.views import CHANGE, COMPARE, SAVED, VIEWS, chosen_view, view_control

_SHOW = {CHANGE: change_view, SAVED: saved_view, COMPARE: compare_view}
_QUESTIONS = {
    CHANGE: "What if things go differently?",
    SAVED: "Which scenarios have been saved?",
    COMPARE: "How do scenarios differ?",
}


def show() -> None:
    """The page: one of its three views, each with a question of its own."""
    state.choice()  # the first time, from the link, before the link is written anew
    view = chosen_view()
    st.title(_QUESTIONS[view], anchor=False)
    view_control()
    _SHOW[view]()
    assert set(_SHOW) == set(VIEWS)  # noqa: S101
