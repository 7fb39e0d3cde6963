"""What a page says of a result that is not whole."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sufficiency.experiment import runner
from sufficiency.experiment.run import FailedFuture
from sufficiency.ui.waiting import left_out

UNLUCKY = 1


def test_it_is_said_how_many_futures_failed_and_why_the_first_did() -> None:
    failed = [FailedFuture(3, "WorkerDied", "a worker process ended abruptly"), FailedFuture(5, "ValueError", "")]
    words = left_out(failed, 8)
    assert words.startswith("**2 futures of 8 failed.** What is shown below is of the other 6 futures")
    assert words.endswith("number 3: a worker process ended abruptly.")
    assert left_out(failed[1:], 8).startswith("**1 future of 8 failed.**")
    assert left_out(failed[1:], 8).endswith("number 5: ValueError.")


@pytest.mark.integration
def test_a_result_of_some_of_its_futures_says_so_at_its_top(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = runner.simulate

    def unlucky(scenario: Any, replication: int, *rest: Any, **named: Any) -> Any:
        if replication == UNLUCKY:
            raise ValueError("out of luck")
        return whole(scenario, replication, *rest, **named)

    monkeypatch.setattr(runner, "simulate", unlucky)
    app.run().run()
    assert not app.exception
    said = [warning.value for warning in app.warning]
    assert any("1 future of 2 failed" in words and "number 1: out of luck" in words for words in said), said
