"""HiGHS and CBC behind one face, with what is known to go wrong in either guarded against.

* A status of "optimal" is given at a time limit too: only ``sol_status`` 1 counts as finished.
* A second HiGHS solve in one process with another number of threads returns zeros: the number is fixed at one.
* highspy 1.14.0 returns wrong optima: a tiny problem with a known answer is solved first.
* PuLP hands HiGHS no objective constant: it is added to value and bound here.
* PuLP knows no HiGHS status for a limit of nodes: the status is read from HiGHS itself.
* CBC stopped early may say "Integer infeasible" of a problem that has solutions: every stage begins with a choice that keeps all
  limits, so that this too is read as a stop.
* Binaries come back as 0.999999: they are rounded, and the caller evaluates the rounded choice.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pulp

from sufficiency.shortlist.formulation import Model
from sufficiency.shortlist.plan import Stops

THREADS = 1
STOPPED_EMPTY = 99
"""Our own mark beside PuLP's: stopped at a limit before any solution was found. The choice that a stage begins with stands."""
WHOLE = 1e-9
"""Tolerance of the solvers for whole numbers and rows: at £ thousand, millionths of a penny."""


class EngineFailed(Exception):
    """A solver is missing, gave no solution, or gave one that the data contradict."""


class NoSolution(Exception):
    """The solver proved that nothing keeps every limit."""


@dataclass(frozen=True)
class Answer:
    """A solver's answer to one stage, in the units of its objective (constant included)."""

    chosen: dict[int, int]
    """Option by offer, rounded."""
    value: float
    bound: float
    finished: bool
    """``sol_status`` 1: ended by itself within the gap asked for."""
    seconds: float


def solve(
    engine: str,
    model: Model,
    objective: Any,
    gap: float,
    stops: Stops,
    start: Mapping[int, int] | None = None,
) -> Answer:
    """Minimise ``objective`` with ``engine`` (highs or cbc) until value and bound are ``gap`` apart (in its units).

    It begins from the choice ``start``, which must keep all limits; without, the model may turn out to have no solution: raises
    NoSolution. Raises EngineFailed."""
    model.prob.setObjective(objective)
    began = time.perf_counter()
    if engine == "highs":
        value, bound, sol_status = _highs(model, gap, stops, start)
    else:
        value, bound, sol_status = _cbc(model, gap, stops, start)
    if sol_status == pulp.LpSolutionInfeasible and start is None:
        raise NoSolution
    if sol_status == STOPPED_EMPTY:
        return Answer(dict(start or {}), math.inf, bound, False, time.perf_counter() - began)
    if sol_status not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        raise EngineFailed(f"{engine} found no solution")
    chosen = {e: o for (e, o), z in model.open.items() if z.varValue is not None and z.varValue > 0.5}
    finished = sol_status == pulp.LpSolutionOptimal
    return Answer(chosen, value, min(bound, value), finished, time.perf_counter() - began)


def handed_over(prob: Any) -> Any:
    """A problem handed to HiGHS and not yet solved: it can be changed between solves."""
    check_highs()
    solver = pulp.HiGHS(msg=False, threads=THREADS)
    solver.createAndConfigureSolver(prob)
    solver.buildSolverModel(prob)
    return prob.solverModel


def relaxed(model: Model) -> Any:
    """The model without its whole numbers, handed to HiGHS and not yet solved: rows can be added to it between solves."""
    highs = handed_over(model.prob)
    columns = np.array([z.index for z in model.z], dtype=np.int32)
    highs.changeColsIntegrality(len(columns), columns, np.zeros(len(columns), dtype=np.uint8))
    return highs


def _highs(
    model: Model,
    gap: float,
    stops: Stops,
    start: Mapping[int, int] | None,
) -> tuple[float, float, int]:
    """Value, bound and ``sol_status``; PuLP's solver is taken step by step to give it a start and to read the bound."""
    check_highs()
    import highspy

    solver = pulp.HiGHS(
        msg=False,
        gapRel=0.0,
        gapAbs=gap,
        threads=THREADS,
        timeLimit=stops.seconds,
        random_seed=stops.seed,
        mip_max_nodes=stops.nodes,
        mip_feasibility_tolerance=WHOLE,
    )
    prob = model.prob
    solver.createAndConfigureSolver(prob)
    solver.buildSolverModel(prob)
    highs = prob.solverModel
    if start is not None:
        index = np.array([z.index for z in model.z], dtype=np.int32)
        values = np.array([float(start.get(e) == o) for e, o in model.open], dtype=np.float64)
        highs.setSolution(len(index), index, values)
    solver.callSolver(prob)
    status, info = highs.getModelStatus(), highs.getInfo()
    constant = float(prob.objective.constant)
    bound = max(info.mip_dual_bound, 0.0) + constant  # no objective has a negative coefficient
    has_solution = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if status in (highspy.HighsModelStatus.kTimeLimit, highspy.HighsModelStatus.kSolutionLimit) and not has_solution:
        return math.inf, bound, STOPPED_EMPTY
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return math.inf, math.inf, pulp.LpSolutionInfeasible  # nothing is unbounded: no objective has a negative coefficient
    if status == highspy.HighsModelStatus.kOptimal and has_solution:
        sol_status = pulp.LpSolutionOptimal
    else:
        sol_status = pulp.LpSolutionIntegerFeasible if has_solution else pulp.LpSolutionNoSolutionFound
    columns = highs.getSolution().col_value
    for variable in prob.variables():
        variable.varValue = columns[variable.index]
    return highs.getObjectiveValue() + constant, bound, sol_status


def _cbc(model: Model, gap: float, stops: Stops, start: Mapping[int, int] | None) -> tuple[float, float, int]:
    """Value, bound and ``sol_status``. CBC tells PuLP no bound: an end by itself vouches for the gap asked for, a stop for none.

    CBC is given no start, so that it may stop without any solution.
    """
    path = pulp.PULP_CBC_CMD.pulp_cbc_path  # with PuLP's own binary, without the class that PuLP 4 removes
    options = [f"randomCbcSeed {stops.seed}", f"randomSeed {stops.seed + 1}", f"integerTolerance {WHOLE}"]
    solver = pulp.COIN_CMD(
        path=path, msg=False, gapRel=0.0, gapAbs=gap, timeLimit=stops.seconds, maxNodes=stops.nodes, options=options
    )
    began = time.perf_counter()
    try:
        model.prob.solve(solver)
    except (pulp.PulpSolverError, OSError) as error:
        raise EngineFailed(f"cbc could not be run ({error})") from None
    if start is None and model.prob.status == pulp.LpStatusInfeasible and time.perf_counter() - began < stops.seconds:
        return math.inf, math.inf, pulp.LpSolutionInfeasible
    if model.prob.status in (pulp.LpStatusNotSolved, pulp.LpStatusInfeasible):
        return math.inf, float(model.prob.objective.constant), STOPPED_EMPTY
    value = float(pulp.value(model.prob.objective))
    finished = model.prob.sol_status == pulp.LpSolutionOptimal
    constant = float(model.prob.objective.constant)
    bound = value - gap if finished else constant
    return value, bound, int(model.prob.sol_status)


@lru_cache(maxsize=1)
def check_highs() -> None:
    """Minimise 2x + 3z with x + z >= 4.5, x continuous, z whole: the answer is 9 (highspy 1.14.0 says 15)."""
    try:
        prob = pulp.LpProblem("check", pulp.LpMinimize)
        x = prob.add_variable("x", 0)
        z = prob.add_variable("z", 0, None, pulp.LpInteger)
        prob.setObjective(pulp.LpAffineExpression([(x, 2), (z, 3)]))
        prob.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression([(x, 1), (z, 1)]), pulp.LpConstraintGE, "least", 4.5))
        prob.solve(pulp.HiGHS(msg=False, threads=THREADS))
        value = pulp.value(prob.objective)
    except (pulp.PulpSolverError, ImportError, AttributeError) as error:
        raise EngineFailed(f"highspy is missing or unusable ({error})") from None
    if prob.sol_status != pulp.LpSolutionOptimal or value is None or abs(value - 9) > 1e-6:
        raise EngineFailed(f"highspy failed its start-up check: {value} instead of 9")


def version_of(engine: str) -> str:
    """The solver's version, as far as it tells it."""
    if engine == "cbc":
        return f"bundled with PuLP {pulp.__version__}"
    import highspy

    return str(highspy.Highs().version())  # type: ignore[no-untyped-call]
