"""What workstreams are worth: in every future they sum to the mitigated balance less the unmitigated one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sufficiency.dsg.compare import compare
from sufficiency.dsg.plan import plan, spared
from sufficiency.dsg.players import players, with_only
from sufficiency.dsg.worth import worth
from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import run_futures
from sufficiency.scenario.scenario import Scenario

FUTURES, SEED = 3, 9
Enable = Callable[..., Scenario]


@pytest.fixture(scope="module")
def short(bristol: Scenario) -> Scenario:
    """Two financial years."""
    return bristol.changed("", horizon=dt.date(2024, 4, 30))


def both(scenario: Scenario) -> tuple[Run, Run]:
    return tuple(run_futures(s, FUTURES, base_seed=SEED) for s in (scenario.unmitigated(), scenario))  # type: ignore[return-value]


def test_a_programme_is_one_workstream_rated_by_its_weakest_part(bristol: Scenario) -> None:
    found = {p.id: p for p in players(bristol, bristol.interventions)}
    assert set(found["continuing"].interventions) == {"early-identification", "autism-training", "autism-training-requests"}
    assert found["continuing"].title == bristol.programmes["continuing"].title
    assert found["school-led"].rating == "amber" and found["repatriation"].rating == "red"
    assert found["price-negotiation"].is_simulated is False and found["new-places"].is_simulated
    assert [p.id for p in players(bristol)] == ["continuing", "new-places"]
    only = with_only(bristol, {"price-negotiation"})
    assert [key for key, i in only.interventions.items() if i.enabled] == ["price-negotiation"]


@pytest.mark.law
def test_values_sum_to_the_whole_saving_exact_or_sampled(short: Scenario, enable: Enable) -> None:
    on = ("ordinarily-available", "resource-bases-first", "price-negotiation", "timely-ceasing", "repatriation", "new-places")
    runs = both(enable(short, *on))
    found = plan(*runs)
    whole = compare(found.unmitigated, found.mitigated)
    assert len(found.worth.players) == 6 and found.worth.is_exact
    assert found.worth.cumulative.sum(axis=0) == pytest.approx(whole.cumulative, abs=0.01)
    assert not found.worth.error.any()
    sampled = worth(*runs, sample=True)
    assert not sampled.is_exact
    assert sampled.cumulative.sum(axis=0) == pytest.approx(whole.cumulative, abs=0.01)
    # What acts alone is worth the same in whatever order.
    alone = [p.id for p in sampled.players].index("price-negotiation")
    assert sampled.players == found.worth.players
    assert (sampled.error >= 0).all() and sampled.error[alone, 0] == pytest.approx(0, abs=1e-6)


@pytest.mark.law
def test_zero_intervention_is_worth_exactly_nothing(short: Scenario, enable: Enable) -> None:
    scenario = enable(short, "resource-bases-first", "price-negotiation")
    for key in ("resource-bases-first", "price-negotiation"):
        scenario = scenario.changed(f"interventions.{key}.effect", value=0.0, low=None, high=None)
    scenario = scenario.changed("interventions.resource-bases-first", yearly_cost=None)
    found = worth(*both(scenario))
    assert np.array_equal(found.in_year, np.zeros_like(found.in_year))


@pytest.mark.law
def test_equal_workstreams_are_worth_the_same(short: Scenario, enable: Enable) -> None:
    twin = short.interventions["price-negotiation"]
    data: dict[str, Any] = {**short.interventions, "second-negotiation": twin}
    scenario = enable(short.model_copy(update={"interventions": data}), "price-negotiation", "second-negotiation")
    for key in ("price-negotiation", "second-negotiation"):
        scenario = scenario.changed(f"interventions.{key}", delivered=None, slippage=None, starts=dt.date(2022, 4, 1))
        scenario = scenario.changed(f"interventions.{key}.effect", value=-0.1, low=None, high=None)
    one, other = worth(*both(scenario)).in_year
    assert one == pytest.approx(other)
    assert (one > 0).all()


def test_without_interventions_there_is_no_workstream(short: Scenario) -> None:
    run = run_futures(short.unmitigated(), 2, base_seed=SEED)
    found = plan(run, run)
    assert found.worth.players == () and found.worth.in_year.shape == (0, 2, 2)
    assert spared(run, run) == found.spared
    assert (found.spared.requests, found.spared.plans, found.spared.waiting) == (0, 0, 0)
