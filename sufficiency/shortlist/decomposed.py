"""One objective solved by decomposition: the choice in branch and bound, the children in planes (:mod:`master`).

The relaxation is solved first and leaned on by our own search; then the choice is solved with whole numbers, each answer is
valued from the data, its planes are added, and again, until the bound and the best plan valued are as close as was asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.shortlist.engines import THREADS, WHOLE, EngineFailed
from sufficiency.shortlist.evaluation import Evaluation, evaluate
from sufficiency.shortlist.framing import THOUSAND, program_of
from sufficiency.shortlist.levels import Held, Level
from sufficiency.shortlist.linearised import Linearised
from sufficiency.shortlist.master import Master
from sufficiency.shortlist.placing import Placing
from sufficiency.shortlist.plan import CLOSED, Stops
from sufficiency.shortlist.problem import ShortlistProblem
from sufficiency.shortlist.search import Search

Array = NDArray[np.float64]
BUNDLES = 4
"""Bundles of futures, each with a theta a year, where the worst futures do not weigh."""
MOST_SOLVES = 100
_ROUNDING = 1e-4
"""Share of a value that master and data may differ by through the solver's tolerances."""
_SHARE = 0.4
"""Share of the gap asked for that each solve of the choice may use up; the planes need the rest."""


Watch = Callable[[float, float, float], None]
"""Told between solves: seconds, value and bound, in the unit of the level."""


@dataclass(frozen=True)
class Found:
    """What is known of one objective, in the unit of the level."""

    best: Evaluation
    bound: float
    finished: bool
    """Whether every solve ended by itself."""


def master_of(problem: ShortlistProblem, bundle_of: NDArray[np.int64] | None = None) -> Master:
    """The master of a problem, with second stages in children, £ thousand and child-kilometres."""
    program, prices = program_of(problem), problem.prices
    pooled = program.pooled()
    futures = len(problem.weights)
    if bundle_of is None:
        bundle_of = np.arange(futures) if problem.tail.weight > 0 else np.arange(futures) % min(BUNDLES, futures)
    ones = np.ones(len(problem.years))
    children = Placing.of(pooled.admits, pooled.demand, problem.out_of_reach, np.zeros(pooled.admits.shape), 1.0)
    in_pounds = (problem.cost_per_child / THOUSAND, prices.alternative / THOUSAND, prices.dearer / THOUSAND)
    pounds = Placing.of(problem.admits, problem.demand, problem.out_of_reach, *in_pounds, prices.independent_places)
    kilometres = Placing.of(problem.admits, problem.demand, problem.out_of_reach, problem.kilometres, prices.kilometres_without)
    parts = {
        "children": Linearised(pooled, children, bundle_of, ones),
        "pounds": Linearised(program, pounds, bundle_of, prices.discount),
        "kilometres": Linearised(program, kilometres, bundle_of, ones),
    }
    weights: Array = np.bincount(bundle_of, weights=problem.weights).astype(np.float64)
    return Master(program, parts, weights)


def hold(master: Master, held: Held) -> tuple[str, ...]:
    """Make the master keep what earlier levels hold (and nothing else); the second stages that this needs."""
    own = None if held.own_cost is None else held.own_cost / THOUSAND
    for name, most in (("shortfall", held.shortfall), ("children", held.unmet), ("own", own)):
        if most is None:
            master.let_go(name)
        else:
            master.hold(name, most)
    return () if held.unmet is None else ("children",)


def solve_level(
    problem: ShortlistProblem,
    master: Master,
    level: Level,
    held: Held,
    best: Evaluation,
    nothing: Evaluation,
    stops: Stops,
    watch: Watch | None = None,
    asked: Callable[[float], float] | None = None,
    most_solves: int = MOST_SOLVES,
) -> Found:
    """The best choice in one objective, from the choice ``best``, which keeps all limits and what is held.

    ``asked`` gives the gap at which to stop, in the unit of the level, for a value reached; by default it is ``stops.gap`` of
    what is saved against ``nothing``.
    """
    began = time.perf_counter()
    also = hold(master, held)
    amount = master.amounts[level.amount]
    relaxed, z = master.relax(amount, also)
    bound = relaxed * level.scale
    if not np.isfinite(bound):  # by the arithmetic alone: ``best`` keeps all limits
        return Found(best, level.of_choice(best), False)
    search = Search(problem, level, held, master)
    if amount.parts or also:
        best = search.better(best, stops.valued, z)
    building_nothing = level.of_choice(nothing)
    seen: set[tuple[int, ...]] = set()
    for _ in range(most_solves):
        value = level.of_choice(best)
        wanted = stops.gap * max(0.0, building_nothing - value) if asked is None else asked(value)
        if watch is not None:
            watch(time.perf_counter() - began, value, bound)
        if value - bound <= max(wanted, CLOSED * max(1.0, abs(value))):
            return Found(best, min(bound, value), True)
        left = replace(stops, seconds=stops.seconds - (time.perf_counter() - began))
        if left.seconds <= 0:
            return Found(best, bound, False)
        choice, least, finished = whole_choice(master, _SHARE * wanted / level.scale, left, best)
        bound = max(bound, min(least * level.scale, value))
        if choice is None:
            return Found(best, bound, False)
        which = tuple(np.flatnonzero(choice).tolist())
        if finished and which in seen:
            if value - bound <= _ROUNDING * max(1.0, abs(value)):
                return Found(best, bound, True)
            raise EngineFailed(f"highs gave the bound {bound:g} in the stage {level.name}, the data give {value:g}")
        seen.add(which)
        master.add_planes(choice, (*amount.parts, *also))
        found = search.mended(evaluate(problem, chosen_of(master, choice), near=best))
        if found.kept and held.kept_by(found) and level.of_choice(found) < value:
            best = search.better(found, stops.valued // 10) if amount.parts or also else found
        if not finished:
            return Found(best, bound, False)
    return Found(best, bound, False)


def whole_choice(
    master: Master, gap: float, stops: Stops, start: Evaluation | None, floor: float = 0.0
) -> tuple[Array | None, float, bool]:
    """The least choice of the master as it is, with whole numbers: z by way, a bound, and whether the solver ended by itself.

    Heuristics and restarts of the solver are off: our own search finds the plans, and the next solve begins anew anyhow.
    Nothing that is minimised can come below ``floor``.
    """
    import highspy

    highs: Any = master.whole()
    options = {
        "threads": THREADS, "mip_rel_gap": 0.0, "mip_abs_gap": gap, "time_limit": stops.seconds, "mip_max_nodes": stops.nodes,
        "random_seed": stops.seed, "mip_feasibility_tolerance": WHOLE, "mip_heuristic_effort": 0.0, "mip_allow_restart": False,
    }  # fmt: skip
    for name, value in options.items():
        highs.setOptionValue(name, value)
    if start is not None:
        highs.setSolution(len(master.z), master.z, z_of(master, start.chosen))
    highs.run()
    status, info = highs.getModelStatus(), highs.getInfo()
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return None, -np.inf, False
    bound = max(float(info.mip_dual_bound), floor)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None, bound, False
    z = np.round(np.asarray(highs.getSolution().col_value)[master.z])
    return z, bound, status == highspy.HighsModelStatus.kOptimal


def z_of(master: Master, chosen: Mapping[int, int]) -> Array:
    """A choice as z by way."""
    z = np.zeros(len(master.z))
    for e, o in chosen.items():
        z[master.program.by_key[e, o]] = 1.0
    return z


def chosen_of(master: Master, z: Array) -> dict[int, int]:
    """z by way as a choice."""
    return {way.offer: way.option for way, taken in zip(master.program.ways, z.tolist(), strict=True) if taken > 0.5}
