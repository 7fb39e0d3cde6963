"""Places: where, for which need and when places are short; what that rests on; what was promised; what to ask schools for."""

from __future__ import annotations

from typing import Any

import streamlit as st

from sufficiency.ui.answers import Answer
from sufficiency.ui.charts import fan
from sufficiency.ui.commitment_section import commitment_section
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import month_words, number
from sufficiency.ui.frame import head, rests_on
from sufficiency.ui.gap_fan_section import gap_fan, quantiles
from sufficiency.ui.gap_map_section import KINDS, gap_map
from sufficiency.ui.headlines import key_year
from sufficiency.ui.invitation_section import invitation_section
from sufficiency.ui.place_versions import counted_version, own_version
from sufficiency.ui.spread_section import measured_spread, spread_section
from sufficiency.ui.waiting import present_answer


def show() -> None:
    """The page."""
    head("Where are places short, and for whom?")
    answer, fresh = present_answer(empty="Run the scenario to see where places are short.")
    if answer is None:
        return
    years = answer.run.labels("academic_year")
    left, right = st.columns(2)
    kind = left.radio("What counts as a gap", list(KINDS), format_func=KINDS.__getitem__, key="gap-kind", persist_state="session")
    first = years.index(key_year(answer))
    year = right.selectbox("Academic year (January census)", years, index=first, key="gap-year", persist_state="session")
    year = year if year in years else years[first]
    version, counted = counted_version(answer)
    spread = measured_spread(answer)
    of_version = spread if version == own_version(answer.scenario) else None
    gap_map(counted, kind, year, of_version)
    spread_section(answer, kind, year, start=fresh)
    gap_fan(counted, kind)
    _waiting(counted)
    commitment_section(answer)
    invitation_section(counted, kind, year, of_version)
    words = (
        "Specialist place",
        "SEN",
        "Resourced provision",
        "EoI",
        "Waiting",
        "Gap (all)",
        "Gap (waiting)",
        "Future",
        "8 in 10 futures",
    )
    rests_on(answer, *words)


def _waiting(answer: Answer) -> None:
    st.header("How long is the waiting list?", anchor=False)
    months = answer.run.labels("month")
    rows: list[dict[str, Any]] = [
        {"period": month, "series": "Waiting", **quantiles(answer.waiting_by_month[:, i])} for i, month in enumerate(months)
    ]
    last = rows[-1]
    longest = max(rows, key=lambda row: float(row["p50"]))
    st.markdown(
        f"At the end of {month_words(last['period'])} **{number(last['p50'])} children wait** for a specialist place in the "
        f"middle future; in 8 of 10 futures between {number(last['p10'])} and {number(last['p90'])}. The list is longest in "
        f"{month_words(longest['period'])}."
    )
    st.altair_chart(fan(rows, height=260), alt="Children waiting for a specialist place by month; numbers in the table below")
    with st.expander("The numbers of this chart"):
        shown = [row for row in rows if row["period"][-2:] in ("01", "08")]
        table = [
            {
                "End of": month_words(row["period"]),
                "Waiting": number(row["p50"]),
                "8 in 10 futures": f"{number(row['p10'])} to {number(row['p90'])}",
            }
            for row in shown
        ]
        st.table(table, hide_index=True, border="horizontal", alt="Children waiting at the end of each January and August")
    offer(rows, "waiting-list", what="the waiting list by month")
