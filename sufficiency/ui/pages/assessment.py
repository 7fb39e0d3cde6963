"""Assessment: how long plans take, what is held up, and what more staff or another rule would do."""

from __future__ import annotations

from typing import Any

import streamlit as st

from sufficiency.places.gap import Band
from sufficiency.report.charts.captions import fan_caption
from sufficiency.report.charts.shapes import fan, stack
from sufficiency.ui.capacity_section import capacity_section
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import month_words, number, percent
from sufficiency.ui.frame import head, rests_on
from sufficiency.ui.glossary import linked
from sufficiency.ui.headlines import key_calendar_year
from sufficiency.ui.notes import note
from sufficiency.ui.pathway_answers import PathwayAnswer, band_of
from sufficiency.ui.replay_section import replay_section
from sufficiency.ui.staffing_section import staffing_section
from sufficiency.ui.waiting import present_pathway

ON_TIME = {"timeliness_20_week": "Without exceptions", "timeliness_20_week_with_exceptions": "With exceptions"}
WEEKS = {"weeks_to_plan_p90": "9 in 10 plans", "weeks_to_plan_mean": "Mean", "weeks_to_plan_p50": "Median"}
BACKLOG = {
    "assessments_open_over_52_weeks": "Over 52 weeks",
    "assessments_open_20_to_52_weeks": "20 to 52 weeks",
    "assessments_open_up_to_20_weeks": "Up to 20 weeks",
    "requests_undecided": "Undecided requests",
}
WORK = {"advice_utilisation": "Psychology advice", "cases_utilisation": "Coordinators", "drafts_utilisation": "Plan writers"}
FULL = 0.97
"""Share of capacity from which a service is called fully used."""


def show() -> None:
    """The page."""
    head("How long do plans take?")
    answer = present_pathway()
    if answer is None:
        return
    year = key_calendar_year(answer.scenario, answer.years)
    _headline(answer, year)
    _timeliness(answer, year)
    _backlog(answer, year)
    _staff(answer, year)
    capacity_section(answer, year)
    staffing_section(answer)
    replay_section()
    rests_on(answer, "EHCP", "EHCNA", "20-week share", "Backlog", "Educational psychologist", "Future", "8 in 10 futures")


def _headline(answer: PathwayAnswer, year: str) -> None:
    on_time = band_of(answer.of_year("timeliness_20_week", year))
    if on_time is None:
        st.markdown(f"## In {year} no plan is issued in any future.")
        return
    text = (
        f"## In {year} {percent(on_time.p50)} of plans are final within 20 weeks in the middle future; in 8 of 10 futures "
        f"{_shares(on_time)}."
    )
    st.markdown(linked(text, "Future", "8 in 10 futures"))
    middle, late = (_middle(answer, name, year) for name in ("weeks_to_plan_p50", "weeks_to_plan_p90"))
    opened, old, undecided = (
        _middle_of_month(answer, name, f"{year}-12")
        for name in ("assessments_open", "assessments_open_over_52_weeks", "requests_undecided")
    )
    st.markdown(
        f"The law gives 20 weeks from the request to the final plan. Half of the plans take up to **{number(middle)} weeks**, "
        f"one in ten more than {number(late)}. At the end of {year} **{number(opened)} assessments are open**, {number(old)} of "
        f"them for more than a year, and {number(undecided)} requests await a decision. Only the way from request to plan is "
        "simulated here; the numbers are those of the whole simulation."
    )


def _timeliness(answer: PathwayAnswer, year: str) -> None:
    st.header("How many are on time?", anchor=False)
    rows = _by_year(answer, ON_TIME)
    without = [row for row in rows if row["series"] == "Without exceptions"]
    six = band_of(answer.of_year("decisions_within_6_weeks", year))
    decided = "" if six is None else (
        f" Of the decisions whether to assess, due within 6 weeks, **{percent(six.p50)}** are made in time in {year} "
        f"({_shares(six)})."
    )  # fmt: skip
    both = band_of(answer.of_year("timeliness_20_week_with_exceptions", year))
    with_them = "not defined" if both is None else f"{percent(both.p50)} in {year} ({_shares(both)})"
    st.markdown(
        "**Share of plans final within 20 weeks**, of those that the Department for Education (DfE) counts without the cases "
        f"that have an allowed exception (staff shortage is none). With them the share is {with_them}.{decided}"
    )
    st.altair_chart(fan(without, share=True), alt="Share of plans within 20 weeks by year; the numbers are in the table below")
    if without:
        note(fan_caption(without, str(without[-1]["series"]), percent))
    st.markdown("**Weeks from the request to the final plan**, of all plans issued in the year.")
    weeks = _by_year(answer, WEEKS)
    st.altair_chart(fan(weeks, height=260), alt="Weeks from request to plan by year; the numbers are in the table below")
    with st.expander("The numbers of these two charts"):
        columns = {**ON_TIME, "decisions_within_6_weeks": "Decided within 6 weeks"}
        table = [
            {"Year": y}
            | {title: _cell(answer, name, y, shares=True) for name, title in columns.items()}
            | {f"{title}, weeks": _cell(answer, name, y) for name, title in WEEKS.items()}
            for y in answer.years
        ]
        st.table(table, hide_index=True, border="horizontal", alt="Timeliness by year")
        note(
            "The middle future; in brackets the range of 8 in 10 futures. Each future has its own mean, median and ninth decile."
        )
    offer([*rows, *weeks, *_by_year(answer, {"decisions_within_6_weeks": "Decided within 6 weeks"})], "timeliness",
          what="timeliness by year")  # fmt: skip


def _backlog(answer: PathwayAnswer, year: str) -> None:
    st.header("How large is the backlog?", anchor=False)
    months = [month for month in answer.months if month[-2:] in ("03", "06", "09", "12")]
    rows: list[dict[str, Any]] = [
        {"period": month, "series": title, "mean": found.mean, **_quantiles(found)}
        for month in months
        for name, title in BACKLOG.items()
        if (found := band_of(answer.of_month(name, month))) is not None
    ]
    of = {(row["series"], row["period"]): row for row in rows}
    first, then = months[0], f"{year}-12"
    old = of.get(("Over 52 weeks", first)), of.get(("Over 52 weeks", then))
    if old[0] and old[1]:
        st.markdown(
            f"**Open assessments by weeks since the request, and requests not yet decided**, mean of the futures at the end of "
            f"each quarter. Those older than a year go from {number(old[0]['mean'])} at the end of {month_words(first)} to "
            f"{number(old[1]['mean'])} at the end of {month_words(then)}."
        )
    st.altair_chart(stack(rows), alt="Open assessments by age and undecided requests by quarter; numbers in the table below")
    with st.expander("The numbers of this chart"):
        table = [
            {"End of": month_words(month)}
            | {t: f"{number(of[t, month]['mean'])} ({_range(of[t, month])})" for t in BACKLOG.values()}
            for month in months
            if month[-2:] in ("06", "12")
        ]
        st.table(table, hide_index=True, border="horizontal", alt="Open assessments by age and undecided requests")
        note("Mean over the futures; in brackets the range of 8 in 10 futures. The quarters between are in the download.")
    offer(rows, "backlog", what="the backlog by quarter")


def _staff(answer: PathwayAnswer, year: str) -> None:
    st.header("Who is at full stretch?", anchor=False)
    used = {title: band_of(answer.of_year(name, year)) for name, title in WORK.items()}
    shown = {title: found for title, found in used.items() if found is not None}
    full = [title.lower() for title, found in shown.items() if found.p50 >= FULL]
    parts = ", ".join(f"{title.lower()} {percent(found.p50)} ({_shares(found)})" for title, found in shown.items())
    bound = f"**At full stretch: {_listed(full)}**; cases wait there." if full else "None of them is at full stretch all year."
    st.markdown(f"Of what they could do in {year} was used: {parts}. {bound} Published figures do not tell where they waited.")
    names = {name: title for name, title in WORK.items() if title in shown}
    rows = _by_year(answer, names)
    st.altair_chart(fan(rows, share=True, height=240), alt="Use of staff by year; the numbers are in the table below")
    with st.expander("The numbers of this chart"):
        table = [{"Year": y} | {t: _cell(answer, n, y, shares=True) for n, t in names.items()} for y in answer.years]
        st.table(table, hide_index=True, border="horizontal", alt="Use of staff by year")
        if len(shown) < len(WORK):
            note("A service without a limit of its own in this scenario is not shown.")
    offer(rows, "use-of-staff", what="the use of staff by year")


def _by_year(answer: PathwayAnswer, names: dict[str, str]) -> list[dict[str, Any]]:
    rows = []
    for name, title in names.items():
        for year in answer.years:
            found = band_of(answer.of_year(name, year))
            if found is not None:
                rows.append({"period": year, "series": title, "mean": found.mean, **_quantiles(found)})
    return rows


def _cell(answer: PathwayAnswer, name: str, year: str, *, shares: bool = False) -> str:
    found = band_of(answer.of_year(name, year))
    if found is None:
        return "none"
    shown = percent if shares else number
    return f"{shown(found.p50)} ({shown(found.p10)} to {shown(found.p90)})"


def _middle(answer: PathwayAnswer, name: str, year: str) -> float:
    found = band_of(answer.of_year(name, year))
    return found.p50 if found else 0.0


def _middle_of_month(answer: PathwayAnswer, name: str, month: str) -> float:
    found = band_of(answer.of_month(name, month))
    return found.p50 if found else 0.0


def _quantiles(found: Band) -> dict[str, float]:
    return {"p10": found.p10, "p50": found.p50, "p90": found.p90}


def _range(row: dict[str, Any]) -> str:
    return f"{number(row['p10'])} to {number(row['p90'])}"


def _shares(found: Band) -> str:
    low, high = percent(found.p10), percent(found.p90)
    return f"between {low} and {high}" if low != high else f"{low} throughout"


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
