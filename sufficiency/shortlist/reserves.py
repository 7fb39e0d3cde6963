"""Reserves: whom to turn to where a chosen bid falls through, in what order, and what that is worth.

Every chosen bid with stages ahead may fall through; what then fits and helps most steps in. Bids are reserves in the order of the
places they are expected to bring that way. How many places open with reserves is drawn: each chosen bid survives or not, then
reserves are taken up in order as long as every limit is kept, and survive or not themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sufficiency.shortlist.evaluation import Evaluation
from sufficiency.shortlist.repair import Repairs

DRAWS = 400


@dataclass(frozen=True)
class Reserve:
    """A bid to turn to."""

    eoi: str
    stands_in_for: tuple[str, ...]
    """Chosen bids in whose place it would come."""
    places_bid: int
    places_expected: float
    """Places of its own expected to open once it is taken up."""
    worth: float
    """Places it is expected to bring as a reserve: chance that it is called upon x its places expected."""


@dataclass(frozen=True)
class Reserves:
    """The reserve list in order, and what it does."""

    order: tuple[Reserve, ...]
    expected_without: float
    """Places of the plan expected to open."""
    expected_with: float
    """The same with the reserves taken up in order, mean over draws."""
    half_width: float
    """Half of the 95 % interval of what the reserves add (over draws, paired)."""


def reserves(at_hand: Evaluation, next_best: Mapping[str, Sequence[str]], seed: int) -> Reserves:
    """The reserve list of a plan; ``next_best`` gives for each chosen bid the bids that would come in its place."""
    problem = at_hand.problem
    called: dict[int, list[int]] = {}
    for id, others in next_best.items():
        position = problem.ids[id]
        if problem.candidates[position].chance < 1:
            for other in others:
                called.setdefault(problem.ids[other], []).append(position)
    order = []
    for e, positions in called.items():
        candidate = problem.candidates[e]
        chance = 1.0 - float(np.prod([problem.candidates[p].chance for p in positions]))
        names = tuple(problem.candidates[p].eoi.id for p in positions)
        expected = candidate.expected_at(0)
        order.append(Reserve(candidate.eoi.id, names, candidate.places_at(0), expected, chance * expected))
    order.sort(key=lambda reserve: (-reserve.worth, reserve.eoi))
    added = _drawn(at_hand, [problem.ids[reserve.eoi] for reserve in order], seed)
    half = 1.96 * float(added.std(ddof=1)) / float(np.sqrt(len(added)))
    without = at_hand.places_expected
    return Reserves(tuple(order), without, without + float(added.mean()), half)


def _drawn(at_hand: Evaluation, order: Sequence[int], seed: int) -> np.ndarray:
    """Places that reserves bring in each draw, shape (draws,)."""
    problem, limits = at_hand.problem, Repairs(at_hand).limits
    draws = np.random.default_rng(seed)
    added = np.zeros(DRAWS)
    for n in range(DRAWS):
        lives = {e: draws.random() < problem.candidates[e].chance for e in (*at_hand.chosen, *order)}
        standing = {e: o for e, o in at_hand.chosen.items() if lives[e]}
        over = limits.over(standing)
        for e in order:
            for o in range(len(problem.candidates[e].openings)):
                use = limits.use[:, limits.way[e, o]]
                # A reserve may not break a limit, nor make worse one that falling through has broken.
                if ((over + use <= 0) | (use <= 0)).all():
                    if lives[e]:
                        over = over + use
                        added[n] += problem.candidates[e].places_at(o)
                    break
    return added
