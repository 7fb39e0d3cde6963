"""What one future leaves behind: tallies with named axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

FLOW_AXES = ("month", "area", "need", "phase")
CENSUS_FLOW_AXES = ("census", "area", "need", "setting")
YEAR_AXES = ("academic_year", "area", "need", "phase")

DEFAULT_BASE_SEED = 20220307
WEEKS_COUNTED = 156
"""Longest time, in weeks, that is counted by itself: three years, and whatever is longer."""

MONTHS_COUNTED = 36
"""Longest wait, in whole months, that is counted by itself: three years, and whatever is longer."""
WAIT_OUTCOMES = ("placed", "independent", "out_of_area", "left", "waiting")
"""How a wait ends, or that it has not ended by the horizon. ``left``: the plan ended, or the child left school."""
UNPLACED_REASONS = ("full", "too_far", "no_such_place")
"""Why a child waits: the open places that would be offered are taken; places admit the child but are too far; none admits."""
ROUTES = ("home_educated", "out_of_school", "not_in_education", "after_16")
"""By which route children come to be educated elsewhere or not at all: from mainstream by choice; while they wait for a place;
from further education; at the end of compulsory school age, 19 included."""

PATHWAY_TALLIES: dict[str, tuple[str, ...]] = {
    # events and stocks of the assessment pathway, by month (stocks at the month's last week)
    "requests": FLOW_AXES,
    "decisions": FLOW_AXES,
    "decisions_within_6_weeks": FLOW_AXES,
    "refusals": FLOW_AXES,
    "overturned": FLOW_AXES,
    "withdrawals": FLOW_AXES,
    "not_issued": FLOW_AXES,
    "plans_issued": FLOW_AXES,
    "plans_issued_on_time": FLOW_AXES,
    "plans_in_denominator": FLOW_AXES,
    "plans_on_time_in_denominator": FLOW_AXES,
    "plans_with_exceptions_in_denominator": FLOW_AXES,
    "plans_with_exceptions_on_time": FLOW_AXES,
    "requests_undecided": FLOW_AXES,
    "assessments_open": FLOW_AXES,
    "assessments_open_by_age": ("month", "weeks"),
    "plans_by_weeks": ("month", "weeks"),
    # events by NCY at the time
    "requests_by_ncy": ("month", "ncy"),
    "assessments_by_ncy": ("month", "ncy"),
    "plans_issued_by_ncy": ("month", "ncy"),
    # units of work begun and of capacity, by month (drafts are counted in weeks in which writing is limited)
    "advice_done": ("month",),
    "advice_capacity": ("month",),
    "cases_done": ("month",),
    "cases_capacity": ("month",),
    "drafts_done": ("month",),
    "drafts_capacity": ("month",),
}
"""Axes of the tallies of the assessment pathway. ``plans_in_denominator`` is DfE's 20-week denominator without exceptions,
``plans_with_exceptions_in_denominator`` the one with them. ``assessments_by_ncy`` are decisions to assess, by appeal too."""

TALLIES: dict[str, tuple[str, ...]] = {
    **PATHWAY_TALLIES,
    "waiting_by_month": FLOW_AXES,
    # the caseload on the January census, and what changed since the census before
    "caseload": ("census", "area", "need", "phase", "setting"),
    "caseload_by_ncy": ("census", "need", "ncy", "setting"),
    "joiners": CENSUS_FLOW_AXES,
    "leavers": CENSUS_FLOW_AXES,
    "movers_in": CENSUS_FLOW_AXES,
    "movers_out": CENSUS_FLOW_AXES,
    # places against need on the census of each academic year
    "waiting": YEAR_AXES,
    "need": YEAR_AXES,
    "places": YEAR_AXES,
    # how children come to places: waits that began in an academic year, by whole months until their outcome; places given by
    # home, place and setting; on the census, those who wait by why, and those in state special schools of other authorities;
    # and who came to be educated elsewhere or not at all
    "waits": ("academic_year", "need", "outcome", "wait_months"),
    "placed": ("academic_year", "area", "place_area", "setting"),
    "unplaced_reason": ("academic_year", "need", "reason"),
    "out_of_area": ("academic_year", "need"),
    "to_elsewhere": ("academic_year", "route"),
    # what money follows, as means over the weeks of each whole financial year
    "pupil_years": ("financial_year", "need", "setting"),
    "place_years": ("financial_year", "setting"),
    # the commitment: places opened since its first day, by the end of each month
    "commitment_opened": ("month",),
}
"""Axes of each tally. ``places`` are those open to residents; ``place_years`` are all commissioned places of the estate."""


@dataclass(frozen=True)
class Future:
    """One replication of one scenario.

    ``tallies`` holds one array for each name of :data:`TALLIES`, with those axes in that order; counts are whole numbers
    (int32), ``pupil_years``, ``place_years`` and ``places`` are float64.
    """

    replication: int
    tallies: dict[str, NDArray[Any]]
