"""The staffing question: which timeliness, by when, with which probability; and a scenario with other staff or another rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.observables import Target
from sufficiency.experiment.periods import Period, covered, label, period
from sufficiency.scenario.assessment import InPost, ShareFrom
from sufficiency.scenario.figures import Figure
from sufficiency.scenario.scenario import FIRST_DAY, Scenario

QUARTER = 3
"""Months up to the one named over which timeliness is taken: a single month has too few plans."""
POLICIES = {"1/2": 1 / 2, "2/3": 2 / 3, "3/4": 3 / 4}
"""Shares of capacity reserved for the backlog that are compared."""


@dataclass(frozen=True)
class Question:
    """Timeliness of at least ``target`` in ``window``, with ``probability``, by staff who come from month ``begins`` on."""

    target: float
    probability: float
    window: Period
    begins: str

    @property
    def targets(self) -> tuple[Target, ...]:
        """What is read off each future."""
        last = Period(self.window.last, self.window.last, label(self.window.last))
        return (
            Target("timeliness_20_week", self.window),
            Target("assessments_open", last),
            Target("open_over_52_weeks", last),
            Target("advice_capacity", self.year),
            Target("cases_capacity", self.year),
        )

    @property
    def year(self) -> Period:
        """The months over which capacity is counted: up to twelve, to the window's end."""
        first = period(self.begins).first
        start = max(first, self.window.last - 11)
        return Period(start, self.window.last, f"{label(start)}/{label(self.window.last)}")


def asked(scenario: Scenario, target: float, by: str, probability: float, begins: str | None) -> Question:
    """The question, checked against the scenario; raises InputProblem.

    ``by`` is a month, whose quarter counts (2023-12: October to December 2023), or a calendar year as DfE counts them.
    ``begins`` is the first month of the new staff, by default the one after the scenario's knowledge date.
    """
    for name, share in (("--target", target), ("--probability", probability)):
        if not 0 < share < 1:
            raise InputProblem(
                "the share is out of range", where=name, value=share, allowed="above 0 and below 1", mend="60 % is 0.6"
            )
    months = covered(scenario.calendar)
    last = _read(by, "--by")
    if last.kind == "span":
        raise InputProblem("this is neither a month nor a year", where="--by", value=by, allowed="2023-12 or 2023")
    window = last if last.kind == "year" else Period(last.last - QUARTER + 1, last.last, by)
    start = _read(begins, "--from") if begins else _default_start(scenario)
    if start.kind != "month":
        raise InputProblem("this is not a month", where="--from", value=begins, allowed="a month such as 2022-04")
    inside = f"{months[0]} to {months[-1]}"
    if not set(window.months) <= set(months):
        quarter = " (the two months before it count too)" if last.kind == "month" else ""
        raise InputProblem(
            "the date lies outside the scenario",
            where="--by",
            value=by,
            allowed=f"{inside}{quarter}",
            mend="choose another date or scenario",
        )
    if start.label not in months:
        raise InputProblem(
            "the date lies outside the scenario", where="--from", value=start.label, allowed=inside, mend="choose another"
        )
    if start.first >= window.first:
        raise InputProblem(
            "the new staff would come too late to count",
            where="--by",
            value=by,
            allowed=f"timeliness of {window.months[0]} to {window.months[-1]} with staff from before {window.months[0]}",
            mend="choose a later --by or an earlier --from",
        )
    _check_free(scenario, start, window)
    return Question(target, probability, window, start.label)


def _check_free(scenario: Scenario, start: Period, window: Period) -> None:
    """Where plans issued are given, staff change nothing that is asked about."""
    figure = scenario.assessment_team.plans_by_month
    given = [month for month in sorted(figure.value if figure else ()) if start.label <= month <= label(window.last)]
    if given:
        months = given[0] if len(given) == 1 else f"{len(given)} months from {given[0]} to {given[-1]}"
        raise InputProblem(
            f"plans issued are given in {months}; staff cannot change them",
            where="assessment_team.plans_by_month",
            allowed=f"no month from {start.label} to {label(window.last)}",
            mend="choose other dates, or a scenario without known plans",
            field="assessment_team.plans_by_month",
        )


def staffed(scenario: Scenario, begins: str, psychologists: float, team: float) -> Scenario:
    """The scenario with so many times the psychologists and the assessment team (writers included) from a month on."""
    advice, office = scenario.advice, scenario.assessment_team
    changes: dict[str, Any] = {}
    if psychologists != 1:
        changes["advice"] = advice.model_copy(update={"in_post": _more(advice.in_post, begins, psychologists)})
    if team != 1:
        both = {"in_post": _more(office.in_post, begins, team)}
        if office.drafts_per_week:
            both["writers_in_post"] = _more(office.writers_in_post, begins, team)
        changes["assessment_team"] = office.model_copy(update=both)
    return scenario.model_copy(update=changes)


def ruled(scenario: Scenario, begins: str, share: float) -> Scenario:
    """The scenario with another share of capacity reserved for the backlog from a month on."""
    team = scenario.assessment_team
    before = team.backlog_share_from.value if team.backlog_share_from else {}
    table = {**{month: value for month, value in before.items() if month < begins}, begins: share}
    figure = Figure[ShareFrom](value=table, **_asked("share of capacity"))
    return scenario.model_copy(update={"assessment_team": team.model_copy(update={"backlog_share_from": figure})})


def _more(figure: Figure[Any] | None, begins: str, times: float) -> Figure[Any]:
    """Staff in post with those from ``begins`` on multiplied."""
    before: dict[str, float] = figure.value if figure else {}
    holding = [month for month in sorted(before) if month <= begins]
    table = {month: value * (times if month >= begins else 1) for month, value in before.items()}
    table.setdefault(begins, (before[holding[-1]] if holding else 1.0) * times)
    return Figure[InPost](value=table, **_asked("share in post"))


def _asked(unit: str) -> dict[str, Any]:
    reason = "What the staffing question tries."
    return {"unit": unit, "source": "assumption", "known_from": FIRST_DAY, "verified": False, "reason": reason}


def _default_start(scenario: Scenario) -> Period:
    months = scenario.calendar.months
    known = scenario.knowledge_date
    after = period(f"{known.year}-{known.month:02d}").first + 1
    first = period(months[0]).first
    return period(label(max(after, first)))


def _read(text: str, where: str) -> Period:
    try:
        return period(text)
    except ValueError:
        raise InputProblem(
            "the date cannot be read", where=where, value=text, allowed="a month (2023-12) or, for --by, a year (2023)"
        ) from None
