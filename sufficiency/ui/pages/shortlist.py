"""Shortlist: which bids to take forward, why these and not the others, and what they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from sufficiency.domain.problem import InputProblem
from sufficiency.places.commitment import Commitment, commitment
from sufficiency.scenario.eoi_list import read_eois
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistPlan, Status, adopt, table
from sufficiency.ui import state
from sufficiency.ui.answers import Answer, key_of, plan_key
from sufficiency.ui.charts import fan
from sufficiency.ui.choice import limited_scenario_of
from sufficiency.ui.comparison import paired, words
from sufficiency.ui.downloads import offer
from sufficiency.ui.fields import LIMITS
from sufficiency.ui.form import fields
from sufficiency.ui.formats import counted, day, money, number, percent, plain, signed
from sufficiency.ui.frame import head, rests_on
from sufficiency.ui.glossary import NEEDS
from sufficiency.ui.headlines import key_year, plan_sentence
from sufficiency.ui.notes import note
from sufficiency.ui.shortlist_words import bid_rows, by_year, stage_rows, status_words
from sufficiency.ui.waiting import ended_badly, further_answer, present_answer, watch
from sufficiency.ui.workshop import workshop


@dataclass(frozen=True)
class Asked:
    """What is asked of the optimiser: a scenario with its limits, and the bids."""

    limited: Scenario
    eois: tuple[ExpressionOfInterest, ...]


def show() -> None:
    """The page."""
    top = st.container()  # filled last: it tells of what the controls below have just changed
    with st.expander("Limits and list of bids", expanded=True):
        problems = fields(LIMITS, "shortlist", columns=3)
        _list_of_bids()
    result = st.container()
    with top:
        head("Which bids meet the need best?")
        if problems:
            st.warning("**Not solved.** Mend what is marked below first; the last accepted limits are kept.")
        answer, fresh = present_answer(empty="Run the scenario first; the bids are then chosen over its futures.")
        if answer is None:
            return
        asked = _asked()
        plan = _plan(answer, asked) if asked and fresh else None
    if asked is None or plan is None:
        return
    with result:
        _decisions(plan, asked)
        _simulated(answer, plan, asked.eois)
        rests_on(answer, "EoI", "EHCP", "SEN", "Resourced provision", "Specialist place", "Future", "8 in 10 futures", *NEEDS)


def _asked() -> Asked | None:
    try:
        limited = limited_scenario_of(state.choice())
        return Asked(limited, state.eois(limited))
    except InputProblem as problem:
        st.error(f"**The list of bids cannot be used.** {plain(problem)}")
        return None


def _list_of_bids() -> None:
    """The list in use, and an upload that replaces it only where it is right throughout."""
    upload = state.uploaded_eois()
    where = f"your file {plain(upload[0])}" if upload else "the list that came with the scenario"
    st.markdown(f"Expressions of interest (EoIs, here: bids) from **{where}**.")
    file = st.file_uploader("List of bids (CSV or Excel, at most 2 MB)", type=None, key="eoi-file", max_upload_size=2)
    if file is not None and st.session_state.get("eoi-file-read") != file.file_id:
        try:
            areas = limited_scenario_of(state.choice()).area_codes
            read_eois(file.getvalue(), where=file.name, areas=areas)
        except InputProblem as problem:
            st.error(f"**Not accepted.** {plain(problem)} The list used before is kept.")
        else:
            st.session_state["eoi-file-read"] = file.file_id
            state.use_eois((file.name[-80:], file.getvalue()))
            st.rerun()
    if upload and st.button("Use the scenario's own list again"):
        state.use_eois(None)
        st.rerun()


def _plan(answer: Answer, asked: Asked) -> ShortlistPlan | None:
    """The plan, started at once where it is missing: it takes seconds."""
    shop = workshop()
    key = plan_key(answer.key, asked.limited, asked.eois)
    plan: ShortlistPlan | None = shop.kept.get(key)
    if plan is not None:
        _headline(answer, plan, asked.eois)
        return plan
    if not ended_badly(key, "Choose again"):
        shop.start_plan(key, asked.limited, asked.eois, answer)
        watch(key)
    return None


def _headline(answer: Answer, plan: ShortlistPlan, eois: tuple[ExpressionOfInterest, ...]) -> None:
    illustrative = sum(eoi.illustrative for eoi in eois)
    st.markdown(f"## {plan_sentence(plan, bool(illustrative))}")
    if illustrative:
        st.warning(
            f"**Illustrative.** {illustrative} of the {counted(len(eois), 'bid')} are made up from published totals, to show how "
            "the tool works. They are no council's or school's proposals."
        )
    met = f"are expected to fill what is missing by {day(plan.met_on)}" if plan.met_on else (
        "are not expected to fill what is missing within the years simulated"
    )  # fmt: skip
    st.markdown(
        f"{counted(len(plan.chosen), 'bid')} with {number(plan.places_bid)} places, of which {number(plan.places_expected)} are "
        f"expected to open, for {money(plan.capital)} of {money(plan.capital_limit)} (optimism bias included). They {met}."
    )
    st.markdown(f"How sure is this choice? {status_words(plan)}")
    for remark in plan.notes:
        note(plain(remark))
    if plan.status is Status.INFEASIBLE:
        st.error("**No plan keeps every limit.** Loosen a limit below.")


def _decisions(plan: ShortlistPlan, asked: Asked) -> None:
    rows = table(plan, asked.eois)
    areas = {code: area.label for code, area in asked.limited.areas.items()}
    chosen = [row for row in rows if row["decision"] == "chosen"]
    others = [row for row in rows if row["decision"] != "chosen"]
    st.header(f"Chosen: {len(chosen)}", anchor=False)
    if chosen:
        st.table(bid_rows(chosen, areas, chosen=True), hide_index=True, border="horizontal", alt="Bids chosen, with reasons")
    else:
        st.info("**Empty.** No bid is chosen under these limits.")
    st.header(f"Not chosen: {len(others)}", anchor=False)
    if others:
        with st.expander(f"{counted(len(others), 'bid')} and why", expanded=len(others) <= 15):
            st.table(
                bid_rows(others, areas, chosen=False), hide_index=True, border="horizontal", alt="Bids not chosen, with reasons"
            )
    offer(rows, "shortlist", what="all bids with reasons")
    with st.expander("What the choice weighs, and how far it is proven"):
        st.table(stage_rows(plan), hide_index=True, border="horizontal", alt="The three stages of the choice")
        note(f"Solver: {plain(plan.solver)} {plain(plan.solver_version)}; chosen over {len(plan.replications)} of the futures.")


def _simulated(answer: Answer, plan: ShortlistPlan, eois: tuple[ExpressionOfInterest, ...]) -> None:
    """The claim is what the simulation then shows: the chosen bids as supply, paired future by future."""
    st.header("What would the chosen bids do?", anchor=False)
    if not plan.chosen:
        st.markdown("Nothing is chosen, so nothing changes.")
        return
    try:
        adopted = adopt(answer.scenario, eois, plan)
    except InputProblem as problem:
        st.error(plain(problem))
        return
    key = key_of(adopted, answer.key.futures, answer.key.seed)
    shop = workshop()
    st.session_state["with-shortlist"] = (answer.key, key)
    if shop.answer(key) is None and shop.jobs.get(key) is None and not shop.on_disk(adopted, key):
        st.markdown("The chosen list can be put into the scenario as planned places, and simulated in the same futures.")
        if st.button("Simulate with the chosen bids", type="primary", key="simulate-shortlist"):
            shop.start_answer(adopted, key, "Simulating with the chosen bids")
            st.rerun()
        return
    after = further_answer(adopted, key, "Simulating with the chosen bids")
    if after is not None:
        _before_and_after(answer, after)


def _before_and_after(before: Answer, after: Answer) -> None:
    year = key_year(before)
    last = before.run.labels("academic_year")[-1]
    promised, kept = commitment(before.run), commitment(after.run)
    by_last = paired(before, after, last)
    gap = by_last["Gap, all need"]
    st.markdown(
        f"With the chosen bids the gap in {last} changes by **{signed(gap.mean)} places** on average; in 8 of 10 futures, "
        f"paired, between {signed(gap.p10)} and {signed(gap.p90)}. {_promise(promised, kept)}"
    )
    rows = by_year(before, "Without the shortlist") + by_year(after, "With the shortlist")
    st.markdown("**Gap, all need, with and without the chosen bids.** The band holds 8 in 10 futures.")
    st.altair_chart(fan(rows), alt="Gap over the years with and without the chosen bids; numbers in the table below")
    shown = []
    for label in before.run.labels("academic_year"):
        found = paired(before, after, label)
        levels = {row["series"]: row for row in rows if row["period"] == label}
        shown.append(
            {"Academic year": label}
            | {f"Gap {name[:1].lower()}{name[1:]}": _level(row) for name, row in levels.items()}
            | {title: words(found[name], money=False, difference=True) for title, name in _CHANGES.items()}
        )
    st.table(shown, hide_index=True, border="horizontal", alt="Gap with and without the chosen bids, and the change")
    note(
        "The gap is that of the middle future, the change the mean of the differences future by future; in brackets the range of "
        f"8 in 10 futures. The commitment's year is {year}."
    )
    offer(rows, "with-and-without-shortlist", what="this chart")


_CHANGES = {"Change of the gap": "Gap, all need", "Change of children waiting": "Children waiting"}


def _level(row: dict[str, Any]) -> str:
    return f"{number(row['p50'])} ({number(row['p10'])} to {number(row['p90'])})"


def _promise(before: Commitment, after: Commitment) -> str:
    return (
        f"By {day(before.by)} {number(after.opened.mean)} of {before.promised:,} places are open on average, "
        f"{number(before.opened.mean)} without; the promise is kept in {percent(after.probability)} of the futures, "
        f"{percent(before.probability)} without."
    )
