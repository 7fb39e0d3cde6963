"""Net demand: need less places in a sample of a run's futures.

``places`` of a run already hold the scenario's pipeline, so net demand is what the pipeline leaves over. It may be negative (a
surplus). A surplus of places for a need and phase serves children of the same need and phase in any area, because children
travel within the authority; it is never carried to another need, phase or year, and nothing falls below zero.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.calendar import academic_year_label
from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.places.gap import unmet
from sufficiency.simulation.results import YEAR_AXES

DEFAULT_SAMPLE = 20
"""Futures over which a shortlist is chosen unless told otherwise."""

REDUCTIONS = ("evenly", "telling")
"""Ways to take a sample of futures."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NetDemand:
    """Need less places in sampled futures, children at the January census; axes in :attr:`axes`."""

    values: Array
    """Children, shape (futures, academic years, areas, needs, phases); negative where places exceed need."""
    replications: tuple[int, ...]
    """The replications sampled, in order: labels of the first axis."""
    weights: Array
    """Probability of each future, shape (futures,), sum 1."""
    years: tuple[int, ...]
    """Calendar years in which the academic years began: labels of the second axis."""
    areas: tuple[str, ...]
    needs: tuple[str, ...]
    phases: tuple[str, ...]
    base_seed: int
    """Base seed of the run that the futures come from."""

    axes = ("future", *YEAR_AXES)
    """Names of the axes of :attr:`values` and :attr:`unmet`."""

    @cached_property
    def unmet(self) -> Array:
        """Children for whom there is no planned place, by home area; the shape of ``values``, never negative.

        See :func:`sufficiency.places.gap.unmet`.
        """
        return unmet(self.values)

    @property
    def year_labels(self) -> tuple[str, ...]:
        """Labels such as ``2022/23``."""
        return tuple(academic_year_label(year) for year in self.years)


def sampled_positions(futures: int, sample: int) -> tuple[int, ...]:
    """Positions of at most ``sample`` of ``futures``, evenly spaced from the first to the last; always the same."""
    return tuple(int(i) for i in np.unique(np.round(np.linspace(0, futures - 1, min(sample, futures))).astype(np.int64)))


def check_sample(sample: int, reduce: str) -> None:
    """Raise InputProblem where a sample is not positive, or is to be taken in an unknown way."""
    if sample < 1:
        raise InputProblem("the sample of futures is too small", where="sample", value=sample, allowed="1 or more")
    if reduce not in REDUCTIONS:
        raise InputProblem("unknown way to take a sample", where="reduce", value=reduce, allowed=" or ".join(REDUCTIONS))


def net_demand(run: Run, sample: int = DEFAULT_SAMPLE, *, reduce: str = "evenly") -> NetDemand:
    """Net demand in ``sample`` futures of ``run`` (in all of them, where it has fewer).

    ``reduce`` is ``evenly`` (evenly spaced, equally weighted) or ``telling`` (chosen to stand for the others, each with the
    weight of those it stands for: :func:`sufficiency.shortlist.reduction.telling`). Raises InputProblem where the sample is not
    positive, or the run has no future or lacks the tallies of need and places.
    """
    check_sample(sample, reduce)
    if not run.futures or "need" not in run.tallies or "places" not in run.tallies:
        raise InputProblem(
            "a shortlist needs a run with at least one future", value=f"{run.futures} futures", mend="run the simulation first"
        )
    if reduce == "telling":
        from sufficiency.shortlist.reduction import telling

        everything = _demand_in(run, list(range(run.futures)))
        chosen, weights = telling(everything.unmet, sample)
        return replace(_demand_in(run, list(chosen)), weights=weights)
    return _demand_in(run, list(sampled_positions(run.futures, sample)))


def fresh_demand(run: Run, seen: Collection[int]) -> NetDemand | None:
    """Net demand in the futures of ``run`` whose replications are not among those ``seen``; None where there is none."""
    chosen = [position for position, replication in enumerate(run.replications) if replication not in set(seen)]
    return _demand_in(run, chosen) if chosen else None


def _demand_in(run: Run, chosen: list[int]) -> NetDemand:
    values = run.tallies["need"][chosen].astype(np.float64) - run.tallies["places"][chosen].astype(np.float64)
    return NetDemand(
        values=values,
        replications=tuple(run.replications[i] for i in chosen),
        weights=np.full(len(chosen), 1.0 / len(chosen)),
        years=tuple(year - 1 for year in run.scenario.calendar.census_years),
        areas=run.labels("area"),
        needs=run.labels("need"),
        phases=run.labels("phase"),
        base_seed=run.base_seed,
    )
