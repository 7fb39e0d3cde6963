"""What the Money page shows beside the account: the management plan and the options of a proposal, made away from the page."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import NamedTuple

from sufficiency.dsg.invest import BIASES, Investment, do_nothing, invest, with_ample_staff
from sufficiency.dsg.plan import Plan, plan
from sufficiency.experiment.store import RunStore
from sufficiency.scenario.scenario import Scenario
from sufficiency.ui.answers import Kept, Key, not_whole, whole_run
from sufficiency.ui.jobs import Job


class DsgKey(NamedTuple):
    """The key of the management plan, beside that of the run."""

    answer: Key
    what: str = "management plan"


class InvestKey(NamedTuple):
    """The key of what the options of a proposal are worth."""

    answer: Key
    bias: str
    ample_staff: bool
    what: str = "invest to save"


def plan_of(job: Job, scenario: Scenario, key: DsgKey, pool: Executor, store: RunStore, kept: Kept) -> None:
    """In a job's thread: the plan, from stored runs where they are there; it is put into ``kept``."""
    runs = [whole_run(job, s, key.answer, pool, store) for s in (scenario.unmitigated(), scenario)]
    found = plan(*runs, executor=pool, progress=job.tell, cancelled=job.stopping)
    _check_whole(found.worth.replications, key.answer, scenario)
    kept.put(key, found)


def investment_of(job: Job, scenario: Scenario, key: InvestKey, pool: Executor, store: RunStore, kept: Kept) -> None:
    """In a job's thread: the options' worth under an optimism bias; it is put into ``kept``."""
    scenario = with_ample_staff(scenario) if key.ample_staff else scenario
    nothing = whole_run(job, do_nothing(scenario), key.answer, pool, store)
    found: Investment = invest(scenario, nothing, bias=BIASES[key.bias], executor=pool, progress=job.tell, cancelled=job.stopping)
    _check_whole(found.replications, key.answer, scenario)
    kept.put(key, found)


def _check_whole(replications: tuple[int, ...], answer: Key, scenario: Scenario) -> None:
    """Raise InputProblem where futures failed once other interventions were on: such futures are left out of the worth."""
    if missing := answer.futures - len(replications):
        raise not_whole(missing, answer.futures, f"{scenario.title}, with some of its interventions on")


def kept_plan(kept: Kept, key: DsgKey) -> Plan | None:
    """The plan, where it is in memory."""
    found: Plan | None = kept.get(key)
    return found
