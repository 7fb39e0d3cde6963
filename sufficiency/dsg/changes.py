"""Changes of numbers, prices and income that redraw an account from stored pupil-years, without a new simulation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sufficiency.domain.dictionaries import DSG_CATEGORIES
from sufficiency.domain.problem import InputProblem, suggestion

MOST_PERCENT = 300.0
"""Largest change, %: four times as much. Nothing can be less than nothing."""


@dataclass(frozen=True)
class Changes:
    """What differs from the account as it was simulated; percentages, +10.0 is a tenth more. All of it raises InputProblem where
    a category is unknown or a percentage out of range."""

    pupils: Mapping[str, float] = field(default_factory=dict)
    """Pupil numbers by DSG category: pupil-years, and places where they are bought by pupil; unit costs stay."""
    activity: Mapping[str, float] = field(default_factory=dict)
    """Activity or unit cost by DSG category: all of its spend."""
    income_growth: float = 0.0
    """Growth of the high-needs allocation a year on top of its own, %."""

    def __post_init__(self) -> None:
        for name, table in (("pupil numbers", self.pupils), ("activity or unit cost", self.activity)):
            for category, percent in table.items():
                if category not in DSG_CATEGORIES:
                    known = DSG_CATEGORIES.codes
                    raise InputProblem(
                        "unknown category", where=name, value=category, allowed=", ".join(known),
                        mend=suggestion(category, known, "use one of these"),
                    )  # fmt: skip
                _check(percent, f"{name}, {category}")
        _check(self.income_growth, "growth of income")

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is changed."""
        return not (any(self.pupils.values()) or any(self.activity.values()) or self.income_growth)


def _check(percent: float, where: str) -> None:
    if not -100 <= percent <= MOST_PERCENT:
        raise InputProblem("the change is out of range", where=where, value=percent, allowed=f"-100 to {MOST_PERCENT:.0f} %")


NOTHING = Changes()
