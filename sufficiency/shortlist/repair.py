"""Plans with a bid forced in or out, by hand as it were: what must give way is dropped, what then fits is added.

They are plans that keep every limit, so that what they reach is known to be possible; a better one may exist.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sufficiency.shortlist.evaluation import Evaluation, evaluate
from sufficiency.shortlist.framing import program_of
from sufficiency.shortlist.problem import Candidate

Array = NDArray[np.float64]

_PLACES, _YEARS = 1e-6, 1e-3
"""Gains smaller than these are rounding."""
MOST_TRIED = 6
"""Bids tried at each step, in the order of their worth for the money: the second stage is evaluated for each."""


class Repairs:
    """Changes to one plan; the limits are held as a matrix, because thousands of small changes are tried."""

    def __init__(self, at_hand: Evaluation) -> None:
        self._at_hand = at_hand
        self._problem = at_hand.problem
        program = program_of(self._problem)
        self._way = program.by_key
        self._use = np.zeros((len(program.rows), len(program.ways)))
        self._most = np.empty(len(program.rows))
        for r, row in enumerate(program.rows):
            sign = -1.0 if row.sense == ">=" else 1.0
            for j, coefficient in row.terms:
                self._use[r, j] = sign * coefficient
            self._most[r] = sign * row.bound
        self._most += 1e-7 * np.maximum(1.0, np.abs(self._most))

    def forced(self, position: int, taken: bool) -> Evaluation | None:
        """The plan changed as little as is needed to take the bid up (or not), then filled up; None where nothing fits."""
        if not taken:
            rest = {e: o for e, o in self._at_hand.chosen.items() if e != position}
            found = [self._fill(evaluate(self._problem, rest, near=self._at_hand), barred=position)]
        else:
            openings = _tries(self._problem.candidates[position])
            found = [plan for o in openings if (plan := self._with(position, o)) is not None]
        return min((plan for plan in found if plan.kept), key=_worth, default=None)

    def _with(self, position: int, opening: int) -> Evaluation | None:
        """The plan with the bid, others dropped one by one, the least missed first, until every limit is kept."""
        chosen, near = {**self._at_hand.chosen, position: opening}, self._at_hand
        while (over := self._over(chosen) > 0).any():
            helpful = [
                e
                for e, o in chosen.items()
                if e != position and e not in self._problem.forced_in and (self._use[over, self._way[e, o]] > 0).any()
            ]
            if not helpful:
                return None
            helpful.sort(key=lambda e: (*self._places(e, chosen[e]), e))
            tried = [evaluate(self._problem, _without(chosen, e), near=near) for e in helpful[:MOST_TRIED]]
            near = min(tried, key=_worth)
            chosen = dict(near.chosen)
        return self._fill(evaluate(self._problem, chosen, near=near), barred=-1)

    def _fill(self, plan: Evaluation, barred: int) -> Evaluation:
        """Add what fits and helps most, until nothing does."""
        while True:
            room = -self._over(plan.chosen)
            fits: dict[int, int] = {}
            for (e, o), j in self._way.items():
                if e not in plan.chosen and e != barred and e not in fits and (self._use[:, j] <= room).all():
                    fits[e] = o  # the earliest opening that fits
            first = sorted(fits.items(), key=lambda at: (*(-x for x in self._places(*at)), at))
            tried = [evaluate(self._problem, {**plan.chosen, e: o}, near=plan) for e, o in first[: 2 * MOST_TRIED]]
            better = min(tried, key=_worth, default=None)
            if better is None or not _gains(plan, better):
                return plan
            plan = better

    def _over(self, chosen: Mapping[int, int]) -> Array:
        """What a choice uses of each limit above what is allowed."""
        used = self._use[:, [self._way[e, o] for e, o in chosen.items()]].sum(axis=1)
        over: Array = used - self._most
        return over

    def _places(self, position: int, opening: int) -> tuple[float, float]:
        candidate = self._problem.candidates[position]
        return candidate.expected_by(opening), candidate.expected_at(opening)


def _tries(candidate: Candidate) -> list[int]:
    """The first two openings of the bid itself, and the first of each other size."""
    first = {opening.size: o for o, opening in reversed(list(enumerate(candidate.openings)))}
    return sorted({*first.values(), *(o for o in (1,) if o < len(candidate.openings))})


def _without(chosen: Mapping[int, int], position: int) -> dict[int, int]:
    return {e: o for e, o in chosen.items() if e != position}


def _worth(evaluation: Evaluation) -> tuple[float, float, float]:
    return round(evaluation.shortfall, 6), round(evaluation.unmet, 4), evaluation.cost


def _gains(before: Evaluation, after: Evaluation) -> bool:
    return before.shortfall - after.shortfall > _PLACES or before.unmet - after.unmet > _YEARS
