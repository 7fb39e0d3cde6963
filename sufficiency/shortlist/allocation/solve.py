"""Solves plain tables to proven optimality with the shortlist's own model, and checks the answer from the tables."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.allocation import AllocationTables
from sufficiency.shortlist.allocation.assessment import Assessment, assess
from sufficiency.shortlist.allocation.clashes import Clashes, find_clashes, on_the_choice
from sufficiency.shortlist.allocation.framing import Units, program_of
from sufficiency.shortlist.plan import Status, Stops

ENGINES = ("highs", "cbc")
"""Solvers in the order in which they are tried."""

SECONDS = 3600.0
"""Guard against an instance that does not end; the answer then says that it is not proven."""

CLOSED = 1e-9
"""Relative gap that is the rounding of the arithmetic."""

TO_THE_END = Stops(gap=0.0, nodes=2_000_000_000, seconds=SECONDS)


@dataclass(frozen=True, eq=False)
class Allocation:
    """What was found and how far it is proven; amounts are in the units of the tables."""

    status: Status
    found: Assessment | None
    """The choice with its flows; None where there is none."""
    bound: float | None
    """No allocation that keeps every limit costs less; None where none keeps them."""
    clashes: Clashes | None
    solver: str
    solver_version: str
    seed: int
    seconds: float
    notes: tuple[str, ...] = ()

    @property
    def objective(self) -> float | None:
        """Cost of the allocation."""
        return None if self.found is None else self.found.objective

    @property
    def gap(self) -> float | None:
        """Objective less bound."""
        return None if self.objective is None or self.bound is None else self.objective - self.bound


def solve_allocation(tables: AllocationTables, *, stops: Stops = TO_THE_END, engines: Sequence[str] = ENGINES) -> Allocation:
    """The cheapest allocation that keeps every limit, proven, or why there is none.

    The first of ``engines`` that gives an answer which the tables bear out is used. Raises InputProblem where none does.
    """
    from sufficiency.shortlist.engines import EngineFailed

    began = time.perf_counter()
    if clash := on_the_choice(tables):
        return Allocation(Status.INFEASIBLE, None, None, Clashes(clash, None), "none", "", stops.seed, 0.0)
    failures: list[str] = []
    for engine in engines:
        try:
            answer = _solved(tables, engine, stops)
        except EngineFailed as failure:
            failures.append(f"{failure}.")
            continue
        return replace(answer, notes=tuple(failures), seconds=time.perf_counter() - began)
    raise InputProblem(
        "no solver gave a usable answer", value=" ".join(failures), allowed=", ".join(ENGINES), mend="reinstall highspy and pulp"
    )


def _solved(tables: AllocationTables, engine: str, stops: Stops) -> Allocation:
    from sufficiency.shortlist import cuts, formulation, objectives
    from sufficiency.shortlist.engines import EngineFailed, NoSolution, solve, version_of

    units = Units.of(tables)
    model = formulation.build(program_of(tables, units))
    objective = objectives.whole_cost_of(model)
    named = (engine, version_of(engine), stops.seed, 0.0)
    try:
        if engine == "highs":
            cuts.strengthen(model, objective)
        else:
            cuts.add_all(model)
        answer = solve(engine, model, objective, stops.gap, stops)
    except NoSolution:
        clashes = find_clashes(tables, lambda eased: _least_unserved(eased, engine, stops))
        if not clashes.families:
            raise EngineFailed(f"{engine} found no solution where the tables allow one") from None
        return Allocation(Status.INFEASIBLE, None, None, clashes, *named)
    bound = answer.bound * units.money
    if not np.isfinite(answer.value):
        return Allocation(Status.AT_LIMIT, None, bound, None, *named)
    found = assess(tables, answer.chosen)
    _check_answer(engine, found, answer.value * units.money, bound)
    relative = (found.objective - bound) / max(abs(found.objective), 1e-300)
    if answer.finished and relative <= CLOSED:
        return Allocation(Status.PROVEN, found, found.objective, None, *named)
    within = answer.finished and relative <= stops.gap + CLOSED
    return Allocation(Status.WITHIN_GAP if within else Status.AT_LIMIT, found, min(bound, found.objective), None, *named)


def _least_unserved(tables: AllocationTables, engine: str, stops: Stops) -> float:
    """Fewest children who stay unserved under the limits, whatever it costs (a lower bound where stopped)."""
    from sufficiency.shortlist import formulation, objectives
    from sufficiency.shortlist.engines import solve

    counted = replace(tables, limits=tables.limits.model_copy(update={"unserved_cost_per_child": 1.0}))
    units = Units.of(counted)
    model = formulation.build(program_of(counted, units))
    answer = solve(engine, model, objectives.unmet_of(model), 0.0, replace(stops, seconds=min(stops.seconds, 60.0)))
    return max(0.0, answer.bound if not np.isfinite(answer.value) else answer.value) * units.children


def _check_answer(engine: str, found: Assessment, solver_value: float, bound: float) -> None:
    """Refuse an answer that breaks a limit, or whose value or bound the tables contradict."""
    from sufficiency.shortlist.engines import EngineFailed

    broken = [check.what for check in found.checks if not check.kept]
    if broken:
        raise EngineFailed(f"{engine} broke limits: {', '.join(broken)}")
    rounding = 1e-6 * max(abs(found.objective), abs(solver_value))
    if found.objective > solver_value + rounding or found.objective < bound - rounding:
        raise EngineFailed(f"{engine} gave {solver_value:g} (bound {bound:g}), the tables give {found.objective:g}")
