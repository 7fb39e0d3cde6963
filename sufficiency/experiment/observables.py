"""What is published about the assessment pathway, placements and the waiting list, read off a simulated future as it is defined.

Flows are summed over a period's months, stocks are those at the end of its last month, and shares are formed from their summed
parts; a share of nothing (no plan issued, nothing decided) is NaN, not 0.

DfE's 20-week figure is plans issued within 20 weeks over the plans of its cohort without exceptions (release "Education, health
and care plans": plans flagged with an exception, or issued after mediation or appeal, are in neither).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.calendar import Calendar
from sufficiency.domain.dictionaries import SETTINGS
from sufficiency.experiment.periods import Period

Tallies = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Observable:
    """One published quantity: its unit, its meaning, and how it is read off tallies at the months of a period."""

    unit: str
    meaning: str
    kind: str
    """flow, stock or share."""
    read: Callable[[Tallies, Calendar, NDArray[np.int64]], float]
    """The value from the tallies, the calendar and the positions of the period's months."""


@dataclass(frozen=True)
class Target:
    """What is wanted of each future: a measure in a period, and the published cohort where a count on time is of that cohort."""

    measure: str
    period: Period
    cohort: float | None = None


def _flow(tally: str, unit: str, meaning: str) -> Observable:
    return Observable(unit, meaning, "flow", lambda tallies, _, months: float(tallies[tally][months].sum()))


def _stock(tally: str, unit: str, meaning: str) -> Observable:
    return Observable(unit, meaning, "stock", lambda tallies, _, months: float(tallies[tally][months[-1]].sum()))


def _share(top: str, bottom: str, meaning: str) -> Observable:
    def read(tallies: Tallies, calendar: Calendar, months: NDArray[np.int64]) -> float:
        below = float(tallies[bottom][months].sum())
        return float(tallies[top][months].sum()) / below if below else np.nan

    return Observable("share", meaning, "share", read)


def _open_from(years_back: int, meaning: str) -> Observable:
    def read(tallies: Tallies, calendar: Calendar, months: NDArray[np.int64]) -> float:
        week = int(np.flatnonzero(calendar.month_of_week == months[-1])[-1])
        year = int(calendar.calendar_years[week])
        ages = tallies["assessments_open_by_age"][months[-1]]
        # Cases asked for in the last week of a year are younger by one week than those that this counts in it.
        newest = week - _first_week(calendar, year) + 1
        oldest = week - _first_week(calendar, year - 1) + 1
        return float(ages[newest:oldest].sum() if years_back == 1 else ages[oldest:].sum())

    return Observable("assessments", meaning, "stock", read)


def _over_a_year(tallies: Tallies, calendar: Calendar, months: NDArray[np.int64]) -> float:
    return float(tallies["assessments_open_by_age"][months[-1]][53:].sum())


def _first_week(calendar: Calendar, year: int) -> int:
    """The week (negative before the start) of the first Thursday of a year."""
    first = dt.date(year, 1, 1)
    thursday = first + dt.timedelta(days=(3 - first.weekday()) % 7)
    return (thursday - calendar.monday).days // 7


def _census(*settings: str) -> Callable[[Tallies, Calendar, NDArray[np.int64]], float]:
    """Plans in some settings on the January census of a period's last month: not there where that month is no January."""
    columns = [SETTINGS.index(setting) for setting in settings]

    def read(tallies: Tallies, calendar: Calendar, months: NDArray[np.int64]) -> float:
        year, month = calendar.months[months[-1]].split("-")
        if month != "01" or int(year) not in calendar.census_years:
            return np.nan
        caseload = tallies["caseload"][calendar.census_years.index(int(year))]
        return float(caseload[..., columns].sum())

    return read


def _headcount(meaning: str, *settings: str) -> Observable:
    return Observable("children", meaning, "stock", _census(*settings))


PLACEMENTS: dict[str, Observable] = {
    "waiting": _stock("waiting_by_month", "children", "Children with a plan who wait for a specialist place, at the end."),
    "special": _headcount("Plans in state special schools on the January census.", "special"),
    "resourced": _headcount("Plans in SEN units and resourced provision on the January census.", "resourced"),
    "special_and_resourced": _headcount("Plans in either of these on the January census.", "special", "resourced"),
    "independent": _headcount("Plans in independent or non-maintained special schools on the January census.", "independent"),
}
"""What only a simulation of the whole chain has."""
OBSERVABLES: dict[str, Observable] = {
    **PLACEMENTS,
    "requests": _flow("requests", "requests", "Requests for an assessment."),
    "decisions": _flow("decisions", "decisions", "Decisions whether to assess."),
    "refusals": _flow("refusals", "decisions", "Decisions not to assess."),
    "not_issued": _flow("not_issued", "decisions", "Decisions not to issue a plan."),
    "plans_issued": _flow("plans_issued", "plans", "Final plans issued for the first time."),
    "plans_in_cohort": _flow("plans_in_denominator", "plans", "Plans in DfE's 20-week cohort without exceptions."),
    "plans_on_time": _flow("plans_on_time_in_denominator", "plans", "Plans of that cohort issued within 20 weeks."),
    "timeliness_20_week": _share("plans_on_time_in_denominator", "plans_in_denominator", "Share of that cohort within 20 weeks."),
    "decisions_within_6_weeks": _share("decisions_within_6_weeks", "decisions", "Share of decisions made within 6 weeks."),
    "requests_undecided": _stock("requests_undecided", "requests", "Requests that await a decision at the period's end."),
    "assessments_open": _stock("assessments_open", "assessments", "Assessments past the decision to assess, still open."),
    "advice_capacity": _flow("advice_capacity", "reports", "Pieces of psychology advice that can be given."),
    "cases_capacity": _flow("cases_capacity", "cases", "Cases that the coordinators can take to their end."),
    "open_over_52_weeks": Observable("assessments", "Open assessments older than a year.", "stock", _over_a_year),
    "open_from_year_before": _open_from(1, "Open assessments asked for in the calendar year before the period's."),
    "open_from_earlier_years": _open_from(2, "Open assessments asked for before that."),
}
"""What can be observed, by the name that observed files use."""


def observe(tallies: Tallies, calendar: Calendar, targets: Sequence[Target]) -> NDArray[np.float64]:
    """The value of each target in one future, shape (targets,); a period must lie within the calendar.

    A count on time of a published cohort is the simulated share of that period times the cohort: which plans the council left
    out of the cohort is given, not modelled. NaN where nothing is there to have a share of.
    """
    positions = {month: position for position, month in enumerate(calendar.months)}
    found = np.empty(len(targets))
    for i, target in enumerate(targets):
        months = np.array([positions[month] for month in target.period.months])
        if target.measure == "plans_on_time" and target.cohort is not None:
            found[i] = OBSERVABLES["timeliness_20_week"].read(tallies, calendar, months) * target.cohort
        else:
            found[i] = OBSERVABLES[target.measure].read(tallies, calendar, months)
    return found
