"""Plain tables to proven optimality: `sufficiency allocate` beside plain PuLP + HiGHS on the textbook model, in the same run.

Instances are made as Cornuejols, Sridharan and Thizy (1991) make theirs: places at random on a square, journeys in proportion to
distance, capacity a number of times the demand.

    python benchmarks/allocation.py [--quick]
"""

from __future__ import annotations

import sys
from time import perf_counter

import numpy as np
import pulp

from sufficiency.scenario.allocation import AllocationTables, DemandCell, Offer
from sufficiency.shortlist.allocation import solve_allocation

INSTANCES = ((50, 50, 5.0), (50, 100, 3.0), (50, 100, 5.0), (50, 200, 5.0), (50, 200, 10.0), (100, 100, 5.0))
"""Offers, cells, capacity as a multiple of demand."""
SECONDS = 300.0


def instance(offers: int, cells: int, multiple: float, seed: int) -> AllocationTables:
    """A random instance."""
    rng = np.random.default_rng(seed)
    at, home = rng.random((offers, 2)), rng.random((cells, 2))
    children = rng.integers(5, 36, cells).astype(float)
    places = rng.integers(10, 161, offers).astype(float)
    places = np.round(places * multiple * children.sum() / places.sum())
    fixed = rng.integers(0, 91, offers) + rng.integers(100, 111, offers) * np.sqrt(places)
    cost = 10 * np.hypot(at[:, None, 0] - home[None, :, 0], at[:, None, 1] - home[None, :, 1])
    return AllocationTables(
        tuple(Offer(f"o{i}", float(places[i]), float(fixed[i])) for i in range(offers)),
        tuple(DemandCell(f"c{j}", float(children[j])) for j in range(cells)),
        cost,
    )


def plain(tables: AllocationTables) -> tuple[float, float]:
    """Objective and seconds of the textbook model: sum of flows <= places x z, nothing else."""
    began = perf_counter()
    prob = pulp.LpProblem("plain", pulp.LpMinimize)
    offers, cells = range(len(tables.offers)), range(len(tables.cells))
    z = [prob.add_variable(f"z{i}", 0, 1, pulp.LpInteger) for i in offers]
    u = [[prob.add_variable(f"u{i}_{j}", 0) for j in cells] for i in offers]
    terms = [(z[i], tables.offers[i].fixed_cost) for i in offers]
    terms += [(u[i][j], float(tables.cost_per_child[i, j])) for i in offers for j in cells]
    prob.setObjective(pulp.LpAffineExpression(terms))
    for j in cells:
        served = pulp.LpAffineExpression([(u[i][j], 1) for i in offers])
        prob.addConstraint(pulp.LpConstraint(served, pulp.LpConstraintEQ, f"c{j}", tables.cells[j].children))
    for i in offers:
        used = pulp.LpAffineExpression([*((u[i][j], 1) for j in cells), (z[i], -tables.offers[i].places)])
        prob.addConstraint(pulp.LpConstraint(used, pulp.LpConstraintLE, f"p{i}", 0))
    prob.solve(pulp.HiGHS(msg=False, threads=1, gapRel=0.0, timeLimit=SECONDS))
    return float(pulp.value(prob.objective)), perf_counter() - began


def main(quick: bool) -> None:
    """Print a line an instance."""
    print("offers x cells, capacity / demand: ours s, plain s, ratio, same optimum")
    for seed, (offers, cells, multiple) in enumerate(INSTANCES[:2] if quick else INSTANCES, 1):
        tables = instance(offers, cells, multiple, seed)
        answer = solve_allocation(tables)
        value, seconds = plain(tables)
        assert answer.objective is not None
        same = abs(answer.objective - value) <= 1e-6 * abs(value)
        print(
            f"{offers} x {cells}, {multiple:g}: {answer.seconds:.1f}, {seconds:.1f}, {seconds / answer.seconds:.1f} ×, "
            f"{'yes' if same else 'NO'}, {answer.status.value}",
            flush=True,
        )


if __name__ == "__main__":
    main("--quick" in sys.argv[1:])
