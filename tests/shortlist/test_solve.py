"""The solve: against brute force, between solvers, and the laws a shortlist keeps."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import (
    ShortlistPlan,
    ShortlistProblem,
    Status,
    evaluate,
    net_demand,
    shortlist_problem,
    solve_problem,
    solve_shortlist,
)
from sufficiency.shortlist.plan import EXACT
from sufficiency.shortlist.regret import chosen_in

Bid = Callable[..., ExpressionOfInterest]
Cut = Callable[[ShortlistProblem], ShortlistProblem]
LACKING = {
    ("south", "ASD", "secondary"): [30.0, 12.0, 50.0],
    ("north", "SEMH", "secondary"): [9.0, 14.0, 5.0],
    ("north", "ASD", "primary"): [20.0, 40.0, 10.0],
}


def small_bids(make_bid: Bid, seed: int) -> list[ExpressionOfInterest]:
    """Six bids, some of which open too late for the commitment."""
    rng = np.random.default_rng(seed)
    kinds = [(("ASD",), ("secondary",)), (("ASD", "SEMH"), ("secondary",)), (("ASD",), ("primary", "secondary"))]
    bids = []
    for number in range(6):
        needs, phases = kinds[rng.integers(3)]
        bids.append(
            make_bid(
                f"B{number}",
                setting="special" if rng.random() < 0.6 else "resourced",
                area=("north", "south")[rng.integers(2)],
                needs=needs,
                phases=phases,
                places=int(rng.integers(4, 24)),
                capital=float(rng.integers(2, 20)) * 100_000,
                lead_months=int(rng.integers(12, 40)),
                status="potential",
                chance_legal_agreement=float(rng.choice([0.4, 0.7, 1.0])),
            )
        )
    return bids


def small_scenario(bristol: Scenario, capital: float, projects: int = 2) -> Scenario:
    scenario = bristol.changed("shortlist.capital", value=capital, low=0.0, high=1e8)
    return scenario.changed("shortlist.projects_per_year", value=projects).changed("commitment.places", value=172)


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_listing_every_choice(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, first_two: Cut, seed: int
) -> None:
    scenario = small_scenario(bristol, capital=2.6e6)
    demand = net_demand(lacking(bristol, LACKING))
    problem = first_two(shortlist_problem(scenario, small_bids(make_bid, seed), demand))
    values = []
    for options in itertools.product(*([None, *range(len(c.openings))] for c in problem.candidates)):
        choice = {position: o for position, o in enumerate(options) if o is not None}
        capital = sum(problem.candidates[position].capital_at(o) for position, o in choice.items())
        years = [problem.candidates[position].openings[o].year for position, o in choice.items()]
        if capital <= problem.capital and all(years.count(year) <= problem.projects_per_year for year in years):
            found = evaluate(problem, choice)
            assert found.kept
            values.append((round(found.shortfall, 4), round(found.unmet, 4), found.cost))
    best = min(values)
    plan = solve_problem(problem, stops=EXACT)
    assert plan.status is Status.PROVEN
    assert (plan.shortfall, plan.unmet_after) == pytest.approx(best[:2], abs=1e-3)
    assert plan.cost == pytest.approx(best[2], rel=1e-6)


def test_futures_given_twice_change_nothing(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid) -> None:
    twice = {cell: lack * 2 for cell, lack in LACKING.items()}
    scenario, bids = small_scenario(bristol, 2.6e6), small_bids(make_bid, 1)
    once_plan, twice_plan = (
        solve_shortlist(scenario, bids, lacking(bristol, children), stops=EXACT) for children in (LACKING, twice)
    )
    assert replace(once_plan, replications=()) == replace(twice_plan, replications=())


def test_more_capital_never_makes_it_worse(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid) -> None:
    """Nor does unmet need rise while the shortfall stays the same."""
    run, bids = lacking(bristol, LACKING), small_bids(make_bid, 2)
    plans = [solve_shortlist(small_scenario(bristol, capital), bids, run, stops=EXACT) for capital in (0, 1e6, 2e6, 3e6, 9e6)]
    for less, more in itertools.pairwise(plans):
        assert more.shortfall <= less.shortfall + 1e-6
        if more.shortfall == pytest.approx(less.shortfall, abs=1e-6):
            assert more.unmet_after <= less.unmet_after + 1e-4
    assert plans[0].chosen == ()


def test_the_bundled_bids_keep_every_limit(plan: ShortlistPlan, problem: ShortlistProblem) -> None:
    found = evaluate(problem, chosen_in(problem, plan))
    assert found.kept
    assert found.capital <= problem.capital
    assert plan.capital == pytest.approx(found.capital)
    assert plan.shortfall == pytest.approx(found.shortfall)
    assert plan.unmet_after == pytest.approx(found.unmet)
    assert plan.places_bid == sum(bid.places_bid for bid in plan.chosen)
    assert plan.places_expected == pytest.approx(sum(bid.places_expected for bid in plan.chosen))
    assert plan.closed + plan.shortfall == pytest.approx(plan.commitment_missing)
    assert plan.unmet_after < plan.unmet_before
    assert plan.status in (Status.PROVEN, Status.WITHIN_GAP)
    assert all(stage.share_of_saving <= 0.01 + 1e-9 for stage in plan.stages)
    assert plan.objective == pytest.approx(plan.bound + plan.gap)
    assert plan.cost < plan.cost_before


def test_the_re_check_sees_a_broken_limit(problem: ShortlistProblem) -> None:
    everything = evaluate(problem, {candidate.position: 0 for candidate in problem.candidates})
    assert {limit.family for limit in everything.limits if not limit.kept} == {
        "capital",
        "projects_per_year",
        "exclusive",
    }


def test_cbc_and_highs_agree(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid) -> None:
    scenario, run, bids = small_scenario(bristol, 2.6e6), lacking(bristol, LACKING), small_bids(make_bid, 3)
    highs, cbc = (solve_shortlist(scenario, bids, run, stops=EXACT, engines=(engine,)) for engine in ("highs", "cbc"))
    assert (highs.solver, cbc.solver) == ("highs", "cbc")
    assert [s.value for s in highs.stages] == pytest.approx([s.value for s in cbc.stages], rel=2e-6)


def test_the_same_input_gives_the_same_plan(plan: ShortlistPlan, problem: ShortlistProblem) -> None:
    assert solve_problem(problem) == plan


def test_no_capital_is_no_error(bristol: Scenario, run: Run, eois: tuple[ExpressionOfInterest, ...]) -> None:
    plan = solve_shortlist(small_scenario(bristol, 0.0).changed("commitment.places", value=450), eois, run, sample=2)
    assert plan.status is Status.PROVEN
    assert plan.chosen == ()
    assert plan.shortfall == pytest.approx(308)
    assert plan.met_on is None


def test_no_bid_that_passes_screening_is_no_error(bristol: Scenario, run: Run, make_bid: Bid) -> None:
    plan = solve_shortlist(bristol, [make_bid("A", quality=1.0)], run, sample=2)
    assert plan.chosen == ()
    assert plan.shortfall == pytest.approx(308)
    assert [bid.eoi for bid in plan.not_chosen] == ["A"]
    assert solve_shortlist(bristol, [], run, sample=2).not_chosen == ()


def test_a_run_of_another_authority_is_refused(bristol: Scenario, run: Run, make_bid: Bid) -> None:
    data = bristol.model_dump(mode="python")
    other = Scenario.model_validate(_relabelled(data, "south", "west"))
    with pytest.raises(InputProblem, match="other areas"):
        solve_shortlist(other, [make_bid("A", area="west")], run)


def _relabelled(node: object, old: str, new: str) -> object:
    if isinstance(node, dict):
        return {(new if key == old else key): _relabelled(value, old, new) for key, value in node.items()}
    return new if node == old else node
