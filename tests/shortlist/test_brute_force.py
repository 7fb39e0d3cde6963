"""Every choice listed: the solver finds the best, whatever the order, the worst futures, the scale."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sufficiency.experiment.run import Run
from sufficiency.scenario.eois import ExpressionOfInterest, Size
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistProblem, Status, evaluate, net_demand, shortlist_problem, solve_problem
from sufficiency.shortlist.plan import EXACT
from sufficiency.shortlist.prices import Tail
from sufficiency.shortlist.problem import Candidate
from sufficiency.shortlist.regret import chosen_in

Bid = Callable[..., ExpressionOfInterest]
Cut = Callable[..., ShortlistProblem]
LACKING = {("south", "ASD", "secondary"): [30.0, 12.0, 60.0], ("north", "SEMH", "secondary"): [9.0, 14.0, 5.0]}


def ten_bids(make_bid: Bid, times: int = 1) -> list[ExpressionOfInterest]:
    """Ten bids for the same children, each in two sizes."""
    rng = np.random.default_rng(5)
    bids = []
    for number in range(10):
        places, cost = int(rng.integers(4, 20)), int(rng.integers(20, 60)) * 1000
        other = Size(places=(places + int(rng.integers(3, 9))) * times, capital=float(rng.integers(5, 15)) * 100_000)
        capital, lead = float(places * cost), int(rng.integers(10, 30))
        chance = float(rng.choice([0.4, 0.7, 1.0]))
        bids.append(
            make_bid(
                f"B{number}", places=places * times, capital=capital, options=(other,), lead_months=lead,
                setting="special", status="potential", chance_legal_agreement=chance,
            )
        )  # fmt: skip
    return bids


def first_of_each_size(problem: ShortlistProblem, cut: Cut) -> ShortlistProblem:
    def kept(candidate: Candidate) -> list[int]:
        sizes = [opening.size for opening in candidate.openings]
        return [sizes.index(0), sizes.index(1)]

    return cut(problem, kept)


def limited(bristol: Scenario, capital: float, projects: int, places: int = 200) -> Scenario:
    scenario = bristol.changed("shortlist.capital", value=capital, low=0.0, high=1e9)
    return scenario.changed("shortlist.projects_per_year", value=projects).changed("commitment.places", value=places)


def test_ten_bids_of_two_sizes(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, cut: Cut) -> None:
    """59,049 choices. There is one kind of place and one group of children, so that each is a few sums."""
    run = lacking(bristol, {("south", "ASD", "secondary"): [30.0, 12.0, 60.0]})
    made = shortlist_problem(limited(bristol, 3.2e6, 3), ten_bids(make_bid), net_demand(run))
    problem = first_of_each_size(made, cut)
    options = np.array(list(itertools.product(range(3), repeat=10)))  # 0: out, 1 and 2: the sizes
    capital, closed, cost = np.zeros(len(options)), np.zeros(len(options)), np.zeros(len(options))
    capacity = np.zeros((len(options), len(problem.years)))
    projects = np.zeros((len(options), len(problem.years)), dtype=int)
    for candidate in problem.candidates:
        for o, opening in enumerate(candidate.openings):
            taken = options[:, candidate.position] == o + 1
            capital[taken] += candidate.capital_at(o)
            closed[taken] += candidate.expected_by(o)
            cost[taken] += candidate.costs[o]
            capacity[taken] += problem.capacity(candidate, o).sum(axis=1)
            projects[taken, problem.years.index(opening.year)] += 1
    kept = (capital <= problem.capital) & (projects <= problem.projects_per_year).all(axis=1)
    children = problem.demand.sum(axis=2)
    served = np.minimum(capacity[:, None, :], children[None])
    unmet = (children[None] - served).sum(axis=2) @ problem.weights
    shortfall = np.maximum(0.0, problem.commitment.missing - closed)
    admitted = problem.admits.any(axis=0)
    place = problem.cost_per_child[0, admitted].min()
    later = (served * place + (children[None] - served) * problem.prices.alternative) @ problem.prices.discount
    cost += later @ problem.weights
    order = np.lexsort((cost, unmet.round(6), shortfall.round(6)))
    best = next(n for n in order if kept[n])
    plan = solve_problem(problem, stops=EXACT)
    assert plan.status is Status.PROVEN
    assert (plan.shortfall, plan.unmet_after) == pytest.approx((shortfall[best], unmet[best]), abs=1e-3)
    assert plan.cost == pytest.approx(cost[best], rel=1e-6)
    assert chosen_in(problem, plan) == {e: int(o) - 1 for e, o in enumerate(options[best]) if o}


@pytest.mark.parametrize("tail", [Tail(0.0, 0.1), Tail(0.6, 0.34), Tail(1.0, 0.34)])
@pytest.mark.parametrize("order", ["in turn", "in pounds"])
def test_whatever_weighs(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, cut: Cut, order: str, tail: Tail) -> None:
    kinds = [("ASD",), ("ASD", "SEMH"), ("SEMH",)]
    bids = [
        bid.model_copy(update={"needs": kinds[n % 3], "area": ("north", "south")[n % 2]})
        for n, bid in enumerate(ten_bids(make_bid)[:5])
    ]
    scenario = limited(bristol, 2.4e6, 2, 172).changed("shortlist", order=order)
    made = shortlist_problem(scenario, bids, net_demand(lacking(bristol, LACKING)))
    problem = replace(first_of_each_size(made, cut), tail=tail)
    values = []
    for options in itertools.product(*([None, 0, 1] for _ in problem.candidates)):
        found = evaluate(problem, {e: o for e, o in enumerate(options) if o is not None})
        if found.kept:
            in_turn = (round(found.shortfall, 4), round(found.unmet_weighed, 3), found.cost_weighed)
            values.append(in_turn if order == "in turn" else (found.pounds,))
    for engine in ("highs", "cbc"):
        plan = solve_problem(problem, stops=EXACT, engines=(engine,))
        assert plan.solver == engine
        assert [stage.value for stage in plan.stages] == pytest.approx(min(values), rel=1e-6, abs=2e-3)
        assert plan.objective == pytest.approx(min(values)[-1], rel=1e-6)


def test_futures_that_are_all_the_same_make_the_worst_the_mean(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, cut: Cut
) -> None:
    same = {cell: [lack[0]] * 4 for cell, lack in LACKING.items()}
    made = shortlist_problem(limited(bristol, 2.4e6, 2), ten_bids(make_bid)[:6], net_demand(lacking(bristol, same)))
    problem = first_of_each_size(made, cut)
    mean = solve_problem(problem, stops=EXACT)
    worst = solve_problem(replace(problem, tail=Tail(1.0, 0.25)), stops=EXACT)
    assert [s.value for s in worst.stages] == pytest.approx([s.value for s in mean.stages])


def test_places_and_children_times_ten(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, cut: Cut) -> None:
    plans = []
    for times in (1, 10):
        run = lacking(bristol, {cell: [x * times for x in lack] for cell, lack in LACKING.items()})
        made = shortlist_problem(limited(bristol, 2.4e6, 2), ten_bids(make_bid, times)[:7], net_demand(run))
        gap = replace(made.commitment, promised=made.commitment.missing * times, delivered=0.0, pipeline=0.0)
        plans.append(solve_problem(replace(first_of_each_size(made, cut), commitment=gap), stops=EXACT))
    one, ten = plans
    assert [(bid.eoi, bid.opens, bid.places_bid * 10) for bid in one.chosen] == [
        (bid.eoi, bid.opens, bid.places_bid) for bid in ten.chosen
    ]
    assert (ten.shortfall, ten.unmet_after) == pytest.approx((10 * one.shortfall, 10 * one.unmet_after))


def test_decomposition_and_the_whole_model_agree(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same solver on both, all openings of all sizes."""
    from sufficiency.shortlist import decomposed, extensive

    problem = shortlist_problem(limited(bristol, 2.4e6, 2), ten_bids(make_bid), net_demand(lacking(bristol, LACKING)))
    by_parts = solve_problem(problem, stops=EXACT)
    nothing = evaluate(problem, {})

    def at_once(problem: ShortlistProblem, master: object, level: object, held: object, best: object, *_: object) -> object:
        return extensive.solve_level(problem, level, held, best, nothing, "highs", EXACT)

    monkeypatch.setattr(decomposed, "solve_level", at_once)
    whole = solve_problem(problem, stops=EXACT)
    assert [s.value for s in whole.stages] == pytest.approx([s.value for s in by_parts.stages], rel=2e-6)
