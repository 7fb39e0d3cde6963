"""Law 11: the two gaps are need less places, and those who wait; cuts are sums."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.experiment.run import Run
from sufficiency.places.gap import GAPS, band, cut, gap, gap_rows, leans_on_area_shares
from sufficiency.scenario.scenario import Scenario

YEAR = "2023/24"
NORTH, EAST, SOUTH = range(3)
ASD, SEMH = NEEDS.index("ASD"), NEEDS.index("SEMH")
PRIMARY, SECONDARY = PHASES.index("primary"), PHASES.index("secondary")


@pytest.fixture
def run(bristol: Scenario, empty_run: Any) -> Run:
    """Two futures with a few children and places in the year 2023/24."""
    made: Run = empty_run(bristol)
    year = made.labels("academic_year").index(YEAR)
    need, places, waiting = (made.tallies[name][:, year] for name in ("need", "places", "waiting"))
    need[:, NORTH, ASD, PRIMARY] = (30, 50)
    need[:, NORTH, SEMH, SECONDARY] = (20, 20)
    need[:, SOUTH, ASD, SECONDARY] = (10, 14)
    places[:, NORTH, ASD, PRIMARY] = (25, 25)
    places[:, NORTH, SEMH, SECONDARY] = (26.5, 26.5)
    waiting[:, NORTH, ASD, PRIMARY] = (4, 20)
    waiting[:, SOUTH, ASD, SECONDARY] = (9, 1)
    return made


def test_gap_all_is_need_less_places_and_gap_waiting_those_who_wait(run: Run) -> None:
    year = run.labels("academic_year").index(YEAR)
    found = gap(run, "gap_all")[:, year]
    assert found[:, NORTH, ASD, PRIMARY].tolist() == [5, 25]
    assert found[:, NORTH, SEMH, SECONDARY].tolist() == [-6.5, -6.5]  # a surplus
    assert found[:, SOUTH, ASD, SECONDARY].tolist() == [10, 14]
    assert gap(run, "gap_waiting")[:, year, SOUTH, ASD, SECONDARY].tolist() == [9, 1]
    for name in GAPS:
        assert np.delete(gap(run, name), year, axis=1).sum() == 0


def test_there_is_no_third_gap(run: Run) -> None:
    with pytest.raises(KeyError, match="gap_places"):
        gap(run, "gap_places")


def test_a_cut_is_the_sum_over_what_it_leaves_out(run: Run) -> None:
    values = gap(run, "gap_all")
    year = run.labels("academic_year").index(YEAR)
    assert cut(run, values, ())[:, year].tolist() == [8.5, 32.5]
    assert cut(run, values, ("area",))[:, year].tolist() == [[-1.5, 0, 10], [18.5, 0, 14]]
    by_need = cut(run, values, ("need",))
    assert by_need.shape == (2, len(run.labels("academic_year")), len(NEEDS))
    assert by_need[:, year, ASD].tolist() == [15, 39]
    assert (cut(run, values, ("area", "need", "phase")) == values).all()
    assert cut(run, values, ("area", "phase"))[:, year, NORTH, SECONDARY].tolist() == [-6.5, -6.5]


def test_a_cut_can_be_limited_to_an_area_a_need_or_a_phase(run: Run) -> None:
    values = gap(run, "gap_all")
    year = run.labels("academic_year").index(YEAR)
    assert cut(run, values, (), {"need": "ASD"})[:, year].tolist() == [15, 39]
    assert cut(run, values, ("area",), {"need": "ASD", "phase": "secondary"})[:, year].tolist() == [[0, 0, 10], [0, 0, 14]]
    assert cut(run, values, (), {"area": "east-central"}).sum() == 0


def test_rows_hold_means_and_bands_over_futures_the_largest_first(run: Run) -> None:
    rows = gap_rows(run, "gap_all", YEAR)
    assert len(rows) == 3 * len(NEEDS)
    assert [row["mean"] for row in rows] == sorted((row["mean"] for row in rows), reverse=True)
    assert rows[0] == {"area": "north", "need": "ASD", "mean": 15, "p10": 7, "p50": 15, "p90": 23}
    assert rows[1] == {"area": "south", "need": "ASD", "mean": 12, "p10": 10.4, "p50": 12, "p90": 13.6}
    assert rows[-1]["mean"] == -6.5
    phases = gap_rows(run, "gap_waiting", YEAR, by=("phase",))
    assert [(row["phase"], row["mean"]) for row in phases[:2]] == [("primary", 12), ("secondary", 5)]


def test_the_band_of_a_sum_is_not_the_sum_of_bands(run: Run) -> None:
    whole = gap_rows(run, "gap_waiting", YEAR, by=())
    assert whole == [{"mean": 17, "p10": 13.8, "p50": 17, "p90": 20.2}]
    assert sum(row["p10"] for row in gap_rows(run, "gap_waiting", YEAR)) < 13.8


def test_a_band_holds_8_in_10_futures() -> None:
    found = band(np.arange(101))
    assert (found.mean, found.p10, found.p50, found.p90) == (50, 10, 50, 90)


def test_a_year_outside_the_run_is_an_error(run: Run) -> None:
    with pytest.raises(ValueError):
        gap_rows(run, "gap_all", "1999/00")


def test_results_by_area_lean_on_shares_that_nobody_has_published(run: Run, bristol: Scenario, empty_run: Any) -> None:
    assert leans_on_area_shares(run)
    published = bristol.changed("demand.by_area", verified=True).changed("caseload.by_area", verified=True)
    assert not leans_on_area_shares(empty_run(published))
