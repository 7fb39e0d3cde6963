"""Limits that a scenario may have besides capital and projects a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sufficiency.domain.problem import InputProblem, suggestion
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.shortlisting import Cap

_WORDS = {"setting": "bids of {}", "group": "bids of {}", "type": "bids for {} places", "area": "bids in {}", "all": "bids"}


@dataclass(frozen=True)
class NumberLimit:
    """How many bids of a setting, group, type or area may be taken forward."""

    name: str
    of: str
    who: str
    """Which one; empty for all bids."""
    exactly: bool
    number: int

    def counts(self, eoi: ExpressionOfInterest) -> bool:
        """Whether a bid is one of those counted."""
        return self.of == "all" or _value(eoi, self.of) == self.who

    @property
    def words(self) -> str:
        """What is counted."""
        return _WORDS[self.of].format(self.who)


@dataclass(frozen=True)
class FurtherLimits:
    """Limits that a scenario may have besides capital and projects a year; an absent one is no limit."""

    capital_by_year: Mapping[int, float]
    """Most capital in £ by financial year (the calendar year in which it began)."""
    construction_slots: int | None
    """Most projects under construction in an academic year."""
    numbers: tuple[NumberLimit, ...]
    """Most, or exact, numbers of bids."""
    least_places: Mapping[str, float]
    """Least expected places by area."""

    @classmethod
    def of(cls, scenario: Scenario, eois: Sequence[ExpressionOfInterest]) -> FurtherLimits:
        """Those of a scenario; raises InputProblem where a cap names what no bid has."""
        limits = scenario.shortlist
        by_year = {int(year): most for year, most in limits.capital_by_year.value.items()} if limits.capital_by_year else {}
        least = dict(limits.least_places.value) if limits.least_places else {}
        slots = limits.construction_slots.value if limits.construction_slots else None
        caps = dict(limits.caps)
        if limits.most_per_setting:
            caps = {"setting": Cap(of="setting", at_most=limits.most_per_setting.value), **caps}
        numbers = tuple(limit for name, cap in caps.items() for limit in _numbers(name, cap, eois))
        return cls(by_year, slots, numbers, least)


NO_FURTHER_LIMITS = FurtherLimits({}, None, (), {})


def _value(eoi: ExpressionOfInterest, of: str) -> str:
    return {"setting": eoi.setting_name, "group": eoi.group, "type": eoi.setting, "area": eoi.area}[of]


def _numbers(name: str, cap: Cap, eois: Sequence[ExpressionOfInterest]) -> list[NumberLimit]:
    """A cap as one limit, or as one for each setting, group, type or area that bids name."""
    number = cap.at_most if cap.at_most is not None else cap.exactly
    exactly = cap.exactly is not None
    if cap.of == "all":
        return [NumberLimit(name, cap.of, "", exactly, number or 0)]
    known = sorted({value for eoi in eois if (value := _value(eoi, cap.of))})
    if cap.name is not None and cap.name not in known and eois:
        mend = suggestion(cap.name, known, "name one that a bid has")
        raise InputProblem(f"no bid has this {cap.of}", where=f"shortlist.caps.{name}.name", value=cap.name, mend=mend)
    chosen = known if cap.name is None else [cap.name]
    return [NumberLimit(name, cap.of, who, exactly, number or 0) for who in chosen]
