"""Placements: children join the caseload, come to need a specialist place, wait, are placed by the panel, or go elsewhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEEDS
from sufficiency.simulation.caseload import CEASED, HAS_PLAN, NEVER, NO_PROVISION, Rows, S
from sufficiency.simulation.council import NOBODY, OUTSIDE, Council, alike
from sufficiency.simulation.estate import Estate, Room
from sufficiency.simulation.issue import Issue
from sufficiency.simulation.matching import Preferences, classes, match
from sufficiency.simulation.opening import WEEKS_A_YEAR

Int8s = NDArray[np.int8]
_ADULT = 15
"""First NCY after the last year of school: nobody asks for a school place from it on."""


class PlacementPanel:
    """The weekly panel and every change of setting.

    A waiting child stays where they are, with support; by hazard they go to an independent school (and wait no longer), into
    alternative provision or out of school (and still wait).
    """

    def __init__(self, council: Council, estate: Estate, preferences: Preferences, issue: Issue) -> None:
        settings = council.scenario.placements
        self._council, self._estate, self._preferences, self._issue = council, estate, preferences, issue
        everyone = slice(None)
        suitable = np.array([settings.resourced_suitable.value[n] for n in NEEDS.codes])
        self._resourced_suitable = council.uniforms("resourced-suitable", everyone) < suitable[council.caseload.need]
        self._class = classes(council.caseload, everyone, self._resourced_suitable)
        breakdown = settings.to_alternative.value + settings.to_elsewhere.value
        self._to_alternative = settings.to_alternative.value / breakdown if breakdown > 0 else 0.0
        # Weeks from the beginning of the wait until each would go to an independent school, or break down.
        self._rings = self._clocks("wait/independent", settings.to_independent.value)
        self._nobody_goes = settings.to_independent.value <= 0 and breakdown <= 0
        self._until_independent = self._whole(self._rings)
        self._until_breakdown = self._whole(self._clocks("wait/breakdown", breakdown))
        self._until_either = np.minimum(self._until_independent, self._until_breakdown)
        # The week in which something would next happen to each, and that in which they would go to an independent school.
        self._next_week = np.full(len(council.caseload), NEVER, dtype=np.int16)
        self._independent_week = np.full(len(council.caseload), NEVER, dtype=np.int16)
        self._list, self._unsorted = NOBODY, False  # in order of (week since which they wait, row), unless dated back
        self._new: list[Rows] = []
        self._septembers = frozenset(council.calendar.september_weeks)
        self._to_independent: list[float] = council.factor["inflow_to_independent"].tolist()
        self._seeks = np.zeros(len(council.caseload), dtype=np.bool_)

    def _clocks(self, stream: str, hazard: float) -> NDArray[np.float64]:
        """Weeks until an exponential clock of yearly ``hazard`` rings, for every row."""
        if hazard <= 0:
            return np.full(len(self._council.caseload), np.inf)
        rings: NDArray[np.float64] = np.log(self._council.uniforms(stream, slice(None))) * (-WEEKS_A_YEAR / hazard)
        return rings

    def _whole(self, weeks: NDArray[np.float64]) -> NDArray[np.int16]:
        """Whole weeks, capped where they pass the horizon whenever they begin."""
        return np.minimum(weeks, NEVER - self._council.weeks - 1).astype(np.int16)

    @property
    def waiting_list(self) -> Rows:
        """Those on the list, the longest waiting first."""
        caseload = self._council.caseload
        self._list = self._list[caseload.waiting[self._list]]
        if self._unsorted:
            order = np.lexsort((self._list, caseload.wait_since[self._list]))
            self._list, self._unsorted = self._list[order], False
        return self._list

    def join(self, week: int, rows: Rows) -> None:
        """Children whose plan has just been issued join the caseload, most of them in mainstream."""
        issue = self._issue
        setting = issue.start[rows]
        needs = issue.need_from[rows] <= week
        specialist = rows[needs]
        if specialist.size:
            setting[needs] = issue.start_in_need[specialist]
            self.start_waiting(week, specialist)
        self._admit(week, rows, setting)

    def expect(self, rows: Rows, weeks: NDArray[np.int64]) -> None:
        """Children who will move in with a plan, each in a week: those who held a state specialist place ask for one here."""
        council, caseload = self._council, self._council.caseload
        held = caseload.setting[rows]
        ncy = council.calendar.academic_years[weeks] - caseload.reception_year[rows]
        held_a_place = (held == S["special"]) | (held == S["resourced"])
        self._seeks[rows] = held_a_place & (ncy < _ADULT)
        caseload.setting[rows] = OUTSIDE
        self._issue.start[rows] = np.where(held_a_place, self._issue.school_place(ncy), held)

    def move_in(self, week: int, rows: Rows) -> None:
        """Children who were expected move in."""
        self._admit(week, rows, self._issue.start[rows])
        self.start_waiting(week, rows[self._seeks[rows]])

    def _admit(self, week: int, rows: Rows, setting: Int8s) -> None:
        caseload = self._council.caseload
        caseload.state[rows] = HAS_PLAN
        caseload.setting[rows] = setting
        self._council.ledger.write(week, rows, alike(OUTSIDE, rows.size), setting)

    def start_waiting(self, week: int, rows: Rows, since: int | NDArray[np.int16] | None = None) -> None:
        """``rows`` need a specialist place from ``week`` and go on the list (since earlier weeks, where given)."""
        if rows.size:
            self._council.caseload.waiting[rows] = True
            self._council.caseload.wait_since[rows] = week if since is None else since
            self._unsorted |= since is not None
            self._new.append(rows)

    def enter_list(self, week: int) -> None:
        """Put those who have begun to wait on the list, with what would happen to them if no place were found."""
        if not self._new:
            return
        rows = self._new[0].copy() if len(self._new) == 1 else np.concatenate(self._new)
        self._new.clear()
        rows.sort()
        self._list = np.concatenate((self._list, rows))
        if self._nobody_goes:
            return
        factor = self._to_independent[week]
        if factor == 1.0:
            until, either = self._until_independent[rows], self._until_either[rows]
        else:
            until = self._whole(self._rings[rows] / max(factor, 1e-9))
            either = np.minimum(until, self._until_breakdown[rows])
        self._independent_week[rows] = until + (week + 1)
        self._next_week[rows] = either + (week + 1)

    def change_phases(self) -> None:
        """On 1 September: those who wait are now admissible elsewhere."""
        self._class = classes(self._council.caseload, slice(None), self._resourced_suitable)

    def move(self, week: int, rows: Rows, to: int | Int8s, *, keep_waiting: bool = False) -> None:
        """Move ``rows`` to another setting, or each to its own; they give up any place they hold and, unless told otherwise,
        stop waiting. Where each has its own, ``OUTSIDE`` means that the plan ends (where all end, they :meth:`leave`)."""
        if not rows.size:
            return
        caseload = self._council.caseload
        self._free(week, rows)
        if not keep_waiting:
            caseload.waiting[rows] = False
        if isinstance(to, int):
            self._council.move(week, rows, alike(to, rows.size))
            return
        self._council.move(week, rows, to)
        caseload.state[rows[to < 0]] = CEASED

    def leave(self, week: int, rows: Rows) -> None:
        """Plans end: the children leave the caseload and free their places."""
        if rows.size:
            self.move(week, rows, OUTSIDE)
            self._council.caseload.state[rows] = CEASED

    def _free(self, week: int, rows: Rows) -> None:
        """Free the places that ``rows`` hold."""
        held = [provision for provision in self._council.caseload.provision[rows].tolist() if provision >= 0]
        if held:
            self._estate.release(held, week)
            self._council.caseload.provision[rows] = NO_PROVISION

    def give_up_places(self, week: int, weeks_before: int) -> None:
        """At a phase transfer a child whose provision does not serve the new phase goes on the list, dated back by law."""
        caseload = self._council.caseload
        rows = np.flatnonzero(caseload.provision != NO_PROVISION)
        admitted = self._estate.admits[caseload.provision[rows], caseload.need[rows], caseload.phase[rows]]
        was = caseload.ncy[rows]
        # Only a change of phase ends a placement: who was admitted outside the designation stays.
        ending = rows[~admitted & ((was == 0) | (was == 7) | (was == 12))]
        self.move(week, ending, S["mainstream"])
        self.start_waiting(week, ending, since=week - weeks_before)

    def place(self, week: int, rows: Rows) -> Rows:
        """Give places to those of ``rows`` (in order of priority) for whom there are any; returns those placed."""
        placed, provision = match(self._preferences, rows, self._class, self._estate.room)
        if placed.size:
            caseload = self._council.caseload
            caseload.waiting[placed] = False
            caseload.provision[placed] = provision
            self._council.move(week, placed, self._estate.setting[provision])
        return placed

    def seat(self, rows: Rows, places: NDArray[np.int64], *, resourced: bool) -> None:
        """Give ``places`` to children who are in special schools or (``resourced``) resource bases on the first day."""
        caseload = self._council.caseload
        child = classes(caseload, slice(None), np.full(len(caseload), resourced))
        seated, provision = match(self._preferences, rows, child, Room(places.tolist()))
        caseload.provision[seated] = provision
        self._estate.take(provision.tolist())

    def _transfers_first(self, waiting: Rows) -> Rows:
        """The list in September: who enters Reception or Year 7 goes first, because their place was to be named by February."""
        ncy = self._council.caseload.ncy[waiting]
        transfers = (ncy == 0) | (ncy == 7)
        return np.concatenate((waiting[transfers], waiting[~transfers]))

    def step(self, week: int) -> None:
        """One weekly panel: places first, then those whom no place reached in time."""
        self.enter_list(week)
        waiting = self.waiting_list
        if self.place(week, self._transfers_first(waiting) if week in self._septembers else waiting).size:
            waiting = self.waiting_list
        if not self._nobody_goes:
            self._give_up(week, waiting[self._next_week[waiting] == week])

    def _give_up(self, week: int, rows: Rows) -> None:
        """Of ``rows`` some go to an independent school; the placements of the others break down while they wait."""
        council, caseload = self._council, self._council.caseload
        if not rows.size:
            return
        goes = self._independent_week[rows] == week
        independent, broken = rows[goes], rows[~goes]
        if independent.size:  # who waits holds no place
            caseload.waiting[independent] = False
            council.move(week, independent, alike(S["independent"], independent.size))
        if broken.size:
            self._next_week[broken] = self._independent_week[broken]
            broken = broken[caseload.setting[broken] == S["mainstream"]]
            to_alternative = council.uniforms("wait/destination", broken) < self._to_alternative
            council.move(week, broken, np.where(to_alternative, S["alternative"], S["elsewhere"]).astype(np.int8))
