"""Reviews: plans fall due to cease, settings change and specialist need emerges, spread over the year."""

from __future__ import annotations

import numpy as np

from sufficiency.domain.dictionaries import SETTINGS
from sufficiency.simulation.agenda import CEASE, COLLEGE_TO_ELSEWHERE, EMERGE, STEP_DOWN, TO_ELSEWHERE, TRANSFER_OUT, Agenda
from sufficiency.simulation.caseload import HAS_PLAN, Rows, S
from sufficiency.simulation.council import OUTSIDE, Council
from sufficiency.simulation.placements import PlacementPanel

_KINDS = 6
# From which settings each kind of event can still happen when its week comes, and to which it leads.
_POSSIBLE = np.zeros((_KINDS, len(SETTINGS)), dtype=np.bool_)
_POSSIBLE[[CEASE, TRANSFER_OUT]] = True
_POSSIBLE[[EMERGE, TO_ELSEWHERE], S["mainstream"]] = True
_POSSIBLE[COLLEGE_TO_ELSEWHERE, S["further_education"]] = True
_POSSIBLE[STEP_DOWN, [S["special"], S["resourced"]]] = True
_NOT_WHILE_WAITING = np.isin(np.arange(_KINDS), [EMERGE, TO_ELSEWHERE])
_IS_MOVE = np.isin(np.arange(_KINDS), [TRANSFER_OUT, TO_ELSEWHERE, COLLEGE_TO_ELSEWHERE, STEP_DOWN])
_TO = np.full(_KINDS, OUTSIDE, dtype=np.int8)
_TO[[TO_ELSEWHERE, COLLEGE_TO_ELSEWHERE]] = S["elsewhere"]
_TO[STEP_DOWN] = S["mainstream"]


class Reviews:
    """Works through the agenda week by week. Plans due to cease queue for a review and stay in caseload and cost until then."""

    def __init__(self, council: Council, placements: PlacementPanel, agenda: Agenda, ceasing: Rows) -> None:
        self._council, self._placements, self._agenda = council, placements, agenda
        self._capacity = council.capacity(council.scenario.reviews.ceases_per_week.value)
        self._queue = ceasing
        self._is_due = np.zeros(len(council.caseload), dtype=np.bool_)
        self._is_due[ceasing] = True

    def step(self, week: int) -> None:
        """One week of reviews."""
        caseload, placements = self._council.caseload, self._placements
        kind, rows = self._agenda.due(week)
        if rows.size:
            possible = _POSSIBLE[kind, caseload.setting[rows]] & (caseload.state[rows] == HAS_PLAN)
            possible &= ~(caseload.waiting[rows] & _NOT_WHILE_WAITING[kind])
            kind, rows = kind[possible], rows[possible]
            placements.start_waiting(week, rows[kind == EMERGE])
            moves = _IS_MOVE[kind]
            placements.move(week, rows[moves], _TO[kind[moves]])
            due = rows[kind == CEASE]
            due = due[~self._is_due[due]]  # who waits for a review already is not due twice
            self._is_due[due] = True
            self._queue = np.concatenate((self._queue, due))
        if self._queue.size:
            queue = self._queue[caseload.state[self._queue] == HAS_PLAN]
            capacity = int(self._capacity[week])
            placements.move(week, queue[:capacity], OUTSIDE)
            self._queue = queue[capacity:]
