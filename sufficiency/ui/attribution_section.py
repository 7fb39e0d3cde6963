"""The part of the Demand page that splits a change into what drives it."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any, NamedTuple

import streamlit as st

from sufficiency.experiment.attribution import MEASURES, Attribution, between_scenarios, between_years, whole_years
from sufficiency.experiment.runner import Cancelled
from sufficiency.experiment.switching import FACTORS
from sufficiency.report.charts.shapes import waterfall
from sufficiency.scenario.scenario import Scenario
from sufficiency.ui import state
from sufficiency.ui.answers import Answer, Kept, Key
from sufficiency.ui.choice import baseline
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import number, plain, signed
from sufficiency.ui.jobs import Job
from sufficiency.ui.notes import note
from sufficiency.ui.opening import first_of
from sufficiency.ui.waiting import ended_badly, watch
from sufficiency.ui.workshop import workshop

NAMES = {
    "requests": "Requests in the year",
    "plans_issued": "Plans issued in the year",
    "caseload": "Plans in force on the January census",
    "need": "Specialist places needed on the January census",
}
PARTS = {
    "population": "Number of children",
    "rate": "Requests per child",
    "mix": "Make-up by age, need and area",
    "policy": "Interventions and register",
    "everything_else": "Everything else",
    "interaction": "Together (interaction)",
}
YEARS, SCENARIOS = "Two years", "The baseline and this scenario"
MOST_VARIANTS = len(FACTORS) + 3
"""Most scenarios that a split simulates, each in all futures."""


class SplitKey(NamedTuple):
    """What a split is a split of; ``other`` is the scenario compared with, ``first`` the earlier year (0: the same year)."""

    answer: Key
    other: str
    measure: str
    first: int
    last: int


def attribution_section(answer: Answer) -> None:
    """The controls, and the split as sentence, chart and table."""
    st.header("What does a change come from?", anchor=False)
    years = whole_years(answer.scenario)
    if len(years) < 2:
        st.info("**Empty.** The scenario covers fewer than two whole calendar years, so that there is no change to split.")
        return
    other, key = _asked(answer, years)
    if key is None:
        return
    found: Attribution | None = workshop().kept.get(key)
    if found is None:
        _work(answer, other, key)
        return
    workshop().jobs.forget(key)
    _show(found, key)


def _asked(answer: Answer, years: tuple[int, ...]) -> tuple[Scenario | None, SplitKey | None]:
    """What is to be split: the scenario to compare with where it is not two years, and the key; no key where it cannot be."""
    now = state.choice()
    start = first_of(now, workshop().workspace)
    first_scenario = baseline(start.base, start.text, ())
    alike = (first_scenario.start, first_scenario.horizon) == (answer.scenario.start, answer.scenario.horizon)
    kinds = [YEARS, SCENARIOS] if alike and first_scenario.digest != answer.scenario.digest else [YEARS]
    known = [s.title for s in (first_scenario, answer.scenario) if s.demand.known_requests]
    measures = [name for name in MEASURES if name != "requests" or not known]
    kind = st.radio("What to compare", kinds, horizontal=True, key="split-kind") if len(kinds) > 1 else YEARS
    what, left, right = st.columns([2, 1, 1])
    measure = what.selectbox("Change of", measures, format_func=NAMES.__getitem__, key=f"split-measure-{len(measures)}")
    if known:
        note(f"Requests of “{plain(known[0])}” are given as known counts: they have no parts to split.")
    if kind == SCENARIOS:
        year = left.selectbox("In", years, index=len(years) // 2, key="split-in")
        return first_scenario, SplitKey(answer.key, first_scenario.digest, measure, 0, year)
    first = left.selectbox("From", years, index=0, key="split-from")
    last = right.selectbox("To", years, index=len(years) // 2, key="split-to")
    if first >= last:
        right.error(f"**Not accepted.** {last} is not after {first}. Choose a later year here, or an earlier first year.")
        return None, None
    return None, SplitKey(answer.key, "", measure, first, last)


def _work(answer: Answer, other: Scenario | None, key: SplitKey) -> None:
    """The running job, what became of it, or the button that starts it; requests need no simulation and start by themselves."""
    shop, again = workshop(), "Split it again"
    if ended_badly(key, again):
        return
    if shop.jobs.get(key) is None and key.measure != "requests":
        st.markdown(
            f"To split this change the same {answer.key.futures} futures are simulated up to {MOST_VARIANTS} times more, each "
            "time with one driver switched."
        )
        if not st.button("Split this change", type="primary", key="split"):
            return
    words = f"Splitting the change of {NAMES[key.measure][:1].lower()}{NAMES[key.measure][1:]}"
    shop.jobs.start(key, words, lambda job: split_work(job, answer.scenario, other, key, shop.pool, shop.kept))
    watch(key)


def split_work(job: Job, scenario: Scenario, other: Scenario | None, key: SplitKey, pool: Executor, kept: Kept) -> None:
    """In a job's thread: the split, simulated in worker processes; it is put into ``kept``."""
    seen: dict[str, None] = {}

    def tell(variant: str, done: int, of: int) -> None:
        if job.stopping():
            raise Cancelled("stopped")
        seen.setdefault(variant)
        job.tell((len(seen) - 1) * of + done, MOST_VARIANTS * of)

    if key.measure == "requests":
        found = job.in_worker(pool, split, scenario, other, key)
    else:
        found = split(scenario, other, key, executor=pool, progress=tell)
    kept.put(key, found)


def split(scenario: Scenario, other: Scenario | None, key: SplitKey, **how: Any) -> Attribution:
    """The attribution asked for; ``other`` is the scenario that is changed into ``scenario``, or None for two years."""
    settings = {"base_seed": key.answer.seed, "measures": (key.measure,), **how}
    if other is None:
        return between_years(scenario, key.first, key.last, key.answer.futures, **settings)[0]
    return between_scenarios(other, scenario, [key.last], key.answer.futures, **settings)[0]


def _show(found: Attribution, key: SplitKey) -> None:
    rows = {row.part: row for row in found.rows()}
    unit = MEASURES[found.measure]
    before, after, change = rows["before"], rows["after"], rows["change"]
    ends = (f"In {key.first}", f"In {key.last}") if key.first else (f"Baseline in {key.last}", f"This scenario in {key.last}")
    ordered = sorted((part for part in PARTS if round(rows[part].mean)), key=lambda part: -abs(rows[part].mean))
    largest = ", ".join(f"{_lower(PARTS[part])} {signed(rows[part].mean)}" for part in ordered)
    st.markdown(
        f"**{NAMES[found.measure]} go from {number(before.mean)} to {number(after.mean)}** on average, a change of "
        f"{signed(change.mean)} {unit} (in 8 of 10 futures {signed(change.p10)} to {signed(change.p90)}): "
        f"{largest or 'no part changes anything'}."
    )
    bars, level = [_total(ends[0], before.mean, before)], before.mean
    for part, title in PARTS.items():
        row = rows[part]
        kind = "More" if row.mean >= 0 else "Fewer"
        bars.append(
            {
                "line": title,
                "start": level,
                "end": level + row.mean,
                "kind": kind,
                "words": signed(row.mean),
                "range": _range(row),
            }
        )
        level += row.mean
    bars.append(_total(ends[1], after.mean, after))
    st.altair_chart(waterfall(bars), alt=f"{NAMES[found.measure]} and the parts of the change; numbers in the table below")
    with st.expander("The numbers of this chart"):
        table = [{"What": bar["line"], "Mean": bar["words"], "8 in 10 futures": bar["range"]} for bar in bars]
        st.table(table, hide_index=True, border="horizontal", alt=f"Parts of the change of {_lower(NAMES[found.measure])}")
    note(
        "Each part is what its driver alone would change, with the others as they were; what they do only together is the "
        "interaction. Means add up exactly; the ranges of the parts do not. Everything else is staff, decisions, reviews and "
        "places, and what would have happened with demand standing still."
    )
    numbers = [
        {"measure": r.measure, "from": r.start, "to": r.end, "part": r.part, "mean": r.mean, "p10": r.p10, "p90": r.p90}
        for r in rows.values()
    ]
    offer(numbers, f"change-of-{found.measure.replace('_', '-')}", what="the parts of the change")


def _total(line: str, value: float, row: Any) -> dict[str, Any]:
    return {"line": line, "start": 0.0, "end": value, "kind": "Total", "words": number(value), "range": _levels(row)}


def _range(row: Any) -> str:
    return f"{signed(row.p10)} to {signed(row.p90)}"


def _levels(row: Any) -> str:
    return f"{number(row.p10)} to {number(row.p90)}"


def _lower(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"
