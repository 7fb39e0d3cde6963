"""Children assigned to places at least cost: against whole linear programs, and the planes that never lie above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from sufficiency.experiment.run import Run
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistProblem, evaluate, net_demand, shortlist_problem
from sufficiency.shortlist.decomposed import master_of, z_of
from sufficiency.shortlist.levels import COST, POUNDS, UNMET, Held, Level, model_for
from sufficiency.shortlist.placing import Placing, placing_of
from sufficiency.shortlist.prices import Tail, worst_mean

Bid = Callable[..., ExpressionOfInterest]
Array = NDArray[np.float64]
LACKING = {
    ("south", "ASD", "secondary"): [30.0, 12.0, 50.0, 3.0],
    ("north", "ASD", "secondary"): [9.0, 20.0, 5.0, 11.0],
    ("north", "SEMH", "secondary"): [9.0, 14.0, 5.0, 2.0],
    ("east-central", "ASD", "primary"): [20.0, 40.0, 10.0, 1.0],
    ("south", "VI", "primary"): [2.0, 1.0, 0.0, 4.0],
}


@pytest.fixture(scope="module")
def mixed(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid) -> ShortlistProblem:
    """Bids of every kind: they compete for the same children, in several areas."""
    bids = [
        make_bid("A", places=20, top_up=8_000.0),
        make_bid("B", places=12, area="north", setting="special", needs=("ASD", "SEMH")),
        make_bid("C", places=9, area="north", needs=("SEMH",), top_up=11_000.0),
        make_bid("D", places=30, area="east-central", phases=("primary", "secondary"), setting="special"),
        make_bid("E", places=8, phases=("primary", "secondary"), phase_shares=(0.5, 0.5), lead_months=30),
        make_bid("F", places=15, area="east-central", top_up=70_000.0),
    ]
    return shortlist_problem(bristol, bids, net_demand(lacking(bristol, LACKING)))


def choices(problem: ShortlistProblem, number: int, seed: int = 1) -> list[dict[int, int]]:
    rng = np.random.default_rng(seed)
    return [
        {c.position: int(rng.integers(len(c.openings))) for c in problem.candidates if rng.random() < 0.6} for _ in range(number)
    ]


def by_linear_programming(problem: ShortlistProblem, chosen: dict[int, int], s: int, t: int) -> float:
    """£ of one future and year, by scipy on a program written down here."""
    from scipy.optimize import linprog

    prices, capacity = problem.prices, problem.capacities(chosen)[t]
    kinds, groups = problem.admits.shape
    children, beyond = problem.demand[s, t], problem.out_of_reach[s, t]
    cost = np.concatenate([problem.cost_per_child.ravel(), np.full(groups, prices.alternative), [prices.dearer]])
    served = np.hstack([np.kron(np.ones(kinds), np.eye(groups)), np.eye(groups), np.zeros((groups, 1))])
    used = np.hstack([np.kron(np.eye(kinds), np.ones(groups)), np.zeros((kinds, groups + 1))])
    most = np.where(problem.admits.ravel(), np.inf, 0.0)
    bounds = [(0, high) for high in most] + [(0, None)] * (groups + 1)
    rows, right = [used], [capacity]
    if prices.independent_places is not None:
        rows.append(np.concatenate([np.zeros(kinds * groups), np.ones(groups), [-1.0]])[None])
        right.append(np.array([prices.independent_places - beyond]))
    found = linprog(cost, np.vstack(rows), np.concatenate(right), served, children, bounds)
    return float(found.fun) + beyond * prices.alternative


@pytest.mark.parametrize("independent", [None, 4.0, 25.0])
def test_cost_is_the_least_that_linear_programming_finds(mixed: ShortlistProblem, independent: float | None) -> None:
    problem = replace(mixed, prices=replace(mixed.prices, independent_places=independent))
    for chosen in choices(problem, 3):
        capacity = problem.capacities(chosen)
        placing = placing_of(problem)
        placed = placing(capacity, detail=True)
        futures, years, _ = problem.demand.shape
        expected = [[by_linear_programming(problem, chosen, s, t) for t in range(years)] for s in range(futures)]
        assert placed.cost == pytest.approx(np.array(expected), rel=1e-9, abs=1e-4)
        assert placing.optimality_gap(placed, capacity) < 1e-9
        assert evaluate(problem, chosen).cost_by_future == pytest.approx(
            sum(problem.candidates[e].costs[o] for e, o in chosen.items()) + np.array(expected) @ problem.prices.discount
        )


def test_flows_that_are_not_the_best_do_not_prove_themselves(mixed: ShortlistProblem) -> None:
    capacity = mixed.capacities({0: 0, 1: 0})
    placing = placing_of(mixed)
    placed = placing(capacity, detail=True)
    assert placed.flows is not None
    assert placing.optimality_gap(replace(placed, flows=placed.flows * 0.9), capacity) > 1e-3
    assert placing.optimality_gap(replace(placed, flows=placed.flows * 1.1), capacity) > 1e-3


def test_without_highs_scipy_places_the_children(mixed: ShortlistProblem) -> None:
    placing, capacity = placing_of(mixed), mixed.capacities({0: 0, 1: 0, 3: 1})
    by_scipy: Placing = replace(placing, highs=None)
    assert by_scipy(capacity).cost == pytest.approx(placing(capacity).cost)
    assert by_scipy.optimality_gap(by_scipy(capacity, detail=True), capacity) < 1e-9


def test_as_many_are_served_at_least_cost_as_at_all(mixed: ShortlistProblem) -> None:
    """Every place costs less than doing without, so that cost and unmet need agree on who is served."""
    for chosen in choices(mixed, 4):
        placed = placing_of(mixed)(mixed.capacities(chosen), detail=True)
        assert placed.flows is not None
        unserved = mixed.demand.sum(axis=(1, 2)) + mixed.out_of_reach.sum(axis=1) - placed.flows.sum(axis=(1, 2))
        assert unserved == pytest.approx(evaluate(mixed, chosen).unmet_by_future)


def test_places_dearer_than_doing_without_are_no_places(mixed: ShortlistProblem) -> None:
    last = mixed.ids["F"]
    only_dear = [kind for kind, _ in mixed.candidates[last].gives]
    assert not mixed.admits[only_dear].any()
    assert evaluate(mixed, {last: 0}).unmet == pytest.approx(evaluate(mixed, {}).unmet)


@pytest.mark.parametrize("part", ["children", "pounds", "kilometres"])
def test_planes_touch_the_second_stage_where_they_are_drawn_and_never_lie_above_it(mixed: ShortlistProblem, part: str) -> None:
    master = master_of(mixed)
    second = master.parts[part]
    rng = np.random.default_rng(4)
    drawn: list[Array] = [z_of(master, chosen) for chosen in choices(mixed, 3)]
    drawn += [rng.random(len(master.program.ways)) * 0.4 for _ in range(3)]
    for at in drawn:
        plane = second.at(at)
        slope = plane.slope(second.given)
        for chosen in choices(mixed, 6, seed=9):
            z = z_of(master, chosen)
            value = second.at(z).value
            assert (plane.value + slope @ (z - at) <= value + 1e-7 * np.abs(value).max()).all()
    whole = evaluate(mixed, choices(mixed, 1)[0])
    value = float(second.at(z_of(master, whole.chosen)).value.sum())
    expected = {"children": whole.unmet, "pounds": (whole.cost - whole.own_cost) / 1000, "kilometres": whole.kilometres}[part]
    assert value == pytest.approx(expected)


@pytest.mark.parametrize("tail", [Tail(0.0, 1.0), Tail(0.7, 0.3)])
@pytest.mark.parametrize("level", [UNMET, COST, POUNDS], ids=lambda level: level.name)
def test_the_master_bounds_as_well_as_the_whole_model_and_not_too_well(mixed: ShortlistProblem, level: Level, tail: Tail) -> None:
    from sufficiency.shortlist import cuts

    problem = replace(mixed, tail=tail, capital=1.6e6)
    master = master_of(problem)
    by_planes = master.relax(master.amounts[level.amount])[0]
    model, objective = model_for(level, problem, Held())
    by_rows = cuts.strengthen(model, objective).bound
    plain, plain_objective = model_for(level, problem, Held())
    loose = cuts.strengthen(plain, plain_objective, rounds=1).bound
    assert by_planes >= loose - 1e-6 * abs(loose)
    assert by_planes == pytest.approx(by_rows, rel=2e-4)
    feasible = [
        level.of_choice(plan) / level.scale for chosen in choices(problem, 40) if (plan := evaluate(problem, chosen)).kept
    ]
    assert feasible
    assert by_planes <= min(feasible) + 1e-6


def test_the_worst_futures_are_averaged_as_their_definition_says() -> None:
    values, weights = np.array([10.0, 40.0, 20.0, 30.0]), np.array([0.1, 0.2, 0.3, 0.4])
    assert worst_mean(values, weights, 0.2) == pytest.approx(40)
    assert worst_mean(values, weights, 0.4) == pytest.approx((0.2 * 40 + 0.2 * 30) / 0.4)
    assert worst_mean(values, weights, 1.0) == pytest.approx(weights @ values)
    least = min(e + float(weights @ np.maximum(values - e, 0)) / 0.4 for e in np.linspace(0, 50, 501))
    assert worst_mean(values, weights, 0.4) == pytest.approx(least, abs=1e-9)
    assert Tail(0.25, 0.4).mix(values, weights) == pytest.approx(0.75 * float(weights @ values) + 0.25 * least)
    assert Tail(0.25, 0.4).pressure(values, weights) @ values == pytest.approx(Tail(0.25, 0.4).mix(values, weights))
