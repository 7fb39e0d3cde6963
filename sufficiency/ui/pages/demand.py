"""Demand: requests, plans issued and plans in force, for whom, and what changes them."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import streamlit as st

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.places.gap import Band, band, leans_on_area_shares
from sufficiency.report.charts.captions import fan_caption
from sufficiency.report.charts.shapes import fan, heat_map
from sufficiency.ui.answers import Answer
from sufficiency.ui.attribution_section import attribution_section
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import number, plain
from sufficiency.ui.frame import head, rests_on
from sufficiency.ui.glossary import linked
from sufficiency.ui.headlines import between, council, key_calendar_year
from sufficiency.ui.notes import note
from sufficiency.ui.waiting import present_answer

WHAT = {"requests": "Requests", "plans_issued": "Plans issued", "caseload": "Plans in force"}
ALL_AREAS, ALL_AGES, ALL_NEEDS = "All areas", "All ages", "All needs"
AGES, AREAS = "Ages", "Areas"


def show() -> None:
    """The page."""
    head("How many requests and plans will there be?")
    answer, fresh = present_answer(empty="Run the scenario to see its requests and plans.")
    if answer is None:
        return
    _headline(answer)
    _fans(answer)
    _cells(answer)
    if fresh:
        attribution_section(answer)
    rests_on(answer, "EHCP", "EHCNA", "SEN", "January census", "Future", "8 in 10 futures")


def periods(answer: Answer, measure: str) -> tuple[str, ...]:
    """The periods of a measure: January censuses of the caseload, calendar years of the others."""
    return answer.run.labels("census") if measure == "caseload" else answer.calendar_years


def _headline(answer: Answer) -> None:
    year = key_calendar_year(answer.scenario, answer.calendar_years)
    census = min(str(int(year) + 1), answer.run.labels("census")[-1])
    of = {name: _band(answer, name, year if name != "caseload" else census) for name in WHAT}
    requests, issued, force = of["requests"], of["plans_issued"], of["caseload"]
    answered = (
        f"## In {year} {council(answer.scenario)} receives {number(requests.p50)} requests in the middle future; in 8 of 10 "
        f"futures {between(requests)}."
    )
    further = (
        f"**{number(issued.p50)} plans are issued** in that year ({between(issued)}), and on the January census of {census} "
        f"**{number(force.p50)} plans are in force** ({between(force)}). A request is one for an education, health and care "
        "needs assessment (EHCNA); a plan is an education, health and care plan (EHCP)."
    )
    st.markdown(linked(answered, "Future", "8 in 10 futures"))
    st.markdown(linked(further, "January census", "EHCNA", "EHCP"))


def _band(answer: Answer, measure: str, period: str) -> Band:
    """All areas, needs and ages of one period."""
    values = answer.demand[measure][:, periods(answer, measure).index(period)]
    return band(values.sum(axis=(1, 2, 3)))


def _fans(answer: Answer) -> None:
    st.header("How does it change over the years?", anchor=False)
    rows = {name: _by_period(answer, name) for name in WHAT}
    first, last = rows["requests"][0], rows["requests"][-1]
    st.markdown(
        f"**Requests and plans issued in each calendar year.** The line is the middle future, the band holds 8 in 10 futures. "
        f"Requests go from {number(first['p50'])} in {first['period']} to {number(last['p50'])} in {last['period']}; the band "
        "widens because nobody knows how requests will grow."
    )
    alt = "Requests and plans issued by calendar year; the numbers are in the table below"
    st.altair_chart(fan([*rows["requests"], *rows["plans_issued"]]), alt=alt)
    note(fan_caption(rows["requests"], WHAT["requests"], number, what="requests"))
    before, after = rows["caseload"][0], rows["caseload"][-1]
    st.markdown(
        f"**Plans in force on each January census**, from {number(before['p50'])} in {before['period']} to "
        f"{number(after['p50'])} in {after['period']}: new plans less those that end."
    )
    alt = "Plans in force by January census; the numbers are in the table below"
    st.altair_chart(fan(rows["caseload"], height=260), alt=alt)
    note(fan_caption(rows["caseload"], WHAT["caseload"], number, what="plans"))
    with st.expander("The numbers of these two charts"):
        of = {(row["series"], row["period"]): f"{number(row['p50'])} ({_range(row)})" for each in rows.values() for row in each}
        years = sorted({period for _, period in of})
        table = [{"Year": year} | {name: of.get((name, year), "not simulated") for name in WHAT.values()} for year in years]
        st.table(table, hide_index=True, border="horizontal", alt="Requests, plans issued and plans in force by year")
        note(
            "The middle future; in brackets the range of 8 in 10 futures. Plans in force are those of that year's January census."
        )
    offer([row for each in rows.values() for row in each], "demand", what="requests and plans by year")


def _by_period(answer: Answer, measure: str) -> list[dict[str, Any]]:
    rows = []
    for period in periods(answer, measure):
        found = _band(answer, measure, period)
        rows.append({"period": period, "series": WHAT[measure], "mean": found.mean, **_quantiles(found)})
    return rows


def _cells(answer: Answer) -> None:
    st.header("For whom?", anchor=False)
    one, two, three, four = st.columns(4)
    measure = one.selectbox("What", list(WHAT), format_func=WHAT.__getitem__, key="demand-what", persist_state="session")
    labels = periods(answer, measure)
    usual = labels.index(key_calendar_year(answer.scenario, labels))
    period = two.selectbox("January census of" if measure == "caseload" else "Calendar year", labels, index=usual,
                           key=f"demand-{labels[0]}-{labels[-1]}")  # fmt: skip
    columns = three.selectbox("Needs by", [AGES, AREAS], key="demand-columns", persist_state="session")
    areas = {code: area.label for code, area in answer.scenario.areas.items()}
    phases = {entry.code: entry.label for entry in PHASES}
    across, within = (phases, areas) if columns == AGES else (areas, phases)
    every_column, every = (ALL_AGES, ALL_AREAS) if columns == AGES else (ALL_AREAS, ALL_AGES)
    choices = {"": every, **within}
    chosen = four.selectbox("Area" if columns == AGES else "Age", list(choices), format_func=choices.__getitem__,
                            key=f"demand-within-{columns}")  # fmt: skip
    if (columns == AREAS or chosen) and leans_on_area_shares(answer.run):
        st.warning("**Mostly assumption.** Nobody publishes how requests divide between the areas: these shares are unverified.")
    cells = _table(answer, measure, period, "phase" if columns == AGES else "area", chosen)
    titles = {"": every_column} | across
    rows = [
        {**cell, "column": titles[cell["across"]], "line": NEEDS.label(cell["need"]) if cell["need"] else ALL_NEEDS,
         "words": number(cell["mean"]), "shade": cell["mean"] if cell["need"] and cell["across"] else 0.0}
        for cell in cells
    ]  # fmt: skip
    names, lines = [*across.values(), every_column], [*(entry.label for entry in NEEDS), ALL_NEEDS]
    most = max((row for row in rows if row["shade"]), key=lambda row: float(row["mean"]), default=None)
    if most is not None:
        st.markdown(
            f"**{WHAT[measure]}, {period}, {plain(choices[chosen]).lower()}: mean of the futures.** The largest group is "
            f"{most['line'].lower()}, {plain(most['column']).lower()}: {most['words']} ({_range(most)} in 8 of 10 futures)."
        )
    title = f"{WHAT[measure]} in {period} by need and {columns.lower()}"
    chart = heat_map(rows, names, lines, value="shade", titles=(columns[:-1], "Need", WHAT[measure]))
    st.altair_chart(chart, alt=f"{title}; its numbers are in the table below")
    with st.expander("The numbers of this table with their ranges"):
        of = {(row["line"], row["column"]): f"{row['words']} ({_range(row)})" for row in rows}
        table = [{"Need": line} | {plain(name): of[line, name] for name in names} for line in lines]
        st.table(table, hide_index=True, border="horizontal", alt=title)
    note(
        "Nobody publishes requests by need: it is inferred from the need of plans issued. Age is the child's phase of schooling."
    )
    offer(_every_cell(answer, measure, period), f"{measure.replace('_', '-')}-{period}", what="every area, need and age")


def _table(answer: Answer, measure: str, period: str, across: str, within: str) -> list[dict[str, Any]]:
    """Cells of need by ``across`` (area or phase), each also for all (""), limited to ``within`` of the other where given."""
    values = answer.demand[measure][:, periods(answer, measure).index(period)]
    areas, phases = answer.run.labels("area"), answer.run.labels("phase")
    by_area = across == "area"
    other = phases if by_area else areas
    axis = 3 if by_area else 1
    values = np.take(values, other.index(within), axis=axis) if within else values.sum(axis=axis)
    values = values.transpose(0, 2, 1) if by_area else values  # [future, need, across]
    found = []
    for i, need in enumerate(("", *NEEDS.codes)):
        for j, label in enumerate(("", *(areas if by_area else phases))):
            rows = values.sum(axis=1) if not need else values[:, i - 1]
            cell = band(rows.sum(axis=1) if not label else rows[:, j - 1])
            found.append({"need": need, "across": label, "mean": cell.mean, **_quantiles(cell)})
    return found


def _every_cell(answer: Answer, measure: str, period: str) -> list[dict[str, Any]]:
    """Area by need by phase, each also summed to all, for the download."""
    values = answer.demand[measure][:, periods(answer, measure).index(period)]
    axes = [("all", *answer.run.labels(name)) for name in ("area", "need", "phase")]
    rows = []
    for codes in product(*axes):
        cut = values
        for axis, (code, labels) in enumerate(zip(codes, axes, strict=True), start=1):
            cut = cut.sum(axis=axis, keepdims=True) if code == "all" else np.take(cut, [labels.index(code) - 1], axis=axis)
        found = band(cut[:, 0, 0, 0])
        rows.append(
            {"measure": measure, "period": period, **dict(zip(("area", "need", "phase"), codes, strict=True)), "mean": found.mean}
            | _quantiles(found)
        )
    return rows


def _quantiles(found: Band) -> dict[str, float]:
    return {"p10": found.p10, "p50": found.p50, "p90": found.p90}


def _range(row: dict[str, Any]) -> str:
    return f"{number(row['p10'])} to {number(row['p90'])}"
