"""Requests of months and years in which their number is known: exactly as many, whatever is drawn."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sufficiency.scenario.draws import drawn
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.arrivals import requests
from sufficiency.simulation.caseload import Caseload
from sufficiency.simulation.streams import Streams

FIGURE: dict[str, Any] = {"unit": "requests", "source": "made up", "known_from": dt.date(2022, 1, 1), "verified": True}


@pytest.fixture(scope="module")
def bristol() -> Scenario:
    return load("bristol-2022").changed("", horizon=dt.date(2024, 3, 31), knowledge_date=dt.date(2025, 1, 1))


def known(scenario: Scenario, **counts: int) -> Scenario:
    table = {period.removeprefix("m").replace("_", "-"): count for period, count in counts.items()}
    return scenario.changed("demand", known_requests={**FIGURE, "value": table})


def arrivals(scenario: Scenario, replication: int = 0) -> Caseload:
    streams = Streams(3, replication)
    return requests(drawn(scenario, streams.uniform), streams)


def by_month(scenario: Scenario, found: Caseload) -> dict[str, int]:
    months = np.array(scenario.calendar.months)[scenario.calendar.month_of_week[found.request_week]]
    return {str(month): int(count) for month, count in zip(*np.unique(months, return_counts=True), strict=True)}


def test_months_and_years_come_to_exactly_what_is_known(bristol: Scenario) -> None:
    scenario = known(bristol, m2022_01=65, m2022_02=0, m2022=700, m2023_05=40)
    for replication in range(3):
        counts = by_month(scenario, arrivals(scenario, replication))
        assert counts["2022-01"] == 65
        assert "2022-02" not in counts
        assert sum(count for month, count in counts.items() if month.startswith("2022")) == 700
        assert counts["2023-05"] == 40


def test_requests_of_other_weeks_stay_child_by_child(bristol: Scenario) -> None:
    scenario = known(bristol, m2022=700)
    before, after = arrivals(bristol), arrivals(scenario)
    later = int(np.flatnonzero(bristol.calendar.calendar_years == 2023)[0])
    assert set(before.key[before.request_week >= later]) == set(after.key[after.request_week >= later])


def test_one_more_known_request_adds_a_child_and_changes_no_other(bristol: Scenario) -> None:
    fewer, more = (arrivals(known(bristol, m2022=count)) for count in (700, 701))
    place = {int(key): i for i, key in enumerate(more.key)}
    rows = np.array([place[int(key)] for key in fewer.key])
    assert len(more.key) == len(fewer.key) + 1
    for column in ("area", "need", "request_week", "reception_year", "priority"):
        assert np.array_equal(getattr(fewer, column), getattr(more, column)[rows])


def test_a_year_follows_the_season(bristol: Scenario) -> None:
    scenario = known(bristol, m2022=20_000)
    counts = by_month(scenario, arrivals(scenario))
    assert counts["2022-03"] > 2 * counts["2022-08"]


def test_a_longer_horizon_changes_nothing_before_it(bristol: Scenario) -> None:
    """A year that the horizon cuts is drawn whole: what falls after the horizon is left out, and no more."""
    cut = known(bristol, m2024=1200)
    whole = cut.changed("", horizon=dt.date(2024, 12, 31))
    for replication in range(3):
        fewer, more = arrivals(cut, replication), arrivals(whole, replication)
        before = more.request_week < cut.calendar.weeks
        assert np.array_equal(fewer.key, more.key[before])
        assert np.array_equal(fewer.request_week, more.request_week[before])
        assert sum(n for month, n in by_month(whole, more).items() if month.startswith("2024")) == 1200


def test_months_that_contradict_their_year_are_refused(bristol: Scenario) -> None:
    with pytest.raises(ValidationError, match="the months contradict the year"):
        known(bristol, m2022_01=65, m2022=60)
