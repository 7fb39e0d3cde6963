"""Plans with a bid forced in or out, by hand as it were: what must give way is dropped, what then fits is added.

They are plans that keep every limit, so that what they reach is known to be possible; a better one may exist.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sufficiency.shortlist.evaluation import Evaluation, evaluate
from sufficiency.shortlist.framing import program_of
from sufficiency.shortlist.moves import LimitMatrix
from sufficiency.shortlist.problem import Candidate

_PLACES, _YEARS = 1e-6, 1e-3
"""Gains smaller than these are rounding."""
MOST_TRIED = 6
"""Bids tried at each step, in the order of their worth for the money: the second stage is evaluated for each."""


class Repairs:
    """Changes to one plan."""

    def __init__(self, at_hand: Evaluation) -> None:
        self._at_hand = at_hand
        self._problem = at_hand.problem
        self.limits = LimitMatrix(program_of(self._problem))

    def forced(self, position: int, taken: bool) -> Evaluation | None:
        """The plan changed as little as is needed to take the bid up (or not), then filled up; None where nothing fits."""
        if not taken:
            return self.changed({}, {position})
        tries = _tries(self._problem.candidates[position])
        found = [plan for o in tries if (plan := self.changed({position: o}, set())) is not None]
        return min(found, key=worth, default=None)

    def changed(self, into: Mapping[int, int], out: Collection[int]) -> Evaluation | None:
        """The plan with the bids of ``into`` at their opening and without those of ``out``, others dropped one by one, the least
        missed first, until every limit is kept, and then filled up; None where nothing fits."""
        rest = {e: o for e, o in self._at_hand.chosen.items() if e not in into and e not in out}
        chosen, near = self._with_required({**rest, **into}), self._at_hand
        fixed = {*into, *self._problem.forced_in}
        while (over := self.limits.over(chosen) > 0).any():
            helpful = [
                e for e, o in chosen.items() if e not in fixed and (self.limits.use[over, self.limits.way[e, o]] > 0).any()
            ]
            if not helpful:
                break  # perhaps something must be added: a least number, or places in an area
            helpful.sort(key=lambda e: (*self._places(e, chosen[e]), e))
            tried = [evaluate(self._problem, _without(chosen, e), near=near) for e in helpful[:MOST_TRIED]]
            near = min(tried, key=worth)
            chosen = dict(near.chosen)
        plan = self.filled(evaluate(self._problem, chosen, near=near), barred=out)
        return plan if plan.kept else None

    def _with_required(self, chosen: dict[int, int]) -> dict[int, int]:
        """The choice with the bids that those in it require, at their earliest."""
        waiting = list(chosen)
        while waiting:
            for other in self._problem.candidates[waiting.pop()].eoi.requires:
                position = self._problem.ids.get(other)
                if position is not None and position not in chosen:
                    chosen[position] = 0
                    waiting.append(position)
        return chosen

    def filled(self, plan: Evaluation, barred: Collection[int]) -> Evaluation:
        """Add what fits and helps most, until nothing does; those ``barred`` stay out."""
        while True:
            room = self.limits.fitting(self.limits.over(plan.chosen))
            fits: dict[int, int] = {}
            for (e, o), j in self.limits.way.items():
                if room[j] and e not in plan.chosen and e not in barred and e not in fits:
                    fits[e] = o  # the earliest opening that fits
            first = sorted(fits.items(), key=lambda at: (*(-x for x in self._places(*at)), at))
            tried = [evaluate(self._problem, {**plan.chosen, e: o}, near=plan) for e, o in first[: 2 * MOST_TRIED]]
            better = min(tried, key=worth, default=None)
            if better is None or not _gains(plan, better):
                return plan
            plan = better

    def _places(self, position: int, opening: int) -> tuple[float, float]:
        candidate = self._problem.candidates[position]
        return candidate.expected_by(opening), candidate.expected_at(opening)


def _tries(candidate: Candidate) -> list[int]:
    """The first two openings of the bid itself, and the first of each other size."""
    first = {opening.size: o for o, opening in reversed(list(enumerate(candidate.openings)))}
    return sorted({*first.values(), *(o for o in (1,) if o < len(candidate.openings))})


def _without(chosen: Mapping[int, int], position: int) -> dict[int, int]:
    return {e: o for e, o in chosen.items() if e != position}


def worth(plan: Evaluation) -> tuple[float, ...]:
    """What a plan is judged by while many are tried, the less the better; journeys are left out of the money."""
    problem = plan.problem
    if problem.order == "in turn":
        return round(plan.shortfall, 6), round(plan.unmet_weighed, 4), plan.own_cost
    per_year = problem.prices.alternative * float(problem.prices.discount.mean())
    return (plan.own_cost + per_year * plan.unmet_weighed + problem.commitment.price * plan.shortfall,)


def _gains(before: Evaluation, after: Evaluation) -> bool:
    if before.problem.order != "in turn":
        return worth(after)[0] < worth(before)[0] - 1.0
    return before.shortfall - after.shortfall > _PLACES or before.unmet_weighed - after.unmet_weighed > _YEARS
