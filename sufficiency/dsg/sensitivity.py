"""One thing at a time, and two: what the balance gains or loses where pupils, activity or cost in a DSG category differ.

Each change is a whole account drawn up again from the stored pupil-years; nothing is simulated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from sufficiency.domain.dictionaries import DSG_CATEGORIES
from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import Account, draw_up
from sufficiency.dsg.basis import Basis
from sufficiency.dsg.changes import NOTHING, Changes
from sufficiency.dsg.prices import Array

if TYPE_CHECKING:
    import pandas as pd

Changed = Literal["pupil numbers", "activity or unit cost"]
Theme = Literal["demand management", "supply management"]

THEME: dict[Changed, Theme] = {"pupil numbers": "demand management", "activity or unit cost": "supply management"}
"""The theme of the council's DSG plan under which each kind of change is shown."""
STEPS = (-30.0, -20.0, -10.0, 0.0, 10.0, 20.0, 30.0)
"""Percentages of a two-way grid."""


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
    cumulative: Array
    """[future]: effect on the cumulative balance at the end of the last year, £."""

    @property
    def theme(self) -> Theme:
        """Demand management for pupil numbers, supply management for activity and cost."""
        return THEME[self.changed]

    @property
    def size(self) -> float:
        """Mean effect on the last cumulative balance, without its sign: the length of the bar in a tornado chart."""
        return abs(float(self.cumulative.mean()))


def changes_of(changed: Changed, category: str, percent: float, base: Changes = NOTHING) -> Changes:
    """``base`` with one change more; two of the same thing multiply."""
    name = "pupils" if changed == "pupil numbers" else "activity"
    table = dict(getattr(base, name))
    table[category] = 100 * ((1 + table.get(category, 0.0) / 100) * (1 + percent / 100) - 1)
    tables = {"pupils": base.pupils, "activity": base.activity} | {name: table}
    return Changes(**tables, income_growth=base.income_growth)


def sensitivity(found: Basis, *, mitigated: bool, percent: float = 10.0, base: Changes = NOTHING) -> tuple[Change, ...]:
    """``percent`` more and less of (a) the pupils and (b) the activity or unit cost in each category, largest effect first.

    (a) changes pupil-years, so top-ups and fees, and place funding only where places are bought by pupil; unit costs stay, the
    sampling of fees included. (b) scales all spend of the category. Each gives two changes, +percent first, on top of ``base``.
    Raises InputProblem where ``percent`` is not above 0 and at most 100.
    """
    check_percent(percent)
    before = draw_up(found, mitigated=mitigated, changes=base)
    changes = []
    for changed in THEME:
        for category in DSG_CATEGORIES.codes:
            for size in (percent, -percent):
                after = draw_up(found, mitigated=mitigated, changes=changes_of(changed, category, size, base))
                changes.append(_change(changed, category, size, before, after))
    sizes: dict[tuple[Changed, str], float] = {}
    for change in changes:
        key = (change.changed, change.category)
        sizes[key] = max(change.size, sizes.get(key, 0.0))
    return tuple(sorted(changes, key=lambda c: -sizes[c.changed, c.category]))


def check_percent(percent: float, where: str = "") -> None:
    """Raise InputProblem where the size of a change is out of range."""
    if not 0 < percent <= 100:
        raise InputProblem(
            "the change is out of range", where=where, value=percent, allowed="above 0 and at most 100 %", field="percent"
        )


def grid(
    found: Basis, rows: tuple[Changed, str], columns: tuple[Changed, str], *, mitigated: bool, base: Changes = NOTHING
) -> Array:
    """Mean cumulative balance at the end, £, [row, column], where two things differ by each of :data:`STEPS` together."""
    table = np.zeros((len(STEPS), len(STEPS)))
    for i, one in enumerate(STEPS):
        for j, other in enumerate(STEPS):
            changes = changes_of(*columns, other, changes_of(*rows, one, base))
            table[i, j] = draw_up(found, mitigated=mitigated, changes=changes).cumulative_balance[:, -1].mean()
    return table


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


def _change(changed: Changed, category: str, percent: float, before: Account, after: Account) -> Change:
    in_year = after.in_year_balance - before.in_year_balance
    cumulative = (after.cumulative_balance - before.cumulative_balance)[:, -1]
    return Change(changed, category, percent, before.financial_years, in_year, cumulative)
