"""Controlled rounding: parts add up, and nothing moves by 1 or more."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from sufficiency.places.scap import ScapPupils
from sufficiency.report.returns.dsg_pupils import rounded
from sufficiency.report.returns.reform_plan import controlled_plans, rounded_list
from sufficiency.report.returns.rounding import controlled, nearest, table_sums
from sufficiency.report.returns.scap import scap_tables
from sufficiency.report.returns.settings import return_settings

SETTINGS = return_settings()
counts = some.integers(0, 400).map(lambda eighths: eighths / 8) | some.floats(0, 50)


def tables(rows: int, columns: int) -> some.SearchStrategy[np.ndarray]:
    return arrays(np.float64, (rows, columns), elements=counts)


def near(whole: np.ndarray, means: np.ndarray) -> bool:
    return bool((np.abs(whole - means) < 1 + 1e-6).all())


@given(arrays(np.float64, some.integers(1, 30), elements=counts))
def test_a_list_adds_up_to_its_rounded_total(means: np.ndarray) -> None:
    (whole,) = rounded_list(means[None, :])
    assert whole.sum() == nearest(means.sum())
    assert near(whole, means)


@given(some.integers(1, 6).flatmap(lambda rows: some.integers(1, 8).flatmap(lambda columns: tables(rows, columns))))
def test_a_table_adds_up_in_rows_and_columns(means: np.ndarray) -> None:
    whole = controlled(means.ravel(), table_sums(*means.shape), total=nearest(means.sum())).reshape(means.shape)
    assert whole.sum() == nearest(means.sum())
    assert near(whole, means)
    for axis in (0, 1):
        assert near(whole.sum(axis=axis), means.sum(axis=axis))


@given(tables(5, 7), some.data())
def test_two_tables_of_the_same_children_have_the_same_categories(ages: np.ndarray, data: some.DataObject) -> None:
    shares = data.draw(arrays(np.float64, (12, 7), elements=some.floats(0.01, 1)))
    needs = shares / shares.sum(axis=0) * ages.sum(axis=0)
    (by_age,), (by_need,) = rounded(ages[None], needs[None])
    assert (by_age.sum(axis=0) == by_need.sum(axis=0)).all()
    assert by_age.sum() == nearest(ages.sum())
    for whole, means in ((by_age, ages), (by_need, needs)):
        assert near(whole, means)
        assert near(whole.sum(axis=0), means.sum(axis=0))
        assert near(whole.sum(axis=1), means.sum(axis=1))


@given(tables(14, 12))
def test_plans_add_up_by_provision_by_need_and_within_groups_of_provision(means: np.ndarray) -> None:
    groups = [[0], [1, 2], [3], [4], [5, 6], [7], [8, 9, 10]]
    whole = controlled_plans(means, groups)
    assert whole.sum() == nearest(means.sum())
    assert near(whole, means)
    assert near(whole.sum(axis=0), means.sum(axis=0))
    assert near(whole.sum(axis=1), means.sum(axis=1))
    for group in groups:
        assert near(whole[group].sum(axis=0), means[group].sum(axis=0))
        assert near(whole[group].sum(), means[group].sum())


@given(tables(12, 4))
def test_scap_adds_up_by_ncy_by_type_and_by_phase(means: np.ndarray) -> None:
    found = ScapPupils((2025,), True, means[None, None], np.zeros((1, 1, 2)))
    (whole,) = scap_tables(found, SETTINGS).pupils
    assert whole.sum() == nearest(means.sum())
    for years in (slice(0, 7), slice(7, 12), slice(0, 12)):
        assert near(whole[years].sum(axis=0), means[years].sum(axis=0))
        assert near(whole[years].sum(), means[years].sum())
    assert near(whole.sum(axis=1), means.sum(axis=1))


def test_it_is_the_largest_remainder_for_a_list_and_ties_fall_to_the_first() -> None:
    assert controlled(np.array([1.4, 2.3, 3.3]), total=7).tolist() == [2, 2, 3]
    assert controlled(np.array([1.5, 1.5, 1.5, 0.5]), total=5).tolist() == [2, 2, 1, 0]


def test_whole_numbers_stay_and_what_floating_point_leaves_is_no_part() -> None:
    assert controlled(np.array([2.9999999999, 4.0]), total=7).tolist() == [3, 4]
    assert (nearest(2.5), nearest(2.49), nearest(1.4999999999)) == (3, 2, 2)


def test_sums_that_no_rounding_can_meet_are_a_bug() -> None:
    halves = np.full(3, 0.5)
    pairs = [np.array([0, 1]), np.array([1, 2]), np.array([0, 2])]  # each pair has to make 1: only halves do
    with pytest.raises(ValueError, match="no controlled rounding"):
        controlled(halves, pairs)
