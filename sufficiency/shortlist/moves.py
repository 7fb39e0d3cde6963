"""Small changes of a choice, and whether they keep every limit: the limits as one matrix, because thousands are tried."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sufficiency.shortlist.program import Program

Array = NDArray[np.float64]


class LimitMatrix:
    """Every row of a program as use <= most, ``=`` as two rows."""

    def __init__(self, program: Program, most_shortfall: float | None = None, most_cost: float | None = None) -> None:
        rows = [(row.terms, sign, row.bound) for row in program.rows for sign in _signs(row.sense)]
        if most_shortfall is not None and program.commitment is not None:
            by_day, missing, _ = program.commitment
            rows.append((tuple(enumerate(by_day)), -1.0, missing - most_shortfall))
        if most_cost is not None:
            rows.append((tuple((j, way.cost) for j, way in enumerate(program.ways)), 1.0, most_cost))
        self.way = dict(program.by_key)
        """Position of a way by offer and option."""
        self.keys = [(way.offer, way.option) for way in program.ways]
        """Offer and option of each way."""
        self.offers = np.array([way.offer for way in program.ways], dtype=np.int64)
        self.use = np.zeros((len(rows), len(program.ways)))
        self.most = np.empty(len(rows))
        for r, (terms, sign, bound) in enumerate(rows):
            for j, coefficient in terms:
                self.use[r, j] = sign * coefficient
            self.most[r] = sign * bound
        self.most += 1e-7 * np.maximum(1.0, np.abs(self.most))

    def over(self, chosen: Mapping[int, int]) -> Array:
        """What a choice uses of each limit above what is allowed, shape (limits,)."""
        used = self.use[:, [self.way[e, o] for e, o in chosen.items()]].sum(axis=1)
        result: Array = used - self.most
        return result

    def fitting(self, over: Array) -> NDArray[np.bool_]:
        """Ways that can be added where ``over`` is used above what is allowed (below zero: room), shape (ways,)."""
        return np.asarray((self.use + over[:, None] <= 0).all(axis=0), dtype=np.bool_)


def _signs(sense: str) -> tuple[float, ...]:
    return {"<=": (1.0,), ">=": (-1.0,), "=": (1.0, -1.0)}[sense]
