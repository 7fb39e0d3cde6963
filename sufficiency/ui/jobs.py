"""Long work in background threads, which only wait for worker processes: progress, stopping, and failures in plain words."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import BrokenExecutor, Executor, wait
from typing import Any, Literal

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.runner import Cancelled
from sufficiency.ui.pool import WorkerPool

State = Literal["running", "done", "stopped", "failed"]
MOST_JOBS = 60
_LOG = logging.getLogger(__name__)


class Job:
    """One piece of work. Its thread touches nothing of Streamlit; pages look at its state."""

    def __init__(self, words: str) -> None:
        self.words = words
        """What is being done, in words."""
        self.state: State = "running"
        self.problem = ""
        """Why it failed, in words."""
        self.result: Any = None
        self.unit = "futures"
        """What its progress counts."""
        self.detail = ""
        """What it has found so far, in a sentence that takes the place of the counts."""
        self._progress = (0, 0)
        self._stop = threading.Event()

    def tell(self, done: int, of: int) -> None:
        """Progress, from the job's own thread."""
        self._progress = (done, of)

    @property
    def share(self) -> float:
        """Share done, 0 to 1."""
        done, of = self._progress
        return min(1.0, done / of) if of else 0.0

    @property
    def counts(self) -> bool:
        """Whether it has told how much there is to do."""
        return self._progress[1] > 0

    @property
    def sentence(self) -> str:
        """Where it stands, in words."""
        done, of = self._progress
        if self._stop.is_set():
            return f"{self.words}: stopping."
        if self.detail:
            return f"{self.words}. {self.detail}"
        return f"{self.words}: {done:,} of {of:,} {self.unit} done." if of else f"{self.words}, which takes a moment."

    def stop(self) -> None:
        """Ask the job to stop; it does within two seconds."""
        self._stop.set()

    def stopping(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    def in_worker(self, executor: Executor, fn: Callable[..., Any], *args: Any) -> Any:
        """``fn(*args)`` in a worker process; raises Cancelled when asked to stop, and the worker is ended."""
        future = executor.submit(fn, *args)
        while not wait([future], timeout=0.2).done:
            if self._stop.is_set():
                if isinstance(executor, WorkerPool):
                    executor.end(future)
                raise Cancelled("stopped")
        return future.result()

    def run(self, work: Callable[[Job], Any]) -> None:
        """Do ``work`` and keep its result or what went wrong; nothing is raised."""
        try:
            self.result = work(self)
            self.state = "done"
        except Cancelled:
            self.state = "stopped"
        except InputProblem as problem:
            self.problem, self.state = str(problem), "failed"
        except BrokenExecutor as died:
            self.problem, self.state = f"{str(died).capitalize()}. Nothing else was touched; run it again.", "failed"
        except Exception:  # a bug: its traceback is for the terminal, never for the page
            _LOG.exception("%s failed", self.words)
            self.problem, self.state = (
                "Something went wrong in the program. The terminal it was started from says what.",
                "failed",
            )


class Jobs:
    """Jobs by what they produce: two sessions that ask for the same thing share one job."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[Hashable, Job] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Job | None:
        """The job for ``key``, whatever its state."""
        with self._lock:
            return self._jobs.get(key)

    def start(self, key: Hashable, words: str, work: Callable[[Job], Any]) -> Job:
        """The job for ``key``: the one running, else a new one in a thread of its own."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.state == "running":
                return job
            job = self._jobs[key] = Job(words)
            self._jobs.move_to_end(key)
            for old in [k for k, j in self._jobs.items() if j.state != "running"][: max(0, len(self._jobs) - MOST_JOBS)]:
                del self._jobs[old]
        threading.Thread(target=job.run, args=(work,), daemon=True).start()
        return job

    def forget(self, key: Hashable) -> None:
        """Drop a job that is no longer running, so that its outcome is not shown again."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.state != "running":
                del self._jobs[key]
