"""Reviews: plans fall due to cease, settings change and specialist need emerges, spread over the year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import SETTINGS
from sufficiency.simulation.agenda import (
    ASK_TO_RETURN,
    CEASE,
    COLLEGE_TO_ELSEWHERE,
    EMERGE,
    IS_CEASING,
    IS_MOVE,
    STEP_DOWN,
    TO_ELSEWHERE,
    TRANSFER_OUT,
    Agenda,
)
from sufficiency.simulation.caseload import AT, NO_PROVISION, YES, Rows, S, constant
from sufficiency.simulation.council import NOBODY, OUTSIDE, Council, alike
from sufficiency.simulation.placements import Int8s, PlacementPanel

_KINDS = 7
# From which settings each kind of event can still happen when its week comes, by whether the child waits; the last column is
# for children who have no plan (yet, or any more).
_POSSIBLE = np.zeros((_KINDS, 2, len(SETTINGS) + 1), dtype=np.bool_)
_POSSIBLE[[CEASE, TRANSFER_OUT], :, :-1] = True
_POSSIBLE[[EMERGE, TO_ELSEWHERE], 0, S["mainstream"]] = True
_POSSIBLE[ASK_TO_RETURN, 0, S["independent"]] = True
_POSSIBLE[COLLEGE_TO_ELSEWHERE, :, S["further_education"]] = True
_POSSIBLE[STEP_DOWN, :, S["special"]] = _POSSIBLE[STEP_DOWN, :, S["resourced"]] = True
_SETTINGS, _OUTSIDE = (constant(value, np.int8) for value in (len(SETTINGS) + 1, OUTSIDE))
_POSSIBLE_FLAT = _POSSIBLE.ravel()
"""In one row: who has no setting (-1) meets the last column of the block before, in which nothing is possible either."""
_AT = np.array([IS_CEASING, IS_MOVE])
_NOWHERE = np.zeros(0, dtype=np.int8)


class Reviews:
    """Works through the agenda week by week. Plans due to cease queue for a review and stay in caseload and cost until then."""

    def __init__(self, council: Council, placements: PlacementPanel, agenda: Agenda, ceasing: Rows) -> None:
        self._placements, self._agenda = placements, agenda
        caseload = council.caseload
        self._setting, self._waiting, self._provision = caseload.setting, caseload.waiting, caseload.provision
        self._capacity: list[int] = council.capacity(council.scenario.reviews.ceases_per_week.value).tolist()
        self._queue = ceasing
        self._is_due = np.zeros(len(caseload), dtype=np.bool_)
        self._is_due[ceasing] = True
        self._some_return = council.scenario.placements.return_in_year is not None
        self._ended = np.zeros(len(caseload), dtype=np.bool_)

    def step(self, week: int) -> None:
        """One week of reviews: what falls due joins the queue, the reviews held end plans, and the agenda's moves are made."""
        placements = self._placements
        moving, to, queue = NOBODY, _NOWHERE, self._queue
        if queue.size:
            queue = queue[self._setting[queue] != _OUTSIDE]
        found = self._agenda.due(week)
        if found is not None:
            emerged, due, moving, to = self._possible(*found)
            if self._some_return:
                returning = self._setting[emerged] == AT["independent"]
                if True in returning.tolist():
                    away = emerged[returning]
                    placements.list.ask_to_return(week, away[self._provision[away] == NO_PROVISION])
                    emerged = emerged[~returning]
            placements.list.start(week, emerged)
            due = due[~self._is_due[due]]  # who waits for a review already is not due twice
            self._is_due[due] = YES
            queue = np.concatenate((queue, due)) if queue.size else due
        capacity = self._capacity[week]
        ending, self._queue = queue[:capacity], queue[capacity:]
        self._ended[ending] = YES
        still = ~self._ended[moving]  # whose plan ends this week makes no other move
        rows = np.concatenate((ending, moving[still]))
        placements.move(week, rows, np.concatenate((alike(OUTSIDE, ending.size), to[still])))

    def _possible(
        self, first: NDArray[np.int64], sort: NDArray[np.int64], rows: Rows, to: Int8s
    ) -> tuple[Rows, Rows, Rows, Int8s]:
        """Of a week's agenda what is still possible: who comes to need a place, whose plan is due to cease, who moves, and where
        to."""
        possible = _POSSIBLE_FLAT[first + (self._waiting[rows] * _SETTINGS + self._setting[rows])]
        rows = rows[possible]
        ceasing, moving = sort[possible].searchsorted(_AT).tolist()
        return rows[:ceasing], rows[ceasing:moving], rows[moving:], to[possible][moving:]
