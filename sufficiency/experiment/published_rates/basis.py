"""What a projection from published rates stands on: the authority's children at the census, in whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.projection.project import Basis
from sufficiency.experiment.published_rates.arrays import NCYS, Numbers
from sufficiency.experiment.published_rates.learn import PublishedRates
from sufficiency.experiment.published_rates.limits import open_ends

LEAST_JOINERS = 0.5
"""Joiners a year at an NCY below which no population is asked for there."""


def whole_children(expected: Numbers) -> NDArray[np.int64]:
    """Expected children (needs, NCYs, settings) in whole numbers.

    Running totals are rounded, setting by setting and NCY by NCY within it: no setting, and no NCY of a setting, ends up a whole
    child from what was expected, and neither does the total.
    """
    order = np.moveaxis(expected, (2, 1, 0), (0, 1, 2))
    running = np.floor(np.cumsum(order.ravel()) + 0.5).astype(np.int64)
    counts = np.diff(running, prepend=0).reshape(order.shape)
    found: NDArray[np.int64] = np.moveaxis(counts, (0, 1, 2), (2, 1, 0))
    return found


def basis_of(found: PublishedRates, source: Mapping[str, Any], costs: Mapping[tuple[str, str], float] | None = None) -> Basis:
    """Project the authority's plans of the census with its rates, to the last year of the population they were learned with.

    Raises InputProblem where the population lacks a year, or an NCY at which children join.
    """
    population = check_population(found)
    space = found.rates.space
    return Basis(
        rates=found.rates,
        start=np.moveaxis(whole_children(found.stock), 0, 1).reshape(space.shape),
        start_census=found.census,
        population=population,
        costs=costs,
        notes=(open_ends(found),),
        source=source,
    )


def check_population(found: PublishedRates) -> Mapping[tuple[int, int], float]:
    """The population, which has every year and NCY that is needed and holds the joiners counted."""
    people, census = found.population, found.census
    if not people:
        raise InputProblem("a projection needs a population", mend="name a file with --population")
    horizon, joiners = max(year for year, _ in people), found.joiners.sum(axis=(0, 2))
    if horizon <= census:
        raise InputProblem(
            "the population ends before the first projected census",
            value=horizon,
            allowed=f"a last year of {census + 1} or later",
        )
    years = (census - 1, *range(census + 1, horizon + 1))
    lacking = [
        f"NCY {ncy} in {year}"
        for year in years
        for ncy, number in zip(NCYS.tolist(), joiners, strict=True)
        if number >= LEAST_JOINERS and (year, ncy) not in people
    ]
    if lacking:
        raise InputProblem(
            "the population lacks years or NCYs at which children join",
            value=", ".join(lacking[:4]),
            allowed=f"every NCY of joiners in {census - 1} and from {census + 1} to {horizon}",
            mend="add their rows",
            more=len(lacking) - 1,
        )
    over = [int(ncy) for ncy, number in zip(NCYS, joiners, strict=True) if number > people.get((census - 1, int(ncy)), np.inf)]
    if over:
        raise InputProblem(
            "more children join than there are", value=f"NCY {over[0]} in {census - 1}", mend="correct the population"
        )
    return people
