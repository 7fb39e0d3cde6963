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
_TERM_MONTHS = {"september": 9, "january": 1, "april": 4}


@dataclass(frozen=True)
class Opening:
    """One day on which a bid's places may open at one of its sizes: the unit of choice is (expression of interest, opening)."""

    day: dt.date
    """First day of the places as bid."""
    year: int
    """Calendar year in which the academic year of the opening began."""
    by_commitment: float
    """Probability that places that open at all are open by the commitment's day, slippage included."""
    open_shares: tuple[float, ...]
    """Expected share of each academic year of the run in which the places are open, slippage included."""
    size: int = 0
    """Position among the bid's sizes; 0 is the bid itself."""
    slippage: tuple[tuple[int, float], ...] = ((0, 1.0),)
    """Probability of opening so many terms after ``day``."""

    def open_on(self, day: dt.date) -> float:
        """Probability that places that open at all are open on ``day``."""
        return open_by(self.day, day, dict(self.slippage))


def slippage_of(scenario: Scenario) -> Slippage:
    """The scenario's slippage of planned places (middle value), by whole terms."""
    return _scaled({int(terms): share for terms, share in scenario.estate.slippage.value.items()})


def slippage_for(eoi: ExpressionOfInterest, opens: dt.date, scenario: Scenario) -> Slippage:
    """The scenario's slippage or, where the bid tells how uncertain its lead time is, what follows from that.

    Building begins its most likely lead time before ``opens``. With L months of lead time, triangular on (lead_low, lead_months,
    lead_high), the places open at the first term start on or after they are ready, never before ``opens``.
    """
    if eoi.lead_low is None or eoi.lead_high is None:
        return slippage_of(scenario)
    found: dict[int, float] = {}
    before, terms = 0.0, 0
    while before < 1.0:
        day = terms_later(opens, terms)
        months = 12 * (day.year - opens.year) + day.month - opens.month
        ready = _triangular_cdf(eoi.lead_months + months, eoi.lead_low, eoi.lead_months, eoi.lead_high)
        if ready > before:
            found[terms] = ready - before
        before, terms = ready, terms + 1
    return _scaled(found)


def _triangular_cdf(x: float, low: float, mode: float, high: float) -> float:
    """Distribution function of the triangular distribution at ``x``."""
    if x >= high:
        return 1.0
    if x < low:
        return 0.0
    if x < mode:
        return (x - low) ** 2 / ((high - low) * (mode - low))
    return 1.0 - (high - x) ** 2 / ((high - low) * (high - mode))


def _scaled(shares: Mapping[int, float]) -> Slippage:
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


def opening_days(eoi: ExpressionOfInterest, earliest: dt.date, years: tuple[int, ...], every_term: bool) -> list[dt.date]:
    """Days on which the bid may open from ``earliest`` on: special schools in September, others in any term they allow.

    Without ``every_term`` only the first of each academic year: later ones of the same year bring less, and use as much of every
    limit that does not look within the year.
    """
    allowed = {_TERM_MONTHS[term] for term in eoi.opening_terms} or set(_TERM_MONTHS.values())
    if eoi.setting == "special":
        allowed &= {9}
    found: list[dt.date] = []
    day = term_on_or_after(earliest)
    while allowed and academic_year(day) <= max(years, default=0):
        same_year = bool(found) and academic_year(found[-1]) == academic_year(day)
        if day.month in allowed and (every_term or not same_year):
            found.append(day)
        day = terms_later(day, 1)
    return found


def allowed_openings(
    eoi: ExpressionOfInterest, scenario: Scenario, years: tuple[int, ...], *, every_term: bool | None = None
) -> tuple[Opening, ...]:
    """The openings a bid may have, in order, for each of its sizes in turn; empty where it cannot open before the horizon.

    Every term of a year is offered where the bid names its terms, or a limit looks within the year (capital by financial year,
    construction slots); see :func:`opening_days`. Nothing opens before the day on which the scenario stands.
    """
    limits = scenario.shortlist
    if every_term is None:
        every_term = bool(eoi.opening_terms or limits.capital_by_year or limits.construction_slots)
    earliest = max(eoi.earliest_opening, scenario.start, scenario.knowledge_date)
    found = []
    for size in range(len(eoi.sizes)):
        for day in opening_days(eoi, earliest, years, every_term):
            if day <= scenario.horizon and academic_year(day) in years:
                late = slippage_for(eoi, day, scenario)
                found.append(
                    Opening(
                        day=day,
                        year=academic_year(day),
                        by_commitment=open_by(day, scenario.commitment.by, late),
                        open_shares=tuple(open_share(day, year, late) for year in years),
                        size=size,
                        slippage=tuple(late.items()),
                    )
                )
    return tuple(found)
