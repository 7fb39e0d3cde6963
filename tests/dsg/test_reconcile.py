"""The account beside Bristol's published balances: the figures agree with one another, and the residual closes each year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sufficiency.domain.calendar import financial_year_label
from sufficiency.dsg.account import account
from sufficiency.dsg.reconcile import published, reconcile
from sufficiency.experiment.run import Run
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario


def test_published_figures_agree_with_one_another() -> None:
    of = {one.financial_year: one for one in published()}
    assert list(of) == ["2021-22", "2022-23", "2023-24", "2024-25", "2025-26"]
    for before, year in (("2021-22", "2022-23"), ("2022-23", "2023-24"), ("2024-25", "2025-26")):
        assert of[before].closing + of[year].in_year == pytest.approx(of[year].closing)  # type: ignore[operator]
    for one in of.values():
        assert one.status and one.source
        assert "outturn" not in one.status  # none was read: all are forecasts or derived
    assert load("bristol-2022").money.opening_balance.value == of["2021-22"].closing
    assert load("bristol-2025").money.opening_balance.value == of["2024-25"].closing
    # At the end of 2021/22, less £8m forecast for 2020/21 and £14m taken for the year between.
    assert load("bristol-2020").money.opening_balance.value == of["2021-22"].closing + 8e6 + 14e6


@pytest.mark.law
@pytest.mark.parametrize("name", ["bristol-2020", "bristol-2022", "bristol-2025"])
def test_the_account_of_a_baseline_begins_where_its_first_year_does(name: str) -> None:
    scenario = load(name)
    first = scenario.calendar.whole_financial_years[0]
    assert f"31 March {first}" in scenario.money.opening_balance.unit
    for figure in (scenario.money.high_needs_income, scenario.money.schools_block):
        assert financial_year_label(first) in figure.unit.replace("/", "-")


@pytest.mark.law
def test_the_residual_closes_the_year_as_income_and_as_unit_cost(bristol: Scenario, make_run: Callable[..., Run]) -> None:
    whole = account(make_run(bristol, futures=20), mitigated=False)
    rows = reconcile(whole)
    assert [row.published.financial_year for row in rows] == ["2022-23", "2023-24", "2024-25", "2025-26"]
    by_pupil = np.array([item.unit == "pupil-year" for item in whole.items])
    for row in rows:
        at = whole.financial_years.index(row.published.financial_year)
        assert row.residual_income is not None and row.residual_unit_cost is not None
        assert row.low <= row.in_year <= row.high
        assert row.in_year + row.residual_income == pytest.approx(row.published.in_year)
        cheaper = replace(whole, unit_costs=whole.unit_costs * np.where(by_pupil, 1 - row.residual_unit_cost, 1.0))
        assert cheaper.in_year_balance[:, at].mean() == pytest.approx(row.published.in_year, abs=1)
        assert row.other_blocks == 0
