"""The agenda of a year: every event happens as often as its chance says, once, in a week of the year."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sufficiency.domain.dictionaries import NEEDS
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.agenda import (
    CEASE,
    COLLEGE_TO_ELSEWHERE,
    EMERGE,
    IS_CEASING,
    IS_EMERGENCE,
    SITUATIONS,
    STEP_DOWN,
    TO_ELSEWHERE,
    TRANSFER_OUT,
    WEEKS_OF_AGENDA,
    Agenda,
)
from sufficiency.simulation.caseload import CEASED, HAS_PLAN, NO_SETTING, NOT_YET, S

CHILDREN = 30_000
YEAR = 2021
"""The academic year in which the clock starts."""
LEADS_TO = {TO_ELSEWHERE: S["elsewhere"], COLLEGE_TO_ELSEWHERE: S["elsewhere"], STEP_DOWN: S["mainstream"]}
"""The setting to which a kind of event takes a child; the others keep them where they are, or out of the caseload."""
ASD, SLD = NEEDS.index("ASD"), NEEDS.index("SLD")


def held(council: Any) -> np.ndarray[Any, Any]:
    """The weeks in which everyone joined the caseload, where all are in it on the first day."""
    return np.full(len(council.caseload), -1, dtype=np.int16)


def events(council: Any, joins: Any = None) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Week of the year, kind and row of all events of the first year."""
    agenda = Agenda(council, held(council) if joins is None else joins)
    start = council.first_year_start
    agenda.plan_year(-1, start)
    found = []
    for week in range(WEEKS_OF_AGENDA):
        if (due := agenda.due(start + week)) is not None:
            kind, sort, row, to = due[0] // SITUATIONS, *due[1:]
            assert to.tolist() == [LEADS_TO.get(one, NO_SETTING) for one in kind.tolist()]
            found.append((week, kind, sort, row))
    assert agenda.due(start - 1) is agenda.due(start + WEEKS_OF_AGENDA) is None
    for _, kind, sort, row in found:  # needs that emerge, plans due to cease, moves; each in order of row
        assert (np.diff(sort * len(council.caseload) + row) > 0).all()
        assert ((sort == IS_EMERGENCE) == (kind == EMERGE)).all()
        assert ((sort == IS_CEASING) == (kind == CEASE)).all()
    none = np.zeros(0, dtype=np.int64)
    found.append((WEEKS_OF_AGENDA, none, none, none))  # not every agenda has an event
    weeks = np.concatenate([np.full(kind.size, week) for week, kind, *_ in found])
    return weeks, np.concatenate([kind for _, kind, *_ in found]), np.concatenate([row for *_, row in found])


def chances(scenario: Scenario, ncy: int, setting: str, need: str) -> dict[int, float]:
    """Yearly chance of each kind of event."""
    placements, reviews = scenario.placements, scenario.reviews
    emergence = 0.0
    if setting == "mainstream" and ncy < 12:
        emergence = placements.emergence_primary.value if ncy < 7 else placements.emergence_secondary.value
        assert placements.emergence_by_ncy is not None
        emergence *= placements.emergence_by_ncy.value[str(ncy)]
    school = setting == "mainstream" and 7 <= ncy < 12
    return {
        CEASE: reviews.ceasing.value[str(ncy)],
        TRANSFER_OUT: reviews.transfers_out.value,
        EMERGE: emergence * placements.emergence_by_need.value[need] * placements.latent.value,
        TO_ELSEWHERE: placements.mainstream_to_elsewhere.value if school else 0.0,
        COLLEGE_TO_ELSEWHERE: placements.college_to_elsewhere.value if setting == "further_education" else 0.0,
        STEP_DOWN: placements.step_down.value if setting in ("special", "resourced") else 0.0,
    }


@pytest.mark.parametrize(
    ("ncy", "setting", "need"),
    [
        (3, "mainstream", "ASD"),
        (9, "mainstream", "SLD"),
        (9, "special", "ASD"),
        (4, "resourced", "ASD"),
        (13, "further_education", "ASD"),
        (15, "independent", "SLD"),
        (-1, "early_years", "ASD"),
    ],
)
def test_events_happen_as_often_as_their_chance_says(
    two_years: Scenario, make_council: Any, ncy: int, setting: str, need: str
) -> None:
    """Within four standard errors; and an event without a chance never happens."""
    council = make_council(
        two_years, CHILDREN, need=NEEDS.index(need), reception_year=YEAR - ncy, setting=S[setting], state=HAS_PLAN
    )
    weeks, kinds, rows = events(council)
    for kind, p in chances(two_years, ncy, setting, need).items():
        count = int((kinds == kind).sum())
        assert np.unique(rows[kinds == kind]).size == count  # at most once a year
        if p == 0:
            assert count == 0, kind
        # Of two changes in one week only the first is made: one in fifty of the rare children with two changes.
        assert abs(count - CHILDREN * p) <= 4 * np.sqrt(CHILDREN * p * (1 - p)) + 0.01 * CHILDREN * p, kind
    pairs = np.stack([weeks, rows])
    assert np.unique(pairs, axis=1).shape[1] == rows.size


def test_events_are_spread_evenly_over_the_year(two_years: Scenario, make_council: Any) -> None:
    council = make_council(two_years, CHILDREN, need=SLD, reception_year=YEAR - 9)
    weeks, kinds, _ = events(council)
    emerged = weeks[kinds == EMERGE]
    by_week = np.bincount(emerged, minlength=WEEKS_OF_AGENDA)
    expected = emerged.size / WEEKS_OF_AGENDA
    assert emerged.size > 2000
    assert ((by_week - expected) ** 2 / expected).sum() < 110  # chi-squared with 51 degrees of freedom: 1 in a million


def test_those_whose_plan_is_over_have_no_agenda_and_those_who_will_get_one_this_year_do(
    two_years: Scenario, make_council: Any
) -> None:
    for state, join, some in ((CEASED, -1, False), (NOT_YET, 10, True), (HAS_PLAN, -1, True), (NOT_YET, 60, False)):
        council = make_council(two_years, 3000, need=ASD, reception_year=YEAR - 5, state=state)
        assert (events(council, np.full(3000, join))[2].size > 0) == some, state


def test_other_children_change_nobodys_agenda(two_years: Scenario, make_council: Any) -> None:
    few, many = (make_council(two_years, n, need=ASD, reception_year=YEAR - 5) for n in (500, 2000))
    weeks, kinds, rows = events(few)
    more_weeks, more_kinds, more_rows = events(many)
    first = more_rows < 500
    assert first.sum() == rows.size > 20
    assert (more_weeks[first] == weeks).all()
    assert (more_kinds[first] == kinds).all()
    assert (more_rows[first] == rows).all()


def test_each_year_has_an_agenda_of_its_own(two_years: Scenario, make_council: Any) -> None:
    council = make_council(two_years, 3000, need=ASD, reception_year=YEAR - 4)
    _, _, first = events(council)
    agenda = Agenda(council, held(council))
    september = council.calendar.september_weeks[0]
    council.caseload.age_to(YEAR + 1)
    agenda.plan_year(september, september)
    found = [due for week in range(WEEKS_OF_AGENDA) if (due := agenda.due(september + week)) is not None]
    second = np.concatenate([row for _, _, row, _ in found])
    assert 0 < np.intersect1d(first, second).size < 0.5 * min(first.size, second.size)
