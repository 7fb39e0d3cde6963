"""The part of the Money page that answers at once: sliders of pupil numbers, activity and income redraw the account."""

from __future__ import annotations

from typing import Any

import streamlit as st

from sufficiency.domain.dictionaries import DSG_CATEGORIES
from sufficiency.dsg.account import Account, draw_up
from sufficiency.dsg.changes import NOTHING, Changes
from sufficiency.dsg.items import Item
from sufficiency.places.gap import band
from sufficiency.report.charts.shapes import fan
from sufficiency.ui.answers import Answer
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import better, rough_money, whole_label
from sufficiency.ui.notes import note
from sufficiency.ui.variant_section import (
    GROWTH_STEP,
    LEAST_GROWTH,
    MOST_GROWTH,
    REACH,
    opened_variant,
    save_variant,
)

BEFORE, AFTER = "As it is", "With the sliders"
GROUPS = {"pupils": "Pupil numbers (demand management)", "activity": "Activity or unit cost (supply management)"}
_REVISION, _START = "redraw-revision", "redraw-start"


@st.fragment
def redraw_section(answer: Answer) -> None:
    """Two groups of sliders and one for income; the account is drawn up again from the pupil-years of the run."""
    st.header("What if numbers, prices or income were different?", anchor=False)
    st.markdown(
        "Move a slider: the account is drawn up again at once from the pupil-years simulated. Nothing is simulated again."
    )
    top = st.container()  # filled once the sliders are read: the answer stands above them, where it is seen
    changes = _sliders(answer.account)
    after = draw_up(answer.basis, mitigated=True, changes=changes)
    below = st.container()  # always there, so that what follows keeps its place and stays open
    if changes.is_nothing:
        top.info("**Empty.** No slider is moved, so that the account is as it was simulated.")
    else:
        with top:
            _sentence(answer.account, after)
        with below:
            _before_and_after(answer.account, after, changes)
    with st.expander("Save this variant, or open one"):
        save_variant(answer.scenario, changes)
        opened = opened_variant(answer.scenario)
    if opened is not None:
        _set(opened)
        st.rerun(scope="fragment")


def _set(changes: Changes) -> None:
    """Have the sliders stand elsewhere."""
    st.session_state[_REVISION] = st.session_state.get(_REVISION, 0) + 1
    st.session_state[_START] = changes


def _sliders(account: Account) -> Changes:
    revision, start = st.session_state.get(_REVISION, 0), st.session_state.get(_START, NOTHING)
    chosen: dict[str, dict[str, float]] = {name: {} for name in GROUPS}
    for place, (group, title) in zip(st.columns(2), GROUPS.items(), strict=True):
        with place.container(border=True):
            st.markdown(f"**{title}**")
            for entry in DSG_CATEGORIES:
                if group == "pupils" and not any(_follows(item, entry.code) for item in account.items):
                    continue
                percent = st.slider(
                    f"{entry.label}, %", -REACH, REACH, int(getattr(start, group).get(entry.code, 0)),
                    key=f"{group}-{entry.code}-{revision}", persist_state="session", help=entry.definition,
                )  # fmt: skip
                if percent:
                    chosen[group][entry.code] = float(percent)
    words = "On top of the growth that the scenario assumes. Where the national formula is suspended, that is 0 %."
    growth = st.slider(
        "Growth of the high-needs allocation, % a year more", LEAST_GROWTH, MOST_GROWTH, start.income_growth, GROWTH_STEP,
        key=f"income-{revision}", persist_state="session", help=words,
    )  # fmt: skip
    if st.button("Set all sliders back", key="redraw-reset"):
        _set(NOTHING)
        st.rerun(scope="fragment")
    return Changes(**chosen, income_growth=growth)


def _follows(item: Item, category: str) -> bool:
    return item.category == category and item.follows_pupils


def _sentence(before: Account, after: Account) -> None:
    last = whole_label(before.financial_years[-1])
    now, was = (rough_money(float(account.cumulative_balance[:, -1].mean())) for account in (after, before))
    change = band((after.cumulative_balance - before.cumulative_balance)[:, -1])
    st.markdown(
        f"**The balance at the end of {last} is {better(change.mean)}** on average; in 8 of 10 futures between "
        f"{better(change.p10)} and {better(change.p90)}. It is then {now} instead of {was}."
    )


def _before_and_after(before: Account, after: Account, changes: Changes) -> None:
    rows: list[dict[str, Any]] = []
    for name, account in ((BEFORE, before), (AFTER, after)):
        for i, year in enumerate(account.financial_years):
            found = band(account.cumulative_balance[:, i])
            rows.append({"period": year, "series": name} | {q: getattr(found, q) / 1e6 for q in ("mean", "p10", "p50", "p90")})
    st.altair_chart(fan(rows, money=True, height=260), alt="Cumulative balance as it is and with the sliders; numbers below")
    kinds = {"Balance at the end of the year": "cumulative_balance", "In-year balance": "in_year_balance"}
    for title, attribute in kinds.items():
        of = {name: getattr(account, attribute) for name, account in ((BEFORE, before), (AFTER, after))}
        table = [
            {"Financial year": whole_label(year)} | {name: _mean(values[:, i]) for name, values in of.items()}
            for i, year in enumerate(before.financial_years)
        ]
        with st.expander(f"The numbers: {title[0].lower()}{title[1:]}"):
            st.table(table, hide_index=True, border="horizontal", alt=f"{title}, as it is and with the sliders")
            note("Means over the futures, at the prices of each year.")
    numbers = [
        {"financial_year": row["period"], "series": row["series"]}
        | {f"{q}_pounds": row[q] * 1e6 for q in ("mean", "p10", "p50", "p90")}
        for row in rows
    ]
    offer(numbers, "balance-with-sliders", what="the balance with the sliders")
    offer(_changed(changes), "sliders", what="where the sliders stand")


def _changed(changes: Changes) -> list[dict[str, Any]]:
    moved = [
        {"what": GROUPS[group], "category": DSG_CATEGORIES.label(code), "percent": percent}
        for group, table in (("pupils", changes.pupils), ("activity", changes.activity))
        for code, percent in table.items()
    ]
    if changes.income_growth:
        moved.append({"what": "Growth of the high-needs allocation a year", "category": "", "percent": changes.income_growth})
    return moved


def _mean(values: Any) -> str:
    return rough_money(float(values.mean()))
