"""Queues of cases and the allocation meeting's rule for taking from them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.simulation.caseload import Rows
from sufficiency.simulation.council import NOBODY


class Due:
    """Cases that come due in a known later week."""

    def __init__(self, weeks: int) -> None:
        self._weeks: list[list[Rows]] = [[] for _ in range(weeks)]

    def add(self, week: int, rows: Rows) -> None:
        """``rows`` come due in ``week`` (never, where that is past the horizon)."""
        if rows.size and week < len(self._weeks):
            self._weeks[week].append(rows)

    def spread(self, rows: Rows, weeks: int) -> None:
        """``rows`` come due evenly over the first ``weeks`` weeks, in their order."""
        for week, part in enumerate(np.array_split(rows, max(weeks, 1))):
            self.add(week, part)

    def take(self, week: int) -> Rows:
        """The rows due in ``week``."""
        batches = self._weeks[week]
        return (batches[0] if len(batches) == 1 else np.concatenate(batches)) if batches else NOBODY


class Queue:
    """Cases in the order of their requests: a sorted array of rows."""

    def __init__(self, rows: Rows = NOBODY) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return int(self.rows.size)

    def add(self, rows: Rows) -> None:
        """Put ``rows`` in their places."""
        if rows.size:
            self.rows = np.concatenate((self.rows, rows))
            self.rows.sort(kind="stable")

    def take_first(self, count: int) -> Rows:
        """Take the ``count`` oldest."""
        taken, self.rows = self.rows[:count], self.rows[count:]
        return taken


class AllocationRule:
    """The weekly meeting's rule: a share of capacity is reserved for the backlog, and an unused share goes to the other side.

    Within each side cases with priority go first, then the oldest request. The reserved share is kept exactly over time: the
    fraction of a case that one week cannot use is carried to the next.
    """

    def __init__(self, backlog_share: float) -> None:
        self._share = backlog_share
        self._carried = 0.0

    def take(self, queue: Queue, backlog: int, priority: NDArray[np.bool_], capacity: int) -> Rows:
        """Take up to ``capacity`` cases from ``queue``, whose first ``backlog`` cases are backlog; sorted by request."""
        if capacity <= 0:
            return NOBODY
        exact = capacity * self._share + self._carried
        reserved = int(exact + 1e-9)
        self._carried = exact - reserved
        rows = queue.rows
        if rows.size <= capacity:
            queue.rows = NOBODY
            return rows
        fresh = rows.size - backlog
        from_backlog = min(reserved, backlog)
        from_fresh = min(capacity - from_backlog, fresh)
        from_backlog = min(backlog, capacity - from_fresh)
        chosen = np.zeros(rows.size, dtype=np.bool_)
        _mark(chosen, 0, backlog, from_backlog, priority[rows])
        _mark(chosen, backlog, rows.size, from_fresh, priority[rows])
        queue.rows = rows[~chosen]
        return rows[chosen]


def _mark(chosen: NDArray[np.bool_], start: int, stop: int, count: int, priority: NDArray[np.bool_]) -> None:
    """Mark ``count`` of the cases from ``start`` to ``stop``: those with priority first, then the oldest."""
    if count <= 0:
        return
    here = priority[start:stop]
    side = chosen[start:stop]
    first = here.nonzero()[0][:count]
    side[first] = True
    if count > first.size:
        side[(~here).nonzero()[0][: count - first.size]] = True
