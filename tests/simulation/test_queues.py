"""Queues, cases that come due, and the allocation meeting's rule."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from sufficiency.simulation.queues import AllocationRule, Due, Queue, turns

NO_PRIORITY = turns(np.zeros(2000, dtype=np.bool_))


def rows(*numbers: int) -> np.ndarray[Any, Any]:
    """Rows by number."""
    return np.array(numbers, dtype=np.int64)


def test_cases_come_due_once_in_their_week() -> None:
    due = Due(10)
    due.add(3, rows(5, 1))
    due.add(3, rows(2))
    due.add(4, rows(7))
    assert due.take(2).size == 0
    assert due.take(3).tolist() == [5, 1, 2]
    assert due.take(4).tolist() == [7]


def test_cases_due_after_the_horizon_never_come() -> None:
    due = Due(10)
    due.add(10, rows(1))
    due.add(500, rows(2))
    assert all(due.take(week).size == 0 for week in range(10))


@pytest.mark.parametrize(("weeks", "expected"), [(3, [[4, 5], [6, 7], [8]]), (0, [[4, 5, 6, 7, 8]]), (9, [[4], [5], [6]])])
def test_cases_under_way_on_the_first_day_come_due_evenly(weeks: int, expected: list[list[int]]) -> None:
    due = Due(10)
    due.spread(np.arange(4, 9), weeks)
    assert [due.take(week).tolist() for week in range(len(expected))] == expected


@given(st.lists(st.lists(st.integers(0, 500), unique=True, max_size=8), max_size=6), st.integers(0, 20))
def test_a_queue_gives_the_oldest_first_in_whatever_order_they_came(batches: list[list[int]], count: int) -> None:
    seen: set[int] = set()
    queue, rule = Queue(NO_PRIORITY), AllocationRule()
    for batch in batches:
        new = [n for n in batch if n not in seen]
        seen |= set(new)
        queue.add(rows(*new))
    taken = rule.take(queue, 2000, count, 1.0)
    assert sorted(taken) == sorted(seen)[:count]
    assert queue.rows.tolist() == sorted(seen)[count:]
    assert len(queue) == len(seen) - taken.size


def test_without_capacity_or_cases_nothing_is_taken() -> None:
    rule = AllocationRule()
    queue = Queue(NO_PRIORITY, rows(1, 2, 3))
    assert rule.take(queue, 2, 0, 0.6).size == 0
    assert len(queue) == 3
    assert rule.take(Queue(NO_PRIORITY), 0, 5, 0.6).size == 0


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 2 / 3, 1.0])
@pytest.mark.parametrize("capacity", [1, 3, 7])
def test_the_share_is_kept_exactly_over_time(share: float, capacity: int) -> None:
    """While both sides have cases: after any number of weeks the backlog has had its share, to less than one case."""
    rule = AllocationRule()
    queue = Queue(NO_PRIORITY, np.arange(1000))
    from_backlog = 0
    for week in range(1, 60):
        taken = rule.take(queue, 500, capacity, share)
        assert taken.size == capacity
        from_backlog += int((taken < 500).sum())
        assert -1e-6 <= share * capacity * week - from_backlog < 1


def test_an_unused_share_goes_to_the_other_side() -> None:
    rule = AllocationRule()
    few_backlog = Queue(NO_PRIORITY, np.arange(20))
    assert sorted(rule.take(few_backlog, 2, 10, 0.6)) == list(range(10))  # 2 of 6 from the backlog, 8 new
    few_new = Queue(NO_PRIORITY, np.arange(20))
    assert sorted(rule.take(few_new, 18, 10, 0.6)) == [*range(8), 18, 19]  # 2 of 4 new, 8 from the backlog
    assert few_new.rows.tolist() == list(range(8, 18))


def test_within_each_side_priority_goes_first_then_the_oldest() -> None:
    priority = np.zeros(20, dtype=np.bool_)
    priority[[3, 8, 9, 17]] = True
    taken = AllocationRule().take(Queue(turns(priority), np.arange(20)), 10, 8, 0.5)
    assert sorted(taken) == [0, 3, 8, 9, 10, 11, 12, 17]
    few = AllocationRule().take(Queue(turns(priority), np.arange(20)), 10, 4, 0.5)
    assert sorted(few) == [3, 8, 10, 17]


@settings(max_examples=150)
@given(
    st.lists(st.booleans(), min_size=1, max_size=30),
    st.data(),
    st.lists(st.integers(0, 8), min_size=1, max_size=12),
    st.floats(0, 1),
)
def test_the_meeting_wastes_no_capacity_and_loses_no_case(
    priority: list[bool], data: Any, capacities: list[int], share: float
) -> None:
    first = np.array(priority)
    rule, queue = AllocationRule(), Queue(turns(first), np.arange(first.size))
    for capacity in capacities:
        before = np.sort(queue.rows)
        boundary = data.draw(st.integers(0, first.size))
        taken = rule.take(queue, boundary, capacity, share)
        assert taken.size == min(capacity, before.size)
        assert np.unique(taken).size == taken.size
        assert np.sort(np.concatenate((taken, queue.rows))).tolist() == before.tolist()
        for side in (before[before < boundary], before[before >= boundary]):
            chosen = np.isin(side, taken)
            order = sorted(side, key=lambda row: (not first[row], row))
            assert set(side[chosen]) == set(order[: chosen.sum()])
