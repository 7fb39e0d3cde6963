"""The whole chain's cost: futures of Bristol 2022, from request to place, on a number of cores.

Prints the wall time, the seconds of a core and the memory that many futures take, how these grow with futures and with requests,
and beside them the assessment part alone done the usual way, with a SimPy process for each child.

    python benchmarks/chain.py [--jobs N] [--quick]
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time

import _usual as usual
import numpy as np
from _rules import Rules
from engine import slope

from sufficiency.experiment.runner import local_executor, run_futures, usable_cores
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.future import simulate

CAPACITIES = (
    "decisions.decisions_per_week",
    "advice.advice_per_week",
    "assessment_team.cases_per_week",
    "assessment_team.drafts_per_week",
    "reviews.ceases_per_week",
)
"""What grows with the requests so that the same share of them is dealt with."""
BRISTOL = Rules("Bristol 2022, assessment alone", advice=32, cases=27, specialist=0.0)
"""Two-week slots, so that 27 are 13.5 cases a week: the scenario's own capacities, growth of staff left out."""
BRISTOL_REQUESTS, BRISTOL_GROWTH = 850, 0.113
AIM = 20.0


@dataclass(frozen=True)
class Cost:
    """What a run cost, in seconds."""

    futures: int
    requests: float
    wall: float
    core: float

    @property
    def a_future(self) -> float:
        """Seconds of a core for one future."""
        return self.core / self.futures


def run(scenario: Scenario, futures: int, executor: Executor | None) -> Cost:
    """Run ``futures`` futures and time them; the seconds of a core are those of this process and of its workers."""
    wall, core = perf_counter(), _core_seconds(executor)
    done = run_futures(scenario, futures, executor=executor)
    wall, core = perf_counter() - wall, _core_seconds(executor) - core
    if done.failed:
        raise SystemExit(f"{len(done.failed)} futures failed: {done.failed[0].message}")
    return Cost(futures, float(done.tallies["requests"].sum()) / futures, wall, core)


def _core_seconds(executor: Executor | None) -> float:
    """Processor seconds so far of this process and, asked of each, of the workers of a pool."""
    if executor is None:
        return process_time()
    workers: set[int] = set(executor._processes)  # type: ignore[attr-defined]
    return process_time() + sum(_seconds_of(pid) for pid in workers)


def _seconds_of(pid: int) -> float:
    """Processor seconds so far of a running process (fields 14 and 15 of its stat); not a number where there is no ``/proc``."""
    if not os.path.exists(f"/proc/{pid}/stat"):
        return float("nan")
    with open(f"/proc/{pid}/stat") as stat:
        after = stat.read().rpartition(")")[2].split()
    return (int(after[11]) + int(after[12])) / os.sysconf("SC_CLK_TCK")


def scaled(scenario: Scenario, factor: int) -> Scenario:
    """The scenario with ``factor`` times the requests, and the staff to deal with them."""
    if factor == 1:
        return scenario
    figure = scenario.demand.requests_in_base_year
    scenario = scenario.changed("demand.requests_in_base_year", value=figure.value * factor)
    for path in CAPACITIES:
        figure = scenario.figure(path)
        ends = {end: getattr(figure, end) * factor for end in ("low", "value", "high") if getattr(figure, end) is not None}
        scenario = scenario.changed(path, **ends)
    return scenario


def usual_assessment(weeks: int, seed: int) -> float:
    """Processor seconds of the assessment part of one future the usual way, at Bristol's own growth of requests."""
    years = 1 + np.arange(weeks) // 52
    means = BRISTOL_REQUESTS / 52 * np.exp(BRISTOL_GROWTH * years)
    start = process_time()
    usual.simulate(BRISTOL, usual.own_draws(BRISTOL, means, seed), (), slot_weeks=2)
    return process_time() - start


def memory() -> tuple[float, float]:
    """Largest memory so far, in MB, of this process and of any one worker that has ended."""
    return tuple(resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def show(costs: Sequence[Cost]) -> None:
    """Print one row a run."""
    print(f"  {'futures':>8}{'requests a future':>19}{'wall':>9}{'core seconds a future':>23}")
    for cost in costs:
        print(f"  {cost.futures:8}{cost.requests:19,.0f}{cost.wall:8.1f} s{cost.a_future:21.3f} s")


def main(arguments: list[str] | None = None) -> int:
    """Run the measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=usable_cores(), help="processes (default: one a core)")
    parser.add_argument("--quick", action="store_true", help="fewer futures")
    options = parser.parse_args(arguments)
    counts = (10, 20, 40) if options.quick else (50, 100, 200)
    scenario = load("bristol-2022")
    simulate(scenario, 0)
    with local_executor(options.jobs) as executor:
        run_futures(scenario, 5 * options.jobs, executor=executor)  # the workers are up before the watch starts
        print(f"{scenario.name} on {options.jobs} cores, {scenario.calendar.weeks} weeks")
        by_futures = [run(scenario, count, executor) for count in counts]
        show(by_futures)
        print("\nrequests 1, 2 and 4 times Bristol's, with the staff to match")
        by_requests = [run(scaled(scenario, factor), counts[0], executor) for factor in (1, 2, 4)]
        show(by_requests)
    wall, futures, core, requests = (
        np.log(values)
        for values in (
            [c.wall for c in by_futures],
            [c.futures for c in by_futures],
            [c.a_future for c in by_requests],
            [c.requests for c in by_requests],
        )
    )
    print(f"  wall time grows with futures to the power {slope(futures, wall):.2f}")
    print(f"  core seconds grow with requests to the power {slope(requests, core):.2f}")
    own, worker = memory()
    print(f"  memory at its peak: {own:.0f} MB here, {worker:.0f} MB in the largest worker")
    beside_the_usual_way(scenario, 2 if options.quick else 10)
    return 0


def beside_the_usual_way(scenario: Scenario, futures: int) -> None:
    """Print the time of a whole future of ours and of the assessment part alone the usual way, in turns on one core."""
    whole, part = [], []
    for number in range(futures):
        part.append(usual_assessment(scenario.calendar.weeks, number))
        start = process_time()
        simulate(scenario, number)
        whole.append(process_time() - start)
    slow, fast = median(part), median(whole)
    print(f"\n  assessment alone, a process a child {slow:9.3f} s a future")
    print(f"  our whole future                    {fast:9.3f} s")
    print(f"  ratio                               {slow / fast:9.1f} x (aim {AIM:.0f} x); fastest {min(part) / min(whole):.1f} x")


if __name__ == "__main__":
    sys.exit(main())
