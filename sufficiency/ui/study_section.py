"""The part of the Shortlist page that says how sure each choice is, and why: made on request, because it takes minutes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from sufficiency.domain.problem import InputProblem
from sufficiency.report.shortlist_files import result_tables
from sufficiency.report.shortlist_reasons import REASON_COLUMNS, reason_rows, standing_words
from sufficiency.report.shortlist_studies import study_words
from sufficiency.scenario.library import bundled
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistPlan
from sufficiency.shortlist.regret import Interval
from sufficiency.shortlist.study import Study
from sufficiency.ui import shortlist_state as mine
from sufficiency.ui.answers import Answer
from sufficiency.ui.around_section import around_section
from sufficiency.ui.choice import baseline, scenario_of
from sufficiency.ui.downloads import offer, offer_workbook
from sufficiency.ui.formats import money, number, percent, plain
from sufficiency.ui.notes import note
from sufficiency.ui.plan_answers import StudyKey, start_study
from sufficiency.ui.shortlist_charts import core_index
from sufficiency.ui.shortlist_why import why_section
from sufficiency.ui.state import choice
from sufficiency.ui.waiting import ended_badly, watch
from sufficiency.ui.workshop import workshop

_GROWTHS = "shortlist-growths"
_LEAST_SHOWN = 0.005
"""Core index below which a bid is left to the table: it is in none of the good plans."""


def growths(scenario: Scenario) -> dict[str, Scenario]:
    """The scenario under each bundled override that changes the growth of requests, by the override's name."""
    now = choice()
    found = {}
    for name, kind in bundled().items():
        if kind != "override" or name in now.overrides:
            continue
        try:
            other = baseline(now.base, now.text, (*now.overrides, name))
        except InputProblem:
            continue
        growth = other.demand.growth
        if growth.value != scenario.demand.growth.value and other.digest != scenario_of(now).digest:
            found[name] = other
    return found


def chosen_growths(scenario: Scenario) -> tuple[str, ...]:
    """The growth scenarios chosen for the table of regrets, of those there are."""
    there = growths(scenario)
    return tuple(name for name in st.session_state.get(_GROWTHS, ()) if name in there)


def study_section(answer: Answer, plan: ShortlistPlan, shown: mine.Shown) -> None:
    """The study where it is there; else what it would say, and the button that starts it."""
    st.header("How sure is each choice?", anchor=False)
    shop, there = workshop(), growths(answer.scenario)
    picked = st.multiselect(
        "Other growth of requests for the table of regrets",
        list(there),
        key=_GROWTHS,
        persist_state="session",
        format_func=lambda name: there[name].title,
        help="Each is simulated first. Without any, the futures themselves are parted into thirds by their growth.",
    )
    key = StudyKey(shown.key, tuple(name for name in picked if name in there))
    study: Study | None = shop.kept.get(key)
    if study is not None:
        shop.jobs.forget(key)
        _show(plan, shown, study)
        return
    if ended_badly(key, "Study it again"):
        return
    job = shop.jobs.get(key)
    if job is None or job.state != "running":
        st.markdown(
            "Every bid is forced in and out of the plan, other weights and other futures are tried, each limit is "
            "moved by a step, "
            "and plans nearly as good are looked for. This takes **some minutes**; you can go on working meanwhile."
        )
        if not st.button("Study this plan", type="primary", key="study"):
            return
        start_study(shop, key, shown.asked, plan, answer, {name: there[name] for name in key.growths})
        st.rerun()
    watch(key)


def _show(plan: ShortlistPlan, shown: mine.Shown, study: Study | None) -> None:
    if study is None:
        st.info("**Empty.** There is nothing to study: no bid can be chosen, or the solver HiGHS is missing.")
        return
    st.markdown(f"**{standing_words(study.regrets)}**")
    for line in study_words(study):
        st.markdown(f"- {plain(line)}")
    checked = study.re_check
    st.markdown(
        f"Checked again from the data, without the solver: {'every limit is kept' if checked.kept else 'a limit is broken'}; "
        f"{number(checked.shortfall, 1)} places of the commitment missing, {number(checked.unmet)} child-years unmet."
    )
    _bids(plan, shown, study)
    why_section(study.commitment)
    around_section(study)
    tables = {
        name: [dict(zip(columns, row, strict=True)) for row in rows]
        for name, (columns, rows) in result_tables(plan, shown.asked.eois, study).items()
    }
    offer_workbook(tables, "shortlist-study", what="plan and study")


def _bids(plan: ShortlistPlan, shown: mine.Shown, study: Study) -> None:
    titles = {eoi.id: eoi.title for eoi in shown.asked.eois}
    standing = {each.eoi: each.standing for each in study.regrets}
    ranked = sorted(study.core, key=lambda each: (-(each.index or 0.0), each.eoi))
    bars = [
        {"bid": f"{each.eoi} {titles[each.eoi]}", "index": each.index, "standing": standing[each.eoi]}
        for each in ranked
        if each.index is not None and (each.index > _LEAST_SHOWN or standing[each.eoi] == "borderline")
    ]
    st.markdown(
        "**In how many of the good plans is each bid?** Of the best plans of single futures, of those under other "
        "weights, and of "
        "those nearly as good: a bid that is in no plan as good as this one may still be in plans under other weights. "
        "Bids in none of them are in the table only."
    )
    if bars:
        st.altair_chart(core_index(bars), alt="Core index of each bid with its standing; the numbers are in the table below")
    with st.expander("Every bid: standing, core index, and what is lost by deciding otherwise"):
        by_id = {each.eoi: each for each in study.core}
        rows = []
        for each in study.regrets:
            index = by_id.get(each.eoi)
            rows.append(
                {
                    "Bid": plain(f"{each.eoi}: {titles[each.eoi]}"),
                    "Decision": "chosen" if each.chosen else "not chosen",
                    "Standing": each.standing,
                    "Core index": percent(index.index) if index is not None and index.index is not None else "none",
                    "Lost by deciding otherwise": _lost(each.places, each.child_years, each.pounds)
                    if each.standing != "screened out"
                    else "cannot be chosen",
                    "Next best": plain(", ".join(each.adds)) if each.chosen else "",
                    "Would displace": "" if each.chosen else plain(", ".join(each.drops)),
                    "Kept out by": plain(", ".join(each.binds)),
                }
            )
        st.table(rows, hide_index=True, border="horizontal", alt="Standing, core index and regret of every bid")
        note(
            "Core: in every plan as good as this one, proven. Exterior: in none, proven. Borderline: neither is proven. The loss "
            "runs from what is proven of every such plan to what the best one known loses."
        )
    numbers: list[dict[str, Any]] = [
        dict(zip(REASON_COLUMNS, row, strict=True)) for row in reason_rows(plan, study.regrets, study.core)
    ]
    offer(numbers, "reasons", what="standing, regret and reason of every bid")


def _lost(places: Interval | None, years: Interval | None, pounds: Interval | None) -> str:
    parts = []
    if places is not None and (places.low > 0 or (places.high or 0) > 0):
        parts.append(f"{_span(places, lambda x: number(x, 1))} places of the commitment")
    if years is not None and (years.low > 0 or (years.high or 0) > 0):
        parts.append(f"{_span(years, lambda x: number(x, 1))} child-years")
    if pounds is not None and (pounds.low > 0 or (pounds.high or 0) > 0):
        parts.append(_span(pounds, money))
    return "; ".join(parts) if parts else "nothing that is proven"


def _span(interval: Interval, show: Any) -> str:
    if interval.high is None:
        return f"at least {show(interval.low)}"
    low, high = show(interval.low), show(interval.high)
    return str(low) if low == high else f"{low} to {high}"
