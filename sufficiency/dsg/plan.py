"""The management plan: the account without and with interventions, and what each workstream is worth."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from sufficiency.dsg.account import Account, draw_up
from sufficiency.dsg.basis import Basis, basis
from sufficiency.dsg.compare import Saving, compare
from sufficiency.dsg.worth import Worth, worth
from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import Progress
from sufficiency.scenario.scenario import Scenario


@dataclass(frozen=True)
class Spared:
    """What interventions do to requests and plans over the whole clock, means of paired futures.

    Where the assessment service is the bottleneck, fewer requests shorten its queue before they lower the number of plans.
    """

    requests: float
    """Requests fewer (negative: more)."""
    plans: float
    """Plans issued fewer."""
    waiting: float
    """Requests and assessments fewer in the queue at the end."""


@dataclass(frozen=True)
class Plan:
    """A scenario's account without and with its interventions; the runs behind them are paired future by future."""

    scenario: Scenario
    mitigated_basis: Basis
    unmitigated: Account
    mitigated: Account
    saving: Saving
    worth: Worth
    spared: Spared


def plan(
    unmitigated: Run,
    mitigated: Run,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Plan:
    """The plan of ``mitigated``; ``unmitigated`` is a run of the same scenario without interventions, with the same seed.

    What workstreams are worth may need further simulations. Raises InputProblem where the runs cannot be paired, and Cancelled.
    """
    before, after = basis(unmitigated), basis(mitigated)
    without, with_all = draw_up(before, mitigated=False), draw_up(after, mitigated=True)
    return Plan(
        scenario=mitigated.scenario,
        mitigated_basis=after,
        unmitigated=without,
        mitigated=with_all,
        saving=compare(without, with_all),
        worth=worth(unmitigated, mitigated, executor=executor, progress=progress, cancelled=cancelled),
        spared=spared(unmitigated, mitigated),
    )


def spared(unmitigated: Run, mitigated: Run) -> Spared:
    """Requests, plans and cases in the queue that interventions spare, in the futures that both runs have."""
    _, first, second = np.intersect1d(unmitigated.replications, mitigated.replications, return_indices=True)

    def fewer(name: str, months: slice) -> float:
        before, after = (run.tallies[name][at][:, months] for run, at in ((unmitigated, first), (mitigated, second)))
        return float((before.sum() - after.sum()) / max(first.size, 1))

    last, every = slice(-1, None), slice(None)
    return Spared(
        requests=fewer("requests", every),
        plans=fewer("plans_issued", every),
        waiting=fewer("requests_undecided", last) + fewer("assessments_open", last),
    )
