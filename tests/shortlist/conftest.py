"""What the tests of the shortlist share: the bundled scenario and its bids, and runs and bids made up for small cases.

A made-up run has the shapes of a simulated one and numbers of its size.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.experiment.run import Run, axis_labels
from sufficiency.scenario.eoi_list import load_eois
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistPlan, ShortlistProblem, net_demand, shortlist_problem, solve_problem
from sufficiency.shortlist.problem import Candidate
from sufficiency.simulation.results import TALLIES

PHASE_SHARES = {"early_years": 0.02, "primary": 0.38, "secondary": 0.45, "post_16": 0.15}


def synthetic_run(scenario: Scenario, futures: int = 40, seed: int = 1, unmet: float = 1.0) -> Run:
    """A run in which need grows at a rate of its own in each future, and places follow the scenario's supply.

    ``unmet`` scales need: 1 leaves a few hundred children without a planned place, 0 leaves none.
    """
    rng = np.random.default_rng(seed)
    years = len(axis_labels(scenario, "academic_year"))
    area = np.array([scenario.demand.by_area.value[a] for a in scenario.area_codes])
    need = np.array([scenario.caseload.by_need.value[n] for n in NEEDS.codes])
    need /= need.sum()
    phase = np.array([PHASE_SHARES[p] for p in PHASES.codes])
    cell = area[:, None, None] * need[None, :, None] * phase[None, None, :]
    growth = rng.normal(0.07, 0.03, futures)[:, None] * np.arange(years)[None, :]
    total = unmet * 1650 * np.exp(growth)
    noise = np.exp(rng.normal(0, 0.1, (futures, 1, *cell.shape)))
    needs = np.round(total[:, :, None, None, None] * cell * noise).astype(np.int32)
    places = np.empty((futures, years, *cell.shape))
    for t, year in enumerate(scenario.calendar.census_years):
        day = dt.date(year, 1, 15)
        firm = [p.places.value for p in scenario.supply.values() if p.opens is None or p.opens <= day]
        places[:, t] = sum(firm) * scenario.estate.resident_share.value * cell
    return run_of(scenario, needs, places)


def run_of(scenario: Scenario, need: Any, places: Any) -> Run:
    """A run with the given tallies of need and places, shape (futures, academic years, areas, needs, phases); the rest zero."""
    futures = len(need)
    tallies = {
        name: np.zeros((futures, *(len(axis_labels(scenario, axis)) for axis in axes)), dtype=np.int32)
        for name, axes in TALLIES.items()
    }
    assert tallies["need"].shape == need.shape == places.shape
    tallies |= {"need": need, "places": places}
    return Run(scenario, base_seed=7, replications=tuple(range(futures)), tallies=tallies)


def bid(id: str, **changes: Any) -> ExpressionOfInterest:
    """A bid of 10 places that opens in September 2023 for sure, with the given changes."""
    data: dict[str, Any] = {
        "id": id,
        "title": "Secondary base for autism",
        "setting_name": f"School {id}",
        "area": "south",
        "setting": "resourced",
        "needs": ("ASD",),
        "phases": ("secondary",),
        "places": 10,
        "capital": 500_000.0,
        "earliest_start": dt.date(2022, 9, 1),
        "lead_months": 12,
        "quality": 70.0,
        "top_up": 9_000.0,
        "status": "agreed",
        "chance_feasibility": 1.0,
        "chance_quality_review": 1.0,
        "chance_legal_agreement": 1.0,
        "illustrative": True,
    }
    return ExpressionOfInterest(**(data | changes))


def run_lacking(scenario: Scenario, children: dict[tuple[str, str, str], list[float]]) -> Run:
    """A run in which, by (area, need, phase), so many children of each future lack a place, every year (negative: surplus)."""
    futures = len(next(iter(children.values())))
    shape = tuple(len(axis_labels(scenario, axis)) for axis in TALLIES["need"])
    need, places = np.zeros((futures, *shape), dtype=np.int32), np.full((futures, *shape), 0.0)
    for (area, code, phase), lack in children.items():
        at = (scenario.area_codes.index(area), NEEDS.index(code), PHASES.index(phase))
        need[(slice(None), slice(None), *at)] = 100
        places[(slice(None), slice(None), *at)] = 100 - np.array(lack)[:, None]
    return run_of(scenario, need, places)


def with_openings(problem: ShortlistProblem, kept: Callable[[Candidate], Iterable[int]]) -> ShortlistProblem:
    """The problem with only some openings of each candidate, so that all choices can be listed."""

    def cut(candidate: Candidate) -> Candidate:
        at = list(kept(candidate))
        parts = {name: tuple(getattr(candidate, name)[o] for o in at) for name in ("openings", "costs", "places", "capital")}
        return replace(candidate, **parts)

    return replace(problem, candidates=tuple(cut(candidate) for candidate in problem.candidates))


@pytest.fixture(scope="session")
def cut() -> Callable[..., ShortlistProblem]:
    return with_openings


@pytest.fixture(scope="session")
def first_two() -> Callable[[ShortlistProblem], ShortlistProblem]:
    return lambda problem: with_openings(problem, lambda candidate: range(min(2, len(candidate.openings))))


@pytest.fixture(scope="session")
def bristol() -> Scenario:
    return load("bristol-2022")


@pytest.fixture(scope="session")
def eois(bristol: Scenario) -> tuple[ExpressionOfInterest, ...]:
    return load_eois(bristol)


@pytest.fixture(scope="session")
def make_bid() -> Callable[..., ExpressionOfInterest]:
    return bid


@pytest.fixture(scope="session")
def make_run() -> Callable[..., Run]:
    return synthetic_run


@pytest.fixture(scope="session")
def lacking() -> Callable[..., Run]:
    return run_lacking


@pytest.fixture(scope="session")
def run(bristol: Scenario) -> Run:
    return synthetic_run(bristol)


@pytest.fixture(scope="session")
def problem(bristol: Scenario, eois: tuple[ExpressionOfInterest, ...], run: Run) -> ShortlistProblem:
    return shortlist_problem(bristol, eois, net_demand(run, 10))


@pytest.fixture(scope="session")
def plan(problem: ShortlistProblem) -> ShortlistPlan:
    return solve_problem(problem)
