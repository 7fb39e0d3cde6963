"""The part of the Places page that follows need, places and gap over the years, by any cut."""

from __future__ import annotations

from typing import Any

import streamlit as st

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.places.gap import band, cut, gap
from sufficiency.report.charts.captions import fan_caption
from sufficiency.report.charts.shapes import fan
from sufficiency.ui.answers import Answer
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import number, plain, short
from sufficiency.ui.gap_map_section import ALL, EVERY_PHASE, KINDS
from sufficiency.ui.notes import note


def gap_fan(answer: Answer, kind: str) -> None:
    """The controls, the two charts, their table and the download."""
    run = answer.run
    st.header("How does it change over the years?", anchor=False)
    areas = {"": ALL} | {code: area.label for code, area in run.scenario.areas.items()}
    needs = {"": "All needs"} | {entry.code: entry.label for entry in NEEDS}
    phases = {"": EVERY_PHASE} | {entry.code: entry.label for entry in PHASES}
    cuts = {"area": ("Area", areas), "need": ("Need", needs), "phase": ("Phase of the years", phases)}
    chosen = {}
    for place, (axis, (label, words)) in zip(st.columns(3), cuts.items(), strict=True):
        chosen[axis] = place.selectbox(
            label, list(words), format_func=words.__getitem__, key=f"cut-{axis}", persist_state="session"
        )
    where = {axis: code for axis, code in chosen.items() if code and code in run.labels(axis)}
    years = run.labels("academic_year")
    series = {"Need": run.tallies["need"], "Places": run.tallies["places"], "Gap": gap(run, kind)}
    bands: list[dict[str, Any]] = [
        {"period": year, "series": name, **quantiles(cut(run, values, (), where)[:, i])}
        for name, values in series.items()
        for i, year in enumerate(years)
    ]
    of = {(row["series"], row["period"]): row for row in bands}
    who = ", ".join(words[chosen[axis]] if chosen[axis] else words[""].lower() for axis, (_, words) in cuts.items())
    st.markdown(f"**Need and places** ({plain(who)}). The line is the middle future; the band holds 8 in 10 futures.")
    two = [row for row in bands if row["series"] != "Gap"]
    st.altair_chart(fan(two), alt=f"Need and places by year, {who}; the numbers are in the table below")
    note(fan_caption(two, "Need", number, what="children who need a specialist place"))
    st.markdown(f"**Gap: {KINDS[kind].lower()}** ({plain(who)}). Above zero places are short.")
    one = [row for row in bands if row["series"] == "Gap"]
    st.altair_chart(fan(one, height=220), alt=f"Gap by year, {who}; the numbers are in the table below")
    note(fan_caption(one, "Gap", short))
    with st.expander("The numbers of these two charts"):
        table = [
            {
                "Academic year": year,
                "Need": number(of["Need", year]["p50"]),
                "Places": number(of["Places", year]["p50"]),
                "Gap": short(of["Gap", year]["p50"]),
                "Gap in 8 of 10 futures": f"{number(of['Gap', year]['p10'])} to {number(of['Gap', year]['p90'])}",
            }
            for year in years
        ]
        st.table(table, hide_index=True, border="horizontal", alt="Need, places and gap by academic year")
        note("The middle future of each column: the gap's need not be the difference of the other two.")
    offer(bands, "need-places-gap", what="these two charts")


def quantiles(values: Any) -> dict[str, float]:
    """p10, p50 and p90 of one value a future."""
    found = band(values)
    return {"p10": found.p10, "p50": found.p50, "p90": found.p90}
