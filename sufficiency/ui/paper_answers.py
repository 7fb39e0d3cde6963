"""The papers of a choice, made in worker processes: the runs, the shortlist, and the files themselves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.experiment.store import RunStore
from sufficiency.report.chain import drawn_up
from sufficiency.report.papers.files import papers
from sufficiency.report.papers.report import report_paper
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistPlan, adopt
from sufficiency.ui.answers import Kept, whole_run
from sufficiency.ui.jobs import Job
from sufficiency.ui.plan_answers import Asked, PlanKey, solved
from sufficiency.ui.pool import WorkerPool

Bids = tuple[ExpressionOfInterest, ...]


class PaperKey(NamedTuple):
    """What papers are papers of: a shortlist (with its run), and the day they are made on."""

    plan: PlanKey
    title: str
    """Title and name are on the paper, but in no hash."""
    made: dt.date


@dataclass(frozen=True)
class Papers:
    """The files, and the answer they give."""

    answer: str
    files: dict[str, bytes]


def papers_work(
    job: Job,
    key: PaperKey,
    asked: Asked,
    pool: WorkerPool,
    store: RunStore,
    kept: Kept,
) -> None:
    """In a job's thread, which only waits: runs from the store or from workers, then shortlist and files in a worker."""
    limited, eois = asked.limited, asked.eois
    answer = key.plan.answer

    def stored(scenario: Scenario, words: str) -> Run:
        job.words = words
        found = whole_run(job, scenario, answer, pool, store)
        job.tell(0, 0)
        return found

    run = stored(limited, "Simulating the scenario")
    stored(limited.unmitigated(), "Simulating without interventions")
    job.words = "Choosing among the bids"
    plan = solved(job, key.plan, asked, run, kept)
    job.detail = ""
    if plan.chosen:
        stored(adopt(limited, eois, plan), "Simulating with the chosen bids")
    job.words = "Writing the papers"
    kept.put(key, job.in_worker(pool, write_in_worker, limited, eois, plan, answer.futures, answer.seed, store.folder, key.made))


def write_in_worker(
    limited: Scenario,
    eois: Bids,
    plan: ShortlistPlan,
    futures: int,
    seed: int,
    folder: Path,
    made: dt.date,
) -> Papers:
    """The files, in a worker process that reads the runs from the store: they are too big to be sent."""
    store = RunStore(folder)

    def stored(scenario: Scenario) -> Run:
        found = store.get(scenario, futures, seed)
        if found is None:
            raise InputProblem(
                "a run of the papers is not in the run store",
                where=str(folder),
                mend="see that the folder can be written to and has room; the command sufficiency report needs no store",
            )
        return found

    run = stored(limited)
    after = stored(adopt(limited, eois, plan)) if plan.chosen else run
    chain = drawn_up(stored(limited.unmitigated()), run, eois, plan, after)
    return Papers(report_paper(chain, made).answer, papers(chain, made))
