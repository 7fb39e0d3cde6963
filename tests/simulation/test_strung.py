"""Many small arrays as one: the same entries in the same order, and nothing of another type."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sufficiency.simulation.caseload import constant
from sufficiency.simulation.council import sizes_of, strung


@given(st.lists(st.lists(st.integers(-128, 127), max_size=5), max_size=20))
def test_it_is_what_joining_the_arrays_gives(batches: list[list[int]]) -> None:
    arrays = [np.array(batch, dtype=np.int8) for batch in batches]
    assert sizes_of(arrays).tolist() == [len(batch) for batch in batches]
    whole = strung(arrays, np.int8, sum(map(len, batches)))
    assert whole.dtype == np.int8
    assert whole.tolist() == [entry for batch in batches for entry in batch]


def test_arrays_of_another_type_or_with_gaps_are_refused() -> None:
    with pytest.raises(ValueError, match="batches of 2 entries hold 8"):
        strung([np.array([1]), np.array([2])], np.int16, 2)
    with pytest.raises((TypeError, BufferError)):
        strung([np.arange(6)[::2]], np.int64, 3)


def test_a_constant_cannot_be_changed_for_those_who_use_it_later() -> None:
    week = constant(3, np.int16)
    with pytest.raises(ValueError, match="read-only"):
        week += 1
