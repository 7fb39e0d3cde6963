"""What the Shortlist page shows: the plan, the study of it and what-ifs, each made in a process away from the page."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import streamlit as st

from sufficiency.experiment.run import Run
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import (
    NetDemand,
    ShortlistPlan,
    ShortlistProblem,
    evaluate,
    net_demand,
    shortlist_problem,
    solve_problem,
)
from sufficiency.shortlist.levels import Level, levels_of
from sufficiency.shortlist.plan import Stops
from sufficiency.shortlist.problem import Version
from sufficiency.shortlist.regret import Interval, Questions
from sufficiency.shortlist.study import Study, study
from sufficiency.ui.alone import alone
from sufficiency.ui.answers import Answer, Kept, Key, whole, whole_run
from sufficiency.ui.formats import money, number, percent
from sufficiency.ui.jobs import Job
from sufficiency.ui.pool import WorkerPool
from sufficiency.ui.workshop import Workshop

Tell = Callable[[int, int, str], None]
"""Told steps done, steps in all, and where it stands in a sentence."""
NET_DEMAND = ("need", "places")
"""Tallies that net demand is made of."""


@dataclass(frozen=True)
class Asked:
    """What is asked of the optimiser beside the futures: the scenario with its limits, the bids, and what is forced."""

    limited: Scenario
    eois: tuple[ExpressionOfInterest, ...]
    force_in: tuple[str, ...] = ()
    force_out: tuple[str, ...] = ()
    versions: tuple[tuple[str, Version], ...] = ()
    """Bids that must be in at a size, or on a day."""

    @property
    def wishes(self) -> str:
        """What is forced, as text."""
        held = [f"{id} {version.places} {version.opens}" for id, version in sorted(self.versions, key=lambda pair: pair[0])]
        return "; ".join((*sorted(self.force_in), "not", *sorted(self.force_out), "as", *held))

    def problem(self, demand: NetDemand) -> ShortlistProblem:
        """The problem over sampled demand; raises InputProblem."""
        return shortlist_problem(
            self.limited, self.eois, demand,
            force_in=self.force_in, force_out=self.force_out, versions=dict(self.versions),
        )  # fmt: skip


class PlanKey(NamedTuple):
    """What a shortlist is a shortlist of: a run, the limits, the bids and what is forced."""

    answer: Key
    limits: str
    bids: str
    wishes: str


class StudyKey(NamedTuple):
    """The key of the study of a plan; ``growths`` are names of overrides."""

    plan: PlanKey
    growths: tuple[str, ...]
    what: str = "study"


class WarmKey(NamedTuple):
    """The key of getting ready for what-ifs."""

    plan: PlanKey
    what: str = "ready"


class WishKey(NamedTuple):
    """The key of a what-if."""

    plan: PlanKey
    id: str
    wish: str
    """in or out; with a version, in as it says."""
    version: Version
    what: str = "what if"


def plan_key(answer: Key, asked: Asked) -> PlanKey:
    """The key of the shortlist asked for, over the run of ``answer``."""
    bids = hashlib.sha256("\n".join(eoi.model_dump_json() for eoi in asked.eois).encode()).hexdigest()[:16]
    return PlanKey(answer, asked.limited.assumed_digest, bids, asked.wishes)


def _small(run: Run) -> Run:
    """The run with what net demand needs."""
    return Run(run.scenario, run.base_seed, run.replications, {name: run.tallies[name] for name in NET_DEMAND})


def how_near(level: Level, value: float, bound: float, nothing: float) -> str:
    """How near the best plan found is to the best that is possible, as far as proven, in the level's unit.

    The gap is a share of what plans can save against taking up nothing (``nothing``); where they save nothing, as bids only cost,
    it is an amount.
    """
    if not (math.isfinite(value) and math.isfinite(bound)):
        return f"Now: {level.name}."
    gap, saving = max(0.0, value - bound), nothing - bound
    found, least, lacking = (money(x) if level.unit == "£" else f"{number(x, 1)} {level.unit}" for x in (value, bound, gap))
    share = f"{percent(gap / saving, 1)} of what can be saved" if saving > gap else lacking
    return f"Now: {level.name}. Found {found}, proven possible at best {least}: a gap of {share}."


def solve_aloud(tell: Tell, asked: Asked, run: Run) -> ShortlistPlan:
    """In a process of its own: the shortlist, telling value, bound and gap as they come."""
    problem = asked.problem(net_demand(run))
    levels, nothing = levels_of(problem), evaluate(problem, {})
    at = (0, len(levels) + 1)

    def progress(done: int, of: int, what: str) -> None:
        nonlocal at
        at = done, of
        tell(done, of, f"Now: {what}." if done < of else "Done.")

    def watch(seconds: float, value: float, bound: float) -> None:
        level = levels[min(at[0], len(levels) - 1)]
        tell(*at, how_near(level, value, bound, level.of_choice(nothing)))

    return solve_problem(problem, progress=progress, watch=watch)


def start_plan(shop: Workshop, key: PlanKey, asked: Asked, answer: Answer, words: str = "Choosing among the bids") -> Job:
    """Start the job that solves a shortlist (or find it running)."""
    return shop.jobs.start(key, words, lambda job: solved(job, key, asked, answer.run, shop.kept))


def solved(job: Job, key: PlanKey, asked: Asked, run: Run, kept: Kept) -> ShortlistPlan:
    """In a job's thread: the shortlist, solved in a process of its own unless it is kept."""
    plan: ShortlistPlan | None = kept.get(key)
    if plan is None:
        plan = alone(solve_aloud, asked, _small(run), hear=_hearing(job), stopping=job.stopping)
        kept.put(key, plan)
    return plan


def _hearing(job: Job) -> Tell:
    def hear(done: int, of: int, sentence: str) -> None:
        job.tell(done, of)
        job.detail = sentence

    return hear


def study_aloud(tell: Tell, asked: Asked, plan: ShortlistPlan, run: Run, growths: Mapping[str, Run]) -> Study | None:
    """In a process of its own: the study of a plan, telling what is being studied."""
    demand = net_demand(run)
    return study(
        asked.limited, asked.eois, run, demand, asked.problem(demand), plan,
        forced=(asked.force_in, asked.force_out), versions=dict(asked.versions), growths=growths or None,
        progress=lambda what, done, of: tell(done, of, f"{what}: {done} of {of}." if of > 1 else f"{what}."),
    )  # fmt: skip


def start_study(
    shop: Workshop, key: StudyKey, asked: Asked, plan: ShortlistPlan, answer: Answer, growths: Mapping[str, Scenario]
) -> Job:
    """Start the job that studies a plan; ``growths`` are the scenario under other growth, simulated first."""

    def work(job: Job) -> None:
        whole(answer.run)
        runs = {name: whole_run(job, scenario, answer.key, shop.pool, shop.store) for name, scenario in growths.items()}
        runs = {answer.scenario.title: answer.run} | runs if runs else {}
        small = {name: _small(run) for name, run in runs.items()}
        hear, stop = _hearing(job), job.stopping
        shop.kept.put(key, alone(study_aloud, asked, plan, _small(answer.run), small, hear=hear, stopping=stop))

    return shop.jobs.start(key, "Studying the plan", work)


@dataclass(frozen=True)
class WishAnswer:
    """What granting a wish does: intervals from a bound on every such plan to the plan shown."""

    possible: bool
    """Whether a plan that grants it within the limits was found."""
    shortfall: Interval
    unmet: Interval | None
    cost: Interval
    drops: tuple[str, ...]
    adds: tuple[str, ...]
    capital: float
    places_bid: int
    places_expected: float


_QUESTIONS: dict[PlanKey, Questions] = {}
"""In a worker: what was asked about last, so that the next wish is answered at once."""


def get_ready(key: PlanKey, asked: Asked, plan: ShortlistPlan, run: Run) -> Questions:
    """In a worker process: what wishes about a plan are answered from; made once a plan."""
    if key not in _QUESTIONS:
        _QUESTIONS.clear()
        _QUESTIONS[key] = Questions(asked.problem(net_demand(run)), plan, Stops())
    return _QUESTIONS[key]


def warm(key: PlanKey, asked: Asked, plan: ShortlistPlan, run: Run) -> None:
    """In a worker process: the same, with nothing to send back."""
    get_ready(key, asked, plan, run)


def grant(key: WishKey, asked: Asked, plan: ShortlistPlan, run: Run) -> WishAnswer:
    """In a worker process: what granting a wish does; raises InputProblem where it cannot be."""
    from sufficiency.shortlist.whatif import what_if

    wish: dict[str, Any] = {"force_out": [key.id]} if key.wish == "out" else {"versions": {key.id: key.version}}
    found = what_if(get_ready(key.plan, asked, plan, run), **wish)
    at = found.plan
    return WishAnswer(
        at is not None, found.shortfall, found.unmet, found.cost, found.drops, found.adds,
        at.capital if at else 0.0, at.places_bid if at else 0, at.places_expected if at else 0.0,
    )  # fmt: skip


@st.cache_resource(show_spinner=False)
def _asker() -> WorkerPool:
    """The one worker that answers what-ifs: it keeps what the last answer was made from."""
    return WorkerPool(1)


def warm_up(shop: Workshop, key: PlanKey, asked: Asked, plan: ShortlistPlan, answer: Answer) -> None:
    """Let the worker get ready for what-ifs about a plan, so that the first is answered as soon as the next."""
    ready = WarmKey(key)
    if shop.jobs.get(ready) is None:
        shop.jobs.start(
            ready,
            "Getting ready for questions",
            lambda job: job.in_worker(_asker(), warm, key, asked, plan, _small(answer.run)),
        )


def start_wish(shop: Workshop, key: WishKey, asked: Asked, plan: ShortlistPlan, answer: Answer) -> Job:
    """Start the job that answers a what-if."""

    def work(job: Job) -> None:
        shop.kept.put(key, job.in_worker(_asker(), grant, key, asked, plan, _small(answer.run)))

    return shop.jobs.start(key, f"Asking what happens to {key.id}", work)
