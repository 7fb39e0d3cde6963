"""What it would be worth to know an assumption before deciding: expected value of perfect information.

With all known, the best option is taken in every future; without, the one best on average. What a single number is worth is
found by regression of the options' values on it (Strong and Oakley 2013), with a cubic in its rank. Chance alone makes such an
estimate positive: what shuffled numbers give is taken off, and a number that does not stand out from them is worth nothing known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sufficiency.dsg.prices import Array
from sufficiency.scenario.figures import Figure
from sufficiency.scenario.scenario import Scenario

SHUFFLES = 4000
_DEGREE = 3
_CHANCE = 0.05
"""How likely any number at all is to stand out by chance alone."""


@dataclass(frozen=True)
class Information:
    """What knowing is worth for one decision, in the unit of its values."""

    best: int
    """Position of the option that is best on average."""
    perfect: float
    """What knowing everything before deciding would be worth."""
    numbers: dict[str, float]
    """What knowing one number would be worth, largest first; only those that stand out from shuffled ones."""


def information(values: Array, numbers: Mapping[str, Array], seed: int) -> Information:
    """The worth of knowing, from the ``values`` of each option, [future, option], and the ``numbers`` drawn, each [future]."""
    means = values.mean(axis=0)
    perfect = float(values.max(axis=1).mean() - means.max())
    varied = {name: number for name, number in numbers.items() if np.ptp(number) > 0}
    rng = np.random.default_rng(seed)
    # Powers of ranks are the same numbers for every figure, in another order: what chance gives is the same for all.
    ranks = _basis(np.arange(len(values), dtype=np.float64))
    chance = np.array([_partial(values, rng.permutation(ranks)) for _ in range(SHUFFLES)])
    threshold = float(np.quantile(chance, 1 - _CHANCE / max(len(varied), 1)))
    worth = {name: _partial(values, _basis(number)) for name, number in varied.items()}
    found = {name: min(w - float(chance.mean()), perfect) for name, w in worth.items() if w > threshold}
    return Information(int(means.argmax()), perfect, dict(sorted(found.items(), key=lambda item: -item[1])))


def drawn_numbers(scenarios: Sequence[Scenario], on: Collection[str]) -> dict[str, Array]:
    """Every single drawn number of the scenarios, one a future, by dotted path: tables are left out.

    Of interventions only those named in ``on``; what is delivered of one is its effect.
    """
    off = tuple(f"interventions.{key}." for key in scenarios[0].interventions if key not in on)
    columns: dict[str, list[float]] = {}
    for scenario in scenarios:
        for path, figure in scenario.figures():
            if _is_number(figure) and not path.startswith((*off, "shortlist.")):
                columns.setdefault(path, []).append(float(figure.value))
    return {path: np.array(column) for path, column in columns.items() if len(column) == len(scenarios)}


def _is_number(figure: Figure[object]) -> bool:
    return isinstance(figure.value, int | float) and not isinstance(figure.value, bool)


def _basis(number: Array) -> Array:
    """Powers of the number's rank on (-1, 1), orthonormal, [future, power]; the first is constant."""
    rank = np.argsort(np.argsort(number, kind="stable"), kind="stable")
    scaled = (2 * rank + 1) / len(number) - 1
    columns, _ = np.linalg.qr(np.vander(scaled, _DEGREE + 1, increasing=True))
    return np.asarray(columns)


def _partial(values: Array, basis: Array) -> float:
    """Expected value of deciding on the fitted values, less that of deciding on the means."""
    fitted = basis @ (basis.T @ values)
    return float(fitted.max(axis=1).mean() - values.mean(axis=0).max())
