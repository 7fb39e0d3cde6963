"""Matching is serial dictatorship: the longest waiting first, each to the nearest place left that admits the child."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.simulation.caseload import NEVER, Caseload, S
from sufficiency.simulation.estate import Room
from sufficiency.simulation.matching import Preferences, classes, laid_out, match
from sufficiency.simulation.streams import keys_of

AREAS = 3


def estate_of(provisions: list[dict[str, Any]]) -> Any:
    """What the preferences ask of an estate."""

    class Estate(SimpleNamespace):
        def __len__(self) -> int:
            return len(provisions)

    admits = np.zeros((len(provisions), len(NEEDS), len(PHASES)), dtype=np.bool_)
    for i, provision in enumerate(provisions):
        admits[np.ix_([i], provision["needs"], provision["phases"])] = True
    return Estate(
        setting=np.array([S[p["setting"]] for p in provisions]),
        area=np.array([p["area"] for p in provisions]),
        tie=np.array([p["tie"] for p in provisions]),
        admits=admits,
    )


def one_by_one(
    children: list[tuple[int, int, int, bool]], provisions: list[dict[str, Any]], distance: Any, vacancies: list[int]
) -> list[int]:
    """The place of each child in turn (-1 for none), by looking at every provision."""
    left, found = list(vacancies), []
    for area, need, phase, suitable in children:
        best, choice = None, -1
        for i, p in enumerate(provisions):
            resourced = p["setting"] == "resourced"
            if left[i] <= 0 or need not in p["needs"] or phase not in p["phases"] or (resourced and not suitable):
                continue
            cost = (distance[area][p["area"]], not resourced, p["tie"])
            if best is None or cost < best:
                best, choice = cost, i
        if choice >= 0:
            left[choice] -= 1
        found.append(choice)
    return found


needs = st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True)
phases = st.lists(st.integers(0, len(PHASES) - 1), min_size=1, max_size=3, unique=True)
provision = st.fixed_dictionaries(
    {"setting": st.sampled_from(["special", "resourced"]), "area": st.integers(0, AREAS - 1), "needs": needs, "phases": phases}
)
child = st.tuples(st.integers(0, AREAS - 1), st.integers(0, 2), st.integers(0, len(PHASES) - 1), st.booleans())


@settings(max_examples=150)
@given(st.lists(provision, min_size=1, max_size=6), st.lists(child, min_size=1, max_size=60), st.data())
def test_children_get_what_they_would_get_one_by_one(
    provisions: list[dict[str, Any]], children: list[tuple[int, int, int, bool]], data: Any
) -> None:
    ties = data.draw(st.permutations(range(len(provisions))))
    provisions = [p | {"tie": tie} for p, tie in zip(provisions, ties, strict=True)]
    km = st.lists(st.sampled_from([0.0, 3.0, 3.2, 7.0]), min_size=AREAS, max_size=AREAS)
    distance = data.draw(st.lists(km, min_size=AREAS, max_size=AREAS))
    matching = matching_of(provisions, children, distance)
    for _ in range(2):  # a second time with what was laid out for the first
        vacancies = data.draw(st.lists(st.integers(0, 3), min_size=len(provisions), max_size=len(provisions)))
        expected = one_by_one(children, provisions, distance, vacancies)
        rows, places = matching.match(np.arange(len(children)), np.array(vacancies, dtype=np.int64))
        found = np.full(len(children), -1)
        found[rows] = places
        assert found.tolist() == expected
        assert (np.bincount(places, minlength=len(provisions)) <= vacancies).all()


@settings(max_examples=60)
@given(st.lists(provision, min_size=1, max_size=4), st.lists(child, min_size=1, max_size=60), st.data())
def test_group_by_group_is_in_the_order_of_all_groups(
    provisions: list[dict[str, Any]], children: list[tuple[int, int, int, bool]], data: Any
) -> None:
    provisions = [p | {"tie": tie} for tie, p in enumerate(provisions)]
    matching = matching_of(provisions, children, [[3.0] * AREAS] * AREAS)
    rows = np.arange(len(children))
    places = data.draw(st.lists(st.integers(0, 30), min_size=len(provisions), max_size=len(provisions)))
    group = np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(children), max_size=len(children))))

    def turns(able: Any) -> Any:
        return (able[group[able] == number] for number in range(3))

    whole = matching.match(rows[np.argsort(group, kind="stable")], np.array(places))
    by_group = match(matching.preferences, rows, matching.child, Room(places), turns)
    assert [found.tolist() for found in by_group] == [found.tolist() for found in whole]


class Matching:
    """Children by row, and how they are matched to vacancies."""

    def __init__(self, preferences: Preferences, child: np.ndarray[Any, Any]) -> None:
        self.preferences, self.child = preferences, child

    def match(self, rows: Any, vacancies: Any) -> tuple[Any, Any]:
        """Match ``rows`` in their order."""
        return match(self.preferences, rows, self.child, Room(vacancies.tolist()))


def matching_of(provisions: list[dict[str, Any]], children: list[tuple[int, int, int, bool]], distance: Any) -> Matching:
    """The matching of children by their rows."""
    count = len(children)
    area, need, phase, suitable = (np.array(column) for column in zip(*children, strict=True))
    caseload = Caseload(
        key=keys_of("child", count),
        area=area.astype(np.int8),
        need=need.astype(np.int8),
        reception_year=np.zeros(count, dtype=np.int16),
        request_week=np.full(count, NEVER, dtype=np.int16),
        setting=np.zeros(count, dtype=np.int8),
        state=np.zeros(count, dtype=np.int8),
        priority=np.zeros(count, dtype=np.bool_),
    )
    caseload.phase[:] = phase
    child = classes(caseload, suitable.astype(np.bool_))
    return Matching(Preferences(np.array(distance), estate_of(provisions)), child)


def test_the_longest_waiting_goes_first_and_the_nearest_place_is_taken_first() -> None:
    school = {"setting": "special", "needs": [0], "phases": [1], "tie": 0}
    provisions = [school | {"area": 0}, school | {"area": 1, "tie": 1}]
    distance = [[3.0, 7.0, 9.0], [7.0, 3.0, 9.0], [9.0, 8.0, 3.0]]
    matching = matching_of(provisions, [(1, 0, 1, False), (1, 0, 1, False), (0, 0, 1, False)], distance)
    rows, places = matching.match(np.arange(3), np.array([1, 1]))
    assert dict(zip(rows.tolist(), places.tolist(), strict=True)) == {0: 1, 1: 0}  # the third waits on
    rows, places = matching.match(np.array([2, 1, 0]), np.array([1, 1]))
    assert dict(zip(rows.tolist(), places.tolist(), strict=True)) == {2: 0, 1: 1}


def test_nobody_gets_a_place_that_does_not_admit_them_however_long_they_wait() -> None:
    provisions = [{"setting": "resourced", "area": 0, "needs": [0], "phases": [1], "tie": 0}]
    children = [(0, 1, 1, True), (0, 0, 2, True), (0, 0, 1, False), (2, 0, 1, True)]
    rows, places = matching_of(provisions, children, [[3.0] * 3] * 3).match(np.arange(4), np.array([9]))
    assert rows.tolist() == [3]
    assert places.tolist() == [0]


def test_at_equal_distance_a_resourced_place_is_taken_before_a_special_school() -> None:
    both = {"area": 0, "needs": [0], "phases": [1]}
    provisions = [both | {"setting": "special", "tie": 0}, both | {"setting": "resourced", "tie": 1}]
    matching = matching_of(provisions, [(0, 0, 1, True), (0, 0, 1, False), (0, 0, 1, True)], [[3.0] * 3] * 3)
    rows, places = matching.match(np.arange(3), np.array([5, 1]))
    assert dict(zip(rows.tolist(), places.tolist(), strict=True)) == {0: 1, 1: 0, 2: 0}


def test_without_children_or_vacancies_nobody_is_placed() -> None:
    provisions = [{"setting": "special", "area": 0, "needs": [0], "phases": [1], "tie": 0}]
    matching = matching_of(provisions, [(0, 0, 1, False)], [[3.0] * 3] * 3)
    assert matching.match(np.arange(1), np.array([0]))[0].size == 0
    assert matching.match(np.arange(0), np.array([3]))[0].size == 0


def test_a_place_goes_to_whoever_it_admits_however_many_wait_in_vain_before_them() -> None:
    provisions = [{"setting": "special", "area": a, "needs": [a], "phases": [1], "tie": a} for a in (0, 1)]
    children = [(0, 2, 1, False)] * 200 + [(0, 0, 1, False)] * 50 + [(0, 1, 1, False)]
    rows, places = matching_of(provisions, children, [[3.0] * 3] * 3).match(np.arange(len(children)), np.array([2, 1]))
    assert dict(zip(rows.tolist(), places.tolist(), strict=True)) == {200: 0, 201: 0, 250: 1}


def test_more_provisions_than_bits_in_a_word() -> None:
    """Only the last of 70 provisions admits the child."""
    provisions = [{"setting": "special", "area": 0, "needs": [0], "phases": [1], "tie": i} for i in range(69)]
    provisions.append({"setting": "special", "area": 2, "needs": [1], "phases": [1], "tie": 69})
    matching = matching_of(provisions, [(0, 1, 1, False), (0, 0, 1, False)], [[3.0] * 3] * 3)
    rows, places = matching.match(np.arange(2), np.ones(70, dtype=np.int64))
    assert dict(zip(rows.tolist(), places.tolist(), strict=True)) == {0: 69, 1: 0}
    rows, _ = matching.match(np.arange(2), np.append(np.zeros(69, dtype=np.int64), 1))
    assert rows.tolist() == [0]


@settings(max_examples=150)
@given(st.lists(provision, min_size=1, max_size=6), st.lists(child, min_size=1, max_size=40), st.data())
def test_the_nearest_go_first_as_pair_by_pair(
    provisions: list[dict[str, Any]], children: list[tuple[int, int, int, bool]], data: Any
) -> None:
    """In rounds by distance: of all pairs left, the nearest; of equally near ones the longest waiting child."""
    ties = data.draw(st.permutations(range(len(provisions))))
    provisions = [p | {"tie": tie} for p, tie in zip(provisions, ties, strict=True)]
    km = st.lists(st.sampled_from([0.0, 3.0, 3.2, 7.0]), min_size=AREAS, max_size=AREAS)
    distance = np.array(data.draw(st.lists(km, min_size=AREAS, max_size=AREAS)))
    farthest = data.draw(st.sampled_from([0.0, 3.1, 100.0]))
    vacancies = data.draw(st.lists(st.integers(0, 3), min_size=len(provisions), max_size=len(provisions)))
    estate = estate_of(provisions)
    room, child_class = Room(list(vacancies)), matching_of(provisions, children, distance).child
    found = np.full(len(children), -1)
    for preferences in laid_out(distance, estate, farthest, by_distance=True).rounds:
        left = np.flatnonzero(found < 0)
        rows, places = match(preferences, left, child_class, room)
        found[rows] = places
    assert found.tolist() == pair_by_pair(children, provisions, distance, vacancies, farthest)


def pair_by_pair(
    children: list[tuple[int, int, int, bool]],
    provisions: list[dict[str, Any]],
    distance: Any,
    vacancies: list[int],
    farthest: float,
) -> list[int]:
    """The provision of each child (-1: none), from a list of all pairs in order."""
    pairs = sorted(
        (distance[area][p["area"]], waits, p["setting"] != "resourced", p["tie"], i)
        for waits, (area, need, phase, suitable) in enumerate(children)
        for i, p in enumerate(provisions)
        if need in p["needs"] and phase in p["phases"] and (suitable or p["setting"] != "resourced")
    )
    left, found = list(vacancies), [-1] * len(children)
    for away, waits, *_, i in pairs:
        if away <= farthest and found[waits] < 0 and left[i] > 0:
            found[waits], left[i] = i, left[i] - 1
    return found


def test_no_place_is_offered_beyond_the_farthest_distance() -> None:
    school = {"setting": "special", "needs": [0], "phases": [1], "tie": 0, "area": 2}
    distance = np.array([[3.0, 7.0, 12.0], [7.0, 3.0, 7.0], [12.0, 7.0, 3.0]])
    offers = laid_out(distance, estate_of([school]), 7.0, by_distance=False)
    child_class = matching_of([school], [(0, 0, 1, False), (1, 0, 1, False)], distance).child
    rows, _ = match(offers.rounds[0], np.arange(2), child_class, Room([9]))
    assert rows.tolist() == [1]
    everyone, _ = match(offers.everywhere, np.arange(2), child_class, Room([9]))
    assert everyone.tolist() == [0, 1]
