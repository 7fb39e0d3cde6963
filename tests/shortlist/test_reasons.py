"""Every bid has one true reason; adopting a plan and showing it as a table."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistPlan, ShortlistProblem, adopt, evaluate, solve_shortlist, table
from sufficiency.shortlist.plan import EXACT, TABLE_COLUMNS
from sufficiency.shortlist.regret import chosen_in

Bid = Callable[..., ExpressionOfInterest]
Eois = tuple[ExpressionOfInterest, ...]


def test_every_bid_has_exactly_one_reason(plan: ShortlistPlan, eois: Eois) -> None:
    ids = [bid.eoi for bid in plan.chosen] + [bid.eoi for bid in plan.not_chosen]
    assert sorted(ids) == sorted(eoi.id for eoi in eois)
    for reason in plan.reasons.values():
        assert reason.startswith(("Chosen: ", "Left out: ", "Screened out: "))
        assert reason.endswith(".")
        assert ". " not in reason.removesuffix("."), "one sentence"
        assert "nan" not in reason


def test_what_a_chosen_bid_meets_is_what_taking_it_out_leaves_unmet(plan: ShortlistPlan, problem: ShortlistProblem) -> None:
    whole = chosen_in(problem, plan)
    for bid in plan.chosen[:5]:
        without = {position: o for position, o in whole.items() if position != problem.ids[bid.eoi]}
        assert evaluate(problem, without).unmet - plan.unmet_after == pytest.approx(bid.child_years, abs=1e-6)


def reason_of(id: str, scenario: Scenario, bids: list[ExpressionOfInterest], run: Run) -> str:
    plan = solve_shortlist(scenario, bids, run, stops=EXACT)
    assert id not in {bid.eoi for bid in plan.chosen}
    return plan.reasons[id]


def test_reasons_name_the_limit_that_binds(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid) -> None:
    run = lacking(bristol, {("south", "ASD", "secondary"): [400.0]})
    bids = [make_bid("A", places=20), make_bid("B")]
    little = bristol.changed("shortlist.capital", value=1e6, low=1e6)
    assert "it needs £560k of capital and £440k of £1.00m is left" in reason_of("B", little, bids, run)
    one = bristol.changed("shortlist.projects_per_year", value=1).changed("", horizon=bristol.horizon.replace(year=2024))
    short_run = lacking(one, {("south", "ASD", "secondary"): [400.0]})
    assert "the 1 projects that can open in 2023/24 are chosen already" in reason_of("B", one, bids, short_run)


def test_a_bid_that_brings_nothing_says_so(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid) -> None:
    nobody = lacking(bristol, {("south", "ASD", "secondary"): [0.0]})
    late = make_bid("late", lead_months=40)
    reason = reason_of("late", bristol, [late], nobody)
    assert "not expected to open by 31 March 2025" in reason
    assert "meets no need" in reason
    kept = bristol.changed("commitment.places", value=100)
    assert "the commitment is met without it" in reason_of("A", kept, [make_bid("A")], nobody)


def test_a_chosen_bid_is_described(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid) -> None:
    run = lacking(bristol, {("south", "SEMH", "secondary"): [400.0]})
    plan = solve_shortlist(bristol, [make_bid("A", needs=("SEMH",), places=12, setting="special")], run, stops=EXACT)
    assert plan.reasons["A"] == (
        "Chosen: 12 special school places for SEMH, secondary, in South (12.0 expected), opening September 2023; 7.9 of them "
        "expected by 31 March 2025 for the commitment; meets 11.4 child-years a year of need that would otherwise be unmet."
    )


def test_adopting_puts_the_chosen_bids_into_supply(plan: ShortlistPlan, eois: Eois, bristol: Scenario) -> None:
    adopted = adopt(bristol, eois, plan)
    added = {key: p for key, p in adopted.supply.items() if key not in bristol.supply}
    assert {p.eoi for p in added.values()} == {bid.eoi for bid in plan.chosen}
    assert sum(p.places.value for p in added.values()) == plan.places_bid
    assert sum(p.places.value * p.chance_of_opening for p in added.values()) == pytest.approx(plan.places_expected)
    for key, provision in added.items():
        assert key == f"eoi-{provision.eoi}".lower()
        assert provision.status == "planned"
        assert provision.counts_towards_commitment
        assert provision.places.source.startswith("expression of interest")
        assert "illustrative" in provision.places.source
        assert not provision.places.verified
    assert adopted.digest != bristol.digest
    with pytest.raises(InputProblem, match="already"):
        adopt(adopted, eois, plan)


def test_adopted_bids_are_not_chosen_again(plan: ShortlistPlan, eois: Eois, bristol: Scenario, run: Run) -> None:
    again = solve_shortlist(adopt(bristol, eois, plan), eois, run, sample=2)
    assert not {bid.eoi for bid in again.chosen} & {bid.eoi for bid in plan.chosen}
    assert again.commitment_missing == pytest.approx(plan.shortfall)


def test_adopting_nothing_changes_nothing(bristol: Scenario, eois: Eois, run: Run) -> None:
    nothing = solve_shortlist(bristol, [], run, sample=1)
    assert adopt(bristol, eois, nothing) == bristol
    assert adopt(bristol, eois, nothing).digest == bristol.digest


def test_the_table_has_a_row_for_every_bid_in_order(plan: ShortlistPlan, eois: Eois) -> None:
    rows = table(plan, eois)
    assert [row["id"] for row in rows] == [eoi.id for eoi in eois]
    assert all(tuple(row) == TABLE_COLUMNS for row in rows)
    assert {row["decision"] for row in rows} == {"chosen", "left out", "screened out"}
    assert all((row["opens"] is not None) == (row["decision"] == "chosen") for row in rows)
