"""What the services of one future share: the scenario as drawn, the calendar, the streams, the caseload and its records."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field

import numpy as np
import simpy
from numpy.typing import NDArray

from sufficiency.domain.calendar import Calendar
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.arrivals import growth_path
from sufficiency.simulation.caseload import NO_SETTING, Caseload, Rows
from sufficiency.simulation.effects import multiplier
from sufficiency.simulation.opening import WEEKS_A_YEAR
from sufficiency.simulation.streams import Streams

Clock = Generator[simpy.Event, None, None]


@dataclass
class Ledger:
    """Every change of setting: batches of (week, rows, from, to), where ``NO_SETTING`` is outside the caseload."""

    batches: list[tuple[int, Rows, NDArray[np.int8], NDArray[np.int8]]] = field(default_factory=list)

    def write(self, week: int, rows: Rows, before: NDArray[np.int8], after: NDArray[np.int8]) -> None:
        """Record that ``rows`` went from setting ``before`` to ``after`` in ``week``; all of shape (n,)."""
        self.batches.append((week, rows, before, after))


@dataclass
class Council:
    """One future's state, handed to each service."""

    scenario: Scenario
    streams: Streams
    caseload: Caseload
    ledger: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        self.calendar: Calendar = self.scenario.calendar
        self.weeks = self.calendar.weeks
        septembers = self.calendar.september_weeks
        self.first_year_start = septembers[0] - 52 if septembers else 0
        """The week (before the clock's first) in which the academic year of the start began."""
        self._columns: dict[str, NDArray[np.float64]] = {}
        self.factor = {q: multiplier(self.scenario, q) for q in ("refusal", "specialist_need", "inflow_to_independent")}

    def uniforms(self, name: str, rows: Rows | slice) -> NDArray[np.float64]:
        """One uniform for each of ``rows`` from the named stream.

        A stream is drawn for every row the first time it is asked for: one long pass costs less than one a week.
        """
        if name not in self._columns:
            self._columns[name] = self.streams.uniforms(name, self.caseload.key)
        return self._columns[name][rows]

    def move(self, week: int, rows: Rows, to: int | NDArray[np.int8]) -> NDArray[np.int8]:
        """Change the setting of ``rows`` (``OUTSIDE`` takes them out of the caseload), record it, and return the new ones."""
        setting = self.caseload.setting
        before = setting[rows]
        setting[rows] = to
        after = setting[rows]
        self.ledger.write(week, rows, before, after)
        return after

    def capacity(self, per_week: float, growth: float = 0.0, follows_demand: float = 0.0) -> NDArray[np.int64]:
        """Whole cases a service can take in each week, shape (weeks,): fractions are carried from week to week.

        ``growth`` is yearly; ``follows_demand`` is the share of last year's level of requests (in logarithms) that it follows.
        """
        rate = per_week * (1 + growth) ** (np.arange(self.weeks) / WEEKS_A_YEAR)
        if follows_demand > 0:
            path = growth_path(self.scenario, self.streams)
            last_year = np.array([path.get(int(y) - 1, 0.0) for y in self.calendar.calendar_years])
            rate *= np.exp(follows_demand * last_year)
        done = np.floor(np.cumsum(rate) + 1e-9).astype(np.int64)
        return np.diff(done, prepend=0)


def weekly(step: Callable[[int], None]) -> Callable[[simpy.Environment], Clock]:
    """A SimPy process that calls ``step`` with the number of the week, every week."""

    def process(environment: simpy.Environment) -> Clock:
        while True:
            step(int(environment.now))
            yield environment.timeout(1)

    return process


NOBODY: Rows = np.zeros(0, dtype=np.int64)
OUTSIDE = NO_SETTING
