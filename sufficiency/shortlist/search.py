"""A good plan before the solver begins: rounding of the relaxation, then swaps, screened by what places are worth.

The value of places is concave. So the prices of the second stage at a plan bound from above what a bid added can gain, and from
below what a bid dropped must lose: a swap whose bound is no gain is never tried. What is tried is valued from the data, and only
plans that keep every limit are. The search stops after a number of plans valued, never after a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.shortlist.evaluation import Evaluation, evaluate
from sufficiency.shortlist.framing import THOUSAND
from sufficiency.shortlist.levels import PLACES_COST, POUNDS, Held, Level
from sufficiency.shortlist.master import Master
from sufficiency.shortlist.moves import LimitMatrix
from sufficiency.shortlist.problem import ShortlistProblem

Array = NDArray[np.float64]
Move = tuple[int, int]
"""Way dropped (-1: none) and way added (-1: none)."""
MOST_MENDED = 4
"""Bids added to a plan to keep what is held."""
MOST_TRIED = 12
"""Moves valued at each plan before the search gives up."""


@dataclass
class _Budget:
    left: int


class Search:
    """Looks for better plans in one level of one problem, the earlier levels held."""

    def __init__(self, problem: ShortlistProblem, level: Level, held: Held, master: Master) -> None:
        self.problem, self.level, self.held = problem, level, held
        self._master = master
        self.limits = LimitMatrix(master.program, held.shortfall, None if held.own_cost is None else held.own_cost / THOUSAND)
        self._own = master.amounts[level.amount].costs[master.z]

    def better(self, start: Evaluation, valued: int, leaning: Array | None = None) -> Evaluation:
        """The best plan found from ``start`` or, where it is better, from the rounding of the relaxation's ``leaning`` (its z).

        At most so many plans are ``valued``.
        """
        rounded = None if leaning is None else self._rounded(leaning)
        first = start if rounded is None else min(start, rounded, key=self.level.of_choice)
        return self._climb(first, _Budget(valued))

    def _rounded(self, leaning: Array) -> Evaluation | None:
        """Offers in the order in which the relaxation leans to them, as long as they fit; None where a limit is not kept.

        Where every bid makes the objective worse, no more than what is held needs.
        """
        chosen = self._forced(leaning)
        found = evaluate(self.problem, chosen)
        for j in np.argsort(-leaning, kind="stable").tolist():
            e, o = self.limits.keys[j]
            if self.level is PLACES_COST and leaning[j] < 0.5 and self.held.kept_by(found):
                break
            if leaning[j] > 1e-6 and e not in chosen and (self.limits.over({**chosen, e: o}) <= 0).all():
                chosen[e] = o
                found = evaluate(self.problem, chosen, near=found) if self.level is PLACES_COST else found
        if (self.limits.over(chosen) > 0).any():
            return None
        found = evaluate(self.problem, chosen)
        return found if self.held.kept_by(found) else None

    def mended(self, plan: Evaluation) -> Evaluation:
        """The plan with bids added that lessen unmet need, the most for their cost first, until what is held of it is kept."""
        for _ in range(MOST_MENDED):
            if self.held.unmet is None or self.held.kept_by(plan):
                break
            saved = self._saved(plan, "children")
            cost = np.array([way.cost for way in self._master.program.ways])
            free = (
                self.limits.fitting(self.limits.over(plan.chosen)) & ~np.isin(self.limits.offers, list(plan.chosen)) & (saved > 0)
            )
            if not free.any():
                break
            j = int(np.where(free, saved / np.maximum(cost, 1e-6), -np.inf).argmax())
            e, o = self.limits.keys[j]
            plan = evaluate(self.problem, {**plan.chosen, e: o}, near=plan)
        return plan

    def _forced(self, leaning: Array) -> dict[int, int]:
        """The openings to which the relaxation leans most of the bids that must be chosen."""
        found = {}
        for e in self.problem.forced_in:
            options = range(len(self.problem.candidates[e].openings))
            found[e] = max(options, key=lambda o: float(leaning[self.limits.way[e, o]]))
        return found

    def _climb(self, plan: Evaluation, budget: _Budget) -> Evaluation:
        """The best of the moves tried, again and again, until none helps."""
        value = self.level.of_choice(plan)
        while budget.left > 0:
            step = None
            for move in self._moves(plan)[:MOST_TRIED]:
                budget.left -= 1
                tried = evaluate(self.problem, self._after(plan, move), near=plan)
                reached = self.level.of_choice(tried)
                if reached < value - 1e-7 * max(1.0, abs(value)) and self.held.kept_by(tried):
                    step, value = tried, reached
                    break
                if budget.left <= 0:
                    break
            if step is None:
                return plan
            plan = step
        return plan

    def _after(self, plan: Evaluation, move: Move) -> dict[int, int]:
        dropped, added = move
        chosen = dict(plan.chosen)
        if dropped >= 0:
            del chosen[int(self.limits.offers[dropped])]
        if added >= 0:
            e, o = self.limits.keys[added]
            chosen[e] = o
        return chosen

    def _moves(self, plan: Evaluation) -> list[Move]:
        """Moves that keep the limits and may gain, the most promising first."""
        gain = self._most_gained(plan)
        over = self.limits.over(plan.chosen)
        inside = [self.limits.way[e, o] for e, o in plan.chosen.items()]
        free = np.ones(len(gain), dtype=np.bool_)
        free[np.isin(self.limits.offers, list(plan.chosen))] = False
        found: list[tuple[float, int, int]] = []
        for dropped in (-1, *inside):
            room = over if dropped < 0 else over - self.limits.use[:, dropped]
            open_to = free if dropped < 0 else free | (self.limits.offers == self.limits.offers[dropped])
            fits = self.limits.fitting(room) & open_to
            lost = 0.0 if dropped < 0 else float(gain[dropped])
            if dropped >= 0:
                fits[dropped] = False
                if (room <= 0).all() and -lost > 0:
                    found.append((-lost, dropped, -1))
            ways = np.flatnonzero(fits & (gain - lost > 1e-9))
            found += [(float(gain[j]) - lost, dropped, int(j)) for j in ways]
        found.sort(key=lambda each: (-each[0], each[1], each[2]))
        return [(dropped, added) for _, dropped, added in found]

    def _most_gained(self, plan: Evaluation) -> Array:
        """At most what adding each way gains (at least what dropping it loses), in the unit of the model, shape (ways,)."""
        gain = -self._own
        for name in self._master.amounts[self.level.amount].parts:
            gain = gain + self._saved(plan, name)
        if self.level is POUNDS and plan.shortfall > 0:
            by_day = np.array([self.problem.candidates[e].expected_by(o) for e, o in self.limits.keys])
            gain = gain + by_day * self.problem.commitment.price / self.level.scale
        return gain

    def _saved(self, plan: Evaluation, name: str) -> Array:
        """At most what adding each way saves in a second stage, shape (ways,)."""
        z = np.zeros(len(self.limits.keys))
        for e, o in plan.chosen.items():
            z[self.limits.way[e, o]] = 1.0
        part = self._master.parts[name]
        plane = part.at(z)
        saved: Array = -np.einsum("b,btj->j", self._master.pressure(plane.value.sum(axis=1)), plane.slope(part.given))
        return saved
