"""Plans that are nearly as good and differ most: modelling to generate alternatives (Brill, Chang and Hopkins 1982).

Each objective may be worse by a share of what the plan saves in it; within that, the number of bids in which a plan differs from
all those before it is made as large as can be. What holds in all of them holds whatever the last per cent decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sufficiency.shortlist.evaluation import Evaluation, evaluate
from sufficiency.shortlist.framing import THOUSAND
from sufficiency.shortlist.master import Amount, Master
from sufficiency.shortlist.plan import Stops

WITHIN = 0.01
"""Share of what the plan saves that an alternative may give up, in each objective."""
HOW_MANY = 3
TRIES = 8
"""Choices valued for one alternative, before the next is given up."""
NODES = 400


@dataclass(frozen=True, eq=False)
class Alternative:
    """A plan nearly as good."""

    plan: Evaluation
    drops: tuple[int, ...]
    """Positions of the plan's bids that it leaves out."""
    adds: tuple[int, ...]


def alternatives(
    at_hand: Evaluation, nothing: Evaluation, *, within: float = WITHIN, how_many: int = HOW_MANY
) -> tuple[Alternative, ...]:
    """Plans within a share of the best that differ most from it and from each other, the most different first."""
    from sufficiency.shortlist.decomposed import master_of

    master = master_of(at_hand.problem)
    for name, most in _worst(at_hand, nothing, within).items():
        master.hold(name, most / THOUSAND if name in ("cost", "all") else most)
    parts = ("pounds",) if at_hand.problem.order == "in pounds" else ("children", "pounds")
    found: list[Evaluation] = []
    for _ in range(how_many):
        other = _farthest(master, [at_hand, *found], nothing, parts, within)
        if other is None or any(dict(other.chosen) == dict(plan.chosen) for plan in (at_hand, *found)):
            break
        found.append(other)
    return tuple(
        Alternative(
            plan,
            tuple(e for e in at_hand.chosen if e not in plan.chosen),
            tuple(e for e in plan.chosen if e not in at_hand.chosen),
        )
        for plan in found
    )


def _worst(at_hand: Evaluation, nothing: Evaluation, within: float) -> dict[str, float]:
    """The most that an alternative may have of each amount, in the units of places, child-years and £."""

    def most(of_plan: float, of_nothing: float) -> float:
        return of_plan + within * max(0.0, of_nothing - of_plan)

    if at_hand.problem.order == "in pounds":
        return {"all": most(at_hand.pounds, nothing.pounds)}
    return {
        "shortfall": most(at_hand.shortfall, nothing.shortfall),
        "children": most(at_hand.unmet_weighed, nothing.unmet_weighed),
        "cost": most(at_hand.cost_weighed, nothing.cost_weighed),
    }


def _values(plan: Evaluation) -> dict[str, float]:
    return {"all": plan.pounds} if plan.problem.order == "in pounds" else {
        "shortfall": plan.shortfall, "children": plan.unmet_weighed, "cost": plan.cost_weighed
    }  # fmt: skip


def _farthest(
    master: Master, plans: Sequence[Evaluation], nothing: Evaluation, parts: Sequence[str], within: float
) -> Evaluation | None:
    """The plan that differs in most bids from all of ``plans`` together, as far as a few nodes find it."""
    from sufficiency.shortlist.decomposed import chosen_of, whole_choice

    at_hand = plans[0]
    amount = distance(master, [plan.chosen for plan in plans])
    most = _worst(at_hand, nothing, within)
    for plan in plans:
        master.add_planes(_z(master, plan.chosen), parts)
    master.relax(amount, parts)
    for _ in range(TRIES):
        z, _, _ = whole_choice(master, 0.5, Stops(nodes=NODES), at_hand, floor=-np.inf)
        if z is None:
            return None
        found = evaluate(at_hand.problem, chosen_of(master, z))
        if found.kept and all(value <= most[name] * (1 + 1e-9) + 1e-6 for name, value in _values(found).items()):
            return found
        master.add_planes(z, parts)
    return None


def _z(master: Master, chosen: Mapping[int, int]) -> np.ndarray:
    from sufficiency.shortlist.decomposed import z_of

    return z_of(master, chosen)


def distance(master: Master, choices: Sequence[Mapping[int, int]]) -> Amount:
    """Number of bids shared with the ``choices`` less those added to them, summed: the less, the more different."""
    costs = np.zeros(master.highs.getNumCol())
    for column, way in zip(master.z.tolist(), master.program.ways, strict=True):
        costs[column] = sum(1.0 if way.offer in chosen else -1.0 for chosen in choices)
    return Amount(costs, ())
