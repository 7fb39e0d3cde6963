"""Prices and grants of each future: the money figures of the drawn scenarios, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import SETTINGS
from sufficiency.scenario.figures import Figure
from sufficiency.scenario.money import Money
from sufficiency.scenario.scenario import Scenario

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Prices:
    """Money figures by future, in £ (or shares) of the first whole financial year.

    Shapes: tables by setting are [future, setting], ``other_lines`` is [future, line] in the order of ``other_line_codes``,
    ``other_income`` is [future, financial_year], everything else is [future].
    """

    place_rate: Array
    other_places: Array
    top_up: Array
    independent_fee: Array
    fee_spread: Array
    inflation: Array
    fee_inflation: Array
    no_plan_top_ups: Array
    other_lines: Array
    high_needs_income: Array
    income_growth: Array
    schools_block: Array
    transfer_share: Array
    other_income: Array
    opening_balance: Array
    transport_per_pupil: Array
    other_line_codes: tuple[str, ...]


def prices(scenarios: Sequence[Scenario], years: Sequence[int]) -> Prices:
    """The prices of drawn ``scenarios``, one a future; ``years`` are the financial years (their first calendar year)."""
    money = [scenario.money for scenario in scenarios]

    def number(figure: Callable[[Money], Figure[float]]) -> Array:
        return np.array([figure(m).value for m in money], dtype=np.float64)

    def table(figure: Callable[[Money], Figure[dict[str, float]]], keys: Sequence[str]) -> Array:
        rows = [[figure(m).value.get(key, 0.0) for key in keys] for m in money]
        return np.array(rows, dtype=np.float64).reshape(len(money), len(keys))

    lines = tuple(money[0].other_lines.value) if money else ()
    return Prices(
        place_rate=table(lambda m: m.place_rate, SETTINGS.codes),
        other_places=table(lambda m: m.other_places, SETTINGS.codes),
        top_up=table(lambda m: m.top_up, SETTINGS.codes),
        independent_fee=number(lambda m: m.independent_fee),
        fee_spread=number(lambda m: m.fee_spread),
        inflation=number(lambda m: m.inflation),
        fee_inflation=number(lambda m: m.fee_inflation),
        no_plan_top_ups=number(lambda m: m.no_plan_top_ups),
        other_lines=table(lambda m: m.other_lines, lines),
        high_needs_income=number(lambda m: m.high_needs_income),
        income_growth=number(lambda m: m.income_growth),
        schools_block=number(lambda m: m.schools_block),
        transfer_share=number(lambda m: m.transfer_share),
        other_income=table(lambda m: m.other_income, tuple(str(year) for year in years)),
        opening_balance=number(lambda m: m.opening_balance),
        transport_per_pupil=number(lambda m: m.transport_per_pupil),
        other_line_codes=lines,
    )


def growth(rate: Array, years: int) -> Array:
    """Growth since the first whole financial year, [future, financial_year]: 1 in the first, (1 + rate) in the second."""
    factor: Array = (1 + rate)[:, np.newaxis] ** np.arange(years)
    return factor
