"""Interventions: what acts on prices, what it costs, and what the mitigated account saves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sufficiency.domain.dictionaries import DSG_CATEGORIES
from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import Account, account
from sufficiency.dsg.compare import compare
from sufficiency.dsg.interventions import Effects
from sufficiency.dsg.items import LINES
from sufficiency.experiment.run import Run
from sufficiency.scenario.delivery import as_planned
from sufficiency.scenario.scenario import Scenario

Change = Callable[..., Scenario]
MakeRun = Callable[..., Run]


def both(run: Run) -> tuple[Account, Account]:
    return account(run, mitigated=False), account(run, mitigated=True)


@pytest.mark.law
def test_without_an_enabled_intervention_mitigated_equals_unmitigated_exactly(
    without_interventions: Scenario, make_run: MakeRun
) -> None:
    unmitigated, mitigated = both(make_run(without_interventions))
    assert unmitigated.items == mitigated.items
    assert np.array_equal(unmitigated.amounts, mitigated.amounts)
    assert np.array_equal(unmitigated.cumulative_balance, mitigated.cumulative_balance)
    saving = compare(unmitigated, mitigated)
    assert not saving.in_year.any() and not saving.by_category.any()


def test_the_unmitigated_account_leaves_enabled_interventions_out(
    bristol: Scenario, without_interventions: Scenario, make_run: MakeRun
) -> None:
    enabled, disabled = (account(make_run(s), mitigated=False) for s in (bristol, without_interventions))
    assert np.array_equal(enabled.amounts, disabled.amounts)


def test_price_negotiation_lowers_fees_by_its_ramped_effect_and_costs_nothing_else(
    bristol: Scenario, enable: Change, make_run: MakeRun
) -> None:
    run = make_run(as_planned(enable(bristol, "price-negotiation")))  # from April 2023, ramped over 52 weeks
    unmitigated, mitigated = both(run)
    fees = (DSG_CATEGORIES.index("independent"), LINES.index("fees"))
    ratio = mitigated.amounts[:, :, *fees] / unmitigated.amounts[:, :, *fees]
    effects = np.array([s.interventions["price-negotiation"].effect.value for s in run.drawn_scenarios()])
    assert np.array_equal(ratio[:, 0], np.ones(run.futures))
    assert ratio[:, 1] == pytest.approx(1 + effects / 2, abs=0.001)
    assert ratio[:, 2:] == pytest.approx(np.repeat(1 + effects[:, None], ratio.shape[1] - 2, axis=1))
    saving = compare(unmitigated, mitigated)
    only = saving.by_category[:, :, fees[0]]
    assert saving.by_category.sum(axis=2) == pytest.approx(only)
    assert (saving.cumulative[:, -1] > 0).all()


def test_an_intervention_on_demand_only_costs_here(bristol: Scenario, enable: Change, make_run: MakeRun) -> None:
    """What it does to children is in the simulation's pupil-years, so the same pupils cost the same."""
    run = make_run(as_planned(enable(bristol, "ordinarily-available")))  # from September 2022, in a programme of £0.95m
    unmitigated, mitigated = both(run)
    saving = compare(unmitigated, mitigated)
    drawn = run.drawn_scenarios()
    yearly = np.array([s.programmes["school-led"].yearly_cost.value for s in drawn])  # type: ignore[union-attr]
    inflation = np.array([s.money.inflation.value for s in drawn])
    assert saving.in_year[:, 0] == pytest.approx(-yearly * 30.5 / 52, rel=0.02)
    assert saving.in_year[:, 1] == pytest.approx(-yearly * (1 + inflation))
    assert saving.by_category[:, :, DSG_CATEGORIES.index("other")] == pytest.approx(saving.in_year, abs=0.01)
    cost = [i for i, item in enumerate(mitigated.items) if item.code == "programme/school-led"]
    assert mitigated.item_amounts[:, :, cost].sum(axis=2) == pytest.approx(-saving.in_year, abs=0.01)


def test_a_programme_is_paid_once_for_all_its_interventions_and_costs_of_their_own_are_added(
    bristol: Scenario, enable: Change, make_run: MakeRun
) -> None:
    one, both_on = (
        make_run(as_planned(enable(bristol, "ordinarily-available", *more))) for more in ((), ("school-improvement",))
    )
    assert np.array_equal(account(one, mitigated=True).spend, account(both_on, mitigated=True).spend)
    certain = {"value": 1e5, "low": None, "high": None, "unit": "£", "source": "test", "known_from": dt.date(2022, 1, 1)}
    own = bristol.changed("interventions.ordinarily-available", one_off_cost=certain | {"verified": True})
    dearer = account(make_run(as_planned(enable(own, "ordinarily-available"))), mitigated=True)
    extra = dearer.spend - account(one, mitigated=True).spend
    assert extra[:, 0] == pytest.approx(1e5)  # in the year of its start, and in no other
    assert np.abs(extra[:, 1:]).max() < 0.01


def test_top_ups_in_every_setting_follow_an_intervention_on_them(bristol: Scenario, enable: Change, make_run: MakeRun) -> None:
    effect = {"value": -0.1, "low": None, "high": None}
    scenario = as_planned(enable(bristol, "price-negotiation"))
    scenario = scenario.changed("interventions.price-negotiation", quantity="top_up", ramp=0)
    unmitigated, mitigated = both(make_run(scenario.changed("interventions.price-negotiation.effect", **effect)))
    ratio = mitigated.amounts[:, 1:].sum(axis=2) / unmitigated.amounts[:, 1:].sum(axis=2)
    expected = [0.9 if line == "top_ups" else 1.0 for line in LINES]
    assert ratio == pytest.approx(np.broadcast_to(expected, ratio.shape))


def test_interventions_on_the_same_price_multiply(bristol: Scenario, enable: Change, make_run: MakeRun) -> None:
    scenario = as_planned(enable(bristol, "price-negotiation", "autism-training"))
    for key, effect in (("price-negotiation", -0.5), ("autism-training", -0.2)):
        scenario = scenario.changed(f"interventions.{key}", quantity="independent_fee", ramp=0, starts=dt.date(2022, 4, 1))
        scenario = scenario.changed(f"interventions.{key}.effect", value=effect, low=None, high=None)
    unmitigated, mitigated = both(make_run(scenario))
    category = DSG_CATEGORIES.index("independent")
    assert mitigated.amounts[:, 1:, category].sum() == pytest.approx(0.4 * unmitigated.amounts[:, 1:, category].sum())


def test_an_intervention_costs_from_its_start(bristol: Scenario, fixed: Change) -> None:
    key, lines, years = "ordinarily-available", tuple(bristol.money.other_lines.value), bristol.calendar.whole_financial_years
    for starts, expected in ((dt.date(2023, 4, 1), [0, 1, 1]), (dt.date(2022, 10, 1), [0.5, 1, 1])):
        [cost] = Effects([bristol.changed(f"interventions.{key}", starts=starts)], lines, years).policy([key]).costs
        assert cost.quantity[0, :3] == pytest.approx(expected, abs=0.02)


def test_the_year_a_ramp_takes_counts_half(bristol: Scenario) -> None:
    effect = bristol.interventions["price-negotiation"].effect.value
    lines, years = tuple(bristol.money.other_lines.value), bristol.calendar.whole_financial_years
    factor = Effects([as_planned(bristol)], lines, years).factor("price-negotiation")[0]
    assert factor[:3] == pytest.approx([1, 1 + effect / 2, 1 + effect], abs=0.001)


def test_savings_pair_the_futures_that_both_runs_have(run: Run) -> None:
    unmitigated, mitigated = both(run)
    kept = [0, 2, 5]
    tallies = {name: tally[kept] for name, tally in run.tallies.items()}
    some = account(replace(run, replications=(0, 2, 5), tallies=tallies), mitigated=True)
    saving = compare(unmitigated, some)
    assert saving.replications == (0, 2, 5)
    assert np.array_equal(saving.in_year, compare(unmitigated, mitigated).in_year[kept])
    rows = saving.rows()
    assert list(rows.columns) == ["measure", "financial_year", "mean", "p10", "p50", "p90"]
    assert (rows["p10"] <= rows["p50"]).all() and (rows["p50"] <= rows["p90"]).all()
    assert len(rows) == 2 * len(saving.financial_years)


def test_accounts_that_cannot_be_paired_are_refused(run: Run) -> None:
    unmitigated, mitigated = both(run)
    with pytest.raises(InputProblem, match="base seeds"):
        compare(unmitigated, replace(mitigated, base_seed=2))
    with pytest.raises(InputProblem, match="financial years"):
        compare(unmitigated, replace(mitigated, financial_years=("2030-31",)))
    with pytest.raises(InputProblem, match="no future in common"):
        compare(unmitigated, replace(mitigated, replications=tuple(range(100, 108))))
