"""What the account adds to the tables of a run: its measures with unit and named axes."""

from __future__ import annotations

from typing import NamedTuple

from sufficiency.dsg.account import Account
from sufficiency.dsg.prices import Array


class Measure(NamedTuple):
    """One measure of a run: its unit, its axes after the futures, and its values [future, *axes]."""

    unit: str
    axes: tuple[str, ...]
    values: Array


def measures(account: Account) -> dict[str, Measure]:
    """Measures by name; :meth:`Account.labels` gives the labels of their axes.

    ``spend`` is by category, the balances are overspends where negative, and ``transport`` is the General Fund's: it is part of
    none of the others.
    """
    return {
        "spend": Measure("£", ("financial_year", "category"), account.amounts.sum(axis=3)),
        "income": Measure("£", ("financial_year",), account.income.sum(axis=2)),
        "in_year_balance": Measure("£", ("financial_year",), account.in_year_balance),
        "cumulative_balance": Measure("£", ("financial_year",), account.cumulative_balance),
        "transport": Measure("£", ("financial_year",), account.transport),
    }
