"""A plan studied: re-checked, every bid's regret and standing, the commitment explained, its worth, and what lies near it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sufficiency.experiment.run import Run
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist.alternatives import Alternative, alternatives
from sufficiency.shortlist.commitment import Explanation, explain
from sufficiency.shortlist.core import CoreIndex, core_indices, plans_by_weight
from sufficiency.shortlist.evaluation import Evaluation
from sufficiency.shortlist.frontier import Point, frontier
from sufficiency.shortlist.futures import NetDemand, fresh_demand, net_demand
from sufficiency.shortlist.growth import RECOMMENDED, ByGrowth, by_growth, thirds
from sufficiency.shortlist.levels import POUNDS, UNMET
from sufficiency.shortlist.plan import ShortlistPlan, Stops
from sufficiency.shortlist.posing import shortlist_problem
from sufficiency.shortlist.problem import ShortlistProblem, Version
from sufficiency.shortlist.regret import Questions, Regret, chosen_in
from sufficiency.shortlist.reserves import Reserves, reserves
from sufficiency.shortlist.solve import solve_problem
from sufficiency.shortlist.worth import Worth, worth_of

Progress = Callable[[str, int, int], None]
"""Told what is studied, steps done and steps in all."""


@dataclass(frozen=True, eq=False)
class Study:
    """What is known of a plan beside the plan itself."""

    re_check: Evaluation
    """The plan valued and checked from the data."""
    placement_proven: float
    """By how much the re-check's placement of children fails to prove itself least in cost, as a share."""
    regrets: tuple[Regret, ...]
    commitment: Explanation
    worth: Worth
    near: tuple[Alternative, ...]
    core: tuple[CoreIndex, ...]
    by_weight: Mapping[str, frozenset[str]]
    """Bids chosen under other weights."""
    front: tuple[Point, ...]
    growth: ByGrowth
    reserves: Reserves
    fresh: ShortlistProblem | None
    """The same bids over the futures that the plan was not chosen over; None where there are none."""


def study(
    scenario: Scenario,
    eois: Sequence[ExpressionOfInterest],
    run: Run,
    demand: NetDemand,
    problem: ShortlistProblem,
    plan: ShortlistPlan,
    *,
    stops: Stops | None = None,
    forced: Sequence[Sequence[str]] = ((), ()),
    versions: Mapping[str, Version] | None = None,
    growths: Mapping[str, Run] | None = None,
    progress: Progress | None = None,
) -> Study | None:
    """Study the ``plan`` of a ``problem`` made from the scenario, its bids and the sampled ``demand`` of ``run``.

    ``growths`` are runs of other growth of need; without, the run's own futures in thirds. None where no bid can be chosen, or
    where HiGHS is missing: the bounds are its relaxations.
    """
    if plan.solver != "highs":
        return None
    stops, tell = stops or Stops(), progress or (lambda what, done, of: None)

    def over(futures: NetDemand, of: Scenario = scenario) -> ShortlistProblem:
        return shortlist_problem(of, eois, futures, force_in=forced[0], force_out=forced[1], versions=versions)

    def posed(changes: dict[str, Any]) -> ShortlistProblem:
        quality = {"lowest_quality": {**scenario.shortlist.lowest_quality.model_dump(), "value": changes["lowest_quality"]}}
        return over(demand, scenario.changed("shortlist", **{**changes, **quality}))

    chosen = chosen_in(problem, plan)
    asked = Questions(problem, plan, stops)
    deciding = UNMET if problem.order == "in turn" else POUNDS
    regrets = asked.regrets(lambda done, of: tell("Regrets, bid by bid", done, of))
    tell("The commitment explained", 0, 1)
    explained = explain(problem, plan, posed)
    rest = fresh_demand(run, demand.replications)
    fresh = None if rest is None else over(rest)
    worth = worth_of(
        asked.at_hand,
        deciding,
        asked.held[deciding],
        next(stage.bound for stage in plan.stages if stage.name == deciding.name),
        fresh,
        stops,
        lambda done, of: tell("Worth of the sample, future by future", done, of),
    )
    tell("Plans nearly as good", 0, 1)
    near = alternatives(asked.at_hand, asked.nothing)
    by_weight = plans_by_weight(
        scenario,
        lambda other: over(demand, other),
        lambda other: frozenset(bid.eoi for bid in solve_problem(other, stops=stops).chosen),
        lambda done, of, what: tell("Plans under other weights", done, of),
    )
    front = frontier(asked.at_hand, asked.nothing, lambda done, of: tell("Trade-off front", done, of))
    tell("Regret under each growth", 0, 1)
    parts = (
        {name: net_demand(each, len(demand.replications)) for name, each in growths.items()}
        if growths
        else thirds(net_demand(run, run.futures))
    )
    growth = by_growth(
        {RECOMMENDED: chosen}, {name: over(part) for name, part in parts.items()}, deciding, asked.held[deciding], stops
    )
    return Study(
        re_check=asked.at_hand,
        placement_proven=asked.placement_proven(),
        regrets=regrets,
        commitment=explained,
        worth=worth,
        near=near,
        core=core_indices(problem, worth.by_future, list(by_weight.values()), [chosen, *(other.plan.chosen for other in near)]),
        by_weight=by_weight,
        front=front,
        growth=growth,
        reserves=reserves(asked.at_hand, {r.eoi: r.adds for r in regrets if r.chosen}, problem.base_seed),
        fresh=fresh,
    )
