"""The shortlist's model as one would first write it: plain PuLP, every future's children in one program, nothing tightened."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import pulp

from sufficiency.shortlist.framing import THOUSAND, program_of
from sufficiency.shortlist.levels import COMMITMENT, UNMET, Held, Level
from sufficiency.shortlist.problem import ShortlistProblem

Watch = Callable[[float, float, float], None]
_SENSES = {"<=": pulp.LpConstraintLE, ">=": pulp.LpConstraintGE, "=": pulp.LpConstraintEQ}


def naive(problem: ShortlistProblem, level: Level, held: Held) -> tuple[Any, float]:
    """The model of one objective, and the seconds it took to build."""
    began = perf_counter()
    program = program_of(problem)
    prob = pulp.LpProblem("naive", pulp.LpMinimize)
    z = [prob.add_variable(way.name, 0, 1, pulp.LpInteger) for way in program.ways]
    for row in program.rows:
        terms = [(z[j], coefficient) for j, coefficient in row.terms]
        prob.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(terms), _SENSES[row.sense], row.name, row.bound))
    assert program.commitment is not None
    by_day, missing, price = program.commitment
    shortfall = prob.add_variable("shortfall", 0)
    terms = [*zip(z, by_day, strict=True), (shortfall, 1.0)]
    prob.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(terms), pulp.LpConstraintGE, "commitment", missing))
    unmet: list[tuple[Any, float]] = []
    cost: list[tuple[Any, float]] = [(v, way.cost) for v, way in zip(z, program.ways, strict=True)]
    if level is not COMMITMENT:
        _children(prob, problem, program, z, unmet, cost)
    if held.shortfall is not None:
        prob.addConstraint(
            pulp.LpConstraint(pulp.LpAffineExpression([(shortfall, 1)]), pulp.LpConstraintLE, "held_s", held.shortfall)
        )
    if held.unmet is not None:
        prob.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(unmet), pulp.LpConstraintLE, "held_u", held.unmet))
    if level is COMMITMENT:
        objective = [(shortfall, 1.0)]
    elif level is UNMET:
        objective = unmet
    else:
        objective = [*cost, *([(shortfall, price)] if problem.order == "in pounds" else [])]
    prob.setObjective(pulp.LpAffineExpression(objective))
    return prob, perf_counter() - began


def _children(prob: Any, problem: ShortlistProblem, program: Any, z: list[Any], unmet: list[Any], cost: list[Any]) -> None:
    """Flows to every admissible kind of place, and those unmet, in every future and year; children out of reach are unmet too."""
    factor, prices = problem.prices.discount, problem.prices
    given = np.zeros((len(program.ways), len(problem.years), len(problem.kinds)))
    for j, way in enumerate(program.ways):
        for kind, by_year in way.gives:
            given[j, :, kind] += by_year
    for s, p in enumerate(problem.weights.tolist()):
        for t, f in enumerate(factor.tolist()):
            used: dict[int, list[Any]] = {}
            for g in range(len(problem.groups)):
                v = prob.add_variable(f"unmet_{s}_{t}_{g}", 0)
                unmet.append((v, p))
                cost.append((v, p * f * prices.alternative / THOUSAND))
                row = [(v, 1)]
                for k in np.flatnonzero(problem.admits[:, g]).tolist():
                    u = prob.add_variable(f"served_{s}_{t}_{k}_{g}", 0)
                    cost.append((u, p * f * float(problem.cost_per_child[k, g]) / THOUSAND))
                    row.append((u, 1))
                    used.setdefault(k, []).append((u, 1))
                children = float(problem.demand[s, t, g])
                prob.addConstraint(
                    pulp.LpConstraint(pulp.LpAffineExpression(row), pulp.LpConstraintEQ, f"c_{s}_{t}_{g}", children)
                )
            for k, flows in used.items():
                places = [(z[j], -float(given[j, t, k])) for j in np.flatnonzero(given[:, t, k]).tolist()]
                prob.addConstraint(
                    pulp.LpConstraint(pulp.LpAffineExpression([*flows, *places]), pulp.LpConstraintLE, f"p_{s}_{t}_{k}", 0)
                )
            beyond = float(problem.out_of_reach[s, t])
            if beyond > 0:
                v = prob.add_variable(f"beyond_{s}_{t}", beyond, beyond)
                unmet.append((v, p))
                cost.append((v, p * f * prices.alternative / THOUSAND))


def solved(prob: Any, seconds: float, watch: Watch) -> None:
    """Solve with HiGHS on one thread, telling ``watch`` of value and bound as they improve."""
    import highspy

    solver = pulp.HiGHS(msg=False, threads=1, gapRel=0.0, timeLimit=seconds, mip_feasibility_tolerance=1e-9)
    solver.createAndConfigureSolver(prob)
    solver.buildSolverModel(prob)
    highs = prob.solverModel

    last = [np.inf, -np.inf]

    def told(kind: Any, message: str, data: Any, given: Any, user: Any) -> None:
        if data.mip_primal_bound < last[0] or data.mip_dual_bound > last[1]:
            last[:] = [data.mip_primal_bound, data.mip_dual_bound]
            watch(data.running_time, *last)

    highs.setCallback(told, None)
    highs.startCallback(highspy.cb.HighsCallbackType.kCallbackMipInterrupt)
    solver.callSolver(prob)
    info = highs.getInfo()
    watch(min(seconds, highs.getRunTime()), info.objective_function_value, info.mip_dual_bound)
