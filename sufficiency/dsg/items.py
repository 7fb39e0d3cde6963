"""What the high-needs account is made of: items, each a quantity times a unit cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np

from sufficiency.domain.dictionaries import CATEGORY_OF_SETTING, SETTINGS
from sufficiency.dsg.interventions import active_share, enabled, price_factor
from sufficiency.dsg.prices import Array, Prices, growth
from sufficiency.scenario.scenario import Scenario

Unit = Literal["place", "pupil-year", "year"]

LINES = ("places", "top_ups", "fees", "no_plan", "other")
"""Lines of the account, in the order in which tables show them."""

CATEGORY_OF_NO_PLAN = "mainstream"
"""Category of top-ups for children without a plan: they are in mainstream schools."""

CATEGORY_OF_OTHER_LINE = {
    "hospital_education": "alternative",
    "alternative_learning": "alternative",
    "provision_without_plan": "alternative",
}
"""Category of lines that follow neither places nor pupils; those not named here are in category ``other``."""


class Item(NamedTuple):
    """What one quantity and one unit cost belong to."""

    category: str
    """Code of the DSG category."""
    line: str
    """One of :data:`LINES`."""
    code: str
    """The setting, the name of the lump sum, or ``intervention/`` and its id."""
    unit: Unit
    """What is counted: places, pupil-years or, for a sum paid each year, years."""


class PricedItem(NamedTuple):
    """An item with its quantity and unit cost in £, both broadcastable to [future, financial_year]."""

    item: Item
    quantity: Array
    unit_cost: Array


def priced_items(
    prices: Prices, place_years: Array, pupil_years: Array, sampling: Array, scenarios: Sequence[Scenario], *, mitigated: bool
) -> Iterator[PricedItem]:
    """Every item of the account, in the order of :data:`LINES`.

    ``place_years`` and ``pupil_years`` are [future, financial_year, setting]; ``sampling`` (of fees) is [future, financial_year].
    ``scenarios`` are drawn, one a future. ``mitigated`` lets the enabled interventions act on prices, and cost.
    """
    years = pupil_years.shape[1]
    inflation = growth(prices.inflation, years)
    top_up_growth, fee_growth = inflation, growth(prices.fee_inflation, years)
    if mitigated:
        top_up_growth = top_up_growth * price_factor(scenarios, "top_up")
        fee_growth = fee_growth * price_factor(scenarios, "independent_fee")
    fee = prices.independent_fee[:, np.newaxis] * fee_growth * sampling

    settings = tuple(enumerate(SETTINGS.codes))
    for i, setting in settings:
        # Commissioned places are paid for whether a child sits in them or not; their rate is set nationally and stays.
        quantity = place_years[:, :, i] + prices.other_places[:, i, np.newaxis]
        yield PricedItem(_of_setting(setting, "places", "place"), quantity, prices.place_rate[:, i, np.newaxis])
    for i, setting in settings:
        unit_cost = prices.top_up[:, i, np.newaxis] * top_up_growth
        yield PricedItem(_of_setting(setting, "top_ups", "pupil-year"), pupil_years[:, :, i], unit_cost)
    independent = pupil_years[:, :, SETTINGS.index("independent")]
    yield PricedItem(_of_setting("independent", "fees", "pupil-year"), independent, fee)

    every_year = np.ones((1, 1))
    no_plan = prices.no_plan_top_ups[:, np.newaxis] * inflation
    yield PricedItem(Item(CATEGORY_OF_NO_PLAN, "no_plan", "no_plan_top_ups", "year"), every_year, no_plan)
    for i, code in enumerate(prices.other_line_codes):
        item = Item(CATEGORY_OF_OTHER_LINE.get(code, "other"), "other", code, "year")
        yield PricedItem(item, every_year, prices.other_lines[:, i, np.newaxis] * inflation)
    if mitigated:
        yield from _intervention_costs(scenarios, inflation)


def _of_setting(setting: str, line: str, unit: Unit) -> Item:
    return Item(CATEGORY_OF_SETTING[setting], line, setting, unit)


def _intervention_costs(scenarios: Sequence[Scenario], inflation: Array) -> Iterator[PricedItem]:
    """What each enabled intervention costs from its start, whatever it acts on; the cost grows as other lines do."""
    for key in enabled(scenarios[0]):
        costs = [scenario.interventions[key].yearly_cost for scenario in scenarios]
        yearly = np.array([0.0 if cost is None else cost.value for cost in costs])
        running = active_share(scenarios[0].interventions[key], scenarios[0].calendar)
        item = Item("other", "other", f"intervention/{key}", "year")
        yield PricedItem(item, running[np.newaxis, :], yearly[:, np.newaxis] * inflation)
