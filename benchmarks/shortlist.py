"""The shortlist beside plain PuLP + HiGHS on the naive model, in the same run: the gap of what can be saved, over time.

The bundled list on the bundled scenario, 20 futures; one future with every term; and a harder case (every term, limits within the
year, need scaled to what the bids offer). Then regrets, what-if, and a plan on a thousand fresh futures.

    python benchmarks/shortlist.py [--quick]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import perf_counter

import numpy as np
from _naive import naive, solved

from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import local_executor, run_futures, usable_cores
from sufficiency.scenario.eoi_list import load_eois
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistProblem, Stops, evaluate, extensive, net_demand, shortlist_problem, solve_problem
from sufficiency.shortlist.decomposed import master_of, solve_level
from sufficiency.shortlist.evaluation import Evaluation
from sufficiency.shortlist.futures import fresh_demand
from sufficiency.shortlist.levels import Held, Level, held_before, levels_of
from sufficiency.shortlist.regret import Questions
from sufficiency.shortlist.solve import FEW_FUTURES
from sufficiency.shortlist.whatif import what_if

MARKS = (0.1, 0.05, 0.01)
"""Gaps, as shares of what can be saved, for which the seconds are told."""
SAMPLE = 20


@dataclass
class Trace:
    """Value and bound over time, in the unit of the level."""

    scale: float
    points: list[tuple[float, float, float]] = field(default_factory=list)

    def watch(self, seconds: float, value: float, bound: float) -> None:
        """Note where it stands; the best so far of both counts."""
        before = self.points[-1] if self.points else (0.0, np.inf, -np.inf)
        self.points.append((seconds, min(before[1], value * self.scale), max(before[2], bound * self.scale)))

    def gap(self, nothing: float, seconds: float = np.inf) -> float:
        """The gap after so many seconds, as a share of what can be saved; 1 before anything is known."""
        known = [(value, bound) for at, value, bound in self.points if at <= seconds]
        if not known or not np.isfinite(known[-1][0]):
            return 1.0
        value, bound = known[-1]
        return max(0.0, value - bound) / max(nothing - bound, 1e-9)

    def first(self, nothing: float, share: float) -> float | None:
        """Seconds to the first time that the gap is no larger than a share."""
        return next((at for at, value, bound in self.points if max(0.0, value - bound) <= share * (nothing - bound)), None)


def compared(title: str, problem: ShortlistProblem, seconds: tuple[float, ...]) -> None:
    """Every level of a problem, ours and naive, under the same limits and with the same held; a line each."""
    nothing = evaluate(problem, {})
    best, reached = nothing, dict[str, float]()
    print(f"\n{title}: {len(problem.candidates)} bids, {sum(len(c.openings) for c in problem.candidates)} ways, "
          f"{len(problem.weights)} futures")  # fmt: skip
    print("level, model: build s, " + ", ".join(f"s to {share:.0%}" for share in MARKS) + ", "
          + ", ".join(f"gap at {limit:g} s" for limit in seconds) + ", value")  # fmt: skip
    for level in levels_of(problem):
        held = held_before(level, reached, nothing, Stops())
        best, build, ours = _ours(problem, level, held, best, nothing, seconds[-1])
        _line(level, "ours", build, ours, level.of_choice(nothing), seconds)
        prob, build = naive(problem, level, held)
        theirs = Trace(level.scale)
        solved(prob, seconds[-1], theirs.watch)
        _line(level, "naive", build, theirs, level.of_choice(nothing), seconds)
        reached[level.name] = level.of_choice(best)


def _ours(
    problem: ShortlistProblem, level: Level, held: Held, best: Evaluation, nothing: Evaluation, seconds: float
) -> tuple[Evaluation, float, Trace]:
    began, trace = perf_counter(), Trace(1.0)
    stops = Stops(gap=0.0, seconds=seconds)
    if len(problem.weights) <= FEW_FUTURES:
        build = 0.0
        found = extensive.solve_level(problem, level, held, best, nothing, "highs", stops)
    else:
        master = master_of(problem)
        build = perf_counter() - began
        found = solve_level(problem, master, level, held, best, nothing, stops, trace.watch)
    trace.watch(min(seconds, perf_counter() - began - build), level.of_choice(found.best), found.bound)
    return found.best, build, trace


def _line(level: Level, who: str, build: float, trace: Trace, nothing: float, seconds: tuple[float, ...]) -> None:
    times = [trace.first(nothing, share) for share in MARKS]
    shown = [f"{at:.1f}" if at is not None else "-" for at in times]
    gaps = [f"{trace.gap(nothing, limit):.2%}" for limit in seconds]
    value = trace.points[-1][1] if trace.points else np.inf
    print(f"{level.name}, {who}: {build:.2f}, {', '.join(shown)}, {', '.join(gaps)}, {value:,.1f}", flush=True)


def harder(problem: ShortlistProblem) -> ShortlistProblem:
    """Need about as large as what the bids offer, different in each future: choices compete for the same children."""
    draws = np.random.default_rng(3)
    spread = np.exp(draws.normal(0, 0.5, (problem.demand.shape[0], 1, problem.demand.shape[2])))
    slots = {2022: 6e6, 2023: 8e6, 2024: 8e6}
    further = replace(problem.further, capital_by_year=slots, construction_slots=24)
    return replace(problem, demand=problem.demand * 0.15 * spread, out_of_reach=problem.out_of_reach * 0.0, further=further)


def timed(what: str, work: Callable[[], object]) -> None:
    """Print how long something takes."""
    began = perf_counter()
    work()
    print(f"{what}: {perf_counter() - began:.2f} s", flush=True)


def main(quick: bool) -> None:
    """Print all measurements."""
    seconds = (10.0, 30.0) if quick else (120.0, 600.0)
    scenario, futures = load("bristol-2022"), 120 if quick else 1000 + SAMPLE
    eois = load_eois(scenario)
    with local_executor(usable_cores()) as executor:
        run = run_futures(scenario, futures, executor=executor)
    demand = net_demand(run, SAMPLE)
    problem = shortlist_problem(scenario, eois, demand)
    compared("In turn", problem, seconds)
    in_pounds = scenario.changed("shortlist", order="in pounds")
    compared("In pounds", shortlist_problem(in_pounds, eois, demand), seconds)
    one = shortlist_problem(in_pounds, eois, net_demand(run, 1), every_term=True)
    compared("One future, every term", one, (30.0,))
    hard = harder(shortlist_problem(in_pounds, eois, demand, every_term=True))
    compared("Harder, every term", hard, seconds)
    around(scenario, eois, run, problem)


def around(scenario: Scenario, eois: tuple[ExpressionOfInterest, ...], run: Run, problem: ShortlistProblem) -> None:
    """What is asked of a plan once there is one."""
    print()
    began = perf_counter()
    plan = solve_problem(problem)
    print(f"plan to 1 % of what can be saved, all stages and reasons: {perf_counter() - began:.2f} s, {plan.status.value}")
    began = perf_counter()
    questions = Questions(problem, plan, Stops())
    found = questions.regrets()
    kinds = {name: sum(regret.standing == name for regret in found) for name in ("core", "exterior", "borderline")}
    print(f"regrets of {len(found)} bids: {perf_counter() - began:.2f} s, {kinds}")
    took = []
    for bid in [*plan.chosen[:3], *(each for each in plan.not_chosen if not each.screened)][:6]:
        began = perf_counter()
        inside = any(bid.eoi == chosen.eoi for chosen in plan.chosen)
        what_if(questions, **{"force_out" if inside else "force_in": [bid.eoi]})
        took.append(perf_counter() - began)
    print(f"what if, six wishes: {np.mean(took):.2f} s on average, {max(took):.2f} s at most")
    rest = fresh_demand(run, problem.replications)
    assert rest is not None
    times = -(-1000 // len(rest.weights))
    values = np.tile(rest.values, (times, 1, 1, 1, 1))[:1000] * (1 + 1e-9 * np.arange(1000))[:, None, None, None, None]
    thousand = replace(rest, values=values, weights=np.full(1000, 1e-3), replications=tuple(range(1000)))
    posed = shortlist_problem(scenario, eois, thousand)
    assert len(posed.weights) == 1000
    chosen = questions.at_hand.chosen
    timed("1,000 futures, unmet need", lambda: evaluate(posed, chosen).unmet)
    timed("1,000 futures, whole cost", lambda: evaluate(posed, chosen).cost)


if __name__ == "__main__":
    main("--quick" in sys.argv[1:])
