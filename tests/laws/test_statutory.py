"""Law 7: the statutory clock, and the denominators on which DfE publishes it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.caseload import HAS_PLAN, NEVER, NO_SETTING, Caseload, S
from sufficiency.simulation.council import Council
from sufficiency.simulation.pathway_recorder import PathwayRecorder
from sufficiency.simulation.recorder import Recorder
from sufficiency.simulation.services import Pathway
from sufficiency.simulation.streams import Streams, keys_of

DECIDE_WITHIN, PLAN_WITHIN = 6, 20


def recorded(
    scenario: Scenario, request_weeks: list[int], plan_weeks: list[int], overturned: tuple[int, ...] = ()
) -> dict[str, Any]:
    """The tallies of children with the given weeks of request and plan, all of one area and need."""
    rows = len(request_weeks)
    caseload = Caseload(
        key=keys_of("made up", rows),
        area=np.zeros(rows, dtype=np.int8),
        need=np.zeros(rows, dtype=np.int8),
        reception_year=np.full(rows, 2015, dtype=np.int16),
        request_week=np.array(request_weeks, dtype=np.int16),
        setting=np.full(rows, NO_SETTING, dtype=np.int8),
        state=np.full(rows, HAS_PLAN, dtype=np.int8),
        priority=np.zeros(rows, dtype=np.bool_),
    )
    caseload.plan_week[:] = plan_weeks
    caseload.overturn_week[list(overturned)] = 30
    council = Council(scenario, Streams(1, 0), caseload)
    none = np.zeros(0, dtype=np.int64)
    estate: Any = SimpleNamespace(setting=none, opens=none, closes=none, commissioned=none, counts=none.astype(bool), area=none)
    idle = [0] * council.weeks
    service: Any = SimpleNamespace(done=idle, written=idle, capacity=idle, writers_capacity=idle, accepted=none, accepted_in=none)
    service.undecided = lambda week: none
    services = Pathway(council, service, service, service, none)
    waiting = SimpleNamespace(rows=none, without_a_place=lambda: none)
    placements: Any = SimpleNamespace(list=waiting)
    recorder = Recorder(council, PathwayRecorder(services), placements, estate, np.zeros((0, 12, 4)))
    recorder._opening = np.zeros(12 * len(S), dtype=np.int64)
    return recorder.tallies()


@pytest.fixture(scope="module")
def plain(until: Callable[[int], Scenario], fix: Any) -> Scenario:
    """Bristol to February 2024, where no plan is flagged with an exception or a dispute."""
    scenario = until(2024)
    for name in ("exception", "exception_at_closure", "after_dispute"):
        scenario = fix(scenario, f"assessment_team.{name}", 0.0)
    return scenario


def _totals(tallies: dict[str, Any]) -> dict[str, int]:
    return {name: int(tallies[name].sum()) for name in (
        "requests", "plans_issued", "plans_issued_on_time", "plans_in_denominator", "plans_on_time_in_denominator")}  # fmt: skip


def test_a_plan_is_on_time_within_20_weeks_of_the_request_and_not_a_week_later(plain: Scenario) -> None:
    request = [0, 0, 0, -30, 10, 50]
    plan = [19, 20, 21, -30 + 20 + 15, 30, 71]
    totals = _totals(recorded(plain, request, plan))
    assert totals["plans_issued"] == 6
    assert totals["plans_issued_on_time"] == 3
    assert totals["requests"] == 5  # one was made before the clock started


def test_plans_count_in_the_month_of_issue_and_requests_in_the_month_of_the_request(plain: Scenario) -> None:
    tallies = recorded(plain, [0, 8], [18, 30])
    calendar = plain.calendar
    for name, weeks in (("requests", (0, 8)), ("plans_issued", (18, 30))):
        by_month = tallies[name].sum(axis=(1, 2, 3))
        assert np.flatnonzero(by_month).tolist() == sorted({int(calendar.month_of_week[w]) for w in weeks})


def test_without_exceptions_or_disputes_both_denominators_are_the_plans_issued(plain: Scenario) -> None:
    totals = _totals(recorded(plain, [0] * 4, [10, 20, 21, 60]))
    assert totals["plans_in_denominator"] == totals["plans_issued"] == 4
    assert totals["plans_on_time_in_denominator"] == totals["plans_issued_on_time"] == 2


def test_the_denominator_leaves_out_exceptions_and_plans_after_a_dispute(plain: Scenario, fix: Any) -> None:
    """DfE's figure without exceptions: neither they nor plans after mediation or appeal count, on time or late."""
    plans = [20] * 300 + [40] * 300
    for name in ("exception", "after_dispute"):
        scenario = fix(plain, f"assessment_team.{name}", 0.3)
        totals = _totals(recorded(scenario, [0] * 600, plans))
        flagged = Streams(1, 0).uniforms(f"plan/{name.replace('_', '-')}", keys_of("made up", 600)) < 0.3
        assert 140 < flagged.sum() < 220
        assert totals["plans_issued"] == 600
        assert totals["plans_issued_on_time"] == 300
        assert totals["plans_in_denominator"] == 600 - flagged.sum()
        assert totals["plans_on_time_in_denominator"] == 300 - flagged[:300].sum()


def test_a_plan_after_an_overturned_refusal_is_a_plan_after_a_dispute(plain: Scenario) -> None:
    totals = _totals(recorded(plain, [0] * 4, [20, 20, 60, 60], overturned=(2,)))
    assert totals["plans_issued"] == 4
    assert totals["plans_in_denominator"] == 3
    assert totals["plans_on_time_in_denominator"] == 2


def test_a_child_who_came_with_a_plan_or_has_none_yet_is_in_no_count(plain: Scenario) -> None:
    totals = _totals(recorded(plain, [0, NEVER], [NEVER, NEVER]))
    assert totals == {
        "requests": 1, "plans_issued": 0, "plans_issued_on_time": 0, "plans_in_denominator": 0,
        "plans_on_time_in_denominator": 0}  # fmt: skip


def test_with_ample_staff_every_request_is_decided_by_week_6_and_every_plan_is_on_time(ample: Scenario, witnessed: Any) -> None:
    """Timeliness comes out of the queues: without any it is 1, but for cases already late on the first day."""
    for replication in (0, 1):
        future, witness = witnessed(ample, replication)
        caseload = witness.council.caseload
        decided = np.flatnonzero(caseload.decision_week != NEVER)
        assert decided.size > 1000
        assert (caseload.decision_week[decided] - caseload.request_week[decided] <= DECIDE_WITHIN).all()
        issued = np.flatnonzero((caseload.plan_week != NEVER) & (caseload.request_week >= 0))
        disputed = (caseload.overturn_week[issued] != NEVER) | (caseload.reversal_week[issued] != NEVER)
        late = caseload.plan_week[issued] - caseload.request_week[issued] > PLAN_WITHIN
        assert issued.size > 1000
        assert (late == disputed).all()
        second_year = slice(12, None)
        on_time = future.tallies["plans_on_time_in_denominator"][second_year].sum()
        assert on_time == future.tallies["plans_in_denominator"][second_year].sum() > 0


def test_timeliness_falls_when_staff_are_scarce_and_never_rises_with_fewer(
    ample: Scenario, until: Callable[[int], Scenario], futures: Any, scale: Any
) -> None:
    bristol = until(2025)
    scarce = scale(bristol, "assessment_team.cases_per_week", 0.6)

    def timeliness(scenario: Scenario) -> float:
        tallies = [futures(scenario, r).tallies for r in range(3)]
        below = sum(t["plans_in_denominator"][12:].sum() for t in tallies)
        return float(sum(t["plans_on_time_in_denominator"][12:].sum() for t in tallies) / below)

    assert timeliness(ample) == 1.0
    assert 0.0 < timeliness(bristol) < 0.9
    assert timeliness(scarce) < timeliness(bristol)


def test_no_stage_takes_less_than_its_weeks(until: Callable[[int], Scenario], witnessed: Any) -> None:
    """Papers, advice and drafting take the weeks that the scenario says, however many staff there are."""
    scenario = until(2025)
    _, witness = witnessed(scenario, 0)
    caseload = witness.council.caseload
    own = (caseload.request_week >= 0) & (caseload.request_week != NEVER)
    decided = own & (caseload.decision_week != NEVER)
    waits = caseload.decision_week[decided] - caseload.request_week[decided]
    assert waits.min() >= scenario.decisions.weeks_before_panel.value
    issued = own & (caseload.plan_week != NEVER)
    least = scenario.advice.weeks_to_advise.value + scenario.assessment_team.weeks_to_finalise.value
    assert (caseload.plan_week[issued] - caseload.decision_week[issued]).min() >= least
    ended = own & (caseload.not_issued_week != NEVER)
    wait = caseload.not_issued_week[ended] - caseload.decision_week[ended]
    assert wait.min() >= scenario.advice.weeks_to_advise.value


def test_an_overturned_refusal_comes_back_even_where_that_takes_no_time(
    until: Callable[[int], Scenario], witnessed: Any, fix: Any
) -> None:
    for weeks in (0, 1, 26):
        for by, weeks_to in (("overturned_by_mediation", "weeks_to_mediation"), ("overturned_by_tribunal", "weeks_to_tribunal")):
            scenario = fix(fix(until(2024), "decisions.overturned_by_mediation", 0.0), "decisions.refused", 0.2)
            scenario = fix(fix(scenario, f"decisions.{weeks_to}", weeks), f"decisions.{by}", 1.0)
            _, witness = witnessed(scenario, 0)
            caseload = witness.council.caseload
            refused = caseload.refusal_week < witness.council.weeks - max(weeks, 1)
            assert refused.sum() > 50
            assert (caseload.overturn_week[refused] == caseload.refusal_week[refused] + max(weeks, 1)).all()
