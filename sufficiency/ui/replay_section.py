"""The replay of 2020 against what was published."""

from __future__ import annotations

import streamlit as st

from sufficiency.report.validation import Point, points, read
from sufficiency.ui.downloads import offer
from sufficiency.ui.validation_parts import band_chart, coverage, made, not_measured, point_table, reasons_list, records

COMMAND = "python benchmarks/replay.py --write"


def replay_points() -> tuple[Point, ...]:
    """The fitted and the validated figures of the calibrated replay; none where it has not been measured."""
    result = read("replay-2020")
    return () if result is None else tuple(p for p in points(result.limited(version="calibrated")) if p.use != "input")


def replay_section(*, reasons: bool = False) -> None:
    """The replay as sentence, charts and table; with what is not matched where asked for."""
    st.header("Does it give back what happened in 2020?", anchor=False)
    result, found = read("replay-2020"), replay_points()
    if result is None or not found:
        not_measured("the replay of 2020", COMMAND)
        return
    fitted, validated = [p for p in found if p.use == "fit"], [p for p in found if p.use == "validate"]
    both = [p for p in validated if p.as_last_time is not None]
    nearer = sum(abs(p.p50 - p.published) < abs((p.as_last_time or 0.0) - p.published) for p in both)
    st.markdown(
        f"Bristol's assessment pathway from January 2020 on, with requests and plans issued as published. Fitted on "
        f"{len(fitted)} figures (plans within 20 weeks, January to April 2020); of the figures not fitted, "
        f"**{coverage(validated)}** the band that holds 9 in 10 futures. The middle future is nearer than “as last time” for "
        f"{nearer} of {len(both)} that have a last time."
    )
    st.markdown(
        "**Plans within 20 weeks in 2020**: diamonds are published, bars hold 9 in 10 futures, the line is the middle one."
    )
    band_chart(found, "plans_on_time", "Plans within 20 weeks in 2020, published and replayed")
    st.markdown("**Share of plans within 20 weeks, year by year**")
    band_chart(found, "timeliness_20_week", "Share of plans within 20 weeks by year, published and replayed")
    with st.expander("The numbers of these charts, and the other published figures"):
        point_table(found, "The replay against published figures")
    if reasons:
        reasons_list("replay-2020", validated)
    offer(records(found), "replay-2020", what="the replay")
    made(result)
