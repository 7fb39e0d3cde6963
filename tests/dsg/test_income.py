"""Income and dated money: paths, transfers, net imports, other blocks, payments and the stability grant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import Account, account
from sufficiency.dsg.balances import balance_rows, override_ends, steps, target, targets
from sufficiency.dsg.income import SOURCES
from sufficiency.experiment.run import Run
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario

Fix = Callable[..., Scenario]
MakeRun = Callable[..., Run]
KNOWN = {"unit": "x", "source": "test", "known_from": dt.date(2022, 1, 1), "verified": True}


def figure(value: Any) -> dict[str, Any]:
    return KNOWN | {"value": value}


@pytest.fixture(scope="module")
def plain(bristol: Scenario, fixed: Fix, enable: Fix) -> Scenario:
    """Certain income: £100m growing 5 % a year, half a per cent of £200m transferred, nothing else."""
    certain = fixed(
        enable(bristol),
        high_needs_income=100e6,
        income_growth=0.05,
        schools_block=200e6,
        transfer_share=0.005,
        opening_balance=-50e6,
    )
    return certain.changed("money", net_imports=None, import_rate=None)


def drawn_up(make_run: MakeRun, scenario: Scenario, **money: Any) -> Account:
    return account(make_run(scenario.changed("money", **money), futures=2), mitigated=False)


def source(of: Account, name: str) -> np.ndarray:
    return of.income[0, :, SOURCES.index(name)] / 1e6


def test_known_allocations_take_the_place_of_growth_and_growth_goes_on_from_them(plain: Scenario, make_run: MakeRun) -> None:
    path = {"2023": 108e6, "2024": 110e6}
    assert source(drawn_up(make_run, plain, known_income=figure(path)), "high_needs")[:5] == pytest.approx(
        [100, 108, 110, 115.5, 121.275]
    )


def test_a_suspended_formula_is_a_year_without_growth(plain: Scenario, make_run: MakeRun) -> None:
    found = source(drawn_up(make_run, plain, income_growth_by_year=figure({"2024": 0.0})), "high_needs")
    assert found[:4] == pytest.approx([100, 105, 105, 110.25])
    assert load("bristol-2025").money.income_growth_by_year.value == {"2026": 0.0}  # type: ignore[union-attr]
    whole = account(make_run(load("bristol-2025"), futures=4), mitigated=False)
    assert np.array_equal(whole.income[:, 1, 0], whole.income[:, 0, 0])


def test_each_year_s_transfer_is_agreed_by_itself(plain: Scenario, make_run: MakeRun) -> None:
    found = source(drawn_up(make_run, plain, transfer_share_by_year=figure({"2023": 0.0, "2024": 0.0025})), "transfer")
    assert found[:4] == pytest.approx([1.0, 0.0, 0.0025 * 200 * 1.05**2, 1.05**3])


@pytest.mark.parametrize("money", [{"transfer_share": figure(0.006)}, {"transfer_share_by_year": figure({"2024": 0.015})}])
def test_a_transfer_above_the_rule_needs_its_approval(plain: Scenario, make_run: MakeRun, money: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="above the rule"):
        plain.changed("money", **money)
    approved = drawn_up(make_run, plain, **money, transfer_approval="Secretary of State, a letter of 1 March")
    assert source(approved, "transfer").max() > 0.005 * 200 * 1.05**2 * 0.99


def test_net_imports_are_paid_for_as_they_change_from_the_first_year(plain: Scenario, make_run: MakeRun) -> None:
    money = {"net_imports": figure({"2022": 30.0, "2024": 50.0}), "import_rate": figure(6000.0)}
    found = source(drawn_up(make_run, plain, **money), "import_export") * 1e6
    assert found[:5] == pytest.approx([0, 60_000, 120_000, 120_000, 120_000])
    exported = {"net_imports": figure({"2022": 0.0, "2023": -40.0}), "import_rate": figure(6000.0)}
    assert source(drawn_up(make_run, plain, **exported), "import_export")[1] == pytest.approx(-0.24)


def test_other_blocks_move_the_balance_and_no_line_of_spend(plain: Scenario, make_run: MakeRun) -> None:
    with_blocks = drawn_up(make_run, plain, other_blocks=figure({"2023": -2e6}))
    without = drawn_up(make_run, plain)
    assert np.array_equal(with_blocks.spend, without.spend)
    assert (with_blocks.cumulative_balance - without.cumulative_balance)[0] == pytest.approx([0, *[-2e6] * 6])


@pytest.mark.law
def test_payments_and_the_grant_come_after_the_in_year_balance(plain: Scenario, make_run: MakeRun) -> None:
    """A year's steps lead from what is brought forward to what is carried forward, to the penny."""
    payment = {"title": "Safety valve", "paid_on": dt.date(2024, 3, 31), "amount": figure(21.5e6)}
    grant = {
        "share": figure(0.9), "eligible": figure(0.8), "deficit_on": dt.date(2025, 3, 31), "paid_on": dt.date(2025, 10, 1),
    }  # fmt: skip
    money = {"payments": {"safety-valve": payment}, "stability_grant": grant, "other_blocks": figure({"2023": -3e6})}
    found, without = drawn_up(make_run, plain, **money), drawn_up(make_run, plain, other_blocks=money["other_blocks"])
    assert np.array_equal(found.in_year_balance, without.in_year_balance)
    assert found.payments[0, :3].tolist() == [0, 21.5e6, 0]
    # The overspend of other blocks does not count; what was paid towards the deficit before does.
    eligible = -(without.cumulative_balance[:, 2] + 21.5e6 + 3e6)
    assert found.grant[:, 3] == pytest.approx(0.9 * 0.8 * eligible)
    assert found.grant[:, [0, 1, 2, 4, 5, 6]].any() == np.False_
    s = steps(found)
    assert s["brought_forward"] + s["income"] - s["spend"] == pytest.approx(
        s["brought_forward"] + s["in_year_balance"], abs=0.005
    )
    carried = s["brought_forward"] + s["in_year_balance"] + s["payments"] + s["stability_grant"]
    assert carried == pytest.approx(s["carried_forward"], abs=0.005)
    assert s["brought_forward"][:, 1:] == pytest.approx(s["carried_forward"][:, :-1], abs=0.005)
    means = balance_rows([found]).pivot(index="financial_year", columns="measure", values="mean")
    total = means["brought_forward"] + means["income"] - means["spend"] + means["payments"] + means["stability_grant"]
    assert np.abs(total - means["carried_forward"]).max() < 0.005


def test_a_surplus_earns_no_grant_and_one_beyond_the_years_is_not_paid(plain: Scenario, fixed: Fix, make_run: MakeRun) -> None:
    rich = fixed(plain, high_needs_income=400e6)
    days = {"share": figure(0.9), "eligible": figure(1.0), "deficit_on": dt.date(2024, 3, 31), "paid_on": dt.date(2024, 10, 1)}
    assert not drawn_up(make_run, rich, stability_grant=days).grant.any()
    late = days | {"deficit_on": dt.date(2035, 3, 31), "paid_on": dt.date(2035, 10, 1)}
    assert not drawn_up(make_run, plain, stability_grant=late).grant.any()
    opening = days | {"deficit_on": dt.date(2022, 3, 31), "paid_on": dt.date(2022, 10, 1)}
    assert drawn_up(make_run, plain, stability_grant=opening).grant[:, 0] == pytest.approx(0.9 * 50e6)


def test_targets_and_the_end_of_the_override(make_run: MakeRun) -> None:
    scenario = load("bristol-2025")
    whole = account(make_run(scenario, futures=20), mitigated=False)
    [safety_valve] = targets(scenario, whole)
    assert (safety_valve.financial_year, safety_valve.balance) == ("2025-26", -41.3e6)
    middle = float(np.median(whole.cumulative_balance[:, 2]))
    assert target(whole, "2027-28", middle).probability == pytest.approx(0.5, abs=0.06)
    assert target(whole, "2027-28", -1e12).probability == 1.0
    with pytest.raises(InputProblem, match="does not cover"):
        target(whole, "2099-00", 0.0)
    ends = override_ends(scenario, whole)
    assert ends is not None and ends[0] == "2027-28"
    assert np.array_equal(ends[1], whole.cumulative_balance[:, 2])
    never = scenario.changed("money", override_ends=None)
    assert override_ends(never, whole) is None


@pytest.mark.parametrize(
    ("money", "what", "mend"),
    [
        ({"known_income": figure({"2023": 1e8, "2025": 1e8})}, "has a gap", "give the year"),
        ({"known_income": figure({"2022": 1e8, "2023": 1e8})}, "begins too early", "leave out 2022"),
        ({"known_income": figure({"2023": -1.0})}, "greater than or equal", ""),
        ({"income_growth_by_year": figure({"2026": 0.9})}, "less than or equal", ""),
        ({"net_imports": figure({"2022": 1.0}), "import_rate": None}, "cannot be priced", "import_rate"),
        ({"band_shares": None}, "weights without shares", "band_shares"),
        ({"band_shares": figure({"special": {"a": 1.0}})}, "different bands", ""),
        (
            {"stability_grant": {"share": figure(0.9), "eligible": figure(1.0), "deficit_on": dt.date(2026, 4, 1),
                                 "paid_on": dt.date(2026, 10, 1)}},
            "not that of a year's end", "2026-03-31",
        ),
        (
            {"stability_grant": {"share": figure(0.9), "eligible": figure(1.0), "deficit_on": dt.date(2026, 3, 31),
                                 "paid_on": dt.date(2026, 3, 1)}},
            "paid before its deficit", "",
        ),
        ({"payments": {"x": {"title": "X", "paid_on": dt.date(2022, 3, 31), "amount": figure(1.0)}}}, "before the account", ""),
        ({"place_rate": figure({"special": -1.0})}, "greater than or equal", ""),
    ],
)  # fmt: skip
def test_income_that_cannot_be_is_refused(bristol: Scenario, money: dict[str, Any], what: str, mend: str) -> None:
    with pytest.raises(ValidationError) as caught:
        bristol.changed("money", **money)
    assert what in str(caught.value) and mend in str(caught.value)
