"""The assessment pathway: staff in post, plan writers, plans that are known, policies that change, appeals and exceptions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sufficiency.scenario.figures import Figure
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.assessments import AssessmentTeam
from sufficiency.simulation.decisions import served
from sufficiency.simulation.future import simulate
from sufficiency.simulation.pathway import simulate_assessment
from sufficiency.simulation.results import PATHWAY_TALLIES

MONTHS_22 = [f"2022-{month:02d}" for month in range(1, 13)]


@pytest.fixture(scope="session")
def with_team(two_years: Scenario) -> Callable[..., Scenario]:
    """Bristol to February 2024 with figures of the assessment team (or ``section``) set to plain values; None leaves one out."""

    def make(section: str = "assessment_team", base: Scenario = two_years, **values: Any) -> Scenario:
        data = base.model_dump(mode="python")
        for name, value in values.items():
            if value is None:
                data[section][name] = None
                continue
            given = {"value": value, "unit": "as said", "source": "assumption", "known_from": dt.date(2022, 3, 7),
                     "verified": False, "reason": "A test."}  # fmt: skip
            data[section][name] = given
        return Scenario.model_validate(data)

    return make


def total(tallies: dict[str, Any], name: str) -> np.ndarray[Any, Any]:
    """A tally by month."""
    values = tallies[name]
    found: np.ndarray[Any, Any] = values.sum(axis=tuple(range(1, values.ndim)))
    return found


@pytest.mark.parametrize("replication", [0, 1, 2])
def test_the_pathway_alone_gives_the_numbers_of_the_whole_future(two_years: Scenario, replication: int) -> None:
    alone, whole = simulate_assessment(two_years, replication).tallies, simulate(two_years, replication).tallies
    assert set(alone) == set(PATHWAY_TALLIES)
    for name, values in alone.items():
        assert (values == whole[name]).all(), name


def test_first_come_first_served_never_serves_more_than_are_ready_or_than_it_can() -> None:
    ready = np.array([0, 5, 5, 6, 20, 20, 20])
    capacity = np.array([3, 3, 3, 3, 3, 9, 9])
    assert served(ready, capacity).tolist() == [0, 3, 5, 6, 9, 18, 20]
    generator = np.random.default_rng(1)
    for _ in range(50):
        ready, capacity = generator.poisson(4, 60).cumsum(), generator.poisson(4, 60)
        done, expected = 0, []
        for able, room in zip(ready, capacity, strict=True):
            done = min(int(able), done + int(room))
            expected.append(done)
        assert served(ready, capacity).tolist() == expected


def test_plans_known_by_month_are_the_plans_issued_in_it(with_team: Callable[..., Scenario]) -> None:
    """While there are cases enough: the known number is the writers' capacity, and the first weeks' are being written already."""
    plans = dict(zip(MONTHS_22, (38, 51, 50, 47, 41, 57, 51, 38, 48, 48, 40, 43), strict=True))
    scenario = with_team(plans_by_month=plans, cases_per_week=60.0, drafts_per_week=None)
    scenario = with_team("advice", scenario, advice_per_week=60.0)
    for replication in range(3):
        tallies = simulate_assessment(scenario, replication).tallies
        reversed_ = total(tallies, "overturned")[:12].sum()
        found = total(tallies, "plans_issued")[:12]
        # Plans that an appeal brings about come on top.
        assert (found >= list(plans.values())).all()
        assert found.sum() <= sum(plans.values()) + reversed_


def test_plans_known_by_month_are_exact_without_appeals(with_team: Callable[..., Scenario]) -> None:
    plans = dict(zip(MONTHS_22, (38, 51, 50, 47, 41, 57, 51, 38, 48, 48, 40, 43), strict=True))
    scenario = with_team(plans_by_month=plans, cases_per_week=60.0, drafts_per_week=None, not_issued_overturned=None)
    scenario = with_team("advice", scenario, advice_per_week=60.0)
    for replication in range(3):
        assert total(simulate_assessment(scenario, replication).tallies, "plans_issued")[:12].tolist() == list(plans.values())


def test_after_the_last_month_known_the_writers_keep_the_pace_of_the_last_year(
    with_team: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fewer plans are known of 2022 than there are cases, and none of 2023: who is left over is written in turn, not at once."""
    plans = dict.fromkeys(MONTHS_22, 20)
    scenario = with_team(plans_by_month=plans, cases_per_week=60.0, drafts_per_week=None, not_issued_overturned=None)
    scenario = with_team("advice", scenario, advice_per_week=60.0)
    teams: list[AssessmentTeam] = []

    class Seen(AssessmentTeam):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            teams.append(self)

    monkeypatch.setattr("sufficiency.simulation.pathway.AssessmentTeam", Seen)
    tallies = simulate_assessment(scenario, 0).tallies
    (team,) = teams
    assert team.waiting > 100
    assert team.written[8:] == team.writers_capacity[8:]
    assert total(tallies, "plans_issued")[12:24].sum() == pytest.approx(240, abs=1)
    assert total(tallies, "plans_issued")[12:24].max() <= 25  # months have four or five weeks


def test_between_months_known_the_writers_keep_the_pace_of_those_before(with_team: Callable[..., Scenario]) -> None:
    plans = {**dict.fromkeys(MONTHS_22[:4], 20), **dict.fromkeys(MONTHS_22[7:], 40)}
    scenario = with_team(plans_by_month=plans, cases_per_week=60.0, drafts_per_week=None, not_issued_overturned=None)
    scenario = with_team("advice", scenario, advice_per_week=60.0)
    issued = total(simulate_assessment(scenario, 0).tallies, "plans_issued")
    assert issued[:4].tolist() == [20] * 4
    assert issued[4:7].sum() == pytest.approx(60, abs=4)
    assert issued[7:12].tolist() == [40] * 5
    known = sum(plans.values()) / 9 * 12  # a month of the known year, on average
    assert issued[12:24].sum() == pytest.approx(known, rel=0.05)


def test_writers_limit_the_plans_begun_whatever_the_coordinators_do(with_team: Callable[..., Scenario]) -> None:
    scenario = with_team(drafts_per_week=5.0, cases_per_week=60.0, capacity_growth=0.0, follows_demand=0.0)
    tallies = simulate_assessment(scenario, 0).tallies
    assert (tallies["drafts_done"] <= tallies["drafts_capacity"]).all()
    assert tallies["drafts_done"].sum() == tallies["drafts_capacity"].sum() == pytest.approx(5 * scenario.calendar.weeks, abs=1)
    more = with_team(base=scenario, drafts_per_week=8.0)
    assert (total(simulate_assessment(more, 0).tallies, "plans_issued").cumsum() >= total(tallies, "plans_issued").cumsum()).all()


@pytest.mark.parametrize(("section", "capacity"), [("advice", "advice_capacity"), ("assessment_team", "cases_capacity")])
def test_vacancies_count_from_their_month(with_team: Callable[..., Scenario], section: str, capacity: str) -> None:
    base = with_team(section, capacity_growth=0.0, follows_demand=0.0)
    vacant = with_team(section, base, in_post={"2022-07": 0.5, "2023-01": 1.0})
    before, after = (simulate_assessment(scenario, 0).tallies[capacity] for scenario in (base, vacant))
    half = slice(6, 12)
    assert (np.abs(after[:6] - before[:6]) <= 1).all()
    assert after[half].sum() == pytest.approx(before[half].sum() / 2, abs=1)
    assert (np.abs(after[12:] - before[12:]) <= 1).all()


def test_the_reserved_share_changes_with_its_month(with_team: Callable[..., Scenario]) -> None:
    """All new cases first, then all backlog first: plans on time fall once the backlog has the whole of capacity."""
    new_first = with_team(backlog_share=0.0)
    changed = with_team(backlog_share=0.0, backlog_share_from={"2022-10": 1.0})
    kept, moved = (total(simulate_assessment(s, 0).tallies, "plans_issued_on_time") for s in (new_first, changed))
    assert (kept[:9] == moved[:9]).all()
    assert moved[12:20].sum() < 0.5 * kept[12:20].sum()


def test_cases_of_a_year_that_changes_phase_go_first(with_team: Callable[..., Scenario]) -> None:
    """With priority for Year 6 its plans are on time more often, and those of the others less often."""
    base = with_team(priority_by_ncy=None)
    first = with_team(priority_by_ncy={"6": 1.0})
    on_time = []
    for scenario in (base, first):
        tallies = [simulate_assessment(scenario, r).tallies for r in range(3)]
        on_time.append(sum(total(t, "plans_issued_on_time")[12:].sum() for t in tallies))
    assert on_time[0] != on_time[1]


def test_a_decision_not_to_issue_that_is_overturned_ends_in_a_plan_after_a_dispute(with_team: Callable[..., Scenario]) -> None:
    scenario = with_team(
        not_issued=0.5, not_issued_overturned=1.0, weeks_to_overturn_not_issued=10, exception=0.0, after_dispute=0.0,
        exception_at_closure=None)  # fmt: skip
    scenario = with_team("decisions", scenario, overturned_by_mediation=0.0, overturned_by_tribunal=0.0)
    tallies = simulate_assessment(scenario, 0).tallies
    reversed_, plans = total(tallies, "overturned").sum(), total(tallies, "plans_issued").sum()
    assert reversed_ > 300
    assert total(tallies, "plans_with_exceptions_in_denominator").sum() == plans - reversed_


def test_an_appeal_takes_a_week_at_least(with_team: Callable[..., Scenario]) -> None:
    """Where it takes no time the plan is final a week after the decision not to issue, and so it is where it takes one."""
    at_once, in_a_week, in_five = (
        simulate_assessment(with_team(not_issued=0.5, not_issued_overturned=1.0, weeks_to_overturn_not_issued=n), 0).tallies
        for n in (0, 1, 5)
    )
    assert all((at_once[name] == in_a_week[name]).all() for name in at_once)
    assert (at_once["plans_by_weeks"] != in_five["plans_by_weeks"]).any()
    assert 0 < total(in_five, "overturned").sum() < total(at_once, "overturned").sum()


def test_exceptions_at_the_summer_closure_leave_one_denominator_and_not_the_other(with_team: Callable[..., Scenario]) -> None:
    plain = with_team(exception=0.0, after_dispute=0.0, exception_at_closure=None)
    closing = with_team(exception=0.0, after_dispute=0.0, exception_at_closure=1.0)
    without, with_ = (simulate_assessment(s, 0).tallies for s in (plain, closing))
    same = "plans_with_exceptions_in_denominator"
    assert (with_[same] == without[same]).all()
    left_out = (without["plans_in_denominator"] - with_["plans_in_denominator"]).sum()
    issued = without["plans_in_denominator"].sum()
    assert 0.03 * issued < left_out < 0.25 * issued  # six weeks of fifty-two, of those asked in the term before


def test_open_assessments_by_age_add_up_to_the_open_assessments(two_years: Scenario) -> None:
    tallies = simulate_assessment(two_years, 1).tallies
    assert (tallies["assessments_open_by_age"].sum(axis=1) == total(tallies, "assessments_open")).all()
    assert (tallies["plans_by_weeks"].sum(axis=1) == total(tallies, "plans_issued")).all()
    on_time = tallies["plans_by_weeks"][:, :21].sum(axis=1)
    assert (on_time == total(tallies, "plans_issued_on_time")).all()


def test_no_service_does_more_than_its_capacity_and_the_panel_decides_in_time_where_it_can(two_years: Scenario) -> None:
    tallies = simulate_assessment(two_years, 2).tallies
    for name in ("advice", "cases", "drafts"):
        assert (tallies[f"{name}_done"] <= tallies[f"{name}_capacity"]).all(), name
    assert (total(tallies, "decisions_within_6_weeks") <= total(tallies, "decisions")).all()


def test_the_opening_stock_has_the_ages_that_are_given(with_team: Callable[..., Scenario]) -> None:
    scenario = with_team(age_profile={"4": 1.0, "20": 0.0, "30": 3.0}, oldest_at_start=60, open_at_start=400)
    ages = simulate_assessment(with_team(base=scenario, cases_per_week=0.0, drafts_per_week=None), 0).tallies[
        "assessments_open_by_age"
    ][0]
    older = ages[33:].sum()  # in the last week of January everyone is three weeks older
    assert older == pytest.approx(300, abs=40)
    assert ages[26:33].sum() == 0


def test_figures_of_the_team_are_checked(with_team: Callable[..., Scenario], two_years: Scenario) -> None:
    assert isinstance(two_years.assessment_team.drafts_per_week, Figure)
    for name, value in (
        ("in_post", {"July": 0.5}),
        ("in_post", {}),
        ("priority_by_ncy", {"99": 1.0}),
        ("age_profile", {"4": 0.0}),
        ("backlog_share_from", {"2022-13": 1.0}),
    ):
        with pytest.raises(ValueError, match=name):
            with_team(**{name: value})


def test_counts_by_ncy_add_up_to_the_counts_by_phase(two_years: Scenario) -> None:
    tallies = simulate(two_years, 1).tallies
    assert (tallies["requests_by_ncy"].sum(axis=1) == total(tallies, "requests")).all()
    assert (tallies["plans_issued_by_ncy"].sum(axis=1) == total(tallies, "plans_issued")).all()
    assert (tallies["caseload_by_ncy"].sum(axis=(1, 2)) == tallies["caseload"].sum(axis=(1, 2, 3))).all()
    assessed = tallies["assessments_by_ncy"].sum()
    undecided = tallies["decisions"].sum() - tallies["refusals"].sum() - tallies["withdrawals"].sum()
    assert undecided <= assessed <= undecided + tallies["overturned"].sum()


def test_a_withdrawn_request_is_not_decided(with_team: Callable[..., Scenario]) -> None:
    """Decisions are to assess or not to: with the share withdrawn they fall, and each is one or the other."""
    scenario = with_team("decisions", withdrawn=0.3, overturned_by_mediation=0.0, overturned_by_tribunal=0.0)
    tallies = simulate_assessment(scenario, 0).tallies
    decided, refused = total(tallies, "decisions").sum(), total(tallies, "refusals").sum()
    assert total(tallies, "withdrawals").sum() > 300
    assert tallies["assessments_by_ncy"].sum() == decided - refused


def test_the_share_refused_changes_with_its_month_whatever_it_was_before(with_team: Callable[..., Scenario]) -> None:
    scenario = with_team("decisions", refused=0.0, refused_from={"2022-07": 0.5, "2023-01": 0.0})
    tallies = simulate_assessment(scenario, 0).tallies
    refused, decided = total(tallies, "refusals"), total(tallies, "decisions")
    assert refused[:6].sum() == refused[12:].sum() == 0
    assert refused[6:12].sum() == pytest.approx(decided[6:12].sum() / 2, rel=0.15)


def test_no_share_of_capacity_is_above_one_where_writing_is_limited_in_some_months_only(
    with_team: Callable[..., Scenario],
) -> None:
    scenario = with_team(plans_by_month=dict.fromkeys(MONTHS_22[5:], 45), drafts_per_week=None)
    tallies = simulate_assessment(scenario, 0).tallies
    assert (tallies["drafts_done"] <= tallies["drafts_capacity"]).all()
    assert not tallies["drafts_capacity"][:3].any()
    assert tallies["drafts_capacity"][5:-1].min() > 0
