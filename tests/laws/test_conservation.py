"""Law 1: no request, child or place appears or vanishes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sufficiency.domain.dictionaries import LAST_NCY
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.caseload import CEASED, HAS_PLAN, NO_PROVISION, NO_SETTING, S

REPLICATIONS = (0, 1, 2)
Tallies = dict[str, np.ndarray[Any, Any]]


@pytest.fixture(scope="module", params=REPLICATIONS)
def tallies(request: pytest.FixtureRequest, until: Callable[[int], Scenario], futures: Any) -> Tallies:
    """The tallies of a future to February 2025."""
    found: Tallies = futures(until(2025), request.param).tallies
    return found


@pytest.fixture(scope="module", params=REPLICATIONS)
def watched(request: pytest.FixtureRequest, bristol: Scenario, witnessed: Any) -> Any:
    """A witnessed future to the full horizon, with a school that closes."""
    scenario = bristol.changed("supply.special-semh-south", closes=dt.date(2024, 8, 31))
    return witnessed(scenario, request.param, check=_check_places)


def _check_places(witness: Any, week: int) -> None:
    caseload, estate = witness.council.caseload, witness.estate
    placed = np.flatnonzero(caseload.provision >= 0)
    held = np.bincount(caseload.provision[placed], minlength=len(estate))
    assert (held == estate.held).all(), week
    assert (estate.held <= estate.number).all(), week
    assert (estate.held >= 0).all(), week
    closed = estate.closes <= week
    assert (estate.number[closed] == estate.held[closed]).all(), week
    assert (caseload.setting[placed] == estate.setting[caseload.provision[placed]]).all(), week
    assert (caseload.state[placed] == HAS_PLAN).all(), week
    state_places = (caseload.setting == S["special"]) | (caseload.setting == S["resourced"])
    assert (caseload.provision[state_places & (caseload.state == HAS_PLAN)] != NO_PROVISION).all(), week
    waiting = np.flatnonzero(caseload.waiting)
    assert (caseload.provision[waiting] < 0).all(), week
    assert (caseload.state[waiting] == HAS_PLAN).all(), week
    without = witness.placements.list.without_a_place()
    assert (caseload.provision[without] == NO_PROVISION).all(), week
    assert (caseload.setting[without] != S["independent"]).all(), week
    assert (caseload.setting[caseload.state == HAS_PLAN] != NO_SETTING).all(), week
    assert (caseload.setting[caseload.state == CEASED] == NO_SETTING).all(), week
    assert (caseload.ncy[caseload.state == HAS_PLAN] <= LAST_NCY).all(), week
    listed = witness.placements.list.rows
    assert np.unique(listed).size == listed.size, week
    assert (np.sort(listed) == waiting).all(), week
    assert (np.diff(caseload.wait_since[listed]) >= 0).all(), week


def test_places_are_held_once_where_children_are_asked_back_and_places_contracted(fix: Any, witnessed: Any) -> None:
    """A block contract's places count like any other, and nobody asks to return who has one of them."""
    scenario = load("bristol-2022+as-delivered").changed("", horizon=dt.date(2026, 2, 28))
    scenario = fix(fix(scenario, "placements.return_at_transfer", 0.8), "placements.to_out_of_area", 0.2)
    chosen = scenario.placements.return_at_transfer
    scenario = scenario.changed("placements", return_in_year=chosen)
    _, witness = witnessed(scenario, 0, check=_check_places)
    assert witness.weeks_seen > 200
    held = witness.council.caseload.provision
    contracted = np.flatnonzero(witness.estate.setting == S["independent"])
    assert np.isin(held, contracted).sum() > 5


def test_every_request_is_refused_withdrawn_in_progress_issued_or_decided_not_to_issue(
    tallies: Tallies, bristol: Scenario, until: Any
) -> None:
    """Opening cases + requests = refusals less overturned + withdrawals + plans + decisions not to issue + in progress."""
    scenario = until(2025)
    drawn_open = scenario.assessment_team.open_at_start.value
    total = {name: values.sum(axis=(1, 2, 3)) for name, values in tallies.items() if values.ndim == 4 and "caseload" not in name}
    ended = (
        np.cumsum(total["refusals"] - total["overturned"])
        + np.cumsum(total["withdrawals"])
        + np.cumsum(total["plans_issued"])
        + np.cumsum(total["not_issued"])
    )
    in_progress = total["requests_undecided"] + total["assessments_open"]
    opening = ended + in_progress - np.cumsum(total["requests"])
    assert (opening == opening[0]).all()
    # What was under way on the first day: the open assessments, and the undecided requests as drawn.
    undecided = scenario.decisions.undecided_at_start
    assert undecided.low is not None
    assert undecided.high is not None
    assert drawn_open + undecided.low <= opening[0] <= drawn_open + undecided.high


def test_requests_are_conserved_in_every_area_and_need(tallies: Tallies) -> None:
    total = {name: tallies[name].sum(axis=-1).astype(int) for name in (
        "requests", "refusals", "overturned", "withdrawals", "plans_issued", "not_issued", "requests_undecided",
        "assessments_open")}  # fmt: skip
    ended = sum(total[name].cumsum(axis=0) for name in ("refusals", "withdrawals", "plans_issued", "not_issued"))
    opening = (
        ended
        - total["overturned"].cumsum(axis=0)
        + total["requests_undecided"]
        + total["assessments_open"]
        - total["requests"].cumsum(axis=0)
    )
    assert (opening == opening[0]).all()


def test_caseload_is_the_last_census_and_joiners_less_leavers_and_movers(tallies: Tallies) -> None:
    """caseload(t+1) = caseload(t) + joiners - leavers + movers_in - movers_out, for every area, need and setting."""
    caseload = tallies["caseload"].sum(axis=3).astype(int)
    change = (tallies["joiners"] - tallies["leavers"] + tallies["movers_in"] - tallies["movers_out"]).astype(int)
    assert caseload.shape[0] == 4
    assert (caseload[1:] == caseload[:-1] + change[1:]).all()
    assert change[1:].any()
    assert not change[0].any()  # the first census is the opening stock


def test_caseload_is_conserved_where_the_clock_starts_between_censuses(bristol: Scenario, futures: Any) -> None:
    """A clock that starts after its January's census counts from its opening stock to its first census."""
    scenario = bristol.changed("", start=dt.date(2022, 1, 31), horizon=dt.date(2024, 3, 31))
    tallies = futures(scenario, 0).tallies
    caseload = tallies["caseload"].sum(axis=(1, 2, 3)).astype(int)
    change = (tallies["joiners"] - tallies["leavers"] + tallies["movers_in"] - tallies["movers_out"]).sum(axis=(1, 2))
    opening = np.array([scenario.caseload.by_setting.value[code] for code in S])
    assert (caseload[0] == opening + change[0]).all()
    assert (caseload[1] == caseload[0] + change[1]).all()


def test_every_mover_in_is_a_mover_out_of_somewhere_else(tallies: Tallies) -> None:
    assert (tallies["movers_in"].sum(axis=-1) == tallies["movers_out"].sum(axis=-1)).all()


def test_the_opening_census_is_the_published_stock(tallies: Tallies, bristol: Scenario) -> None:
    published = [bristol.caseload.by_setting.value[code] for code in S]
    assert tallies["caseload"][0].sum(axis=(0, 1, 2)).tolist() == published


def test_joiners_are_the_plans_issued_and_the_transfers_in(watched: Any) -> None:
    """Between two censuses, those who join are those whose plan was issued and those who moved in with one."""
    _, witness = watched
    caseload, ledger = witness.council.caseload, witness.council.ledger
    _, rows, before, _ = ledger.entries()
    joined = rows[before < 0]
    assert np.unique(joined).size == joined.size
    issued = np.flatnonzero(caseload.plan_week < witness.council.weeks)
    assert np.isin(issued, joined).all()
    others = np.setdiff1d(joined, issued)
    assert (caseload.request_week[others] > witness.council.weeks).all()  # they came with a plan


def test_pupil_years_are_the_weekly_caseload_of_whole_financial_years(until: Callable[[int], Scenario], witnessed: Any) -> None:
    """Pupil-years are the mean over the weeks of the plans counted in each of them."""
    scenario = until(2024)
    stocks = []

    def count(witness: Any, week: int) -> None:
        if week >= 0:
            caseload = witness.council.caseload
            rows = np.flatnonzero(caseload.state == HAS_PLAN)
            cell = caseload.need[rows].astype(int) * len(S) + caseload.setting[rows]
            stocks.append(np.bincount(cell, minlength=12 * len(S)).reshape(12, len(S)))

    future, _ = witnessed(scenario, 1, check=count)
    in_year = scenario.calendar.financial_years == 2022
    assert scenario.calendar.whole_financial_years == (2022,)
    assert np.allclose(future.tallies["pupil_years"][0], np.array(stocks)[in_year].mean(axis=0), rtol=1e-12)


def test_no_child_is_in_two_places_and_no_place_over_its_number_in_any_week(watched: Any) -> None:
    """Checked at the end of every week by the witness; a closing school keeps its children and takes no more."""
    _, witness = watched
    assert witness.weeks_seen == witness.council.weeks + 1
    estate = witness.estate
    closed = estate.ids.index("special-semh-south")
    assert estate.number[closed] == estate.held[closed]
    assert 0 < estate.held[closed] < estate.residents[closed]


def test_watching_changes_nothing(watched: Any, bristol: Scenario, futures: Any) -> None:
    future, _ = watched
    scenario = bristol.changed("supply.special-semh-south", closes=dt.date(2024, 8, 31))
    again = futures(scenario, future.replication).tallies
    assert all((again[name] == values).all() for name, values in future.tallies.items())


def test_places_are_those_open_to_residents_however_they_are_filled(watched: Any) -> None:
    """Summed over needs and phases, the places of an area on the last census are its provisions' numbers."""
    future, witness = watched
    scenario = witness.council.scenario
    census_week = scenario.calendar.census_weeks[-1]
    opened = (witness.estate.opens <= census_week - 1) & (witness.estate.closes > census_week)
    whole = witness.estate.closes > witness.council.weeks
    for area in range(len(scenario.areas)):
        here = opened & whole & (witness.estate.area == area)
        least = witness.estate.number[here].sum()
        assert future.tallies["places"][-1, area].sum() >= least - 1e-6
        if not (~whole & (witness.estate.area == area)).any():
            assert future.tallies["places"][-1, area].sum() == pytest.approx(least)
