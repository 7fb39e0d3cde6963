"""The view that sets scenarios side by side: their results, and what any two assume differently."""

from __future__ import annotations

import streamlit as st

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.differences import changed_assumptions
from sufficiency.ui import state
from sufficiency.ui.choice import Choice, limited_scenario_of
from sufficiency.ui.compare_section import compare_section, compared, offered
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import plain
from sufficiency.ui.frame import linked, rests_on
from sufficiency.ui.links import in_one
from sufficiency.ui.views import COMPARE


def compare_view() -> None:
    """The results side by side, then what any two assume."""
    top = st.container()
    first = compare_section()
    with top:
        linked({"view": [COMPARE], "compare": [in_one(choice) for choice in compared()]})
    _assumptions(offered(versions=True))
    if first is not None:
        rests_on(first, "EHCP", "DSG", "Specialist place", "Waiting", "Gap (all)", "Future", "8 in 10 futures")


def _assumptions(options: dict[str, Choice]) -> None:
    st.header("What any two assume differently", anchor=False)
    left, right = st.columns(2)
    names, key = list(options), hash(tuple(options))
    a = left.selectbox("From", names, key=f"differ-from-{key}")
    now = next((index for index, choice in enumerate(options.values()) if choice == state.choice()), 0)
    b = right.selectbox("To", names, index=now or min(1, len(names) - 1), key=f"differ-to-{key}")
    try:
        found = changed_assumptions(limited_scenario_of(options[a]), limited_scenario_of(options[b]))
    except InputProblem as problem:
        st.error(plain(problem))
        return
    if not found:
        st.markdown("Nothing: they assume the same.")
        return
    rows = [{"What": d.meaning, "From": d.before, "To": d.after, "Unit": d.unit} for d in found]
    st.table([{name: plain(text) for name, text in row.items()} for row in rows], hide_index=True, border="horizontal",
             alt="What the two assume differently")  # fmt: skip
    offer(rows, "differences", what="these differences")
