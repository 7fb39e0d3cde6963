"""What the sample is worth: the plan on futures it has not seen, the stochastic solution, perfect information.

All are measured in the objective that decides between plans: unmet child-years with the shortfall held as in the plan or, where
all is weighed in pounds, £. With f_s(x) the objective of plan x in future s, x* the plan, over the futures sampled:

* value of the stochastic solution: mean f_s(plan chosen for the mean future) - mean f_s(x*);
* value of perfect information: mean f_s(x*) - mean over s of the least f_s(x) (Birge and Louveaux 2011, chapter 4);
* sampling gap: on batches of fresh futures, mean f(x*) less the least that any plan reaches in the batch, which is biased
  upwards: its mean and the end of its one-sided 95 % interval bound how far x* is from the best (Mak, Morton and Wood 1999).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sufficiency.shortlist.evaluation import Evaluation, evaluate
from sufficiency.shortlist.levels import UNMET, Held, Level
from sufficiency.shortlist.plan import Stops
from sufficiency.shortlist.problem import ShortlistProblem
from sufficiency.shortlist.regret import Interval

Array = NDArray[np.float64]
Tell = Callable[[int, int], None]
FEWEST_BATCHES = 2


@dataclass(frozen=True)
class Fresh:
    """What a plan does on futures that it was not chosen over; in child-years or £ saved over the run."""

    futures: int
    saved_in_sample: float
    """Saved in the futures sampled, expected: building nothing less the plan."""
    saved: float
    """Saved in the fresh ones, mean."""
    half_width: float
    """Half of the 95 % interval of that mean (normal approximation over futures)."""
    batches: int
    sampling_gap: float | None
    """At most so far from the best, mean over batches of fresh futures; None where there are too few."""
    sampling_gap_at_most: float | None
    """End of its one-sided 95 % interval (Student's t over batches)."""


@dataclass(frozen=True, eq=False)
class Worth:
    """What the sample and more knowledge are worth, in the ``unit`` of the deciding objective."""

    unit: str
    pounds_a_unit: float
    """£ of one unit."""
    stochastic_solution: float
    """Over the futures sampled; below zero by no more than the plan's own gap."""
    stochastic_solution_fresh: Interval | None
    """95 % interval over fresh futures, paired; None where there are none."""
    perfect_information: Interval
    """Between proven ends."""
    fresh: Fresh | None
    """None where there are no other futures than those sampled."""
    by_future: tuple[Mapping[int, int], ...]
    """The plan found for each future by itself."""


def worth_of(
    at_hand: Evaluation,
    level: Level,
    held: Held,
    bound: float,
    fresh: ShortlistProblem | None,
    stops: Stops,
    tell: Tell | None = None,
) -> Worth:
    """The worth of a plan ``at_hand``, whose deciding ``level`` is proven to be at least ``bound``, the earlier ones ``held``.

    ``fresh`` poses the same bids over futures not sampled.
    """
    problem = at_hand.problem
    value = level.of_choice(at_hand)
    alone: list[tuple[Evaluation, float]] = []
    for s in range(len(problem.weights)):
        if tell is not None:
            tell(s, len(problem.weights) + 1)
        alone.append(best_of(only(problem, [s]), level, held, at_hand.chosen, stops))
    least = float(sum(p * low for p, (_, low) in zip(problem.weights, alone, strict=True)))
    found = float(sum(p * level.of_choice(best) for p, (best, _) in zip(problem.weights, alone, strict=True)))
    for_mean, _ = best_of(mean_future(problem), level, held, at_hand.chosen, stops)
    mean_plan = evaluate(problem, for_mean.chosen)
    return Worth(
        unit=level.unit,
        pounds_a_unit=problem.unmet_child_year if level is UNMET else 1.0,
        stochastic_solution=level.of_choice(mean_plan) - value,
        stochastic_solution_fresh=None if fresh is None else _paired(fresh, level, for_mean.chosen, at_hand.chosen),
        perfect_information=Interval(max(0.0, min(bound, value) - found), max(0.0, value - least)),
        fresh=None if fresh is None else on_fresh_futures(problem, fresh, level, held, at_hand.chosen, stops),
        by_future=tuple(best.chosen for best, _ in alone),
    )


def best_of(
    problem: ShortlistProblem, level: Level, held: Held, start: Mapping[int, int], stops: Stops
) -> tuple[Evaluation, float]:
    """The best plan of a problem in one objective and a bound, from ``start``, which keeps its limits and what is held."""
    from sufficiency.shortlist.decomposed import master_of, solve_level

    found = solve_level(problem, master_of(problem), level, held, evaluate(problem, start), evaluate(problem, {}), stops)
    return found.best, found.bound


def only(problem: ShortlistProblem, futures: Sequence[int]) -> ShortlistProblem:
    """The problem in some of its futures, weighed as before among themselves."""
    chosen = list(futures)
    weights = problem.weights[chosen]
    return replace(
        problem, demand=problem.demand[chosen], out_of_reach=problem.out_of_reach[chosen], weights=weights / weights.sum()
    )


def mean_future(problem: ShortlistProblem) -> ShortlistProblem:
    """The problem in one future in which every demand is the mean of the sample's."""
    return replace(
        problem,
        demand=np.einsum("s,stg->tg", problem.weights, problem.demand)[None],
        out_of_reach=(problem.weights @ problem.out_of_reach)[None],
        weights=np.ones(1),
    )


def on_fresh_futures(
    problem: ShortlistProblem, fresh: ShortlistProblem, level: Level, held: Held, chosen: Mapping[int, int], stops: Stops
) -> Fresh:
    """Value the choice of ``problem`` on the futures of ``fresh``, of the same bids."""
    saved = by_future(fresh, level, {}) - by_future(fresh, level, chosen)
    total, count = float(fresh.weights @ saved), len(fresh.weights)
    in_sample = float(problem.weights @ (by_future(problem, level, {}) - by_future(problem, level, chosen)))
    variance = float(fresh.weights @ (saved - total) ** 2) * count / max(count - 1, 1)
    size = len(problem.weights)
    batches = [list(range(n * size, (n + 1) * size)) for n in range(count // size)]
    gap, most = None, None
    if len(batches) >= FEWEST_BATCHES:
        gap, most = _sampling_gap([only(fresh, batch) for batch in batches], level, held, chosen, stops)
    return Fresh(count, in_sample, total, 1.96 * float(np.sqrt(variance / count)), len(batches), gap, most)


def _sampling_gap(
    batches: Sequence[ShortlistProblem], level: Level, held: Held, chosen: Mapping[int, int], stops: Stops
) -> tuple[float, float]:
    """Mean over batches of the plan less a bound on the best, and the end of its one-sided 95 % interval."""
    from scipy.stats import t as student

    gaps = np.array(
        [max(0.0, level.of_choice(evaluate(batch, chosen)) - best_of(batch, level, held, chosen, stops)[1]) for batch in batches]
    )
    spread = float(gaps.std(ddof=1)) / float(np.sqrt(len(gaps)))
    return float(gaps.mean()), float(gaps.mean()) + float(student.ppf(0.95, len(gaps) - 1)) * spread


def by_future(problem: ShortlistProblem, level: Level, chosen: Mapping[int, int]) -> Array:
    """The objective in each future, shape (futures,)."""
    found = evaluate(problem, chosen)
    if level is UNMET:
        return found.unmet_by_future
    missing: Array = found.cost_by_future + problem.commitment.price * found.shortfall
    return missing


def _paired(problem: ShortlistProblem, level: Level, one: Mapping[int, int], other: Mapping[int, int]) -> Interval:
    """95 % interval of the mean of ``one`` less ``other``, future by future."""
    difference = by_future(problem, level, one) - by_future(problem, level, other)
    mean = float(problem.weights @ difference)
    spread = float(np.sqrt(problem.weights @ (difference - mean) ** 2 / max(len(difference) - 1, 1)))
    return Interval(mean - 1.96 * spread, mean + 1.96 * spread)
