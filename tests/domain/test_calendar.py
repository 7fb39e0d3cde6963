"""Weeks into months, terms and years: by Thursday, each week once."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sufficiency.domain.calendar import (
    Calendar,
    academic_year,
    academic_year_label,
    calendar_of,
    census_day,
    financial_year,
    financial_year_label,
)

BRISTOL = Calendar(dt.date(2022, 1, 3), dt.date(2029, 8, 31))

days = st.dates(dt.date(2000, 1, 1), dt.date(2035, 12, 31))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    start = draw(days)
    return Calendar(start, start + dt.timedelta(days=draw(st.integers(365, 25 * 365))))


@pytest.mark.parametrize(
    ("year", "day"), [(2022, 20), (2023, 19), (2024, 18), (2025, 16), (2026, 15), (2015, 15), (2020, 16), (2021, 21)]
)
def test_the_census_is_the_third_thursday_of_january(year: int, day: int) -> None:
    assert census_day(year) == dt.date(year, 1, day)
    assert census_day(year).weekday() == 3
    assert 15 <= day <= 21


@pytest.mark.parametrize(
    ("day", "academic", "financial"),
    [
        (dt.date(2022, 8, 31), 2021, 2022),
        (dt.date(2022, 9, 1), 2022, 2022),
        (dt.date(2023, 3, 31), 2022, 2022),
        (dt.date(2023, 4, 1), 2022, 2023),
        (dt.date(2022, 1, 1), 2021, 2021),
    ],
)
def test_years_turn_on_their_day(day: dt.date, academic: int, financial: int) -> None:
    assert (academic_year(day), financial_year(day)) == (academic, financial)


def test_labels_of_years_as_published() -> None:
    assert (academic_year_label(2022), academic_year_label(2099)) == ("2022/23", "2099/00")
    assert (financial_year_label(2022), financial_year_label(2009)) == ("2022-23", "2009-10")


def test_the_clock_of_the_first_bundled_scenario() -> None:
    assert BRISTOL.monday == dt.date(2022, 1, 3)
    assert BRISTOL.months[0] == "2022-01"
    assert BRISTOL.months[-1] == "2029-08"
    assert len(BRISTOL.months) == 92
    assert BRISTOL.whole_financial_years == tuple(range(2022, 2029))
    assert BRISTOL.census_years == tuple(range(2022, 2030))
    assert BRISTOL.census_weeks[0] == 0, "the first census is the opening stock"
    assert [BRISTOL.date(w) for w in BRISTOL.september_weeks][:3] == [
        dt.date(2022, 9, 5),
        dt.date(2023, 9, 4),
        dt.date(2024, 9, 2),
    ]


@pytest.mark.parametrize(
    ("start", "monday"),
    [
        (dt.date(2022, 1, 3), dt.date(2022, 1, 3)),
        (dt.date(2022, 1, 9), dt.date(2022, 1, 3)),
        (dt.date(2022, 1, 1), dt.date(2021, 12, 27)),
    ],
)
def test_the_clock_starts_on_the_monday_on_or_before_the_start(start: dt.date, monday: dt.date) -> None:
    assert Calendar(start, dt.date(2024, 1, 1)).monday == monday


def test_a_week_belongs_to_its_thursday() -> None:
    # Monday 28 March 2022 has its Thursday in March, Monday 27 March 2023 too; Monday 29 August 2022 has it in September.
    week = BRISTOL.week_of(dt.date(2022, 3, 28))
    assert (BRISTOL.month_number[week], BRISTOL.financial_years[week], BRISTOL.financial_years[week + 1]) == (3, 2021, 2022)
    week = BRISTOL.week_of(dt.date(2022, 8, 29))
    assert (BRISTOL.months[BRISTOL.month_of_week[week]], BRISTOL.academic_years[week]) == ("2022-09", 2022)


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (dt.date(2022, 1, 3), 0),
        (dt.date(2022, 1, 4), 1),
        (dt.date(2022, 1, 10), 1),
        (dt.date(2022, 1, 11), 2),
        (dt.date(2022, 1, 2), 0),
        (dt.date(2021, 12, 27), -1),
        (dt.date(2021, 12, 28), 0),
    ],
)
def test_something_due_on_a_day_has_happened_by_the_monday_on_or_after_it(day: dt.date, week: int) -> None:
    assert BRISTOL.week_of(day) == week


def test_a_financial_year_of_53_weeks_is_whole_only_with_all_of_them() -> None:
    # 2021-22 began and ended on a Thursday: 53 weeks.
    horizon = dt.date(2023, 1, 1)
    assert Calendar(dt.date(2021, 3, 29), horizon).whole_financial_years == (2021,)
    assert Calendar(dt.date(2021, 4, 5), horizon).whole_financial_years == ()
    assert Calendar(dt.date(2021, 3, 29), dt.date(2022, 3, 31)).whole_financial_years == (2021,)
    assert Calendar(dt.date(2021, 3, 29), dt.date(2022, 3, 27)).whole_financial_years == ()


def test_a_census_outside_the_clock_is_not_counted() -> None:
    assert Calendar(dt.date(2022, 1, 24), dt.date(2024, 1, 17)).census_years == (2023,)
    assert Calendar(dt.date(2022, 1, 24), dt.date(2024, 1, 18)).census_years == (2023, 2024)


def test_calendars_are_shared() -> None:
    assert calendar_of(BRISTOL.start, BRISTOL.horizon) is calendar_of(BRISTOL.start, BRISTOL.horizon)


@given(calendars())
def test_each_week_is_counted_once_in_each_kind_of_year(calendar: Calendar) -> None:
    for years in (calendar.calendar_years, calendar.academic_years, calendar.financial_years, calendar.month_of_week):
        assert years.shape == (calendar.weeks,)
        steps = np.diff(years)
        assert ((steps == 0) | (steps == 1)).all()
    assert np.bincount(calendar.month_of_week).sum() == calendar.weeks
    assert set(calendar.month_of_week) == set(range(len(calendar.months)))
    labels = np.array(calendar.months)[calendar.month_of_week]
    assert (labels == calendar.thursdays.astype("datetime64[M]").astype(str)).all()
    thursdays = [calendar.date(week) + dt.timedelta(days=3) for week in (0, calendar.weeks // 2, calendar.weeks - 1)]
    for week, thursday in zip((0, calendar.weeks // 2, calendar.weeks - 1), thursdays, strict=True):
        assert calendar.calendar_years[week] == thursday.year
        assert calendar.academic_years[week] == academic_year(thursday)
        assert calendar.financial_years[week] == financial_year(thursday)


@given(calendars())
def test_the_weeks_reach_from_start_to_horizon(calendar: Calendar) -> None:
    assert calendar.date(0) <= calendar.start < calendar.date(1)
    assert calendar.date(calendar.weeks - 1) <= calendar.horizon < calendar.date(calendar.weeks)


@given(calendars())
def test_a_whole_financial_year_has_all_its_thursdays(calendar: Calendar) -> None:
    counted = {int(y): int((calendar.financial_years == y).sum()) for y in set(calendar.financial_years)}
    whole = {}
    for year, weeks in counted.items():
        first = dt.date(year, 4, 1)
        in_year = sum((first + dt.timedelta(days=d)).weekday() == 3 for d in range((dt.date(year + 1, 4, 1) - first).days))
        whole[year] = weeks == in_year
    assert calendar.whole_financial_years == tuple(year for year in sorted(whole) if whole[year])


@given(calendars())
def test_censuses_and_septembers_lie_within_the_clock(calendar: Calendar) -> None:
    assert len(calendar.census_weeks) == len(calendar.census_years)
    assert list(calendar.census_weeks) == sorted(set(calendar.census_weeks))
    for year, week in zip(calendar.census_years, calendar.census_weeks, strict=True):
        assert week == 0 or calendar.date(week) <= census_day(year) < calendar.date(week + 1)
        assert 0 <= week < calendar.weeks
    for week in calendar.september_weeks:
        assert 0 < week < calendar.weeks
        assert (calendar.date(week).month, calendar.date(week).day) <= (9, 7)
        assert calendar.date(week).month == 9


@given(calendars(), st.integers(-500, 2000))
def test_week_of_is_the_first_monday_on_or_after(calendar: Calendar, ahead: int) -> None:
    day = calendar.monday + dt.timedelta(days=ahead)
    assert calendar.date(calendar.week_of(day)) - dt.timedelta(days=7) < day <= calendar.date(calendar.week_of(day))
