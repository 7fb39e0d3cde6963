"""Law 11: the commitment counts places opened by a day, future by future."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from sufficiency.experiment.run import Run
from sufficiency.places.commitment import commitment, missing_places, opened_by, pipeline_places
from sufficiency.scenario.scenario import Scenario

DAY = dt.date(2025, 3, 31)


@pytest.fixture
def run(bristol: Scenario, empty_run: Any) -> Run:
    """Two futures: the promise met in January 2025 in one, and never in the other."""
    made: Run = empty_run(bristol)
    opened = made.tallies["commitment_opened"]
    months = made.labels("month")
    opened[:] = 82
    opened[:, months.index("2023-01") :] = 142
    opened[0, months.index("2025-01") :] = 450
    opened[1, months.index("2025-04") :] = 200
    return made


def test_the_missing_places_are_those_neither_delivered_nor_in_the_pipeline(bristol: Scenario) -> None:
    assert bristol.commitment.delivered.value == 82
    assert pipeline_places(bristol) == 60
    assert missing_places(bristol) == 308


def test_bids_in_the_scenario_are_shortlisted_places_not_pipeline(bristol: Scenario, empty_run: Any) -> None:
    bid = bristol.supply["special-north"].model_dump(mode="python")
    bid |= {"title": "A bid", "eoi": "E01", "counts_towards_commitment": True}
    with_bid = bristol.changed("supply", bid=bid)
    assert pipeline_places(with_bid) == 60
    assert missing_places(with_bid) == 308
    found = commitment(empty_run(with_bid))
    assert (found.pipeline, found.shortlisted) == (60, bristol.supply["special-north"].places.value)


def test_no_places_are_missing_once_the_promise_is_kept(bristol: Scenario) -> None:
    assert missing_places(bristol.changed("commitment.places", value=100)) == 0


def test_the_commitment_by_its_own_day(run: Run) -> None:
    found = commitment(run)
    assert (found.by, found.promised, found.delivered, found.missing) == (DAY, 450, 82, 308)
    assert (found.opened.mean, found.opened.p50) == (296, 296)
    assert (found.still_missing.mean, found.still_missing.p10) == pytest.approx((154, 30.8))
    assert found.probability == 0.5


def test_by_another_day_it_is_what_had_opened_by_the_end_of_that_month(run: Run) -> None:
    for day, expected in (
        (dt.date(2022, 1, 3), [82, 82]),
        (dt.date(2022, 12, 31), [82, 82]),
        (dt.date(2023, 1, 1), [142, 142]),
        (dt.date(2024, 12, 31), [142, 142]),
        (dt.date(2025, 1, 31), [450, 142]),
        (dt.date(2025, 4, 1), [450, 200]),
    ):
        assert opened_by(run, day).tolist() == expected, day
    assert commitment(run, dt.date(2024, 11, 30)).probability == 0


def test_before_the_clock_starts_it_is_what_had_been_delivered(run: Run) -> None:
    assert opened_by(run, dt.date(2020, 9, 1)).tolist() == [82, 82]
    assert opened_by(run, dt.date(2021, 12, 31)).tolist() == [82, 82]


def test_after_the_horizon_it_is_what_had_opened_by_then(run: Run) -> None:
    assert opened_by(run, run.scenario.horizon).tolist() == [450, 200]
    assert opened_by(run, dt.date(2050, 1, 1)).tolist() == [450, 200]


def test_more_than_the_promise_leaves_nothing_missing(run: Run) -> None:
    run.tallies["commitment_opened"][:] = 500
    found = commitment(run)
    assert found.still_missing.mean == found.still_missing.p90 == 0
    assert found.probability == 1
    assert np.unique(opened_by(run, DAY)).tolist() == [500]
