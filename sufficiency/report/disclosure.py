"""Small-number suppression of observed counts, so that no child can be recognised in a table.

An observed count from 1 to below the threshold is hidden. Then as many further cells are hidden as it takes for no hidden cell to
be worked out from the rest: a table whose lines add up would give it away. A true zero is shown as 0 and never hidden. Simulated
numbers are nobody's data and are not touched; what an authority has published itself is known and is not touched either.

A table with its totals is a network: hidden numbers may move along a cycle of hidden cells, up along one and down along the next,
without changing any sum that is shown. A cell is protected where such a cycle passes through it in which no cell falls below 1,
because everybody knows that a hidden cell is not 0 (Gusfield, A graph theoretic approach to statistical data security, SIAM
Journal on Computing 17, 1988). The cheapest cycle is sought for each small cell; where none is left inside, totals are hidden.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.problem import InputProblem

THRESHOLD = 5
"""Counts below this are small, unless set otherwise."""
SETTING = "SUFFICIENCY_SMALL_NUMBERS"
"""Environment variable that sets the threshold; 0 suppresses nothing."""
LARGEST_THRESHOLD = 100
HIDDEN = "c"
"""What stands in place of a hidden count, as in the Department for Education's tables: c for confidential."""
WORDS = "c: hidden, because a count below {threshold} might let a child be recognised, or would let such a count be worked out."
_LINE_TOTAL, _WHOLE = 1_000_000.0, 1_000_000_000.0
"""Cost of hiding a total of a line, and that of all: only where nothing inside is left."""

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]
Node = tuple[str, int]


@dataclass(frozen=True)
class Protected:
    """A table of observed counts with its totals as last row and column, and which of it is hidden."""

    values: Counts
    """Counts with totals, shape (rows + 1, columns + 1)."""
    hidden: Mask

    def shown(self) -> list[list[int | str]]:
        """The table as it may be shown: numbers, and :data:`HIDDEN` in place of the others."""
        return [
            [HIDDEN if hide else int(value) for value, hide in zip(values, row, strict=True)]
            for values, row in zip(self.values, self.hidden, strict=True)
        ]


def threshold(environment: str | None = None) -> int:
    """The threshold set in the environment, or :data:`THRESHOLD`; raises InputProblem where it is no whole number in range."""
    text = os.environ.get(SETTING, "") if environment is None else environment
    if not text.strip():
        return THRESHOLD
    if not text.strip().isdigit() or int(text) > LARGEST_THRESHOLD:
        raise InputProblem(
            "the threshold of small numbers is not usable",
            where=SETTING,
            value=text,
            allowed=f"a whole number, 0 to {LARGEST_THRESHOLD}",
            mend=f"write {THRESHOLD}, or 0 to suppress nothing",
        )
    return int(text)


def protect(counts: Counts, below: int) -> Protected:
    """A two-way table (rows, columns) whose line totals and grand total are shown as well."""
    values = np.zeros((counts.shape[0] + 1, counts.shape[1] + 1), dtype=np.int64)
    values[:-1, :-1] = counts
    values[-1, :-1], values[:-1, -1], values[-1, -1] = counts.sum(axis=0), counts.sum(axis=1), counts.sum()
    return Protected(values, _hidden(values, below, np.zeros(values.shape, dtype=np.bool_)))


def protect_list(counts: Sequence[int], below: int) -> tuple[list[int | str], int | str]:
    """A list of counts and its total, as they may be shown."""
    values = np.array([[*counts, sum(counts)], [*counts, sum(counts)]], dtype=np.int64)
    absent = np.zeros(values.shape, dtype=np.bool_)
    absent[-1] = True  # the totals of single cells are in no list
    *cells, total = Protected(values, _hidden(values, below, absent)).shown()[0]
    return cells, total


def _hidden(values: Counts, below: int, absent: Mask) -> Mask:
    """What is hidden of a table with totals, of which ``absent`` is not shown anyway."""
    hidden = absent | ((values > 0) & (values < below))
    for cell in np.argwhere(hidden & ~absent).tolist():
        for row, column in _cheapest_cycle(values, hidden, (cell[0], cell[1])):
            hidden[row, column] = True
    return hidden


def _cheapest_cycle(values: Counts, hidden: Mask, cell: tuple[int, int]) -> list[tuple[int, int]]:
    """The cells of the cheapest cycle through ``cell``: upwards or downwards, whichever hides less."""
    row, column = cell
    one, other = ("row", row), ("column", column)
    found = []
    up, down = _may_move(values, cell)
    if up:
        found.append(_path(values, hidden, other, one, cell))
    if down:
        found.append(_path(values, hidden, one, other, cell))
    possible = [way for way in found if way is not None]
    return min(possible, key=lambda way: way[0])[1] if possible else []


def _may_move(values: Counts, cell: tuple[int, int]) -> tuple[bool, bool]:
    """Whether the flow of a cell may rise and fall. A total counts against its line: its flow rises where the total falls."""
    value = values[cell]
    inverse = (cell[0] == values.shape[0] - 1) != (cell[1] == values.shape[1] - 1)
    may_grow, may_shrink = bool(value > 0), bool(value > 1)
    return (may_shrink, may_grow) if inverse else (may_grow, may_shrink)


def _path(
    values: Counts, hidden: Mask, start: Node, end: Node, without: tuple[int, int]
) -> tuple[float, list[tuple[int, int]]] | None:
    """The cheapest path between two lines along cells that may move, and its cells (Dijkstra); a hidden cell costs nothing."""
    queue: list[tuple[float, Node]] = [(0.0, start)]
    best: dict[Node, float] = {start: 0.0}
    came: dict[Node, tuple[Node, tuple[int, int]]] = {}
    while queue:
        cost, node = heapq.heappop(queue)
        if node == end:
            cells, at = [], end
            while at != start:
                at, cell = came[at]
                cells.append(cell)
            return cost, cells
        if cost > best[node]:
            continue
        for following, cell in _steps(values, node):
            if cell == without:
                continue
            further = cost + _price(values, hidden, cell)
            if further < best.get(following, np.inf):
                best[following] = further
                came[following] = node, cell
                heapq.heappush(queue, (further, following))
    return None


def _steps(values: Counts, node: Node) -> Iterator[tuple[Node, tuple[int, int]]]:
    """From a row along cells whose flow may rise, from a column along cells whose flow may fall."""
    kind, at = node
    rows, columns = values.shape
    for other in range(columns if kind == "row" else rows):
        cell = (at, other) if kind == "row" else (other, at)
        up, down = _may_move(values, cell)
        if up if kind == "row" else down:
            yield ("column" if kind == "row" else "row", other), cell


def _price(values: Counts, hidden: Mask, cell: tuple[int, int]) -> float:
    if hidden[cell]:
        return 0.0
    last_row, last_column = cell[0] == values.shape[0] - 1, cell[1] == values.shape[1] - 1
    dear = _WHOLE if last_row and last_column else _LINE_TOTAL if last_row or last_column else 0.0
    return dear + 1.0 + float(values[cell])
