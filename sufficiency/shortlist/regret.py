"""For every bid: what forcing it in or out would lose, as an interval that is proven on both sides.

The lower end is a bound on every plan with the bid forced (:mod:`bounds`), the upper end a plan that does it (:mod:`repair`),
both less the plan at hand. The objectives decide in their order: the commitment's shortfall, unmet need, cost, or all in pounds.
So "core" and "exterior" are certain even where a gap is left: no plan without (with) the bid is as good as the plan at hand,
within the tolerances of the solution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sufficiency.shortlist.evaluation import Evaluation, evaluate
from sufficiency.shortlist.levels import COMMITMENT, COST, POUNDS, UNMET, Held, Level, held_before, levels_of
from sufficiency.shortlist.plan import ShortlistPlan, Stops
from sufficiency.shortlist.problem import ShortlistProblem
from sufficiency.shortlist.repair import Repairs

CORE, BORDERLINE, EXTERIOR, SCREENED = "core", "borderline", "exterior", "screened out"
NODES = {COMMITMENT: 20, UNMET: 12, COST: 6, POUNDS: 16}
"""Nodes of branch and bound for each bid, by objective."""

Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Interval:
    """From a proven bound to a plan that is known; ``high`` is None where no such plan is known."""

    low: float
    high: float | None


NOTHING = Interval(0.0, 0.0)


@dataclass(frozen=True)
class Regret:
    """What forcing a bid against the plan at hand would lose: in if it was left out, out if it was chosen."""

    eoi: str
    chosen: bool
    standing: str
    """core, borderline or exterior; screened out where it cannot be chosen at all."""
    decided_by: str
    """The objective in which every plan with the bid forced is provably worse; empty where none is."""
    places: Interval | None
    """Of the commitment's shortfall; None where all is weighed in pounds."""
    child_years: Interval | None
    """Of unmet need, the shortfall as in the plan; None where the shortfall cannot stay as it is."""
    cost: Interval | None
    """£, the other two as in the plan; None where they cannot stay as they are."""
    pounds: Interval | None
    """Unmet need at the scenario's price of a child-year, or cost where unmet need can stay as it is; all in one where all is
    weighed in pounds."""
    drops: tuple[str, ...] = ()
    """Bids that the known plan with this one forced leaves out besides."""
    adds: tuple[str, ...] = ()
    """Bids that it takes up instead: the next best where a chosen one falls through."""
    binds: tuple[str, ...] = ()
    """Families of limits that keep a bid left out from being added to the plan as it is, at any size and opening."""


def regrets(
    problem: ShortlistProblem, plan: ShortlistPlan, stops: Stops | None = None, tell: Tell | None = None
) -> tuple[Regret, ...]:
    """A regret for each bid, candidates first, then those screened out."""
    if not problem.candidates:
        return _screened(problem)
    return Questions(problem, plan, stops or Stops()).regrets(tell)


def _screened(problem: ShortlistProblem) -> tuple[Regret, ...]:
    return tuple(Regret(bid.eoi.id, False, SCREENED, "", NOTHING, None, None, None) for bid in problem.screened)


class Questions:
    """What can be asked of a plan: bounds and plans with bids forced."""

    def __init__(self, problem: ShortlistProblem, plan: ShortlistPlan, stops: Stops) -> None:
        from sufficiency.shortlist.bounds import Bounds
        from sufficiency.shortlist.decomposed import hold, master_of, z_of

        self.problem = problem
        self.at_hand = at_hand = evaluate(problem, chosen_in(problem, plan))
        self.nothing = evaluate(problem, {})
        reached = {stage.name: stage.value for stage in plan.stages}
        self.held: dict[Level, Held] = {
            level: held_before(level, reached, self.nothing, stops) for level in (COMMITMENT, UNMET, COST, POUNDS)
        }
        self.master = master_of(problem)
        self.master.add_planes(z_of(self.master, at_hand.chosen), ("children", "pounds"))
        for level in levels_of(problem):
            self.master.relax(self.master.amounts[level.amount], hold(self.master, self.held[level]))
        self._bounds = Bounds(self.master)
        self.repairs = Repairs(at_hand)

    def least(self, level: Level, decided: tuple[tuple[int, int, bool], ...], enough: float = np.inf) -> float:
        """A bound on a level's objective under decisions (offer, option or -1, taken up), in the unit of the level."""
        from sufficiency.shortlist.decomposed import hold

        also = hold(self.master, self.held[level])
        amount = self.master.amounts[level.amount]
        return self._bounds.least(amount, also, decided, NODES[level], enough / level.scale) * level.scale

    def regrets(self, tell: Tell | None = None) -> tuple[Regret, ...]:
        """A regret for each bid, candidates first, then those screened out."""
        found = []
        for number, candidate in enumerate(self.problem.candidates):
            if tell is not None:
                tell(number, len(self.problem.candidates))
            found.append(self.regret(candidate.position))
        return (*found, *_screened(self.problem))

    def placement_proven(self) -> float:
        """By how much the placement of children under the plan fails to prove itself least in cost, as a share."""
        from sufficiency.shortlist.placing import placing_of

        placing, capacity = placing_of(self.problem), self.problem.capacities(self.at_hand.chosen)
        return placing.optimality_gap(placing(capacity, detail=True), capacity)

    def regret(self, position: int) -> Regret:
        """What forcing a bid against the plan would lose."""
        chosen = position in self.at_hand.chosen
        other = None if position in self.problem.forced_in else self.repairs.forced(position, not chosen)
        weigh = self._in_pounds if self.problem.order == "in pounds" else self._in_turn
        decided, places, years, cost, pounds = weigh(position, not chosen, other)
        standing = (CORE if chosen else EXTERIOR) if decided else BORDERLINE
        id = self.problem.candidates[position].eoi.id
        drops, adds = _differences(self.at_hand, other, position)
        binds = () if chosen else self._binds(position)
        return Regret(id, chosen, standing, decided, places, years, cost, pounds, drops, adds, binds)

    def _in_turn(self, position: int, taken: bool, other: Evaluation | None) -> _Weighed:
        at_hand, decisions = self.at_hand, ((position, -1, taken),)
        keeps_places = other is not None and self.held[UNMET].kept_by(other)
        keeps_years = other is not None and self.held[COST].kept_by(other)
        unmet = at_hand.unmet_weighed
        least = self.least(UNMET, decisions, other.unmet_weighed if other is not None and keeps_places else np.inf)
        lost = max(0.0, other.shortfall - at_hand.shortfall) if other is not None else None
        if np.isinf(least):
            low = self.least(COMMITMENT, decisions)
            return COMMITMENT.name, Interval(max(0.0, low - at_hand.shortfall), lost), None, None, None
        places = Interval(0.0, lost)
        high = max(0.0, other.unmet_weighed - unmet) if other is not None and keeps_places else None
        years = Interval(max(0.0, least - unmet), high)
        price = self.problem.unmet_child_year
        pounds = Interval(years.low * price, None if high is None else high * price)
        if least > (self.held[COST].unmet or 0.0):
            return UNMET.name, places, years, None, pounds
        low = self.least(COST, decisions, other.cost_weighed if other is not None and keeps_years else np.inf)
        if np.isinf(low):
            return UNMET.name, places, years, None, pounds
        spent = at_hand.cost_weighed
        dearer = max(0.0, other.cost_weighed - spent) if other is not None and keeps_years else None
        cost = Interval(max(0.0, low - spent), dearer)
        return COST.name if low > spent + 1.0 else "", places, years, cost, cost

    def _in_pounds(self, position: int, taken: bool, other: Evaluation | None) -> _Weighed:
        at_hand = self.at_hand.pounds
        high = None if other is None else max(0.0, other.pounds - at_hand)
        low = self.least(POUNDS, ((position, -1, taken),), np.inf if other is None else other.pounds)
        if np.isinf(low):
            return POUNDS.name, None, None, None, None
        pounds = Interval(max(0.0, low - at_hand), high)
        return POUNDS.name if low > at_hand + 1.0 else "", None, None, None, pounds

    def _binds(self, position: int) -> tuple[str, ...]:
        """Families of limits that each way of adding the bid to the plan would break; none where one way fits."""
        limits, program = self.repairs.limits, self.master.program
        over = limits.over(self.at_hand.chosen)
        families = [row.family for row in program.rows for _ in range(2 if row.sense == "=" else 1)]
        found: dict[str, None] = {}
        for j in np.flatnonzero(limits.offers == position).tolist():
            broken = np.flatnonzero(limits.use[:, j] + over > 0).tolist()
            if not broken:
                return ()
            found |= dict.fromkeys(families[row] for row in broken)
        return tuple(found)


_Weighed = tuple[str, Interval | None, Interval | None, Interval | None, Interval | None]
"""The deciding objective; regret in places, child-years, cost, and £."""


def chosen_in(problem: ShortlistProblem, plan: ShortlistPlan) -> dict[int, int]:
    """A plan as opening by position of the candidate."""
    found = {}
    for bid in plan.chosen:
        candidate = problem.candidates[problem.ids[bid.eoi]]
        found[candidate.position] = next(
            o
            for o, opening in enumerate(candidate.openings)
            if (opening.day, candidate.places_at(o)) == (bid.opens, bid.places_bid)
        )
    return found


def _differences(at_hand: Evaluation, other: Evaluation | None, position: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if other is None:
        return (), ()
    ids = [candidate.eoi.id for candidate in at_hand.problem.candidates]
    drops = tuple(ids[e] for e in at_hand.chosen if e not in other.chosen and e != position)
    adds = tuple(ids[e] for e in other.chosen if e not in at_hand.chosen and e != position)
    return drops, adds
