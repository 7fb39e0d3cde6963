"""The gap's tables say what the runs say: every cell, every version, and shares only where they were measured."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import run_futures
from sufficiency.places.gap import cut, gap, gap_rows
from sufficiency.places.invitation import invitation
from sufficiency.places.spread import MOSTLY_ASSUMPTION, Spread, measure_spread, verdict
from sufficiency.places.tracker import tracker
from sufficiency.places.versions import without_pipeline
from sufficiency.report.gap_tables import GAP_COLUMNS, SHARE_COLUMNS, commitment_table, gap_table, invitation_rows
from sufficiency.report.gap_words import invitation_line, invitation_page
from sufficiency.scenario.library import load

pytestmark = pytest.mark.integration
YEAR = "2022/23"


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    scenario = load("bristol-2022").changed("", horizon=dt.date(2023, 4, 30))
    return {
        "without_pipeline": run_futures(without_pipeline(scenario), 6),
        "with_pipeline": run_futures(scenario, 6),
    }


@pytest.fixture(scope="module")
def spread(runs: dict[str, Run]) -> Spread:
    found = measure_spread(runs["with_pipeline"], 4)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def table(runs: dict[str, Run], spread: Spread) -> pd.DataFrame:
    return gap_table(runs, spread)


def test_every_cell_of_every_version_year_and_gap_is_there_once(table: pd.DataFrame) -> None:
    assert tuple(table.columns) == GAP_COLUMNS
    keys = ["version", "gap", "academic_year", "area", "need", "phase"]
    assert not table.duplicated(subset=keys).any()
    assert len(table) == 2 * 2 * 2 * (3 + 1) * (len(NEEDS) + 1) * (len(PHASES) + 1)
    assert not table[["mean", "p10", "p50", "p90"]].isna().any().any()
    assert (table["futures"] == 6).all()


def test_bands_are_those_of_the_runs(table: pd.DataFrame, runs: dict[str, Run]) -> None:
    for version, run in runs.items():
        for name in ("gap_all", "gap_waiting"):
            rows = table[(table["version"] == version) & (table["gap"] == name) & (table["academic_year"] == YEAR)]
            rows = rows[rows["phase"] == "all"].set_index(["area", "need"])
            for expected in gap_rows(run, name, YEAR):
                found = rows.loc[(expected["area"], expected["need"])]
                for quantity in ("mean", "p10", "p50", "p90"):
                    assert found[quantity] == pytest.approx(expected[quantity], abs=1e-9)


def test_shares_are_given_for_the_version_measured_only(table: pd.DataFrame, spread: Spread) -> None:
    other = table[table["version"] != "with_pipeline"]
    assert (other[list(SHARE_COLUMNS)] == "").all().all()
    rows = table[(table["version"] == "with_pipeline") & (table["gap"] == "gap_all") & (table["academic_year"] == YEAR)]
    row = rows[(rows["area"] == "south") & (rows["need"] == "all") & (rows["phase"] == "all")].iloc[0]
    shares = spread.shares(lambda run: cut(run, gap(run, "gap_all"), ("area",))[:, 1, 2])
    assert row["assumption_share"] == pytest.approx(float(shares.assumption), abs=6e-4)
    assert row["area_shares"] == pytest.approx(float(shares.by_group["area_shares"]), abs=6e-4)
    assert row["verdict"] == verdict(float(shares.assumption), float(shares.error))
    assert (table["calibrated"] == "").all()


def test_without_a_measured_spread_the_columns_are_empty(runs: dict[str, Run]) -> None:
    found = gap_table({"with_pipeline": runs["with_pipeline"]}, None)
    assert (found[list(SHARE_COLUMNS)] == "").all().all()


def test_the_verdict_names_what_is_more_than_half_beyond_its_error() -> None:
    assert verdict(0.8, 0.1) == MOSTLY_ASSUMPTION
    assert verdict(0.55, 0.1) == "about half assumption"
    assert verdict(0.3, 0.1) == "mostly the course of events"
    assert verdict(float("nan"), 0.0) == "no spread"


def test_the_commitment_has_a_row_a_month_and_a_row_a_date(runs: dict[str, Run]) -> None:
    found = tracker({"with_pipeline": runs["with_pipeline"]})
    table = commitment_table(found)
    months = table[table["kind"] == "month"]
    assert list(months["period"]) == list(found.months)
    assert list(months["due_as_promised"]) == found.due.tolist()
    dates = table[table["kind"] == "date"]
    assert list(dates["name"]) == ["manifesto", "restated", "commitment"]
    assert (dates["opened_p10"] <= dates["opened_p90"]).all()


def test_the_invitation_reads_as_its_rows(runs: dict[str, Run], spread: Spread) -> None:
    run = runs["with_pipeline"]
    found = invitation(run, YEAR, confidence=5)
    rows = invitation_rows(run, found, spread)
    assert [row["places_wanted"] for row in rows] == [line.places for line in found.lines]
    assert rows
    page = invitation_page(run.scenario, found, rows, "Made so.")
    for row in rows:
        line = invitation_line(run.scenario, row)
        assert line.startswith(f"{row['places_wanted']} ")
        assert line in page
    assert "September 2022" in page and page.endswith("Made so.\n")
    assert f"{found.places} places in {len(rows)} lines" in page
