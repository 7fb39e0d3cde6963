"""What the pages show of a run: a small part of its tallies, and its account, made away from the page."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sufficiency import __version__
from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import Account, draw_up
from sufficiency.dsg.basis import Basis, basis
from sufficiency.experiment.measure import whole_years
from sufficiency.experiment.run import FailedFuture, Run
from sufficiency.experiment.runner import run_futures
from sufficiency.experiment.store import RunStore
from sufficiency.places.waits import Waits, waits
from sufficiency.report.loop import Measured, measured
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.results import ROUTES
from sufficiency.ui.jobs import Job

KEPT_TALLIES = ("need", "places", "waiting", "commitment_opened")
FLOWS = ("requests", "plans_issued")
MOST_KEPT = 24
ANEW = "choose another base seed"
"""How futures that failed are mended in a result that is kept in memory; the run store keeps none, so that others are also
mended by starting again."""
AGAIN = f"start it again, or {ANEW}"


class Key(NamedTuple):
    """What an answer is an answer to."""

    digest: str
    futures: int
    seed: int
    version: str = __version__


@dataclass(frozen=True, eq=False)
class Answer:
    """One run as the pages need it. ``run`` holds only the tallies :data:`KEPT_TALLIES`."""

    key: Key
    run: Run
    basis: Basis
    """What accounts are drawn up from, with the interventions that the scenario has switched on."""
    calendar_years: tuple[str, ...]
    """Those that the clock covers whole."""
    demand: dict[str, NDArray[np.int32]]
    """Requests and plans issued in each calendar year, and the caseload on each January census, [future, period, area, need,
    phase]."""
    waiting_by_month: NDArray[np.int64]
    """Children waiting at each month's end, [future, month]."""
    waits: dict[str, Waits]
    """Waits of all needs by the academic year in which they began."""
    placed: NDArray[np.int32]
    """Places given by academic year, area of home and of the place, [future, year, home, place]."""
    unplaced: NDArray[np.int32]
    """Those who wait on each January census by why, [future, year, reason]."""
    out_of_school: NDArray[np.int32]
    """Children who fell out of school while they waited, by academic year, [future, year]."""
    measured: dict[str, Measured]
    """What a shortlist is judged by, without money: see :func:`sufficiency.report.loop.measured`."""

    @property
    def scenario(self) -> Scenario:
        """The scenario answered."""
        return self.run.scenario

    @cached_property
    def account(self) -> Account:
        """The account, with the interventions that the scenario has switched on."""
        return draw_up(self.basis, mitigated=True)

    @property
    def failures(self) -> tuple[FailedFuture, ...]:
        """The futures that could not be simulated, and why."""
        return self.run.failed

    @property
    def failed(self) -> int:
        """How many could not be simulated."""
        return len(self.failures)


def named_as(answer: Answer, scenario: Scenario) -> Answer:
    """The answer under the names, reasons and sources of ``scenario``: no result depends on them."""
    if answer.scenario == scenario:
        return answer
    return replace(answer, run=replace(answer.run, scenario=scenario))


def key_of(scenario: Scenario, futures: int, seed: int) -> Key:
    """The key under which the answer is kept."""
    return Key(scenario.assumed_digest, futures, seed)


def distilled(run: Run, key: Key) -> Answer:
    """The answer of a run: megabytes become kilobytes a future."""
    demand = {"caseload": run.tallies["caseload"].sum(axis=-1, dtype=np.int32)}
    years: tuple[str, ...] = ()
    for name in FLOWS:
        years, values = whole_years(run, name)
        demand[name] = values.astype(np.int32)
    small = Run(
        scenario=run.scenario,
        base_seed=run.base_seed,
        replications=run.replications,
        tallies={name: run.tallies[name] for name in KEPT_TALLIES},
        failed=run.failed,
    )
    by_month = run.tallies["waiting_by_month"].sum(axis=(2, 3, 4), dtype=np.int64)
    return Answer(
        key, small, basis(run), years, demand, by_month,
        waits={label: waits(run, [label]) for label in run.labels("academic_year")},
        placed=run.tallies["placed"].sum(axis=-1, dtype=np.int32),
        unplaced=run.tallies["unplaced_reason"].sum(axis=2, dtype=np.int32),
        out_of_school=run.tallies["to_elsewhere"][..., ROUTES.index("out_of_school")],
        measured=measured(run),
    )  # fmt: skip


class Kept:
    """Answers and plans in memory, the ones used longest ago dropped first."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._items: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any:
        """What is kept under ``key``, or None."""
        with self._lock:
            if key not in self._items:
                return None
            self._items.move_to_end(key)
            return self._items[key]

    def put(self, key: Hashable, item: Any) -> None:
        """Keep ``item``."""
        with self._lock:
            self._items[key] = item
            self._items.move_to_end(key)
            while len(self._items) > self._most:
                self._items.popitem(last=False)


def answer_work(job: Job, scenario: Scenario, key: Key, pool: Executor, store: RunStore, kept: Kept) -> None:
    """In a job's thread: the answer from the run store, or simulated in worker processes; it is put into ``kept``."""
    kept.put(key, distilled(stored_run(job, scenario, key, pool, store), key))


def stored_run(job: Job, scenario: Scenario, key: Key, pool: Executor, store: RunStore) -> Run:
    """In a job's thread: a run with the futures and the seed of ``key``, from the run store or simulated and then stored.

    Raises Cancelled where the job is stopped meanwhile.
    """
    run = store.get(scenario, key.futures, key.seed)
    if run is None:
        run = run_futures(scenario, key.futures, base_seed=key.seed, executor=pool, progress=job.tell, cancelled=job.stopping)
        store.put(run)
    return run


def whole_run(job: Job, scenario: Scenario, key: Key, pool: Executor, store: RunStore) -> Run:
    """The same, of which no future failed: papers, plans and studies are kept and handed on, and nothing in them could say so."""
    return whole(stored_run(job, scenario, key, pool, store), AGAIN)


def whole(run: Run, mend: str = ANEW) -> Run:
    """``run``; raises InputProblem where some of its futures failed, with how to ``mend`` it."""
    if run.failed:
        first = run.failed[0]
        raise not_whole(
            len(run.failed), run.futures + len(run.failed), f"{run.scenario.title}, first: number {first.replication}",
            first.message or first.error, mend,
        )  # fmt: skip
    return run


def not_whole(missing: int, futures: int, where: str, why: str | None = None, mend: str = AGAIN) -> InputProblem:
    """That nothing is made of some of the futures only."""
    return InputProblem(
        f"{missing:,} of {futures:,} futures failed",
        where=where,
        value=why,
        allowed="results of which no future failed",
        mend=mend,
    )
