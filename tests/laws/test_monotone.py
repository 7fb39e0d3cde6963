"""Law 2: more staff, more places and more requests each push one way only, future by future.

Scenarios are paired child by child, and no demand is induced: nobody asks because places are to be had.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.scenario.scenario import Scenario

REPLICATIONS = (0, 1, 2, 3, 4, 5)


def plans_by_month(future: Any) -> np.ndarray[Any, Any]:
    """Plans issued, cumulated over months."""
    totals: np.ndarray[Any, Any] = future.tallies["plans_issued"].sum(axis=(1, 2, 3)).cumsum()
    return totals


def waiting(future: Any) -> np.ndarray[Any, Any]:
    """Children waiting at each census."""
    totals: np.ndarray[Any, Any] = future.tallies["waiting"].sum(axis=(1, 2, 3))
    return totals


def gap_all(future: Any) -> np.ndarray[Any, Any]:
    """Need less places at each census."""
    totals: np.ndarray[Any, Any] = (future.tallies["need"] - future.tallies["places"]).sum(axis=(1, 2, 3))
    return totals


def with_places(scenario: Scenario, key: str, more: int) -> Scenario:
    """A provision with so many places more, at both ends of its range too."""
    places = scenario.supply[key].places
    assert places.low is not None
    assert places.high is not None
    return scenario.changed(f"supply.{key}.places", value=places.value + more, low=places.low + more, high=places.high + more)


def with_growth(scenario: Scenario, more: float) -> Scenario:
    """Requests growing faster by ``more`` a year."""
    growth = scenario.demand.growth
    assert growth.low is not None
    assert growth.high is not None
    return scenario.changed("demand.growth", value=growth.value + more, low=growth.low + more, high=growth.high + more)


@pytest.mark.parametrize("factor", [1.01, 1.5])
@pytest.mark.parametrize("path", ["decisions.decisions_per_week", "advice.advice_per_week", "assessment_team.cases_per_week"])
def test_more_staff_anywhere_never_lowers_the_plans_issued_by_any_month(
    until: Any, futures: Any, scale: Any, fix: Any, path: str, factor: float
) -> None:
    """Where every assessment ends in a plan: a team that does more has always finished at least as many cases."""
    scenario = fix(until(2024), "assessment_team.not_issued", 0.0)
    for replication in REPLICATIONS[:3]:
        before = plans_by_month(futures(scenario, replication))
        after = plans_by_month(futures(scale(scenario, path, factor), replication))
        # Capacity is whole cases a week with fractions carried, so cumulated capacity never falls behind; nor do plans.
        assert (after >= before).all()


@pytest.mark.parametrize("factor", [1.1, 1.5])
def test_a_larger_assessment_team_never_lowers_the_plans_issued_by_the_horizon(
    until: Any, futures: Any, scale: Any, factor: float
) -> None:
    """With decisions not to issue as well: which children are assessed in time may differ, the number of plans only grows."""
    scenario = until(2025)
    more = scale(scenario, "assessment_team.cases_per_week", factor)
    for replication in REPLICATIONS:
        assert plans_by_month(futures(more, replication))[-1] >= plans_by_month(futures(scenario, replication))[-1]


@pytest.mark.parametrize(("path", "factor"), [("advice.advice_per_week", 1.5), ("assessment_team.cases_per_week", 1.01)])
def test_more_staff_never_lower_the_cases_taken_by_any_week(
    until: Any, witnessed: Any, scale: Any, path: str, factor: float
) -> None:
    """With decisions not to issue as well, the law is one of cases taken by the team: they never fall behind in any week.

    Which children they are may differ, and of those some are decided not to issue: where the team is the bottleneck, more
    advice may so lower the plans issued by the horizon by two or three, never the cases taken.
    """
    scenario = until(2024)
    for replication in REPLICATIONS[:2]:
        taken = [
            cases_taken(witnessed(s, replication)[1].council, scenario.assessment_team.weeks_to_finalise.value)
            for s in (scenario, scale(scenario, path, factor))
        ]
        assert (taken[1] >= taken[0]).all()


def cases_taken(council: Any, drafting: int) -> np.ndarray[Any, Any]:
    """Cases taken by the team by each week: ended without a plan at once, or with one when it has been drafted."""
    weeks = np.arange(council.weeks - drafting)
    ended, issued = (np.sort(w) for w in (council.caseload.not_issued_week, council.caseload.plan_week))
    taken: np.ndarray[Any, Any] = ended.searchsorted(weeks, side="right") + issued.searchsorted(weeks + drafting, side="right")
    return taken


@pytest.mark.parametrize("key", ["special-north", "resourced-primary-south"])
@pytest.mark.parametrize("more", [1, 10, 60])
def test_more_places_never_raise_the_number_waiting_at_any_census(
    one_kind_of_place: Scenario, futures: Any, key: str, more: int
) -> None:
    """Where every place serves every child, in every future."""
    for replication in REPLICATIONS[:4]:
        before = waiting(futures(one_kind_of_place, replication))
        assert (waiting(futures(with_places(one_kind_of_place, key, more), replication)) <= before).all()


def test_a_new_provision_never_raises_the_number_waiting_at_any_census(one_kind_of_place: Scenario, futures: Any) -> None:
    new = one_kind_of_place.supply["special-north"].model_dump(mode="python")
    new |= {"title": "New school", "opens": dt.date(2023, 9, 1), "status": "firm", "area": "south"}
    more = one_kind_of_place.changed("supply", **{"new-school": new})
    for replication in REPLICATIONS[:4]:
        before, after = waiting(futures(one_kind_of_place, replication)), waiting(futures(more, replication))
        assert (after <= before).all()
        assert after[-1] < before[-1]


@pytest.mark.parametrize(("key", "more"), [("special-north", 60), ("resourced-primary-south", 10)])
def test_more_places_of_a_kind_lower_the_mean_number_waiting_at_every_census(
    until: Any, futures: Any, key: str, more: int
) -> None:
    """With the designations of real schools the law holds for the mean over futures, and all but holds in each.

    Two paths let a single future break it by a child or two. A child placed gives the place up at a phase transfer, or steps
    down, and comes to wait again, where the same child unplaced would have gone to an independent school and waited no longer.
    And a panel that places the longest waiting in the nearest school, without looking ahead, may by an additional place seat
    another child in the only school that would have served a third.
    """
    scenario = until(2027)
    more_places = with_places(scenario, key, more)
    change = np.array([
        waiting(futures(more_places, replication)) - waiting(futures(scenario, replication)) for replication in REPLICATIONS
    ])  # fmt: skip
    assert (change[:, 0] == 0).all()  # the waiting list of the first day is given
    assert (change[:, 1:].mean(axis=0) < 0).all()
    assert change.max() <= 0.5 * more


@pytest.mark.parametrize("more", [0.005, 0.05])
def test_more_demand_never_shrinks_gap_all_at_any_census(ample: Scenario, futures: Any, more: float) -> None:
    """Where assessment keeps up, in every future; nor does it lower the number waiting."""
    growing = with_growth(ample, more)
    for replication in REPLICATIONS:
        before, after = futures(ample, replication), futures(growing, replication)
        assert (gap_all(after) >= gap_all(before)).all()
        assert (waiting(after) >= waiting(before)).all()
    assert gap_all(after)[-1] > gap_all(before)[-1]


@pytest.mark.parametrize("more", [0.01, 0.05])
def test_higher_demand_holds_the_requests_of_the_lower_cell_by_cell(
    until: Any, futures: Any, witnessed: Any, more: float
) -> None:
    """Common random numbers: higher demand adds requests and leaves those already there as they are."""
    scenario = until(2025)
    growing = with_growth(scenario, more)
    for replication in REPLICATIONS[:3]:
        before, after = (futures(s, replication).tallies["requests"] for s in (scenario, growing))
        assert (after >= before).all()
        assert after.sum() > before.sum()
    low, high = (witnessed(s, 0)[1].council.caseload for s in (scenario, growing))
    shared = np.isin(high.key, low.key)
    assert shared.sum() == len(low)
    for name in ("key", "area", "need", "reception_year", "request_week", "priority"):
        assert (getattr(high, name)[shared] == getattr(low, name)).all(), name


@pytest.mark.parametrize("more", [0.02, 0.05])
def test_more_demand_than_assessment_can_meet_still_widens_gap_all(until: Any, futures: Any, more: float) -> None:
    """As Bristol stands, with queues: by the horizon in every future, and at every census but the second in their mean.

    Until capacity follows, the same number of plans go to other children, and need is counted once there is a plan: in the
    first years of a single future the gap may be a few children smaller, well under a hundredth of the need.
    """
    scenario = until(2027)
    growing = with_growth(scenario, more)
    change = np.array([gap_all(futures(growing, r)) - gap_all(futures(scenario, r)) for r in REPLICATIONS])
    assert (change[:, 0] == 0).all()
    assert (change[:, -1] > 0).all()
    assert (change[:, 2:].mean(axis=0) > 0).all()
    assert change.min() > -0.01 * futures(scenario, 0).tallies["need"][0].sum()


def test_where_staff_never_follow_more_demand_shows_in_the_queues_more_than_in_the_gap(
    until: Callable[[int], Scenario], futures: Any, scale: Any, fix: Any
) -> None:
    """With staff that stay far too few more requests cannot make more plans: what the gap does not show, the queues do."""
    scenario = scale(until(2027), "assessment_team.cases_per_week", 0.5)
    for team in ("advice", "assessment_team"):
        scenario = fix(scenario, f"{team}.follows_demand", 0.0)
    growing = with_growth(scenario, 0.05)
    for replication in REPLICATIONS[:3]:
        before, after = futures(scenario, replication).tallies, futures(growing, replication).tallies
        queued = sum(
            int(after[name][-1].sum()) - int(before[name][-1].sum()) for name in ("requests_undecided", "assessments_open")
        )
        change = sum(sign * (f["need"][-1] - f["places"][-1]).sum() for sign, f in ((1, after), (-1, before)))
        assert queued > 0
        assert change + queued > 0
        assert abs(int(after["plans_issued"].sum()) - int(before["plans_issued"].sum())) < 0.2 * queued


def test_one_kind_of_place_really_is_one_kind(one_kind_of_place: Scenario) -> None:
    assert {(p.setting, p.needs, p.phases) for p in one_kind_of_place.supply.values()} == {("special", NEEDS.codes, PHASES.codes)}
