"""What a page says of a result that is not whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sufficiency.experiment import runner
from sufficiency.experiment.run import FailedFuture
from sufficiency.ui import pathway_answers
from sufficiency.ui.waiting import left_out

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


def warnings(app: AppTest) -> list[str]:
    """The warnings on the page about futures that failed."""
    assert not app.exception
    return [warning.value for warning in app.warning if "1 future of 2 failed" in warning.value]


@pytest.mark.integration
def test_a_result_of_some_of_its_futures_says_so_at_its_top(app: AppTest, unlucky: None) -> None:
    app.run().run()
    [said] = warnings(app)
    assert "number 1: out of luck" in said


def assessment() -> None:
    from sufficiency.ui.pages.assessment import show

    show()


def scenarios() -> None:
    from sufficiency.ui.pages.scenarios import show

    show()


def papers() -> None:
    from sufficiency.ui.pages.papers import show

    show()


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
def test_no_paper_is_made_of_some_of_its_futures(app: AppTest, unlucky: None) -> None:
    at = AppTest.from_function(papers, default_timeout=SECONDS).run()
    at.button(key="make-papers").click().run()
    [said] = [error.value for error in at.error]
    for words in ("1 of 2 futures failed", "number 1", "out of luck", "papers are made of whole results only", "base seed"):
        assert words in said
    assert not at.get("download_button")
