"""What issue brings, child by child: the chance of no need is the product that the formula says, in the year of the plan."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from sufficiency.domain.dictionaries import NEEDS
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.caseload import NO_SETTING, S
from sufficiency.simulation.council import Council
from sufficiency.simulation.issue import Issue

CHILDREN = 4000
WEEKS_A_YEAR = 365.25 / 7


@pytest.fixture(scope="module")
def council(two_years: Scenario, make_council: Any) -> Council:
    """Children of all needs and ages who asked from half a year before the clock's first day on."""
    each = np.arange(CHILDREN)
    made: Council = make_council(
        two_years,
        CHILDREN,
        need=each % len(NEEDS),
        reception_year=2005 + each * 8 % 21,
        request_week=each * 13 % 110 - 26,
        setting=NO_SETTING,
    )
    return made


def academic_year(council: Council, week: int) -> tuple[int, int]:
    """The academic year in which the services are in ``week``, and the week in which they came to it."""
    begun = max((september for september in (0, *council.calendar.september_weeks) if september <= week), default=0)
    return int(council.calendar.academic_years[begun]), begun


def expected(council: Council, row: int, week: int) -> tuple[int, bool]:
    """Setting and need of one child whose plan is issued in ``week``, by the formula's own factors."""
    settings, caseload = council.scenario.placements, council.caseload
    need, asked = NEEDS.codes[caseload.need[row]], int(caseload.request_week[row])
    year, begun = academic_year(council, week)
    ncy, factor = year - int(caseload.reception_year[row]), float(council.factor["specialist_need"][begun])
    hazard = settings.emergence_by_need.value[need] * settings.latent.value * factor
    level = settings.emergence_primary.value if ncy < 7 else settings.emergence_secondary.value if ncy < 12 else 0.0
    if settings.emergence_by_ncy:
        level *= settings.emergence_by_ncy.value.get(str(ncy), 1.0)
    stay = 1.0 if ncy < 12 else settings.stay_special_post_16.value if ncy < 15 else 0.0
    none = 1 - min(settings.specialist_at_issue.value[need] * settings.latent.value * factor, 1.0) * stay
    due = asked + 20
    then = council.calendar.academic_years[min(max(due, 0), council.weeks - 1)] - (due < council.first_year_start)
    if ncy >= 7 and then - caseload.reception_year[row] < 7 and ncy < 15:
        none *= 1 - min(hazard * settings.jump_at_secondary.value, 1.0)
    none *= (1 - min(hazard * min(level, 1.0), 1.0)) ** (max(week - due, 0) / WEEKS_A_YEAR)
    in_need = bool(council.uniforms("issue/specialist", slice(row, row + 1))[0] < 1 - none)
    if ncy >= 15:
        return S["further_education"], in_need
    if ncy >= 12 and not in_need:
        u = float(council.uniforms("issue/post-16", slice(row, row + 1))[0])
        if u > 1 - settings.stay_mainstream_post_16.value:
            return S["mainstream"], in_need
        return S["elsewhere" if u < settings.post_16_elsewhere.value else "further_education"], in_need
    return S["early_years" if ncy < 0 else "mainstream"], in_need


def test_each_plan_starts_where_and_with_the_need_that_the_formula_says(council: Council) -> None:
    rows = np.flatnonzero(council.caseload.request_week + 70 < council.weeks)
    weeks = np.maximum(council.caseload.request_week[rows].astype(np.int64) + 8 + rows * 11 % 62, 0)
    setting, needs = Issue(council).found(rows, weeks)
    one_by_one = [expected(council, row, week) for row, week in zip(rows.tolist(), weeks.tolist(), strict=True)]
    assert list(zip(setting.tolist(), needs.tolist(), strict=True)) == one_by_one
    assert 0.1 < needs.mean() < 0.9
    assert {academic_year(council, week)[0] for week in weeks.tolist()} == {2021, 2022, 2023}
    assert set(setting.tolist()) == {S[code] for code in ("early_years", "mainstream", "further_education", "elsewhere")}


def test_need_only_grows_with_the_wait_for_a_plan_within_an_academic_year(council: Council) -> None:
    first, last = council.calendar.september_weeks[0], council.calendar.september_weeks[1] - 1
    rows = np.flatnonzero(council.caseload.request_week < first)
    found = [Issue(council).found(rows, np.full(rows.size, week))[1] for week in range(first, last + 1, 8)]
    for before, after in pairwise(found):
        assert (after >= before).all()
    assert found[-1].sum() > found[0].sum()
