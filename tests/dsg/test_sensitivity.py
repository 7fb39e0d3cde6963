"""One-at-a-time sensitivity: the tornado's ends are what the account would say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sufficiency.domain.dictionaries import CATEGORY_OF_SETTING, DSG_CATEGORIES, SETTINGS
from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import Account, account, draw_up
from sufficiency.dsg.basis import Basis, basis
from sufficiency.dsg.changes import Changes
from sufficiency.dsg.sensitivity import STEPS, Change, changes_of, grid, sensitivity, sensitivity_rows
from sufficiency.experiment.run import Run
from sufficiency.scenario.scenario import Scenario

PUPILS, ACTIVITY = "pupil numbers", "activity or unit cost"


@pytest.fixture(scope="module")
def certain_fees(bristol: Scenario, fixed: Callable[..., Scenario], make_run: Callable[..., Run]) -> Run:
    """Without spread of single fees, whose sampling would shrink with more pupils; without places bought by pupil."""
    places = dict.fromkeys(SETTINGS.codes, 0.0) | {"alternative": 150.0}
    return make_run(fixed(bristol, fee_spread=0.0, other_places=places))


@pytest.fixture(scope="module")
def found(certain_fees: Run) -> Basis:
    return basis(certain_fees)


@pytest.fixture(scope="module")
def base(found: Basis) -> Account:
    return draw_up(found, mitigated=False)


@pytest.fixture(scope="module")
def changes(found: Basis) -> tuple[Change, ...]:
    return sensitivity(found, mitigated=False)


def change(changes: tuple[Change, ...], changed: str, category: str, percent: float) -> Change:
    [only] = [c for c in changes if (c.changed, c.category, c.percent) == (changed, category, percent)]
    return only


@pytest.mark.law
@pytest.mark.parametrize("category", DSG_CATEGORIES.codes)
@pytest.mark.parametrize("percent", [10.0, -10.0])
def test_pupil_ends_equal_a_direct_recomputation(
    certain_fees: Run, base: Account, changes: tuple[Change, ...], category: str, percent: float
) -> None:
    pupil_years = certain_fees.tallies["pupil_years"].copy()
    settings = [i for i, s in enumerate(SETTINGS.codes) if CATEGORY_OF_SETTING[s] == category]
    pupil_years[..., settings] *= 1 + percent / 100
    direct = account(replace(certain_fees, tallies=certain_fees.tallies | {"pupil_years": pupil_years}), mitigated=False)
    end = change(changes, PUPILS, category, percent)
    assert end.in_year == pytest.approx(direct.in_year_balance - base.in_year_balance, abs=0.01)
    assert end.cumulative == pytest.approx((direct.cumulative_balance - base.cumulative_balance)[:, -1], abs=0.01)
    assert end.theme == "demand management"


@pytest.mark.law
@pytest.mark.parametrize("category", DSG_CATEGORIES.codes)
def test_activity_ends_equal_a_direct_recomputation(found: Basis, base: Account, category: str) -> None:
    of_category = np.array([item.category == category for item in base.items])
    direct = replace(base, unit_costs=base.unit_costs * np.where(of_category, 1.25, 1.0))
    end = change(sensitivity(found, mitigated=False, percent=25.0), ACTIVITY, category, 25.0)
    assert end.in_year == pytest.approx(direct.in_year_balance - base.in_year_balance, abs=0.01)
    assert end.theme == "supply management"


def test_places_bought_by_pupil_follow_the_pupils_and_commissioned_ones_do_not(run: Run) -> None:
    here = basis(run)
    whole, changes = draw_up(here, mitigated=False), sensitivity(here, mitigated=False)

    def lines(category: str, *named: str) -> np.ndarray:
        picked = [i for i, item in enumerate(whole.items) if item.category == category and item.line in named]
        return whole.item_amounts[:, :, picked].sum(axis=2)

    for category, paid in (("post_16", ("places", "top_ups")), ("special", ("top_ups",))):
        assert change(changes, PUPILS, category, 10.0).in_year == pytest.approx(-0.1 * lines(category, *paid), abs=0.01)
    both = lines("special", "places", "top_ups")
    assert change(changes, ACTIVITY, "special", 10.0).in_year == pytest.approx(-0.1 * both, abs=0.01)


def test_rows_are_sorted_by_size_with_both_ends_together(base: Account, changes: tuple[Change, ...]) -> None:
    assert len(changes) == 2 * 2 * len(DSG_CATEGORIES)
    sizes = [max(up.size, down.size) for up, down in zip(changes[::2], changes[1::2], strict=True)]
    assert sizes == sorted(sizes, reverse=True)
    for up, down in zip(changes[::2], changes[1::2], strict=True):
        assert (up.changed, up.category, up.percent) == (down.changed, down.category, -down.percent)
    rows = sensitivity_rows(changes)
    assert set(rows["theme"]) == {"demand management", "supply management"}
    assert len(rows) == len(changes) * (len(base.financial_years) + 1)
    assert (rows["p10"] <= rows["p90"]).all()
    last = rows[rows["measure"] == "cumulative_balance"]
    assert set(last["financial_year"]) == {base.financial_years[-1]}


@pytest.mark.law
def test_a_grid_s_middle_is_the_account_and_its_edges_are_single_changes(found: Basis, base: Account) -> None:
    one, other = (PUPILS, "independent"), (ACTIVITY, "special")
    table = grid(found, one, other, mitigated=False)
    middle, up = STEPS.index(0.0), STEPS.index(10.0)
    before = base.cumulative_balance[:, -1].mean()
    assert table[middle, middle] == pytest.approx(before, abs=0.01)
    ends = {c: change(sensitivity(found, mitigated=False), *c, 10.0).cumulative.mean() for c in (one, other)}
    assert table[up, middle] - before == pytest.approx(ends[one], abs=0.01)
    assert table[middle, up] - before == pytest.approx(ends[other], abs=0.01)
    # Different categories do not interact; pupils and unit cost of the same one do.
    assert table[up, up] - before == pytest.approx(ends[one] + ends[other], abs=0.01)
    same = grid(found, one, (ACTIVITY, "independent"), mitigated=False)
    spend = base.amounts[:, :, DSG_CATEGORIES.index("independent")].sum(axis=(1, 2)).mean()
    assert same[up, up] - before == pytest.approx(-0.21 * spend, abs=0.01)


@pytest.mark.law
def test_changes_on_top_of_changes_multiply(found: Basis) -> None:
    twice = changes_of(PUPILS, "independent", 10.0, changes_of(PUPILS, "independent", 20.0))
    assert twice.pupils["independent"] == pytest.approx(32.0)
    on_top = sensitivity(found, mitigated=False, base=Changes(pupils={"independent": 20.0}))
    alone = sensitivity(found, mitigated=False)
    moved, plain = (change(c, PUPILS, "independent", 10.0).cumulative for c in (on_top, alone))
    assert moved == pytest.approx(1.2 * plain)


@pytest.mark.parametrize("percent", [0.0, -5.0, 101.0, float("nan")])
def test_a_change_out_of_range_is_refused(found: Basis, percent: float) -> None:
    with pytest.raises(InputProblem, match="out of range"):
        sensitivity(found, mitigated=False, percent=percent)


@pytest.mark.parametrize(
    ("table", "what", "mend"),
    [
        ({"pupils": {"independant": 5.0}}, "unknown category", '"independent"?'),
        ({"activity": {"transport": 5.0}}, "unknown category", "use one of these"),
        ({"pupils": {"special": -101.0}}, "out of range", ""),
        ({"income_growth": float("nan")}, "out of range", ""),
    ],
)
def test_changes_of_nothing_that_there_is_are_refused(table: dict[str, object], what: str, mend: str) -> None:
    with pytest.raises(InputProblem, match=what) as caught:
        Changes(**table)  # type: ignore[arg-type]
    assert mend in caught.value.mend


def test_more_income_is_the_allocation_grown_and_nothing_else(found: Basis, base: Account) -> None:
    richer = draw_up(found, mitigated=False, changes=Changes(income_growth=2.0))
    years = np.arange(len(base.financial_years))
    assert np.array_equal(richer.spend, base.spend)
    more = base.income[:, :, 0] * (1.02**years - 1)
    assert richer.income.sum(axis=2) - base.income.sum(axis=2) == pytest.approx(more, abs=0.01)
