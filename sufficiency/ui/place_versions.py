"""Which places are counted on the Places page: the scenario's own, fewer, or with the chosen bids."""

from __future__ import annotations

import streamlit as st

from sufficiency.places.versions import has_bids, without_bids, without_pipeline
from sufficiency.scenario.scenario import Scenario
from sufficiency.ui.answers import Answer, key_of
from sufficiency.ui.waiting import further_answer, say_left_out
from sufficiency.ui.workshop import workshop

WORDS = {
    "without_pipeline": "Without the pipeline",
    "with_pipeline": "With the pipeline",
    "with_shortlist": "With the chosen bids",
}
"""Names of the versions, as charts and controls show them."""


def own_version(scenario: Scenario) -> str:
    """The version that a scenario is, as it stands."""
    return "with_shortlist" if has_bids(scenario) else "with_pipeline"


def counted_version(answer: Answer) -> tuple[str, Answer]:
    """The control, and the answer in which the chosen places are counted; the scenario's own where it is not there yet."""
    own = own_version(answer.scenario)
    version = st.radio(
        "Places counted",
        list(WORDS),
        index=list(WORDS).index(own),
        format_func=WORDS.__getitem__,
        horizontal=True,
        key="places-counted",
        persist_state="session",
    )
    bids = with_bids(answer)
    if bids is not None and bids is not answer:  # other parts of the page count them, whichever version is chosen here
        say_left_out(bids, WORDS["with_shortlist"])
    found = answer if version == own else _other(answer, version)
    if found is None:
        st.markdown(f"What follows is **{WORDS[own][0].lower()}{WORDS[own][1:]}**.")
        return own, answer
    return version, found


def with_bids(answer: Answer) -> Answer | None:
    """The answer with the chosen bids, where the Shortlist page has simulated them in the same futures."""
    if has_bids(answer.scenario):
        return answer
    of, key = st.session_state.get("with-shortlist", (None, None))
    found: Answer | None = workshop().answer(key) if of == answer.key and key else None
    return found


def _other(answer: Answer, version: str) -> Answer | None:
    scenario = answer.scenario
    if version == "with_shortlist":
        found = with_bids(answer)
        if found is None:
            st.info(
                "**Empty.** No bids have been simulated in these futures. Choose them on the Shortlist page, press “Simulate "
                "with the chosen bids” there, and come back."
            )
        return found
    fewer = without_pipeline(scenario) if version == "without_pipeline" else without_bids(scenario)
    name = WORDS[version]
    key = key_of(fewer, answer.key.futures, answer.key.seed)
    return further_answer(fewer, key, f"Simulating {name[0].lower()}{name[1:]}", name)
