"""One thing at a time: what the balance gains or loses where pupils, activity or cost in one DSG category differ.

Computed from the quantities and unit costs an account already holds; nothing is simulated again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from sufficiency.domain.dictionaries import DSG_CATEGORIES
from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import Account
from sufficiency.dsg.items import Item
from sufficiency.dsg.prices import Array

if TYPE_CHECKING:
    import pandas as pd

Changed = Literal["pupil numbers", "activity or unit cost"]
Theme = Literal["demand management", "supply management"]

THEME: dict[Changed, Theme] = {"pupil numbers": "demand management", "activity or unit cost": "supply management"}
"""The theme of the council's DSG plan under which each kind of change is shown."""

PLACES_BOUGHT_BY_PUPIL = ("independent", "further_education")
"""Settings whose places are paid for as pupils come; all others are commissioned ahead and cost the same with fewer pupils."""


@dataclass(frozen=True)
class Change:
    """A change of one quantity in one category, and what it does to the balance."""

    changed: Changed
    category: str
    """Code of the DSG category."""
    percent: float
    """The change: +10.0 is a tenth more."""
    financial_years: tuple[str, ...]
    in_year: Array
    """[future, financial_year]: in-year balance with the change less that without it, £."""

    @property
    def theme(self) -> Theme:
        """Demand management for pupil numbers, supply management for activity and cost."""
        return THEME[self.changed]

    @property
    def cumulative(self) -> Array:
        """[future]: effect on the cumulative balance at the end of the last year, £."""
        effect: Array = self.in_year.sum(axis=1)
        return effect

    @property
    def size(self) -> float:
        """Mean effect on the last cumulative balance, without its sign: the length of the bar in a tornado chart."""
        return abs(float(self.cumulative.mean()))


def sensitivity(account: Account, *, percent: float = 10.0) -> tuple[Change, ...]:
    """``percent`` more and less of (a) the pupils and (b) the activity or unit cost in each category, largest effect first.

    (a) changes pupil-years, so top-ups and fees, and place funding only where places are bought by pupil; unit costs stay, the
    sampling of fees included. (b) scales all spend of the category. Each gives two changes, +percent first.
    Raises InputProblem where ``percent`` is not above 0 and at most 100.
    """
    if not 0 < percent <= 100:
        raise InputProblem("the change is out of range", value=percent, allowed="above 0 and at most 100 %", field="percent")
    found = []
    for changed in THEME:
        for category in DSG_CATEGORIES.codes:
            scaled = np.array([item.category == category and _scales(item, changed) for item in account.items])
            spend = account.item_amounts[:, :, scaled].sum(axis=2)
            for change in (percent, -percent):
                effect = 0.0 - spend * (change / 100)  # 0.0 less it, so that no spend gives no "-0"
                found.append(Change(changed, category, change, account.financial_years, effect))
    return tuple(sorted(found, key=lambda change: -change.size))


def sensitivity_rows(changes: Sequence[Change]) -> pd.DataFrame:
    """Changes as a tidy table, in their order.

    Columns: theme, changed, category, percent, measure (in_year_balance of each year, cumulative_balance of the last),
    financial_year, mean, p10, p90 (£, over futures).
    """
    import pandas as pd

    rows = []
    for change in changes:
        effects = np.column_stack([change.in_year, change.cumulative])
        low, high = np.quantile(effects, [0.1, 0.9], axis=0)
        measures = ["in_year_balance"] * len(change.financial_years) + ["cumulative_balance"]
        years = (*change.financial_years, change.financial_years[-1])
        head = (change.theme, change.changed, change.category, change.percent)
        rows += [(*head, *row) for row in zip(measures, years, effects.mean(axis=0), low, high, strict=True)]
    named = ["theme", "changed", "category", "percent", "measure", "financial_year", "mean", "p10", "p90"]
    return pd.DataFrame(rows, columns=named)


def _scales(item: Item, changed: Changed) -> bool:
    """Whether the item's spend scales with the change."""
    if changed == "activity or unit cost" or item.unit == "pupil-year":
        return True
    return item.unit == "place" and item.code in PLACES_BOUGHT_BY_PUPIL
