"""The waiting list: who needs a specialist place and has none here, in whose turn, and what happens to those who find none."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import SETTINGS
from sufficiency.simulation.caseload import AT, NEVER, NO, YES, Rows, S
from sufficiency.simulation.council import NOBODY, Council
from sufficiency.simulation.opening import WEEKS_A_YEAR
from sufficiency.simulation.results import WAIT_OUTCOMES

_IS_OUT_OF_SCHOOL = np.isin(np.arange(len(SETTINGS)), [S["alternative"], S["elsewhere"]])
PLACED, TO_INDEPENDENT, TO_OUT_OF_AREA, LEFT, STILL_WAITING = range(len(WAIT_OUTCOMES))


class WaitingList:
    """Those who wait, the longest waiting first, and the weeks in which they would give up.

    Two clocks run while a child waits: one takes it out of the list, to an independent school or a state special school of
    another authority; at the other's ring the mainstream placement breaks down, and the child waits on in alternative provision
    or out of school.
    """

    def __init__(self, council: Council) -> None:
        settings = council.scenario.placements
        self._council = council
        rows = len(council.caseload)
        self._independent = settings.to_independent.value
        self._out_of_area = settings.to_out_of_area.value if settings.to_out_of_area else 0.0
        breakdown = settings.to_alternative.value + settings.to_elsewhere.value
        to_alternative = settings.to_alternative.value / breakdown if breakdown > 0 else 0.0
        to = council.uniforms("wait/destination", slice(None)) < to_alternative
        self.breaks_to = np.where(to, S["alternative"], S["elsewhere"]).astype(np.int8)
        """Where each row goes when its mainstream placement breaks down."""
        self._waiting, self._since = council.caseload.waiting, council.caseload.wait_since
        self._nobody_goes = self._independent + self._out_of_area + breakdown <= 0
        self._rings = np.log(council.uniforms("wait/independent", slice(None))) * -WEEKS_A_YEAR
        self._until_away = self._whole(self._rings, self._independent + self._out_of_area)
        self._until_breakdown = self._whole(np.log(council.uniforms("wait/breakdown", slice(None))) * -WEEKS_A_YEAR, breakdown)
        self._until_either = np.minimum(self._until_away, self._until_breakdown)
        # The week in which something would next happen to each, and that in which they would leave the list for elsewhere.
        self._next_week = np.full(rows, NEVER, dtype=np.int16)
        self._away_week = np.full(rows, NEVER, dtype=np.int16)
        self._inflow: list[float] = council.factor["inflow_to_independent"].tolist()
        self._rows, self._unsorted = NOBODY, False  # in order of (week since which they wait, row), unless dated back
        self._new: list[Rows] = []
        self._returning, self._some_return = np.zeros(rows, dtype=np.bool_), False
        rules = settings.panel
        first = rules.first.value if rules and rules.first else ()
        self._some_first, self._out_of_school_first = bool(first), "out_of_school" in first
        in_care = rules.in_care.value if rules and "in_care" in first else 0.0
        self._first = council.uniforms("in-care", slice(None)) < in_care
        """Whom the panel takes before others: children in care, and those out of school from when they are so while they wait."""

    def _whole(self, rings: NDArray[np.float64], hazard: float) -> NDArray[np.int16]:
        """Whole weeks until an exponential clock of yearly ``hazard`` rings, capped where they pass the horizon whenever they
        begin; ``rings`` are those of a clock of 1 a year."""
        latest = NEVER - self._council.weeks - 1
        if hazard <= 0:
            return np.full(rings.shape, latest, dtype=np.int16)
        return np.minimum(rings / hazard, latest).astype(np.int16)

    @property
    def rows(self) -> Rows:
        """Those on the list, the longest waiting first."""
        self._rows = self._rows[self._waiting[self._rows]]
        if self._unsorted:
            order = np.lexsort((self._rows, self._since[self._rows]))
            self._rows, self._unsorted = self._rows[order], False
        return self._rows

    def without_a_place(self) -> Rows:
        """Those of the list who have no specialist place anywhere: the others ask to come back from where they are."""
        rows = self.rows
        return rows[~self._returning[rows]] if self._some_return else rows

    def ask_to_return(self, week: int, rows: Rows, since: int | None = None) -> None:
        """A place here is asked for ``rows``, who have a specialist place elsewhere and keep it until there is one."""
        self._rows = self._rows[self._waiting[self._rows]]  # who has just left must not be on it twice
        self._some_return = True
        self._returning[rows] = True
        self.start(week, rows, since)

    def start(self, week: int, rows: Rows, since: int | NDArray[np.int16] | None = None) -> None:
        """``rows`` need a place here from ``week`` and go on the list (since earlier weeks, where given)."""
        if rows.size:
            self._waiting[rows] = YES
            self._since[rows] = self._council.at[week] if since is None else since
            self._unsorted |= since is not None
            self._new.append(rows)
            if since is not None and self._out_of_school_first:  # who begins to wait now is in a school
                self._first[rows] |= _IS_OUT_OF_SCHOOL[self._council.caseload.setting[rows]]

    def enter(self, week: int) -> None:
        """Put those who have begun to wait on the list, with what would happen to them if no place were found."""
        if not self._new:
            return
        rows = self._new[0].copy() if len(self._new) == 1 else np.concatenate(self._new)
        self._new.clear()
        rows.sort()
        self._rows = np.concatenate((self._rows, rows))
        if self._nobody_goes:
            return
        factor = self._inflow[week]
        if factor == 1.0:
            until, either = self._until_away[rows], self._until_either[rows]
        else:
            until = self._whole(self._rings[rows], self._independent * factor + self._out_of_area)
            either = np.minimum(until, self._until_breakdown[rows])
        next_week = self._council.at[week + 1]
        self._away_week[rows] = until + next_week
        self._next_week[rows] = either + next_week

    def end(self, week: int, rows: Rows, outcome: int) -> None:
        """The waits of ``rows``, who are on the list, end."""
        self._council.waits.append((week, outcome, rows, self._since[rows]))
        self._waiting[rows] = NO
        if self._some_return:
            self._returning[rows] = NO

    def turns(self, rows: Rows, *, september: bool) -> Iterator[Rows]:
        """``rows`` of the list group by group, in the order in which the panel takes them.

        In September who enters Reception or Year 7 goes first, because their place was to be named by February; then the groups
        of the rules; within each the longest waiting.
        """
        parts = [rows]
        if september:
            ncy = self._council.caseload.ncy[rows]
            transfers = (ncy == 0) | (ncy == 7)
            parts = [rows[transfers], rows[~transfers]]
        for part in parts:
            if self._some_first:
                first = self._first[part]
                yield part[first]
                yield part[~first]
            else:
                yield part

    def giving_up(self, week: int) -> tuple[Rows, Rows]:
        """Of those whose clock rings in ``week``: who leaves the list for elsewhere, and whose mainstream placement breaks
        down."""
        # Read anew: who has just been placed must be off the list, or would be on it twice where the place ends next week.
        rows = self.rows
        if self._nobody_goes:
            return NOBODY, NOBODY
        now = self._council.at[week]
        rows = rows[self._next_week[rows] == now]
        if not rows.size:
            return rows, rows
        goes = self._away_week[rows] == now
        leaving, broken = rows[goes], rows[~goes]
        if self._some_return:
            leaving = leaving[~self._returning[leaving]]
        self._next_week[broken] = self._away_week[broken]
        broken = broken[self._council.caseload.setting[broken] == AT["mainstream"]]
        if broken.size and self._out_of_school_first:
            self._first[broken] = YES
        return leaving, broken

    def to_out_of_area(self, week: int, rows: Rows) -> NDArray[np.bool_]:
        """Which of ``rows`` go to a state special school of another authority rather than an independent one."""
        share = self._out_of_area / (self._independent * self._inflow[week] + self._out_of_area)
        out: NDArray[np.bool_] = self._council.uniforms("wait/out-of-area", rows) < share
        return out

    @property
    def some_go_out_of_area(self) -> bool:
        """Whether anybody goes to other authorities' schools."""
        return self._out_of_area > 0
