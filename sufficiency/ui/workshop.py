"""What all sessions share: worker processes, jobs, answers in memory, the run store and the workspace on disk."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from sufficiency.experiment.runner import usable_cores
from sufficiency.experiment.store import RunStore
from sufficiency.scenario.scenario import Scenario
from sufficiency.ui.answers import Answer, Kept, Key, answer_work
from sufficiency.ui.jobs import Job, Jobs
from sufficiency.ui.pathway_answers import PathwayAnswer, PathwayKey, pathway_work
from sufficiency.ui.pool import WorkerPool
from sufficiency.workspace import Workspace

MOST_WORKERS = 8


@dataclass(frozen=True)
class Workshop:
    """The shared parts; everything in it may be used from several threads."""

    pool: WorkerPool
    jobs: Jobs
    kept: Kept
    store: RunStore
    workspace: Workspace

    def answer(self, key: Key) -> Answer | None:
        """The answer, where it is in memory."""
        found: Answer | None = self.kept.get(key)
        return found

    def on_disk(self, scenario: Scenario, key: Key) -> bool:
        """Whether the run is in the run store, so that its answer takes a moment only."""
        return self.store.path(scenario, key.futures, key.seed).is_file()

    def start_answer(self, scenario: Scenario, key: Key, words: str) -> Job:
        """Start the job that makes an answer (or find it running)."""
        return self.jobs.start(key, words, lambda job: answer_work(job, scenario, key, self.pool, self.store, self.kept))

    def pathway(self, key: PathwayKey) -> PathwayAnswer | None:
        """The pathway's answer, where it is in memory."""
        found: PathwayAnswer | None = self.kept.get(key)
        return found

    def start_pathway(self, scenario: Scenario, key: PathwayKey, words: str) -> Job:
        """Start the job that simulates the pathway alone (or find it running)."""
        return self.jobs.start(key, words, lambda job: pathway_work(job, scenario, key, self.pool, self.kept))


@st.cache_resource(show_spinner=False)
def workshop() -> Workshop:
    """The one workshop of this server."""
    return Workshop(WorkerPool(min(MOST_WORKERS, usable_cores())), Jobs(), Kept(), RunStore(), Workspace())
