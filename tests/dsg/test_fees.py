"""Sampling of skewed fees: mean preserved, and less of it with more pupils."""

from __future__ import annotations

import numpy as np
import pytest

from sufficiency.dsg.fees import sampling_factor, standard_normals

YEARS = (2022, 2023, 2024)


@pytest.fixture(scope="module")
def normals() -> np.ndarray:
    return standard_normals(7, range(4000), YEARS)


@pytest.mark.theory
@pytest.mark.parametrize("pupils", [4.0, 115.0])
def test_the_mean_factor_is_one_and_its_spread_that_of_a_mean_of_lognormals(normals: np.ndarray, pupils: float) -> None:
    spread = 0.55
    factor = sampling_factor(np.full(normals.shape, pupils), np.full(len(normals), spread), normals)
    expected = np.sqrt(np.expm1(spread**2) / pupils)
    assert factor.mean() == pytest.approx(1, abs=4 * expected / np.sqrt(factor.size))
    assert factor.std() == pytest.approx(expected, rel=0.05)
    assert (factor > 0).all()


def test_one_fee_without_spread_is_the_mean_fee(normals: np.ndarray) -> None:
    factor = sampling_factor(np.full(normals.shape, 1.0), np.zeros(len(normals)), normals)
    assert np.array_equal(factor, np.ones_like(factor))


def test_no_pupil_and_part_of_one_have_the_spread_of_one_fee(normals: np.ndarray) -> None:
    spread = np.full(len(normals), 0.55)
    none, part, one = (sampling_factor(np.full(normals.shape, n), spread, normals) for n in (0.0, 0.3, 1.0))
    assert np.array_equal(none, one) and np.array_equal(part, one)


def test_a_longer_horizon_and_other_futures_leave_the_draws_as_they_were(normals: np.ndarray) -> None:
    longer = standard_normals(7, (3, 1), (*YEARS, 2025))
    assert np.array_equal(longer[:, :3], normals[[3, 1]])
    assert abs(np.corrcoef(normals, rowvar=False)[0, 1]) < 0.05
