"""The numbers that calibration learns, and what is believed of each before: the scenario's own triangles.

Parameters are moved about on a normal scale: x = F^-1(Phi(z)) where F is the triangle's distribution function, so that the prior
of every z is the standard normal and no move leaves its range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.problem import Finding, InputProblem, suggestion
from sufficiency.scenario.figures import Figure
from sufficiency.scenario.numbers import Number, number_at, numbers
from sufficiency.scenario.scenario import DISTRIBUTIONS, MIXES, Scenario

PATHWAY = ("decisions", "advice", "assessment_team", "demand.priority_share")
"""Where the assessment pathway's own ranges are: those are calibrated unless others are named."""
MOST_PARAMETERS = 40


@dataclass(frozen=True)
class Parameter:
    """A number to be calibrated: its path, unit and triangle, and whether it is a whole number."""

    path: str
    unit: str
    low: float
    mode: float
    high: float
    whole: bool

    def values(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """The parameter at normal scores ``z``, the same shape; whole numbers are rounded."""
        from scipy.special import ndtr

        found = self.quantiles(ndtr(z))
        return np.round(found) if self.whole else found

    def quantiles(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        """Inverse distribution function of the triangle at ``u``, the same shape, before rounding."""
        width = self.high - self.low
        rising = (self.mode - self.low) / width
        up = self.low + np.sqrt(u * width * (self.mode - self.low))
        down = self.high - np.sqrt((1 - u) * width * (self.high - self.mode))
        return np.where(u < rising, up, down)

    @property
    def grid(self) -> NDArray[np.float64]:
        """Equally likely values of the prior as simulated, whole numbers rounded, in order; shape (10000,)."""
        found = self.quantiles((np.arange(10_000) + 0.5) / 10_000)
        return np.round(found) if self.whole else found


def parameters_of(scenario: Scenario, names: Sequence[str] = ()) -> tuple[Parameter, ...]:
    """The parameters named by dotted path (a table's path means all its entries), or every range of the assessment pathway.

    Raises InputProblem for a path that leads nowhere, a figure without a range, or shares that must sum to 1.
    """
    chosen = [number for name in names for number in _named(scenario, name)] if names else _of_pathway(scenario)
    unique = {number.path: number for number in chosen}
    if not unique:
        raise InputProblem(
            "there is nothing to calibrate",
            where=f"scenario {scenario.name}",
            allowed="figures with low and high under decisions, advice or assessment_team, or named by --parameters",
            mend="give ranges to the figures that are not known",
        )
    if len(unique) > MOST_PARAMETERS:
        raise InputProblem(
            "there are too many parameters", value=len(unique), allowed=f"at most {MOST_PARAMETERS}", mend="name fewer"
        )
    return tuple(_parameter(number) for number in unique.values())


def _of_pathway(scenario: Scenario) -> list[Number]:
    inside = tuple(f"{section}." for section in PATHWAY)
    return [n for n in numbers(scenario) if _is_range(n) and f"{n.figure_path}.".startswith(inside) and not _tied(n)]


def _named(scenario: Scenario, name: str) -> list[Number]:
    figures = dict(scenario.figures())
    if isinstance(figure := figures.get(name), Figure) and "" not in figure.leaves:
        found = [Number(f"{name}.{leaf}", name, figure, leaf) for leaf in figure.leaves]
        found = [number for number in found if _is_range(number)]
        if not found:
            raise _without_range(name)
    else:
        try:
            found = [number_at(scenario, name)]
        except Finding as finding:
            known = [path for path, each in figures.items() if each.is_range]
            problem = finding.problem(where=f"--parameters, scenario {scenario.name}")
            problem.mend = suggestion(name, [*known, *(n.path for n in numbers(scenario) if _is_range(n))], problem.mend)
            raise problem from None
    for number in found:
        if _tied(number):
            raise InputProblem(
                "shares that must sum to 1 cannot be calibrated one by one", where="--parameters", value=name, mend="leave it out"
            )
        if not _is_range(number):
            raise _without_range(name)
    return found


def _without_range(name: str) -> InputProblem:
    return InputProblem(
        "the figure has no range to calibrate within",
        where="--parameters",
        value=name,
        allowed="figures with low and high",
        mend="give it low and high in the scenario, or leave it out",
    )


def _is_range(number: Number) -> bool:
    span = number.span
    return span is not None and span[2] > span[0]


def _tied(number: Number) -> bool:
    return number.figure_path in (*DISTRIBUTIONS, *MIXES)


def _parameter(number: Number) -> Parameter:
    span = number.span
    if span is None:
        raise _without_range(number.path)
    return Parameter(number.path, number.figure.unit, *span, whole=number.is_whole)
