"""Solves the shortlist: first the commitment's shortfall, then expected unmet need, then cost.

Lexicographic: three solves, each held by the next within a stated tolerance, never one sum with a large weight. Every answer is
rounded and evaluated from the data; an answer that the data contradict is not used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

from sufficiency.domain.calendar import terms_later
from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist.evaluation import Evaluation, evaluate
from sufficiency.shortlist.framing import THOUSAND, program_of
from sufficiency.shortlist.futures import DEFAULT_SAMPLE, net_demand
from sufficiency.shortlist.openings import open_by
from sufficiency.shortlist.plan import ShortlistPlan, Stage, Status, Stops, status_of
from sufficiency.shortlist.problem import ShortlistProblem, shortlist_problem
from sufficiency.shortlist.reasons import Margins, chosen_rows, not_chosen_rows

Progress = Callable[[int, int, str], None]
"""Told after each step: steps done, steps in all, what comes next."""

ENGINES = ("highs", "cbc")
"""Solvers in the order in which they are tried."""

STAGES = (("commitment", "places"), ("unmet need", "child-years"), ("cost", "£"))


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
) -> ShortlistPlan:
    """The shortlist of a problem; the first of ``engines`` that gives an answer which the data bear out is used."""
    stops = stops or Stops()
    tell = progress or (lambda done, steps, what: None)
    nothing = evaluate(problem, {})
    if not problem.candidates:
        return _plan(problem, nothing, nothing, _settled(nothing), ("none", ""), stops, ("No bid passed screening.",))
    from sufficiency.shortlist.engines import EngineFailed, version_of  # imports the solver

    failures: list[str] = []
    for engine in engines:
        try:
            first = _first(problem, nothing, engine)
            if isinstance(first, tuple):
                notes = (*failures, *(f"These limits clash: {' and '.join(clash)}." for clash in first))
                return replace(
                    _plan(problem, nothing, nothing, _settled(nothing), (engine, ""), stops, notes), status=Status.INFEASIBLE
                )
            evaluation, stages = _three_stages(problem, first, engine, stops, tell)
        except EngineFailed as failure:
            failures.append(f"{failure}.")
            continue
        tell(3, 4, "reasons")
        plan = _plan(problem, nothing, evaluation, stages, (engine, version_of(engine)), stops, tuple(failures))
        tell(4, 4, "done")
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


def _three_stages(
    problem: ShortlistProblem, first: Evaluation, engine: str, stops: Stops, tell: Progress
) -> tuple[Evaluation, tuple[Stage, ...]]:
    """The best choice found and how far each stage is proven; ``first`` is a choice that keeps every limit."""
    from sufficiency.shortlist import cuts, formulation
    from sufficiency.shortlist.engines import solve

    model = formulation.build(program_of(problem))
    beyond = float(problem.weights @ problem.out_of_reach.sum(axis=1))
    expressions = (formulation.shortfall_of(model), formulation.unmet_of(model, beyond), formulation.cost_of(model))
    scales = (1.0, 1.0, THOUSAND)
    nothing = evaluate(problem, {})
    best, stages = first, list[Stage]()
    for number, (name, unit) in enumerate(STAGES):
        tell(number, 4, name)
        if number < 2 and (settled := _settled(best)[number]).value == _least(problem, number):
            stages.append(settled)  # nothing can be gained: no solve, and none is needed as proof
        else:
            relaxation = cuts.strengthen(model, expressions[number])[1] if engine == "highs" and number < 2 else 0.0
            gap = _gap_asked(number, stops, _values(nothing)[number], max(relaxation, _least(problem, number)))
            answer = solve(engine, model, expressions[number], gap, stops, best.chosen)
            found = evaluate(problem, answer.chosen, near=best)
            value = _values(found)[number]
            _check_answer(engine, name, found, value, answer.value * scales[number], answer.bound * scales[number])
            seconds = round(answer.seconds, 3)
            bound = min(answer.bound * scales[number], value)
            stages.append(Stage(name, unit, value, bound, answer.finished, gap, seconds))
            best = found
        if number == 0:
            formulation.pin(model, "shortfall_kept", expressions[0], best.shortfall + stops.shortfall_tolerance)
        elif number == 1:
            most = best.unmet * (1 + stops.unmet_tolerance) + 1e-6
            formulation.pin(model, "unmet_kept", expressions[1], most)
    return best, tuple(stages)


def _gap_asked(number: int, stops: Stops, nothing: float, relaxation: float) -> float:
    """The relative gap asked of a stage; a share of what the shortlist saves is turned into one of the stage's value.

    What it saves is building ``nothing`` less the plan, which is not known yet: a tenth is kept back from the saving of the
    ``relaxation``, which is a little more.
    """
    if stops.gap_of_saving is None:
        return stops.cost_gap if number == 2 else stops.relative_gap
    if number == 2:
        return stops.gap_of_saving
    return 0.9 * stops.gap_of_saving * max(0.0, nothing - relaxation) / max(relaxation, 1.0)


def _values(evaluation: Evaluation) -> tuple[float, float, float]:
    """The three objectives of a choice: places, child-years, £."""
    return evaluation.shortfall, evaluation.unmet, evaluation.cost


def _least(problem: ShortlistProblem, stage: int) -> float:
    """What a stage cannot fall below, whatever is chosen: every bid open at its largest as early as it can, limits aside."""
    everything = evaluate(problem, {candidate.position: candidate.most for candidate in problem.candidates})
    return _values(everything)[stage]


def _settled(evaluation: Evaluation) -> tuple[Stage, ...]:
    """Stages in which nothing could be gained."""
    values = zip(STAGES, _values(evaluation), strict=True)
    return tuple(Stage(name, unit, value, value, True, 0.0) for (name, unit), value in values)


def _check_answer(engine: str, stage: str, found: Evaluation, value: float, solver_value: float, bound: float) -> None:
    """Refuse an answer that breaks a limit, or whose value or bound the data contradict."""
    from sufficiency.shortlist.engines import EngineFailed

    broken = [limit.what for limit in found.limits if not limit.kept]
    if broken:
        raise EngineFailed(f"{engine} broke limits in the stage {stage}: {', '.join(broken)}")
    rounding = 1e-5 * max(1.0, abs(value))
    if value > solver_value + rounding or value < bound - rounding:
        raise EngineFailed(f"{engine} gave {solver_value:g} (bound {bound:g}) in the stage {stage}, the data give {value:g}")


def _plan(
    problem: ShortlistProblem,
    nothing: Evaluation,
    evaluation: Evaluation,
    stages: tuple[Stage, ...],
    solver: tuple[str, str],
    stops: Stops,
    notes: tuple[str, ...],
) -> ShortlistPlan:
    shortfall, unmet, cost = stages
    margins = Margins(max(0.0, evaluation.shortfall - shortfall.bound), max(0.0, evaluation.unmet - unmet.bound))
    price = problem.unmet_child_year
    value = evaluation.unmet * price + evaluation.cost
    bound = min(unmet.bound, evaluation.unmet) * price + min(cost.bound, evaluation.cost)
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
        unmet_before=nothing.unmet,
        unmet_after=evaluation.unmet,
        bound=bound,
        gap=value - bound,
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
    openings = [(candidate.expected_at(o), candidate.openings[o].day) for candidate, o in evaluation.picked]
    days = sorted({terms_later(opens, terms) for _, opens in openings for terms in problem.slippage})
    for date in days if problem.commitment.missing > 0 else ():
        if (
            sum(places * open_by(opens, date, problem.slippage) for places, opens in openings)
            >= problem.commitment.missing - 1e-9
        ):
            return date
    return None
