"""The plan on fresh futures: those of the run that it was not chosen over.

Chosen over a sample, a plan looks better there than it is: the difference is the sampling gap. The value of the stochastic
solution is what choosing over many futures saves against choosing for their mean (Birge and Louveaux 2011, section 4.2), both
valued on the fresh futures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sufficiency.shortlist.evaluation import evaluate
from sufficiency.shortlist.plan import Stops
from sufficiency.shortlist.problem import ShortlistProblem
from sufficiency.shortlist.regret import chosen_in

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fresh:
    """What a plan does on futures that it was not chosen over; child-years of unmet need over the run."""

    futures: int
    saved_in_sample: float
    """Child-years saved in the futures sampled, expected."""
    saved: float
    """Child-years saved in the fresh ones, mean."""
    half_width: float
    """Half of the 95 % interval of that mean (normal approximation over futures)."""
    stochastic_value: float | None
    """Value of the stochastic solution in £, on the fresh futures; None where it was not asked for."""

    @property
    def sampling_gap(self) -> float:
        """Saved in the sample less saved in fresh futures, child-years."""
        return self.saved_in_sample - self.saved


def on_fresh_futures(problem: ShortlistProblem, fresh: ShortlistProblem, chosen: Mapping[int, int], mean: bool = True) -> Fresh:
    """Value the choice of ``problem`` on the demand of ``fresh``, of the same bids; ``mean``: one chosen for the mean too."""
    saved = _saved(fresh, chosen)
    in_sample = float(problem.weights @ _saved(problem, chosen))
    total = float(fresh.weights @ saved)
    count = len(fresh.replications)
    variance = float(fresh.weights @ (saved - total) ** 2) * count / max(count - 1, 1)
    value = None
    if mean and problem.candidates:
        other = chosen_for_the_mean(problem)
        price = problem.unmet_child_year
        cost = [sum(problem.candidates[e].costs[o] for e, o in each.items()) for each in (chosen, other)]
        value = (total - float(fresh.weights @ _saved(fresh, other))) * price + cost[1] - cost[0]
    return Fresh(count, in_sample, total, 1.96 * float(np.sqrt(variance / count)), value)


def chosen_for_the_mean(problem: ShortlistProblem) -> dict[int, int]:
    """The choice for one future in which every demand is the mean of the sample's."""
    from sufficiency.shortlist.solve import solve_problem

    one = replace(
        problem,
        demand=np.einsum("s,stg->tg", problem.weights, problem.demand)[None],
        out_of_reach=(problem.weights @ problem.out_of_reach)[None],
        weights=np.ones(1),
    )
    return chosen_in(one, solve_problem(one, stops=Stops()))


def _saved(problem: ShortlistProblem, chosen: Mapping[int, int]) -> Array:
    """Child-years saved in each future, shape (futures,)."""
    result: Array = evaluate(problem, {}).unmet_by_future - evaluate(problem, chosen).unmet_by_future
    return result
