"""The whole chain for one scenario: requests, plans, places, shortlist and money, from one set of paired futures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from sufficiency.dsg.account import Account, account
from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import run_futures
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistPlan, adopt, solve_shortlist
from sufficiency.simulation.results import DEFAULT_BASE_SEED

PLAN_FUTURES = 100
"""Futures of the whole chain by default: three runs of them are simulated."""

StageProgress = Callable[[str, int, int], None]
"""Called with (stage in words, steps done, steps in all)."""


@dataclass(frozen=True)
class Chain:
    """One scenario answered end to end; the runs are paired future by future."""

    unmitigated: Run
    """Without any intervention."""
    run: Run
    """The scenario as it is, with the interventions that are enabled."""
    eois: tuple[ExpressionOfInterest, ...]
    plan: ShortlistPlan
    with_shortlist: Run
    """The scenario with the chosen expressions of interest as supply."""
    unmitigated_account: Account
    mitigated_account: Account
    """Interventions and shortlist together."""

    @property
    def scenario(self) -> Scenario:
        """The scenario as it is."""
        return self.run.scenario


def whole_chain(
    scenario: Scenario,
    eois: Sequence[ExpressionOfInterest],
    futures: int = PLAN_FUTURES,
    *,
    base_seed: int = DEFAULT_BASE_SEED,
    executor: Executor | None = None,
    progress: StageProgress | None = None,
    cancelled: Callable[[], bool] | None = None,
    run: Run | None = None,
) -> Chain:
    """Simulate, shortlist, simulate again with the shortlist, and draw up the account.

    ``run`` is a run of the same scenario, futures and seed that is already at hand. Raises InputProblem, and Cancelled.
    """

    def simulated(what: Scenario, stage: str) -> Run:
        tell = (lambda done, of: progress(stage, done, of)) if progress else None
        return run_futures(what, futures, base_seed=base_seed, executor=executor, progress=tell, cancelled=cancelled)

    run = run or simulated(scenario, "Simulating the scenario")
    without = scenario.unmitigated()
    unmitigated = run if without.digest == scenario.digest else simulated(without, "Simulating without interventions")
    tell = (lambda done, of, what: progress("Choosing expressions of interest", done, of)) if progress else None
    plan = solve_shortlist(scenario, eois, run, progress=tell)
    adopted = adopt(scenario, eois, plan)
    with_shortlist = run if not plan.chosen else simulated(adopted, "Simulating with the shortlist")
    return drawn_up(unmitigated, run, eois, plan, with_shortlist)


def drawn_up(unmitigated: Run, run: Run, eois: Sequence[ExpressionOfInterest], plan: ShortlistPlan, with_shortlist: Run) -> Chain:
    """The chain of runs and a plan that are at hand; the runs are paired."""
    return Chain(
        unmitigated=unmitigated,
        run=run,
        eois=tuple(eois),
        plan=plan,
        with_shortlist=with_shortlist,
        unmitigated_account=account(unmitigated, mitigated=False),
        mitigated_account=account(with_shortlist, mitigated=True),
    )
