"""A variant of the account: pupils, activity and income by some per cent more or less, without a new simulation."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from sufficiency.domain.problem import Finding
from sufficiency.scenario.figures import Figure, Frozen
from sufficiency.scenario.tables import MOST_PERCENT, CategoryPercents

Percent = Annotated[float, Field(ge=-100, le=MOST_PERCENT)]


class Variant(Frozen):
    """Percentages by which the account departs from what is simulated and priced: where the sliders of the Money page stand.

    The same children are paid for in other numbers or at other prices. What changes for the children themselves, such as rates
    and places, is changed in the other sections and simulated.
    """

    pupils: Figure[CategoryPercents] | None = None
    """Pupil numbers by DSG category, %: pupil-years, and places where they are bought by pupil; unit costs stay."""
    activity: Figure[CategoryPercents] | None = None
    """Activity or unit cost by DSG category, %: all of its spend."""
    income_growth: Figure[Percent] | None = None
    """Growth of the high-needs allocation a year on top of its own, %."""

    @model_validator(mode="after")
    def _check_figures(self) -> Self:
        figures = {name: getattr(self, name) for name in type(self).model_fields}
        if not any(figures.values()):
            raise Finding("the variant changes nothing", allowed=", ".join(figures), mend="give one of them, or leave it out")
        for name, figure in figures.items():
            if figure is not None and figure.is_range:
                raise Finding(
                    "a variant has no ranges", at=f"{name}.low", mend="leave low and high out: a variant is one place to stand"
                )
        return self
