"""An independent re-check of a choice: every limit and every quantity from the data, none from the solver of the model.

Children served and unmet come from maximum flows without any solver (:mod:`recourse`), what places and journeys cost from small
linear programs that prove themselves (:mod:`placing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sufficiency.shortlist.checks import LimitCheck, limit_checks
from sufficiency.shortlist.problem import Candidate, ShortlistProblem
from sufficiency.shortlist.recourse import best_flows

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a choice does, computed from the data."""

    problem: ShortlistProblem
    chosen: Mapping[int, int]
    """Opening by position of the candidate."""
    flows: Array
    """Children served, shape (futures x years, pooled kinds, pooled groups)."""

    @cached_property
    def limits(self) -> tuple[LimitCheck, ...]:
        """Every limit with what the choice uses of it."""
        return limit_checks(self.problem, self.chosen)

    @property
    def kept(self) -> bool:
        """Whether every limit is kept."""
        return all(limit.kept for limit in self.limits)

    @property
    def picked(self) -> list[tuple[Candidate, int]]:
        """The chosen candidates with their opening."""
        return [(self.problem.candidates[position], opening) for position, opening in sorted(self.chosen.items())]

    @property
    def places_bid(self) -> int:
        """Places offered by the chosen bids."""
        return sum(candidate.places_at(o) for candidate, o in self.picked)

    @property
    def places_expected(self) -> float:
        """Places expected to open."""
        return sum(candidate.expected_at(o) for candidate, o in self.picked)

    @property
    def closed(self) -> float:
        """Places expected to be open by the commitment's day."""
        return sum(candidate.expected_by(opening) for candidate, opening in self.picked)

    @property
    def shortfall(self) -> float:
        """Places of the commitment that stay missing."""
        return max(0.0, self.problem.commitment.missing - self.closed)

    @property
    def capital(self) -> float:
        """Capital of the chosen bids in £, optimism bias included."""
        return sum(candidate.capital_at(o) for candidate, o in self.picked)

    @property
    def own_cost(self) -> float:
        """Cost of taking the bids up in £, discounted: all but what children served and unserved cost."""
        return sum(candidate.costs[opening] for candidate, opening in self.picked)

    @cached_property
    def unmet_by_future(self) -> Array:
        """Child-years of unmet need over the run, shape (futures,)."""
        served = self.flows.sum(axis=(1, 2)).reshape(self.problem.demand.shape[:2])
        total = self.problem.demand.sum(axis=2) + self.problem.out_of_reach - served
        result: Array = total.sum(axis=1)
        return result

    @property
    def unmet(self) -> float:
        """Expected child-years of unmet need over the run's academic years."""
        return float(self.problem.weights @ self.unmet_by_future)

    @property
    def unmet_weighed(self) -> float:
        """The same with the worst futures weighed as the problem asks."""
        return self.problem.tail.mix(self.unmet_by_future, self.problem.weights)

    @cached_property
    def cost_by_future(self) -> Array:
        """Whole cost in £, discounted, shape (futures,): taking up the bids, children in places, the alternative of others."""
        from sufficiency.shortlist.placing import placing_of  # imports the solver

        placed = placing_of(self.problem)(self.problem.capacities(self.chosen))
        result: Array = self.own_cost + placed.cost @ self.problem.prices.discount
        return result

    @property
    def cost(self) -> float:
        """Expected whole cost in £, discounted."""
        return float(self.problem.weights @ self.cost_by_future)

    @property
    def cost_weighed(self) -> float:
        """The same with the worst futures weighed as the problem asks."""
        return self.problem.tail.mix(self.cost_by_future, self.problem.weights)

    @cached_property
    def kilometres(self) -> float:
        """Child-kilometres over the run (one way, a year of journeys counted once), the worst futures weighed as asked.

        Children are placed as near as can be; those without a place travel out of the area.
        """
        from sufficiency.shortlist.placing import placing_of  # imports the solver

        placed = placing_of(self.problem, "kilometres")(self.problem.capacities(self.chosen))
        return self.problem.tail.mix(placed.cost.sum(axis=1), self.problem.weights)

    @property
    def pounds(self) -> float:
        """All in one sum of money: weighed cost, and the shortfall at its price."""
        return self.cost_weighed + self.problem.commitment.price * self.shortfall


def evaluate(problem: ShortlistProblem, chosen: Mapping[int, int], near: Evaluation | None = None) -> Evaluation:
    """Check and value a choice, given as opening by position of the candidate.

    ``near`` is the evaluation of a similar choice, from which the second stage starts: faster, with the same result.
    """
    choice = dict(sorted(chosen.items()))
    new_kind, admits, demand = problem.pooled
    futures, years, groups = demand.shape
    pooled = np.zeros((years, len(admits)))
    np.add.at(pooled.T, new_kind, problem.capacities(choice).T)
    capacity = np.tile(pooled, (futures, 1))
    flows = best_flows(capacity, demand.reshape(futures * years, groups), admits, None if near is None else near.flows)
    return Evaluation(problem, choice, flows)
