"""How forecasts are scored, on numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sufficiency.experiment.hindcast.scoring import scored, simple_methods


def test_simple_methods_by_hand() -> None:
    found = simple_methods({2020: 100, 2021: 110, 2022: 120}, {2020: 1000, 2022: 1210}, 2022, 2)
    assert found["naive"] == pytest.approx([120, 120])
    assert found["drift"] == pytest.approx([130, 140])
    assert found["national growth"] == pytest.approx([132, 145.2])
    assert found["benchmark"] == pytest.approx([131, 142.6])
    assert found["exponential smoothing"] == pytest.approx([112.5, 112.5])


def test_simple_methods_see_nothing_later() -> None:
    series, england = {2021: 100, 2022: 110, 2023: 500}, {2021: 10, 2022: 11, 2023: 99}
    assert simple_methods(series, england, 2022, 1)["benchmark"] == pytest.approx([120.5])
    with pytest.raises(ValueError, match="2024"):
        simple_methods(series, england, 2024, 1)


def test_a_single_year_stands_still() -> None:
    assert simple_methods({2022: 50}, {2022: 9}, 2022, 1)["benchmark"] == pytest.approx([50])


def bands(middle: np.ndarray, half: float) -> dict[str, np.ndarray]:
    return {"mean": middle, "p50": middle, "p10": middle - half, "p90": middle + half}


def test_errors_are_totals_over_the_benchmarks() -> None:
    outcome = np.array([[100.0], [200.0], [300.0]])
    ours = bands(outcome + np.array([[10.0], [-10.0], [10.0]]), 20)
    scores = scored(ours, {"benchmark": outcome + 20, "naive": outcome - 30}, outcome)
    assert scores.of_mean == pytest.approx([0.5])
    assert scores.of_methods["naive"] == pytest.approx([1.5])
    assert scores.relative_error == pytest.approx([0.05])
    assert scores.coverage == pytest.approx([1.0])


def test_a_national_year_is_taken_out_of_coverage() -> None:
    middle = np.array([[100.0], [200.0], [300.0]])
    outcome = 1.2 * middle * np.array([[0.99], [1.0], [1.01]])
    scores = scored(bands(middle, 5), {"benchmark": middle}, outcome)
    assert scores.coverage == pytest.approx([0.0])
    assert scores.coverage_adjusted == pytest.approx([1.0])


def test_what_has_no_outcome_is_not_scored() -> None:
    outcome = np.array([[100.0, 110.0], [200.0, np.nan], [300.0, 330.0]])
    middle = np.array([[100.0, 110.0], [200.0, 1.0], [310.0, 330.0]])
    scores = scored(bands(middle, 5), {"benchmark": middle + 20}, outcome)
    assert scores.of_mean == pytest.approx([10 / 70, 0.0])
    assert scores.coverage == pytest.approx([2 / 3, 1.0])


def test_a_wide_band_costs_its_width() -> None:
    middle = np.linspace(100, 300, 12)[:, None]
    outcome = middle * np.linspace(0.9, 1.1, 12)[:, None]
    narrow, wide = (scored(bands(middle, half), {"benchmark": middle}, outcome).intervals_adjusted[0] for half in (25, 250))
    assert wide > 5 * narrow
