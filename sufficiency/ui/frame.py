"""What every page has: its question, the scenario it is about, what the answer rests on, and the words explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import streamlit as st

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.provenance import assumptions
from sufficiency.scenario.scenario import Scenario
from sufficiency.ui import state
from sufficiency.ui.answers import Key, key_of
from sufficiency.ui.choice import limited_scenario_of, scenario_of
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import counted, day, number, plain
from sufficiency.ui.glossary import glossary

LONGEST_CELL = 160
UNVERIFIED = "unverified-figures"
"""Under this key the table of unverified figures is open or closed."""


def asks(question: str) -> None:
    """The page's question as its heading; the choice stays in the address."""
    st.title(question, anchor=False)
    linked()


def linked(further: Mapping[str, Sequence[str]] | None = None) -> None:
    """Keep the choice, and what ``further`` says of the view, in the address; say what was wrong with a link."""
    if problem := state.link_problem():
        st.error(plain(problem))
    state.write_link(further)


def head(question: str) -> None:
    """The page's question as its heading, and the scenario that it is asked of."""
    asks(question)
    about()


def about() -> None:
    """The scenario that is asked about, in a sentence."""
    now = state.choice()
    try:
        scenario = scenario_of(now)
    except InputProblem:
        return
    version = f", version {now.version}" if now.version is not None else ""
    changed = f" with {counted(len(now.edits), 'changed figure')}" if now.edits else ""
    st.markdown(
        f"Scenario: **{plain(scenario.title)}**{version}{changed}. "
        f"{counted(now.futures, 'future')} from {day(scenario.start)} to {day(scenario.horizon)}."
    )


class Shown(Protocol):
    """An answer of any page: of what scenario, and how it was made."""

    @property
    def key(self) -> Key: ...
    @property
    def scenario(self) -> Scenario: ...
    @property
    def failed(self) -> int: ...


def rests_on(answer: Shown, *words: str) -> None:
    """What the page's answer rests on: unverified figures and how it was made; then the words explained."""
    scenario = answer.scenario
    unverified, every = len(scenario.unverified()), sum(1 for _ in scenario.figures())
    st.header("What this rests on", anchor=False)
    failed = (
        f" {counted(answer.failed, 'future')} failed and {'is' if answer.failed == 1 else 'are'} left out."
        if answer.failed
        else ""
    )
    st.markdown(
        f"**{unverified} of {every} figures are unverified defaults**: assumptions, or figures that stand in for what nobody has "
        f"published. Every number on this page leans on some of them. Standing at {day(scenario.knowledge_date)}.{failed}"
    )
    _unverified(answer, unverified)
    with st.expander("How this result was made"):
        st.markdown(
            f"- Scenario: {plain(scenario.name)}, hash `{_exported(answer).digest}`\n"
            f"- Futures: {number(answer.key.futures - answer.failed)}\n"
            f"- Base seed: {answer.key.seed}\n- Model version: {answer.key.version}\n- Data: the scenario's own figures"
        )
    glossary(*words)


@st.fragment
def _unverified(answer: Shown, unverified: int) -> None:
    """The table of unverified figures, once it is opened: it is larger than all else on most pages, on which it is drawn anew
    with every change.
    """
    table = st.expander(f"The {unverified} unverified figures", key=UNVERIFIED, on_change="rerun")
    if table.open:
        with table:
            assumption_table(_exported(answer))


def _exported(answer: Shown) -> Scenario:
    """The scenario of the answer; where it is the one chosen now, with its limits and the reasons given."""
    now = state.choice()
    return limited_scenario_of(now) if key_of(scenario_of(now), now.futures, now.seed) == answer.key else answer.scenario


def assumption_table(scenario: Scenario) -> None:
    """The unverified figures with value, range, unit, source and reason, and the whole list to download."""
    rows = assumptions(scenario)
    shown = [
        {
            "What": plain(row["meaning"].replace("``", "")),
            "Value": _cell(row["value"]),
            "Range": f"{_cell(row['low'])} to {_cell(row['high'])}" if row["low"] is not None else "none",
            "Unit": plain(row["unit"]),
            "Source and reason": plain(f"{row['source']}. {row['reason'] or ''}"),
        }
        for row in rows
        if not row["verified"]
    ]
    st.table(shown, hide_index=True, alt="Unverified figures of the scenario", border="horizontal")
    offer(rows, f"assumptions-{scenario.name}", what="all assumptions")


def _cell(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return plain(f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}")
    text = str(value)
    return plain(text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}… (whole in the download)")
