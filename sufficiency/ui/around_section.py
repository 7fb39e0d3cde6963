"""What lies around a plan: the trade-off front, plans nearly as good, two of them side by side, other growth, and reserves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from sufficiency.report.shortlist_studies import ALTERNATIVES, FRONTIER, GROWTH, RESERVES, study_tables
from sufficiency.shortlist.evaluation import Evaluation
from sufficiency.shortlist.growth import LEAST_WORST, RECOMMENDED
from sufficiency.shortlist.study import Study
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import counted, money, number, plain
from sufficiency.ui.notes import note
from sufficiency.ui.shortlist_charts import front


def around_section(study: Study) -> None:
    """The front, the alternatives side by side, the regrets by growth, and the reserves."""
    tables = {
        name: [dict(zip(columns, row, strict=True)) for row in rows] for name, (columns, rows) in study_tables(study).items()
    }
    _front(study, tables[FRONTIER])
    _side_by_side(study, tables[ALTERNATIVES])
    _growth(study, tables[GROWTH])
    _reserves(study, tables[RESERVES])


def _front(study: Study, numbers: list[dict[str, Any]]) -> None:
    st.header("What does more, or less, money buy?", anchor=False)
    rows = []
    for row in numbers:
        sought = "Recommended" if row["plan"] == "recommended" else str(row["sought"]).capitalize()
        rows.append(
            {
                "plan": "Recommended" if row["plan"] == "recommended" else row["plan"],
                "sought": sought,
                "cost": row["cost_of_places"] / 1e6,
                "unmet": row["unmet_child_years"],
                "km": row["child_kilometres"],
            }
        )
    others = [row for row in rows if row["sought"] != "Recommended"]
    if others:
        low, high = min(others, key=lambda row: row["cost"]), max(others, key=lambda row: row["cost"])
        st.markdown(
            f"From {money(1e6 * low['cost'])} with {number(low['unmet'])} unmet child-years to {money(1e6 * high['cost'])} with "
            f"{number(high['unmet'])}: none of these plans is at once cheaper, meets more need and keeps journeys shorter than "
            f"another. {_off_the_front(study)}"
        )
    st.altair_chart(front(rows), alt="Cost of the places against unmet child-years, plan by plan; numbers in the table below")
    shown = [
        {
            "Plan": plain(row["plan"]),
            "Sought": plain(row["sought"] or "all in turn"),
            "Cost of the places": money(row["cost_of_places"]),
            "Unmet child-years": number(row["unmet_child_years"]),
            "Child-kilometres": number(row["child_kilometres"]),
            "Places bid (expected)": f"{number(row['places_bid'])} ({number(row['places_expected'])})",
            "Missing of the commitment": number(row["shortfall"]),
            "Could be better by": _gap(row),
        }
        for row in numbers
    ]
    st.table(shown, hide_index=True, border="horizontal", alt="The trade-off front")
    offer(numbers, "frontier", what="the trade-off front")


def _off_the_front(study: Study) -> str:
    """What the recommended plan pays, and gets, for the commitment, where a plan of the front is better in the three."""
    plan = study.re_check
    better = [
        point
        for point in study.front
        if point.plan.own_cost < plan.own_cost
        and point.plan.unmet_weighed <= plan.unmet_weighed
        and point.plan.kilometres <= plan.kilometres
    ]
    if not better:
        return ""
    nearest = max(better, key=lambda point: point.plan.own_cost)
    name = f"F{study.front.index(nearest) + 1:02d}"
    return (
        f"The recommended plan lies off this line because the commitment comes first: against {name} it costs "
        f"{money(plan.own_cost - nearest.plan.own_cost)} more and has {number(nearest.plan.shortfall - plan.shortfall, 1)} fewer "
        "places of the commitment missing."
    )


def _gap(row: dict[str, Any]) -> str:
    if row["gap"] == "":
        return ""
    return money(row["gap"]) if row["gap_unit"] == "£" else f"{number(row['gap'])} {row['gap_unit']}"


def _side_by_side(study: Study, numbers: list[dict[str, Any]]) -> None:
    st.header("Which other plans are nearly as good?", anchor=False)
    others = len(study.near)
    if not others:
        st.markdown("**None was found** within 1 % of the best in every objective that differs by a bid.")
    else:
        far = max(len(each.drops) + len(each.adds) for each in study.near)
        st.markdown(
            f"**{counted(others, 'plan')} within 1 %** of what this one saves in every objective; the one that differs "
            "most does so "
            f"in {counted(far, 'bid')}."
        )
    plans: dict[str, Evaluation] = {"Recommended": study.re_check}
    plans |= {f"Nearly as good {n}": each.plan for n, each in enumerate(study.near, 1)}
    plans |= {f"On the front F{n:02d}": point.plan for n, point in enumerate(study.front, 1)}
    names = list(plans)
    left, right = st.columns(2)
    one = left.selectbox("One plan", names, key="plan-one")
    other = right.selectbox("Beside another", names, index=min(1, len(names) - 1), key="plan-other")
    a, b = plans[one], plans[other]
    measures: tuple[tuple[str, Callable[[Evaluation], str]], ...] = (
        ("Missing of the commitment (places)", lambda p: number(p.shortfall, 1)),
        ("Unmet child-years", lambda p: number(p.unmet)),
        ("Whole cost", lambda p: money(p.cost)),
        ("Cost of the places", lambda p: money(p.own_cost)),
        ("Capital", lambda p: money(p.capital)),
        ("Child-kilometres", lambda p: number(p.kilometres)),
        ("Places bid", lambda p: number(p.places_bid)),
        ("Places expected to open", lambda p: number(p.places_expected)),
        ("Bids", lambda p: number(len(p.chosen))),
        ("Only in this one", lambda p: plain(", ".join(_only(p, b if p is a else a)) or "none")),
    )
    first, second = plain(one), plain(other) if other != one else f"{plain(other)} (again)"
    st.table(
        [{"What": what, first: show(a), second: show(b)} for what, show in measures],
        hide_index=True,
        border="horizontal",
        alt="Two plans side by side",
    )
    offer(numbers, "alternatives", what="plans nearly as good")


def _only(plan: Evaluation, other: Evaluation) -> list[str]:
    def versions(each: Evaluation) -> dict[int, tuple[int, Any]]:
        return {c.position: (c.places_at(o), c.openings[o].day) for c, o in each.picked}

    mine, theirs = versions(plan), versions(other)
    ids = {c.position: c.eoi.id for c, _ in plan.picked}
    found = [ids[e] for e in mine if e not in theirs]
    return found + [
        f"{ids[e]} with {mine[e][0]} places from {mine[e][1]:%b %Y}" for e in mine if e in theirs and mine[e] != theirs[e]
    ]


def _growth(study: Study, numbers: list[dict[str, Any]]) -> None:
    st.header("Does it hold whatever growth comes?", anchor=False)
    found = study.growth
    unit = found.unit

    def shown(value: float) -> str:
        return money(value) if unit == "£" else f"{number(value)} {unit}"

    st.markdown(
        f"Whatever growth comes, the recommended plan loses **at most {shown(found.worst(RECOMMENDED))}** against the "
        "plan that would "
        f"have been best for it; no plan is known that loses less than {shown(found.worst(LEAST_WORST))} at worst."
    )
    same: dict[str, str] = {}
    for name, choice in found.choices.items():
        twin = next((first for first in same if dict(found.choices[first]) == dict(choice)), None)
        same[name] = twin or name
    growths = list(dict.fromkeys(line.growth for line in found.lines))
    rows = []
    for name in found.choices:
        if same[name] != name:
            continue
        alike = [other for other, first in same.items() if first == name]
        row = {"Plan": plain(", also ".join(alike))}
        for growth in growths:
            line = next(line for line in found.lines if (line.plan, line.growth) == (name, growth))
            high = line.regret.high or 0.0
            row[plain(growth)] = f"{shown(line.value)}; loses {shown(line.regret.low)} to {shown(high)}"
        rows.append({**row, "Worst regret": shown(found.worst(name))})
    st.table(rows, hide_index=True, border="horizontal", alt="Regret of each plan under each growth")
    note(
        "Regret: what a plan leaves more than the best plan for that growth would; between a proven bound and a plan "
        "that is known."
    )
    offer(numbers, "regret-by-growth", what="regret by growth")


def _reserves(study: Study, numbers: list[dict[str, Any]]) -> None:
    st.header("Who steps in where a bid falls through?", anchor=False)
    held = study.reserves
    if not held.order:
        st.markdown("**Nobody:** no bid left out fits in the place of one that falls through.")
        return
    st.markdown(
        f"With reserves taken up in this order **{number(held.expected_with)} places are expected to open**, "
        f"{number(held.expected_without)} without (give or take {number(held.half_width, 1)})."
    )
    rows = [
        {
            "Order": str(n),
            "Bid": plain(each.eoi),
            "Places bid": number(each.places_bid),
            "Expected": number(each.places_expected, 1),
            "Expected to bring": number(each.worth, 1),
            "Stands in for": plain(", ".join(each.stands_in_for)),
        }
        for n, each in enumerate(held.order, 1)
    ]
    st.table(rows, hide_index=True, border="horizontal", alt="The reserve list in order")
    offer(numbers, "reserves", what="the reserves")
