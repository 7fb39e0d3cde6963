"""The part of the Evidence page about placements: fitted on Bristol's 2020 to 2022, shown on what came later."""

from __future__ import annotations

import streamlit as st

from sufficiency.report.validation import points, read
from sufficiency.ui.downloads import offer
from sufficiency.ui.validation_parts import coverage, made, not_measured, point_table, reasons_list, records

TITLES = {
    "January 2022 and what was delivered since": "bristol-2022+as-delivered",
    "January 2022 as it stood": "bristol-2022",
    "January 2020, as fitted": "bristol-2020",
}
NEAR = 0.2
"""The waiting list is to be given back within this share of what was reported."""


def placements_section() -> None:
    """Headcounts, independent placements and the waiting list beside what was published."""
    st.header("Where were children placed, and who waited?", anchor=False)
    result = read("placements")
    if result is None:
        not_measured("the fit of placements", "python benchmarks/placements.py --write")
        return
    chosen = st.radio("From", list(TITLES), horizontal=True, key="evidence-placements", persist_state="session")
    found = points(result.limited(scenario=TITLES[chosen]))
    checked = [p for p in found if p.use == "validate"]
    waiting = [p for p in found if p.measure == "waiting"]
    near = sum(abs(p.p50 / p.published - 1) <= NEAR for p in waiting)
    st.markdown(
        "How many come to need a specialist place and how many go to independent schools is fitted to the waiting list and the "
        f"headcounts of 2020 to 2022; **{coverage(checked)}** the band that should hold 9 in 10. Of {len(waiting)} reported "
        f"waiting lists the middle future is within 20 % of {near}."
    )
    st.markdown(
        "**Two published figures contradict each other**: about 200 more places were called delivered by December 2023 than in "
        "January 2022, and special schools and resource bases held about 65 more children in January 2025. The model fills "
        "places that are open. It is not scaled down to hide this."
    )
    with st.expander("The numbers of placements and the waiting list"):
        point_table(found, f"Placements, published and simulated, from {chosen}")
    reasons_list("placements", checked)
    offer(records(found), "placements", what="placements and the waiting list")
    made(result)
