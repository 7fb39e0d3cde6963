"""How often a bid is in good plans: over single futures, over ranges of the weights, and over plans nearly as good.

The core index of a bid is the mean of the three shares (core index of project portfolios: Liesio, Mild and Salo 2007, here over
samples): 1 is in every plan, 0 in none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist.problem import ShortlistProblem
from sufficiency.shortlist.solve import Progress

Choice = Mapping[int, int]


@dataclass(frozen=True)
class CoreIndex:
    """Shares of plans that contain a bid; None where no plans of that sort were made."""

    eoi: str
    futures: float | None
    """Of the best plans of single futures, by their probability."""
    weights: float | None
    """Of the best plans under other weights."""
    near: float | None
    """Of the plan and those nearly as good that differ most."""

    @property
    def index(self) -> float | None:
        """Mean of the shares that there are."""
        shares = [share for share in (self.futures, self.weights, self.near) if share is not None]
        return sum(shares) / len(shares) if shares else None


def core_indices(
    problem: ShortlistProblem,
    by_future: Sequence[Choice],
    by_weight: Sequence[frozenset[str]],
    near: Sequence[Choice],
) -> tuple[CoreIndex, ...]:
    """The index of each candidate; plans of other weights are given by their bids' ids."""
    found = []
    for candidate in problem.candidates:
        e, id = candidate.position, candidate.eoi.id
        in_futures = np.array([e in choice for choice in by_future], dtype=np.float64)
        found.append(
            CoreIndex(
                id,
                float(problem.weights @ in_futures) if len(by_future) else None,
                sum(id in chosen for chosen in by_weight) / len(by_weight) if by_weight else None,
                sum(e in choice for choice in near) / len(near) if near else None,
            )
        )
    return tuple(found)


def other_weights(scenario: Scenario) -> dict[str, Scenario]:
    """The scenario under other weights, each one step away: the order, the fee of the alternative, and the worst futures.

    The fee is moved to the ends of its range (a quarter down and up where it has none), all in pounds.
    """
    fee = scenario.money.independent_fee
    low, high = (fee.low, fee.high) if fee.low is not None and fee.high is not None else (0.75 * fee.value, 1.25 * fee.value)
    in_pounds = scenario.changed("shortlist", order="in pounds")
    plain = {"low": None, "high": None, "verified": True, "reason": None}
    tail = {"value": 0.5, "unit": "share", "source": "sensitivity", "known_from": scenario.knowledge_date, "verified": True}
    found = {
        "in pounds": in_pounds,
        "in pounds, lower fee": in_pounds.changed("money.independent_fee", value=low, **plain),
        "in pounds, higher fee": in_pounds.changed("money.independent_fee", value=high, **plain),
        "worst futures weigh half": scenario.changed("shortlist", tail_weight=tail),
        "in turn": scenario.changed("shortlist", order="in turn"),
    }
    return {name: other for name, other in found.items() if other.digest != scenario.digest}


def plans_by_weight(
    scenario: Scenario,
    pose: Callable[[Scenario], ShortlistProblem],
    solve: Callable[[ShortlistProblem], frozenset[str]],
    tell: Progress | None = None,
) -> dict[str, frozenset[str]]:
    """Bids chosen under each of :func:`other_weights`."""
    found = {}
    variants = other_weights(scenario)
    for number, (name, other) in enumerate(variants.items()):
        if tell is not None:
            tell(number, len(variants), name)
        found[name] = solve(pose(other))
    return found
