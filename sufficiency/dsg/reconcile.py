"""The account beside Bristol's published balances: what income or unit cost each year would need for both to agree.

This is a reconciliation, not a validation: some lines were fitted to the same balances, most published figures are forecasts made
within the year, and none tells high needs from the other blocks.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sufficiency.dsg.account import Account

_FILE = Path(__file__).with_name("published_balances.toml")


@dataclass(frozen=True)
class Published:
    """What was published of one financial year, £; a deficit is negative."""

    financial_year: str
    closing: float
    in_year: float | None
    grants: float
    """Payments towards the deficit that are in the closing balance and not in the year's."""
    status: str
    """Outturn, or what kind of forecast."""
    source: str


@dataclass(frozen=True)
class Reconciled:
    """One year of an account beside what was published; £, means over futures."""

    published: Published
    in_year: float
    """In-year balance of the account."""
    low: float
    high: float
    """p10 and p90 of it."""
    closing: float
    """Cumulative balance of the account at the year's end."""
    residual_income: float | None
    """Income that the account lacks (negative: has too much) for its year to be as published."""
    residual_unit_cost: float | None
    """The same as a share of what is paid by pupil: by how much all top-ups and fees would have to be lower."""
    other_blocks: float
    """What the account holds of the other blocks of the DSG: nothing is published."""


def published() -> tuple[Published, ...]:
    """Bristol's published balances, by financial year."""
    tables: dict[str, dict[str, Any]] = tomllib.loads(_FILE.read_text("utf-8"))
    found = []
    for year, table in tables.items():
        in_year = table["in_year"]
        number = None if isinstance(in_year, str) else float(in_year)
        found.append(Published(year, table["closing"], number, table["grants"], table["status"], table["source"]))
    return tuple(found)


def reconcile(account: Account) -> tuple[Reconciled, ...]:
    """The published years that the account covers, beside it."""
    by_pupil = np.array([item.unit == "pupil-year" for item in account.items])
    found = []
    for one in published():
        if one.financial_year not in account.financial_years:
            continue
        at = account.financial_years.index(one.financial_year)
        balance = account.in_year_balance[:, at]
        paid = float(account.item_amounts[:, at][:, by_pupil].sum(axis=1).mean())
        residual = None if one.in_year is None else one.in_year - float(balance.mean())
        low, high = (float(q) for q in np.quantile(balance, [0.1, 0.9]))
        found.append(
            Reconciled(
                published=one,
                in_year=float(balance.mean()),
                low=low,
                high=high,
                closing=float(account.cumulative_balance[:, at].mean()),
                residual_income=residual,
                residual_unit_cost=None if residual is None else residual / paid,
                other_blocks=float(account.income[:, at, -1].mean()),
            )
        )
    return tuple(found)
