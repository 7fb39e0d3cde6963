"""What interventions do: a ramp from their day, and products where several work on the same quantity."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.effects import multiplier, ramp

WEEKS = np.arange(-3, 8)


def only(scenario: Scenario, effects: dict[str, float], **changes: object) -> Scenario:
    """The scenario with interventions on requests of the given certain effects, and no others."""
    new = {}
    pattern = scenario.interventions["early-identification"].model_dump(mode="python")
    for name, effect in effects.items():
        new[name] = pattern | {"effect": pattern["effect"] | {"value": effect, "low": None, "high": None}} | changes
    return Scenario.model_validate(scenario.model_dump(mode="python") | {"interventions": new})


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [
        (0, [0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]),
        (1, [0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]),
        (4, [0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1, 1, 1]),
    ],
)
def test_an_effect_grows_in_a_straight_line_over_its_ramp(two_years: Scenario, weeks: int, expected: list[float]) -> None:
    one = only(two_years, {"one": -0.1}, ramp=weeks).interventions["one"]
    assert ramp(one, WEEKS).tolist() == expected


def test_a_quantity_is_multiplied_from_the_day_on(two_years: Scenario) -> None:
    scenario = only(two_years, {"one": -0.1}, ramp=10, starts=dt.date(2022, 9, 1))
    week = scenario.calendar.week_of(dt.date(2022, 9, 1))
    factor = multiplier(scenario, "request_rate")
    assert factor.shape == (scenario.calendar.weeks,)
    assert (factor[:week] == 1).all()
    assert np.allclose(factor[week : week + 10], 1 - 0.01 * np.arange(1, 11))
    assert np.allclose(factor[week + 10 :], 0.9)


def test_an_intervention_already_at_work_at_the_start_works_from_the_first_week(two_years: Scenario) -> None:
    scenario = only(two_years, {"one": -0.2}, ramp=4, starts=dt.date(2021, 1, 4))
    assert np.allclose(multiplier(scenario, "request_rate"), 0.8)


def test_interventions_on_the_same_quantity_multiply(two_years: Scenario) -> None:
    scenario = only(two_years, {"one": -0.1, "two": 0.5}, ramp=0, starts=dt.date(2022, 1, 3))
    assert np.allclose(multiplier(scenario, "request_rate"), 0.9 * 1.5)


def test_other_quantities_and_what_is_disabled_are_left_alone(two_years: Scenario) -> None:
    scenario = only(two_years, {"one": -0.1}, ramp=0, starts=dt.date(2022, 1, 3))
    assert (multiplier(scenario, "refusal") == 1).all()
    assert (multiplier(scenario.unmitigated(), "request_rate") == 1).all()
    assert (multiplier(scenario.changed("interventions.one", enabled=False), "request_rate") == 1).all()


def test_a_quantity_is_never_negative(two_years: Scenario) -> None:
    scenario = only(two_years, {f"n{i}": -0.95 for i in range(4)}, ramp=0, starts=dt.date(2022, 1, 3))
    factor = multiplier(scenario, "request_rate")
    assert (factor >= 0).all()
    assert factor[-1] < 1e-4
