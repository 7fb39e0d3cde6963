"""No hidden count can be worked out from what is shown: every table that agrees with it is looked at, one by one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sufficiency.domain.problem import InputProblem
from sufficiency.report.disclosure import HIDDEN, THRESHOLD, protect, protect_list, threshold

MOST = 9
"""Hidden totals are tried up to as much more than they are."""
Counts = NDArray[np.int64]


def agreeing(shown: list[list[int | str]], most: int) -> Counts:
    """Every table with totals that agrees with ``shown``, stacked: hidden cells are 1 to ``most``, and lines add up."""
    rows, columns = len(shown) - 1, len(shown[0]) - 1
    choices = [range(1, most + 1) if cell == HIDDEN else [int(cell)] for row in shown[:-1] for cell in row[:-1]]
    grid = np.meshgrid(*choices, indexing="ij")
    inner = np.stack([axis.ravel() for axis in grid], axis=1).reshape(-1, rows, columns)
    with_columns = np.concatenate([inner, inner.sum(axis=1, keepdims=True)], axis=1)
    whole = np.concatenate([with_columns, with_columns.sum(axis=2, keepdims=True)], axis=2)
    for i, line in enumerate(shown):
        for j, cell in enumerate(line):
            if cell != HIDDEN:
                whole = whole[whole[:, i, j] == int(cell)]
    return whole


def is_safe(shown: list[list[int | str]], truth: Counts) -> bool:
    tables = agreeing(shown, int(truth[:-1, :-1].max()) + 2)
    assert (tables == truth).all(axis=(1, 2)).any(), "the truth itself agrees"
    hidden = [(i, j) for i, line in enumerate(shown) for j, cell in enumerate(line) if cell == HIDDEN]
    return all(len(np.unique(tables[:, i, j])) > 1 for i, j in hidden)


small_tables = st.integers(1, 3).flatmap(
    lambda rows: st.integers(1, 2 if rows == 3 else 3).flatmap(
        lambda columns: st.lists(st.integers(0, 5), min_size=rows * columns, max_size=rows * columns).map(
            lambda cells: np.array(cells, dtype=np.int64).reshape(rows, columns)
        )
    )
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(small_tables)
def test_no_hidden_count_can_be_worked_out(counts: Counts) -> None:
    found = protect(counts, 3)
    shown = found.shown()
    for line, values in zip(shown, found.values, strict=True):
        for cell, value in zip(line, values, strict=True):
            assert cell in (HIDDEN, int(value))
            if value == 0:
                assert cell == 0, "a true zero shows 0"
            if 0 < value < 3:
                assert cell == HIDDEN, "totals are counts too"
    assert is_safe(shown, found.values)


def test_the_check_can_fail() -> None:
    """Hiding the small count alone gives it away: the row adds up."""
    naive: list[list[int | str]] = [[HIDDEN, 7, 8], [6, 6, 12], [7, 13, 20]]
    assert not is_safe(naive, np.array([[1, 7, 8], [6, 6, 12], [7, 13, 20]]))


def test_two_small_counts_that_add_up_to_two_give_each_other_away() -> None:
    """A hidden count is not 0, so that 1 and 1 need a third."""
    shown = protect(np.array([[1, 1, 4], [3, 3, 4]]), 2).shown()
    assert shown[0][2] == HIDDEN or shown[0][3] == HIDDEN
    assert is_safe(shown, np.array([[1, 1, 4, 6], [3, 3, 4, 10], [4, 4, 8, 16]]))


def test_large_counts_stay_and_little_more_than_needed_is_hidden() -> None:
    counts = np.array([[3, 40, 50], [20, 30, 25], [60, 70, 80]])
    found = protect(counts, THRESHOLD)
    assert int(found.hidden.sum()) == 4, "one rectangle"
    assert not found.hidden[-1].any()
    assert not found.hidden[:, -1].any()
    untouched = protect(np.array([[5, 0], [6, 7]]), THRESHOLD)
    assert not untouched.hidden.any()
    assert not protect(counts, 0).hidden.any(), "0 suppresses nothing"


def test_a_large_table_is_quick_and_hides_no_total() -> None:
    counts = np.random.default_rng(1).poisson(8, (12, 8)).astype(np.int64)
    found = protect(counts, THRESHOLD)
    assert found.hidden.any()
    assert not found.hidden[-1].any()
    assert not found.hidden[:, -1].any()


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=4))
def test_no_hidden_count_of_a_list_can_be_worked_out(counts: list[int]) -> None:
    cells, total = protect_list(counts, 3)
    assert [cell for cell, value in zip(cells, counts, strict=True) if value == 0] == [0] * counts.count(0)
    assert all(cell in (HIDDEN, value) for cell, value in zip(cells, counts, strict=True))
    assert all(cell == HIDDEN for cell, value in zip(cells, counts, strict=True) if 0 < value < 3)
    assert total == HIDDEN if 0 < sum(counts) < 3 else total in (HIDDEN, sum(counts))
    choices = [range(1, MOST) if cell == HIDDEN else [cell] for cell in cells]
    tables = [each for each in product(*choices) if total in (HIDDEN, sum(each))]
    for at, cell in enumerate(cells):
        if cell == HIDDEN:
            assert len({each[at] for each in tables}) > 1
    if total == HIDDEN:
        assert len({sum(each) for each in tables}) > 1


def test_the_threshold_is_a_setting() -> None:
    assert threshold("") == THRESHOLD
    assert threshold("10") == 10
    for wrong in ("five", "-1", "1000"):
        with pytest.raises(InputProblem, match="SUFFICIENCY_SMALL_NUMBERS"):
            threshold(wrong)
