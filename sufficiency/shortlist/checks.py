"""Every limit of a shortlist checked from the data: shares nothing with the rows that the solver is given."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sufficiency.domain.calendar import academic_year_label
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.shortlist.building import spend_profile, years_of_building
from sufficiency.shortlist.problem import Candidate, ShortlistProblem

ROUNDING = 1.0
"""£ by which capital may exceed its limit through rounding of large sums."""


@dataclass(frozen=True)
class LimitCheck:
    """One limit: what a choice uses of what is allowed."""

    family: str
    """one_opening, capital, projects_per_year, must_have, quality, earliest_opening,
    candidate, capital_by_year, construction_slots, number_of_bids, least_places, exclusive or requires."""
    what: str
    """The limit in words."""
    used: float
    allowed: float

    @property
    def kept(self) -> bool:
        """Whether the limit is kept."""
        return self.used <= self.allowed + (ROUNDING if self.family.startswith("capital") else 1e-9)


def limit_checks(problem: ShortlistProblem, chosen: Mapping[int, int]) -> tuple[LimitCheck, ...]:
    """Every limit with what the choice uses of it."""
    picked = [(problem.candidates[position], opening) for position, opening in chosen.items()]
    ids = Counter(candidate.eoi.id for candidate, _ in picked)
    screened = {bid.eoi.id for bid in problem.screened}
    per_year = Counter(candidate.openings[opening].year for candidate, opening in picked)
    checks = [LimitCheck("capital", "capital in £", sum(c.capital_at(o) for c, o in picked), problem.capital)]
    for year in problem.years:
        what = f"projects that open in {academic_year_label(year)}"
        checks.append(LimitCheck("projects_per_year", what, per_year[year], problem.projects_per_year))
    for position in problem.forced_in:
        lacking = float(position not in chosen)
        checks.append(LimitCheck("must_have", f"{problem.candidates[position].eoi.id} lacking", lacking, 0))
    for candidate, opening in picked:
        eoi, day = candidate.eoi, candidate.openings[opening].day
        checks.append(LimitCheck("one_opening", f"openings of {eoi.id}", ids[eoi.id], 1))
        checks.append(LimitCheck("quality", f"quality lacking in {eoi.id}", problem.lowest_quality - candidate.quality, 0))
        early = (eoi.earliest_opening - day).days
        checks.append(LimitCheck("earliest_opening", f"days before the earliest opening of {eoi.id}", early, 0))
        barred = eoi.id in screened or eoi.chance_of_opening <= 0 or not _in_term(eoi, day)
        checks.append(LimitCheck("candidate", f"{eoi.id} barred", float(barred), 0))
    return (*checks, *_further(problem, picked))


def _further(problem: ShortlistProblem, picked: list[tuple[Candidate, int]]) -> list[LimitCheck]:
    """Limits that a scenario or a bid may have besides."""
    further, checks = problem.further, []
    openings = [(candidate, candidate.openings[opening].day, opening) for candidate, opening in picked]
    for year, most in further.capital_by_year.items():
        spent = sum(candidate.capital_at(o) * spend_profile(candidate.eoi, day).get(year, 0.0) for candidate, day, o in openings)
        checks.append(LimitCheck("capital_by_year", f"capital in £ spent in {year}-{(year + 1) % 100:02d}", spent, most))
    if further.construction_slots is not None:
        built = Counter(year for candidate, day, _ in openings for year in years_of_building(candidate.eoi, day))
        for year, number in sorted(built.items()):
            what = f"projects under construction in {academic_year_label(year)}"
            checks.append(LimitCheck("construction_slots", what, number, further.construction_slots))
    for limit in further.numbers:
        number = sum(limit.counts(candidate.eoi) for candidate, _ in picked)
        checks.append(LimitCheck("number_of_bids", limit.words, number, limit.number))
        if limit.exactly:
            checks.append(LimitCheck("number_of_bids", f"{limit.words} lacking", limit.number - number, 0))
    for area, least in further.least_places.items():
        lacking = least - sum(candidate.expected_at(o) for candidate, o in picked if candidate.eoi.area == area)
        checks.append(LimitCheck("least_places", f"places lacking in {problem.area_labels[area]}", lacking, 0))
    ids = {candidate.eoi.id for candidate, _ in picked}
    ids |= {bid.eoi.id for bid in problem.screened if bid.adopted}
    for candidate, _ in picked:
        eoi = candidate.eoi
        if eoi.exclusive_with:
            checks.append(LimitCheck("exclusive", f"bids that {eoi.id} excludes", len(ids & set(eoi.exclusive_with)), 0))
        if eoi.requires:
            checks.append(LimitCheck("requires", f"bids that {eoi.id} lacks", len(set(eoi.requires) - ids), 0))
    return checks


def _in_term(eoi: ExpressionOfInterest, day: dt.date) -> bool:
    """Whether the bid may open in the term that begins on ``day``: special schools in September, others as they say."""
    if eoi.setting == "special" and day.month != 9:
        return False
    return not eoi.opening_terms or f"{day:%B}".lower() in eoi.opening_terms
