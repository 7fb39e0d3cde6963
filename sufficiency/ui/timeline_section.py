"""The part of the Places page that sets places opening against need, year by year."""

from __future__ import annotations

import streamlit as st

from sufficiency.report.charts.captions import fan_caption
from sufficiency.report.charts.timeline import ADDED, OPEN, timeline
from sufficiency.report.place_timeline import timeline_rows
from sufficiency.ui.answers import Answer
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import number, short
from sufficiency.ui.notes import note
from sufficiency.ui.place_versions import with_bids


def timeline_section(answer: Answer) -> None:
    """The sentence, the chart, its table and the download."""
    st.header("Do places open as fast as need grows?", anchor=False)
    after = with_bids(answer)
    added = after is not None and after is not answer
    bars, need = timeline_rows(answer.run, after.run if after is not None and added else None)
    opened = {(row["series"], row["period"]): float(row["mean"]) for row in bars}
    first, last = need[0], need[-1]
    whole = {row["period"]: opened[OPEN, row["period"]] + opened.get((ADDED, row["period"]), 0.0) for row in need}
    grown = number(last["p50"] - first["p50"])
    st.markdown(
        f"From {first['period']} to {last['period']} **{number(whole[last['period']] - whole[first['period']])} places open** on "
        f"average{', the chosen bids included' if added else ''}, while need grows by {grown} in the middle future."
    )
    st.altair_chart(timeline(bars, need), alt="Places open by academic year against need; the numbers are in the table below")
    words = "children who need a specialist place"
    note(
        f"{fan_caption([row | {'series': 'Need'} for row in need], 'Need', number, what=words)} Bars are means over the futures."
    )
    if not added:
        note("No bids are counted: choose them on the Shortlist page and simulate them there to see what they add.")
    table = [
        {
            "Academic year": row["period"],
            "Open or in the pipeline": number(opened[OPEN, row["period"]]),
            **({"Added by the bids": number(opened.get((ADDED, row["period"]), 0.0))} if added else {}),
            "Need": number(row["p50"]),
            "Need in 8 of 10 futures": f"{number(row['p10'])} to {number(row['p90'])}",
            "Need less places": short(row["p50"] - whole[row["period"]]),
        }
        for row in need
    ]
    with st.expander("The numbers of this chart"):
        st.table(table, hide_index=True, border="horizontal", alt="Places open and need by academic year")
    numbers = [
        {"academic_year": row["period"], "places_open": opened[OPEN, row["period"]],
         "added_by_bids": opened.get((ADDED, row["period"]), 0.0),
         **{f"need_{name}": row[name] for name in ("p10", "p50", "p90")}}
        for row in need
    ]  # fmt: skip
    offer(numbers, "places-and-need", what="the timeline")
