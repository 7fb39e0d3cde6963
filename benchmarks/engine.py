"""Services over columns against the usual way, a SimPy process for each child: the same rules, in one run.

Prints the time of a future each way and how it grows with the backlog. The machine cancels out of the ratios. Ends with 1 where
the two disagree by more than three standard errors on anything they are compared on.

    python benchmarks/engine.py [--quick] [--futures N]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import fmean, median, variance
from time import process_time
from typing import Any

import _ours as ours
import _usual as usual
import numpy as np
from _rules import OVERRUN, STEADY, Rules, reduced
from numpy.typing import NDArray

from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.arrivals import weekly_mean
from sufficiency.simulation.caseload import NEVER
from sufficiency.simulation.future import simulate
from sufficiency.simulation.streams import Streams

LARGEST_Z = 3.0
BESIDE = 3
"""Futures of each way that is only timed, beside the two that are compared."""
USUAL, PLAIN, SERVICES, WHOLE = "a process a child", "the same, FIFO only", "services over columns", "whole simulate()"
USUAL_ALONE, ALONE = "assessment alone, a process a child", "assessment alone, services"


@dataclass(frozen=True)
class Regime:
    """Rules with what both engines need of them."""

    rules: Rules
    scenario: Scenario
    means: NDArray[np.float64]
    """Mean requests in each week."""

    @property
    def septembers(self) -> tuple[int, ...]:
        """First weeks of the academic years."""
        return self.scenario.calendar.september_weeks


def regime(rules: Rules) -> Regime:
    """The scenario of ``rules`` and its weekly demand, which no draw changes."""
    scenario = reduced(rules)
    return Regime(rules, scenario, weekly_mean(scenario, Streams(0, 0))[0])


def usual_measures(outcome: usual.Outcome) -> dict[str, float]:
    """What the two engines are compared on."""
    return {
        "plans issued": float(len(outcome.weeks)),
        "weeks to plan": fmean(outcome.weeks),
        "open at the end": float(outcome.open),
        "waiting at the end": float(outcome.waiting),
        "in a place at the end": float(outcome.placed),
    }


def usual_future(at: Regime, seed: int, *, plain: bool = False, rules: Rules | None = None) -> usual.Outcome:
    """One future the usual way, from its own draws."""
    rules = rules or at.rules
    return usual.simulate(rules, usual.own_draws(rules, at.means, seed), at.septembers, plain=plain)


def run(at: Regime, futures: int, which: tuple[str, ...]) -> tuple[dict[str, list[float]], dict[str, list[Any]]]:
    """Processor seconds and results of ``futures`` futures each way, taken in turns so that a busy machine is fair to all."""
    alone = replace(at.rules, specialist=0.0)
    ways: dict[str, Callable[[int], Any]] = {
        USUAL: lambda f: usual_future(at, f),
        PLAIN: lambda f: usual_future(at, f, plain=True),
        SERVICES: lambda f: ours.measures(ours.services(at.scenario, f)),
        WHOLE: lambda f: simulate(at.scenario, f).replication,
        USUAL_ALONE: lambda f: usual_future(at, f, rules=alone),
        ALONE: lambda f: ours.measures(ours.assessment_alone(at.scenario, f)),
    }
    simulate(at.scenario, 0)  # what is kept from one future to the next is laid out before the watch starts
    seconds: dict[str, list[float]] = {name: [] for name in which}
    results: dict[str, list[Any]] = {name: [] for name in which}
    for number in range(futures):
        for name in which:
            start = process_time()
            result = ways[name](number)
            seconds[name].append(process_time() - start)
            results[name].append(usual_measures(result) if isinstance(result, usual.Outcome) else result)
    return seconds, results


def z_scores(a: list[dict[str, float]], b: list[dict[str, float]]) -> dict[str, tuple[float, float, float]]:
    """Both means of each measure, and their difference in standard errors."""
    scores = {}
    for name in a[0]:
        x, y = [row[name] for row in a], [row[name] for row in b]
        error = (variance(x) / len(x) + variance(y) / len(y)) ** 0.5
        gap = fmean(x) - fmean(y)
        scores[name] = (fmean(x), fmean(y), gap / error if error > 0 else (0.0 if gap == 0 else float("inf")))
    return scores


def plans_on_the_same_draws(rules: Rules, replication: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Week of the plan of everyone who asked (``NEVER`` where there is none), ours and the usual way, on the same draws."""
    at = regime(rules)
    council = ours.services(at.scenario, replication)
    outcome = usual.simulate(rules, ours.same_draws(rules, council), at.septembers)
    mine = council.caseload.plan_week[ours.asked(council)].astype(np.int64)
    theirs = np.full(mine.size, NEVER, dtype=np.int64)
    theirs[list(outcome.plan_week)] = list(outcome.plan_week.values())
    return mine, theirs


def report(at: Regime, futures: int, aim: float) -> bool:
    """Compare one regime and print it; whether the two engines agree."""
    seconds, results = run(at, futures, (USUAL, SERVICES))
    seconds |= run(at, BESIDE, (WHOLE, PLAIN, USUAL_ALONE, ALONE))[0]
    print(f"\n{at.rules.name}: {at.rules.years} years, {futures} futures each way")
    print(f"  {'':26}{'a process a child':>18}{'ours':>12}{'z':>8}")
    scores = z_scores(results[USUAL], results[SERVICES])
    for name, (x, y, z) in scores.items():
        print(f"  {name:26}{x:18.1f}{y:12.1f}{z:8.2f}{'  DISAGREE' if abs(z) > LARGEST_Z else ''}")
    times = {name: median(taken) for name, taken in seconds.items()}
    for name, taken in times.items():
        print(f"  {name:38}{taken:9.3f} s a future")
    print(f"  ratio, services over columns      {times[USUAL] / times[SERVICES]:7.1f} x (aim {aim:.0f} x)")
    print(f"  ratio, whole simulate()           {times[USUAL] / times[WHOLE]:7.1f} x")
    print(f"  ratio, assessment alone           {times[USUAL_ALONE] / times[ALONE]:7.1f} x")
    print(f"  ratio, services against FIFO only {times[PLAIN] / times[SERVICES]:7.1f} x")
    return all(abs(z) <= LARGEST_Z for _, _, z in scores.values())


def growth(rules: Rules, years: tuple[int, ...], futures: int) -> None:
    """Print how the time of a future grows with the years, and so with the backlog."""
    print(f"\n{rules.name}: how time grows")
    print(f"  {'years':>6}{'requests':>10}{'open at the end':>17}{'a process a child':>19}{'services':>11}{'ratio':>8}")
    points = []
    for horizon in years:
        at = regime(replace(rules, years=horizon))
        seconds, results = run(at, futures, (USUAL, SERVICES))
        slow, fast = median(seconds[USUAL]), median(seconds[SERVICES])
        opened = fmean(row["open at the end"] for row in results[SERVICES])
        points.append((at.means.sum(), slow, fast))
        print(f"  {horizon:6}{at.means.sum():10.0f}{opened:17.0f}{slow:17.3f} s{fast:9.3f} s{slow / fast:8.1f}")
    asked, slow, fast = np.log(np.array(points)).T
    print(f"  time grows with requests to the power {slope(asked, slow):.2f} the usual way, {slope(asked, fast):.2f} ours")


def slope(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Least-squares slope of ``y`` on ``x``."""
    return float(np.polyfit(x, y, 1)[0])


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison; 0 where the engines agree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="short horizons: under a minute")
    parser.add_argument("--futures", type=int, help="futures each way (at least 3)")
    options = parser.parse_args(arguments)
    futures = max(options.futures or (16 if options.quick else 20), 3)
    overrun, steady = (replace(OVERRUN, years=4), replace(STEADY, years=3)) if options.quick else (OVERRUN, STEADY)

    mine, theirs = plans_on_the_same_draws(replace(OVERRUN, years=4, urgent=0.0), 0)
    same = int((mine == theirs).sum())
    print(f"On one and the same draw, {same:,} of {mine.size:,} who ask have the same outcome in the same week either way.")
    agree = report(regime(overrun), futures, aim=100) & report(regime(steady), futures, aim=10)
    growth(OVERRUN, (2, 3, 4) if options.quick else (2, 5, 10), BESIDE)
    if not options.quick:
        growth(STEADY, (2, 5, 10), BESIDE)
    if not agree or same < mine.size:
        print("\nThe two engines disagree.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
