"""Changes of numbers, prices and income that redraw an account from stored pupil-years, without a new simulation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sufficiency.domain.dictionaries import DSG_CATEGORIES
from sufficiency.domain.problem import InputProblem, suggestion
from sufficiency.scenario.tables import MOST_PERCENT
from sufficiency.scenario.variant import Variant


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


def changes_in(variant: Variant | None) -> Changes:
    """The changes that a scenario's variant names."""
    if variant is None:
        return NOTHING
    tables = {name: {} if (figure := getattr(variant, name)) is None else figure.value for name in ("pupils", "activity")}
    growth = 0.0 if variant.income_growth is None else variant.income_growth.value
    return Changes(**tables, income_growth=growth)


def together(one: Changes, other: Changes) -> Changes:
    """Both at once: a tenth more of a fifth more is 32 % more. Raises InputProblem where that is out of range."""

    def both(a: float, b: float) -> float:
        return a + b + a * b / 100  # written so that nothing more leaves a number exactly as it was

    tables = {
        name: {
            category: both(first.get(category, 0.0), second.get(category, 0.0))
            for category in DSG_CATEGORIES.codes
            if category in first or category in second
        }
        for name, first, second in (("pupils", one.pupils, other.pupils), ("activity", one.activity, other.activity))
    }
    return Changes(**tables, income_growth=both(one.income_growth, other.income_growth))


def _check(percent: float, where: str) -> None:
    if not -100 <= percent <= MOST_PERCENT:
        raise InputProblem("the change is out of range", where=where, value=percent, allowed=f"-100 to {MOST_PERCENT:.0f} %")


NOTHING = Changes()
