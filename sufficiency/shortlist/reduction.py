"""Fewer futures that stand for many: fast forward selection (Heitsch and Roemisch 2003).

One after the other the future is taken that lessens most the mean distance of all futures from the nearest one taken; in the end
each stands for those nearest to it, with their weight. Distance is the children by which two futures differ, cell by cell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def telling(children: Array, count: int) -> tuple[tuple[int, ...], Array]:
    """Positions of at most ``count`` futures in order, and their weights; ``children`` has the futures as its first axis."""
    futures = len(children)
    flat = children.reshape(futures, -1)
    apart = np.array([np.abs(flat - one).sum(axis=1) for one in flat])
    nearest = np.full(futures, np.inf)
    taken: list[int] = []
    for _ in range(min(count, futures)):
        left = np.minimum(nearest[None, :], apart).sum(axis=1)
        left[taken] = np.inf
        taken.append(int(left.argmin()))
        nearest = np.minimum(nearest, apart[taken[-1]])
    taken.sort()
    stands_for = apart[taken].argmin(axis=0)
    weights: Array = np.bincount(stands_for, minlength=len(taken)) / futures
    return tuple(taken), weights
