"""Worker processes shared by every session: the app's own process stays free to answer clicks.

A pool of the standard library is lost whole when one of its processes dies, does its tasks strictly in the order in which they
were asked for, and cannot end one that has begun. Here each process is on its own: one that dies takes nothing else with it and
its task is done once more; the processes go round those who ask, so that a small job does not wait for a large one; and a task
nobody waits for any more can be ended.
"""

from __future__ import annotations

import atexit
import logging
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import traceback
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent import futures
from concurrent.futures import BrokenExecutor, Executor, Future
from multiprocessing.connection import Connection
from typing import Any

NICENESS = 10
"""Added to the workers' priority number, where the system has one: what people click comes before what is computed."""
ATTEMPTS = 2
"""How often a task is begun whose process dies."""
_LOG = logging.getLogger(__name__)


class WorkerDied(BrokenExecutor):
    """The process that did the task ended abruptly, each time it was tried."""

    def __init__(self) -> None:
        super().__init__("a worker process ended abruptly, twice: it was killed, or the machine is short of memory")


class _Task:
    """A call, and the future that its result goes into."""

    def __init__(self, call: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]) -> None:
        self.call = call
        self.future: Future[Any] = Future()
        self.ended = False
        """Whether nobody waits for it any more, though it has begun."""


class WorkerPool(Executor):
    """``workers`` spawned processes, started when first needed; whoever submits from a thread of its own gets a fair share."""

    def __init__(self, workers: int) -> None:
        self._workers = [_Worker() for _ in range(workers)]
        self._waiting: OrderedDict[int, deque[_Task]] = OrderedDict()
        """Tasks not yet begun, by the thread that asked for them; the first thread's turn is next."""
        self._changed = threading.Condition()
        self._closed = self._started = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        task = _Task((fn, args, kwargs))
        with self._changed:
            if self._closed:
                raise RuntimeError("the pool has been shut down")
            self._waiting.setdefault(threading.get_ident(), deque()).append(task)
            self._changed.notify()
            if not self._started:
                self._started = True
                atexit.register(self.shutdown, wait=False, cancel_futures=True)
                for worker in self._workers:
                    threading.Thread(target=self._feed, args=(worker,), daemon=True).start()
        return task.future

    def end(self, future: Future[Any]) -> None:
        """Cancel a task; where it has begun, end the process that does it."""
        if future.cancel():
            return
        for worker in self._workers:
            task = worker.task
            if task is not None and task.future is future:
                task.ended = True
                worker.kill()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        with self._changed:
            self._closed = True
            waiting = [task.future for tasks in self._waiting.values() for task in tasks]
            begun = [worker.task.future for worker in self._workers if worker.task is not None]
            self._changed.notify_all()
        for future in waiting if cancel_futures else ():
            future.cancel()
        if wait:
            futures.wait([*begun, *waiting])
        elif cancel_futures:
            for future in begun:
                self.end(future)

    def _feed(self, worker: _Worker) -> None:
        """In a thread for each worker: hand it the tasks whose turn it is, one by one."""
        while (task := self._next()) is not None:
            if task.future.set_running_or_notify_cancel():
                worker.task = task
                worker.do(task)
                worker.task = None
        worker.bury()

    def _next(self) -> _Task | None:
        """The next task, each thread that asked in turn; None once the pool is shut down."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if not self._waiting:
                return None
            asker, tasks = self._waiting.popitem(last=False)
            task = tasks.popleft()
            if tasks:
                self._waiting[asker] = tasks  # behind the others
            return task


class _Worker:
    """One process, started when it is first needed and anew after it has died."""

    def __init__(self) -> None:
        self.task: _Task | None = None
        self._process: Any = None
        self._connection: Connection[Any, Any] | None = None

    def do(self, task: _Task) -> None:
        """Do the task and settle its future."""
        for _ in range(ATTEMPTS):
            try:
                good, found = self._ask(task.call)
            except (EOFError, OSError):
                self.bury()
                if task.ended:
                    break
                _LOG.warning("a worker process ended abruptly; its task is begun anew")
                continue
            except Exception as error:  # what cannot travel to another process
                good, found = False, error
            if good:
                task.future.set_result(found)
            else:
                task.future.set_exception(found)
            return
        task.future.set_exception(WorkerDied())

    def _ask(self, call: tuple[Any, ...]) -> tuple[bool, Any]:
        if self._process is None or not self._process.is_alive():
            self.bury()
            self._start()
        assert self._connection is not None  # noqa: S101 - just started
        self._connection.send(call)
        answer: tuple[bool, Any] = self._connection.recv()
        return answer

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()  # so that its end is seen here

    def kill(self) -> None:
        """End the process at once, from any thread."""
        if self._process is not None:
            self._process.kill()

    def bury(self) -> None:
        """End the process and forget it, so that the next task starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join()


def _work(connection: Connection[Any, Any]) -> None:
    """In each worker: what is asked, until the app has ended."""
    prepare()
    while True:
        try:
            fn, args, kwargs = connection.recv()
        except EOFError:
            return
        try:
            answer = (True, fn(*args, **kwargs))
        except Exception as error:  # told to whoever asked
            error.add_note(traceback.format_exc())
            answer = (False, error)
        try:
            connection.send(answer)
        except Exception as error:  # a result or an error that cannot travel
            connection.send((False, TypeError(f"the result of a worker could not be sent: {error}")))


def prepare() -> None:
    """In each worker: make way for people, end with the app even where it was killed, load the simulation beforehand."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the app, which ends its workers
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    import sufficiency.simulation.future  # noqa: F401


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
