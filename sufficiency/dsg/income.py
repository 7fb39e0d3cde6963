"""Income of the high-needs block and money towards its deficit, by future and financial year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.calendar import financial_year
from sufficiency.scenario.figures import Figure
from sufficiency.scenario.money import Money

Array = NDArray[np.float64]

SOURCES = ("high_needs", "transfer", "import_export", "other", "other_blocks")
"""Sources of income: the high-needs allocation, the schools-block transfer, what the national formula adjusts for pupils who
cross the border, other income, and what the other blocks of the DSG leave over (an overspend is negative)."""


@dataclass(frozen=True)
class Income:
    """What comes in, £ at the prices of each year; arrays are [future, financial_year] unless they say otherwise."""

    high_needs: Array
    transfer: Array
    import_export: Array
    other: Array
    other_blocks: Array
    payments: Array
    """Payments towards the deficit: safety valve, or the council's own."""
    grant_share: Array
    """[future]: share of the deficit that the stability grant pays; 0 where there is none."""
    grant_deficit: int | None
    """Position of the financial year at whose end the grant's deficit stands (-1: at the beginning of the first)."""
    grant_paid: int | None
    """Position of the financial year in which it is paid; None where there is none within the years."""


def income(money: Sequence[Money], years: Sequence[int]) -> Income:
    """The income of drawn scenarios' ``money``, one a future; ``years`` are the financial years' first calendar years."""
    paid = deficit_at = None
    grant = money[0].stability_grant if money else None
    if grant is not None:
        deficit_at = financial_year(grant.deficit_on) - years[0]
        paid = _position(grant.paid_on, years)
    return Income(
        high_needs=np.array([_allocation(m, years) for m in money]),
        transfer=np.array([_transfer(m, years) for m in money]),
        import_export=np.array([_import_export(m, years) for m in money]),
        other=_by_year(money, years, lambda m: m.other_income),
        other_blocks=_by_year(money, years, lambda m: m.other_blocks),
        payments=np.array([_payments(m, years) for m in money]),
        grant_share=np.array(
            [m.stability_grant.share.value * m.stability_grant.eligible.value if m.stability_grant else 0.0 for m in money]
        ),
        grant_deficit=deficit_at,
        grant_paid=None if deficit_at is None or deficit_at >= len(years) else paid,
    )


def stability_grant(found: Income, brought_forward: Array, before_grant: Array) -> Array:
    """The grant, [future, financial_year], from each year's change of the balance without it (same shape).

    The deficit that counts leaves out what the other blocks overspent since the account began.
    """
    grant = np.zeros_like(before_grant)
    if found.grant_paid is None or found.grant_deficit is None:
        return grant
    until = slice(0, found.grant_deficit + 1)
    of_high_needs = brought_forward + (before_grant - found.other_blocks)[:, until].sum(axis=1)
    grant[:, found.grant_paid] = found.grant_share * np.maximum(-of_high_needs, 0.0)
    return grant


def _allocation(money: Money, years: Sequence[int]) -> list[float]:
    """The allocation of each year: as known, and after that growing at the rate of its year."""
    known = money.known_income.value if money.known_income else {}
    rates = money.income_growth_by_year.value if money.income_growth_by_year else {}
    path = [money.high_needs_income.value]
    for year in years[1:]:
        grown = path[-1] * (1 + rates.get(str(year), money.income_growth.value))
        path.append(known.get(str(year), grown))
    return path


def _transfer(money: Money, years: Sequence[int]) -> list[float]:
    agreed = money.transfer_share_by_year.value if money.transfer_share_by_year else {}
    block, rate = money.schools_block.value, money.income_growth.value
    return [agreed.get(str(y), money.transfer_share.value) * block * (1 + rate) ** i for i, y in enumerate(years)]


def _import_export(money: Money, years: Sequence[int]) -> list[float]:
    """What changed in net imports since the first year, at the formula's rate: the allocation holds the first year's."""
    if money.net_imports is None or money.import_rate is None:
        return [0.0] * len(years)
    held = _between(money.net_imports.value, years)
    return [money.import_rate.value * (net - held[0]) for net in held]


def _between(table: Mapping[str, float], years: Sequence[int]) -> list[float]:
    """The table's number of each year: years between are interpolated, the first and last hold beyond."""
    named = sorted(table, key=int)
    return (
        np.interp(years, [int(year) for year in named], [table[year] for year in named]).tolist() if named else [0.0] * len(years)
    )


def _payments(money: Money, years: Sequence[int]) -> list[float]:
    paid = [0.0] * len(years)
    for payment in (money.payments or {}).values():
        position = _position(payment.paid_on, years)
        if position is not None:
            paid[position] += payment.amount.value
    return paid


def _position(day: dt.date, years: Sequence[int]) -> int | None:
    year = financial_year(day)
    return years.index(year) if year in years else None


def _by_year(money: Sequence[Money], years: Sequence[int], figure: Callable[[Money], Figure[dict[str, float]] | None]) -> Array:
    tables = [found.value if (found := figure(m)) is not None else {} for m in money]
    rows = [[table.get(str(year), 0.0) for year in years] for table in tables]
    return np.array(rows, dtype=np.float64).reshape(len(money), len(years))
