"""Limits that a scenario may have besides capital and projects a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.scenario import Scenario


@dataclass(frozen=True)
class FurtherLimits:
    """Limits that a scenario may have besides capital and projects a year; an absent one is no limit."""

    capital_by_year: Mapping[int, float]
    """Most capital in £ by financial year (the calendar year in which it began)."""
    construction_slots: int | None
    """Most projects under construction in an academic year."""
    most_per_setting: int | None
    """Most bids of one setting."""
    least_places: Mapping[str, float]
    """Least expected places by area."""

    @classmethod
    def of(cls, scenario: Scenario) -> FurtherLimits:
        """Those of a scenario; raises InputProblem where an area is unknown."""
        limits = scenario.shortlist
        by_year = {int(year): most for year, most in limits.capital_by_year.value.items()} if limits.capital_by_year else {}
        least = dict(limits.least_places.value) if limits.least_places else {}
        for area in least:
            if area not in scenario.areas:
                raise InputProblem(
                    "unknown area", where="shortlist.least_places", value=area, allowed=", ".join(scenario.area_codes)
                )
        slots = limits.construction_slots.value if limits.construction_slots else None
        return cls(by_year, slots, limits.most_per_setting.value if limits.most_per_setting else None, least)


NO_FURTHER_LIMITS = FurtherLimits({}, None, None, {})
