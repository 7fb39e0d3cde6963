"""Queues of cases and the allocation meeting's rule for taking from them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.simulation.caseload import Rows, constant
from sufficiency.simulation.council import NOBODY


class Due:
    """Cases (by their turns or rows, as they were given) that come due in a known later week."""

    def __init__(self, weeks: int) -> None:
        self._horizon = weeks
        self._weeks: dict[int, list[Rows]] = {}

    def add(self, week: int, cases: Rows) -> None:
        """``cases`` come due in ``week`` (never, where that is past the horizon)."""
        if cases.size and week < self._horizon:
            self._weeks.setdefault(week, []).append(cases)

    def add_each(self, weeks: NDArray[np.int64], cases: Rows) -> None:
        """Each of ``cases`` comes due in its own of ``weeks``; both of shape (n,)."""
        if not cases.size:
            return
        order = weeks.argsort(kind="stable")
        weeks, cases = weeks[order], cases[order]
        starts = np.flatnonzero(np.diff(weeks, prepend=-1))
        for week, first, last in zip(weeks[starts].tolist(), starts.tolist(), [*starts[1:].tolist(), cases.size], strict=True):
            self.add(week, cases[first:last])

    def spread(self, cases: Rows, weeks: int) -> None:
        """``cases`` come due evenly over the first ``weeks`` weeks, in their order."""
        for week, part in enumerate(np.array_split(cases, max(weeks, 1))):
            self.add(week, part)

    def take(self, week: int) -> Rows:
        """The cases due in ``week``."""
        batches = self._weeks.pop(week, None)
        if not batches:
            return NOBODY
        return batches[0] if len(batches) == 1 else np.concatenate(batches)


class Queue:
    """Cases in the order of their turns: those with priority first, and within both the oldest request first.

    Cases are given and taken by their turns (:func:`turns`); ``waiting`` holds those in the queue, sorted.
    """

    def __init__(self, waiting: Rows = NOBODY) -> None:
        self.waiting = np.sort(waiting)

    def __len__(self) -> int:
        return self.waiting.size

    def add(self, cases: Rows) -> None:
        """Put ``cases`` in their places."""
        if cases.size:
            self.waiting = np.concatenate((self.waiting, cases)) if self.waiting.size else cases.copy()
            self.waiting.sort(kind="stable")  # quick on what is nearly sorted


def turns(priority: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The turn of each row, shape (rows,): its number, which is the order of requests, after all those with ``priority``."""
    turn: NDArray[np.int64] = np.arange(priority.size) + np.where(priority, 0, _LATER)
    return turn


def rows_of(turn: NDArray[np.int64]) -> Rows:
    """The rows whose turns these are, the same shape."""
    return turn & _ROW


def sides(boundary: NDArray[np.int64] | int) -> NDArray[np.int64]:
    """The turns that part a queue into four stretches: backlog and new with priority, backlog and new without.

    ``boundary`` is the first row that is not backlog; with the three turns along a last axis.
    """
    row = np.asarray(boundary, dtype=np.int64)
    return np.stack((row, np.full_like(row, _LATER), row + _LATER), axis=-1)


_LATER = 1 << 40
_ROW: Rows = constant(_LATER - 1, np.int64)


class AllocationRule:
    """The weekly meeting's rule: a share of capacity is reserved for the backlog, and an unused share goes to the other side.

    Within each side cases with priority go first, then the oldest request. The reserved share is kept exactly over time: the
    fraction of a case that one week cannot use is carried to the next.
    """

    def __init__(self) -> None:
        self._carried = 0.0

    def reserve(self, capacity: int, share: float) -> int:
        """How many of a week's ``capacity`` cases (more than 0) are reserved for the backlog."""
        exact = capacity * share + self._carried
        reserved = int(exact + 1e-9)
        self._carried = exact - reserved
        return reserved

    def take(self, queue: Queue, parted: NDArray[np.int64], capacity: int, share: float) -> Rows:
        """Take up to ``capacity`` cases from ``queue``, ``parted`` by :func:`sides`, with ``share`` (0 to 1) reserved for the
        backlog."""
        if capacity <= 0:
            return NOBODY
        reserved = self.reserve(capacity, share)
        waiting = queue.waiting
        if waiting.size <= capacity:
            queue.waiting = NOBODY
            return waiting
        new_urgent, others, new_others = waiting.searchsorted(parted).tolist()
        backlog = new_urgent + new_others - others
        if backlog in (0, waiting.size):  # one side only
            queue.waiting = waiting[capacity:]
            return waiting[:capacity].copy()  # or whoever keeps it would keep all of the queue
        from_backlog = min(reserved, backlog)
        from_new = min(capacity - from_backlog, waiting.size - backlog)
        from_backlog = min(backlog, capacity - from_new)
        urgent_backlog, urgent_new = min(from_backlog, new_urgent), min(from_new, others - new_urgent)
        taken, kept, done = [], [], 0
        for first, count in (
            (0, urgent_backlog),
            (new_urgent, urgent_new),
            (others, from_backlog - urgent_backlog),
            (new_others, from_new - urgent_new),
        ):
            if count:
                if first > done:
                    kept.append(waiting[done:first])
                done = first + count
                taken.append(waiting[first:done])
        if done < waiting.size:
            kept.append(waiting[done:])
        queue.waiting = kept[0] if len(kept) == 1 else np.concatenate(kept)
        return np.concatenate(taken)
