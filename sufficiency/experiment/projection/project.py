"""A projection: the exact expectation and, where asked for, futures, of whatever the rates were learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sufficiency.evidence.transitions import History
from sufficiency.experiment.projection.expectation import Expectation, Population, cost_of_pairs, expectation
from sufficiency.experiment.projection.futures import Counts, ProjectedFutures, project_futures
from sufficiency.experiment.projection.learn import learned, start
from sufficiency.experiment.projection.rates import Numbers, Rates
from sufficiency.experiment.runner import MOST_FUTURES, check_count


@dataclass(frozen=True, eq=False)
class Basis:
    """What a projection stands on: rates, the children they are applied to, and what is known of both."""

    rates: Rates
    start: Counts
    """Children at the start census; (NCYs, pairs)."""
    start_census: int
    population: Population
    costs: Mapping[tuple[str, str], float] | None
    """£ a child and year of (need, setting), or None where no costs were given."""
    notes: tuple[str, ...]
    """What is odd, assumed or accepted, a line each."""
    source: Mapping[str, Any]
    """What the rates were learned from, for the manifest."""
    legacy_states: bool = False

    @property
    def horizon(self) -> int:
        """The last year of the population, and of the projection."""
        return max(year for year, _ in self.population)


@dataclass(frozen=True, eq=False)
class Projection:
    """What was projected, how, and from what."""

    basis: Basis
    expected: Expectation
    futures: ProjectedFutures | None
    """None where no futures were asked for."""
    cost: Numbers | None
    """£ a child and year of each pair; None where no costs were given."""
    base_seed: int
    redraw_yearly: bool

    @property
    def rates(self) -> Rates:
        """The rates projected with."""
        return self.basis.rates

    @property
    def missing_costs(self) -> tuple[tuple[str, str], ...]:
        """(need, setting) pairs in which children are expected at some census and that have no cost: they count as 0."""
        costs = self.basis.costs
        if costs is None:
            return ()
        occupied = self.expected.stock.sum(axis=(0, 1)) > 0
        labels = self.rates.space.labels
        return tuple(label for label, is_occupied in zip(labels, occupied, strict=True) if is_occupied and label not in costs)


def from_history(history: History, *, legacy_states: bool = False) -> Basis:
    """Rates learned from a history's transitions, and its children at the census that the last of them lead to."""
    rates = learned(history, legacy_states=legacy_states)
    return Basis(
        rates=rates,
        start=start(history, rates.space),
        start_census=history.start_census,
        population=history.population,
        costs=history.costs,
        notes=history.warnings,
        source={"transition_rows": len(history.transitions), "transition_years": list(history.transitions.years)},
        legacy_states=legacy_states,
    )


def project(basis: Basis, futures: int, *, base_seed: int, redraw_yearly: bool = False) -> Projection:
    """Project the children of ``basis`` to the last year of its population.

    ``futures`` of 0 leaves the expectation alone. Raises InputProblem where a number is out of range.
    """
    check_count(futures, "number of futures", 0, MOST_FUTURES)
    check_count(base_seed, "base seed", 0, 2**63 - 1)
    rates, census, horizon, population = basis.rates, basis.start_census, basis.horizon, basis.population
    cost = cost_of_pairs(rates.space, basis.costs)
    drawn = None
    if futures:
        drawn = project_futures(
            rates, basis.start, census, horizon, population, futures,
            base_seed=base_seed, redraw_yearly=redraw_yearly, cost=cost,
        )  # fmt: skip
    expected = expectation(rates, basis.start.astype(np.float64), census, horizon, population)
    return Projection(basis, expected, drawn, cost, base_seed, redraw_yearly)
