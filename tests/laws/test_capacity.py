"""No service does more than it can, and none idles while cases wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.caseload import NEVER


@pytest.fixture(scope="module", params=[0, 1])
def council(request: pytest.FixtureRequest, until: Callable[[int], Scenario], witnessed: Any) -> Any:
    """The council of a future to February 2025, after it."""
    return witnessed(until(2025), request.param)[1].council


@pytest.fixture(scope="module", params=[0, 1])
def without_writers(request: pytest.FixtureRequest, until: Callable[[int], Scenario], witnessed: Any, drop: Any) -> Any:
    """The same where writing limits nothing and no decision not to issue is overturned."""
    scenario = drop(drop(until(2025), "assessment_team.drafts_per_week"), "assessment_team.not_issued_overturned")
    return witnessed(scenario, request.param)[1].council


def by_week(weeks: np.ndarray[Any, Any], council: Any) -> np.ndarray[Any, Any]:
    """Events in each week of the clock."""
    happened = weeks[(weeks >= 0) & (weeks < council.weeks)].astype(int)
    counts: np.ndarray[Any, Any] = np.bincount(happened, minlength=council.weeks)
    return counts


def test_the_panel_decides_no_more_requests_than_it_can_in_any_week(council: Any) -> None:
    decided = by_week(council.caseload.decision_week, council)
    assert (decided <= council.capacity(council.scenario.decisions.decisions_per_week.value)).all()
    assert decided.sum() > 1000


def test_the_team_takes_as_many_cases_as_it_can_while_any_wait_and_never_more(without_writers: Any) -> None:
    council = without_writers
    team = council.scenario.assessment_team
    drafting = team.weeks_to_finalise.value
    capacity = council.capacity(team.cases_per_week.value, team.capacity_growth.value, team.follows_demand.value)
    plan_week = council.caseload.plan_week.astype(int)
    taken = by_week(council.caseload.not_issued_week, council)
    taken += by_week(np.where(plan_week < NEVER, plan_week - drafting, -1), council)  # the first weeks' were drafted before
    whole = slice(0, council.weeks - drafting)
    assert (taken[whole] <= capacity[whole]).all()
    assert taken[whole].sum() > 0.9 * capacity[whole].sum()  # with a backlog from the first day there is no idling


def test_what_a_service_can_do_keeps_its_fractions_over_the_weeks(council: Any) -> None:
    for rate in (0.3, 2.5, 13.7):
        done = council.capacity(rate).cumsum()
        assert (np.abs(done - rate * np.arange(1, council.weeks + 1)) < 1).all()
    grown = council.capacity(100.0, 0.1)
    assert grown[104:156].sum() / grown[:52].sum() == pytest.approx(1.1 ** (104 / (365.25 / 7)), rel=1e-3)
    assert (np.diff([council.capacity(rate).cumsum()[-1] for rate in (5.0, 5.01, 6.0)]) >= 0).all()


def test_every_request_decided_has_one_outcome(council: Any) -> None:
    """Refused, withdrawn, or on to assessment; and an assessment ends with a plan or a decision not to issue, never both."""
    caseload = council.caseload
    weeks = {name: getattr(caseload, f"{name}_week") != NEVER for name in (
        "decision", "refusal", "withdrawal", "overturn", "not_issued", "plan")}  # fmt: skip
    assert not (weeks["refusal"] & weeks["withdrawal"]).any()
    reversed_ = caseload.reversal_week != NEVER
    assert reversed_.any()
    assert ((weeks["plan"] & weeks["not_issued"]) == reversed_).all()
    assert (weeks["refusal"] | ~weeks["overturn"]).all()
    ended = weeks["plan"] | weeks["not_issued"]
    assert not (ended & weeks["withdrawal"]).any()
    assert not (ended & weeks["refusal"] & ~weeks["overturn"]).any()
    own = (caseload.request_week >= 0) & (caseload.request_week != NEVER)
    assert (weeks["decision"] | ~(own & ended)).all()
