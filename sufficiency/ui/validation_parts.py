"""Published figures beside the simulation, as the Assessment and the Evidence page show them; all from result files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from sufficiency.report.charts.shapes import in_bands
from sufficiency.report.validation import Point, Result, reason
from sufficiency.ui.formats import money, number, percent, plain
from sufficiency.ui.notes import note

SHARES = ("timeliness_20_week", "decisions_within_6_weeks")
MONEY = ("in_year_balance", "cumulative_balance")
NAMES = {
    "requests": "Requests",
    "new_plans": "Plans issued",
    "plans": "Plans in force",
    "plans_issued": "Plans issued",
    "plans_on_time": "Plans within 20 weeks",
    "plans_in_cohort": "Plans in DfE's count",
    "timeliness_20_week": "Share within 20 weeks",
    "decisions_within_6_weeks": "Decided within 6 weeks",
    "requests_undecided": "Requests undecided at the end",
    "assessments_open": "Assessments open at the end",
    "open_from_year_before": "Cases of the year before left at the end",
    "open_from_earlier_years": "Older cases left at the end",
    "refusals": "Requests refused",
    "not_issued": "Assessments without a plan",
    "caseload": "Plans in force",
    "special": "In state special schools",
    "special_and_resourced": "In state special schools, SEN units and resourced provision",
    "resourced": "In SEN units and resourced provision",
    "independent": "In independent special schools",
    "mainstream": "In mainstream schools",
    "further_education": "In further education",
    "elsewhere": "Elsewhere",
    "waiting": "Waiting for a place",
    "in_year_balance": "Dedicated Schools Grant (DSG), in-year balance",
    "cumulative_balance": "Dedicated Schools Grant (DSG), cumulative balance",
}
SMALL = 100
"""Counts below this that are no whole numbers are shown with a decimal: there it may decide whether a figure is inside."""
USES = {"fit": "fitted", "validate": "checked", "seen": "in view", "input": "given"}
INSIDE = {True: "inside", False: "outside"}


def made(result: Result) -> None:
    """How a result came about, in small letters."""
    about = result.about
    of = f", {int(about['futures']):,} futures" if about.get("futures", "").isdigit() else ""
    seed = f", seed {about['seed']}" if about.get("seed") else ""
    note(f"Measured on {about['date']} with model version {about['model_version']}{of}{seed}: `{about['command']}`")


def not_measured(what: str, command: str) -> None:
    """Say that there is no result yet, and how to get one."""
    st.info(f"**Not measured yet.** There is no result of {what} in this version. To measure it: `{command}`")


def inside(found: Sequence[Point]) -> str:
    """``13 of 17``."""
    return f"{sum(point.inside for point in found)} of {len(found)}"


def coverage(found: Sequence[Point]) -> str:
    """``13 of 17 published figures lie inside``."""
    return f"{inside(found)} published figures {'lies' if sum(point.inside for point in found) == 1 else 'lie'} inside"


def band_chart(found: Sequence[Point], measure: str, alt: str, *, within: tuple[str, ...] | None = None) -> None:
    """Published points of one measure on their bands."""
    some = [p for p in found if p.measure == measure and (within is None or p.period in within)]
    rows = [
        {"period": short_period(p.period), "published": p.published, "p5": p.p5, "p50": p.p50, "p95": p.p95, "words": _words(p)}
        for p in some
    ]
    if rows:
        st.altair_chart(in_bands(rows, share=measure in SHARES), alt=f"{alt}; its numbers are in the table below")


def _words(point: Point) -> str:
    if point.use == "fit":
        return "fitted" if point.inside else "fitted, outside"
    return f"{INSIDE[point.inside]}{', in view' if point.use == 'seen' else ''}"


def point_table(found: Sequence[Point], alt: str) -> None:
    """Published, band, inside or not, and the error beside that of "as last time"."""
    several = len({point.use for point in found}) > 1
    with_last = any(point.as_last_time is not None for point in found)
    rows = []
    for p in found:
        row = {
            "What": NAMES.get(p.measure, p.measure),
            "When": short_period(p.period),
            "Published": shown(p.measure, p.published),
            "Middle future": shown(p.measure, p.p50),
            "9 in 10 futures": f"{shown(p.measure, p.p5)} to {shown(p.measure, p.p95)}",
            "It lies": INSIDE[p.inside],
        }
        if several:
            row["It was"] = USES[p.use]
        if with_last:
            row["Off by"] = shown(p.measure, abs(p.p50 - p.published))
            last = p.as_last_time
            row["“As last time” off by"] = "none" if last is None else shown(p.measure, abs(last - p.published))
        rows.append(row)
    st.table(rows, hide_index=True, border="horizontal", alt=alt)


def reasons_list(name: str, found: Sequence[Point]) -> None:
    """What is not matched, and why, as far as is known."""
    outside = [point for point in found if not point.inside]
    if not outside:
        st.markdown("Every published figure lies inside its band.")
        return
    by_reason: dict[str, list[Point]] = {}
    for point in outside:
        by_reason.setdefault(reason(name, point), []).append(point)
    lines = []
    for why, points in by_reason.items():
        named: dict[str, list[str]] = {}
        for p in points:
            named.setdefault(NAMES.get(p.measure, p.measure), []).append(short_period(p.period))
        what = "; ".join(f"{measure} {', '.join(periods)}" for measure, periods in named.items())
        lines.append(f"- **{plain(what)}.** {plain(why)}")
    st.markdown("What is not matched, and why:\n\n" + "\n".join(lines))


def shown(measure: str, value: float) -> str:
    """A figure in its own unit."""
    if measure in SHARES:
        return percent(value, 1)
    if measure in MONEY:
        return money(value)
    return number(value, 0 if value == round(value) or abs(value) >= SMALL else 1)


def short_period(period: str) -> str:
    """``2020-08/2020-12`` as ``2020-08 to 12``."""
    first, _, last = period.partition("/")
    return f"{first} to {last[5:] if last[:4] == first[:4] else last}" if last else first


def records(found: Sequence[Point]) -> list[dict[str, Any]]:
    """The points for a download."""
    return [
        {"measure": p.measure, "period": p.period, "use": p.use, "published": p.published, "p5": p.p5, "p50": p.p50, "p95": p.p95,
         "inside": INSIDE[p.inside], "as_last_time": p.as_last_time}
        for p in found
    ]  # fmt: skip
