"""Periods of published figures: a month (2020-03), a span of months (2020-08/2020-12) or a calendar year (2020)."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from sufficiency.domain.calendar import Calendar

_FORM = re.compile(r"((?:19|20)\d\d)(?:-(0[1-9]|1[0-2])(?:/((?:19|20)\d\d)-(0[1-9]|1[0-2]))?)?", re.ASCII)


@dataclass(frozen=True, order=True)
class Period:
    """Whole months from ``first`` to ``last`` as counted from year 0: month m of year y is 12 y + m - 1."""

    first: int
    last: int
    label: str

    @property
    def months(self) -> tuple[str, ...]:
        """Its months as labels (2020-03), in order."""
        return tuple(label(month) for month in range(self.first, self.last + 1))

    @property
    def kind(self) -> str:
        """month, span or year."""
        return "month" if self.first == self.last else "year" if len(self.label) == 4 else "span"

    @property
    def year(self) -> int:
        """The calendar year of its last month."""
        return self.last // 12

    def holds(self, other: Period) -> bool:
        """Whether ``other`` lies wholly within."""
        return self.first <= other.first and other.last <= self.last


def period(text: str) -> Period:
    """The period written as ``text``; raises ValueError for another form, or a span that ends before its second month."""
    found = _FORM.fullmatch(text)
    if not found:
        raise ValueError(text)
    year, month, last_year, last_month = found.groups()
    if month is None:
        return Period(int(year) * 12, int(year) * 12 + 11, text)
    first = int(year) * 12 + int(month) - 1
    last = int(last_year) * 12 + int(last_month) - 1 if last_year else first
    if last < first or (last_year and last == first):
        raise ValueError(text)
    return Period(first, last, text)


def covered(calendar: Calendar) -> tuple[str, ...]:
    """Labels of the months that a calendar covers to their end: the last may be cut by the horizon."""
    following = calendar.thursdays[-1] + np.timedelta64(7, "D")
    cut = str(following.astype("datetime64[M]")) == calendar.months[-1]
    return calendar.months[:-1] if cut else calendar.months


def label(month: int) -> str:
    """The label (2020-03) of a month counted from year 0."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"
