"""What lies around a plan (worth, alternatives, front, growth, core index, reserves, what-if), against every choice listed."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import (
    Evaluation,
    ShortlistPlan,
    ShortlistProblem,
    evaluate,
    net_demand,
    shortlist_problem,
    solve_problem,
)
from sufficiency.shortlist.alternatives import alternatives
from sufficiency.shortlist.core import core_indices, other_weights
from sufficiency.shortlist.frontier import frontier
from sufficiency.shortlist.futures import fresh_demand
from sufficiency.shortlist.growth import LEAST_WORST, by_growth, thirds
from sufficiency.shortlist.levels import POUNDS, UNMET
from sufficiency.shortlist.plan import EXACT
from sufficiency.shortlist.problem import Version
from sufficiency.shortlist.reduction import telling
from sufficiency.shortlist.regret import Questions
from sufficiency.shortlist.reserves import reserves
from sufficiency.shortlist.whatif import what_if
from sufficiency.shortlist.worth import Worth, worth_of

Bid = Callable[..., ExpressionOfInterest]
Lacking = Callable[..., Run]
CHILDREN = {
    ("south", "ASD", "secondary"): [4.0, 30.0, 60.0, 20.0, 8.0, 44.0],
    ("north", "SEMH", "secondary"): [30.0, 2.0, 5.0, 20.0, 9.0, 3.0],
}


@dataclass
class Case:
    """A small problem with its exact plan and all its choices."""

    problem: ShortlistProblem
    plan: ShortlistPlan
    questions: Questions
    choices: list[Evaluation]


def small_bids(make_bid: Bid) -> list[ExpressionOfInterest]:
    return [
        make_bid("A", places=12, capital=900_000.0),
        make_bid(
            "B", places=10, capital=700_000.0, area="north", needs=("SEMH",), status="potential", chance_legal_agreement=0.6
        ),
        make_bid("C", places=8, capital=500_000.0, area="east-central", needs=("ASD", "SEMH"), setting="special"),
        make_bid("D", places=9, capital=650_000.0, lead_months=24, status="potential", chance_legal_agreement=0.8),
        make_bid("E", places=5, capital=300_000.0, area="north", needs=("SEMH",), lead_months=18),
    ]


def made(bristol: Scenario, lacking: Lacking, make_bid: Bid, first_two: Callable[..., ShortlistProblem], order: str) -> Case:
    scenario = bristol.changed("shortlist.capital", value=2.0e6, low=0.0, high=1e8).changed("commitment.places", value=150)
    scenario = scenario.changed("shortlist", order=order)
    problem = first_two(shortlist_problem(scenario, small_bids(make_bid), net_demand(lacking(bristol, CHILDREN), 3)))
    plan = solve_problem(problem, stops=EXACT)
    choices = []
    for options in itertools.product(*([None, *range(len(c.openings))] for c in problem.candidates)):
        found = evaluate(problem, {e: o for e, o in enumerate(options) if o is not None})
        if found.kept:
            choices.append(found)
    return Case(problem, plan, Questions(problem, plan, EXACT), choices)


@pytest.fixture(scope="module")
def turn(bristol: Scenario, lacking: Lacking, make_bid: Bid, first_two: Callable[..., ShortlistProblem]) -> Case:
    return made(bristol, lacking, make_bid, first_two, "in turn")


@pytest.fixture(scope="module")
def pounds(bristol: Scenario, lacking: Lacking, make_bid: Bid, first_two: Callable[..., ShortlistProblem]) -> Case:
    return made(bristol, lacking, make_bid, first_two, "in pounds")


def worth(case: Case, fresh: ShortlistProblem | None = None) -> Worth:
    level = POUNDS if case.problem.order == "in pounds" else UNMET
    bound = next(stage.bound for stage in case.plan.stages if stage.name == level.name)
    return worth_of(case.questions.at_hand, level, case.questions.held[level], bound, fresh, EXACT)


def test_perfect_information_and_the_stochastic_solution_are_as_listed(pounds: Case) -> None:
    """Waiting and seeing costs least, the plan for the mean future most (Birge and Louveaux 2011, proposition 4.1)."""
    problem, found = pounds.problem, worth(pounds)
    by_future = np.array([c.cost_by_future + problem.commitment.price * c.shortfall for c in pounds.choices])
    here_and_now = float((by_future @ problem.weights).min())
    wait_and_see = float(by_future.min(axis=0) @ problem.weights)
    assert found.perfect_information.high == pytest.approx(here_and_now - wait_and_see, abs=1e-5 * here_and_now)
    assert found.perfect_information.low == pytest.approx(here_and_now - wait_and_see, abs=1e-5 * here_and_now)
    assert here_and_now - wait_and_see > 1e-4 * here_and_now
    assert found.stochastic_solution >= -1e-6 * here_and_now


def test_in_turn_the_worth_is_in_child_years(turn: Case) -> None:
    problem, found = turn.problem, worth(turn)
    kept = [c for c in turn.choices if c.shortfall <= turn.plan.shortfall + 1e-5]
    by_future = np.array([c.unmet_by_future for c in kept])
    gain = float((by_future @ problem.weights).min() - by_future.min(axis=0) @ problem.weights)
    assert found.unit == "child-years"
    assert found.perfect_information.low == pytest.approx(gain, abs=1e-3)
    assert found.perfect_information.high == pytest.approx(gain, abs=1e-3)
    assert found.pounds_a_unit == problem.unmet_child_year


def test_where_all_futures_are_one_nothing_is_worth_knowing(pounds: Case) -> None:
    one = replace(
        pounds.problem,
        demand=np.repeat(pounds.problem.demand[:1], 2, axis=0),
        out_of_reach=np.repeat(pounds.problem.out_of_reach[:1], 2, axis=0),
        weights=np.array([0.5, 0.5]),
    )
    plan = solve_problem(one, stops=EXACT)
    found = worth(Case(one, plan, Questions(one, plan, EXACT), []))
    scale = plan.objective
    assert found.stochastic_solution == pytest.approx(0, abs=1e-5 * scale)
    assert found.perfect_information.high == pytest.approx(0, abs=1e-5 * scale)


def test_fresh_futures_are_those_not_seen(bristol: Scenario, lacking: Lacking, make_bid: Bid, turn: Case) -> None:
    run = lacking(bristol, {cell: [*lack, *lack[::-1], *lack] for cell, lack in CHILDREN.items()})
    demand = net_demand(run, 3)
    rest = fresh_demand(run, demand.replications)
    assert rest is not None
    assert not set(rest.replications) & set(demand.replications)
    assert len(rest.replications) + len(demand.replications) == run.futures
    assert fresh_demand(run, run.replications) is None
    problem = shortlist_problem(bristol, small_bids(make_bid), demand)
    plan = solve_problem(problem, stops=EXACT)
    found = worth(
        Case(problem, plan, Questions(problem, plan, EXACT), []), shortlist_problem(bristol, small_bids(make_bid), rest)
    )
    fresh = found.fresh
    assert fresh is not None
    assert fresh.saved_in_sample == pytest.approx(plan.unmet_before - plan.unmet_after, rel=1e-9)
    assert fresh.sampling_gap is not None
    assert fresh.sampling_gap_at_most is not None
    assert 0 <= fresh.sampling_gap <= fresh.sampling_gap_at_most
    again = worth(Case(problem, plan, Questions(problem, plan, EXACT), []), problem)
    assert again.fresh is not None
    assert again.fresh.saved == pytest.approx(again.fresh.saved_in_sample)


@pytest.mark.parametrize("name", ["turn", "pounds"])
def test_what_if_is_bounded_by_every_choice_that_grants_it(name: str, request: pytest.FixtureRequest) -> None:
    case: Case = request.getfixturevalue(name)
    problem = case.problem
    wishes = [({"force_in": [c.eoi.id]}, {c.position: None}) for c in problem.candidates]
    wishes += [({"force_out": [c.eoi.id]}, {c.position: -1}) for c in problem.candidates]
    last = problem.candidates[3]
    version = Version(last.places_at(1), last.openings[1].day)
    wishes.append(({"versions": {last.eoi.id: version}, "force_out": ["A"]}, {3: 1, 0: -1}))
    for wish, means in wishes:
        granted = [
            c
            for c in case.choices
            if all((e in c.chosen) == (o != -1) and (o in (None, -1) or c.chosen[e] == o) for e, o in means.items())
        ]
        answer = what_if(case.questions, **wish)
        assert answer.plan is not None
        assert answer.plan.kept
        assert dict(answer.plan.chosen) in [dict(c.chosen) for c in granted]
        assert answer.shortfall.low <= min(c.shortfall for c in granted) + 1e-4
        assert answer.shortfall.high == pytest.approx(answer.plan.shortfall)
        if name == "pounds":
            assert answer.cost.low <= min(c.pounds for c in granted) * (1 + 1e-7)
            assert answer.cost.high == pytest.approx(answer.plan.pounds)
            continue
        assert answer.unmet is not None
        near = [c for c in granted if c.shortfall <= case.plan.shortfall + 1e-5]
        assert answer.unmet.low <= min((c.unmet for c in near), default=np.inf) + 1e-4
        as_good = [c for c in near if c.unmet <= case.plan.unmet_after + 1e-5]
        assert answer.cost.low <= min((c.cost for c in as_good), default=np.inf) * (1 + 1e-7)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"force_in": ["Z"]}, "no bid of that id"),
        ({"force_in": ["A"], "force_out": ["A"]}, "both in and out"),
        ({"versions": {"A": Version(places=99)}}, "12 places; opening on"),
    ],
)
def test_a_wish_that_cannot_be_is_told(turn: Case, wish: dict[str, object], words: str) -> None:
    with pytest.raises(InputProblem, match=words):
        what_if(turn.questions, **wish)


@pytest.mark.parametrize("name", ["turn", "pounds"])
def test_the_plan_chosen_anew_is_the_best_of_those_that_grant_the_wish(
    name: str, request: pytest.FixtureRequest, bristol: Scenario, lacking: Lacking, make_bid: Bid,
    first_two: Callable[..., ShortlistProblem],
) -> None:  # fmt: skip
    case: Case = request.getfixturevalue(name)
    for candidate in case.problem.candidates:
        version = Version(opens=candidate.openings[-1].day)
        wish = {candidate.eoi.id: version}
        scenario = bristol.changed("shortlist.capital", value=2.0e6, low=0.0, high=1e8).changed("commitment.places", value=150)
        scenario = scenario.changed("shortlist", order=case.problem.order)
        demand = net_demand(lacking(bristol, CHILDREN), 3)
        # As in the case, each bid has its first two openings only; of those the wish leaves the last.
        narrowed = tuple(c.narrowed(version) if c.position == candidate.position else c for c in case.problem.candidates)
        problem = replace(case.problem, candidates=narrowed, forced_in=(candidate.position,))
        granting = [e for e in case.choices if e.chosen.get(candidate.position) == len(candidate.openings) - 1]
        anew = solve_problem(problem, stops=EXACT)
        assert [bid.opens for bid in anew.chosen if bid.eoi == candidate.eoi.id] == [version.opens]
        if case.problem.order == "in turn":
            shortfall = min(e.shortfall for e in granting)
            unmet = min(e.unmet_weighed for e in granting if e.shortfall <= shortfall + 1e-6)
            assert anew.shortfall == pytest.approx(shortfall, abs=1e-5)
            assert anew.unmet_after == pytest.approx(unmet, rel=1e-6)
        else:
            assert anew.objective == pytest.approx(min(e.pounds for e in granting), rel=1e-6)
        posed = shortlist_problem(scenario, small_bids(make_bid), demand, versions=wish)
        assert posed.forced_in == (candidate.position,)
        assert {opening.day for opening in posed.candidates[candidate.position].openings} == {version.opens}
        others = [c for c in posed.candidates if c.position != candidate.position]
        whole = shortlist_problem(scenario, small_bids(make_bid), demand)
        assert others == [c for c in whole.candidates if c.position != candidate.position]


def test_forcing_what_the_plan_does_anyway_changes_nothing(turn: Case) -> None:
    chosen = [bid.eoi for bid in turn.plan.chosen]
    answer = what_if(turn.questions, force_in=chosen)
    assert answer.plan is not None
    assert dict(answer.plan.chosen) == dict(turn.questions.at_hand.chosen)
    assert (answer.drops, answer.adds) == ((), ())


@pytest.mark.parametrize("name", ["turn", "pounds"])
def test_alternatives_are_nearly_as_good_and_the_first_differs_most(name: str, request: pytest.FixtureRequest) -> None:
    case: Case = request.getfixturevalue(name)
    at_hand, nothing = case.questions.at_hand, case.questions.nothing
    within = 0.35
    found = alternatives(at_hand, nothing, within=within)

    def near(plan: Evaluation) -> bool:
        pairs = [(plan.pounds, at_hand.pounds, nothing.pounds)] if name == "pounds" else [
            (plan.shortfall, at_hand.shortfall, nothing.shortfall),
            (plan.unmet, at_hand.unmet, nothing.unmet),
            (plan.cost, at_hand.cost, nothing.cost),
        ]  # fmt: skip
        return all(value <= best + within * max(0.0, none - best) + 1e-4 + 1e-9 * none for value, best, none in pairs)

    def differs(plan: Evaluation) -> int:
        return len(set(plan.chosen) ^ set(at_hand.chosen))

    assert found
    assert all(near(each.plan) and each.plan.kept for each in found)
    assert len({tuple(sorted(each.plan.chosen.items())) for each in found}) == len(found)
    most = max(differs(c) for c in case.choices if near(c))
    assert differs(found[0].plan) == len(found[0].drops) + len(found[0].adds)
    assert differs(found[0].plan) >= most - 1  # the gap asked for is half a bid


def test_no_point_of_the_front_is_beaten_and_each_bound_holds(turn: Case) -> None:
    at_hand, nothing = turn.questions.at_hand, turn.questions.nothing
    points = frontier(at_hand, nothing)
    assert {point.sought for point in points} >= {"cheapest"}
    for point in points:
        assert point.plan.kept
        assert point.plan.unmet <= point.most_unmet + 1e-4
        if point.sought == "cheapest":
            least = min(c.own_cost for c in turn.choices if c.unmet <= point.most_unmet + 1e-6)
            assert point.plan.own_cost - point.gap <= least + 1.0 <= point.plan.own_cost + 2.0
    measures = [point.measures for point in points]
    for one, other in itertools.permutations(measures, 2):
        assert not all(a <= b * (1 + 1e-9) for a, b in zip(one, other, strict=True)) or one == pytest.approx(other)


def test_regret_under_each_growth_is_as_listed(bristol: Scenario, lacking: Lacking, make_bid: Bid, turn: Case) -> None:
    parts = thirds(net_demand(lacking(bristol, CHILDREN), 6))
    assert [len(part.replications) for part in parts.values()] == [2, 2, 2]
    base = turn.problem
    problems = {
        name: replace(base, demand=demand, out_of_reach=beyond, weights=part.weights)
        for name, part in parts.items()
        for posed in [shortlist_problem(bristol, small_bids(make_bid), part)]
        for demand, beyond in [(posed.demand, posed.out_of_reach)]
        if posed.groups == base.groups
    }
    assert len(problems) == 3
    held = turn.questions.held[UNMET]
    found = by_growth({"recommended": turn.questions.at_hand.chosen}, problems, UNMET, held, EXACT)
    allowed = [c.chosen for c in turn.choices if held.kept_by(c)]
    listed = {name: np.array([evaluate(problem, chosen).unmet for chosen in allowed]) for name, problem in problems.items()}
    for line in found.lines:
        true = evaluate(problems[line.growth], found.choices[line.plan]).unmet - listed[line.growth].min()
        assert line.regret.low - 1e-3 <= true <= (line.regret.high or 0.0) + 1e-3
    worst = np.max([values - values.min() for values in listed.values()], axis=0)
    assert found.worst(LEAST_WORST) == pytest.approx(worst.min(), abs=0.06 * worst.min() + 1e-3)
    assert found.least_worst_bound <= worst.min() + 1e-3


def test_the_core_index_counts(turn: Case) -> None:
    found = {
        index.eoi: index
        for index in core_indices(turn.problem, [{0: 0}, {0: 1, 1: 0}, {}], [frozenset({"A"})], [{0: 0, 2: 0}, {2: 0}])
    }
    weights = turn.problem.weights
    assert found["A"].futures == pytest.approx(weights[0] + weights[1])
    assert (found["A"].weights, found["A"].near, found["C"].near) == (1.0, 0.5, 1.0)
    assert found["A"].index == pytest.approx((weights[0] + weights[1] + 1.0 + 0.5) / 3)
    assert core_indices(turn.problem, [], [], [])[0].index is None


def test_other_weights_are_other_scenarios(bristol: Scenario) -> None:
    variants = other_weights(bristol)
    assert "in turn" not in variants
    assert len({other.digest for other in variants.values()} | {bristol.digest}) == len(variants) + 1
    assert "in pounds" not in other_weights(bristol.changed("shortlist", order="in pounds"))


def test_reserves_bring_places_where_bids_fall_through(turn: Case) -> None:
    next_best = {regret.eoi: regret.adds for regret in turn.questions.regrets() if regret.chosen}
    found = reserves(turn.questions.at_hand, next_best, seed=3)
    at_risk = [bid.eoi for bid in turn.plan.chosen if turn.problem.candidates[turn.problem.ids[bid.eoi]].chance < 1]
    assert found.expected_without == pytest.approx(turn.plan.places_expected)
    assert found.expected_with >= found.expected_without
    assert set(itertools.chain(*(each.stands_in_for for each in found.order))) <= set(at_risk)
    assert not {each.eoi for each in found.order} & {bid.eoi for bid in turn.plan.chosen}
    assert reserves(turn.questions.at_hand, next_best, seed=3) == found


def test_fewer_futures_stand_for_many() -> None:
    rng = np.random.default_rng(2)
    centres = np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 100.0]])
    group = np.repeat([0, 1, 2], [5, 3, 2])
    children = centres[group] + rng.normal(0, 1, (10, 2))
    taken, weights = telling(children, 3)
    assert sorted(group[list(taken)]) == [0, 1, 2]
    assert sorted(weights) == pytest.approx([0.2, 0.3, 0.5])
    everyone, equal = telling(children, 50)
    assert everyone == tuple(range(10))
    assert equal == pytest.approx(np.full(10, 0.1))


def test_a_sample_with_weights_is_solved_with_them(bristol: Scenario, lacking: Lacking, make_bid: Bid) -> None:
    run = lacking(bristol, {("south", "ASD", "secondary"): [30.0] * 6 + [4.0] * 2})
    demand = net_demand(run, 2, reduce="telling")
    assert sorted(demand.weights) == pytest.approx([0.25, 0.75])
    whole = shortlist_problem(bristol, small_bids(make_bid), net_demand(run, 8))
    few = shortlist_problem(bristol, small_bids(make_bid), demand)
    assert evaluate(few, {0: 0}).unmet == pytest.approx(evaluate(whole, {0: 0}).unmet)
    with pytest.raises(InputProblem, match="evenly or telling"):
        net_demand(run, 2, reduce="best")
