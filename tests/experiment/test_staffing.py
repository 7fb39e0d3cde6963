"""The staffing question: paired futures, the least staff that reaches a target, and what cannot be reached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.pathway_runs import Item
from sufficiency.experiment.staffing import search as module
from sufficiency.experiment.staffing.cost import drawn_staffing, extra
from sufficiency.experiment.staffing.question import Question, asked, ruled, staffed
from sufficiency.experiment.staffing.search import MOST, STEP, Answer, _Trial, search
from sufficiency.report.staffing_files import frontier_table, staffing_lines
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario

FUTURES = 8


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("bristol-2022").changed("", horizon=dt.date(2024, 12, 31))


@pytest.fixture(scope="module")
def question(scenario: Scenario) -> Question:
    return asked(scenario, 0.6, "2023-12", 0.75, None)


@pytest.fixture(scope="module")
def answer(scenario: Scenario, question: Question) -> Answer:
    return search(scenario, question, FUTURES, base_seed=4)


@pytest.fixture(scope="module")
def trial(scenario: Scenario, question: Question) -> _Trial:
    return _Trial(scenario, question, FUTURES, 4, None, None)


def test_the_question_is_read_as_a_person_means_it(scenario: Scenario, question: Question) -> None:
    assert question.window.months == ("2023-10", "2023-11", "2023-12")
    assert question.begins == "2022-04"
    assert question.year.months[0] == "2023-01"
    assert asked(scenario, 0.6, "2023", 0.8, "2022-06").window.months[0] == "2023-01"


def test_the_same_staff_is_the_same_future_by_future(trial: _Trial, answer: Answer, scenario: Scenario) -> None:
    assert np.array_equal(trial.outcome(1.0, 1.0).timeliness, answer.now.timeliness)
    assert not answer.now.extra.cost.any()
    assert staffed(scenario, "2022-04", 1.0, 1.0) == scenario
    share = scenario.assessment_team.backlog_share.value
    same = trial.outcome(1.0, 1.0, share=share)
    assert np.array_equal(same.timeliness, answer.now.timeliness)


def test_more_of_both_is_never_worse_future_by_future(trial: _Trial) -> None:
    sizes = [trial.outcome(size, size) for size in (1.0, 1.5, 2.0, MOST)]
    for fewer, more in pairwise(sizes):
        assert (more.still_open <= fewer.still_open).all()
        assert more.probability >= fewer.probability
        assert (more.extra.cost >= fewer.extra.cost).all()


def test_the_frontier_reaches_the_target_and_a_step_less_does_not(trial: _Trial, answer: Answer) -> None:
    assert answer.frontier
    assert answer.best in answer.frontier
    for outcome in answer.frontier:
        assert outcome.probability >= 0.75
        if outcome.psychologists > 1:
            assert trial.outcome(round(outcome.psychologists - STEP, 6), outcome.team).probability < 0.75
    costs = [float(np.median(outcome.extra.cost)) for outcome in answer.frontier]
    assert float(np.median(answer.best.extra.cost)) == min(costs)
    teams, psychologists = ([getattr(o, name) for o in answer.frontier] for name in ("team", "psychologists"))
    assert teams == sorted(teams)
    assert psychologists == sorted(psychologists, reverse=True)


def test_a_larger_share_for_the_backlog_leaves_fewer_old_cases(answer: Answer) -> None:
    assert set(answer.policies) == {"1/2", "2/3", "3/4"}
    half, two_thirds, most = (np.median(answer.policies[name][0].over_a_year) for name in ("1/2", "2/3", "3/4"))
    assert half > two_thirds > most > 0


def test_a_future_without_plans_neither_reaches_the_target_nor_has_a_timeliness_of_0(
    scenario: Scenario, question: Question, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def few(_: Scenario, items: Sequence[Item], *__: object, **___: object) -> np.ndarray:
        found = np.ones((len(items), 5))
        found[:, 0] = [0.1, 0.2, 0.3, np.nan]
        return found

    monkeypatch.setattr(module, "observed_futures", few)
    now = _Trial(scenario, replace(question, target=0.1), 4, 4, None, None).outcome(1.0, 1.0)
    assert (now.probability, now.without_plans) == (0.75, 1)
    with pytest.raises(InputProblem, match=r"at best \d+\.\d%.*1 of 4 futures then issue no plan"):
        search(scenario, question, 4)
    lines = list(staffing_lines(replace(answer, now=now)))
    assert any("75 % of futures, timeliness 20 %" in line and "1 future that issues no plan" in line for line in lines)
    nothing = replace(answer, now=replace(now, timeliness=np.full(4, np.nan)))
    assert any("no plan issued in any future" in line for line in staffing_lines(nothing))
    row = frontier_table(nothing).iloc[0]
    assert row["futures_without_plans"] == 4
    assert np.isnan(row["timeliness_p50"])


def test_staff_cannot_change_plans_that_are_given() -> None:
    replayed = load("bristol-2020")
    with pytest.raises(InputProblem, match=r"given in 21 months from 2022-04 to 2023-12; staff cannot change them"):
        asked(replayed, 0.6, "2023-12", 0.8, "2022-04")
    team = replayed.assessment_team
    figure = team.plans_by_month
    assert figure is not None
    one = {"plans_by_month": figure.model_copy(update={"value": {"2022-03": 60, "2023-12": 60, "2024-01": 60}})}
    changed = replayed.model_copy(update={"assessment_team": team.model_copy(update=one)})
    with pytest.raises(InputProblem, match="given in 2023-12; staff"):
        asked(changed, 0.6, "2023-12", 0.8, "2022-04")
    assert asked(changed, 0.6, "2023-11", 0.8, "2022-04").begins == "2022-04"


def test_staff_is_multiplied_from_its_month_on(scenario: Scenario) -> None:
    figure = {"unit": "share", "source": "made up", "known_from": dt.date(2022, 1, 1), "verified": True}
    short = scenario.changed("advice", in_post={**figure, "value": {"2022-01": 0.8, "2023-01": 0.9}})
    more = staffed(short, "2022-06", 2.0, 1.5)
    assert more.advice.in_post is not None
    assert more.advice.in_post.value == pytest.approx({"2022-01": 0.8, "2022-06": 1.6, "2023-01": 1.8})
    assert more.assessment_team.in_post is not None
    assert more.assessment_team.in_post.value == {"2022-06": 1.5}
    assert more.assessment_team.writers_in_post == more.assessment_team.in_post
    assert Scenario.model_validate_json(more.model_dump_json()) == more
    rule = ruled(scenario, "2022-06", 0.5).assessment_team.backlog_share_from
    assert rule is not None
    assert rule.value == {"2022-06": 0.5}


def test_posts_and_cost_follow_from_work(scenario: Scenario) -> None:
    staffing = drawn_staffing(scenario, 3, 1)
    found = extra(staffing, np.full(3, 200.0), np.full(3, 100.0), 2.0)
    for i, drawn in enumerate(staffing):
        psychologists = 100 * drawn.hours_of_advice.value / drawn.hours_a_year.value
        team = 50 * drawn.hours_of_case.value / drawn.hours_a_year.value
        assert found.psychologists[i] == pytest.approx(psychologists)
        assert found.cost[i] == pytest.approx(psychologists * drawn.psychologist_cost.value + team * drawn.officer_cost.value)
    assert len({drawn.hours_of_advice.value for drawn in staffing}) == 3


def test_an_impossible_target_says_what_is_the_best_reachable(scenario: Scenario) -> None:
    soon = asked(scenario, 0.95, "2022-07", 0.9, "2022-04")
    with pytest.raises(
        InputProblem, match=r"no staffing tried reaches the target.*95\.0%.*at best \d+\.\d% with a probability of 90%"
    ):
        search(scenario, soon, 4, base_seed=4)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"target": 1.2}, "--target.*1.2"),
        ({"target": 60}, "60 % is 0.6"),
        ({"probability": 0.0}, "--probability"),
        ({"by": "2031-12"}, "--by.*2031-12.*2022-01 to 2024-12"),
        ({"by": "2022-01"}, "two months before"),
        ({"by": "soon"}, "cannot be read"),
        ({"by": "2023-01/2023-06"}, "neither a month nor a year"),
        ({"by": "2022"}, "too late to count"),
        ({"by": "2022-06"}, "too late to count"),
        ({"begins": "2021-12"}, "--from.*2021-12"),
        ({"begins": "2022"}, "not a month"),
    ],
)
def test_what_cannot_be_asked_is_refused(scenario: Scenario, changes: dict[str, object], words: str) -> None:
    options = {"target": 0.6, "by": "2023-12", "probability": 0.8, "begins": None, **changes}
    with pytest.raises(InputProblem, match=words):
        asked(scenario, options["target"], options["by"], options["probability"], options["begins"])  # type: ignore[arg-type]
