"""Waits of a whole cohort: month by month everyone is somewhere, and nothing is said of months that not all are followed for."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from sufficiency.experiment.runner import run_futures
from sufficiency.places.waits import (
    OUTCOME_WORDS,
    REASON_WORDS,
    WAITING,
    distances,
    followed_months,
    mean_distance,
    outcomes_by_month,
)
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.results import MONTHS_COUNTED, UNPLACED_REASONS, WAIT_OUTCOMES

PLACED, INDEPENDENT, LEFT = (WAIT_OUTCOMES.index(code) for code in ("placed", "independent", "left"))


def test_every_outcome_and_reason_has_words() -> None:
    assert tuple(OUTCOME_WORDS) == WAIT_OUTCOMES
    assert tuple(REASON_WORDS) == UNPLACED_REASONS


def test_a_cohort_is_followed_month_by_month() -> None:
    waits = np.zeros((len(WAIT_OUTCOMES), MONTHS_COUNTED + 1), dtype=np.int32)
    waits[PLACED, [0, 2, 30]] = (3, 4, 1)
    waits[INDEPENDENT, 5] = 2
    waits[LEFT, 1] = 1
    waits[WAITING, 20] = 9  # not ended when the clock stopped
    found = outcomes_by_month(waits, 12)
    assert found.shape == (13, len(WAIT_OUTCOMES))
    assert (found.sum(axis=1) == 20).all()
    assert found[[0, 1, 2, 3, 12], PLACED].tolist() == [0, 3, 3, 7, 7]
    assert found[[5, 6], INDEPENDENT].tolist() == [0, 2]
    assert found[[0, 1, 2, 3, 6, 12], WAITING].tolist() == [20, 17, 16, 12, 10, 10]
    assert outcomes_by_month(waits, 30)[30].tolist() == [7, 2, 0, 1, 10]
    assert outcomes_by_month(waits, 31)[31].tolist() == [8, 2, 0, 1, 9]


def test_futures_are_followed_each_by_itself() -> None:
    waits = np.random.default_rng(3).integers(0, 5, (4, len(WAIT_OUTCOMES), MONTHS_COUNTED + 1))
    together = outcomes_by_month(waits, 24)
    assert together.shape == (4, 25, len(WAIT_OUTCOMES))
    for i in range(4):
        assert (together[i] == outcomes_by_month(waits[i], 24)).all()


@pytest.mark.parametrize(
    ("horizon", "year", "months"),
    [("2029-09-10", "2027/28", 12), ("2029-08-31", "2028/29", 0), ("2029-08-31", "2021/22", 36), ("2025-02-28", "2022/23", 18)],
)
def test_a_cohort_is_followed_from_the_end_of_its_year(bristol: Scenario, horizon: str, year: str, months: int) -> None:
    assert followed_months(bristol.changed("", horizon=dt.date.fromisoformat(horizon)), year) == months


def test_nobody_of_a_followed_cohort_is_censored_before_then(bristol: Scenario) -> None:
    scenario = bristol.changed("", horizon=dt.date(2025, 2, 28))
    run = run_futures(scenario, 2)
    for at, year in enumerate(run.labels("academic_year")):
        months = followed_months(scenario, year)
        censored = run.tallies["waits"].sum(axis=2)[:, at, WAITING]
        assert censored[:, :months].sum() == 0, year
    assert run.tallies["waits"][:, 0].sum() > 0


def test_mean_distance_weighs_each_place_given(bristol: Scenario) -> None:
    table = distances(bristol)
    assert table.tolist() == [[3, 7, 12], [7, 3, 7], [12, 7, 3]]
    placed = np.zeros((2, 3, 3), dtype=np.int32)
    placed[0, 0, 0], placed[0, 0, 2] = 3, 1
    found = mean_distance(bristol, placed)
    assert found[0] == (3 * 3 + 12) / 4
    assert np.isnan(found[1])
