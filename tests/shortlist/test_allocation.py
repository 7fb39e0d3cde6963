"""Plain tables: against every choice listed, textbook instances, and the laws an allocation keeps."""

from __future__ import annotations

import itertools
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from sufficiency.scenario.allocation import AllocationLimits, AllocationTables, DemandCell, Offer
from sufficiency.shortlist import Status
from sufficiency.shortlist.allocation import Allocation, assess, solve_allocation
from sufficiency.shortlist.allocation.framing import Units, program_of

GOLDEN = Path(__file__).parent / "golden" / "allocation.lp"


def tables(places: Any, fixed: Any, children: Any, cost: Any, **limits: Any) -> AllocationTables:
    """Tables from lists; the cost of a pair that is not allowed is None."""
    offers = tuple(Offer(f"o{i}", float(p), float(f)) for i, (p, f) in enumerate(zip(places, fixed, strict=True)))
    cells = tuple(DemandCell(f"c{j}", float(n)) for j, n in enumerate(children))
    pairs = np.array([[np.inf if c is None else float(c) for c in row] for row in cost])
    return AllocationTables(offers, cells, pairs, AllocationLimits(**limits))


def random_tables(seed: int, offers: int = 7, cells: int = 6, **limits: Any) -> AllocationTables:
    """Odd numbers, some pairs not allowed, capacity about twice the demand."""
    rng = np.random.default_rng(seed)
    children = rng.integers(0, 30, cells) + rng.choice([0.0, 0.25, 0.5], cells)
    places = rng.integers(1, max(2, int(4 * children.sum() / offers)), offers)
    cost: Any = rng.uniform(1, 20, (offers, cells)).round(2).astype(object)
    cost[rng.random((offers, cells)) < 0.25] = None
    return tables(places, rng.integers(0, 120, offers), children, cost, **limits)


def cheapest_transport(given: AllocationTables, chosen: tuple[int, ...]) -> float:
    """Least cost of a choice by a linear program written out cell by cell; infinite where there is none."""
    limits, children = given.limits, [each.children for each in given.cells]
    priced = limits.unserved_cost_per_child is not None
    cost, rows_le, le, rows_eq = [], [], [], []
    pairs = [(i, j) for i in chosen for j in range(len(children)) if np.isfinite(given.cost_per_child[i, j])]
    cost = [given.cost_per_child[i, j] for i, j in pairs]
    cost += [limits.unserved_cost_per_child if priced else 0.0] * len(children)
    for i in chosen:
        rows_le.append([1.0 if pair[0] == i else 0.0 for pair in pairs] + [0.0] * len(children))
        le.append(given.offers[i].places)
    for j in range(len(children)):
        rows_eq.append([1.0 if pair[1] == j else 0.0 for pair in pairs] + [float(j == k) for k in range(len(children))])
    bounds = [(0, None)] * len(pairs) + [(0, None if priced else 0)] * len(children)
    found = linprog(cost, A_ub=rows_le or None, b_ub=le or None, A_eq=rows_eq, b_eq=children, bounds=bounds)
    return float(found.fun) if found.status == 0 else np.inf


def best_by_listing(given: AllocationTables) -> float:
    """Least cost over every choice there is."""
    limits, best = given.limits, np.inf
    for size in range(len(given.offers) + 1):
        if limits.choose_exactly is not None and size != limits.choose_exactly:
            continue
        if limits.choose_at_most is not None and size > limits.choose_at_most:
            continue
        for chosen in itertools.combinations(range(len(given.offers)), size):
            fixed = sum(given.offers[i].fixed_cost for i in chosen)
            if limits.budget is None or fixed <= limits.budget:
                best = min(best, fixed + cheapest_transport(given, chosen))
    return best


LIMITS: list[dict[str, Any]] = [
    {},
    {"unserved_cost_per_child": 9.0},
    {"unserved_cost_per_child": 15.0, "choose_exactly": 3},
    {"choose_at_most": 4},
    {"budget": 200.0, "unserved_cost_per_child": 12.0},
    {"budget": 260.0, "choose_at_most": 5},
]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("limits", LIMITS, ids=lambda limits: ",".join(limits) or "none")
def test_agrees_with_listing_every_choice(seed: int, limits: dict[str, Any]) -> None:
    given = random_tables(seed, **limits)
    best = best_by_listing(given)
    answer = solve_allocation(given)
    if np.isinf(best):
        assert answer.status is Status.INFEASIBLE
        assert answer.objective is None
        return
    assert answer.status is Status.PROVEN
    assert answer.objective == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert answer.gap == 0
    assert answer.found is not None
    assert answer.found.kept


TEXTBOOK = [
    # Kubo, Pedroso, Muramatsu, Rais: Mathematical Optimization (2012), capacitated facility location.
    (
        [500, 500, 500],
        [1000, 1000, 1000],
        [80, 270, 250, 160, 180],
        [[4, 5, 6, 8, 10], [6, 4, 3, 5, 8], [9, 7, 4, 3, 4]],
        5610.0,
        ("o1", "o2"),
    ),
    # Chopra, Meindl: Supply Chain Management, SunOil: five regions, a small (10) or a large (20) plant in each.
    (
        [10, 10, 10, 10, 10, 20, 20, 20, 20, 20],
        [6000, 4500, 6500, 4100, 4000, 9000, 6750, 9750, 6150, 6000],
        [12, 8, 14, 16, 7],
        [
            [81, 92, 101, 130, 115],
            [117, 77, 108, 98, 100],
            [102, 105, 95, 119, 111],
            [115, 125, 90, 59, 74],
            [142, 100, 103, 105, 71],
        ]
        * 2,
        23751.0,
        ("o6", "o8", "o9"),
    ),
]


@pytest.mark.parametrize(("places", "fixed", "children", "cost", "best", "chosen"), TEXTBOOK)
@pytest.mark.parametrize("engine", ["highs", "cbc"])
def test_textbook_instances(
    places: Any, fixed: Any, children: Any, cost: Any, best: float, chosen: tuple[str, ...], engine: str
) -> None:
    given = tables(places, fixed, children, cost)
    answer = solve_allocation(given, engines=(engine,))
    assert answer.status is Status.PROVEN
    assert answer.objective == pytest.approx(best, rel=1e-12)
    assert ids(answer) == chosen


def ids(answer: Allocation) -> tuple[str, ...]:
    assert answer.found is not None
    return tuple(answer.found.tables.offers[i].id for i in answer.found.chosen)


@pytest.mark.parametrize("seed", range(6))
def test_cbc_and_highs_agree(seed: int) -> None:
    given = random_tables(100 + seed, offers=12, cells=15, unserved_cost_per_child=30.0)
    highs, cbc = (solve_allocation(given, engines=(engine,)) for engine in ("highs", "cbc"))
    assert (highs.solver, cbc.solver) == ("highs", "cbc")
    assert highs.status is cbc.status is Status.PROVEN
    assert highs.objective == pytest.approx(cbc.objective, rel=1e-9)


@pytest.mark.parametrize("times", [10.0, 1e6, 1e-6])
def test_places_and_children_times_a_number(times: float) -> None:
    """Journeys cost as many times more; with the fixed costs as many times more too, so does the whole."""
    given = random_tables(3, unserved_cost_per_child=12.0)
    offers = tuple(Offer(o.id, o.places * times, o.fixed_cost * times) for o in given.offers)
    cells = tuple(DemandCell(c.cell, c.children * times) for c in given.cells)
    once, scaled = solve_allocation(given), solve_allocation(replace(given, offers=offers, cells=cells))
    assert scaled.status is Status.PROVEN
    assert scaled.objective == pytest.approx((once.objective or 0) * times, rel=1e-9)
    assert ids(scaled) == ids(once)


@pytest.mark.parametrize("times", [1e-5, 1e5])
def test_another_currency_changes_nothing_but_the_amounts(times: float) -> None:
    given = random_tables(5, budget=200.0, unserved_cost_per_child=12.0)
    offers = tuple(replace(o, fixed_cost=o.fixed_cost * times) for o in given.offers)
    limits = AllocationLimits(budget=200.0 * times, unserved_cost_per_child=12.0 * times)
    scaled = solve_allocation(replace(given, offers=offers, cost_per_child=given.cost_per_child * times, limits=limits))
    once = solve_allocation(given)
    assert scaled.objective == pytest.approx((once.objective or 0) * times, rel=1e-9)
    assert ids(scaled) == ids(once)


def test_children_may_be_parted() -> None:
    """Half a child to the near place, the rest to the far one: 0.5 x 1 + 9.5 x 2, beside fixed costs."""
    answer = solve_allocation(tables([0.5, 20], [1, 3], [10], [[1], [2]], choose_exactly=2))
    assert answer.objective == pytest.approx(0.5 + 19 + 4, abs=1e-12)
    assert answer.found is not None
    assert answer.found.flows.ravel().tolist() == pytest.approx([0.5, 9.5])


def test_more_budget_never_costs_more() -> None:
    given = random_tables(8, unserved_cost_per_child=40.0)
    found = [
        solve_allocation(replace(given, limits=AllocationLimits(budget=b, unserved_cost_per_child=40.0)))
        for b in (0, 60, 150, 1e6)
    ]
    values = [answer.objective or 0.0 for answer in found]
    assert values == sorted(values, reverse=True)
    assert values[-1] == pytest.approx(solve_allocation(given).objective)


def test_children_nobody_can_take_are_unserved_at_their_price() -> None:
    answer = solve_allocation(tables([5], [1], [4, 3], [[2, None]], unserved_cost_per_child=10.0))
    assert answer.objective == pytest.approx(1 + 8 + 30)
    assert answer.found is not None
    assert answer.found.unserved.tolist() == [0.0, 3.0]


def test_no_children_need_no_places() -> None:
    answer = solve_allocation(tables([5, 5], [1, 0], [0, 0], [[2, 1], [1, 1]]))
    assert (answer.status, answer.objective, ids(answer)) == (Status.PROVEN, 0.0, ())


@pytest.mark.parametrize(
    ("given", "clashes"),
    [
        (tables([3, 4], [1, 1], [10], [[1], [1]]), {("every child served", "places")}),
        (tables([30, 40], [1, 1], [10, 2], [[1, None], [1, None]]), {("every child served", "travel")}),
        (tables([6, 6], [5, 5], [10], [[1], [1]], budget=6.0), {("every child served", "places", "budget")}),
        (tables([6, 6], [5, 5], [10], [[1], [1]], choose_at_most=1), {("every child served", "places", "choose_at_most")}),
        (
            tables([3, 4], [1, 1], [10, 2], [[1, None], [1, None]]),
            {("every child served", "places"), ("every child served", "travel")},
        ),
        (tables([3, 4], [5, 5], [10], [[1], [1]], choose_exactly=3), {("choose_exactly", "offers")}),
        (
            tables([3, 4], [5, 5], [10], [[1], [1]], choose_exactly=2, budget=9.0, unserved_cost_per_child=1.0),
            {("budget", "choose_exactly")},
        ),
        (tables([9, 9], [5, 5], [3], [[1], [1]], budget=4.0), {("every child served", "budget")}),
    ],
)
@pytest.mark.parametrize("engine", ["highs", "cbc"])
def test_an_infeasible_instance_names_the_families_that_clash(
    given: AllocationTables, clashes: set[tuple[str, ...]], engine: str
) -> None:
    answer = solve_allocation(given, engines=(engine,))
    assert answer.status is Status.INFEASIBLE
    assert answer.found is None
    assert answer.clashes is not None
    assert set(answer.clashes.families) == clashes


def test_the_fewest_children_left_unserved_are_told() -> None:
    answer = solve_allocation(tables([3, 4], [1, 1], [10], [[1], [1]]))
    assert answer.clashes is not None
    assert answer.clashes.least_unserved == pytest.approx(3)


def test_the_re_check_sees_broken_limits() -> None:
    found = assess(random_tables(2, choose_at_most=1, budget=1.0), range(7))
    assert {check.family for check in found.checks if not check.kept} == {"choose_at_most", "budget"}
    flows = found.flows.copy()
    flows += max(offer.places for offer in found.tables.offers)
    broken = {check.family for check in replace(found, flows=flows).checks if not check.kept}
    assert {"places", "demand", "travel"} <= broken


def test_stopped_at_a_limit_is_never_called_proven() -> None:
    from sufficiency.shortlist.allocation.solve import TO_THE_END

    rng = np.random.default_rng(1)
    given = tables(rng.integers(20, 60, 40), rng.integers(200, 400, 40), rng.integers(1, 20, 60), rng.random((40, 60)) * 9)
    answer = solve_allocation(given, stops=replace(TO_THE_END, seconds=0.05))
    assert answer.status is Status.AT_LIMIT
    assert answer.found is None or (answer.gap or 0) > 0


def test_the_same_tables_give_the_same_answer() -> None:
    first, second = (solve_allocation(random_tables(11, unserved_cost_per_child=20.0)) for _ in range(2))
    assert ids(first) == ids(second)
    assert first.objective == second.objective


def test_the_model_reads_as_the_golden_file(tmp_path: Path) -> None:
    """To write it anew after a change that is meant: SUFFICIENCY_GOLDEN=write, run this test, read the difference in git."""
    from sufficiency.shortlist import cuts, formulation, objectives

    given = tables([3, 8], [40, 90], [4, 2.5], [[1, None], [2, 3]], budget=130.0, choose_at_most=2, unserved_cost_per_child=60)
    model = formulation.build(program_of(given, Units(1.0, 1.0)))
    cuts.add_all(model)
    model.prob.setObjective(objectives.whole_cost_of(model))
    written = tmp_path / "model.lp"
    model.prob.writeLP(str(written))
    if os.environ.get("SUFFICIENCY_GOLDEN") == "write":
        GOLDEN.write_text(written.read_text())
    assert written.read_text() == GOLDEN.read_text()
