"""A projection from a history: learned rates, the expectation and, where asked for, futures."""

from __future__ import annotations

from dataclasses import dataclass

from sufficiency.evidence.transitions import History
from sufficiency.experiment.projection.expectation import Expectation, cost_of_pairs, expectation
from sufficiency.experiment.projection.futures import ProjectedFutures, project_futures
from sufficiency.experiment.projection.learn import learned, start
from sufficiency.experiment.projection.rates import Numbers, Rates
from sufficiency.experiment.runner import MOST_FUTURES, check_count


@dataclass(frozen=True, eq=False)
class Projection:
    """What was projected, how, and from what."""

    history: History
    rates: Rates
    expected: Expectation
    futures: ProjectedFutures | None
    """None where no futures were asked for."""
    cost: Numbers | None
    """£ a child and year of each pair; None where no costs were given."""
    base_seed: int
    legacy_states: bool
    redraw_yearly: bool

    @property
    def missing_costs(self) -> tuple[tuple[str, str], ...]:
        """(need, setting) pairs in which children are expected at some census and that have no cost: they count as 0."""
        costs = self.history.costs
        if costs is None:
            return ()
        occupied = self.expected.stock.sum(axis=(0, 1)) > 0
        labels = self.rates.space.labels
        return tuple(label for label, is_occupied in zip(labels, occupied, strict=True) if is_occupied and label not in costs)


def project(
    history: History, futures: int, *, base_seed: int, legacy_states: bool = False, redraw_yearly: bool = False
) -> Projection:
    """Learn the rates of a history and project its children to the last year of its population.

    ``futures`` of 0 leaves the expectation alone. Raises InputProblem where a number is out of range.
    """
    check_count(futures, "number of futures", 0, MOST_FUTURES)
    check_count(base_seed, "base seed", 0, 2**63 - 1)
    rates = learned(history, legacy_states=legacy_states)
    children = start(history, rates.space)
    census, horizon, population = history.start_census, history.horizon, history.population
    cost = cost_of_pairs(rates.space, history.costs)
    drawn = None
    if futures:
        drawn = project_futures(
            rates, children, census, horizon, population, futures,
            base_seed=base_seed, redraw_yearly=redraw_yearly, cost=cost,
        )  # fmt: skip
    return Projection(
        history=history,
        rates=rates,
        expected=expectation(rates, children.astype(float), census, horizon, population),
        futures=drawn,
        cost=cost,
        base_seed=base_seed,
        legacy_states=legacy_states,
        redraw_yearly=redraw_yearly,
    )
