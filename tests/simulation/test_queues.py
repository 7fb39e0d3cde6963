"""Queues, cases that come due, and the allocation meeting's rule."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from sufficiency.simulation.queues import AllocationRule, Due, Queue, rows_of, sides, turns


def rows(*numbers: int) -> np.ndarray[Any, Any]:
    """Rows by number."""
    return np.array(numbers, dtype=np.int64)


def cases(count: int, first: Any = ()) -> np.ndarray[Any, Any]:
    """The turns of that many rows, the ``first`` of which have priority."""
    return turns(np.isin(np.arange(count), np.array(first, dtype=np.int64)))


def take(rule: AllocationRule, queue: Queue, boundary: int, capacity: int, share: float) -> np.ndarray[Any, Any]:
    """The rows that the rule takes."""
    return rows_of(rule.take(queue, sides(boundary), capacity, share))


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
    queue, rule = Queue(), AllocationRule()
    for batch in batches:
        new = [n for n in batch if n not in seen]
        seen |= set(new)
        queue.add(cases(501)[rows(*new)])
    taken = take(rule, queue, 2000, count, 1.0)
    assert sorted(taken) == sorted(seen)[:count]
    assert rows_of(queue.waiting).tolist() == sorted(seen)[count:]
    assert len(queue) == len(seen) - taken.size


def test_without_capacity_or_cases_nothing_is_taken() -> None:
    rule = AllocationRule()
    queue = Queue(cases(4)[1:])
    assert take(rule, queue, 2, 0, 0.6).size == 0
    assert len(queue) == 3
    assert take(rule, Queue(), 0, 5, 0.6).size == 0


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 2 / 3, 1.0])
@pytest.mark.parametrize("capacity", [1, 3, 7])
def test_the_share_is_kept_exactly_over_time(share: float, capacity: int) -> None:
    """While both sides have cases: after any number of weeks the backlog has had its share, to less than one case."""
    rule = AllocationRule()
    queue = Queue(cases(1000))
    from_backlog = 0
    for week in range(1, 60):
        taken = take(rule, queue, 500, capacity, share)
        assert taken.size == capacity
        from_backlog += int((taken < 500).sum())
        assert -1e-6 <= share * capacity * week - from_backlog < 1


def test_an_unused_share_goes_to_the_other_side() -> None:
    rule = AllocationRule()
    few_backlog = Queue(cases(20))
    assert sorted(take(rule, few_backlog, 2, 10, 0.6)) == list(range(10))  # 2 of 6 from the backlog, 8 new
    few_new = Queue(cases(20))
    assert sorted(take(rule, few_new, 18, 10, 0.6)) == [*range(8), 18, 19]  # 2 of 4 new, 8 from the backlog
    assert rows_of(few_new.waiting).tolist() == list(range(8, 18))


def test_within_each_side_priority_goes_first_then_the_oldest() -> None:
    first = (3, 8, 9, 17)
    taken = take(AllocationRule(), Queue(cases(20, first)), 10, 8, 0.5)
    assert sorted(taken) == [0, 3, 8, 9, 10, 11, 12, 17]
    few = take(AllocationRule(), Queue(cases(20, first)), 10, 4, 0.5)
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
    rule, queue = AllocationRule(), Queue(turns(first))
    for capacity in capacities:
        before = np.sort(rows_of(queue.waiting))
        boundary = data.draw(st.integers(0, first.size))
        taken = take(rule, queue, boundary, capacity, share)
        assert taken.size == min(capacity, before.size)
        assert np.unique(taken).size == taken.size
        assert np.sort(np.concatenate((taken, rows_of(queue.waiting)))).tolist() == before.tolist()
        for side in (before[before < boundary], before[before >= boundary]):
            chosen = np.isin(side, taken)
            order = sorted(side, key=lambda row: (not first[row], row))
            assert set(side[chosen]) == set(order[: chosen.sum()])
