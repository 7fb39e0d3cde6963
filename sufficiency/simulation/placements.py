"""Placements: children join the caseload, come to need a specialist place, wait, are placed by the panel, or go elsewhere."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEEDS
from sufficiency.simulation.caseload import AT, CEASED, HAS_PLAN, NO_PROVISION, OUT_OF_AREA, Rows, S, constant
from sufficiency.simulation.council import OUTSIDE, Council, alike
from sufficiency.simulation.estate import Estate, Room
from sufficiency.simulation.matching import PHASE_STEP, Offers, classes, match, with_resourced
from sufficiency.simulation.waiting_list import LEFT, PLACED, TO_INDEPENDENT, TO_OUT_OF_AREA, WaitingList

Int8s = NDArray[np.int8]
_AFTER_16 = 12
"""First NCY after compulsory school age."""
_HAS_PLAN, _CEASED, _INSIDE = (constant(state, np.int8) for state in (HAS_PLAN, CEASED, 0))
_NO_PROVISION = constant(NO_PROVISION, np.int16)


class PlacementPanel:
    """The weekly panel and every change of setting.

    A waiting child stays where they are, with support; by hazard they go to an independent school or one of another authority
    (and wait no longer), into alternative provision or out of school (and still wait).
    """

    def __init__(self, council: Council, estate: Estate, offers: Offers) -> None:
        settings = council.scenario.placements
        self._council, self._estate, self._caseload = council, estate, council.caseload
        self.offers = offers
        """Which places are offered to whom."""
        suitable = np.array([settings.resourced_suitable.value[n] for n in NEEDS.codes])
        resourced = council.uniforms("resourced-suitable", slice(None)) < suitable[council.caseload.need]
        self.class_of = classes(council.caseload, resourced)
        """The class of every row, by which places are offered."""
        self._but_for_phase = self.class_of - PHASE_STEP * council.caseload.phase
        self.list = WaitingList(council)
        self._septembers = frozenset(council.calendar.september_weeks)

    def join(self, week: int, rows: Rows, setting: Int8s, asking: Rows) -> None:
        """``rows`` join the caseload with a plan, each in its ``setting``; those ``asking`` for a specialist place wait."""
        caseload = self._caseload
        caseload.state[rows] = _HAS_PLAN
        caseload.setting[rows] = setting
        self.list.start(week, asking)

    def change_phases(self) -> None:
        """On 1 September: those who wait are now admissible elsewhere."""
        self.class_of = self._but_for_phase + PHASE_STEP * self._caseload.phase

    def move(self, week: int, rows: Rows, to: int | Int8s, *, keep_waiting: bool = False) -> None:
        """Move ``rows`` to another setting, or each to its own; they give up any place they hold and, unless told otherwise,
        stop waiting. Where each has its own, ``OUTSIDE`` means that the plan ends (where all end, they :meth:`leave`)."""
        if not rows.size:
            return
        caseload = self._caseload
        self._free(week, rows)
        if not keep_waiting:
            waiting = caseload.waiting[rows]
            if True in waiting.tolist():
                self.list.end(week, rows[waiting], LEFT)
        if isinstance(to, int):
            self._council.move(week, rows, alike(to, rows.size))
            return
        self._council.move(week, rows, to)
        caseload.state[rows[to < _INSIDE]] = _CEASED

    def leave(self, week: int, rows: Rows) -> None:
        """Plans end: the children leave the caseload and free their places."""
        if rows.size:
            self.move(week, rows, OUTSIDE)
            self._caseload.state[rows] = _CEASED

    def _free(self, week: int, rows: Rows) -> None:
        """Free the places that ``rows`` hold, here or out of the area."""
        held = self._caseload.provision[rows]
        self._estate.release(held[held > _NO_PROVISION].tolist(), week)  # below it are those out of the area
        self._caseload.provision[rows] = _NO_PROVISION

    def give_up_places(self, week: int, since: int, since_post_16: int) -> None:
        """At a phase transfer a child whose provision does not serve the new phase goes on the list, dated back to ``since``, or
        to ``since_post_16`` where the new phase is that."""
        caseload = self._caseload
        rows = np.flatnonzero(caseload.provision >= 0)
        admitted = self._estate.admits[caseload.provision[rows], caseload.need[rows], caseload.phase[rows]]
        was = caseload.ncy[rows]
        # Only a change of phase ends a placement: who was admitted outside the designation stays.
        ending = rows[~admitted & ((was == 0) | (was == 7) | (was == 12))]
        self.move(week, ending, S["mainstream"])
        dates = np.where(caseload.ncy[ending] == _AFTER_16, since_post_16, since).astype(np.int16)
        self.list.start(week, ending, since=dates)

    def place(self, week: int, rows: Rows) -> None:
        """Give places to those of ``rows`` of the list for whom there are any."""
        turns = partial(self.list.turns, september=week in self._septembers)
        caseload, last = self._caseload, len(self.offers.rounds) - 1
        for number, preferences in enumerate(self.offers.rounds):
            placed, provision = match(preferences, rows, self.class_of, self._estate.room, turns)
            if placed.size:
                self.list.end(week, placed, PLACED)
                caseload.provision[placed] = provision
                self._council.placed.append((week, placed, provision))
                self._council.move(week, placed, self._estate.setting[provision])
                if number < last:
                    rows = rows[caseload.waiting[rows]]

    def seat(self, rows: Rows, places: NDArray[np.int64], *, resourced: bool) -> None:
        """Give ``places`` to children who are in special schools or (``resourced``) resource bases on the first day."""
        child = with_resourced(self.class_of, resourced)
        seated, provision = match(self.offers.everywhere, rows, child, Room(places.tolist()))
        self._caseload.provision[seated] = provision
        self._estate.take(provision.tolist())

    def step(self, week: int) -> None:
        """One weekly panel: places first, then those whom no place reached in time."""
        self.list.enter(week)
        self.place(week, self.list.rows)
        leaving, broken = self.list.giving_up(week)
        if leaving.size:
            self._go_away(week, leaving)
        if broken.size:
            to = self.list.breaks_to[broken]
            self._council.move(week, broken, to)
            self._council.out_of_school.append((week, broken[to == AT["elsewhere"]]))

    def _go_away(self, week: int, rows: Rows) -> None:
        """``rows``, who wait and so hold no place here, go to an independent school or one of another authority."""
        if self.list.some_go_out_of_area:
            out = self.list.to_out_of_area(week, rows)
            if True in out.tolist():
                away, rows = rows[out], rows[~out]
                self.list.end(week, away, TO_OUT_OF_AREA)
                self._caseload.provision[away] = OUT_OF_AREA
                self._council.move(week, away, alike(S["special"], away.size))
        self.list.end(week, rows, TO_INDEPENDENT)
        self._council.move(week, rows, alike(S["independent"], rows.size))
