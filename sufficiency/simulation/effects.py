"""What interventions do to a quantity, week by week."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.calendar import Calendar
from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.scenario.money import Intervention
from sufficiency.scenario.scenario import Scenario


def ramp(intervention: Intervention, weeks_from_start: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of its full effect an intervention has, so many weeks after it starts: a straight line over its ramp."""
    if intervention.ramp == 0:
        return (weeks_from_start >= 0).astype(np.float64)
    share: NDArray[np.float64] = np.clip((weeks_from_start + 1) / intervention.ramp, 0.0, 1.0)
    return share


def multiplier(scenario: Scenario, quantity: str) -> NDArray[np.float64]:
    """Factor on ``quantity`` in each week, shape (weeks,): the product of all enabled interventions on all of it."""
    factor = np.ones(scenario.calendar.weeks)
    for intervention in scenario.interventions.values():
        if intervention.enabled and intervention.quantity == quantity and intervention.reaches_all:
            factor *= _factor(scenario, intervention)
    return np.maximum(factor, 0.0)


def multiplier_in_part(scenario: Scenario, quantity: str) -> NDArray[np.float64] | None:
    """Factor of the enabled interventions that reach a part of ``quantity``, shape (areas, needs, phases, weeks).

    An axis along which none of them distinguishes has length 1; None where there is no such intervention.
    """
    found = [i for i in scenario.interventions.values() if i.enabled and i.quantity == quantity and not i.reaches_all]
    if not found:
        return None
    whole = {"areas": scenario.area_codes, "needs": NEEDS.codes, "phases": PHASES.codes}
    codes = {name: known if any(getattr(i, name) for i in found) else ("",) for name, known in whole.items()}
    factor = np.ones((*(len(known) for known in codes.values()), scenario.calendar.weeks))
    for intervention in found:
        reached = (_positions(known, getattr(intervention, name)) for name, known in codes.items())
        factor[np.ix_(*reached)] *= _factor(scenario, intervention)
    return np.maximum(factor, 0.0)


@lru_cache(maxsize=64)
def repeating(calendar: Calendar, year: str | None) -> NDArray[np.int64]:
    """The week that each week repeats, shape (weeks,): itself, or the same week of ``year`` in all years after it."""
    weeks = np.arange(calendar.weeks)
    if year is None:
        return weeks
    years = calendar.calendar_years
    first = np.searchsorted(years, years)  # each week's first week of its year
    repeated = np.flatnonzero(years == int(year))
    # A 53rd week repeats the 52nd of a shorter year.
    same: NDArray[np.int64] = repeated[np.minimum(weeks - first, repeated.size - 1)]
    return np.where(years > int(year), same, weeks)


def policy_weeks(scenario: Scenario) -> NDArray[np.int64]:
    """The week whose policy each week has, shape (weeks,)."""
    still = scenario.demand.still
    return repeating(scenario.calendar, still.policy if still else None)


def _factor(scenario: Scenario, intervention: Intervention) -> NDArray[np.float64]:
    weeks = policy_weeks(scenario)
    factor: NDArray[np.float64] = 1 + intervention.effect.value * ramp(
        intervention, weeks - scenario.calendar.week_of(intervention.starts)
    )
    return factor


def _positions(known: tuple[str, ...], named: tuple[str, ...] | None) -> list[int]:
    return list(range(len(known))) if named is None else [known.index(code) for code in named]
