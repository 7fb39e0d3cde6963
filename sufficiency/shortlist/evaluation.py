"""An independent re-check of a choice: every limit and every quantity from the data, none from a solver."""

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
    limits: tuple[LimitCheck, ...]
    flows: Array
    """Children served, shape (futures x years, kinds, groups)."""

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
    def cost(self) -> float:
        """Whole cost in £, discounted."""
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


def evaluate(problem: ShortlistProblem, chosen: Mapping[int, int], near: Evaluation | None = None) -> Evaluation:
    """Check and value a choice, given as opening by position of the candidate.

    ``near`` is the evaluation of a similar choice, from which the second stage starts: faster, with the same result.
    """
    choice = dict(sorted(chosen.items()))
    futures, years, groups = problem.demand.shape
    capacity = np.tile(problem.capacities(choice), (futures, 1))
    demand = problem.demand.reshape(futures * years, groups)
    flows = best_flows(capacity, demand, problem.admits, None if near is None else near.flows)
    return Evaluation(problem, choice, limit_checks(problem, choice), flows)
