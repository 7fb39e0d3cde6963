"""Placements: children join the caseload, come to need a specialist place, wait, are placed by the panel, or go elsewhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import FIRST_NCY, LAST_NCY, NEEDS
from sufficiency.simulation.arrivals import NCYS
from sufficiency.simulation.caseload import CEASED, HAS_PLAN, NEVER, NO_PROVISION, Rows, S
from sufficiency.simulation.council import NOBODY, OUTSIDE, Council
from sufficiency.simulation.estate import Estate
from sufficiency.simulation.issue import IssueChances
from sufficiency.simulation.matching import Matching
from sufficiency.simulation.opening import WEEKS_A_YEAR

Int8s = NDArray[np.int8]


class PlacementPanel:
    """The weekly panel and every change of setting.

    A waiting child stays where they are, with support; by hazard they go to an independent school (and wait no longer), into
    alternative provision or out of school (and still wait).
    """

    def __init__(self, council: Council, estate: Estate, matching: Matching) -> None:
        settings = council.scenario.placements
        rows = len(council.caseload)
        self._council, self._estate, self._matching = council, estate, matching
        self._issue = IssueChances(council)
        everyone = slice(None)
        u = council.uniforms("issue/post-16", everyone)
        college = np.where(u < settings.post_16_elsewhere.value, S["elsewhere"], S["further_education"])
        # Where a plan issued after Year 11 starts, and one issued before it.
        self._after_16 = np.where(u > 1 - settings.stay_mainstream_post_16.value, S["mainstream"], college).astype(np.int8)
        start = np.where(NCYS < 0, S["early_years"], S["mainstream"])
        self._by_ncy = np.where(NCYS < 15, start, S["further_education"]).astype(np.int8)  # schools end at 19
        self._suitable = np.array([settings.resourced_suitable.value[n] for n in NEEDS.codes])
        self._to_independent = settings.to_independent.value
        self._breakdown = settings.to_alternative.value + settings.to_elsewhere.value
        self._to_alternative = settings.to_alternative.value / self._breakdown if self._breakdown > 0 else 0.0
        self._independent_week = np.full(rows, NEVER, dtype=np.int16)
        self._breakdown_week = np.full(rows, NEVER, dtype=np.int16)
        self._list, self._unsorted = NOBODY, False  # in order of (week since which they wait, row), unless dated back
        self._new: list[Rows] = []

    @property
    def waiting_list(self) -> Rows:
        """Those on the list, the longest waiting first."""
        waiting = self._council.caseload.waiting
        self._list = self._list[waiting[self._list]]
        if self._unsorted:
            order = np.lexsort((self._list, self._council.caseload.wait_since[self._list]))
            self._list, self._unsorted = self._list[order], False
        return self._list

    def join(self, week: int, rows: Rows) -> None:
        """Children whose plan has just been issued join the caseload, most of them in mainstream."""
        ncy = self._council.caseload.ncy[rows]
        specialist = self._issue.need_specialist(week, rows, ncy) & (ncy < 15)
        in_college = (ncy >= 12) & (ncy < 15) & ~specialist
        setting = np.where(in_college, self._after_16[rows], self._by_ncy[np.minimum(ncy, LAST_NCY) - FIRST_NCY])
        self._admit(week, rows, setting)
        self.start_waiting(week, rows[specialist])

    def move_in(self, week: int, rows: Rows) -> None:
        """Children who move in with a plan: those who held a state specialist place ask for one here."""
        caseload = self._council.caseload
        held = caseload.setting[rows].copy()
        ncy = caseload.ncy[rows]
        held_a_place = (held == S["special"]) | (held == S["resourced"])
        seeks = held_a_place & (ncy < 15)
        setting = np.where(held_a_place, self._by_ncy[np.clip(ncy, FIRST_NCY, LAST_NCY) - FIRST_NCY], held)
        caseload.setting[rows] = OUTSIDE
        self._admit(week, rows, setting.astype(np.int8))
        self.start_waiting(week, rows[seeks])

    def _admit(self, week: int, rows: Rows, setting: Int8s) -> None:
        caseload = self._council.caseload
        caseload.state[rows] = HAS_PLAN
        before = np.full(rows.size, OUTSIDE, dtype=np.int8)
        caseload.setting[rows] = setting
        self._council.ledger.write(week, rows, before, setting)

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
        caseload, council = self._council.caseload, self._council
        rows = np.concatenate(self._new)
        self._new.clear()
        suitable = council.uniforms("resourced-suitable", rows) < self._suitable[caseload.need[rows]]
        caseload.resourced_suitable[rows] = suitable
        hazard = self._to_independent * council.factor["inflow_to_independent"][week]
        self._independent_week[rows] = self._ring("wait/independent", rows, week, hazard)
        self._breakdown_week[rows] = self._ring("wait/breakdown", rows, week, self._breakdown)
        self._matching.classify(rows)
        rows.sort()
        self._list = np.concatenate((self._list, rows))

    def change_phases(self) -> None:
        """On 1 September: those who wait are now admissible elsewhere."""
        self._matching.classify(self._list)

    def _ring(self, stream: str, rows: Rows, week: int, hazard: float) -> NDArray[np.int16]:
        """Week in which an exponential clock of yearly ``hazard`` rings for each row."""
        if hazard <= 0:
            return np.full(rows.size, NEVER, dtype=np.int16)
        weeks = np.log(self._council.uniforms(stream, rows)) * (-WEEKS_A_YEAR / hazard)
        return np.minimum(weeks + (week + 1), NEVER).astype(np.int16)

    def move(self, week: int, rows: Rows, to: int | Int8s, *, keep_waiting: bool = False) -> None:
        """Move ``rows`` to other settings; they give up any place they hold and, unless told otherwise, stop waiting.

        ``OUTSIDE`` means that the plan ends.
        """
        if not rows.size:
            return
        caseload = self._council.caseload
        provision = caseload.provision[rows]
        held = provision[provision >= 0]
        if held.size:
            self._estate.release(held, week)
            caseload.provision[rows] = NO_PROVISION
        if not keep_waiting:
            caseload.waiting[rows] = False
        after = self._council.move(week, rows, to)
        ended = rows[after < 0]
        if ended.size:
            caseload.state[ended] = CEASED

    def leave(self, week: int, rows: Rows) -> None:
        """Plans end: the children leave the caseload and free their places."""
        self.move(week, rows, OUTSIDE)

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
        placed, provision = self._matching.match(rows, self._estate.vacancies)
        if placed.size:
            caseload = self._council.caseload
            caseload.waiting[placed] = False
            caseload.provision[placed] = provision
            self._estate.take(provision)
            setting = self._estate.setting[provision]
            before = caseload.setting[placed]
            caseload.setting[placed] = setting
            self._council.ledger.write(week, placed, before, setting)
        return placed

    def step(self, week: int) -> None:
        """One weekly panel: places first, then those whom no place reached in time."""
        self.enter_list(week)
        waiting = self.waiting_list
        if self.place(week, waiting).size:
            waiting = self.waiting_list
        independent = waiting[self._independent_week[waiting] <= week]
        self.move(week, independent, S["independent"])
        broken = waiting[self._breakdown_week[waiting] == week]
        if broken.size:
            broken = broken[self._council.caseload.waiting[broken] & (self._council.caseload.setting[broken] == S["mainstream"])]
            to_alternative = self._council.uniforms("wait/destination", broken) < self._to_alternative
            to = np.where(to_alternative, S["alternative"], S["elsewhere"]).astype(np.int8)
            self.move(week, broken, to, keep_waiting=True)
