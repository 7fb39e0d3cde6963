"""What a page says of a result that is not whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sufficiency.experiment import runner
from sufficiency.experiment.run import FailedFuture
from sufficiency.scenario.library import DEFAULT_SCENARIO, load
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.results import DEFAULT_BASE_SEED
from sufficiency.ui import pathway_answers
from sufficiency.ui.answers import key_of
from sufficiency.ui.plan_answers import Asked, StudyKey, plan_key, solve_aloud, start_study
from sufficiency.ui.waiting import left_out
from sufficiency.ui.workshop import workshop

from .single import assessment, money, papers, places, scenarios

UNLUCKY = 1
SECONDS = 120


def test_it_is_said_how_many_futures_failed_and_why_the_first_did() -> None:
    failed = [FailedFuture(3, "WorkerDied", "a worker process ended abruptly"), FailedFuture(5, "ValueError", "")]
    words = left_out(failed, 8)
    assert words.startswith("**2 futures of 8 failed.** What is shown below is of the other 6 futures")
    assert words.endswith("number 3: a worker process ended abruptly.")
    assert left_out(failed[1:], 8).startswith("**1 future of 8 failed.**")
    assert left_out(failed[1:], 8).endswith("number 5: ValueError.")
    assert left_out(failed, 8, "High *growth*").startswith("**“High \\*growth\\*”: 2 futures of 8 failed.**")


@pytest.fixture
def unlucky(monkeypatch: pytest.MonkeyPatch) -> None:
    """One future fails, in the whole simulation and in the pathway alone."""

    def spoilt(simulate: Callable[..., Any]) -> Callable[..., Any]:
        def some(scenario: Any, replication: int, *rest: Any, **named: Any) -> Any:
            if replication == UNLUCKY:
                raise ValueError("out of luck")
            return simulate(scenario, replication, *rest, **named)

        return some

    monkeypatch.setattr(runner, "simulate", spoilt(runner.simulate))
    monkeypatch.setattr(pathway_answers, "simulate_assessment", spoilt(pathway_answers.simulate_assessment))


@pytest.fixture
def at_odds(monkeypatch: pytest.MonkeyPatch) -> None:
    """One future fails with interventions and another without, so that the two have none in common."""
    simulate = runner.simulate

    def some(scenario: Scenario, replication: int, **named: Any) -> Any:
        if replication == any(each.enabled for each in scenario.interventions.values()):
            raise ValueError("out of luck")
        return simulate(scenario, replication, **named)

    monkeypatch.setattr(runner, "simulate", some)


def warnings(app: AppTest) -> list[str]:
    """The warnings on the page about futures that failed."""
    assert not app.exception
    return [warning.value for warning in app.warning if "1 future of 2 failed" in warning.value]


@pytest.mark.integration
def test_a_result_of_some_of_its_futures_says_so_at_its_top(app: AppTest, unlucky: None) -> None:
    app.run().run()
    [said] = warnings(app)
    assert "number 1: out of luck" in said


@pytest.mark.integration
def test_so_does_the_pathway_alone(app: AppTest, unlucky: None) -> None:
    at = AppTest.from_function(assessment, default_timeout=SECONDS).run().run()
    [said] = warnings(at)
    assert "number 1: out of luck" in said


@pytest.mark.integration
def test_so_does_a_comparison_for_each_scenario_by_its_name(app: AppTest, unlucky: None) -> None:
    at = AppTest.from_function(scenarios, default_timeout=SECONDS)
    at.query_params["view"] = "compare"
    at.query_params["compare"] = ["scenario=bristol-2022&futures=2", "scenario=bristol-2022&with=high-growth&futures=2"]
    at.run().run()
    at.button(key="run-compared").click().run().run()
    said = warnings(at)
    assert len(said) == 2 and "“Bristol, January 2022”: 1 future" in said[0] and "high growth”: 1 future" in said[1]
    assert any("Gap, all need" in table.value.columns for table in at.table)


@pytest.mark.integration
@pytest.mark.parametrize(("page", "name"), [(money, "With interventions and shortlist"), (places, "With the chosen bids")])
def test_so_does_what_is_shown_with_the_chosen_bids(page: Callable[[], None], name: str, app: AppTest, unlucky: None) -> None:
    at = AppTest.from_function(page, default_timeout=SECONDS).run().run()
    before = warnings(at)
    shown = key_of(load(DEFAULT_SCENARIO), 2, DEFAULT_BASE_SEED)
    scenario = load(f"{DEFAULT_SCENARIO}+slow-construction")  # stands in for the one with the bids
    with_bids = key_of(scenario, 2, DEFAULT_BASE_SEED)
    workshop().start_answer(scenario, with_bids, "Simulating with the chosen bids")
    at.session_state["with-shortlist"] = (shown, with_bids)
    at.run()
    [said] = [said for said in warnings(at) if said not in before]
    assert f"“{name}”: 1 future of 2 failed" in said and len(warnings(at)) == len(before) + 1


@pytest.mark.integration
def test_so_does_a_result_that_is_out_of_date(app: AppTest, unlucky: None) -> None:
    at = AppTest.from_function(scenarios, default_timeout=SECONDS).run().run()
    next(field for field in at.number_input if field.label.startswith("Growth of requests")).set_value(15.0).run()
    assert any("**Out of date.**" in warning.value for warning in at.warning)
    [said] = warnings(at)
    assert "“Bristol, January 2022”: 1 future of 2 failed" in said


@pytest.mark.integration
def test_results_without_a_future_in_common_are_not_compared_and_the_page_goes_on(app: AppTest, at_odds: None) -> None:
    at = AppTest.from_function(money, default_timeout=SECONDS)
    at.query_params["with"] = ["demand-management"]
    at.run().run()
    said = warnings(at)
    assert len(said) == 2 and "“Without interventions”: 1 future" in said[1]
    [error] = [error.value for error in at.error]
    assert "These results are not compared" in error and "no future in common" in error
    assert any({"Without interventions", "With interventions"} <= set(table.value.columns) for table in at.table)
    assert "What is the money spent on?" in [header.value for header in at.header]


@pytest.mark.integration
def test_no_management_plan_is_made_of_some_of_its_futures(app: AppTest, unlucky: None) -> None:
    at = AppTest.from_function(money, default_timeout=SECONDS)
    at.query_params["with"] = ["demand-management"]
    at.run().run()
    at.button(key="savings").click().run()
    [said] = [error.value.replace("\\", "") for error in at.error]
    for words in ("1 of 2 futures failed", "first: number 1", "out of luck"):
        assert words in said
    assert not any("management plan" in button.proto.label for button in at.get("download_button"))


@pytest.mark.integration
def test_nor_where_a_future_fails_once_interventions_are_taken_out(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def on(scenario: Scenario) -> int:
        return sum(each.enabled for each in scenario.interventions.values())

    simulate, every = runner.simulate, on(load(DEFAULT_SCENARIO))

    def some(scenario: Scenario, replication: int, **named: Any) -> Any:
        if replication == UNLUCKY and 0 < on(scenario) < every:
            raise ValueError("out of luck")
        return simulate(scenario, replication, **named)

    monkeypatch.setattr(runner, "simulate", some)
    at = AppTest.from_function(money, default_timeout=SECONDS).run().run()
    assert not warnings(at)
    at.button(key="savings").click().run()
    [said] = [error.value.replace("\\", "") for error in at.error]
    assert "1 of 2 futures failed" in said and "with some of its interventions on" in said


@pytest.mark.integration
def test_no_plan_is_studied_in_some_of_its_futures(app: AppTest, unlucky: None) -> None:
    scenario, shop = load(DEFAULT_SCENARIO), workshop()
    key = key_of(scenario, 2, DEFAULT_BASE_SEED)
    shop.start_answer(scenario, key, "Simulating")
    asked = Asked(scenario, ())
    plan = solve_aloud(lambda *told: None, asked, shop.answer(key).run)
    job = start_study(shop, StudyKey(plan_key(key, asked), ()), asked, plan, shop.answer(key), {})
    assert job.state == "failed" and "1 of 2 futures failed" in job.problem and "out of luck" in job.problem
    assert job.problem.endswith("To mend it: choose another base seed.")  # the answer is kept: starting again would not help


@pytest.mark.integration
def test_no_paper_is_made_of_some_of_its_futures(app: AppTest, unlucky: None) -> None:
    at = AppTest.from_function(papers, default_timeout=SECONDS).run()
    at.button(key="make-papers").click().run()
    [said] = [error.value.replace("\\", "") for error in at.error]
    for words in ("1 of 2 futures failed", "first: number 1", "out of luck", "of which no future failed", "base seed"):
        assert words in said
    assert not at.get("download_button")
