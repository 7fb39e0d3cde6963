"""What the high-needs account is made of: items, each a quantity times a unit cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np

from sufficiency.domain.dictionaries import CATEGORY_OF_SETTING, SETTINGS
from sufficiency.dsg.interventions import Policy
from sufficiency.dsg.prices import Array, Prices, growth

Unit = Literal["place", "pupil-year", "year"]

LINES = ("places", "top_ups", "fees", "no_plan", "other")
"""Lines of spend, in the order in which tables show them."""

CATEGORY_OF_NO_PLAN = "mainstream"
"""Category of top-ups for children without a plan: they are in mainstream schools."""

CATEGORY_OF_OTHER_LINE = {
    "hospital_education": "alternative",
    "alternative_learning": "alternative",
    "provision_without_plan": "alternative",
}
"""Category of lines that follow neither places nor pupils; those not named here are in category ``other``."""

PLACES_BOUGHT_BY_PUPIL = ("independent", "further_education")
"""Settings whose places are paid for as pupils come; all others are commissioned ahead and cost the same with fewer pupils."""


class Item(NamedTuple):
    """What one quantity and one unit cost belong to."""

    category: str
    """Code of the DSG category."""
    line: str
    """One of :data:`LINES`."""
    code: str
    """The setting (and after a stroke its band), the name of the lump sum, ``intervention/`` or ``programme/`` and its id."""
    unit: Unit
    """What is counted: places, pupil-years or, for a sum paid each year, years."""

    @property
    def follows_pupils(self) -> bool:
        """Whether its quantity changes with the number of pupils."""
        return self.unit == "pupil-year" or (self.unit == "place" and self.code in PLACES_BOUGHT_BY_PUPIL)


class PricedItem(NamedTuple):
    """An item with its quantity and unit cost in £, both broadcastable to [future, financial_year]."""

    item: Item
    quantity: Array
    unit_cost: Array


def priced_items(
    prices: Prices, policy: Policy, place_years: Array, before: Array, after: Array, sampling: Array
) -> Iterator[PricedItem]:
    """Every item of the account, in the order of :data:`LINES`; costs of interventions last.

    ``place_years``, and pupil-years ``before`` and ``after`` interventions moved them, are [future, financial_year, setting];
    ``sampling`` (of fees) is [future, financial_year].
    """
    inflation = growth(prices.inflation, after.shape[1])
    for i, setting in enumerate(SETTINGS.codes):
        # Commissioned places are paid for whether a child sits in them or not; their rate is set nationally and stays.
        ahead, elsewhere = place_years[:, :, i], prices.other_places[:, i, np.newaxis]
        quantity = _places(setting, ahead, elsewhere, before[:, :, i], after[:, :, i])
        yield PricedItem(_of_setting(setting, "places", "place"), quantity, prices.place_rate[:, i, np.newaxis])
    for band in prices.bands:
        i = SETTINGS.index(band.setting)
        unit_cost = (prices.top_up[:, i] * band.weight)[:, np.newaxis] * inflation * policy.top_up[:, :, i]
        code = f"{band.setting}/{band.code}" if band.code else band.setting
        item = Item(CATEGORY_OF_SETTING[band.setting], "top_ups", code, "pupil-year")
        yield PricedItem(item, after[:, :, i] * band.share[:, np.newaxis], unit_cost)
    fee = prices.independent_fee[:, np.newaxis] * growth(prices.fee_inflation, after.shape[1]) * policy.independent_fee * sampling
    yield PricedItem(_of_setting("independent", "fees", "pupil-year"), after[:, :, SETTINGS.index("independent")], fee)

    every_year = np.ones((1, 1))
    no_plan = prices.no_plan_top_ups[:, np.newaxis] * inflation * policy.no_plan_top_ups
    yield PricedItem(Item(CATEGORY_OF_NO_PLAN, "no_plan", "no_plan_top_ups", "year"), every_year, no_plan)
    for i, code in enumerate(prices.other_line_codes):
        item = Item(CATEGORY_OF_OTHER_LINE.get(code, "other"), "other", code, "year")
        yield PricedItem(item, every_year, prices.other_lines[:, i, np.newaxis] * inflation * policy.other_lines[:, :, i])
    for cost in policy.costs:
        yield PricedItem(Item("other", "other", cost.code, "year"), cost.quantity, cost.unit_cost[:, np.newaxis] * inflation)


def _of_setting(setting: str, line: str, unit: Unit) -> Item:
    return Item(CATEGORY_OF_SETTING[setting], line, setting, unit)


def _places(setting: str, ahead: Array, elsewhere: Array, before: Array, after: Array) -> Array:
    """Places paid for, once interventions have moved pupils: those bought by pupil follow them, the others only grow."""
    if after is before or np.array_equal(before, after):
        return ahead + elsewhere
    if setting in PLACES_BOUGHT_BY_PUPIL:
        ratio: Array = np.divide(after, before, out=np.ones_like(after), where=before > 0)
        return (ahead + elsewhere) * ratio
    # A commissioned place that a pupil leaves is paid for still; one for whom a pupil comes has to be commissioned.
    return ahead + elsewhere + np.maximum(after - before, 0.0)
