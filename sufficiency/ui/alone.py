"""A process of its own for one long piece of work that tells how far it is, such as a solve, and that can be ended at once."""

from __future__ import annotations

import logging
import multiprocessing
import multiprocessing.connection
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from typing import Any

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.runner import Cancelled
from sufficiency.ui.pool import prepare


def alone(fn: Callable[..., Any], *args: Any, hear: Callable[..., None], stopping: Callable[[], bool]) -> Any:
    """``fn(tell, *args)`` in a process of its own, which is ended at once when ``stopping()``: then Cancelled is raised.

    What ``fn`` tells is passed to ``hear``; what it raises is raised here, and BrokenExecutor where the process was killed.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()  # so that its end is seen here
    try:
        ours.send((fn, args))  # not with the start: that would wait for ever for a process that died before it had read all
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
    except (EOFError, BrokenPipeError, ConnectionResetError):
        died = "the process ended before its work was done: it was killed, or the machine is short of memory"
        raise BrokenExecutor(died) from None
    finally:
        process.terminate()  # a solver listens to nobody
        process.join(5)
        ours.close()


def _serve(to: multiprocessing.connection.Connection[Any, Any]) -> None:
    """In the process: the work, what it tells, and how it ends."""
    prepare()
    try:
        fn, args = to.recv()
        to.send(("done", fn(lambda *told: to.send(("told", told)), *args)))
    except InputProblem as problem:
        to.send(("raised", problem))
    except Exception as error:  # a bug: its traceback goes to the terminal here, its words to the job
        logging.getLogger(__name__).exception("work in a process of its own failed")
        to.send(("raised", RuntimeError(f"{type(error).__name__}: {error}")))
