"""Lower bounds with a bid forced in or out: the master's relaxation kept warm, and a short branch and bound on it.

Forcing a bid changes a few bounds of columns, and the dual simplex needs a few steps from where it stood. Planes are added at the
root only. Branching is best first, on the bid most undecided (in or out), then on its openings; it stops after a number of nodes,
never after a time, so that bounds are the same on every machine.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sufficiency.shortlist.limits import ONE_WAY
from sufficiency.shortlist.master import Amount, Master

Array = NDArray[np.float64]
Decisions = tuple[tuple[int, int, bool], ...]
"""(offer, option, taken up): the option is -1 for the offer as a whole."""
_WHOLE = 1e-6
_SAFETY = 1e-7
"""Share of a bound that is given away to the arithmetic."""
ROUNDS = 2
"""Rounds of planes at the root of each question."""


class Bounds:
    """Least values of an amount under decisions, from a master's relaxation."""

    def __init__(self, master: Master) -> None:
        self._master = master
        program = master.program
        self._column = {key: int(master.z[j]) for key, j in program.by_key.items()}
        self._options: dict[int, list[int]] = {}
        for offer, option in program.by_key:
            self._options.setdefault(offer, []).append(option)
        self._rows = {program.ways[row.terms[0][0]].offer: r for r, row in enumerate(program.rows) if row.family == ONE_WAY}

    def least(
        self,
        amount: Amount,
        also: Sequence[str],
        decided: Decisions,
        nodes: int,
        enough: float = np.inf,
    ) -> float:
        """A value below which no choice with what is ``decided`` can come; infinite where there is none.

        ``also`` names second stages that are held. Stops once the bound reaches ``enough``, or after so many ``nodes``.
        """
        for decision in decided:
            self._decide(*decision)
        value, z = self._master.relax(amount, also, ROUNDS, enough)
        for offer, option, _ in decided:
            self._release(offer, option)
        if not np.isfinite(value) or value >= enough:
            return self._safe(value)
        tie = itertools.count()
        heap: list[tuple[float, int, Decisions, Array]] = [(value, next(tie), decided, z)]
        for _ in range(nodes):
            value, _, decisions, z = heap[0]
            branch = self._branch(z) if len(z) else None
            if branch is None or value >= enough:
                break
            heapq.heappop(heap)
            for taken in (False, True):
                child = (*decisions, (*branch, taken))
                found, at = self._solve(child)
                heapq.heappush(heap, (max(found, value), next(tie), child, at))
        return self._safe(heap[0][0])

    @staticmethod
    def _safe(value: float) -> float:
        return value - _SAFETY * abs(value) if np.isfinite(value) else value

    def _solve(self, decisions: Decisions) -> tuple[float, Array]:
        for decision in decisions:
            self._decide(*decision)
        value, x = self._master.run()
        for offer, option, _ in decisions:
            self._release(offer, option)
        return value, x[self._master.z] if len(x) else x

    def _decide(self, offer: int, option: int, taken: bool) -> None:
        highs = self._master.highs
        if option >= 0:
            highs.changeColBounds(self._column[offer, option], float(taken), float(taken))
        elif not taken:
            for each in self._options[offer]:
                highs.changeColBounds(self._column[offer, each], 0.0, 0.0)
        elif offer in self._rows:
            highs.changeRowBounds(self._rows[offer], 1.0, 1.0)
        else:
            highs.changeColBounds(self._column[offer, self._options[offer][0]], 1.0, 1.0)

    def _release(self, offer: int, option: int) -> None:
        highs = self._master.highs
        for each in self._options[offer] if option < 0 else [option]:
            highs.changeColBounds(self._column[offer, each], 0.0, 1.0)
        if offer in self._rows and option < 0:
            highs.changeRowBounds(self._rows[offer], -np.inf, 1.0)

    def _branch(self, z: Array) -> tuple[int, int] | None:
        """The offer most undecided, or the opening; None where all are whole."""
        at = self._master.program.by_key
        taken = {offer: sum(float(z[at[offer, o]]) for o in options) for offer, options in self._options.items()}
        offer = min(taken, key=lambda e: (abs(taken[e] - 0.5), e))
        if _WHOLE < taken[offer] < 1 - _WHOLE:
            return offer, -1
        key = min(at, key=lambda k: (abs(float(z[at[k]]) - 0.5), k))
        return key if _WHOLE < z[at[key]] < 1 - _WHOLE else None


def forced(decisions: Mapping[int, bool]) -> Decisions:
    """Offers that must be in (True) or out."""
    return tuple((offer, -1, taken) for offer, taken in decisions.items())
