"""The account: laws, a year reckoned by hand, and what Bristol's scenario gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from sufficiency.domain.dictionaries import CATEGORY_OF_SETTING, DSG_CATEGORIES, SETTINGS
from sufficiency.dsg.account import INCOME, Account, account
from sufficiency.dsg.income import SOURCES
from sufficiency.dsg.items import CATEGORY_OF_OTHER_LINE, LINES
from sufficiency.dsg.summary import measures
from sufficiency.experiment.run import Run
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.streams import Streams

PENNY = 0.005
NO_SETTING = dict.fromkeys(SETTINGS.codes, 0.0)

Change = Callable[..., Scenario]
MakeRun = Callable[..., Run]


def amount(of: Account, category: str, line: str) -> np.ndarray:
    """[future, financial_year]."""
    return of.amounts[:, :, DSG_CATEGORIES.index(category), LINES.index(line)]


@pytest.fixture(scope="module")
def unmitigated(run: Run) -> Account:
    return account(run, mitigated=False)


@pytest.fixture(scope="module")
def by_hand(bristol: Scenario, fixed: Change, enable: Change) -> Scenario:
    """Round, certain prices."""
    certain = fixed(
        enable(bristol),
        place_rate=NO_SETTING | {"special": 10_000.0, "resourced": 6_000.0, "alternative": 10_000.0},
        other_places=NO_SETTING | {"alternative": 50.0},
        top_up=NO_SETTING | {"mainstream": 8_000.0, "special": 15_000.0, "early_years": 5_000.0, "further_education": 7_000.0},
        independent_fee=50_000.0,
        fee_spread=0.0,
        inflation=0.1,
        fee_inflation=0.2,
        no_plan_top_ups=1_000_000.0,
        other_lines={"therapies": 300_000.0, "hospital_education": 200_000.0, "alternative_learning": 0.0},
        high_needs_income=10_000_000.0,
        income_growth=0.05,
        schools_block=100_000_000.0,
        transfer_share=0.004,
        other_income={"2023": 250_000.0},
        opening_balance=-2_000_000.0,
        transport_per_pupil=8_000.0,
    )
    return certain.changed("money", band_shares=None, band_weights=None, net_imports=None, import_rate=None)


@pytest.mark.law
@pytest.mark.parametrize("mitigated", [False, True])
def test_the_account_is_the_sum_of_its_places_pupil_years_fees_and_lines_to_the_penny(run: Run, mitigated: bool) -> None:
    whole = account(run, mitigated=mitigated)
    for future, replication in enumerate(run.replications):
        rows = whole.rows(replication)
        assert np.abs(rows["quantity"] * rows["unit_cost"] - rows["amount"]).max() < PENNY
        received = rows[rows["line"] == INCOME].groupby("financial_year", sort=False)["amount"].sum()
        assert np.abs(received.to_numpy() - whole.income[future].sum(axis=1) - whole.deficit_grants[future]).max() < PENNY
        rows = rows[rows["line"] != INCOME]
        spend = rows.groupby("financial_year", sort=False)["amount"].sum()
        assert list(spend.index) == list(whole.financial_years)
        assert np.abs(spend.to_numpy() - whole.spend[future]).max() < PENNY
        for (category, line), part in rows.groupby(["category", "line"]):
            held = amount(whole, str(category), str(line))[future]
            assert np.abs(part.groupby("financial_year", sort=False)["amount"].sum().to_numpy() - held).max() < PENNY
        balance = whole.brought_forward[future] + (whole.income[future].sum(axis=1) - spend.to_numpy()).cumsum()
        assert np.abs(balance - whole.cumulative_balance[future]).max() < PENNY


@pytest.mark.law
def test_the_mean_table_sums_to_the_mean_spend_to_the_penny(unmitigated: Account) -> None:
    rows = unmitigated.rows()
    assert np.abs(rows["quantity"] * rows["unit_cost"] - rows["amount"]).max() < PENNY
    spend = rows[rows["line"] != INCOME].groupby("financial_year")["amount"].sum()
    assert np.abs(spend - unmitigated.spend.mean(axis=0)).max() < PENNY
    assert set(rows["version"]) == {"unmitigated"}


def test_two_years_reckoned_by_hand(by_hand: Scenario, make_run: MakeRun) -> None:
    pupils = {"mainstream": 100.0, "early_years": 10.0, "special": 50.0, "independent": 4.0, "further_education": 20.0}
    run = make_run(by_hand, futures=1, pupils=pupils, places={"special": 60.0, "resourced": 5.0}, pupil_growth=0.0)
    whole = account(run, mitigated=False)
    expected = {
        ("mainstream", "top_ups"): (850_000, 935_000),  # 100 x 8,000 and 10 in early years x 5,000
        ("mainstream", "no_plan"): (1_000_000, 1_100_000),
        ("resourced", "places"): (30_000, 30_000),
        ("special", "places"): (600_000, 600_000),  # 60 commissioned, 50 filled
        ("special", "top_ups"): (750_000, 825_000),
        ("independent", "fees"): (200_000, 240_000),
        ("alternative", "places"): (500_000, 500_000),
        ("alternative", "other"): (200_000, 220_000),
        ("post_16", "top_ups"): (140_000, 154_000),
        ("other", "other"): (300_000, 330_000),
    }
    amounts = np.zeros((2, len(DSG_CATEGORIES), len(LINES)))
    for (category, line), years in expected.items():
        amounts[:, DSG_CATEGORIES.index(category), LINES.index(line)] = years
    assert whole.amounts[0, :2] == pytest.approx(amounts, abs=PENNY)
    received = np.array([[10e6, 0.4e6, 0, 0, 0], [10.5e6, 0.42e6, 0, 0.25e6, 0]])
    assert whole.income[0, :2] == pytest.approx(received, abs=PENNY)
    assert whole.in_year_balance[0, :2] == pytest.approx([5_830_000, 6_236_000], abs=PENNY)
    assert whole.cumulative_balance[0, :2] == pytest.approx([3_830_000, 10_066_000], abs=PENNY)
    assert whole.transport[0, :2] == pytest.approx([54 * 8_000, 54 * 8_800], abs=PENNY)


@pytest.mark.law
def test_an_empty_commissioned_place_costs_its_place_rate(bristol: Scenario, make_run: MakeRun, unmitigated: Account) -> None:
    from_one_more = account(make_run(bristol, places={"special": 1221.0, "resourced": 230.0}), mitigated=False)
    assert from_one_more.spend - unmitigated.spend == pytest.approx(np.full(unmitigated.spend.shape, 10_000.0), abs=PENNY)


@pytest.mark.law
@pytest.mark.parametrize("setting", ["mainstream", "special", "further_education"])
def test_doubling_pupil_years_doubles_their_top_ups_only(run: Run, unmitigated: Account, setting: str, make_run: MakeRun) -> None:
    pupil_years = run.tallies["pupil_years"].copy()
    pupil_years[..., SETTINGS.index(setting)] *= 2
    doubled = account(replace(run, tallies=run.tallies | {"pupil_years": pupil_years}), mitigated=False)
    top_ups = [i for i, item in enumerate(unmitigated.items) if item.line == "top_ups" and item.code.split("/")[0] == setting]
    ratio = np.divide(doubled.item_amounts, unmitigated.item_amounts, out=np.ones_like(doubled.item_amounts),
                      where=unmitigated.item_amounts != 0)  # fmt: skip
    assert ratio[:, :, top_ups] == pytest.approx(2.0)
    assert np.array_equal(np.delete(ratio, top_ups, axis=2), np.ones_like(np.delete(ratio, top_ups, axis=2)))


def test_income_of_the_first_year_is_the_scenarios(unmitigated: Account, run: Run) -> None:
    for future, scenario in enumerate(run.drawn_scenarios()):
        money = scenario.money
        first = dict(zip(SOURCES, unmitigated.income[future, 0], strict=True))
        assert first["high_needs"] == money.high_needs_income.value
        assert first["transfer"] == pytest.approx(0.005 * money.schools_block.value)
        assert unmitigated.brought_forward[future] == money.opening_balance.value


@pytest.mark.law
def test_no_more_than_half_a_percent_of_the_schools_block_is_transferred(bristol: Scenario, unmitigated: Account) -> None:
    grown = (1 + bristol.money.income_growth.high) ** np.arange(len(unmitigated.financial_years))  # type: ignore[operator]
    assert (unmitigated.income[:, :, 1] <= 0.005 * bristol.money.schools_block.high * grown).all()  # type: ignore[operator]
    with pytest.raises(ValidationError, match="transfer_share"):
        bristol.changed("money.transfer_share", value=0.006)


@pytest.mark.law
def test_transport_is_apart_from_the_account(bristol: Scenario, fixed: Change, make_run: MakeRun) -> None:
    cheap, dear = (account(make_run(fixed(bristol, transport_per_pupil=p)), mitigated=False) for p in (1_000.0, 9_000.0))
    assert (dear.transport == pytest.approx(9 * cheap.transport)) and (cheap.transport > 0).all()
    assert np.array_equal(cheap.spend, dear.spend)
    assert np.array_equal(cheap.cumulative_balance, dear.cumulative_balance)


def test_every_setting_and_other_line_has_a_category(bristol: Scenario) -> None:
    assert set(CATEGORY_OF_SETTING) == set(SETTINGS.codes)
    assert set(CATEGORY_OF_OTHER_LINE) <= set(bristol.money.other_lines.value)
    assert set(CATEGORY_OF_OTHER_LINE.values()) <= set(DSG_CATEGORIES.codes)


def test_measures_carry_their_unit_and_axes(unmitigated: Account, run: Run) -> None:
    found = measures(unmitigated)
    assert found["spend"].axes == ("financial_year", "category")
    for measure in found.values():
        assert measure.unit == "£"
        assert measure.values.shape == (run.futures, *(len(unmitigated.labels(axis)) for axis in measure.axes))
    assert unmitigated.financial_years[0] == "2022-23"
    assert found["spend"].values.sum(axis=2) == pytest.approx(unmitigated.spend)


def test_a_run_in_which_nothing_succeeded_has_no_account(run: Run) -> None:
    with pytest.raises(ValueError, match="no future"):
        account(replace(run, replications=(), tallies={}), mitigated=False)


def test_a_replication_not_in_the_run_is_named(unmitigated: Account) -> None:
    with pytest.raises(ValueError, match="99"):
        unmitigated.rows(99)


def test_prices_are_drawn_as_the_simulation_draws_them(run: Run, unmitigated: Account) -> None:
    """The parameter's own named stream gives the price, whatever else the scenario holds."""
    fee = run.drawn_scenarios()[3].money.independent_fee.value
    alone = run.scenario.money.independent_fee.drawn(
        np.array([Streams(run.base_seed, 3).uniform("parameter/money.independent_fee/")])
    )
    assert fee == alone.value


@pytest.mark.integration
def test_bristol_in_2022_is_near_what_the_council_said(bristol: Scenario, make_run: MakeRun) -> None:
    """Plausible pupils cost about what the council spent: an overspend of tens of millions, the DSG plan's order of magnitude.

    Published: in-year about -£19.9m in 2022/23 (Q2 forecast); "do nothing" about -£70m by 2024 (plan of 2021).
    """
    whole = account(make_run(bristol, futures=100), mitigated=False)
    spend = dict(zip(DSG_CATEGORIES.codes, whole.amounts.sum(axis=3).mean(axis=0)[0] / 1e6, strict=True))
    assert 85 < sum(spend.values()) < 105
    assert max(spend, key=spend.__getitem__) == "special"
    assert -25 < whole.in_year_balance.mean(axis=0)[0] / 1e6 < -12
    assert -85 < whole.cumulative_balance.mean(axis=0)[1] / 1e6 < -50
