"""A plan studied: re-checked, every bid's regret, the commitment explained, and its worth on fresh futures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sufficiency.experiment.run import Run
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist.commitment import Explanation, explain
from sufficiency.shortlist.evaluation import Evaluation, evaluate
from sufficiency.shortlist.fresh import Fresh, on_fresh_futures
from sufficiency.shortlist.futures import NetDemand, fresh_demand
from sufficiency.shortlist.plan import ShortlistPlan, Stops
from sufficiency.shortlist.problem import ShortlistProblem, shortlist_problem
from sufficiency.shortlist.regret import Regret, chosen_in, regrets


@dataclass(frozen=True, eq=False)
class Study:
    """What is known of a plan beside the plan itself."""

    re_check: Evaluation
    """The plan valued and checked from the data, without a solver."""
    regrets: tuple[Regret, ...]
    commitment: Explanation
    fresh: Fresh | None
    """None where the run has no other futures than those sampled."""


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
    tell: Callable[[int, int], None] | None = None,
) -> Study:
    """Study the ``plan`` of a ``problem`` made from the scenario, its bids and the sampled ``demand`` of ``run``."""
    force_in, force_out = forced

    def over(futures: NetDemand, of: Scenario = scenario) -> ShortlistProblem:
        return shortlist_problem(of, eois, futures, force_in=force_in, force_out=force_out)

    def at_quality(least: float) -> ShortlistProblem:
        return over(demand, scenario.changed("shortlist.lowest_quality", value=least))

    chosen = chosen_in(problem, plan)
    rest = fresh_demand(run, demand.replications)
    engine = plan.solver if plan.solver == "cbc" else "highs"
    return Study(
        re_check=evaluate(problem, chosen),
        regrets=regrets(problem, plan, stops, tell),
        commitment=explain(problem, plan, at_quality, engine),
        fresh=None if rest is None else on_fresh_futures(problem, over(rest), chosen),
    )
