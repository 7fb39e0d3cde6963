"""What staff does and costs: hours a case takes and the cost of a full-time post, where a scenario does not give its own."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from sufficiency.scenario.figures import Figure, Frozen

Hours = Annotated[float, Field(gt=0, le=200)]
HoursAYear = Annotated[float, Field(ge=500, le=2500)]
PostCost = Annotated[float, Field(gt=0, le=1_000_000)]


class Staffing(Frozen):
    """Hours of work a case takes, and what a full-time equivalent post does and costs in a year."""

    hours_of_advice: Figure[Hours]
    """Educational psychologist's hours for one piece of advice."""
    hours_of_case: Figure[Hours]
    """Assessment team's hours for one case: coordinator, writer and manager."""
    hours_a_year: Figure[HoursAYear]
    """Hours of case work that one full-time equivalent has in a year."""
    psychologist_cost: Figure[PostCost]
    """Cost of one full-time equivalent psychologist a year, £ with on-costs."""
    officer_cost: Figure[PostCost]
    """Cost of one full-time equivalent of the assessment team a year, £ with on-costs."""


_SINCE = dt.date(2022, 3, 7)
_RESEARCH = "DfE research on the time taken by new plans (859 professionals, 100 authorities), as summarised by LexisNexis"

DEFAULT_STAFFING = Staffing(
    hours_of_advice=Figure[Hours](
        value=17.4,
        low=13.0,
        high=21.0,
        unit="hours a piece of advice",
        source=_RESEARCH,
        known_from=_SINCE,
        verified=False,
        reason="17.4 hours of an educational psychologist a plan, of all their part in it; the range is assumption.",
    ),
    hours_of_case=Figure[Hours](
        value=21.2,
        low=16.0,
        high=26.0,
        unit="hours a case",
        source=_RESEARCH,
        known_from=_SINCE,
        verified=False,
        reason="11.3 hours of a case officer and 9.9 of a manager a plan; the range is assumption.",
    ),
    hours_a_year=Figure[HoursAYear](
        value=1500.0,
        low=1350.0,
        high=1600.0,
        unit="hours a year",
        source="assumption",
        known_from=_SINCE,
        verified=False,
        reason="A working year less leave, training and other duties.",
    ),
    psychologist_cost=Figure[PostCost](
        value=75_000.0,
        low=64_000.0,
        high=95_000.0,
        unit="£ a post and year",
        source="assumption",
        known_from=_SINCE,
        verified=False,
        reason="A main-grade psychologist with on-costs; agency staff at the upper end. No figure of the council's was read.",
    ),
    officer_cost=Figure[PostCost](
        value=46_000.0,
        low=38_000.0,
        high=56_000.0,
        unit="£ a post and year",
        source="assumption",
        known_from=_SINCE,
        verified=False,
        reason="A coordinator or plan writer with on-costs. No figure of the council's was read.",
    ),
)
"""Unverified defaults: no council's staffing or cost was published."""
