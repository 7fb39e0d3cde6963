"""The calendar: turns the SimPy clock's weeks into dates, months, terms and the years of published statistics.

The clock counts weeks from the Monday on or before the scenario's start. A week belongs to the month and year of its
**Thursday** (as in ISO 8601), so that each week is counted once. DfE counts requests, plans and timeliness per calendar year,
the caseload on the January census (third Thursday of January), and money per financial year from 1 April.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

TERM_STARTS = {"autumn": (9, 1), "spring": (1, 1), "summer": (4, 1)}
"""First day (month, day) of the terms in which places open: September, January and April."""


def census_day(year: int) -> dt.date:
    """The January census of ``year``: the third Thursday of January."""
    first = dt.date(year, 1, 1)
    return first + dt.timedelta(days=(3 - first.weekday()) % 7 + 14)


def academic_year(day: dt.date) -> int:
    """The calendar year in which the academic year of ``day`` began (it begins on 1 September)."""
    return day.year if day.month >= 9 else day.year - 1


def financial_year(day: dt.date) -> int:
    """The calendar year in which the financial year of ``day`` began (it begins on 1 April)."""
    return day.year if day.month >= 4 else day.year - 1


def academic_year_label(year: int) -> str:
    """``2022/23`` for the academic year that began in 2022."""
    return f"{year}/{(year + 1) % 100:02d}"


def financial_year_label(year: int) -> str:
    """``2022-23`` for the financial year that began in 2022."""
    return f"{year}-{(year + 1) % 100:02d}"


def term_on_or_after(day: dt.date, *, september_only: bool = False) -> dt.date:
    """The first day of the first term (September, January or April) on or after ``day``; only September if so asked."""
    terms = (TERM_STARTS["autumn"],) if september_only else tuple(TERM_STARTS.values())
    starts = (dt.date(year, month, first) for year in (day.year, day.year + 1) for month, first in terms)
    return min(start for start in starts if start >= day)


def terms_later(day: dt.date, terms: int) -> dt.date:
    """``day`` moved back by so many terms: each time to the first day of the next term."""
    for _ in range(terms):
        day = term_on_or_after(day + dt.timedelta(days=1))
    return day


@dataclass(frozen=True)
class Calendar:
    """Weeks from ``start`` to ``horizon``; all arrays have one entry a week.

    ``start`` is moved back to its Monday. The last week is the one that holds ``horizon``.
    """

    start: dt.date
    horizon: dt.date

    @cached_property
    def monday(self) -> dt.date:
        """The Monday on or before the start: day 0 of the clock."""
        return self.start - dt.timedelta(days=self.start.weekday())

    @cached_property
    def weeks(self) -> int:
        """Number of weeks simulated."""
        return (self.horizon - self.monday).days // 7 + 1

    @cached_property
    def thursdays(self) -> NDArray[np.datetime64]:
        """The Thursday of each week, shape (weeks,), datetime64[D]."""
        first = np.datetime64(self.monday + dt.timedelta(days=3), "D")
        days: NDArray[np.datetime64] = first + 7 * np.arange(self.weeks)
        return days

    def date(self, week: int) -> dt.date:
        """The Monday of ``week`` (negative weeks are before the start)."""
        return self.monday + dt.timedelta(weeks=int(week))

    def week_of(self, day: dt.date) -> int:
        """The first week whose Monday is on or after ``day``: the week in which something due that day has happened."""
        return -((self.monday - day).days // 7)

    @cached_property
    def months(self) -> tuple[str, ...]:
        """Labels (``2022-01``) of the months covered, in order."""
        return tuple(str(m) for m in np.unique(self.thursdays.astype("datetime64[M]")))

    @cached_property
    def month_of_week(self) -> NDArray[np.int64]:
        """Position in :attr:`months` of each week."""
        months: NDArray[np.int64] = self.thursdays.astype("datetime64[M]").astype(np.int64)
        since_first: NDArray[np.int64] = months - months[0]
        return since_first

    @cached_property
    def month_number(self) -> NDArray[np.int64]:
        """Month of the year (1 to 12) of each week."""
        return self.thursdays.astype("datetime64[M]").astype(np.int64) % 12 + 1

    @cached_property
    def calendar_years(self) -> NDArray[np.int64]:
        """Calendar year of each week."""
        return self.thursdays.astype("datetime64[Y]").astype(np.int64) + 1970

    @cached_property
    def academic_years(self) -> NDArray[np.int64]:
        """Year in which the academic year of each week began."""
        return self.calendar_years - (self.month_number < 9)

    @cached_property
    def financial_years(self) -> NDArray[np.int64]:
        """Year in which the financial year of each week began."""
        return self.calendar_years - (self.month_number < 4)

    @cached_property
    def whole_financial_years(self) -> tuple[int, ...]:
        """Financial years that the clock covers from their first week to their last.

        Counting to 52 will not do: a financial year that begins or ends on a Thursday has 53 weeks.
        """
        first, last = self.thursdays[0], self.thursdays[-1]
        years = range(self.monday.year - 1, self.horizon.year + 1)
        return tuple(y for y in years if first <= _thursday_from(y, 4) and last >= _thursday_from(y + 1, 4) - 7)

    @cached_property
    def census_years(self) -> tuple[int, ...]:
        """Years whose January census day lies within the clock."""
        years = range(self.start.year, self.horizon.year + 1)
        return tuple(y for y in years if self.monday <= census_day(y) <= self.horizon)

    @cached_property
    def census_weeks(self) -> tuple[int, ...]:
        """The week at whose beginning each census is counted.

        A scenario starts from a January census, with its clock set at the beginning of that January so that the calendar year
        is whole: a census within four weeks of the start is the opening stock itself, counted in week 0.
        """
        weeks = ((census_day(y) - self.monday).days // 7 for y in self.census_years)
        return tuple(0 if w < 4 else w for w in weeks)

    @cached_property
    def september_weeks(self) -> tuple[int, ...]:
        """The first week that lies wholly in each academic year that begins within the clock."""
        starts = (self.week_of(dt.date(y, 9, 1)) for y in range(self.start.year, self.horizon.year + 1))
        return tuple(w for w in starts if 0 < w < self.weeks)


def _thursday_from(year: int, month: int) -> np.datetime64:
    """The first Thursday of a month."""
    first = dt.date(year, month, 1)
    return np.datetime64(first + dt.timedelta(days=(3 - first.weekday()) % 7), "D")


@lru_cache(maxsize=32)
def calendar_of(start: dt.date, horizon: dt.date) -> Calendar:
    """The calendar from ``start`` to ``horizon``; shared, because a run asks for the same one for every future."""
    return Calendar(start, horizon)
