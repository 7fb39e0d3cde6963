"""For every bid: what forcing it in or out would lose, as an interval that is proven on both sides.

The lower end is a bound on every plan with the bid forced (:mod:`bounds`), the upper end a plan that does it (:mod:`repair`),
both less the plan at hand. The three objectives decide in their order: the commitment's shortfall, unmet need, cost. So "core"
and "exterior" are certain even where a gap is left: no plan without (with) the bid is as good as the plan at hand, within the
tolerances of the solution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sufficiency.shortlist.evaluation import Evaluation, evaluate
from sufficiency.shortlist.framing import THOUSAND, program_of
from sufficiency.shortlist.plan import ShortlistPlan, Stops
from sufficiency.shortlist.problem import ShortlistProblem
from sufficiency.shortlist.repair import Repairs

CORE, BORDERLINE, EXTERIOR, SCREENED = "core", "borderline", "exterior", "screened out"
NODES = (20, 16, 4)
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
    places: Interval
    """Of the commitment's shortfall."""
    child_years: Interval | None
    """Of unmet need, the shortfall as in the plan; None where the shortfall cannot stay as it is."""
    cost: Interval | None
    """£, the other two as in the plan; None where they cannot stay as they are."""
    pounds: Interval | None
    """Unmet need at the scenario's price of a child-year, or cost where unmet need can stay as it is."""
    drops: tuple[str, ...]
    """Bids that the known plan with this one forced leaves out besides."""
    adds: tuple[str, ...]
    """Bids that it takes up instead."""


def regrets(
    problem: ShortlistProblem, plan: ShortlistPlan, stops: Stops | None = None, tell: Tell | None = None
) -> tuple[Regret, ...]:
    """A regret for each bid, candidates first, then those screened out."""
    stops = stops or Stops()
    screened = tuple(Regret(bid.eoi.id, False, SCREENED, "", NOTHING, None, None, None, (), ()) for bid in problem.screened)
    if not problem.candidates:
        return screened
    at_hand = evaluate(problem, chosen_in(problem, plan))
    levels, repairs = _Levels(problem, at_hand, stops), Repairs(at_hand)
    found = []
    for number, candidate in enumerate(problem.candidates):
        if tell is not None:
            tell(number, len(problem.candidates))
        found.append(_regret(levels, repairs, at_hand, candidate.position))
    return (*found, *screened)


def chosen_in(problem: ShortlistProblem, plan: ShortlistPlan) -> dict[int, int]:
    """A plan as opening by position of the candidate."""
    at = {candidate.eoi.id: candidate for candidate in problem.candidates}
    found = {}
    for bid in plan.chosen:
        candidate = at[bid.eoi]
        found[candidate.position] = next(
            o
            for o, opening in enumerate(candidate.openings)
            if opening.day == bid.opens and candidate.places_at(o) == bid.places_bid
        )
    return found


class _Levels:
    """The three objectives one above the other, each with the earlier ones held as in the plan at hand."""

    def __init__(self, problem: ShortlistProblem, at_hand: Evaluation, stops: Stops) -> None:
        from sufficiency.shortlist import formulation
        from sufficiency.shortlist.bounds import Bounds

        program = program_of(problem)
        beyond = float(problem.weights @ problem.out_of_reach.sum(axis=1))
        self.most_shortfall = at_hand.shortfall + stops.shortfall_tolerance
        self.most_unmet = at_hand.unmet * (1 + stops.unmet_tolerance) + 1e-6
        self.of: list[Any] = []
        for level in range(3):
            model = formulation.build(program)
            objectives = [formulation.shortfall_of(model), formulation.unmet_of(model, beyond), formulation.cost_of(model)]
            bounds = Bounds(model, objectives)
            if level > 0:
                bounds.hold(0, self.most_shortfall)
            if level > 1:
                bounds.hold(1, self.most_unmet)
            self.of.append(bounds)

    def least(self, level: int, position: int, taken: bool, enough: float = np.inf) -> float:
        """A bound on the level's objective: places, child-years, £."""
        scale = THOUSAND if level == 2 else 1.0
        return float(self.of[level].least(level, {position: taken}, NODES[level], enough / scale) * scale)


def _regret(levels: _Levels, repairs: Repairs, at_hand: Evaluation, position: int) -> Regret:
    problem = at_hand.problem
    id, chosen = problem.candidates[position].eoi.id, position in at_hand.chosen
    other = repairs.forced(position, not chosen) if position not in problem.forced_in else None
    keeps_places = other is not None and other.shortfall <= levels.most_shortfall
    keeps_years = keeps_places and other is not None and other.unmet <= levels.most_unmet
    decided, years, cost, pounds = "", None, None, None
    least = levels.least(1, position, not chosen, enough=other.unmet if other is not None and keeps_places else np.inf)
    if np.isinf(least):
        decided = "commitment"
        low = levels.least(0, position, not chosen)
        places = Interval(max(0.0, low - at_hand.shortfall), other.shortfall - at_hand.shortfall if other else None)
    else:
        places = Interval(0.0, max(0.0, other.shortfall - at_hand.shortfall) if other else None)
        high = max(0.0, other.unmet - at_hand.unmet) if other is not None and keeps_places else None
        years = Interval(max(0.0, least - at_hand.unmet), high)
        price = problem.unmet_child_year
        pounds = Interval(years.low * price, None if high is None else high * price)
        if least > levels.most_unmet:
            decided = "unmet need"
        else:
            low = levels.least(2, position, not chosen, enough=other.cost if other is not None and keeps_years else np.inf)
            if np.isinf(low):
                decided = "unmet need"
            else:
                decided = "cost" if low > at_hand.cost + 1.0 else ""
                dearer = max(0.0, other.cost - at_hand.cost) if other is not None and keeps_years else None
                cost = pounds = Interval(max(0.0, low - at_hand.cost), dearer)
    standing = (CORE if chosen else EXTERIOR) if decided else BORDERLINE
    drops, adds = _differences(at_hand, other, position)
    return Regret(id, chosen, standing, decided, places, years, cost, pounds, drops, adds)


def _differences(at_hand: Evaluation, other: Evaluation | None, position: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if other is None:
        return (), ()
    ids = [candidate.eoi.id for candidate in at_hand.problem.candidates]
    drops = tuple(ids[e] for e in at_hand.chosen if e not in other.chosen and e != position)
    adds = tuple(ids[e] for e in other.chosen if e not in at_hand.chosen and e != position)
    return drops, adds
