"""Assumptions about requests: population, rates, growth, season."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sufficiency.scenario.figures import Figure, Frozen, NonNegative, Positive, Share, Text
from sufficiency.scenario.tables import AreaShares, MonthWeights, NcyShares, NeedShares, Year

SmallRate = Annotated[float, Field(ge=-0.5, le=0.5)]
Spread = Annotated[float, Field(ge=0, le=0.5)]


class Area(Frozen):
    """One of the council's planning areas."""

    label: Text
    """The name people read."""
    definition: Text
    """Which wards or places it holds, and on whose word."""


class Population(Frozen):
    """Children and young people in the area, by birth cohort."""

    births: Figure[Annotated[dict[Year, Positive], Field(min_length=1)]]
    """Births by the academic year they fell in (key: its first calendar year); years between are interpolated."""
    migration: Figure[SmallRate]
    """Yearly change of every cohort by net migration from the base year on."""


class Demand(Frozen):
    """Requests for EHC needs assessments."""

    requests_in_base_year: Figure[Annotated[int, Field(ge=0, le=50_000)]]
    """Requests received in the last whole calendar year before the start."""
    growth: Figure[SmallRate]
    """Mean yearly change of the logarithm of the request rate, before shocks."""
    national_shock: Figure[Spread]
    """Standard deviation of the yearly shock common to all authorities, in logarithms."""
    authority_walk: Figure[Spread]
    """Standard deviation of the authority's own yearly shock, which persists, in logarithms."""
    transitory_noise: Figure[Spread]
    """Standard deviation of the noise of a single year, which does not persist, in logarithms."""
    drift: Figure[Spread]
    """Standard deviation of a persistent drift of this authority, in logarithms a year."""
    by_ncy: Figure[NcyShares]
    """Shares of requests by National Curriculum Year at request."""
    by_need: Figure[NeedShares]
    """Shares of requests by primary need, inferred from the need at issue: none is published for requests."""
    by_month: Figure[MonthWeights]
    """Weights of the months in which requests arrive."""
    by_area: Figure[AreaShares]
    """Shares of requests by area of residence."""
    transfers_in: Figure[NonNegative]
    """Children a year who move in with a plan."""
    priority_share: Figure[Share]
    """Share of cases that the allocation meeting takes first: children in care and key-stage transfers."""
    known_growth: Figure[dict[Year, SmallRate]] | None = None
    """Change of the logarithm of the request rate in calendar years where it is known; it replaces the drawn path there."""
