"""The loop closed on the Shortlist page: the chosen bids as supply, simulated in the same futures, before and after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from sufficiency.domain.problem import InputProblem
from sufficiency.places.commitment import commitment
from sufficiency.report.charts.shapes import fan
from sufficiency.report.loop import (
    BALANCE,
    DIFFERENCE_COLUMNS,
    GAP,
    LABELS,
    LOOP_COLUMNS,
    SHOWN,
    Change,
    Loop,
    difference_rows,
    loop,
    loop_rows,
    of_account,
)
from sufficiency.report.words import unbroken
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.writing import to_toml
from sufficiency.shortlist import ShortlistPlan, adopt
from sufficiency.ui import state
from sufficiency.ui.answers import Answer, key_of
from sufficiency.ui.downloads import offer, offer_workbook
from sufficiency.ui.formats import balance, day, in_ten, number, percent, plain, rough_change, rough_money, signed
from sufficiency.ui.notes import note
from sufficiency.ui.opening import before_of, laid_in, opened, origin_of, whys_of
from sufficiency.ui.plan_answers import Asked
from sufficiency.ui.waiting import further_answer
from sufficiency.ui.workshop import workshop
from sufficiency.workspace import Why

CHOSEN = Why("Bids that the shortlist chose, as planned places.", "shortlist")

_SHOW: dict[str, tuple[Callable[[float], str], Callable[[float], str]]] = {
    "children": (number, signed),
    "places": (number, signed),
    "child-years": (number, signed),
    "share": (percent, lambda x: f"{signed(100 * x)} points"),
    "km": (lambda x: f"{number(x, 1)} km", lambda x: f"{signed(x, 2)} km"),
    "£": (rough_money, rough_change),
}


def loop_section(answer: Answer, plan: ShortlistPlan, asked: Asked) -> None:
    """What simulation says of the plan; it is simulated when the person asks."""
    st.header("What would the chosen bids do?", anchor=False)
    if not plan.chosen:
        st.markdown("Nothing is chosen, so nothing changes.")
        return
    try:
        adopted = adopt(answer.scenario, asked.eois, plan)
    except InputProblem as problem:
        st.error(plain(problem))
        return
    key = key_of(adopted, answer.key.futures, answer.key.seed)
    shop = workshop()
    st.session_state["with-shortlist"] = (answer.key, key)
    if shop.answer(key) is None and shop.jobs.get(key) is None and not shop.on_disk(adopted, key):
        st.markdown(
            "The optimiser reckons with expected places. Whether they help is what the simulation shows: the chosen bids become "
            "planned places of the scenario, each opens, slips or falls through by its chances, and the same futures "
            "are simulated "
            "again."
        )
        if st.button("Simulate with the chosen bids", type="primary", key="simulate-shortlist"):
            shop.start_answer(adopted, key, "Simulating with the chosen bids")
            st.rerun()
        return
    after = further_answer(adopted, key, "Simulating with the chosen bids", "With the chosen bids")
    if after is not None:
        _before_and_after(answer, after, plan, adopted)


def closed(before: Answer, after: Answer, plan: ShortlistPlan) -> Loop:
    """The loop from two answers; raises InputProblem where they have no future in common."""
    one, other = ((each.run.replications, {**each.measured, BALANCE: of_account(each.account)}) for each in (before, after))
    return loop(plan, one, other)


def _before_and_after(before: Answer, after: Answer, plan: ShortlistPlan, adopted: Scenario) -> None:
    try:
        found = closed(before, after, plan)
    except InputProblem as problem:
        st.error(plain(problem))
        return
    last = before.run.labels("academic_year")[-1]
    by_last, money_ = found.at(GAP, last).change, found.at(BALANCE)
    st.markdown(
        f"**With the chosen bids the gap in {last} changes by {signed(by_last.mean)} places** on average; in 8 of 10 "
        "futures, paired, "
        f"between {signed(by_last.p10)} and {signed(by_last.p90)}. The DSG stands at {balance(money_.after.mean)} at the end, "
        f"{rough_change(money_.change.mean)} against without. {_promise(before, after)}"
    )
    rows = [
        {"period": change.period, "series": series, "p10": b.p10, "p50": b.p50, "p90": b.p90}
        for series, which in (("Without the shortlist", "before"), ("With the shortlist", "after"))
        for change in found.changes if change.name == GAP and (b := getattr(change, which))
    ]  # fmt: skip
    st.markdown("**Gap, all need, with and without the chosen bids.** The band holds 8 in 10 futures.")
    st.altair_chart(fan(rows), alt="Gap over the years with and without the chosen bids; numbers in the table below")
    name = st.selectbox(
        "Before and after, year by year", list(SHOWN), format_func=lambda n: LABELS[n][0], key="loop-measure",
        persist_state="session",
    )  # fmt: skip
    shown = [_row(change) for change in found.changes if change.name == name]
    st.table(shown, hide_index=True, border="horizontal", alt="Without and with the chosen bids, and the paired change")
    note("Means over the futures; in brackets the range of 8 in 10. The change is taken future by future.")
    _at_the_end(found)
    _differences(found)
    _take(before, adopted)
    numbers = [dict(zip(LOOP_COLUMNS, row, strict=True)) for row in loop_rows(found)]
    differ = [dict(zip(DIFFERENCE_COLUMNS, row, strict=True)) for row in difference_rows(found)]
    offer(numbers, "simulated", what="before and after")
    offer_workbook({"Before and after": numbers, "Optimiser and simulation": differ}, "simulated", what="what simulation shows")


def _row(change: Change) -> dict[str, str]:
    level, moved = _SHOW[change.unit]
    return {
        "When": change.period,
        "Without": f"{level(change.before.mean)} ({level(change.before.p10)} to {level(change.before.p90)})",
        "With": f"{level(change.after.mean)} ({level(change.after.p10)} to {level(change.after.p90)})",
        "Change": unbroken(f"{moved(change.change.mean)} ({moved(change.change.p10)} to {moved(change.change.p90)})"),
    }


def _at_the_end(found: Loop) -> None:
    st.markdown("**Everything at its last period**")
    rows = [{"What": each.words, **_row(each)} for name in SHOWN for each in [found.at(name)]]
    st.table(rows, hide_index=True, border="horizontal", alt="Every measure in its last period, without and with the chosen bids")


def _differences(found: Loop) -> None:
    st.header("Where do optimiser and simulation differ?", anchor=False)
    rows = [
        {"What": f"{each.what} ({each.unit})", "Optimiser": number(each.optimiser),
         "Simulation": f"{number(each.simulated.mean)} ({number(each.simulated.p10)} to {number(each.simulated.p90)})",
         "Mean known to": f"± {number(each.sure)}",
         "Why they need not agree": each.why}
        for each in found.differences
    ]  # fmt: skip
    st.table(rows, hide_index=True, border="horizontal", alt="What the optimiser reckoned beside what the simulation shows")


def _take(answer: Answer, adopted: Scenario) -> None:
    """Use the scenario with the chosen bids on every page, or save it."""
    st.header("Take the plan into the scenario", anchor=False)
    st.markdown("The chosen bids become planned places, each with its chance of opening and the delays it may have.")
    name = f"{answer.scenario.name}-with-shortlist.toml"
    adopted = adopted.model_copy(update={"title": f"{answer.scenario.title}, with the shortlist"})
    note("It is kept among your scenarios (page Scenarios).")
    if st.button("Use this scenario on every page", key="adopt"):
        try:
            _save(adopted)
        except InputProblem as problem:
            st.error(f"**Not saved.** {plain(problem)}")
            return
        st.rerun()
    st.download_button("Download the scenario with the chosen bids (TOML)", to_toml(adopted), file_name=name,
                       mime="application/toml", key="toml-adopted", on_click="ignore")  # fmt: skip


def _save(adopted: Scenario) -> None:
    """Keep the scenario in the workspace and use it; raises InputProblem, as where a figure was changed without a reason."""
    now, workspace = state.choice(), workshop().workspace
    laid = laid_in(now)
    chosen = Why(f"{laid.reason} {CHOSEN.reason}".strip(), f"{laid.source} {CHOSEN.source}".strip())
    saved = workspace.create(
        adopted.title, adopted, origin=origin_of(now), before=before_of(now), why=whys_of(now), otherwise=chosen,
        author=state.author(), session=state.session(),
    )  # fmt: skip
    state.choose(replace(opened(workspace, saved.name), futures=now.futures, seed=now.seed))


def _promise(before: Answer, after: Answer) -> str:
    mine, theirs = commitment(before.run), commitment(after.run)
    with_them, without = in_ten(theirs.probability), in_ten(mine.probability)
    kept = (
        f"the promise is kept {with_them}, with the bids or without"
        if with_them == without
        else (f"the promise is kept {with_them}, without the bids {without}")
    )
    return (
        f"By {day(mine.by)} {number(theirs.opened.mean)} of {mine.promised:,} places are open on average, "
        f"{number(mine.opened.mean)} "
        f"without; {kept}."
    )
