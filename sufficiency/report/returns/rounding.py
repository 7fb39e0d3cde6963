"""Controlled rounding: whole numbers whose parts add up, each within 1 of what it was.

Every cell and every named sum is rounded up or down, never further (Causey, Cox and Ernst 1985), and of all such roundings the
one nearest to rounding each cell by itself is taken. For a single list with its total that is the largest remainder.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Positions = NDArray[np.int64]
WORDS = (
    "Rounded by controlled rounding: every number and every total is the mean over futures rounded up or down, parts add up to "
    "their totals exactly, and the choice is the one nearest to rounding each number by itself."
)
_SNAP = 7
"""Decimals kept before rounding, so that 2.9999999999 is 3 and not above 2."""
_TIE, _SLACK = 1e-4, 1e-6


def controlled(
    values: Numbers,
    sums: Sequence[Positions] = (),
    *,
    equal: Sequence[tuple[Positions, Positions]] = (),
    total: int | None = None,
) -> NDArray[np.int64]:
    """``values`` (cells,), none negative, as whole numbers of which each sum is rounded up or down like the cells.

    ``sums`` are positions of the cells of each part sum. Pairs of ``equal`` name two ways to make up the same number: both
    stay the same. The sum of all cells becomes ``total``, which has to be that sum rounded up or down. Such a rounding exists
    where the sums form a network: rows and columns of a table, each of them in groups, or tables joined at ``equal``. Raises
    ValueError where they do not.
    """
    # Imported here: the rest of the program never needs it.
    from scipy.optimize import linprog

    cells = np.round(values, _SNAP)
    low = np.floor(cells)
    room = np.ceil(cells) - low
    open_ = np.flatnonzero(room > 0)
    base: NDArray[np.int64] = low.astype(np.int64)
    if not open_.size:
        return base
    above = cells - low
    rows, least, most = [], [], []

    def limit(weights: Numbers, lowest: float, highest: float) -> None:
        done = float(weights @ low)
        rows.append(weights[open_])
        least.append(lowest - done)
        most.append(highest - done)

    for positions in sums:
        weights = _weights(positions, cells.size)
        whole = round(float(weights @ cells), _SNAP)
        limit(weights, np.floor(whole), np.ceil(whole))
    for one, other in equal:
        limit(_weights(one, cells.size) - _weights(other, cells.size), 0.0, 0.0)
    if total is not None:
        limit(np.ones(cells.size), total, total)
    # Ties fall to the first cell, so that the answer is one and the same.
    cost = 1 - 2 * above[open_] + _TIE * np.arange(open_.size) / open_.size
    bounded = np.array(rows).reshape(-1, open_.size)
    found = linprog(
        cost,
        # A network's corners are whole numbers, and the simplex method ends in a corner.
        A_ub=np.vstack([bounded, -bounded]) if rows else None,
        b_ub=np.concatenate([most, np.negative(least)]) if rows else None,
        bounds=(0, 1),
        method="highs-ds",
    )
    if found.x is None or np.abs(found.x - np.round(found.x)).max() > _SLACK:
        raise ValueError(f"no controlled rounding of these sums was found: {found.message}")
    base[open_] += np.round(found.x).astype(np.int64)
    return base


def nearest(value: float) -> int:
    """The whole number nearest to ``value``; halves go up."""
    return int(np.floor(round(value, _SNAP) + 0.5))


def table_sums(rows: int, columns: int) -> list[Positions]:
    """Positions of the rows' and columns' sums of a table of cells laid out row by row."""
    grid = np.arange(rows * columns).reshape(rows, columns)
    return [*grid, *grid.T]


def _weights(positions: Positions, size: int) -> Numbers:
    weights = np.zeros(size)
    weights[positions] = 1.0
    return weights
