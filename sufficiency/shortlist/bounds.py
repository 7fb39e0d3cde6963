"""Lower bounds with a bid forced in or out: one linear relaxation kept warm, and a short branch and bound on it.

The relaxation is solved once; forcing a bid changes a few bounds, and the dual simplex needs a few steps from where it stood.
Branching is best first, on the bid most undecided (in or out), then on its openings; it stops after a number of nodes, never
after a time, so that bounds are the same on every machine.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.shortlist.engines import EngineFailed, relaxed
from sufficiency.shortlist.formulation import Model
from sufficiency.shortlist.limits import ONE_WAY

Array = NDArray[np.float64]
Decisions = tuple[tuple[int, int, bool], ...]
"""(offer, option, taken up): the option is -1 for the offer as a whole."""
_WHOLE = 1e-6
_SAFETY = 1e-7
"""Share of a bound that is given away to the arithmetic."""


class Bounds:
    """Least values of an objective under decisions, from a model's relaxation.

    The objectives are those of the model; ``hold`` keeps one of them at most at a value from then on.
    """

    def __init__(self, model: Model, objectives: Sequence[Any]) -> None:
        model.prob.setObjective(objectives[0])
        self._highs = relaxed(model)
        self._columns = {key: int(z.index) for key, z in model.open.items()}
        self._options: dict[int, list[int]] = {}
        for offer, option in model.open:
            self._options.setdefault(offer, []).append(option)
        program = model.program
        self._rows = {
            program.ways[row.terms[0][0]].offer: int(model.limits[row.name].index)
            for row in program.rows
            if row.family == ONE_WAY
        }
        count = self._highs.getNumCol()
        self._costs = [(_costs(objective, count), float(objective.constant)) for objective in objectives]
        self._at = 0

    def hold(self, objective: int, most: float) -> None:
        """Keep an objective at most at ``most``."""
        costs, constant = self._costs[objective]
        index = np.flatnonzero(costs).astype(np.int32)
        self._highs.addRow(-np.inf, most - constant, len(index), index, costs[index])

    def least(self, objective: int, forced: Mapping[int, bool], nodes: int, enough: float = np.inf) -> float:
        """A value below which no choice with the ``forced`` offers (True: in) can come; infinite where there is none.

        Stops once the bound reaches ``enough``, or after so many ``nodes``.
        """
        self._minimise(objective)
        tie = itertools.count()
        root: Decisions = tuple((offer, -1, taken) for offer, taken in forced.items())
        value, x = self._solve(root)
        heap = [(value, next(tie), root, x)]
        for _ in range(nodes):
            value, _, decisions, x = heap[0]
            branch = None if x is None else self._branch(x)
            if branch is None or value >= enough:
                break
            heapq.heappop(heap)
            for taken in (False, True):
                child = (*decisions, (*branch, taken))
                found, at = self._solve(child)
                heapq.heappush(heap, (max(found, value), next(tie), child, at))
        least = heap[0][0]
        return least - _SAFETY * abs(least) if np.isfinite(least) else least

    def _minimise(self, objective: int) -> None:
        if objective != self._at:
            costs = self._costs[objective][0]
            self._highs.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)
            self._at = objective

    def _solve(self, decisions: Decisions) -> tuple[float, Array | None]:
        for offer, option, taken in decisions:
            self._decide(offer, option, taken)
        self._highs.run()
        status = str(self._highs.modelStatusToString(self._highs.getModelStatus()))
        value = self._highs.getObjectiveValue() + self._costs[self._at][1]
        x = np.asarray(self._highs.getSolution().col_value)
        for offer, option, _ in decisions:
            self._release(offer, option)
        if "nfeasible" in status:
            return np.inf, None
        if status != "Optimal":
            raise EngineFailed(f"highs did not solve a relaxation ({status})")
        return float(value), x

    def _decide(self, offer: int, option: int, taken: bool) -> None:
        if option >= 0:
            self._highs.changeColBounds(self._columns[offer, option], float(taken), float(taken))
        elif not taken:
            for each in self._options[offer]:
                self._highs.changeColBounds(self._columns[offer, each], 0.0, 0.0)
        elif offer in self._rows:
            self._highs.changeRowBounds(self._rows[offer], 1.0, 1.0)
        else:
            self._highs.changeColBounds(self._columns[offer, self._options[offer][0]], 1.0, 1.0)

    def _release(self, offer: int, option: int) -> None:
        for each in self._options[offer] if option < 0 else [option]:
            self._highs.changeColBounds(self._columns[offer, each], 0.0, 1.0)
        if offer in self._rows and option < 0:
            self._highs.changeRowBounds(self._rows[offer], -np.inf, 1.0)

    def _branch(self, x: Array) -> tuple[int, int] | None:
        """The offer most undecided, or the opening; None where all are whole."""
        taken = {offer: sum(x[self._columns[offer, o]] for o in options) for offer, options in self._options.items()}
        offer = min(taken, key=lambda e: (abs(taken[e] - 0.5), e))
        if _WHOLE < taken[offer] < 1 - _WHOLE:
            return offer, -1
        key = min(self._columns, key=lambda k: (abs(x[self._columns[k]] - 0.5), k))
        return key if _WHOLE < x[self._columns[key]] < 1 - _WHOLE else None


def _costs(objective: Any, count: int) -> Array:
    costs = np.zeros(count)
    for variable, coefficient in objective.items():
        costs[variable.index] = coefficient
    return costs
