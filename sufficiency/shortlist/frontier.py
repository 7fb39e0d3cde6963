"""Trade-off front: what the places cost against unmet need against journeys, by bounds on two while the third is least.

For a row of levels of unmet need the cheapest plan is found, then at each the plan with the shortest journeys that costs no more
than a few per cent above it (the epsilon-constraint method: Haimes, Lasdon and Wismer 1971). Every point says how far it is
proven. Cost is that of taking up the bids; fees for children without a place, which fall as it rises, are shown beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sufficiency.shortlist.evaluation import Evaluation
from sufficiency.shortlist.levels import JOURNEYS, PLACES_COST, Held, Level
from sufficiency.shortlist.master import Master
from sufficiency.shortlist.plan import Stops

SHARES = (1.0, 0.9, 0.75, 0.5, 0.25)
"""Shares of the child-years that the plan saves, for each of which the cheapest plan is sought."""
DEARER = 0.05
"""Share of the cost by which the plan with the shortest journeys may be dearer."""
GAP = 0.02
"""Gap asked for, as a share of the cost."""
FAR = 0.05
"""The same of the journeys of children with a place."""
EFFORT = Stops(nodes=100, valued=80)
MOST_SOLVES = {PLACES_COST: 6, JOURNEYS: 0}
"""Solves of each: journeys differ little and take long to prove, so that our own search and the relaxation must do."""

Tell = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Point:
    """A plan on the front."""

    sought: str
    """cheapest, or shortest journeys."""
    most_unmet: float
    """Child-years that it may leave unmet."""
    plan: Evaluation
    gap: float
    """By how much another could be better in what was sought: £, or child-kilometres."""

    @property
    def measures(self) -> tuple[float, float, float]:
        """Cost of taking up the bids in £, unmet child-years, child-kilometres."""
        return self.plan.own_cost, self.plan.unmet_weighed, self.plan.kilometres


def frontier(at_hand: Evaluation, nothing: Evaluation, tell: Tell | None = None) -> tuple[Point, ...]:
    """Plans along the front, from the plan at hand's unmet need towards building nothing; dominated ones left out."""
    from sufficiency.shortlist.decomposed import master_of

    master = master_of(at_hand.problem)
    saved = nothing.unmet_weighed - at_hand.unmet_weighed
    points: list[Point] = []
    start = at_hand
    for number, share in enumerate(SHARES if saved > 0 else ()):
        if tell is not None:
            tell(number, len(SHARES))
        most = nothing.unmet_weighed - share * saved + 1e-6
        cheapest = _least(master, PLACES_COST, Held(unmet=most), start, nothing)
        start = cheapest.plan
        dearer = Held(unmet=most, own_cost=start.own_cost * (1 + DEARER))
        points += [cheapest, _least(master, JOURNEYS, dearer, start, nothing)]
    return tuple(point for point in points if not any(_dominates(other, point) for other in points))


def _least(master: Master, level: Level, held: Held, start: Evaluation, nothing: Evaluation) -> Point:
    """The plan with the least of one amount under the bounds on the others, from a plan that keeps them."""
    from sufficiency.shortlist.decomposed import solve_level

    without = start.problem.prices.kilometres_without * start.unmet_weighed

    def asked(value: float) -> float:
        return GAP * value if level is PLACES_COST else FAR * max(0.0, value - without)

    found = solve_level(start.problem, master, level, held, start, nothing, EFFORT, asked=asked, most_solves=MOST_SOLVES[level])
    sought = "cheapest" if level is PLACES_COST else "shortest journeys"
    return Point(sought, held.unmet or 0.0, found.best, max(0.0, level.of_choice(found.best) - found.bound))


def _dominates(one: Point, other: Point) -> bool:
    """Whether a plan is nowhere worse and somewhere better, beyond rounding."""
    pairs = list(zip(one.measures, other.measures, strict=True))
    return all(a <= b * (1 + 1e-9) for a, b in pairs) and any(a < b * (1 - 1e-6) for a, b in pairs)
