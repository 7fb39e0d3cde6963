"""The guided example: from page to page through the scenario that comes with the app, left and taken up again at will."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

_AT, _OPEN = "tour_at", "tour_open"


@dataclass(frozen=True)
class Step:
    """One stop of the guided example."""

    page: str
    """Path of the page, empty for the start."""
    title: str
    look: str
    """What to look at, and what it says."""
    do: str
    """What to try."""


STEPS = (
    Step(
        "",
        "The answer",
        "Under **Places** is the answer in one sentence: how many specialist places are needed, how many there are, and how far "
        "out that may be. Nobody knows how requests will grow, so the same years are simulated many times, each a *future*; the "
        "range is what 8 in 10 futures keep to.",
        "Read the three boxes. Then see what is behind them, page by page.",
    ),
    Step(
        "demand",
        "Where the need comes from",
        "Requests become plans, and plans in force ask for places. The line is the middle future, the band holds 8 in 10. It "
        "widens with the years: that is how much is not known.",
        "Open the numbers under a chart: every chart has them, and a file to download.",
    ),
    Step(
        "places",
        "Where places are short",
        "The map and the table say where, for whom and by how much, in numbers and words. A notice tells where a figure is mere "
        "assumption: nobody publishes how children in need are spread over the areas.",
        "Change the academic year at the top and watch the sentence change.",
    ),
    Step(
        "scenarios",
        "What if requests grow faster?",
        "Here figures are changed. Each says what it means, what is allowed and what the baseline has. The result is marked out "
        "of date until you run it.",
        "Set the growth of requests to 16 and run it: both scenarios then stand side by side, with what differs.",
    ),
    Step(
        "shortlist",
        "Which bids to take",
        "Within the capital you allow, the bids that meet most need in most futures are chosen, and every bid has its reason. "
        "The bids that come with the app are made up to show how it works.",
        "Halve the capital and see which bids go.",
    ),
    Step(
        "money",
        "What it does to the deficit",
        "The same futures in pounds: what the grant brings, what places and top-ups cost, and what each saving is worth.",
        "Move a slider: the account answers at once, because nothing has to be simulated again.",
    ),
    Step(
        "evidence",
        "How far to trust it",
        "The simulation is set back to an earlier year and its answer held against what was published since. What it rests on, "
        "and what nobody has published stands at the end of every page.",
        "Compare a band with the published points. Then choose your own question on the start page.",
    ),
)


def start() -> None:
    """Begin the guided example, or go on where it was left."""
    st.session_state[_OPEN] = True


def taken() -> int:
    """The step at which it was left, counted from 0; 0 where it has not begun."""
    return int(st.session_state.get(_AT, 0))


def invitation() -> None:
    """On the start page: what the guided example is, with the button that begins it or goes on."""
    if st.session_state.get(_OPEN):
        return
    at = taken()
    words = f"Go on with the guided example: step {at + 1} of {len(STEPS)}" if at else "Take the guided example"
    if st.button(words, key="tour-start", help=f"{len(STEPS)} steps over the pages, about five minutes. Leave it at any time."):
        start()
        _go(at)


def guide(page: str) -> None:
    """At the top of every page while the guided example is on: its step, and the ways on, back and out."""
    if not st.session_state.get(_OPEN):
        return
    at = taken()
    step = STEPS[at]
    with st.container(border=True, key="tour"):
        st.markdown(f"**Guided example, step {at + 1} of {len(STEPS)}: {step.title}.**")
        if step.page == page:
            st.markdown(f"{step.look}\n\n**Try it.** {step.do}")
        else:
            st.markdown("You have gone to another page, and may look round. The guided example waits for you.")
        with st.container(horizontal=True):
            if step.page != page and st.button("To its page", key="tour-there"):
                _go(at)
            if at and st.button("Back", key="tour-back"):
                _go(at - 1)
            if at < len(STEPS) - 1:
                if st.button(f"Next: {STEPS[at + 1].title}", key="tour-next", type="primary"):
                    _go(at + 1)
            elif st.button("End", key="tour-end", type="primary"):
                st.session_state[_AT], st.session_state[_OPEN] = 0, False
                _show(STEPS[0].page)
            if st.button("Leave the guided example", key="tour-leave"):
                st.session_state[_OPEN] = False
                st.rerun()


def _go(at: int) -> None:
    st.session_state[_AT] = at
    _show(STEPS[at].page)


def _show(page: str) -> None:
    st.switch_page(st.Page(guide_page, title="Start", url_path=page or "start", default=not page))


def guide_page() -> None:
    """Stands for a page by its path; the navigation knows what it shows."""
