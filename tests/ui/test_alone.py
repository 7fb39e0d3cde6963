"""A process of its own: it tells how far it is, and is ended when asked to stop or seen to have died."""

from __future__ import annotations

import os
import time
from concurrent.futures import BrokenExecutor

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.runner import Cancelled
from sufficiency.ui.alone import alone


def told_and_done(tell, number: int) -> int:  # type: ignore[no-untyped-def]
    tell(1, 2, "half")
    tell(2, 2, "all")
    return 2 * number


def refused(tell) -> None:  # type: ignore[no-untyped-def]
    raise InputProblem("the limits clash", value="E01")


def broken(tell) -> None:  # type: ignore[no-untyped-def]
    raise ZeroDivisionError("a bug")


def deaf(tell) -> None:  # type: ignore[no-untyped-def]
    tell(os.getpid(), 0, "begun")
    while True:
        time.sleep(60)


def killed(tell) -> None:  # type: ignore[no-untyped-def]
    os._exit(3)


def done(fn, *args, hear=lambda *told: None, stopping=lambda: False):  # type: ignore[no-untyped-def]
    return alone(fn, *args, hear=hear, stopping=stopping)


def test_a_process_of_its_own_tells_and_answers() -> None:
    told: list[tuple[object, ...]] = []
    assert done(told_and_done, 21, hear=lambda *each: told.append(each)) == 42
    assert told == [(1, 2, "half"), (2, 2, "all")]


def test_what_goes_wrong_there_is_raised_here() -> None:
    with pytest.raises(InputProblem, match="the limits clash"):
        done(refused)
    with pytest.raises(RuntimeError, match="ZeroDivisionError: a bug"):
        done(broken)
    with pytest.raises(BrokenExecutor, match="ended before"):
        done(killed)


def test_work_that_listens_to_nobody_is_ended_when_stopped() -> None:
    begun: list[int] = []
    with pytest.raises(Cancelled):
        done(deaf, hear=lambda pid, of, words: begun.append(pid), stopping=lambda: bool(begun))
    with pytest.raises(ProcessLookupError):
        os.kill(begun[0], 0)
