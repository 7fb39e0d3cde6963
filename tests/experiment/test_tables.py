"""Law 9: tables hold what was simulated: sums are sums, quantiles are quantiles, and nothing is left blank."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from sufficiency.experiment.measure import Measure, by_calendar_year
from sufficiency.experiment.measures import measures
from sufficiency.experiment.run import Run
from sufficiency.experiment.tables import ALL, COLUMNS, DIMENSIONS, QUANTILES, summarise, table

REQUIRED = (
    "requests", "requests_undecided", "refusals", "assessments_open", "plans_issued", "plans_issued_on_time",
    "timeliness_20_week", "caseload", "joiners", "leavers", "movers", "waiting", "need", "places", "gap_all", "gap_waiting",
    "independent")  # fmt: skip
PERIODS = {
    "month": re.compile(r"20\d\d-(0[1-9]|1[0-2])"),
    "calendar_year": re.compile(r"20\d\d"),
    "academic_year": re.compile(r"20\d\d/\d\d"),
    "financial_year": re.compile(r"20\d\d-\d\d"),
    "census": re.compile(r"20\d\d"),
}
KEYS = ["measure", "period_kind", "period", *DIMENSIONS]


@pytest.fixture(scope="module")
def frame(run: Run) -> pd.DataFrame:
    """The whole table of a run."""
    return table(measures(run))


def measure(values: Any, below: Any = None, areas: Sequence[str] = ("north", "south")) -> Measure:
    """A made-up measure of one period by area; ``values`` of shape (futures, areas)."""
    array = np.array(values, dtype=float)[:, None, :]
    bottom = None if below is None else np.array(below)[:, None, :]
    return Measure("made_up", "x", "calendar_year", ("2022",), {"area": tuple(areas)}, array, bottom)


def cell(found: pd.DataFrame, **where: str) -> pd.Series:
    """The one row of a table at the given codes, all other dimensions summed."""
    chosen = found
    for name in DIMENSIONS:
        chosen = chosen[chosen[name] == where.pop(name, ALL)]
    for name, value in where.items():
        chosen = chosen[chosen[name] == value]
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_the_table_has_its_columns_and_no_empty_cell(frame: pd.DataFrame) -> None:
    assert tuple(frame.columns) == COLUMNS
    assert not frame.isna().any().any()
    numbers = frame[["mean", "sd", *QUANTILES, "futures"]].to_numpy(dtype=float)
    assert np.isfinite(numbers).all()
    texts = frame[["measure", "unit", "period_kind", "period", *DIMENSIONS]]
    assert not texts.isin(["", "nan", "None"]).any().any()


def test_no_cell_has_two_rows(frame: pd.DataFrame) -> None:
    assert not frame.duplicated(KEYS).any()


@pytest.mark.parametrize("name", REQUIRED)
def test_the_measures_that_planners_ask_for_are_there(frame: pd.DataFrame, name: str) -> None:
    assert (frame["measure"] == name).any()


def test_periods_are_written_as_people_write_them(frame: pd.DataFrame, run: Run) -> None:
    for kind, periods in frame.groupby("period_kind")["period"]:
        assert all(PERIODS[str(kind)].fullmatch(period) for period in periods.unique()), kind
    first = {kind: periods.iloc[0] for kind, periods in frame.groupby("period_kind")["period"]}
    assert first["month"] == "2022-01"
    assert first["calendar_year"] == "2022"
    assert first["census"] == "2022"
    assert first["academic_year"] == "2021/22"
    assert run.labels("academic_year") == ("2021/22", "2022/23", "2023/24")
    assert run.labels("financial_year") == ("2022-23",)


def test_the_mean_of_all_is_the_sum_of_the_means_of_its_parts(frame: pd.DataFrame) -> None:
    """For everything but ratios, and over each dimension in turn."""
    counts = frame[~frame["unit"].isin(["share", "km"])]
    for name in ("area", "need", "phase", "setting"):
        others = [key for key in KEYS if key != name]
        parts = counts[counts[name] != ALL].groupby(others)["mean"].sum()
        whole = counts[counts[name] == ALL].set_index(others)["mean"]
        assert len(parts) > 50
        assert np.allclose(whole.loc[parts.index], parts, rtol=1e-9, atol=1e-9), name


def test_quantiles_lie_in_order_between_the_least_and_the_largest_future(frame: pd.DataFrame, run: Run) -> None:
    quantiles = frame[list(QUANTILES)].to_numpy()
    assert (np.diff(quantiles, axis=1) >= -1e-9).all()
    waiting = run.tallies["waiting"].sum(axis=(2, 3, 4))
    for position, year in enumerate(run.labels("census")):
        row = cell(frame, measure="waiting", period_kind="census", period=year)
        assert row["mean"] == pytest.approx(waiting[:, position].mean())
        assert row["sd"] == pytest.approx(waiting[:, position].std())
        assert waiting[:, position].min() <= row["p05"] <= row["p95"] <= waiting[:, position].max()
        assert row["p50"] == pytest.approx(np.median(waiting[:, position]))


def test_the_quantile_of_a_sum_is_taken_of_the_sum() -> None:
    """Medians are never summed: 0 and 10 in turn sum to 10 in every future."""
    found = table([measure([[0, 10], [10, 0], [0, 10]])])
    assert cell(found)["p05"] == cell(found)["p95"] == 10
    assert cell(found, area="north")["p50"] == 0
    assert cell(found, area="south")["p50"] == 10


def test_gap_all_is_need_less_places_row_by_row(frame: pd.DataFrame) -> None:
    yearly = frame[frame["period_kind"] == "academic_year"].set_index(["measure", "period", *DIMENSIONS])["mean"]
    gap = yearly["gap_all"]
    assert len(gap) > 300
    assert np.allclose(gap, yearly["need"].loc[gap.index] - yearly["places"].loc[gap.index], atol=1e-9)
    assert (yearly["gap_waiting"] == frame[(frame["measure"] == "waiting") & (frame["period_kind"] == "census")]["mean"]
            .to_numpy()).all()  # fmt: skip


def test_a_ratio_is_formed_within_each_future_from_its_sums() -> None:
    found = table([measure([[1, 9], [2, 2]], [[2, 18], [8, 2]])])
    assert cell(found)["mean"] == pytest.approx((10 / 20 + 4 / 10) / 2)
    assert cell(found, area="south")["mean"] == pytest.approx((9 / 18 + 2 / 2) / 2)
    assert cell(found)["futures"] == 2


def test_a_ratio_without_a_denominator_has_no_row() -> None:
    found = table([measure([[0, 1], [0, 3]], [[0, 2], [0, 4]])])
    assert sorted(found["area"]) == [ALL, "south"]
    half = table([measure([[0, 1], [1, 3]], [[0, 2], [4, 4]])])
    north = cell(half, area="north")
    assert north["futures"] == 1
    assert north["mean"] == north["p05"] == north["p95"] == 0.25


def test_timeliness_is_a_share_and_follows_the_plans(frame: pd.DataFrame, run: Run) -> None:
    years, issued = by_calendar_year(run, "plans_in_denominator")
    _, on_time = by_calendar_year(run, "plans_on_time_in_denominator")
    ratio = on_time.sum(axis=(2, 3, 4)) / issued.sum(axis=(2, 3, 4))
    assert years[-1] == "2024", "the clock covers two months of 2024, which is no whole year"
    for position, year in enumerate(years[:-1]):
        row = cell(frame, measure="timeliness_20_week", period_kind="calendar_year", period=year)
        assert row["mean"] == pytest.approx(ratio[:, position].mean())
        assert 0 <= row["p05"] <= row["p95"] <= 1


def test_calendar_years_are_the_sums_of_their_months(frame: pd.DataFrame) -> None:
    for name in ("requests", "refusals", "plans_issued", "plans_issued_on_time"):
        rows = frame[(frame["measure"] == name) & (frame[list(DIMENSIONS)] == ALL).all(axis=1)]
        months = rows[rows["period_kind"] == "month"]
        years = rows[rows["period_kind"] == "calendar_year"].set_index("period")["mean"]
        summed = months.groupby(months["period"].str[:4])["mean"].sum()
        assert list(years.index) == ["2022", "2023"], "a year that the clock covers in part has no row"
        assert np.allclose(summed.loc[years.index], years)


def test_flows_between_censuses_explain_the_caseload(frame: pd.DataFrame) -> None:
    """Change of the mean caseload = joiners - leavers, and movers cancel."""
    rows = frame[(frame["period_kind"] == "census") & (frame[list(DIMENSIONS)] == ALL).all(axis=1)]
    mean = rows.set_index(["measure", "period"])["mean"]
    for before, after in (("2022", "2023"), ("2023", "2024")):
        change = mean["caseload", after] - mean["caseload", before]
        assert change == pytest.approx(mean["joiners", after] - mean["leavers", after])
        assert mean["movers", after] == mean["movers_in", after] == mean["movers_out", after] > 0
    assert ("joiners", "2022") not in mean.index  # nothing came before the first census


@settings(max_examples=40)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_quantiles_are_those_of_numpy(values: list[float]) -> None:
    found = summarise(np.array([values]))
    expected = np.percentile(values, list(QUANTILES.values()))
    assert np.allclose([found[name][0] for name in QUANTILES], expected, rtol=1e-12, atol=1e-6)
    assert found["mean"][0] == pytest.approx(np.mean(values), abs=1e-6)
    assert found["futures"] == len(values)
