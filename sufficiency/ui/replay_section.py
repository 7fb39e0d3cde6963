"""The replay of 2020 against what was published."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from sufficiency.report.validation import Point, points, read
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import counted
from sufficiency.ui.validation_parts import band_chart, coverage, made, not_measured, point_table, reasons_list, records

COMMAND = "python benchmarks/replay.py --write"


def replay_points() -> tuple[Point, ...]:
    """The figures fitted, checked and in view of the calibrated replay; none where it has not been measured."""
    result = read("replay-2020")
    return () if result is None else tuple(p for p in points(result.limited(version="calibrated")) if p.use != "input")


def _nearer(found: Sequence[Point]) -> str:
    """How often the middle future is nearer than "as last time": ``2 of 5 months, 5 of 5 years``."""
    parts = []
    for kind, is_kind in (("month", _is_month), ("span of months", _is_span), ("year", _is_year)):
        some = [p for p in found if p.as_last_time is not None and is_kind(p.period)]
        nearer = sum(abs(p.p50 - p.published) < abs((p.as_last_time or 0.0) - p.published) for p in some)
        if some:
            parts.append(f"{nearer} of {counted(len(some), kind, kind.replace('span', 'spans') if ' ' in kind else None)}")
    return ", ".join(parts)


def _is_month(period: str) -> bool:
    return len(period) == 7


def _is_span(period: str) -> bool:
    return "/" in period


def _is_year(period: str) -> bool:
    return len(period) == 4


def replay_section(*, reasons: bool = False) -> None:
    """The replay as sentence, charts and table; with what is not matched where asked for."""
    st.header("Does it give back what happened in 2020?", anchor=False)
    result, found = read("replay-2020"), replay_points()
    if result is None or not found:
        not_measured("the replay of 2020", COMMAND)
        return
    fitted, validated = [p for p in found if p.use == "fit"], [p for p in found if p.use == "validate"]
    seen = [p for p in found if p.use == "seen"]
    in_view = "" if not seen else (
        f" {counted(len(seen), 'figure')} in view when the scenario was set {'is' if len(seen) == 1 else 'are'} shown and "
        "counted as neither."
    )  # fmt: skip
    st.markdown(
        f"Bristol's assessment pathway from January 2020 on, with requests and plans issued as published. Fitted on "
        f"{len(fitted)} figures (plans within 20 weeks, January to April 2020); of the figures not fitted, "
        f"**{coverage(validated)}** the band that holds 9 in 10 futures.{in_view} The middle future is nearer to what was "
        f"published than “as last time” for {_nearer(validated)}."
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
