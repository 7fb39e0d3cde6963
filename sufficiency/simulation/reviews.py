"""Reviews: plans fall due to cease, settings change and specialist need emerges, spread over the year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import SETTINGS
from sufficiency.simulation.agenda import CEASE, COLLEGE_TO_ELSEWHERE, EMERGE, STEP_DOWN, TO_ELSEWHERE, TRANSFER_OUT, Agenda
from sufficiency.simulation.caseload import Rows, S
from sufficiency.simulation.council import OUTSIDE, Council
from sufficiency.simulation.placements import PlacementPanel

_KINDS = 6
# From which settings each kind of event can still happen when its week comes, by whether the child waits; the last column is
# for children who have no plan (yet, or any more).
_POSSIBLE = np.zeros((_KINDS, 2, len(SETTINGS) + 1), dtype=np.bool_)
_POSSIBLE[[CEASE, TRANSFER_OUT], :, :-1] = True
_POSSIBLE[[EMERGE, TO_ELSEWHERE], 0, S["mainstream"]] = True
_POSSIBLE[COLLEGE_TO_ELSEWHERE, :, S["further_education"]] = True
_POSSIBLE[STEP_DOWN, :, S["special"]] = _POSSIBLE[STEP_DOWN, :, S["resourced"]] = True
_IS_MOVE = np.isin(np.arange(_KINDS), [TRANSFER_OUT, TO_ELSEWHERE, COLLEGE_TO_ELSEWHERE, STEP_DOWN])
_TO = np.full(_KINDS, OUTSIDE, dtype=np.int8)
_TO[[TO_ELSEWHERE, COLLEGE_TO_ELSEWHERE]] = S["elsewhere"]
_TO[STEP_DOWN] = S["mainstream"]


class Reviews:
    """Works through the agenda week by week. Plans due to cease queue for a review and stay in caseload and cost until then."""

    def __init__(self, council: Council, placements: PlacementPanel, agenda: Agenda, ceasing: Rows) -> None:
        self._council, self._placements, self._agenda = council, placements, agenda
        self._capacity: list[int] = council.capacity(council.scenario.reviews.ceases_per_week.value).tolist()
        self._queue = ceasing
        self._is_due = np.zeros(len(council.caseload), dtype=np.bool_)
        self._is_due[ceasing] = True

    def step(self, week: int) -> None:
        """One week of reviews."""
        caseload, placements = self._council.caseload, self._placements
        kind, rows = self._agenda.due(week)
        if rows.size:
            self._happen(week, kind, rows)
        if self._queue.size:
            queue = self._queue[caseload.setting[self._queue] != OUTSIDE]
            capacity = self._capacity[week]
            self._queue = queue[capacity:]
            placements.leave(week, queue[:capacity])

    def _happen(self, week: int, kind: NDArray[np.int64], rows: Rows) -> None:
        """What the agenda holds for the week, where it is still possible; plans due to cease join the queue."""
        caseload, placements = self._council.caseload, self._placements
        possible = _POSSIBLE[kind, caseload.waiting[rows].view(np.int8), caseload.setting[rows]]
        kind, rows = kind[possible], rows[possible]
        placements.start_waiting(week, rows[kind == EMERGE])
        due = rows[kind == CEASE]
        due = due[~self._is_due[due]]  # who waits for a review already is not due twice
        self._is_due[due] = True
        moves = _IS_MOVE[kind]
        placements.move(week, rows[moves], _TO[kind[moves]])
        if due.size:
            self._queue = np.concatenate((self._queue, due))
