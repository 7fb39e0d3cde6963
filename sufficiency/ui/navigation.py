"""The pages of the app, in their order."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.navigation.page import Page

from sufficiency.report.charts.parts import use_ground
from sufficiency.ui import state
from sufficiency.ui.pages import assessment, bids, demand, evidence, money, papers, places, scenarios, shortlist, start

WIDTH = 1040
"""Pixels of a page at most: room for tables, and lines that can still be read."""


def pages() -> list[Page]:
    """The pages; the first is the start."""
    use_ground(_is_dark)
    return [
        st.Page(_framed(start.show), title="Start", url_path="start", default=True),
        st.Page(_framed(scenarios.show), title="Scenarios", url_path="scenarios"),
        st.Page(_framed(demand.show), title="Demand", url_path="demand"),
        st.Page(_framed(assessment.show), title="Assessment", url_path="assessment"),
        st.Page(_framed(places.show), title="Places", url_path="places"),
        st.Page(_framed(bids.show), title="Bids", url_path="bids"),
        st.Page(_framed(shortlist.show), title="Shortlist", url_path="shortlist"),
        st.Page(_framed(money.show), title="Money", url_path="money"),
        st.Page(_framed(papers.show), title="Papers", url_path="papers"),
        st.Page(_framed(evidence.show), title="Evidence", url_path="evidence"),
    ]


def _is_dark() -> bool:
    """Whether this session's theme is dark."""
    try:
        return st.context.theme.type == "dark"
    except (AttributeError, RuntimeError):
        return False


def _framed(show: Callable[[], None]) -> Callable[[], None]:
    """The page in the middle of the window, never wider than :data:`WIDTH`."""

    def framed() -> None:
        with st.container(horizontal_alignment="center"), st.container(width=WIDTH):
            try:
                show()
            finally:  # a page may end early, to be shown anew
                state.keep_draft()

    return framed
