"""One-at-a-time sensitivity: the tornado's ends are what the account would say."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sufficiency.domain.dictionaries import CATEGORY_OF_SETTING, DSG_CATEGORIES, SETTINGS
from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import Account, account
from sufficiency.dsg.sensitivity import Change, sensitivity, sensitivity_rows
from sufficiency.experiment.run import Run
from sufficiency.scenario.scenario import Scenario

PUPILS, ACTIVITY = "pupil numbers", "activity or unit cost"


@pytest.fixture(scope="module")
def certain_fees(bristol: Scenario, fixed: Callable[..., Scenario], make_run: Callable[..., Run]) -> Run:
    """Without spread of single fees, whose sampling would shrink with more pupils; without places bought by pupil."""
    places = dict.fromkeys(SETTINGS.codes, 0.0) | {"alternative": 150.0}
    return make_run(fixed(bristol, fee_spread=0.0, other_places=places))


@pytest.fixture(scope="module")
def base(certain_fees: Run) -> Account:
    return account(certain_fees, mitigated=False)


def change(changes: tuple[Change, ...], changed: str, category: str, percent: float) -> Change:
    [found] = [c for c in changes if (c.changed, c.category, c.percent) == (changed, category, percent)]
    return found


@pytest.mark.law
@pytest.mark.parametrize("category", DSG_CATEGORIES.codes)
@pytest.mark.parametrize("percent", [10.0, -10.0])
def test_pupil_ends_equal_a_direct_recomputation(certain_fees: Run, base: Account, category: str, percent: float) -> None:
    pupil_years = certain_fees.tallies["pupil_years"].copy()
    settings = [i for i, s in enumerate(SETTINGS.codes) if CATEGORY_OF_SETTING[s] == category]
    pupil_years[..., settings] *= 1 + percent / 100
    direct = account(replace(certain_fees, tallies=certain_fees.tallies | {"pupil_years": pupil_years}), mitigated=False)
    end = change(sensitivity(base), PUPILS, category, percent)
    assert end.in_year == pytest.approx(direct.in_year_balance - base.in_year_balance, abs=0.01)
    assert end.cumulative == pytest.approx((direct.cumulative_balance - base.cumulative_balance)[:, -1], abs=0.01)
    assert end.theme == "demand management"


@pytest.mark.law
@pytest.mark.parametrize("category", DSG_CATEGORIES.codes)
def test_activity_ends_equal_a_direct_recomputation(base: Account, category: str) -> None:
    of_category = np.array([item.category == category for item in base.items])
    direct = replace(base, unit_costs=base.unit_costs * np.where(of_category, 1.25, 1.0))
    end = change(sensitivity(base, percent=25.0), ACTIVITY, category, 25.0)
    assert end.in_year == pytest.approx(direct.in_year_balance - base.in_year_balance, abs=0.01)
    assert end.theme == "supply management"


def test_places_bought_by_pupil_follow_the_pupils_and_commissioned_ones_do_not(run: Run) -> None:
    whole = account(run, mitigated=False)
    changes = sensitivity(whole)

    def lines(*named: str) -> np.ndarray:
        picked = [i for i, item in enumerate(whole.items) if item.category == category and item.line in named]
        return whole.item_amounts[:, :, picked].sum(axis=2)

    category = "post_16"
    assert change(changes, PUPILS, category, 10.0).in_year == pytest.approx(-0.1 * lines("places", "top_ups"))
    category = "special"
    assert change(changes, PUPILS, category, 10.0).in_year == pytest.approx(-0.1 * lines("top_ups"))
    assert change(changes, ACTIVITY, category, 10.0).in_year == pytest.approx(-0.1 * lines("places", "top_ups"))


def test_rows_are_sorted_by_size_with_both_ends_together(base: Account) -> None:
    changes = sensitivity(base)
    assert len(changes) == 2 * 2 * len(DSG_CATEGORIES)
    sizes = [c.size for c in changes]
    assert sizes == sorted(sizes, reverse=True)
    for up, down in zip(changes[::2], changes[1::2], strict=True):
        assert (up.changed, up.category, up.percent) == (down.changed, down.category, -down.percent)
    rows = sensitivity_rows(changes)
    assert list(rows["theme"].unique()) and set(rows["theme"]) == {"demand management", "supply management"}
    assert len(rows) == len(changes) * (len(base.financial_years) + 1)
    assert (rows["p10"] <= rows["p90"]).all()
    last = rows[rows["measure"] == "cumulative_balance"]
    assert set(last["financial_year"]) == {base.financial_years[-1]}
    assert last["mean"].abs().is_monotonic_decreasing


@pytest.mark.parametrize("percent", [0.0, -5.0, 101.0, float("nan")])
def test_a_change_out_of_range_is_refused(base: Account, percent: float) -> None:
    with pytest.raises(InputProblem, match="out of range"):
        sensitivity(base, percent=percent)


def test_two_hundred_futures_take_a_moment(base: Account) -> None:
    stacked = replace(
        base,
        quantities=np.tile(base.quantities, (25, 1, 1)),
        unit_costs=np.tile(base.unit_costs, (25, 1, 1)),
    )
    sensitivity_rows(sensitivity(base))  # pandas imported
    began = time.perf_counter()
    sensitivity_rows(sensitivity(stacked))
    assert time.perf_counter() - began < 0.5  # about 0.02 s; room for a busy machine
