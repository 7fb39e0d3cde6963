"""Assumptions about requests: population, rates, growth, season, and the register of early identification.

No one publishes requests by need. Shares by need are inferred from the need of the plans later issued; the need of children whose
request is refused is unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field

from sufficiency.domain.problem import Finding
from sufficiency.scenario.figures import Code, Count, Figure, Frozen, NonNegative, Positive, Rate, Share, Text
from sufficiency.scenario.tables import (
    AGE_BANDS,
    NCYS,
    AreaShares,
    Month,
    MonthWeights,
    NcyShares,
    NeedShares,
    PhaseNeedShares,
    Year,
    check_keys,
)


def _whole_years(known: dict[str, int]) -> dict[str, int]:
    """Raise a Finding where the months of a year come to more than the year, or to less though all twelve are there."""
    for year, total in known.items():
        months = [count for month, count in known.items() if month.startswith(f"{year}-")]
        if len(year) == 4 and (sum(months) > total or (len(months) == 12 and sum(months) != total)):
            allowed = f"months that come to {total:,}" if len(months) == 12 else f"months that come to at most {total:,}"
            raise Finding(
                "the months contradict the year", at=year, value=sum(months), allowed=allowed, mend="correct the counts"
            )
    return known


SmallRate = Annotated[float, Field(ge=-0.5, le=0.5)]
KnownRequests = Annotated[
    dict[Annotated[str, Field(pattern=r"^(19|20)[0-9]{2}(-(0[1-9]|1[0-2]))?$")], Count],
    Field(min_length=1),
    AfterValidator(_whole_years),
]
"""Requests by month (2020-03) or calendar year (2020)."""
Spread = Annotated[float, Field(ge=0, le=0.5)]
ByYear = Annotated[dict[Year, Positive], Field(min_length=1)]
SMALL_AUTHORITY = 300
"""Requests a year under which an authority counts as small: the noise of a single year is larger there."""


class Area(Frozen):
    """One of the council's planning areas."""

    label: Text
    """The name people read."""
    definition: Text
    """Which wards or places it holds, and on whose word."""


class Population(Frozen):
    """Children and young people in the area: by birth cohort, or by a projection where there is one."""

    births: Figure[ByYear]
    """Births by the academic year they fell in (key: its first calendar year); years between are interpolated."""
    migration: Figure[SmallRate]
    """Yearly change of every cohort by net migration from the base year on."""
    births_by_area: Figure[Annotated[dict[Year, AreaShares], Field(min_length=1)]] | None = None
    """Shares of the births by area of residence, by academic year; years between are interpolated. Without it every area's
    cohorts rise and fall alike."""
    projection: Figure[dict[Code, dict[str, ByYear]]] | None = None
    """Children by area, by National Curriculum Year or census age band, and by academic year (key: its first calendar year).
    Years between are interpolated, the first and last hold beyond. It takes the place of births and migration."""


class Register(Frozen):
    """Names on the council's register of early identification: a stock that drains into requests, and away without one.

    Of the requests it turns into, only the ``additional`` ones are added: the base year's rate holds the others already.
    """

    counted_on: dt.date
    """Day on which the names were counted; requests from the register are added from then on."""
    names: Figure[Count]
    """Names on the register on that day."""
    new_names: Figure[NonNegative]
    """Names that join the register in a year."""
    conversion: Figure[Rate]
    """Yearly rate at which a name becomes a request."""
    diverted: Figure[Rate]
    """Yearly rate at which a name leaves without a request: helped at school, or moved away."""
    additional: Figure[Share]
    """Share of these requests that would not have been made but for the register."""


class AlternativePupils(Frozen):
    """Children without a plan, or in assessment, in alternative provision: a stock from outside the model, mostly SEMH.

    The base year's rate holds the requests that such children usually make. What a change of the stock brings comes on top: those
    who must leave when places close, and the usual leavers of places that are added.
    """

    pupils: Figure[Count]
    """Pupils without a plan in alternative provision at the start."""
    pupils_from: Figure[dict[Month, Count]] | None = None
    """Pupils from a month on (key: 2023-09), where places are closed or added."""
    leaving: Figure[Rate]
    """Yearly share of them who usually leave."""
    asking: Figure[Share]
    """Share of those who leave for whom an assessment is asked within the year and would not have been otherwise."""
    by_need: Figure[NeedShares]
    """Shares of these requests by primary need."""


class Still(Frozen):
    """Parts of demand that repeat one calendar year, week by week, in every later one: what would have been without their change.

    For attribution and for questions of the kind "and if births had not fallen?"; a forecast has none.
    """

    population: Year | None = None
    """Year that the number of children repeats."""
    rate: Year | None = None
    """Year that the growth path repeats."""
    mix: Year | None = None
    """Year that the make-up of requests by age and area repeats."""
    policy: Year | None = None
    """Year that interventions and the register repeat."""


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
    known_requests: Figure[KnownRequests] | None = None
    """Requests received in months and calendar years in which that is known; what a year has beyond its months is spread by
    season."""
    small_authority_noise: Figure[Spread] | None = None
    """The noise of a single year, in logarithms, where the base year had fewer than 300 requests; then it replaces
    ``transitory_noise``."""
    need_by_phase: Figure[PhaseNeedShares] | None = None
    """Shares of requests by primary need within each phase, inferred like ``by_need``, which they replace for new requests."""
    early_register: Register | None = None
    """Register of early identification, where the council keeps one."""
    alternative: AlternativePupils | None = None
    """Children without a plan in alternative provision: their leaving raises requests."""
    still: Still | None = None
    """Parts of demand that stand still, in a counterfactual."""

    @property
    def single_year_noise(self) -> float:
        """Standard deviation of the noise of a single year that applies to an authority of this size."""
        small = self.requests_in_base_year.value < SMALL_AUTHORITY
        figure = self.small_authority_noise if small and self.small_authority_noise else self.transitory_noise
        return figure.value


def check_demand(population: Population, demand: Demand, areas: Iterable[str], years: Iterable[int]) -> None:
    """Raise a Finding where tables by area do not name the scenario's areas, or a year to repeat lies outside the clock's."""
    areas = tuple(areas)
    if population.births_by_area:
        for year, shares in population.births_by_area.value.items():
            check_keys(shares, areas, "area", complete=True, at=f"population.births_by_area.value.{year}")
    if population.projection:
        if population.births_by_area:
            raise Finding(
                "both a projection and births by area are given", at="population.births_by_area", mend="remove one of them"
            )
        check_keys(population.projection.value, areas, "area", complete=True, at="population.projection.value")
        for area, groups in population.projection.value.items():
            known, name = (AGE_BANDS, "age band") if AGE_BANDS.keys() & groups else (NCYS, "National Curriculum Year")
            check_keys(groups, known, name, complete=True, at=f"population.projection.value.{area}")
    repeated = demand.still.model_dump() if demand.still else {}
    allowed = tuple(str(year) for year in years)
    for part, year in repeated.items():
        if year is not None and year not in allowed:
            raise Finding(
                "the year to repeat lies outside the scenario",
                at=f"demand.still.{part}",
                value=year,
                allowed=f"{allowed[0]} to {allowed[-1]}",
                mend="choose a year between start and horizon",
            )
