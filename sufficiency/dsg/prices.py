"""Prices and grants of each future: the money figures of the drawn scenarios, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import SETTINGS
from sufficiency.dsg.income import Income, income
from sufficiency.scenario.figures import Figure
from sufficiency.scenario.money import Money
from sufficiency.scenario.scenario import Scenario

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Band:
    """One band of the funding matrix: its setting and code ("" where a setting has one band), and by future the share of the
    setting's pupils in it and its top-up over the setting's mean, both [future]."""

    setting: str
    code: str
    share: Array
    weight: Array


@dataclass(frozen=True)
class Prices:
    """Money figures by future, in £ (or shares) of the first whole financial year.

    Shapes: tables by setting are [future, setting], ``other_lines`` is [future, line] in the order of ``other_line_codes``,
    everything else is [future].
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
    opening_balance: Array
    transport_per_pupil: Array
    income: Income
    bands: tuple[Band, ...]
    """In the order of the settings."""
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
        opening_balance=number(lambda m: m.opening_balance),
        transport_per_pupil=number(lambda m: m.transport_per_pupil),
        income=income(money, years),
        bands=tuple(band for setting in SETTINGS.codes for band in _bands(money, setting)),
        other_line_codes=lines,
    )


def growth(rate: Array, years: int) -> Array:
    """Growth since the first whole financial year, [future, financial_year]: 1 in the first, (1 + rate) in the second."""
    factor: Array = (1 + rate)[:, np.newaxis] ** np.arange(years)
    return factor


def _bands(money: Sequence[Money], setting: str) -> tuple[Band, ...]:
    """The bands of a setting; shares are scaled to sum to 1 and weights so that their mean over the pupils is 1."""
    one = np.ones(len(money))
    codes = money[0].band_shares.value.get(setting, {}) if money and money[0].band_shares else {}
    if not codes:
        return (Band(setting, "", one, one),)
    shares = np.array([[m.band_shares.value[setting][code] for code in codes] for m in money if m.band_shares])
    weights = np.array([[m.band_weights.value[setting][code] for code in codes] for m in money if m.band_weights])
    shares = shares / shares.sum(axis=1, keepdims=True)
    weights = weights / (shares * weights).sum(axis=1, keepdims=True)
    return tuple(Band(setting, code, shares[:, i], weights[:, i]) for i, code in enumerate(codes))
