"""The part of the Assessment page that asks: and if capacity were different?"""

from __future__ import annotations

import math
from typing import Any

import streamlit as st
from pydantic import ValidationError

from sufficiency.domain.problem import InputProblem
from sufficiency.places.gap import Band
from sufficiency.report.charts.shapes import fan
from sufficiency.scenario.messages import first_problem
from sufficiency.scenario.scenario import Scenario
from sufficiency.ui import state
from sufficiency.ui.answers import key_of
from sufficiency.ui.choice import DEFAULT_REASON
from sufficiency.ui.downloads import offer
from sufficiency.ui.fields import CAPACITY, FIELDS, Field, changed_entries, from_shown, help_text, shown_value
from sufficiency.ui.formats import number, percent, plain, signed
from sufficiency.ui.notes import note
from sufficiency.ui.pathway_answers import PathwayAnswer, PathwayKey, Values, band_of
from sufficiency.ui.waiting import further_pathway

BACKLOG_SHARE = "assessment_team.backlog_share"
BEFORE, AFTER = "As it is", "With the sliders"
COMPARED = {
    "timeliness_20_week": "Within 20 weeks, % of plans",
    "weeks_to_plan_p50": "Median weeks to plan",
    "weeks_to_plan_p90": "Weeks to plan of 9 in 10",
    "plans_issued": "Plans issued",
    "assessments_open": "Assessments open at the end",
    "assessments_open_over_52_weeks": "Of these, over 52 weeks",
    "advice_utilisation": "Psychology advice used, %",
    "cases_utilisation": "Coordinators used, %",
    "drafts_utilisation": "Plan writers used, %",
}
_SHARES = ("timeliness_20_week", "advice_utilisation", "cases_utilisation", "drafts_utilisation")


def capacity_section(answer: PathwayAnswer, year: str) -> None:
    """The sliders, and what they change, paired future by future."""
    st.header("What if capacity were different?", anchor=False)
    scenario = answer.scenario
    chosen = _sliders(scenario)
    if not chosen:
        st.info("**Empty.** Move a slider to see what it changes. The pathway is then simulated again in the same futures.")
        return
    try:
        variant = _variant(scenario, chosen)
    except InputProblem as problem:
        st.error(f"**Not accepted.** {plain(problem)}")
        return
    key = PathwayKey(key_of(variant, answer.key.futures, answer.key.seed))
    after = further_pathway(variant, key, "Simulating with the capacities chosen")
    if after is None:
        return
    _before_and_after(answer, after, year)
    if st.button("Take these capacities into the scenario", key="take-capacities"):
        now = state.choice()
        for path, value in chosen.items():
            now = now.edited(path, from_shown(FIELDS[path], value))
        state.choose(now)
        st.rerun()
    note("On the Scenarios page you can give the reason for the change, see what it does to places and money, and undo it.")


def _sliders(scenario: Scenario) -> dict[str, float]:
    """The sliders; gives back those that were moved, by path."""
    figures = dict(scenario.figures())
    chosen: dict[str, float] = {}
    paths = [path for path in CAPACITY if path in figures]
    if "assessment_team.backlog_share_from" in figures:
        paths.remove(BACKLOG_SHARE)
        note("The share reserved for the backlog changes from month to month in this scenario, so that it has no slider.")
    if "assessment_team.plans_by_month" in figures:
        note("Plans issued are given month by month in this scenario, so that staff changes little.")
    for start in range(0, len(paths), 2):
        for place, path in zip(st.columns(2), paths[start : start + 2], strict=False):
            field = FIELDS[path]
            value, first = _slider(place, scenario, field)
            if value != first:
                chosen[path] = value
    if "assessment_team.drafts_per_week" not in figures:
        note("Writing plans limits nothing in this scenario, so that plan writers have no slider.")
    return chosen


def _slider(place: Any, scenario: Scenario, field: Field) -> tuple[float, float]:
    """A slider's value and the scenario's own, from half to twice of it (shares: from 0 to all)."""
    first = float(shown_value(scenario, field))
    low, high, step = 0.0, 100.0, 5.0
    if field.path != BACKLOG_SHARE:
        step = 0.5
        low, high = math.floor(first) / 2, max(2.0, 2.0 * math.ceil(first))
    value = place.slider(
        f"{field.label} ({field.unit})",
        low,
        high,
        first,
        step,
        format="%.0f" if step > 1 else "%.1f",
        key=f"slider-{field.path}-{first}",
        persist_state="session",
        help=help_text(scenario, field),
    )
    return float(value), first


def _variant(scenario: Scenario, chosen: dict[str, float]) -> Scenario:
    """The scenario with the sliders' values; ranges move along with them. Raises InputProblem."""
    for path, shown in chosen.items():
        field = FIELDS[path]
        try:
            scenario = scenario.changed(path, **changed_entries(scenario, field, from_shown(field, shown), DEFAULT_REASON))
        except ValidationError as error:
            raise first_problem(error, Scenario, where=field.label) from None
    return scenario


def _before_and_after(before: PathwayAnswer, after: PathwayAnswer, year: str) -> None:
    measures = [name for name in COMPARED if band_of(_values(before, name, year)) and band_of(_values(after, name, year))]
    levels = {name: (band_of(_values(before, name, year)), band_of(_values(after, name, year))) for name in measures}
    changes = {name: change for name in measures if (change := band_of(_paired(before, after, name, year))) is not None}
    main = changes.get("timeliness_20_week")
    was, now = levels.get("timeliness_20_week", (None, None))
    if main and was and now:
        st.markdown(
            f"**In {year} {number(now.mean)} % of plans are within 20 weeks instead of {number(was.mean)} %** on average: a "
            f"difference of {signed(main.mean, 1)} percentage points; in 8 of 10 futures, paired, {signed(main.p10, 1)} to "
            f"{signed(main.p90, 1)}."
        )
    rows = [
        {"period": y, "series": name, **{q: getattr(found, q) for q in ("mean", "p10", "p50", "p90")}}
        for name, each in ((BEFORE, before), (AFTER, after))
        for y in each.years
        if (found := band_of(each.of_year("timeliness_20_week", y))) is not None
    ]
    st.markdown("**Share of plans final within 20 weeks** (without exceptions). The band holds 8 in 10 futures.")
    st.altair_chart(fan(rows, share=True, height=260), alt="Share within 20 weeks as it is and with the sliders; numbers below")
    table = [
        {
            "What": COMPARED[name],
            BEFORE: _level(levels[name][0]),
            AFTER: _level(levels[name][1]),
            "Change": _change(changes[name]),
        }
        for name in changes
    ]
    st.table(table, hide_index=True, border="horizontal", alt=f"What the sliders change in {year}")
    note(f"{year}; mean over the futures, in brackets the range of 8 in 10 futures; changes are paired future by future.")
    with st.expander("The numbers of this chart"):
        of = {(row["series"], row["period"]): row for row in rows}
        shown = [{"Year": y} | {n: _shares(of.get((n, y))) for n in (BEFORE, AFTER)} for y in before.years]
        st.table(shown, hide_index=True, border="horizontal", alt="Share of plans within 20 weeks by year")
    numbers = [
        {"measure": name, "year": year, "kind": kind, "mean": b.mean, "p10": b.p10, "p50": b.p50, "p90": b.p90}
        for name in changes
        for kind, b in ((BEFORE, levels[name][0]), (AFTER, levels[name][1]), ("Change", changes[name]))
        if b is not None
    ]
    offer(numbers, "capacity", what="this comparison")


def _values(answer: PathwayAnswer, name: str, year: str) -> Values:
    """A measure in every future of a year, shares in percent; stocks at its end."""
    if name in ("assessments_open", "assessments_open_over_52_weeks"):
        return answer.of_month(name, f"{year}-12")
    return answer.of_year(name, year) * (100 if name in _SHARES else 1)


def _paired(before: PathwayAnswer, after: PathwayAnswer, name: str, year: str) -> Values:
    """``after`` less ``before`` in the futures that both have."""
    mine = {replication: i for i, replication in enumerate(before.replications)}
    both = [(mine[r], i) for i, r in enumerate(after.replications) if r in mine]
    first, second = ([pair[side] for pair in both] for side in (0, 1))
    found: Values = _values(after, name, year)[second] - _values(before, name, year)[first]
    return found


def _level(found: Band | None) -> str:
    return "none" if found is None else f"{number(found.mean)} ({number(found.p10)} to {number(found.p90)})"


def _change(found: Band) -> str:
    return f"{signed(found.mean, 1)} ({signed(found.p10, 1)} to {signed(found.p90, 1)})"


def _shares(row: dict[str, Any] | None) -> str:
    return "none" if row is None else f"{percent(row['p50'])} ({percent(row['p10'])} to {percent(row['p90'])})"
