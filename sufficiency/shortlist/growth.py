"""Plans under each growth of need: what each loses against the plan that would have been best, and which loses least at worst.

A plan's regret under a growth is its objective there less the least that any plan reaches there (Savage 1951): an interval,
because the least is known between a bound and a plan. The plan of least worst regret is solved for, not picked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sufficiency.shortlist.evaluation import Evaluation, evaluate
from sufficiency.shortlist.futures import NetDemand
from sufficiency.shortlist.levels import Held, Level
from sufficiency.shortlist.plan import Stops
from sufficiency.shortlist.problem import ShortlistProblem
from sufficiency.shortlist.program import MEAN
from sufficiency.shortlist.regret import Interval
from sufficiency.shortlist.worth import best_of

Array = NDArray[np.float64]
Choice = Mapping[int, int]
RECOMMENDED, LEAST_WORST = "recommended", "least worst regret"
THIRDS = ("low third of futures", "middle third of futures", "high third of futures")
TRIES = 12
NODES = 2000


@dataclass(frozen=True)
class Under:
    """A plan under one growth."""

    plan: str
    growth: str
    value: float
    """Unmet child-years, or £ where all is weighed in pounds."""
    cost: float
    """Expected whole cost in £."""
    regret: Interval


@dataclass(frozen=True, eq=False)
class ByGrowth:
    """The table of plans and growths."""

    unit: str
    lines: tuple[Under, ...]
    choices: Mapping[str, Choice]
    """The plans by name."""
    least_worst_bound: float
    """No plan's worst regret is proven to be less than this (against the best plans known)."""

    def worst(self, plan: str) -> float:
        """A plan's largest regret, at most."""
        return max(line.regret.high or 0.0 for line in self.lines if line.plan == plan)


def thirds(demand: NetDemand) -> dict[str, NetDemand]:
    """The futures in three parts by the growth of their net demand, first to last academic year."""
    total = demand.unmet.sum(axis=(2, 3, 4))
    order = np.argsort(total[:, -1] - total[:, 0], kind="stable")
    parts = np.array_split(order, 3)
    return {name: _part(demand, np.sort(part)) for name, part in zip(THIRDS, parts, strict=True) if len(part)}


def _part(demand: NetDemand, futures: NDArray[np.int64]) -> NetDemand:
    weights = demand.weights[futures]
    return replace(
        demand,
        values=demand.values[futures],
        replications=tuple(demand.replications[s] for s in futures.tolist()),
        weights=weights / weights.sum(),
    )


def by_growth(
    plans: Mapping[str, Choice], problems: Mapping[str, ShortlistProblem], level: Level, held: Held, stops: Stops
) -> ByGrowth:
    """The table for ``plans`` and the best of each growth; ``problems`` poses the same bids over the futures of each growth."""
    problems = {growth: replace(problem, tail=MEAN) for growth, problem in problems.items()}
    start = next(iter(plans.values()))
    choices: dict[str, Choice] = dict(plans)
    least: dict[str, tuple[float, float]] = {}
    for growth, problem in problems.items():
        best, bound = best_of(problem, level, held, start, stops)
        choices[f"best for {growth}"] = best.chosen
        least[growth] = (bound, level.of_choice(best))
    valued = {name: _values(choice, problems, level) for name, choice in choices.items()}
    for growth in problems:
        known = min(values[growth][0] for values in valued.values())
        least[growth] = (min(least[growth][0], known), known)
    found, worst_bound = _least_worst(problems, level, held, {growth: known for growth, (_, known) in least.items()}, choices)
    choices[LEAST_WORST] = found
    valued[LEAST_WORST] = _values(found, problems, level)
    lines = tuple(
        Under(name, growth, value, cost, Interval(max(0.0, value - least[growth][1]), max(0.0, value - least[growth][0])))
        for name, values in valued.items()
        for growth, (value, cost) in values.items()
    )
    return ByGrowth(level.unit, lines, choices, worst_bound)


def _values(choice: Choice, problems: Mapping[str, ShortlistProblem], level: Level) -> dict[str, tuple[float, float]]:
    """Objective and whole cost of a choice under each growth."""
    found = {growth: evaluate(problem, choice) for growth, problem in problems.items()}
    return {growth: (level.of_choice(plan), plan.cost) for growth, plan in found.items()}


def _least_worst(
    problems: Mapping[str, ShortlistProblem],
    level: Level,
    held: Held,
    least: Mapping[str, float],
    choices: Mapping[str, Choice],
) -> tuple[Choice, float]:
    """The plan whose largest regret against ``least`` is the least, and a bound on that regret."""
    from sufficiency.shortlist.decomposed import chosen_of, hold, master_of, whole_choice

    parts = list(problems.values())
    joint = _joint(parts)
    bundle_of = np.repeat(np.arange(len(parts)), [len(problem.weights) for problem in parts])
    master = master_of(joint, bundle_of.astype(np.int64))
    hold(master, held)
    needed = master.amounts[level.amount].parts
    scale = level.scale
    master.minimise_worst(level.amount, [value / scale for value in least.values()])

    def worst(choice: Choice) -> float:
        values = _values(choice, problems, level)
        return max(values[growth][0] - known for growth, known in least.items())

    best = min(choices.values(), key=worst)
    value, bound = worst(best), 0.0
    for _ in range(TRIES):
        if value - bound <= 0.05 * value + 1e-6:
            break
        z, low, finished = whole_choice(master, 0.02 * value / scale, Stops(nodes=NODES), None)
        if z is None:
            break
        bound = max(bound, min(low * scale, value))
        found: Evaluation = evaluate(joint, chosen_of(master, z))
        if found.kept and held.kept_by(found) and worst(found.chosen) < value:
            best, value = found.chosen, worst(found.chosen)
        master.add_planes(z, needed)
        if not finished:
            break
    return best, bound


def _joint(parts: Sequence[ShortlistProblem]) -> ShortlistProblem:
    """The futures of all growths side by side, each growth as likely as the others."""
    weights = np.concatenate([problem.weights / len(parts) for problem in parts])
    return replace(
        parts[0],
        demand=np.concatenate([problem.demand for problem in parts]),
        out_of_reach=np.concatenate([problem.out_of_reach for problem in parts]),
        weights=weights,
    )
