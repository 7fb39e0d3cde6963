"""Posts and money from capacity: units of work a year times hours a unit over hours a post."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.scenario.figures import Figure
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.staffing import DEFAULT_STAFFING, Staffing
from sufficiency.simulation.streams import Streams


@dataclass(frozen=True)
class Extra:
    """What more staff means, by future: posts, and £ a year."""

    psychologists: NDArray[np.float64]
    """Full-time equivalents more, shape (futures,)."""
    team: NDArray[np.float64]
    cost: NDArray[np.float64]


def drawn_staffing(scenario: Scenario, futures: int, base_seed: int) -> list[Staffing]:
    """Hours and costs as drawn in each future, by the streams that scenarios use."""
    figures = scenario.staffing or DEFAULT_STAFFING
    drawn = []
    for replication in range(futures):
        streams = Streams(base_seed, replication)
        changes = {}
        for name in type(figures).model_fields:
            figure: Figure[float] = getattr(figures, name)
            changes[name] = figure.drawn(np.array([streams.uniform(f"parameter/staffing/{name}/")]))
        drawn.append(figures.model_copy(update=changes))
    return drawn


def extra(staffing: list[Staffing], advice: NDArray[np.float64], cases: NDArray[np.float64], years: float) -> Extra:
    """Posts and cost of ``advice`` and ``cases`` more (each by future, shape (futures,)) over so many ``years``."""
    hours = np.array([(s.hours_of_advice.value, s.hours_of_case.value, s.hours_a_year.value) for s in staffing])
    cost = np.array([(s.psychologist_cost.value, s.officer_cost.value) for s in staffing])
    psychologists = advice / years * hours[:, 0] / hours[:, 2]
    team = cases / years * hours[:, 1] / hours[:, 2]
    return Extra(psychologists, team, psychologists * cost[:, 0] + team * cost[:, 1])
