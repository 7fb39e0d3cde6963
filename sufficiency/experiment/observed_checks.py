"""Whether published figures agree among themselves: order, gaps, and totals against their parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.observables import OBSERVABLES
from sufficiency.experiment.periods import Period, label

if TYPE_CHECKING:
    from sufficiency.experiment.observed import Observation

_ROUNDING = 0.0006
"""Half a digit of a share published to a tenth of a percent, and a little."""
_AT_MOST = (("plans_on_time", "plans_in_cohort"), ("plans_in_cohort", "plans_issued"), ("refusals", "decisions"))
"""Pairs of which the first can be at most the second in the same period: requests are refused later than they come, so that a
period can have more refusals than requests."""


def check_order(rows: Sequence[Observation], places: Sequence[str]) -> None:
    """Raise InputProblem where a figure is given twice, periods run backwards, or a month is missing between others."""
    last: dict[tuple[str, str], tuple[Period, str]] = {}
    for row, place in zip(rows, places, strict=True):
        key = (row.measure, row.period.kind)
        if key in last:
            before, there = last[key]
            if row.period == before:
                raise InputProblem(
                    "a figure is given twice", where=place, value=f"{row.measure} {row.period.label}", mend=f"see also {there}"
                )
            if row.period.first <= before.first:
                raise InputProblem(
                    "the periods are out of order",
                    where=f"{place}, column period",
                    value=row.period.label,
                    allowed=f"for {row.measure}, later than {before.label}",
                    mend="put the rows of a measure in the order of their periods",
                )
        last[key] = (row.period, place)
    _check_gaps(rows, places)


def _check_gaps(rows: Sequence[Observation], places: Sequence[str]) -> None:
    last: dict[str, Period] = {}
    for row, place in zip(rows, places, strict=True):
        if row.period.kind != "month" or OBSERVABLES[row.measure].kind == "stock":
            continue
        before = last.get(row.measure)
        if before and row.period.first > before.first + 1:
            raise InputProblem(
                "months are missing",
                where=f"{place}, {row.measure}",
                value=", ".join(label(month) for month in range(before.first + 1, row.period.first)),
                allowed=f"every month between {before.label} and {row.period.label}",
                mend="add the months, or give the rest as one span of months such as 2020-08/2020-12",
            )
        last[row.measure] = row.period


def check_totals(rows: Sequence[Observation], places: Sequence[str]) -> None:
    """Raise InputProblem where a total is not the sum of its parts, or figures of one period contradict each other."""
    for row, place in zip(rows, places, strict=True):
        if OBSERVABLES[row.measure].kind == "flow" and row.period.kind != "month":
            _check_total(row, rows, place)
    for row, place in zip(rows, places, strict=True):
        for small, large in _AT_MOST:
            if row.measure == small:
                total = _total(large, row.period, rows)
                if total is not None and row.value > total:
                    raise _contradiction(row, place, f"at most {total:g}, the {large} of that period")
        if row.measure == "timeliness_20_week":
            on_time, cohort = (_total(name, row.period, rows) for name in ("plans_on_time", "plans_in_cohort"))
            if on_time is not None and cohort and abs(on_time / cohort - row.value) > _ROUNDING:
                raise _contradiction(row, place, f"{on_time / cohort:.3f}, {on_time:g} plans on time of {cohort:g}")


def _check_total(row: Observation, rows: Sequence[Observation], place: str) -> None:
    parts = _parts(row.measure, row.period, rows)
    if not parts:
        return
    total, months = sum(part.value for part in parts), sum(len(part.period.months) for part in parts)
    whole = months == len(row.period.months)
    if total > row.value or (whole and total != row.value):
        listed = f"{total:g}, the sum of {parts[0].period.label} to {parts[-1].period.label}"
        raise _contradiction(row, place, listed if whole else f"at least {listed}")


def _parts(measure: str, period: Period, rows: Sequence[Observation]) -> list[Observation]:
    """The figures of ``measure`` within a period, without overlaps: months first, then spans of other months."""
    parts: list[Observation] = []
    for kind in ("month", "span"):
        for row in rows:
            if row.measure == measure and row.period.kind == kind and period.holds(row.period) and row.period != period:
                months = {month for part in parts for month in part.period.months}
                if months.isdisjoint(row.period.months):
                    parts.append(row)
    return sorted(parts, key=lambda part: part.period)


def _total(measure: str, period: Period, rows: Sequence[Observation]) -> float | None:
    """The published value of a period, or the sum of its parts where they make it whole, or None."""
    for row in rows:
        if row.measure == measure and row.period == period:
            return row.value
    parts = _parts(measure, period, rows)
    if sum(len(part.period.months) for part in parts) == len(period.months):
        return sum(part.value for part in parts)
    return None


def _contradiction(row: Observation, place: str, allowed: str) -> InputProblem:
    what = "the total contradicts its months" if row.period.kind != "month" else "the figure contradicts another"
    return InputProblem(
        what,
        where=f"{place}, {row.measure} {row.period.label}",
        value=row.value,
        allowed=allowed,
        mend="correct whichever is mistyped",
        field="value",
    )
