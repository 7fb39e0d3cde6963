"""Paired comparison of runs: the difference of each measure, future by future.

Scenarios with the same base seed share all random numbers, so a difference has a far narrower band than either result.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.measure import Measure
from sufficiency.experiment.run import Run
from sufficiency.scenario.scenario import Scenario


def check_comparable(base: Scenario, other: Scenario) -> None:
    """Raise InputProblem where runs of two scenarios could not be compared: weeks or areas differ."""
    for what, a, b in (
        ("weeks (start and horizon)", _weeks(base), _weeks(other)),
        ("areas", ", ".join(base.area_codes), ", ".join(other.area_codes)),
    ):
        if a != b:
            raise _unlike(what, base, other, f"{a} and {b}")


def check_alike(base: Run, other: Run) -> None:
    """Raise InputProblem where two runs cannot be compared future by future: seed, futures, weeks or areas differ."""
    check_comparable(base.scenario, other.scenario)
    if base.base_seed != other.base_seed:
        raise _unlike("base seeds", base.scenario, other.scenario, f"{base.base_seed} and {other.base_seed}")
    if base.replications != other.replications:
        raise _unlike("futures", base.scenario, other.scenario, f"{base.futures} and {other.futures}")


def _unlike(what: str, base: Scenario, other: Scenario, value: str) -> InputProblem:
    return InputProblem(
        f"the two results cannot be compared: their {what} differ",
        where=f"{base.title} and {other.title}",
        value=value,
        mend="run both with the same start, horizon, areas, seed and number of futures",
    )


def paired(base: Sequence[Measure], other: Sequence[Measure]) -> list[Measure]:
    """``other`` less ``base``, measure by measure; ratios are formed first, over all their dimensions together.

    Both come from runs that passed :func:`check_alike`; measures only one of them has are left out.
    """
    known = {(m.name, m.period_kind): m for m in base}
    found = []
    for measure in other:
        before = known.get((measure.name, measure.period_kind))
        if before is None or before.periods != measure.periods:
            continue
        if measure.denominator is None or before.denominator is None:
            found.append(_changed(measure, measure.values.astype(np.float64) - before.values))
            continue
        axes = tuple(range(2, measure.values.ndim))
        (a, a_below), (b, b_below) = (
            (m.values.sum(axis=axes), m.denominator.sum(axis=axes))  # type: ignore[union-attr]
            for m in (before, measure)
        )
        both = ((a_below > 0) & (b_below > 0)).astype(np.int64)
        ratio = b / np.maximum(b_below, 1) - a / np.maximum(a_below, 1)
        found.append(Measure(measure.name, measure.unit, measure.period_kind, measure.periods, {}, ratio * both, both))
    return found


def _changed(measure: Measure, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Measure:
    return Measure(measure.name, measure.unit, measure.period_kind, measure.periods, measure.dimensions, values)


def _weeks(scenario: Scenario) -> str:
    return f"{scenario.start} to {scenario.horizon}"
