"""How far interventions act on prices, and how long they run.

Only those on ``independent_fee`` and ``top_up`` act here. The others (requests, refusals, specialist need, placements) change
what happens to children: they act in the simulation and reach the account through its pupil-years, so none is applied twice.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sufficiency.domain.calendar import Calendar
from sufficiency.dsg.prices import Array
from sufficiency.scenario.money import Intervention, Quantity
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.effects import multiplier


def enabled(scenario: Scenario) -> tuple[str, ...]:
    """Ids of the interventions that the mitigated scenario contains."""
    return tuple(key for key, intervention in scenario.interventions.items() if intervention.enabled)


def price_factor(scenarios: Sequence[Scenario], quantity: Quantity) -> Array:
    """What the enabled interventions on ``quantity`` leave of it, [future, financial_year]; exactly 1 where there are none.

    ``scenarios`` are drawn, one a future, with one calendar. The weekly factor is the simulation's own, so that a ramp means
    the same wherever an intervention acts; the year's factor is the mean of its weeks.
    """
    weekly = np.array([multiplier(scenario, quantity) for scenario in scenarios])
    return _year_means(weekly, scenarios[0].calendar)


def active_share(intervention: Intervention, calendar: Calendar) -> Array:
    """Share of each whole financial year in which the intervention runs, [financial_year]."""
    running = np.arange(calendar.weeks) >= calendar.week_of(intervention.starts)
    return _year_means(running.astype(np.float64), calendar)


def _year_means(weekly: Array, calendar: Calendar) -> Array:
    """Means of the whole financial years, [..., financial_year], of values [..., week].

    Summed before they are divided, so that what is 1 in every week is exactly 1 in the year.
    """
    years = np.array(calendar.whole_financial_years)
    member = (calendar.financial_years[:, np.newaxis] == years).astype(np.float64)
    means: Array = (weekly @ member) / member.sum(axis=0)
    return means
