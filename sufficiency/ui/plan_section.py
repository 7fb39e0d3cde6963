"""The first part of the Shortlist page: the plan in a sentence, when and where its places open, who is in and who is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from sufficiency.report.shortlist_reasons import REASON_COLUMNS, reason_rows
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.shortlist import ShortlistPlan, Status, table
from sufficiency.shortlist.study import Study
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import counted, day, money, number, plain
from sufficiency.ui.glossary import linked
from sufficiency.ui.headlines import plan_sentence
from sufficiency.ui.notes import note
from sufficiency.ui.plan_answers import Asked
from sufficiency.ui.shortlist_charts import BID, EXPECTED, openings
from sufficiency.ui.shortlist_words import bid_rows, stage_rows, status_words


def headline(plan: ShortlistPlan, eois: Sequence[ExpressionOfInterest]) -> None:
    """The plan in a sentence, and how sure it is."""
    illustrative = sum(eoi.illustrative for eoi in eois)
    if plan.status is Status.INFEASIBLE:
        st.markdown("## No plan keeps every limit")
        for remark in plan.notes:
            st.error(f"**They clash.** {plain(remark)} Loosen one of them below.")
        return
    st.markdown(f"## {linked(plan_sentence(plan, bool(illustrative)), 'EoI')}")
    if illustrative:
        st.warning(
            f"**Illustrative.** {illustrative} of the {counted(len(eois), 'bid')} are made up from published totals, to show how "
            "the tool works. They are no council's or school's proposals."
        )
    met = f"are expected to fill what is missing by {day(plan.met_on)}" if plan.met_on else (
        "are not expected to fill what is missing within the years simulated"
    )  # fmt: skip
    st.markdown(
        f"{counted(len(plan.chosen), 'bid')} with **{number(plan.places_bid)} places bid, of which "
        f"{number(plan.places_expected)} are expected to open**, for {money(plan.capital)} of {money(plan.capital_limit)} "
        f"(optimism bias included). They {met}."
    )
    st.markdown(f"How sure is this choice? {status_words(plan)}")
    for remark in plan.notes:
        note(plain(remark))


def plan_section(plan: ShortlistPlan, asked: Asked, study: Study | None) -> None:
    """When and where places open, and a reason for every bid."""
    rows = table(plan, asked.eois)
    areas = {code: area.label for code, area in asked.limited.areas.items()}
    chosen = [row for row in rows if row["decision"] == "chosen"]
    others = [row for row in rows if row["decision"] != "chosen"]
    told = _told(plan, study)
    if chosen:
        _opening(chosen, areas)
    st.header(f"Chosen: {len(chosen)}", anchor=False)
    if chosen:
        st.table(
            bid_rows(chosen, areas, told, chosen=True), hide_index=True, border="horizontal", alt="Bids chosen, with reasons"
        )
    else:
        st.info("**Empty.** No bid is chosen under these limits.")
    st.header(f"Not chosen: {len(others)}", anchor=False)
    if others:
        with st.expander(f"{counted(len(others), 'bid')} and why", expanded=len(others) <= 15):
            found = bid_rows(others, areas, told, chosen=False)
            st.table(found, hide_index=True, border="horizontal", alt="Bids not chosen, with reasons")
    if study is None:
        note("What each bid would displace, the next best, and how sure each is: study the plan under “How sure, and why?”.")
    offer([{**row, "reason": told[str(row["id"])][1], "standing": told[str(row["id"])][0]} for row in rows],
          "shortlist", what="all bids with reasons")  # fmt: skip
    with st.expander("What the choice weighs, and how far it is proven"):
        st.table(stage_rows(plan), hide_index=True, border="horizontal", alt="The stages of the choice")
        note(
            f"Solver: {plain(plan.solver)} {plain(plan.solver_version)}, random seed {plan.seed}; chosen over "
            f"{len(plan.replications)} of the futures, base seed {plan.base_seed}."
        )


def _told(plan: ShortlistPlan, study: Study | None) -> dict[str, tuple[str, str]]:
    """Standing and reason of every bid: with a study, what it would displace and the next best too."""
    if study is None:
        return {id: ("", reason) for id, reason in plan.reasons.items()}
    at = {name: i for i, name in enumerate(REASON_COLUMNS)}
    found = {str(row[at["id"]]): (str(row[at["standing"]]), str(row[at["reason"]]))
             for row in reason_rows(plan, study.regrets, study.core)}  # fmt: skip
    return {id: found.get(id, ("", reason)) for id, reason in plan.reasons.items()}


def _opening(chosen: Sequence[Mapping[str, Any]], areas: Mapping[str, str]) -> None:
    st.header("When and where the places open", anchor=False)
    days = sorted({row["opens"] for row in chosen})
    order = [f"{each:%b %Y}" for each in days]

    def summed(rows: Sequence[Mapping[str, Any]]) -> tuple[int, float]:
        return sum(row["places_bid"] for row in rows), sum(row["places_expected"] for row in rows)

    by_day = {name: [row for row in chosen if row["opens"] == each] for name, each in zip(order, days, strict=True)}
    bars = [
        {"period": name, "kind": kind, "places": places}
        for name, rows in by_day.items()
        for kind, places in zip((BID, EXPECTED), summed(rows), strict=True)
    ]
    st.altair_chart(openings(bars, order), alt="Places by date of opening, as bid and expected; numbers in the table below")
    shown = []
    for code in [*areas, None]:
        mine = [row for row in chosen if code in (None, row["area"])]
        if not mine:
            continue
        cells = {"Area": plain(areas[code]) if code else "All areas", "Bids": number(len(mine))}
        for name, rows in by_day.items():
            bid, expected = summed([row for row in rows if code in (None, row["area"])])
            cells[f"{name}"] = f"{number(bid)} ({number(expected)})" if bid else "none"
        bid, expected = summed(mine)
        shown.append({**cells, "All": f"{number(bid)} ({number(expected)})"})
    st.table(shown, hide_index=True, border="horizontal", alt="Places by area and date of opening, as bid and expected")
    note("Places bid; in brackets those expected to open, whatever the delay.")
    offer([{"area": row["area"], "opens": row["opens"].isoformat(), "id": row["id"], "places_bid": row["places_bid"],
            "places_expected": row["places_expected"]} for row in chosen], "openings", what="the openings")  # fmt: skip
