"""Laws of demand: the spread of requests over years is the panel's, and what is added to demand leaves every other draw alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sufficiency.domain.dictionaries import NEEDS
from sufficiency.scenario.draws import drawn
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.arrivals import requests
from sufficiency.simulation.streams import Streams

PANEL = {1: 0.17, 2: 0.21, 3: 0.24, 4: 0.26, 5: 0.28}
"""Spread between authorities of the change of log requests over so many years, year effects removed (DfE, 2019 to 2024)."""
TOLERANCE = 0.08
"""Of each spread: 4 % for a walk of 0.11 and noise of 0.09, which are rounded, and twice the standard error of 500 futures."""
FUTURES = 500


@pytest.fixture(scope="module")
def shocks_alone(bristol: Scenario, fix: Callable[..., Scenario]) -> Scenario:
    """Bristol with the shocks of model.md and no national effect: growth, population and policy are certain."""
    scenario = bristol.unmitigated().changed("demand", early_register=None)
    for name, value in {"national_shock": 0.0, "authority_walk": 0.11, "transitory_noise": 0.09, "drift": 0.0}.items():
        scenario = fix(scenario, f"demand.{name}", value)
    for path in ("demand.growth", "population.migration", "population.births"):
        scenario = fix(scenario, path, scenario.figure(path).value)
    return scenario


@pytest.fixture(scope="module")
def simulated(shocks_alone: Scenario) -> np.ndarray[Any, Any]:
    """Logarithm of requests by future and calendar year from 2021, the base year, to 2028."""
    years = shocks_alone.calendar.calendar_years
    edges = np.searchsorted(years, np.arange(2022, 2030))
    counts = []
    for replication in range(FUTURES):
        streams = Streams(11, replication)
        found = requests(drawn(shocks_alone, streams.uniform), streams)
        counts.append([850, *np.diff(np.searchsorted(found.request_week, edges))])
    return np.log(np.array(counts))


@pytest.mark.parametrize("years", PANEL)
def test_the_spread_from_the_base_year_on_is_the_panels(simulated: np.ndarray[Any, Any], years: int) -> None:
    """What is forecast from a published year spreads as published years do, one from another."""
    assert (simulated[:, years] - simulated[:, 0]).std() == pytest.approx(PANEL[years], rel=TOLERANCE)


@pytest.mark.parametrize("years", PANEL)
def test_the_spread_between_simulated_years_is_the_panels(simulated: np.ndarray[Any, Any], years: int) -> None:
    """Year means taken out, over every pair of years so far apart."""
    change = simulated[:, years:] - simulated[:, :-years]
    assert (change - change.mean(axis=0)).std() == pytest.approx(PANEL[years], rel=TOLERANCE)


def test_the_uncertainty_of_mean_growth_is_beyond_the_panels_spread(
    shocks_alone: Scenario, bristol: Scenario, simulated: np.ndarray[Any, Any]
) -> None:
    """A range of growth acts as a drift: drawn once a future, it adds h times its spread over h years."""
    growth = bristol.demand.growth.model_dump(mode="python")
    uncertain = shocks_alone.changed("demand.growth", **growth)
    levels = [drawn(uncertain, Streams(11, r).uniform).demand.growth.value for r in range(FUTURES)]
    added = 5 * np.std(levels)
    assert 0.1 < added < 0.14
    assert np.hypot(PANEL[5], added) < 1.12 * PANEL[5]


def _children(scenario: Scenario, replication: int) -> dict[int, tuple[int, ...]]:
    streams = Streams(2, replication)
    found = requests(drawn(scenario, streams.uniform), streams)
    columns = (found.area, found.need, found.reception_year, found.request_week, found.priority)
    return dict(zip(found.key.tolist(), zip(*(c.tolist() for c in columns), strict=True), strict=True))


def _intervention(scenario: Scenario, effect: float, **reach: Any) -> Scenario:
    new = scenario.interventions["early-identification"].model_dump(mode="python")
    new |= {"title": "Another", "starts": dt.date(2023, 1, 2), "ramp": 0} | reach
    new["effect"] = new["effect"] | {"value": effect, "low": None, "high": None}
    return scenario.changed("interventions", another=new)


@pytest.mark.parametrize("reach", [{}, {"needs": ("ASD",)}, {"phases": ("primary",)}, {"areas": ("south",), "needs": ("SEMH",)}])
@pytest.mark.parametrize("replication", [0, 1])
def test_an_intervention_takes_children_away_and_changes_none(
    until: Callable[[int], Scenario], reach: dict[str, Any], replication: int
) -> None:
    scenario = until(2025)
    before = _children(scenario, replication)
    after = _children(_intervention(scenario, -0.2, **reach), replication)
    assert len(after) < len(before)
    assert after.items() <= before.items()
    assert _children(_intervention(scenario, 0.0, **reach), replication) == before


def test_a_need_that_appears_leaves_the_children_of_all_others(until: Callable[[int], Scenario], fix: Callable[..., Any]) -> None:
    """The others' shares are lower by what the new one takes: they lose children and change none."""
    scenario = until(2025)
    shares = dict(scenario.demand.by_need.value)
    none = fix(scenario, "demand.by_need", shares | {"SLD": 0.0, "SLCN": shares["SLCN"] + shares["SLD"]})
    some = fix(scenario, "demand.by_need", shares)
    before, after = _children(none, 0), _children(some, 0)
    sld, slcn = NEEDS.index("SLD"), NEEDS.index("SLCN")
    others = [{k: c for k, c in found.items() if c[1] not in (sld, slcn)} for found in (before, after)]
    assert others[0] == others[1]
    assert not any(child[1] == sld for child in before.values())
    assert any(child[1] == sld for child in after.values())


def test_adding_the_register_leaves_every_request_as_it_was(until: Callable[[int], Scenario]) -> None:
    scenario = until(2025)
    with_it, without = _children(scenario, 0), _children(scenario.changed("demand", early_register=None), 0)
    assert without.items() < with_it.items()


def test_a_new_intervention_and_a_register_leave_every_drawn_parameter(until: Callable[[int], Scenario]) -> None:
    scenario = until(2025)
    plain = scenario.changed("demand", early_register=None)
    new = _intervention(scenario, -0.1, needs=("ASD",))
    before, after = (dict(drawn(s, Streams(2, 0).uniform).figures()) for s in (plain, new))
    added = set(after) - set(before)
    assert all(path.startswith(("demand.early_register.", "interventions.another.")) for path in added)
    assert all(after[path].value == figure.value for path, figure in before.items())
