"""Worker processes shared by every session, and processes for one piece of work: the app's own stays free to answer clicks."""

from __future__ import annotations

import logging
import multiprocessing
import multiprocessing.connection
import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.runner import Cancelled


class WorkerPool(Executor):
    """A pool of spawned processes that is started anew after one of them has died."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        with self._lock:
            self._pool = self._pool or self._started()
            try:
                return self._pool.submit(fn, *args, **kwargs)
            except BrokenProcessPool:
                self._pool = self._started()
                return self._pool.submit(fn, *args, **kwargs)

    def _started(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, mp_context=context, initializer=_prepare)

    def alone(self, fn: Callable[..., Any], *args: Any, hear: Callable[..., None], stopping: Callable[[], bool]) -> Any:
        """``fn(tell, *args)`` in a process of its own, which is ended at once when ``stopping()``: then Cancelled is raised.

        What ``fn`` tells is passed to ``hear``; what it raises is raised here.
        """
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_serve, args=(theirs, fn, args), daemon=True)
        process.start()
        theirs.close()
        try:
            while not stopping():
                if not ours.poll(0.2):
                    continue
                kind, content = ours.recv()
                if kind == "done":
                    return content
                if kind == "raised":
                    raise content
                hear(*content)
            raise Cancelled("stopped")
        except EOFError:
            raise RuntimeError("the process ended before its work was done") from None
        finally:
            process.terminate()  # a solver listens to nobody
            process.join(5)
            ours.close()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait, cancel_futures=cancel_futures)
                self._pool = None


def _prepare() -> None:
    """In each worker: end with the app even where the app was killed, and load the simulation before the first job."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    import sufficiency.simulation.future  # noqa: F401


def _serve(to: multiprocessing.connection.Connection, fn: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """In a process of its own: the work, what it tells, and how it ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    try:
        to.send(("done", fn(lambda *told: to.send(("told", told)), *args)))
    except InputProblem as problem:
        to.send(("raised", problem))
    except Exception as error:  # a bug: its traceback goes to the terminal here, its words to the job
        logging.getLogger(__name__).exception("work in a process of its own failed")
        to.send(("raised", RuntimeError(f"{type(error).__name__}: {error}")))


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
