"""When a bid is built, and when its capital is spent: evenly over its lead time, up to the month before it opens."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from sufficiency.scenario.eois import ExpressionOfInterest


def months_of_building(eoi: ExpressionOfInterest, opens: dt.date) -> list[tuple[int, int]]:
    """Months (year, month) in which the bid is built: its lead time (one month at least), ending before it opens."""
    last = opens.year * 12 + opens.month - 1
    return [(month // 12, month % 12 + 1) for month in range(last - max(eoi.lead_months, 1), last)]


def spend_profile(eoi: ExpressionOfInterest, opens: dt.date) -> dict[int, float]:
    """Share of the capital spent in each financial year (by the calendar year in which it began in April); sums to 1."""
    months = months_of_building(eoi, opens)
    years = Counter(year - (month < 4) for year, month in months)
    return {year: number / len(months) for year, number in sorted(years.items())}


def years_of_building(eoi: ExpressionOfInterest, opens: dt.date) -> list[int]:
    """Academic years (by the calendar year in which they began) in which the bid is under construction."""
    return sorted({year - (month < 9) for year, month in months_of_building(eoi, opens)})
