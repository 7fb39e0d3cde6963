"""What the spread of an answer is made of, measured away from the page."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import NamedTuple

from sufficiency.experiment.runner import Cancelled
from sufficiency.places.spread import measure_spread
from sufficiency.ui.answers import Answer, Kept, Key
from sufficiency.ui.jobs import Job

FUTURES = 40
"""Futures crossed, once for each group of figures: seconds of work."""


class SpreadKey(NamedTuple):
    """The key under which a spread is kept, beside that of the whole run."""

    answer: Key
    what: str = "spread"


def spread_work(job: Job, answer: Answer, key: SpreadKey, pool: Executor, kept: Kept) -> None:
    """In a job's thread: the run's futures crossed in worker processes; the spread is put into ``kept``."""
    spread = measure_spread(answer.run, FUTURES, executor=pool, progress=job.tell, cancelled=job.stopping)
    if spread is None:
        raise Cancelled("too few futures")
    kept.put(key, spread)
