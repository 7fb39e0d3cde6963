"""The commitment explained: what keeps places missing, what one step of each limit is worth, and when it could be met."""

from __future__ import annotations

import streamlit as st

from sufficiency.report.shortlist_reasons import COMMITMENT_COLUMNS, commitment_rows, commitment_words
from sufficiency.shortlist.commitment import AS_IT_IS, IN_ORDER, LIFTED, STEP, Explanation
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import day, number, plain, rough_money
from sufficiency.ui.notes import note


def why_section(explained: Explanation) -> None:
    """The sentence, the parts that sum to the shortfall, the worth of a step, and the download."""
    st.header("Why is the commitment not met?", anchor=False)
    base = next(line for line in explained.lines if line.kind == AS_IT_IS)
    earliest = f"at the earliest on {day(explained.earliest)}" if explained.earliest else "on no day of the years simulated"
    if base.shortfall <= 0.5:
        st.markdown("**It is met:** no place is expected to be missing on its day.")
    else:
        parts = sorted((line for line in explained.lines if line.kind == IN_ORDER), key=lambda line: -line.closes)
        most = f", most of all by {plain(parts[0].family)} ({number(parts[0].closes)})" if parts and parts[0].closes > 0.5 else ""
        st.markdown(
            f"**{number(base.shortfall)} places stay missing within these limits{most}.** Within them it can be met {earliest}. "
            f"{plain(commitment_words(explained))}"
        )
    in_order = [line for line in explained.lines if line.kind == IN_ORDER]
    alone = {line.family: line for line in explained.lines if line.kind == LIFTED}
    rows = [
        {
            "Limit": plain(line.family),
            "If lifted": plain(line.change),
            "Places it closes, one after the other": number(line.closes, 1),
            "Places it closes alone": number(alone[line.family].closes, 1) if line.family in alone else "",
        }
        for line in in_order
    ]
    rows.append(
        {
            "Limit": "All",
            "If lifted": "",
            "Places it closes, one after the other": number(sum(x.closes for x in in_order), 1),
            "Places it closes alone": "",
        }
    )
    st.table(rows, hide_index=True, border="horizontal", alt="The shortfall by family of limits")
    note("One after the other the parts sum to the shortfall; what a limit closes depends on those lifted before it.")
    steps = [line for line in explained.lines if line.kind == STEP]
    st.markdown("**What one step of each limit is worth**")
    st.table(
        [
            {
                "Limit": plain(line.family),
                "One step": plain(line.change),
                "Places of the commitment": number(line.closes, 1),
                "Child-years met besides": number(line.child_years, 1) if line.child_years is not None else "",
                "Whole cost saved": rough_money(line.pounds) if line.pounds is not None else "",
            }
            for line in steps
        ],
        hide_index=True,
        border="horizontal",
        alt="The worth of one step of each limit",
    )
    note("Child-years and cost by the linear relaxation: at most so much, before the step itself is paid for.")
    offer(
        [dict(zip(COMMITMENT_COLUMNS, row, strict=True)) for row in commitment_rows(explained)],
        "commitment-explained",
        what="the commitment explained",
    )
