"""Law 8: scenarios of one base seed are paired, so that what is not changed does not change by a single child."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sufficiency.scenario.draws import drawn
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.future import simulate
from sufficiency.simulation.results import DEFAULT_BASE_SEED, FLOW_AXES, TALLIES
from sufficiency.simulation.streams import Streams

REPLICATIONS = (0, 1)
CHILD = ("key", "area", "need", "reception_year", "request_week", "priority")
"""What a child brings along, whatever the council does."""


def assert_same(before: Any, after: Any, *, but: tuple[str, ...] = (), months: int | None = None) -> None:
    """Bit for bit the same tallies (all but those named; up to a month where one is given, of those by month)."""
    for name, values in before.tallies.items():
        if name in but:
            continue
        other = after.tallies[name]
        assert other.dtype == values.dtype
        if months is not None:
            if TALLIES[name][0] != "month":
                continue
            values, other = values[:months], other[:months]
        assert (other == values).all(), name


def provision(scenario: Scenario, **changes: Any) -> Scenario:
    """The scenario with another provision, a copy of a school in the north with ``changes``."""
    new = scenario.supply["special-north"].model_dump(mode="python") | {"title": "Another school"} | changes
    return scenario.changed("supply", **{"another": new})


def intervention(scenario: Scenario, effect: float, quantity: str, *, enabled: bool = True) -> Scenario:
    """The scenario with another intervention of a certain effect."""
    new = scenario.interventions["early-identification"].model_dump(mode="python")
    new |= {"title": "Another", "quantity": quantity, "enabled": enabled}
    new["effect"] = new["effect"] | {"value": effect, "low": None, "high": None}
    return scenario.changed("interventions", another=new)


@pytest.fixture(scope="module")
def scenario(until: Callable[[int], Scenario]) -> Scenario:
    """Bristol to February 2025."""
    return until(2025)


@pytest.mark.parametrize("replication", REPLICATIONS)
def test_with_no_change_the_difference_is_exactly_zero(scenario: Scenario, futures: Any, replication: int) -> None:
    again = load("bristol-2022").changed("", horizon=scenario.horizon, title="The same", note="By another name")
    assert again.digest == scenario.digest
    assert_same(futures(scenario, replication), simulate(again, replication))


def test_a_future_does_not_depend_on_those_simulated_before_it(scenario: Scenario, futures: Any) -> None:
    simulate(scenario, 5)
    assert_same(futures(scenario, 1), simulate(scenario, 1))


def test_disabling_what_is_not_enabled_or_leaving_it_out_changes_nothing(scenario: Scenario, futures: Any) -> None:
    off = [key for key, i in scenario.interventions.items() if not i.enabled]
    assert off
    left_out = scenario.model_copy(update={"interventions": {k: i for k, i in scenario.interventions.items() if k not in off}})
    assert_same(futures(scenario, 0), simulate(scenario.changed(f"interventions.{off[0]}", enabled=False), 0))
    assert_same(futures(scenario, 0), simulate(left_out, 0))


@pytest.mark.parametrize("quantity", ["request_rate", "refusal", "specialist_need", "inflow_to_independent"])
def test_an_intervention_without_effect_changes_nothing(scenario: Scenario, futures: Any, quantity: str) -> None:
    assert_same(futures(scenario, 0), simulate(intervention(scenario, 0.0, quantity), 0))


@pytest.mark.parametrize("quantity", ["independent_fee", "top_up"])
def test_an_intervention_on_money_moves_no_child(scenario: Scenario, futures: Any, quantity: str) -> None:
    assert_same(futures(scenario, 0), simulate(intervention(scenario, -0.5, quantity), 0))


def test_an_intervention_changes_nothing_before_it_starts(scenario: Scenario, futures: Any) -> None:
    new = intervention(scenario, -0.5, "request_rate").changed("interventions.another", starts=dt.date(2023, 10, 1))
    before, after = futures(scenario, 0), simulate(new, 0)
    month = scenario.calendar.months.index("2023-10")
    assert_same(before, after, months=month)
    assert after.tallies["requests"][month:].sum() < before.tallies["requests"][month:].sum()


@pytest.mark.parametrize("replication", REPLICATIONS)
@pytest.mark.parametrize(
    "change", [{"opens": dt.date(2040, 9, 1), "status": "planned"}, {"opens": dt.date(2040, 9, 1), "status": "firm"}]
)
def test_a_provision_that_opens_after_the_horizon_changes_nothing(
    scenario: Scenario, futures: Any, replication: int, change: dict[str, Any]
) -> None:
    assert_same(futures(scenario, replication), simulate(provision(scenario, **change), replication))


def test_a_bid_that_falls_through_changes_nothing(scenario: Scenario, futures: Any) -> None:
    new = provision(scenario, opens=dt.date(2022, 9, 1), status="planned", chance_of_opening=0.0, counts_towards_commitment=True)
    assert_same(futures(scenario, 0), simulate(new, 0))


def test_a_provision_without_places_changes_nothing(scenario: Scenario, futures: Any) -> None:
    new = provision(scenario)
    empty = new.changed("supply.another.places", value=0, low=None, high=None)
    assert_same(futures(scenario, 0), simulate(empty, 0))


@pytest.mark.parametrize("replication", REPLICATIONS)
def test_a_bid_changes_nothing_before_it_opens_and_then_only_placements(
    scenario: Scenario, futures: Any, replication: int
) -> None:
    """Requests, assessments and plans are the same to the horizon; placements up to the day of opening."""
    new = provision(scenario, opens=dt.date(2023, 9, 4), status="firm", area="south", eoi="E99", counts_towards_commitment=True)
    before, after = futures(scenario, replication), simulate(new, replication)
    month = scenario.calendar.months.index("2023-09")
    assert_same(before, after, months=month)
    pathway = [name for name, axes in TALLIES.items() if axes == FLOW_AXES]
    assert_same(before, after, but=tuple(n for n in before.tallies if n not in pathway or n == "waiting_by_month"))
    for name in ("waiting", "need", "places", "caseload"):  # the censuses of January 2022 and 2023
        assert (after.tallies[name][:2] == before.tallies[name][:2]).all(), name
    assert after.tallies["waiting"][2].sum() < before.tallies["waiting"][2].sum()


@pytest.mark.parametrize("replication", REPLICATIONS)
def test_growth_leaves_the_opening_stock_the_children_and_all_other_parameters_as_they_were(
    scenario: Scenario, witnessed: Any, replication: int
) -> None:
    growing = scenario.changed("demand.growth", value=0.3, low=0.25, high=0.35)
    low, high = (witnessed(s, replication)[1].council.caseload for s in (scenario, growing))
    stock = sum(scenario.caseload.by_setting.value.values())
    for name in CHILD:
        assert (getattr(low, name)[:stock] == getattr(high, name)[:stock]).all(), name
    shared = np.isin(high.key, low.key)
    assert shared.sum() == len(low) < len(high)
    for name in CHILD:
        assert (getattr(high, name)[shared] == getattr(low, name)).all(), name
    before, after = (dict(_drawn(s, replication).figures()) for s in (scenario, growing))
    assert {path for path, figure in before.items() if figure.value != after[path].value} == {"demand.growth"}


def test_a_new_provision_leaves_the_drawn_parameters_of_all_others(scenario: Scenario) -> None:
    new = provision(scenario, opens=dt.date(2024, 9, 1), status="planned")
    before, after = (dict(_drawn(s, 0).figures()) for s in (scenario, new))
    assert set(after) - set(before) == {"supply.another.places"}
    assert all(after[path].value == figure.value for path, figure in before.items())


def test_parameters_are_drawn_inside_their_ranges_and_differ_between_futures(scenario: Scenario) -> None:
    first, second = (dict(_drawn(scenario, r).figures()) for r in (0, 1))
    # Of interventions the effect that is delivered is kept, not what it was drawn from: tests/scenario/test_delivery.py.
    left_out = ("shortlist.", "interventions.")
    ranges = [path for path, figure in scenario.figures() if figure.is_range and not path.startswith(left_out)]
    plain = [p for p in ranges if isinstance(scenario.figure(p).value, int | float)]
    assert len(plain) > 20
    for path in plain:
        figure = scenario.figure(path)
        assert figure.low <= first[path].value <= figure.high, path
    assert sum(first[path].value != second[path].value for path in plain) > 0.8 * len(plain)


def _drawn(scenario: Scenario, replication: int) -> Scenario:
    return drawn(scenario, Streams(DEFAULT_BASE_SEED, replication).uniform)
