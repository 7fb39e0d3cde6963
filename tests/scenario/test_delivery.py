"""What of the interventions is delivered in one future: later, in part, or not at all."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from sufficiency.scenario.delivery import as_planned, delivered
from sufficiency.scenario.draws import drawn
from sufficiency.scenario.figures import triangular
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.streams import Streams

LATE, PARTLY = "ordinarily-available", "price-negotiation"
CERTAIN = {"unit": "x", "source": "test", "known_from": dt.date(2022, 1, 1), "verified": True}


def in_future(scenario: Scenario, replication: int) -> Scenario:
    return drawn(scenario, Streams(1, replication).uniform)


def test_an_intervention_starts_as_late_as_is_drawn(bristol: Scenario) -> None:
    planned, slippage = bristol.interventions[LATE].starts, bristol.interventions[LATE].slippage
    assert slippage is not None and slippage.low is not None and slippage.high is not None
    for replication in range(20):
        u = Streams(1, replication).uniform(f"parameter/interventions.{LATE}.slippage/")
        weeks = round(triangular(u, slippage.low, slippage.value, slippage.high))
        assert in_future(bristol, replication).interventions[LATE].starts == planned + dt.timedelta(weeks=weeks)


def test_its_effect_is_the_share_of_the_designed_one_that_is_delivered(bristol: Scenario) -> None:
    figure, share = bristol.interventions[PARTLY].effect, bristol.interventions[PARTLY].delivered
    assert share is not None and figure.low is not None and figure.high is not None
    for replication in range(20):
        streams = Streams(1, replication)
        effect, part = (
            triangular(streams.uniform(f"parameter/interventions.{PARTLY}.{name}/"), f.low, f.value, f.high)  # type: ignore[arg-type]
            for name, f in (("effect", figure), ("delivered", share))
        )
        found = in_future(bristol, replication).interventions[PARTLY]
        assert found.effect.value == pytest.approx(effect * part)
        assert found.delivered is None and found.slippage is None and not found.effect.is_range


@pytest.mark.law
def test_what_has_been_delivered_is_not_delivered_again(bristol: Scenario) -> None:
    once = in_future(bristol, 3)
    assert delivered(once) is once


def test_as_planned_everything_is_on_time_and_in_full(bristol: Scenario) -> None:
    found = in_future(as_planned(bristol), 4)
    assert found.interventions[LATE].starts == bristol.interventions[LATE].starts
    figure = bristol.interventions[PARTLY].effect
    u = Streams(1, 4).uniform(f"parameter/interventions.{PARTLY}.effect/")
    assert found.interventions[PARTLY].effect.value == triangular(u, figure.low, figure.value, figure.high)  # type: ignore[arg-type]


def test_places_of_an_intervention_open_only_with_it(bristol: Scenario) -> None:
    named = bristol.interventions["new-places"].provisions
    assert named and set(named) <= set(bristol.supply)
    without = in_future(bristol.unmitigated(), 0).supply
    assert set(bristol.supply) - set(without) == set(named)
    assert set(in_future(bristol, 0).supply) == set(bristol.supply)


def test_fewer_places_than_planned_are_whole_places(bristol: Scenario) -> None:
    fewer = bristol.changed("interventions.new-places.effect", value=-0.3, low=None, high=None)
    supply = in_future(fewer, 0).supply
    for key in fewer.interventions["new-places"].provisions or ():
        assert supply[key].places.value == round(0.7 * bristol.supply[key].places.value)


@pytest.mark.law
def test_an_intervention_that_is_off_draws_nothing_away_from_the_others(bristol: Scenario) -> None:
    """Every number has its own stream: switching one off leaves all the rest bit for bit."""
    off = bristol.changed("interventions.new-places", enabled=False)
    one, other = (dict(in_future(s, 2).figures()) for s in (bristol, off))
    assert all(one[path] == figure for path, figure in other.items())


def wrong(path: str, key: str, value: Any, what: str, mend: str = "") -> Any:
    return pytest.param(f"interventions.{path}.{key}", value, what, mend, id=f"{path}.{key}")


@pytest.mark.parametrize(
    ("path", "value", "what", "mend"),
    [
        wrong("ap-recommissioning", "line", "alternativ_learning", "unknown line", '"alternative_learning"?'),
        wrong("ap-recommissioning", "line", ..., "does not say which", "add line"),
        wrong("price-negotiation", "line", "therapies", "names no line", "remove line"),
        wrong("timely-ceasing", "moves_from", "colleges", "unknown setting", ""),
        wrong("timely-ceasing", "moves_from", ..., "does not say which", "add moves_from"),
        wrong("repatriation", "moves_to", "independent", "move to where they are", "another setting"),
        wrong("early-identification", "programme", "continued", "unknown programme", '"continuing"?'),
        wrong("new-places", "provisions", ["pipeline-2022-09-nort"], "unknown provision", '"pipeline-2022-09-north"?'),
        wrong("new-places", "slippage", CERTAIN | {"value": 4.0}, "slip by estate.slippage", "remove it"),
        wrong("price-negotiation", "effect", CERTAIN | {"value": -1.2}, "out of range", ""),
        wrong("repatriation", "effect", CERTAIN | {"value": 0.2}, "move the other way", "exchange"),
        wrong("price-negotiation", "delivered", CERTAIN | {"value": 1.4}, "out of range", ""),
        wrong("price-negotiation", "yearly_cost", CERTAIN | {"value": -1.0}, "out of range", ""),
        wrong("price-negotiation", "rating", "blue", "not one of", ""),
        wrong("price-negotiation", "theme", "supply", "not one of", '"supply management"?'),
    ],
)
def test_a_mistake_in_an_intervention_is_named(problem_with: Any, path: str, value: Any, what: str, mend: str) -> None:
    problem = problem_with(path, value)
    assert what in problem.what
    assert problem.field.startswith(path.rsplit(".", 1)[0])
    assert mend in problem.mend


def changed_data(**interventions: dict[str, Any]) -> dict[str, Any]:
    data = load("bristol-2022").model_dump(mode="python", exclude_none=True, exclude={"overrides"})
    for key, changes in interventions.items():
        data["interventions"][key] = data["interventions"].get(key, {}) | changes
    return data


def test_the_same_children_are_not_moved_twice(problem_of: Any, bristol: Scenario) -> None:
    from sufficiency.scenario.library import validated

    second = bristol.interventions["repatriation"].model_dump(mode="python", exclude_none=True)
    both = {
        "repatriation": {"enabled": True, "effect": second["effect"] | {"value": -0.6, "low": -0.7, "high": -0.5}},
        "step-down": second | {"enabled": True, "effect": second["effect"] | {"value": -0.4, "low": -0.5, "high": -0.3}},
    }
    problem = problem_of(validated, changed_data(**both), where="mine.toml")
    assert "move more of them than there are" in problem.what
    assert problem.value == 1.2
    assert "independent" in problem.allowed


def test_two_interventions_do_not_open_the_same_places(problem_of: Any, bristol: Scenario) -> None:
    from sufficiency.scenario.library import validated

    twin = bristol.interventions["new-places"].model_dump(mode="python", exclude_none=True)
    problem = problem_of(validated, changed_data(**{"more-places": twin}), where="mine.toml")
    assert "two interventions open the same places" in problem.what


def test_refusals_cannot_be_pushed_above_one(problem_of: Any, bristol: Scenario) -> None:
    from sufficiency.scenario.library import validated

    pattern = bristol.interventions["early-identification"].model_dump(mode="python", exclude_none=True)
    high = float(np.float64(bristol.decisions.refused.high))
    effect = pattern["effect"] | {"value": 0.9, "low": 0.5, "high": 1.0}
    several = {f"refuse-{i}": pattern | {"quantity": "refusal", "effect": effect} for i in range(5)}
    problem = problem_of(validated, changed_data(**several), where="mine.toml")
    assert "more than every request refused" in problem.what
    assert problem.value > 1 > high
