"""Solves the shortlist, objective by objective, each held by the next within a stated tolerance.

HiGHS solves by decomposition (:mod:`decomposed`), CBC (and HiGHS where there are few futures) the whole model at once
(:mod:`extensive`): each checks the other. Every answer is rounded and valued from the data; an answer that the data contradict
is not used.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from sufficiency.domain.calendar import terms_later
from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist.evaluation import Evaluation, evaluate
from sufficiency.shortlist.framing import program_of
from sufficiency.shortlist.futures import DEFAULT_SAMPLE, net_demand
from sufficiency.shortlist.levels import COMMITMENT, COST, POUNDS, UNMET, Level, held_before, levels_of
from sufficiency.shortlist.plan import ShortlistPlan, Stage, Status, Stops, status_of
from sufficiency.shortlist.posing import shortlist_problem
from sufficiency.shortlist.problem import ShortlistProblem
from sufficiency.shortlist.reasons import Margins, chosen_rows, not_chosen_rows

FEW_FUTURES = 2
"""Up to so many futures the whole model is quicker than its parts."""

Progress = Callable[[int, int, str], None]
"""Told after each step: steps done, steps in all, what comes next."""

Watch = Callable[[float, float, float], None]
"""Told between the solves of a stage: seconds, value and bound, in the stage's unit."""

ENGINES = ("highs", "cbc")
"""Solvers in the order in which they are tried."""


def solve_shortlist(
    scenario: Scenario,
    eois: Sequence[ExpressionOfInterest],
    run: Run,
    *,
    sample: int = DEFAULT_SAMPLE,
    stops: Stops | None = None,
    engines: Sequence[str] = ENGINES,
    progress: Progress | None = None,
    force_in: Sequence[str] = (),
    force_out: Sequence[str] = (),
) -> ShortlistPlan:
    """The shortlist of ``eois`` under the limits of ``scenario``, over ``sample`` futures of ``run``.

    The run is one of the scenario without the bids. No capital, or no bid that passes screening, is no error: the plan is
    empty and states the shortfall. Limits that clash with what is forced in are no error either: the plan is empty, its status
    says infeasible and its notes which families clash. Raises InputProblem for what a person can mend.
    """
    problem = shortlist_problem(scenario, eois, net_demand(run, sample), force_in=force_in, force_out=force_out)
    return solve_problem(problem, stops=stops, engines=engines, progress=progress)


def solve_problem(
    problem: ShortlistProblem,
    *,
    stops: Stops | None = None,
    engines: Sequence[str] = ENGINES,
    progress: Progress | None = None,
    watch: Watch | None = None,
) -> ShortlistPlan:
    """The shortlist of a problem; the first of ``engines`` that gives an answer which the data bear out is used.

    ``watch`` is told of value and bound while the solver works (HiGHS only).
    """
    stops = stops or Stops()
    tell = progress or (lambda done, steps, what: None)
    nothing = evaluate(problem, {})
    settled = tuple(_settled(level, nothing, nothing) for level in levels_of(problem))
    if not problem.candidates:
        return _plan(problem, nothing, nothing, settled, ("none", ""), stops, ("No bid passed screening.",))
    from sufficiency.shortlist.engines import EngineFailed, version_of  # imports the solver

    failures: list[str] = []
    for engine in engines:
        try:
            first = _first(problem, nothing, engine)
            if isinstance(first, tuple):
                notes = (*failures, *(f"These limits clash: {' and '.join(clash)}." for clash in first))
                return replace(_plan(problem, nothing, nothing, settled, (engine, ""), stops, notes), status=Status.INFEASIBLE)
            evaluation, stages = _stages(problem, first, nothing, engine, stops, tell, watch)
        except EngineFailed as failure:
            failures.append(f"{failure}.")
            continue
        tell(len(stages), len(stages) + 1, "reasons")
        plan = _plan(problem, nothing, evaluation, stages, (engine, version_of(engine)), stops, tuple(failures))
        tell(len(stages) + 1, len(stages) + 1, "done")
        return plan
    raise InputProblem(
        "no solver gave a usable answer", value=" ".join(failures), allowed=", ".join(ENGINES), mend="reinstall highspy and pulp"
    )


def _first(problem: ShortlistProblem, nothing: Evaluation, engine: str) -> Evaluation | tuple[tuple[str, ...], ...]:
    """A choice that keeps every limit to begin from, or the families of limits that clash."""
    program = program_of(problem)
    if all(row.sense == "<=" for row in program.rows):
        return nothing
    from sufficiency.shortlist.feasible import clashing_families, first_choice

    chosen = first_choice(program, engine)
    return clashing_families(program, engine) if chosen is None else evaluate(problem, chosen)


def _stages(
    problem: ShortlistProblem,
    first: Evaluation,
    nothing: Evaluation,
    engine: str,
    stops: Stops,
    tell: Progress,
    watch: Watch | None,
) -> tuple[Evaluation, tuple[Stage, ...]]:
    """The best choice found and how far each stage is proven; ``first`` is a choice that keeps every limit."""
    from sufficiency.shortlist import decomposed, extensive

    levels = levels_of(problem)
    by_parts = engine == "highs" and len(problem.weights) > FEW_FUTURES
    master = decomposed.master_of(problem) if by_parts else None
    best, stages = first, list[Stage]()
    for number, level in enumerate(levels):
        tell(number, len(levels) + 1, level.name)
        began = time.perf_counter()
        held = held_before(level, {stage.name: stage.value for stage in stages}, nothing, stops)
        if level is COMMITMENT and best.shortfall <= 0:
            found = decomposed.Found(best, 0.0, True)
        elif master is not None:
            found = decomposed.solve_level(problem, master, level, held, best, nothing, stops, watch)
        else:
            found = extensive.solve_level(problem, level, held, best, nothing, engine, stops)
        _check(engine, level, found.best, found.bound)
        best = found.best
        stages.append(_stage(level, best, nothing, found.bound, found.finished, stops.gap, time.perf_counter() - began))
    return best, tuple(stages)


def _stage(
    level: Level, best: Evaluation, nothing: Evaluation, bound: float, finished: bool, gap: float, seconds: float = 0.0
) -> Stage:
    value = level.of_choice(best)
    least = min(bound, value)
    return Stage(level.name, level.unit, value, least, level.of_choice(nothing), finished, gap, round(seconds, 3))


def _settled(level: Level, best: Evaluation, nothing: Evaluation) -> Stage:
    """A stage in which nothing can be gained."""
    return _stage(level, best, nothing, level.of_choice(best), True, 0.0)


def _check(engine: str, level: Level, best: Evaluation, bound: float) -> None:
    """Refuse an answer that breaks a limit, or whose bound a plan in hand contradicts."""
    from sufficiency.shortlist.engines import EngineFailed

    broken = [limit.what for limit in best.limits if not limit.kept]
    if broken:
        raise EngineFailed(f"{engine} broke limits in the stage {level.name}: {', '.join(broken)}")
    value = level.of_choice(best)
    if value < bound - 1e-5 * max(1.0, abs(value)):
        raise EngineFailed(f"{engine} gave the bound {bound:g} in the stage {level.name}, the data give {value:g}")


def _plan(
    problem: ShortlistProblem,
    nothing: Evaluation,
    evaluation: Evaluation,
    stages: tuple[Stage, ...],
    solver: tuple[str, str],
    stops: Stops,
    notes: tuple[str, ...],
) -> ShortlistPlan:
    gaps = {stage.name: stage.gap for stage in stages}
    margins = Margins(gaps.get(COMMITMENT.name, 0.0), gaps.get(UNMET.name, 0.0), gaps.get(POUNDS.name, 0.0))
    gap = gaps.get(COST.name, 0.0) + gaps.get(UNMET.name, 0.0) * problem.unmet_child_year + gaps.get(POUNDS.name, 0.0)
    value = evaluation.pounds if problem.order == "in pounds" else evaluation.cost_weighed
    return ShortlistPlan(
        status=status_of(stages),
        stages=stages,
        chosen=chosen_rows(evaluation),
        not_chosen=not_chosen_rows(evaluation, nothing, margins),
        places_bid=evaluation.places_bid,
        places_expected=evaluation.places_expected,
        commitment_by=problem.commitment.by,
        commitment_missing=problem.commitment.missing,
        closed=evaluation.closed,
        shortfall=evaluation.shortfall,
        met_on=_met_on(problem, evaluation),
        capital=evaluation.capital,
        capital_limit=problem.capital,
        cost=evaluation.cost,
        cost_before=nothing.cost,
        own_cost=evaluation.own_cost,
        unmet_before=nothing.unmet,
        unmet_after=evaluation.unmet,
        bound=value - gap,
        gap=gap,
        solver=solver[0],
        solver_version=solver[1],
        seed=stops.seed,
        base_seed=problem.base_seed,
        replications=problem.replications,
        scenario_digest=problem.scenario_digest,
        notes=notes,
    )


def _met_on(problem: ShortlistProblem, evaluation: Evaluation) -> dt.date | None:
    """First term start on which the chosen bids are expected to fill what the commitment lacks (its pipeline as on its day);
    None where they never do, or where nothing is missing."""
    openings = [(candidate.expected_at(o), candidate.openings[o]) for candidate, o in evaluation.picked]
    days = sorted({terms_later(opening.day, terms) for _, opening in openings for terms, _ in opening.slippage})
    for date in days if problem.commitment.missing > 0 else ():
        if sum(places * opening.open_on(date) for places, opening in openings) >= problem.commitment.missing - 1e-9:
            return date
    return None
