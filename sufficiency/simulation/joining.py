"""Joining the caseload: plans are issued, and families with a plan move in, in the weeks laid out for each."""

from __future__ import annotations

import numpy as np

from sufficiency.simulation.caseload import NEVER, Rows, S
from sufficiency.simulation.council import OUTSIDE, Council
from sufficiency.simulation.issue import ADULT, Issue
from sufficiency.simulation.placements import PlacementPanel


class Joining:
    """Hands each week's new plans and transfers in to the placement panel.

    ``moving`` are those who will move in with a plan, each in its week of ``weeks_in``; those who held a state specialist place
    where they were ask for one here.
    """

    def __init__(self, council: Council, placements: PlacementPanel, moving: Rows, weeks_in: Rows) -> None:
        caseload, issue = council.caseload, Issue(council)
        self._placements, self._caseload, self._moving = placements, caseload, moving
        issued = (caseload.plan_week != NEVER).nonzero()[0]
        weeks_issued = caseload.plan_week[issued].astype(np.int64)
        start, needs = issue.found(issued, weeks_issued)
        held = caseload.setting[moving]
        ncy = council.calendar.academic_years[weeks_in] - caseload.reception_year[moving]
        held_a_place = (held == S["special"]) | (held == S["resourced"])
        week = np.concatenate((weeks_in, weeks_issued))
        order = week.argsort(kind="stable")
        week = week[order]
        self._rows = np.concatenate((moving, issued))[order]
        self._setting = np.concatenate((np.where(held_a_place, issue.school_place(ncy), held), start))[order]
        council.ledger.expect(week, self._rows, self._setting)
        asks = np.concatenate((held_a_place & (ncy < ADULT), needs))[order]
        self._asking = self._rows[asks]
        each = np.arange(council.weeks + 1)
        self._edges: list[int] = week.searchsorted(each).tolist()
        self._asking_edges: list[int] = week[asks].searchsorted(each).tolist()
        self.week = np.full(len(caseload), NEVER, dtype=np.int16)
        """Week in which each row joins the caseload: -1 where it is in it on the first day, ``NEVER`` where it does not join."""
        self.week[caseload.setting != OUTSIDE] = -1
        self.week[self._rows] = week

    def begin(self) -> None:
        """Who will move in is outside until then. (The first year's agenda has met them in the settings they hold elsewhere.)"""
        self._caseload.setting[self._moving] = OUTSIDE

    def step(self, week: int) -> None:
        """One week of joiners."""
        first, last = self._edges[week], self._edges[week + 1]
        if last > first:
            asking = self._asking[self._asking_edges[week] : self._asking_edges[week + 1]]
            self._placements.join(week, self._rows[first:last], self._setting[first:last], asking)
