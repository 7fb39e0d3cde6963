"""When places can open, how late they may be, and what share of a year they are then open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sufficiency.domain.calendar import academic_year, term_on_or_after, terms_later
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario

Slippage = Mapping[int, float]
"""Probability of opening so many terms late; sums to 1."""

ON_TIME: Slippage = {0: 1.0}


@dataclass(frozen=True)
class Opening:
    """One day on which a bid's places may open: the unit of choice is (expression of interest, opening)."""

    day: dt.date
    """First day of the places as bid."""
    year: int
    """Calendar year in which the academic year of the opening began; one opening a bid and academic year."""
    by_commitment: float
    """Probability that places that open at all are open by the commitment's day, slippage included."""
    open_shares: tuple[float, ...]
    """Expected share of each academic year of the run in which the places are open, slippage included."""
    size: int = 0
    """Position among the bid's sizes; 0 is the bid itself."""


def slippage_of(scenario: Scenario) -> Slippage:
    """The scenario's slippage of planned places (middle value), by whole terms."""
    shares = {int(terms): share for terms, share in scenario.estate.slippage.value.items()}
    total = sum(shares.values())
    return {terms: share / total for terms, share in sorted(shares.items())} if total > 0 else ON_TIME


def open_by(opens: dt.date, day: dt.date, slippage: Slippage) -> float:
    """Probability that places due on ``opens`` are open on ``day``."""
    return sum(share for terms, share in slippage.items() if terms_later(opens, terms) <= day)


def open_share(opens: dt.date, year: int, slippage: Slippage) -> float:
    """Expected share of the academic year begun in ``year`` in which places due on ``opens`` are open, by whole months.

    Places open in September count 12/12 of that year, in January 8/12, in April 5/12, and in full in every later year.
    """
    expected = 0.0
    for terms, share in slippage.items():
        day = terms_later(opens, terms)
        months = 12 * (year + 1 - day.year) + 9 - day.month
        expected += share * min(max(months, 0), 12) / 12
    return expected


_MONTHS = {"september": 9, "january": 1, "april": 4}


def _days(eoi: ExpressionOfInterest, earliest: dt.date, years: tuple[int, ...]) -> list[dt.date]:
    september_only = eoi.setting == "special"
    allowed = {_MONTHS[term] for term in eoi.opening_terms} or set(_MONTHS.values())
    if september_only:
        allowed &= {9}
    first = term_on_or_after(earliest, september_only=september_only)
    while allowed and first.month not in allowed:
        first = terms_later(first, 1)
    later = [dt.date(year + (month < 9), month, 1) for year in years for month in [_first_month(allowed)] if allowed]
    return [first, *(day for day in later if academic_year(day) > academic_year(first))] if allowed else []


def _first_month(allowed: set[int]) -> int:
    """The first opening term of an academic year: September, else January, else April."""
    return next((month for month in (9, 1, 4) if month in allowed), 9)


def allowed_openings(eoi: ExpressionOfInterest, scenario: Scenario, years: tuple[int, ...]) -> tuple[Opening, ...]:
    """The openings a bid may have, in order, for each of its sizes in turn; empty where it cannot open before the horizon.

    In the academic year of the earliest opening it is the first term start on or after it (special schools open in September
    only); in each later academic year of the run it is September, or the first term that the bid allows. Nothing opens
    before the day on which the scenario stands.
    """
    earliest = max(eoi.earliest_opening, scenario.start, scenario.knowledge_date)
    days = _days(eoi, earliest, years)
    slippage = slippage_of(scenario)
    return tuple(
        Opening(
            day=day,
            year=academic_year(day),
            by_commitment=open_by(day, scenario.commitment.by, slippage),
            open_shares=tuple(open_share(day, year, slippage) for year in years),
            size=size,
        )
        for size in range(len(eoi.sizes))
        for day in days
        if day <= scenario.horizon and academic_year(day) in years
    )
