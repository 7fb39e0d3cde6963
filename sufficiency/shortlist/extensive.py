"""One objective solved as the whole model at once: every future's children in one program.

The cross-check of decomposition, and quicker than it where there are few futures.
"""

from __future__ import annotations

from dataclasses import replace

from sufficiency.shortlist.cuts import strengthen
from sufficiency.shortlist.decomposed import Found
from sufficiency.shortlist.engines import EngineFailed, solve
from sufficiency.shortlist.evaluation import Evaluation, evaluate
from sufficiency.shortlist.levels import Held, Level, model_for
from sufficiency.shortlist.plan import CLOSED, Stops
from sufficiency.shortlist.problem import ShortlistProblem

MOST_SOLVES = 3
"""The gap in the level's unit that is asked for follows from the saving, which only the answer tells."""


def solve_level(
    problem: ShortlistProblem,
    level: Level,
    held: Held,
    best: Evaluation,
    nothing: Evaluation,
    engine: str,
    stops: Stops,
) -> Found:
    """The best choice in one objective, from ``best``, which keeps all limits and what is held. Raises EngineFailed."""
    model, objective = model_for(level, problem, held)
    bound, finished, spent = -float("inf"), False, 0.0
    if engine == "highs" and level.second_stage != "none":
        bound = strengthen(model, objective).bound * level.scale
    for _ in range(MOST_SOLVES):
        value = level.of_choice(best)
        wanted = stops.gap * max(0.0, level.of_choice(nothing) - value)
        left = replace(stops, seconds=max(1.0, stops.seconds - spent))
        answer = solve(engine, model, objective, wanted / level.scale, left, best.chosen)
        found = evaluate(problem, answer.chosen, near=best)
        reached = level.of_choice(found)
        if reached > answer.value * level.scale + 1e-5 * max(1.0, abs(reached)):
            raise EngineFailed(
                f"{engine} gave {answer.value * level.scale:g} in the stage {level.name}, the data give {reached:g}"
            )
        if found.kept and held.kept_by(found) and reached < value:
            best = found
        bound, finished, spent = max(bound, answer.bound * level.scale), answer.finished, spent + answer.seconds
        value = level.of_choice(best)
        wanted = stops.gap * max(0.0, level.of_choice(nothing) - value)
        if not finished or value - bound <= max(wanted, CLOSED * max(1.0, abs(value))):
            break
    return Found(best, min(bound, value), finished)
