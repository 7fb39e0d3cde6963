"""Forcing bids in and out: what it loses, the plans that do it, and the commitment explained."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistProblem, Status, evaluate, net_demand, shortlist_problem, solve_problem
from sufficiency.shortlist.commitment import AS_IT_IS, IN_ORDER, LIFTED, explain
from sufficiency.shortlist.plan import EXACT
from sufficiency.shortlist.regret import CORE, EXTERIOR, chosen_in, regrets

Bid = Callable[..., ExpressionOfInterest]
Cut = Callable[[ShortlistProblem], ShortlistProblem]
LACKING = {
    ("south", "ASD", "secondary"): [30.0, 12.0, 50.0],
    ("north", "SEMH", "secondary"): [9.0, 14.0, 5.0],
    ("north", "ASD", "primary"): [20.0, 40.0, 10.0],
}
SIZES = [
    (12, 900_000.0, "ASD"),
    (8, 700_000.0, "ASD"),
    (20, 1_500_000.0, "SEMH"),
    (6, 300_000.0, "ASD"),
    (10, 1_000_000.0, "SEMH"),
]


def bids(make_bid: Bid) -> list[ExpressionOfInterest]:
    return [
        make_bid(f"B{n}", places=places, capital=capital, needs=(need,), lead_months=12 + 8 * (n % 3))
        for n, (places, capital, need) in enumerate(SIZES)
    ]


def small(bristol: Scenario, capital: float = 2.6e6, projects: int = 2) -> Scenario:
    scenario = bristol.changed("shortlist.capital", value=capital, low=0.0, high=1e8)
    return scenario.changed("shortlist.projects_per_year", value=projects).changed("commitment.places", value=172)


def problem_of(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, **forced: Any) -> ShortlistProblem:
    return shortlist_problem(small(bristol), bids(make_bid), net_demand(lacking(bristol, LACKING)), **forced)


def every_choice(problem: ShortlistProblem) -> list[tuple[dict[int, int], float, float, float]]:
    """Every choice that keeps the limits, with its shortfall, unmet need and cost."""
    found = []
    for options in itertools.product(*([None, *range(len(c.openings))] for c in problem.candidates)):
        choice = {position: o for position, o in enumerate(options) if o is not None}
        valued = evaluate(problem, choice)
        if valued.kept:
            found.append((choice, valued.shortfall, valued.unmet, valued.cost))
    return found


def test_the_interval_holds_what_listing_every_choice_finds(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, first_two: Cut
) -> None:
    problem = first_two(problem_of(bristol, lacking, make_bid))
    plan = solve_problem(problem, stops=EXACT)
    at_hand, choices = chosen_in(problem, plan), every_choice(problem)
    for regret in regrets(problem, plan, EXACT):
        position = next(c.position for c in problem.candidates if c.eoi.id == regret.eoi)
        assert regret.chosen == (position in at_hand)
        assert regret.places is not None
        forced = [(s, u, c) for choice, s, u, c in choices if (position in choice) != regret.chosen]
        shortfall = min(s for s, _, _ in forced)
        assert regret.places.low <= shortfall - plan.shortfall + 1e-4
        if regret.places.high is not None:
            assert regret.places.high >= shortfall - plan.shortfall - 1e-4
        as_good = [(u, c) for s, u, c in forced if s <= plan.shortfall + 1e-4]
        if as_good and regret.child_years is not None:
            unmet = min(u for u, _ in as_good)
            assert regret.child_years.low <= unmet - plan.unmet_after + 1e-3
            if regret.child_years.high is not None:
                assert regret.child_years.high >= unmet - plan.unmet_after - 1e-3
        better = [1 for s, u, c in forced if (s, u, c) <= (plan.shortfall + 1e-6, plan.unmet_after + 1e-4, plan.cost - 1)]
        if regret.standing in (CORE, EXTERIOR):
            assert not better
            assert not [
                1 for s, u, c in forced if abs(s - plan.shortfall) < 1e-6 and abs(u - plan.unmet_after) < 1e-4 and c <= plan.cost
            ]


def test_forced_bids_are_in_and_out(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, first_two: Cut) -> None:
    free = solve_problem(first_two(problem_of(bristol, lacking, make_bid)), stops=EXACT)
    inside, outside = {bid.eoi for bid in free.chosen}, {bid.eoi for bid in free.not_chosen}
    assert inside
    assert outside
    for id in (*inside, *outside):
        plan = solve_problem(first_two(problem_of(bristol, lacking, make_bid, force_in=[id.lower()])), stops=EXACT)
        assert id in {bid.eoi for bid in plan.chosen}
        assert (plan.shortfall, plan.unmet_after) >= (free.shortfall - 1e-6, free.unmet_after - 1e-3)
        if id in inside:
            assert (plan.shortfall, plan.unmet_after) == pytest.approx((free.shortfall, free.unmet_after), abs=1e-3)
            assert plan.cost == pytest.approx(free.cost)
        plan = solve_problem(first_two(problem_of(bristol, lacking, make_bid, force_out=[id])), stops=EXACT)
        assert id not in {bid.eoi for bid in plan.chosen}
        assert "by hand" in plan.reasons[id]


def test_forced_bids_that_break_a_limit_name_the_families(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid) -> None:
    problem = problem_of(bristol, lacking, make_bid, force_in=["B0", "B1", "B2"])
    for engine in ("highs", "cbc"):
        plan = solve_problem(problem, engines=(engine,))
        assert plan.status is Status.INFEASIBLE
        assert plan.chosen == ()
        assert "capital and must have" in plan.notes[0]


@pytest.mark.parametrize(
    ("forced", "words"),
    [
        ({"force_in": ["B9"]}, ("B9", "did you mean")),
        ({"force_in": ["B1"], "force_out": ["b1"]}, ("both in and out", "B1")),
    ],
)
def test_a_force_that_cannot_be(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, forced: dict[str, list[str]], words: tuple[str, ...]
) -> None:
    with pytest.raises(InputProblem) as caught:
        problem_of(bristol, lacking, make_bid, **forced)
    assert all(word in str(caught.value) for word in words)


def test_a_bid_that_is_screened_out_cannot_be_forced_in(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid) -> None:
    with pytest.raises(InputProblem, match="quality 1 is below"):
        shortlist_problem(bristol, [make_bid("A", quality=1.0)], net_demand(lacking(bristol, LACKING)), force_in=["A"])


def test_a_gap_of_the_saving_is_kept(problem: ShortlistProblem) -> None:
    from sufficiency.shortlist.plan import Stops

    plan = solve_problem(problem, stops=Stops(gap=0.05))
    saved = plan.unmet_before - plan.unmet_after
    assert plan.stages[1].gap <= 0.05 * saved + 1e-6
    assert plan.status in (Status.PROVEN, Status.WITHIN_GAP)


def test_the_commitment_is_explained_in_parts_that_add_up(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid) -> None:
    demand = net_demand(lacking(bristol, LACKING))
    scenario = small(bristol)
    problem = shortlist_problem(scenario, bids(make_bid), demand)
    plan = solve_problem(problem, stops=EXACT)

    def posed(changes: dict[str, Any]) -> ShortlistProblem:
        other = scenario.changed("shortlist.lowest_quality", value=changes["lowest_quality"])
        return shortlist_problem(other, bids(make_bid), demand)

    explained = explain(problem, plan, posed)
    base = next(line for line in explained.lines if line.kind == AS_IT_IS)
    assert base.shortfall == pytest.approx(plan.shortfall, abs=0.05)
    parts = [line for line in explained.lines if line.kind == IN_ORDER]
    assert sum(line.closes for line in parts) == pytest.approx(base.shortfall, abs=0.05)
    assert all(line.closes >= -0.05 for line in explained.lines)
    capital = next(line for line in explained.lines if line.kind == LIFTED and line.family == "capital")
    rich = shortlist_problem(small(bristol, capital=9e7), bids(make_bid), demand)
    assert capital.shortfall == pytest.approx(solve_problem(rich, stops=EXACT).shortfall, abs=0.05)
