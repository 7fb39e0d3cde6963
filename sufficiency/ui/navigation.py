"""The pages of the app, in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st
from altair.utils.schemapi import disable_debug_mode
from streamlit.navigation.page import Page

from sufficiency.report.charts.parts import use_ground
from sufficiency.ui import sign_in, state
from sufficiency.ui.pages import (
    accessibility,
    assessment,
    bids,
    demand,
    evidence,
    money,
    papers,
    places,
    scenarios,
    shortlist,
    start,
)
from sufficiency.ui.tour import guide

WIDTH = 1040
"""Pixels of a page at most: room for tables, and lines that can still be read."""

LOOK = """<style>
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
}
[data-testid=stDateInputField] [role=spinbutton] {
  display: inline-block; min-width: 24px; line-height: 24px; text-align: center;
}
[data-testid=stSliderThumbValue], [data-testid=stSliderThumbValue] p { color: inherit !important; }
</style>"""
"""Nothing moves for those who asked their machine for that; the parts of a date are wide enough to be hit (WCAG 2.5.8),
and the value of a slider has the colour of text: that of buttons is too dark for words in the dark theme (WCAG 1.4.3)."""


# Charts are checked against their schema where they are tested, not anew each time they are shown: that took a quarter of a page.
disable_debug_mode()


def pages() -> list[Page]:
    """The pages; the first is the start."""
    use_ground(_is_dark)
    return [
        st.Page(_framed(start.show, ""), title="Start", url_path="start", default=True),
        st.Page(_framed(scenarios.show, "scenarios"), title="Scenarios", url_path="scenarios"),
        st.Page(_framed(demand.show, "demand"), title="Demand", url_path="demand"),
        st.Page(_framed(assessment.show, "assessment"), title="Assessment", url_path="assessment"),
        st.Page(_framed(places.show, "places"), title="Places", url_path="places"),
        st.Page(_framed(bids.show, "bids"), title="Bids", url_path="bids"),
        st.Page(_framed(shortlist.show, "shortlist"), title="Shortlist", url_path="shortlist"),
        st.Page(_framed(money.show, "money"), title="Money", url_path="money"),
        st.Page(_framed(papers.show, "papers"), title="Papers", url_path="papers"),
        st.Page(_framed(evidence.show, "evidence"), title="Evidence", url_path="evidence"),
        st.Page(_framed(accessibility.show, "accessibility"), title="Accessibility", url_path="accessibility"),
    ]


@contextmanager
def middle() -> Iterator[None]:
    """The middle of the window, never wider than :data:`WIDTH`."""
    with st.container(horizontal_alignment="center"), st.container(width=WIDTH):
        st.html(LOOK)
        yield


def _is_dark() -> bool:
    """Whether this session's theme is dark."""
    try:
        return st.context.theme.type == "dark"
    except (AttributeError, RuntimeError):
        return False


def _framed(show: Callable[[], None], path: str) -> Callable[[], None]:
    """The page in the middle of the window, under the guided example where that is on."""

    def framed() -> None:
        with middle():
            sign_in.who()
            guide(path)
            try:
                show()
            finally:  # a page may end early, to be shown anew
                state.keep_draft()

    return framed
