"""The part of the Places page on those who wait: how many, what becomes of them, why, and how far places are from home."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import streamlit as st

from sufficiency.places.gap import band
from sufficiency.report.charts.shapes import fan, stack
from sufficiency.report.papers.places import OUTCOME_WORDS
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.results import MONTHS_COUNTED, UNPLACED_REASONS
from sufficiency.ui.answers import Answer
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import month_words, number, percent, plain
from sufficiency.ui.gap_fan_section import quantiles
from sufficiency.ui.notes import note

Row = dict[str, Any]
REASON_WORDS = {
    "full": "Places that admit the child are full",
    "too_far": "Places that admit the child are too far",
    "no_such_place": "No place admits the child",
}
MONTHS_SHOWN = (0, 3, 6, 12, 18, 24, 30, MONTHS_COUNTED)


def waits_section(answer: Answer, year: str) -> None:
    """The waiting list by month, what becomes of a cohort, why children wait, and the distance of places given."""
    st.header("How long is the waiting list?", anchor=False)
    _list(answer)
    st.header("What becomes of those who wait?", anchor=False)
    _cohort(answer)
    st.header("Why do others wait, and how far are places from home?", anchor=False)
    _reasons(answer, year)
    _distance(answer, year)


def _list(answer: Answer) -> None:
    months = answer.run.labels("month")
    rows: list[Row] = [
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
            {"End of": month_words(row["period"]), "Waiting": number(row["p50"]), "8 in 10 futures": _range(row)} for row in shown
        ]
        st.table(table, hide_index=True, border="horizontal", alt="Children waiting at the end of each January and August")
    offer(rows, "waiting-list", what="the waiting list by month")


def _cohort(answer: Answer) -> None:
    """Everyone who began to wait in an academic year, followed as long as half of them are; those not yet placed are censored."""
    followed = {year: _followed(answer.scenario, year) for year, found in answer.waits.items() if len(found.waiting)}
    known = [year for year, months in followed.items() if months >= 6]
    if not known:
        st.info("**Empty.** Nobody who began to wait can be followed for half a year before the horizon.")
        return
    long_enough = [year for year in known if followed[year] >= 24] or known[:1]
    chosen = st.selectbox(
        "Began to wait in", known, index=known.index(long_enough[-1]), key="waits-year", persist_state="session"
    )
    year = chosen if chosen in known else long_enough[-1]
    found, months = answer.waits[year], followed[year]
    shares = {code: found.waiting if code == "waiting" else found.ended[code] for code in OUTCOME_WORDS}
    marks = [month for month in (12, 24) if month <= months] or [months]
    within = " and ".join(f"**{percent(shares['placed'][:, at].mean())} within {_months(at)}**" for at in marks)
    others = ", ".join(f"{percent(shares[code][:, months].mean())} {words}" for code, words in _LATER.items())
    st.markdown(
        f"Of the {number(found.begun.mean)} children who began to wait in {year}, {within} have a place here, on average. After "
        f"{_months(months)} {others}. Everyone who began to wait is counted, not only those who got a place."
    )
    rows: list[Row] = [
        {"period": str(month), "series": words, "mean": 100 * float(shares[code][:, month].mean())}
        for code, words in OUTCOME_WORDS.items()
        for month in range(months + 1)
    ]
    st.markdown("**Of 100 children, by whole months since they began to wait.**")
    st.altair_chart(
        stack(rows, height=300), alt=f"What became of those who began to wait in {year}, by month; numbers in the table below"
    )
    with st.expander("The numbers of this chart"):
        shown = [month for month in MONTHS_SHOWN if month <= months]
        table = [{"Months": str(at)} | {w: _share(shares[code][:, at]) for code, w in OUTCOME_WORDS.items()} for at in shown]
        st.table(table, hide_index=True, border="horizontal", alt=f"Shares of the cohort of {year} by outcome")
        note(
            "Mean share over the futures; in brackets the range of 8 in 10 futures. Who still waits at the horizon is counted as "
            "waiting until then and taken out of the reckoning after it (cumulative incidence)."
        )
    numbers = [{"began_in": year, "months": row["period"], "outcome": row["series"], "of_100": row["mean"]} for row in rows]
    offer(numbers, f"waits-{year.replace('/', '-')}", what="what became of them")


_LATER = {
    "waiting": "still wait",
    "independent": "have gone to an independent school",
    "out_of_area": "to a state special school of another authority",
    "left": "have left school or have no plan any more",
}


def _followed(scenario: Scenario, year: str) -> int:
    """Whole months from the middle of an academic year to the horizon, at most those counted."""
    middle = dt.date(int(year[:4]) + 1, 3, 1)
    return min(max(int((scenario.horizon - middle).days * 12 // 365.25), 0), MONTHS_COUNTED)


def _reasons(answer: Answer, year: str) -> None:
    at = answer.run.labels("academic_year").index(year)
    counts = answer.unplaced[:, at]
    rows: list[Row] = [
        {"reason": code, "words": REASON_WORDS[code], **_of(counts[:, i])} for i, code in enumerate(UNPLACED_REASONS)
    ]
    largest = max(rows, key=lambda row: float(row["mean"]))
    st.markdown(
        f"On the January census of {year} **{number(counts.sum(axis=1).mean())} children wait** on average; for "
        f"{number(largest['mean'])} of them {largest['words'][0].lower()}{largest['words'][1:]}. In that academic year "
        f"{number(answer.out_of_school[:, at].mean())} fall out of school while they wait."
    )
    table = [{"Why": row["words"], "Children": number(row["mean"]), "8 in 10 futures": _range(row)} for row in rows]
    st.table(table, hide_index=True, border="horizontal", alt=f"Why children wait on the January census of {year}")


def _distance(answer: Answer, year: str) -> None:
    run = answer.run
    at = run.labels("academic_year").index(year)
    given = answer.placed[:, at]
    if not given.any():
        st.info(f"**Empty.** In no future was a place given in {year}.")
        return
    names = [area.label for area in answer.scenario.areas.values()]
    apart = answer.scenario.estate.distances.value
    distance = np.array([[apart[home][place] for place in run.labels("area")] for home in run.labels("area")])
    some = given.sum(axis=(1, 2)) > 0  # a future without a place given has no mean distance
    far = (given[some] * distance).sum(axis=(1, 2)) / given[some].sum(axis=(1, 2))
    own = given.mean(axis=0).diagonal().sum() / given.mean(axis=0).sum()
    st.markdown(
        f"**{number(given.sum(axis=(1, 2)).mean())} places are given in {year}** on average, {percent(own)} of them in the "
        f"child's own area; the typical distance is {number(far.mean(), 1)} km (straight lines between areas, an assumption)."
    )
    table = [
        {"Home": plain(home)} | {f"Place in {plain(name)}": number(given[:, i, j].mean()) for j, name in enumerate(names)}
        for i, home in enumerate(names)
    ]
    st.table(table, hide_index=True, border="horizontal", alt=f"Places given in {year} by area of home and of the place")
    rows = [
        {"academic_year": year, "home": home, "place": name, **_of(given[:, i, j])}
        for i, home in enumerate(names)
        for j, name in enumerate(names)
    ]
    offer(rows, f"places-given-{year.replace('/', '-')}", what="places given by home and place")


def _of(values: Any) -> dict[str, float]:
    found = band(values)
    return {"mean": found.mean, "p10": found.p10, "p50": found.p50, "p90": found.p90}


def _range(row: Row) -> str:
    return f"{number(row['p10'])} to {number(row['p90'])}"


def _share(shares: Any) -> str:
    found = band(shares)
    return f"{percent(found.mean)} ({number(100 * found.p10)} to {number(100 * found.p90)})"


def _months(months: int) -> str:
    whole = {12: "a year", 24: "two years", 36: "three years"}
    return whole.get(months, f"{months} months")
