"""What interventions do to a quantity, week by week."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.scenario.money import Intervention
from sufficiency.scenario.scenario import Scenario


def ramp(intervention: Intervention, weeks_from_start: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of its full effect an intervention has, so many weeks after it starts: a straight line over its ramp."""
    if intervention.ramp == 0:
        return (weeks_from_start >= 0).astype(np.float64)
    share: NDArray[np.float64] = np.clip((weeks_from_start + 1) / intervention.ramp, 0.0, 1.0)
    return share


def multiplier(scenario: Scenario, quantity: str) -> NDArray[np.float64]:
    """Factor on ``quantity`` in each week, shape (weeks,): the product of all enabled interventions on it."""
    calendar = scenario.calendar
    factor = np.ones(calendar.weeks)
    weeks = np.arange(calendar.weeks)
    for intervention in scenario.interventions.values():
        if intervention.enabled and intervention.quantity == quantity:
            since = weeks - calendar.week_of(intervention.starts)
            factor *= 1 + intervention.effect.value * ramp(intervention, since)
    return np.maximum(factor, 0.0)
