"""The second stage evaluated without a solver: most children that given places can serve, future by future and year by year.

Each (future, year) is a maximum flow from kinds of places to groups of children. All of them are augmented together along
shortest paths (Edmonds and Karp 1972), so that one evaluation is a few array operations. It shares no code with the model that is
handed to the solver, which is what makes it a check on that model.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Admits = NDArray[np.bool_]
Index = NDArray[np.int64]

_NOTHING = 1e-9
"""Children or places below this are rounding."""


def best_flows(capacity: Array, demand: Array, admits: Admits, start: Array | None = None) -> Array:
    """Flows from kinds of places to groups of children that serve the most children.

    ``capacity`` has shape (cases, kinds), ``demand`` (cases, groups), ``admits`` (kinds, groups); the flows have shape (cases,
    kinds, groups). ``start`` are flows of a similar case to begin from; they are cut to the capacity.
    """
    flow = _greedy(capacity, demand, admits) if start is None else _cut(start, capacity)
    while True:
        left = capacity - flow.sum(axis=2)
        lacking = demand - flow.sum(axis=1)
        target, giver, taker = _paths(left > _NOTHING, lacking > _NOTHING, flow > _NOTHING, admits)
        cases = np.flatnonzero(target >= 0)
        if not len(cases):
            return flow
        _augment(flow, cases, target[cases], giver, taker, left, lacking)


def _greedy(capacity: Array, demand: Array, admits: Admits) -> Array:
    """A first flow: the most selective kinds fill the groups they admit in order."""
    flow = np.zeros((*capacity.shape, demand.shape[1]))
    left, lacking = capacity.copy(), demand.copy()
    for kind in np.argsort(admits.sum(axis=1), kind="stable"):
        for group in np.flatnonzero(admits[kind]):
            served = np.minimum(left[:, kind], lacking[:, group])
            flow[:, kind, group] = served
            left[:, kind] -= served
            lacking[:, group] -= served
    return flow


def _cut(start: Array, capacity: Array) -> Array:
    used = start.sum(axis=2)
    keep = np.divide(capacity, used, out=np.ones_like(used), where=used > capacity)
    result: Array = start * np.minimum(keep, 1.0)[:, :, None]
    return result


def _paths(free: Admits, wanting: Admits, flowing: Admits, admits: Admits) -> tuple[Index, Index, Index]:
    """Breadth-first search in every case at once, from kinds with places left to groups with children unserved.

    Returns the group reached in each case (-1 where none), the kind through which each group was reached, and the group through
    which each kind was reached (-1 at the start of a path).
    """
    cases, groups = wanting.shape
    target = np.full(cases, -1, dtype=np.int64)
    giver = np.full((cases, groups), -1, dtype=np.int64)
    taker = np.full(free.shape, -1, dtype=np.int64)
    seen_kinds, newest = free.copy(), free.copy()
    seen_groups = np.zeros(wanting.shape, dtype=np.bool_)
    while newest.any():
        arcs = newest[:, :, None] & admits[None] & ~seen_groups[:, None, :]
        reached: Admits = np.asarray(arcs.any(axis=1), dtype=np.bool_)
        giver[reached] = arcs.argmax(axis=1)[reached]
        seen_groups |= reached
        ends = reached & wanting
        done = ends.any(axis=1)
        target[done] = ends[done].argmax(axis=1)
        reached[done] = False
        back = flowing & reached[:, None, :] & ~seen_kinds[:, :, None]
        newest = np.asarray(back.any(axis=2), dtype=np.bool_)
        taker[newest] = back.argmax(axis=2)[newest]
        seen_kinds |= newest
    return target, giver, taker


def _augment(flow: Array, cases: Index, group: Index, giver: Index, taker: Index, left: Array, lacking: Array) -> None:
    """Send as much as each case's path bears along it (in place)."""
    room = lacking[cases, group].copy()
    steps: list[tuple[Index, Index, Index, float]] = []
    at = np.arange(len(cases))
    while len(at):
        kind = giver[cases[at], group]
        steps.append((at, kind, group, 1.0))
        before = taker[cases[at], kind]
        root = before < 0
        room[at[root]] = np.minimum(room[at[root]], left[cases[at[root]], kind[root]])
        at, kind, group = at[~root], kind[~root], before[~root]
        room[at] = np.minimum(room[at], flow[cases[at], kind, group])
        steps.append((at, kind, group, -1.0))
    for at, kind, group, sign in steps:
        flow[cases[at], kind, group] += sign * room[at]
