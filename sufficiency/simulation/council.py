"""What the services of one future share: the scenario as drawn, the calendar, the streams, the caseload and its records."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from sufficiency.domain.calendar import Calendar
from sufficiency.domain.dictionaries import SETTINGS
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.arrivals import growth_path
from sufficiency.simulation.caseload import NEVER, NO_SETTING, Caseload, Rows, constant
from sufficiency.simulation.effects import multiplier
from sufficiency.simulation.opening import WEEKS_A_YEAR
from sufficiency.simulation.streams import Streams

Clock = Generator[simpy.Event, None, None]
NOBODY: Rows = np.zeros(0, dtype=np.int64)
OUTSIDE = NO_SETTING


_MOST = 4096
_ALIKE = {code: np.full(_MOST, code, dtype=np.int8) for code in range(OUTSIDE, len(SETTINGS))}


def alike(setting: int, count: int) -> NDArray[np.int8]:
    """``count`` times the same setting; not to be written to."""
    return _ALIKE[setting][:count] if count <= _MOST else np.full(count, setting, dtype=np.int8)


def sizes_of(batches: Sequence[NDArray[Any]]) -> NDArray[np.int64]:
    """How many are in each of ``batches``, shape (batches,)."""
    return np.fromiter(map(len, batches), dtype=np.int64, count=len(batches))


def strung(batches: Sequence[NDArray[Any]], dtype: type[np.generic], count: int) -> NDArray[Any]:
    """Thousands of small arrays of one axis and one type as a single one of ``count`` entries, not to be written to.

    Their bytes are joined, which takes a fifth of the time of ``np.concatenate``. Raises ValueError where their
    entries are not as long as those of ``dtype``, and TypeError where an array has gaps.
    """
    whole = np.frombuffer(b"".join(batches), dtype=dtype)  # type: ignore[arg-type]
    if whole.size != count:
        raise ValueError(f"batches of {count} entries hold {whole.size} of {dtype.__name__}")
    return whole


Changes = tuple[NDArray[np.int64], Rows, NDArray[np.int8], NDArray[np.int8]]
"""Changes of setting: week, row, setting before and setting after of each; shape (n,)."""


class Ledger:
    """Every change of setting, in batches of children; ``NO_SETTING`` is outside the caseload."""

    def __init__(self) -> None:
        self._batches: list[tuple[int, Rows, NDArray[np.int8], NDArray[np.int8]]] = []
        self._joining: tuple[NDArray[np.int64], Rows, NDArray[np.int8]] = NOBODY, NOBODY, alike(OUTSIDE, 0)

    def expect(self, weeks: NDArray[np.int64], rows: Rows, after: NDArray[np.int8]) -> None:
        """Record at once all who will join the caseload, each in its week and in setting ``after``; all of shape (n,)."""
        self._joining = weeks, rows, after

    def write(self, week: int, rows: Rows, before: NDArray[np.int8], after: NDArray[np.int8]) -> None:
        """Record that ``rows`` went from setting ``before`` to ``after`` in ``week``; all of shape (n,)."""
        self._batches.append((week, rows, before, after))

    def entries(self) -> Changes:
        """Week, row, setting before and setting after of every change, shape (n,): first of all who join, then the others in
        the order in which they were made."""
        weeks, rows, before, after = zip(*self._batches, strict=True) if self._batches else ((), (), (), ())
        week = np.repeat(np.array(weeks, dtype=np.int64), sizes_of(rows))
        joins, joiners, starts = self._joining
        return (
            np.concatenate((joins, week)),
            np.concatenate((joiners, strung(rows, np.int64, week.size))),
            np.concatenate((alike(OUTSIDE, joins.size), strung(before, np.int8, week.size))),
            np.concatenate((starts, strung(after, np.int8, week.size))),
        )


@cache
def _weeks(count: int) -> list[NDArray[np.int16]]:
    """The numbers of ``count`` weeks, and of the one after, as constants."""
    return [constant(week, np.int16) for week in range(count + 1)]


@dataclass
class Council:
    """One future's state, handed to each service."""

    scenario: Scenario
    streams: Streams
    caseload: Caseload
    ledger: Ledger = field(default_factory=Ledger)
    waits: list[tuple[int, int, Rows, NDArray[np.int16]]] = field(default_factory=list)
    """Waits that ended, in batches: week, outcome, rows, and the week since which each had waited."""
    placed: list[tuple[int, Rows, NDArray[np.int64]]] = field(default_factory=list)
    """Places given, in batches: week, rows, and the provision of each."""
    out_of_school: list[tuple[int, Rows]] = field(default_factory=list)
    """Those who fell out of school while they waited, in batches: week and rows."""

    def __post_init__(self) -> None:
        self.calendar: Calendar = self.scenario.calendar
        self.weeks = self.calendar.weeks
        septembers = self.calendar.september_weeks
        self.first_year_start = septembers[0] - 52 if septembers else 0
        """The week (before the clock's first) in which the academic year of the start began."""
        self.at = _weeks(self.weeks)
        """Each week's number as a constant of the columns' type."""
        self._setting = self.caseload.setting
        self._columns: dict[str, NDArray[np.float64]] = {}
        self.factor = {q: multiplier(self.scenario, q) for q in ("refusal", "specialist_need", "inflow_to_independent")}

    def uniforms(self, name: str, rows: Rows | slice) -> NDArray[np.float64]:
        """One uniform for each of ``rows`` from the named stream.

        A stream is drawn for every row the first time it is asked for: one long pass costs less than one a week.
        """
        if name not in self._columns:
            self._columns[name] = self.streams.uniforms(name, self.caseload.key)
        return self._columns[name][rows]

    def move(self, week: int, rows: Rows, to: NDArray[np.int8]) -> None:
        """Change the setting of ``rows`` to that of each (``OUTSIDE`` takes them out of the caseload), and record it."""
        self.ledger.write(week, rows, self._setting[rows], to)
        self._setting[rows] = to

    def capacity(
        self, per_week: float, growth: float = 0.0, follows_demand: float = 0.0, in_post: dict[str, float] | None = None
    ) -> NDArray[np.int64]:
        """Whole cases a service can take in each week, shape (weeks,): fractions are carried from week to week.

        ``growth`` is yearly; ``follows_demand`` is the share of last year's level of requests (in logarithms) that it follows;
        ``in_post`` is the share of its staff in post from each month (2022-09) on.
        """
        rate = per_week * (1 + growth) ** (np.arange(self.weeks) / WEEKS_A_YEAR)
        if follows_demand > 0:
            rate *= np.exp(follows_demand * self._last_year)
        if in_post:
            rate *= self.since(in_post, 1.0)
        done = np.floor(np.cumsum(rate) + 1e-9).astype(np.int64)
        return np.diff(done, prepend=0)

    @cached_property
    def _last_year(self) -> NDArray[np.float64]:
        """Logarithm of the level of requests in the calendar year before that of each week, shape (weeks,)."""
        path = growth_path(self.scenario, self.streams)
        years, of_week = np.unique(self.calendar.calendar_years, return_inverse=True)
        level: NDArray[np.float64] = np.array([path.get(int(year) - 1, 0.0) for year in years])[of_week]
        return level

    def since(self, changes: dict[str, float], before: float) -> NDArray[np.float64]:
        """What holds in each week, shape (weeks,), where ``changes`` names the month from which each value holds."""
        months = np.array([*sorted(changes)], dtype="datetime64[M]")
        values = np.array([before, *(changes[month] for month in sorted(changes))])
        held: NDArray[np.float64] = values[months.searchsorted(self.calendar.thursdays.astype("datetime64[M]"), side="right")]
        return held

    def first_row_after(self, weeks: NDArray[np.int64]) -> NDArray[np.int64]:
        """The first row whose request came after each of ``weeks``, the same shape; rows are in the order of requests."""
        asked = self.caseload.request_week != NEVER
        first = int(asked.argmax())
        week = self.caseload.request_week[first : first + int(asked.sum())]
        rows: NDArray[np.int64] = first + week.searchsorted(weeks, side="right")
        return rows


@contextmanager
def undisturbed() -> Iterator[None]:
    """While it lasts Python's collector of cycles rests; then what was made meanwhile is looked through once.

    A future makes hundreds of thousands of short-lived arrays. Left to itself the collector goes through everything the process
    holds again and again for their sake, which costs a tenth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
            gc.collect(0)


def weekly(environment: simpy.Environment, *steps: Callable[[int], None]) -> None:
    """Start the SimPy process of the services that meet every week: each of ``steps`` is called with the number of the week.

    They share one process because each hands on to the next within the week: their order is the model's, and must not hang on
    the order in which the clock happens to hold its events.
    """

    def process() -> Clock:
        week = 0
        while True:
            for step in steps:
                step(week)
            week += 1
            yield environment.timeout(1)

    environment.process(process())
