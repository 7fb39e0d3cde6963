"""Invest to save: present values by hand, optimism bias, and the worth of knowing."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.information import drawn_numbers, information
from sufficiency.dsg.invest import (
    BIASES,
    Investment,
    Option,
    bias_named,
    check_options,
    do_nothing,
    invest,
    options_of,
    with_ample_staff,
    with_bias,
)
from sufficiency.experiment.runner import run_futures
from sufficiency.report.invest_files import information_table, options_table, payback_table, worth_knowing
from sufficiency.scenario.scenario import Scenario


def option(cost: list[float], gross: list[float], inflation: float = 0.0) -> Option:
    years = np.arange(len(cost))
    real = 1 / ((1 + inflation) * 1.035) ** years
    values = (np.array([row]) for row in (cost, gross, real, np.zeros(len(cost))))
    return Option(None, *values)  # type: ignore[arg-type]


@pytest.mark.theory
def test_net_present_value_and_payback_by_hand() -> None:
    found = option([100.0, 100.0, 0.0], [0.0, 80.0, 150.0], inflation=0.02)
    expected = -100 - 20 / (1.02 * 1.035) + 150 / (1.02 * 1.035) ** 2
    assert found.net_present_value == pytest.approx([expected])
    assert found.paid_back.tolist() == [0, 0, 1]  # -100, -120, +30
    pv_cost, pv_gross = 100 + 100 / 1.0557, 80 / 1.0557 + 150 / 1.0557**2
    assert found.saved_per_pound == pytest.approx(pv_gross / pv_cost)


def test_nothing_is_paid_back_before_anything_is_paid() -> None:
    assert option([0.0, 100.0, 0.0], [0.0, 0.0, 120.0]).paid_back.tolist() == [0, 0, 1]


def test_options_are_those_put_forward_whether_on_or_not(bristol: Scenario) -> None:
    assert [o.id for o in options_of(bristol)] == ["continuing", "school-led", "exploring"]
    kept = [key for key, i in do_nothing(bristol).interventions.items() if i.enabled]
    assert kept == ["new-places"]


def test_optimism_bias_puts_costs_and_durations_up_and_effects_down_for_options_only(bristol: Scenario) -> None:
    found = with_bias(bristol, BIASES["cautious"])
    before, after = (s.interventions["ordinarily-available"] for s in (bristol, found))
    assert after.ramp == round(1.39 * before.ramp)
    assert after.effect.value == pytest.approx(0.75 * before.effect.value)
    cost = [s.programmes["school-led"].yearly_cost.value for s in (bristol, found)]  # type: ignore[union-attr]
    assert cost[1] == pytest.approx(1.24 * cost[0])
    assert found.interventions["price-negotiation"] == bristol.interventions["price-negotiation"]
    assert with_bias(bristol, BIASES["none"]) is bristol
    Scenario.model_validate(found.model_dump(mode="python"))  # still a scenario
    with pytest.raises(InputProblem, match="unknown optimism bias") as caught:
        bias_named("standart", "--optimism")
    assert '"standard"?' in caught.value.mend


def test_ample_staff_is_twice_the_capacity_and_nothing_else(bristol: Scenario) -> None:
    found = with_ample_staff(bristol)
    before, after = dict(bristol.figures()), dict(found.figures())
    changed = {path for path in before if before[path] != after[path]}
    assert changed == {
        "decisions.decisions_per_week", "advice.advice_per_week", "assessment_team.cases_per_week",
        "assessment_team.drafts_per_week",
    }  # fmt: skip
    for path in changed:
        assert (after[path].value, after[path].high) == (2 * before[path].value, 2 * before[path].high)
    Scenario.model_validate(found.model_dump(mode="python"))


def test_a_scenario_without_options_says_how_to_put_one_forward(bristol: Scenario) -> None:
    none = {name: p.model_copy(update={"option": False}) for name, p in bristol.programmes.items()}
    with pytest.raises(InputProblem, match="no option") as caught:
        check_options(bristol.model_copy(update={"programmes": none}))
    assert "option = true" in caught.value.mend


@pytest.fixture(scope="module")
def found(bristol: Scenario) -> tuple[Scenario, Investment]:
    """Three futures of two and a quarter years."""
    short = bristol.changed("", horizon=dt.date(2024, 4, 30))
    nothing = run_futures(do_nothing(short), 3, base_seed=4)
    return short, invest(short, nothing)


@pytest.mark.integration
def test_an_option_without_effect_loses_exactly_what_it_costs(bristol: Scenario) -> None:
    short = bristol.changed("", horizon=dt.date(2024, 4, 30))
    for key in ("ordinarily-available", "school-improvement"):
        short = short.changed(f"interventions.{key}.effect", value=0.0, low=None, high=None)
    idle = invest(short, run_futures(do_nothing(short), 2, base_seed=4)).options[1]
    assert idle.player.id == "school-led"
    assert np.abs(idle.gross).max() < 1e-6
    assert (idle.cost[:, 1] > 0).all()
    assert (idle.net_present_value < 0).all()


@pytest.mark.integration
def test_all_options_cost_what_each_costs_and_the_tables_say_so(found: tuple[Scenario, Investment]) -> None:
    _, result = found
    *each, whole = result.options
    assert whole.player.id == "all"
    assert whole.cost == pytest.approx(sum(o.cost for o in each))
    table = options_table(result)
    assert list(table["option"]) == ["continuing", "school-led", "exploring", "all"]
    assert table["net_present_value"].to_numpy() == pytest.approx((table["saving"] - table["cost"]).to_numpy())
    by_year = payback_table(result)
    assert by_year["net"].to_numpy() == pytest.approx((by_year["saving"] - by_year["cost"]).to_numpy(), abs=0.01)
    assert set(by_year["financial_year"]) == {"2022-23", "2023-24"}
    known = information_table(result, worth_knowing(result, 1))
    assert known["known"].iloc[0] == "everything"


@pytest.mark.theory
def test_knowing_the_one_number_that_decides_is_worth_what_it_saves() -> None:
    """An option worth x against nothing, x uniform on (-1, 1): knowing x is worth E[max(x, 0)] = 1/4."""
    rng = np.random.default_rng(2)
    x, idle = rng.uniform(-1, 1, 800), rng.uniform(size=800)
    values = np.column_stack([np.zeros(800), x + 0.1 * rng.normal(size=800)])
    found = information(values, {"x": x, "idle": idle, "fixed": np.ones(800)}, 5)
    assert found.perfect == pytest.approx(0.25, abs=0.03)
    assert set(found.numbers) == {"x"}
    assert found.numbers["x"] == pytest.approx(0.25, abs=0.03)


def test_where_one_option_is_always_best_knowing_is_worth_nothing() -> None:
    x = np.random.default_rng(3).uniform(size=300)
    found = information(np.column_stack([np.zeros(300), 1 + x]), {"x": x}, 1)
    assert (found.best, found.numbers) == (1, {})
    assert found.perfect == pytest.approx(0.0, abs=1e-12)


def test_numbers_of_interventions_that_are_off_are_left_out(found: tuple[Scenario, Investment]) -> None:
    _, result = found
    numbers = drawn_numbers(result.drawn, result.on)
    assert "interventions.ordinarily-available.effect" in numbers
    assert not any("price-negotiation" in path for path in numbers)
    assert "money.other_lines" not in numbers  # tables are left out
