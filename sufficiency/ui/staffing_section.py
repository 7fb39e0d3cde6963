"""The part of the Assessment page that asks which staffing reaches a timeliness target, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.runner import Cancelled
from sufficiency.experiment.staffing.question import QUARTER, Question, asked
from sufficiency.experiment.staffing.search import Answer, Outcome, search
from sufficiency.places.gap import band
from sufficiency.scenario.scenario import Scenario
from sufficiency.ui.answers import Kept, Key
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import counted, money, month_words, number, percent, plain
from sufficiency.ui.jobs import Job
from sufficiency.ui.notes import note
from sufficiency.ui.pathway_answers import PathwayAnswer
from sufficiency.ui.waiting import ended_badly, watch
from sufficiency.ui.workshop import workshop

MOST_FUTURES = 200
"""Most futures of the question: it tries about fifty staffings in each of them."""
_FIELDS = {"--target": "Target", "--probability": "Probability", "--by": "By the end of", "--from": "New staff from"}


class StaffingKey(NamedTuple):
    """What an answer to the staffing question is an answer to."""

    answer: Key
    question: Question
    futures: int


def staffing_section(answer: PathwayAnswer) -> None:
    """The question's fields, the button that asks it, and its answer."""
    st.header("What staffing would reach a target?", anchor=False)
    scenario = answer.scenario
    question = _question(scenario)
    if question is None:
        return
    futures = max(2, min(MOST_FUTURES, answer.key.futures))
    key = StaffingKey(answer.key, question, futures)
    shop = workshop()
    found: Answer | None = shop.kept.get(key)
    if found is not None:
        shop.jobs.forget(key)
        _show(found)
        return
    if ended_badly(key, "Ask again"):
        return
    if shop.jobs.get(key) is None:
        st.markdown(
            f"Psychologists and assessment team are made larger, together and one at a time, until the target is reached: "
            f"about 50 staffings, each simulated in the same {counted(futures, 'future')}."
        )
        if not st.button("Find the staffing", type="primary", key="staffing"):
            return
    words = "Looking for the staffing"
    shop.jobs.start(key, words, lambda job: staffing_work(job, scenario, key, shop.pool, shop.kept))
    watch(key)


def staffing_work(job: Job, scenario: Scenario, key: StaffingKey, pool: Executor, kept: Kept) -> None:
    """In a job's thread: the search over staffings, simulated in worker processes; its answer is put into ``kept``."""
    job.unit = "staffings"

    def tell(done: int, of: int) -> None:
        if job.stopping():
            raise Cancelled("stopped")
        job.tell(done, of)

    try:
        found = search(scenario, key.question, key.futures, base_seed=key.answer.seed, executor=pool, progress=tell)
    except InputProblem as problem:
        raise _by_its_field(problem) from None
    kept.put(key, found)


def _question(scenario: Scenario) -> Question | None:
    """The question as its fields have it, or None where something in them is wrong: then it is said beside the field."""
    one, two, three, four = st.columns(4)
    target = one.number_input("Target (% of plans within 20 weeks)", value=60.0, step=5.0, format="%.0f", key="staffing-target")
    words = f"The target counts over the {QUARTER} months to the end of this month: a single month has too few plans."
    months = scenario.calendar.months
    known = f"{scenario.knowledge_date:%Y-%m}"
    later = [month for month in months[QUARTER:] if month > known] or list(months[QUARTER:])
    two_years = min(len(later) - 1, 20)
    by = two.selectbox(
        "By the end of", later, index=two_years, format_func=month_words, key=f"staffing-by-{months[0]}-{months[-1]}", help=words
    )
    begins = three.selectbox("New staff from", later, format_func=month_words, key=f"staffing-from-{months[0]}-{months[-1]}")
    sure = four.number_input("Probability (% of futures)", value=80.0, step=5.0, format="%.0f", key="staffing-probability")
    problems = 0
    for place, value, title in ((one, target, "Target"), (four, sure, "Probability")):
        if not 0 < value < 100:
            found = number(value, 1)
            place.error(f"**Not accepted.** {title}: found {found}; allowed is a percentage above 0 and below 100.")
            problems += 1
    if problems:
        return None
    try:
        return asked(scenario, target / 100, by, sure / 100, begins)
    except InputProblem as problem:
        two.error(f"**Not accepted.** {plain(_by_its_field(problem))}")
        return None


def _by_its_field(problem: InputProblem) -> InputProblem:
    """The same problem in the words of the page rather than of the command line."""
    problem.where = _FIELDS.get(problem.where, problem.where)
    for option, words in _FIELDS.items():
        problem.mend, problem.allowed = problem.mend.replace(option, words), problem.allowed.replace(option, words)
    return problem


def _show(found: Answer) -> None:
    question, best, now = found.question, found.best, found.now
    window = _span(question.window.months)
    target = f"{percent(question.target)} of plans within 20 weeks {window}"
    if best is now:
        st.markdown(f"**The staff there is reaches {target}** {_sure(now)}: nothing has to be added.")
    else:
        cost = band(best.extra.cost)
        st.markdown(
            f"**About {number(_middle(best.extra.psychologists), 1)} more psychologists and "
            f"{number(_middle(best.extra.team), 1)} more in the assessment team reach {target}** {_sure(best)}. They cost "
            f"about **{_rounded(cost.p50)} a year**, in 8 of 10 futures between {_rounded(cost.p10)} and {_rounded(cost.p90)} "
            f"(full-time equivalents, from {month_words(question.begins)} on)."
        )
        st.markdown(f"With the staff there is, {_reached(now)}.")
    rows = [("As it is", now)]
    rows += [("Cheapest" if outcome is best else "Reaches it", outcome) for outcome in found.frontier if outcome is not now]
    rows += [("Psychologists alone", found.alone[0]), ("Team alone", found.alone[1])]
    st.markdown("**Staffings that reach it, and what one of the two alone would do**")
    st.table(
        [_line(name, outcome) for name, outcome in rows],
        hide_index=True,
        border="horizontal",
        alt="Staffings and what they reach",
    )
    note(
        "Times what the scenario has; posts are full-time equivalents. Published figures do not tell which of the two holds "
        "cases up, so both are shown. Hours and costs of a post are unverified defaults unless the scenario gives its own."
    )
    st.markdown("**Share of capacity reserved for the backlog**: what the rule alone does, and with the cheapest staffing")
    policies = [
        {
            "Reserved": f"{name} of capacity",
            "Staff as it is": _reached(a, whole=True),
            "Cheapest staffing": _reached(b, whole=True),
        }
        for name, (a, b) in found.policies.items()
    ]
    st.table(policies, hide_index=True, border="horizontal", alt="What the share reserved for the backlog does")
    note(
        "The middle future; in brackets the range of 8 in 10 futures. Open and over a year are assessments at the end of the "
        "period."
    )
    numbers = [_numbers(name, "", outcome) for name, outcome in rows]
    numbers += [
        _numbers(staff, name, outcome)
        for name, pair in found.policies.items()
        for staff, outcome in zip(("As it is", "Cheapest"), pair, strict=True)
    ]
    offer(numbers, "staffing", what="the staffings")


def _line(name: str, outcome: Outcome) -> dict[str, str]:
    same = outcome.psychologists == outcome.team == 1
    return {
        "Staffing": name,
        "Psychologists": f"{number(outcome.psychologists, 2)} times{'' if same else _posts(outcome.extra.psychologists)}",
        "Team": f"{number(outcome.team, 1)} times{'' if same else _posts(outcome.extra.team)}",
        "Reached in": f"{percent(outcome.probability)} of futures",
        "Within 20 weeks": _range(outcome.timeliness),
        "Cost a year": "nothing more" if same else _rounded(_middle(outcome.extra.cost)),
    }


def _posts(values: NDArray[np.float64]) -> str:
    return f" ({number(_middle(values), 1)} more)" if round(_middle(values), 1) else ""


def _numbers(staffing: str, reserved: str, outcome: Outcome) -> dict[str, Any]:
    row: dict[str, Any] = {"staffing": staffing, "reserved_for_backlog": reserved, "psychologists": outcome.psychologists}
    row |= {"team": outcome.team, "probability": outcome.probability}
    columns = {
        "timeliness": outcome.timeliness,
        "assessments_open": outcome.still_open,
        "open_over_52_weeks": outcome.over_a_year,
        "more_psychologists": outcome.extra.psychologists,
        "more_team": outcome.extra.team,
        "cost_a_year": outcome.extra.cost,
    }
    for name, values in columns.items():
        found = band(values)
        row |= {f"{name}_p10": found.p10, f"{name}_p50": found.p50, f"{name}_p90": found.p90}
    return row


def _reached(outcome: Outcome, *, whole: bool = False) -> str:
    on_time = _range(outcome.timeliness)
    if not whole:
        return f"{on_time} of plans are within 20 weeks; the target is reached {_sure(outcome)}"
    opened, old = number(_middle(outcome.still_open)), number(_middle(outcome.over_a_year))
    return f"{on_time} within 20 weeks; {opened} open, {old} over a year"


def _sure(outcome: Outcome) -> str:
    return f"in {percent(outcome.probability)} of the futures"


def _range(values: NDArray[np.float64]) -> str:
    found = band(values)
    return f"{percent(found.p50)} ({percent(found.p10)} to {percent(found.p90)})"


def _rounded(value: float) -> str:
    """Money to the nearest ten thousand: nothing here is known more closely."""
    return money(round(value, -4))


def _span(months: Sequence[str]) -> str:
    """``from October 2023 to December 2023``."""
    return f"from {month_words(months[0])} to {month_words(months[-1])}"


def _middle(values: NDArray[np.float64]) -> float:
    return float(np.median(values))
