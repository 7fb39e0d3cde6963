"""Reviews: plans fall due to cease, settings change and specialist need emerges, spread over the year."""

from __future__ import annotations

import numpy as np

from sufficiency.simulation.agenda import CEASE, COLLEGE_TO_ELSEWHERE, EMERGE, STEP_DOWN, TO_ELSEWHERE, TRANSFER_OUT, Agenda
from sufficiency.simulation.caseload import HAS_PLAN, Rows, S
from sufficiency.simulation.council import Council
from sufficiency.simulation.placements import PlacementPanel


class Reviews:
    """Works through the agenda week by week. Plans due to cease queue for a review and stay in caseload and cost until then."""

    def __init__(self, council: Council, placements: PlacementPanel, agenda: Agenda, ceasing: Rows) -> None:
        self._council, self._placements, self._agenda = council, placements, agenda
        self._capacity = council.capacity(council.scenario.reviews.ceases_per_week.value, 0.0)
        self._queue = ceasing

    def step(self, week: int) -> None:
        """One week of reviews."""
        caseload, placements = self._council.caseload, self._placements
        placements.plan_new(week)
        for kind, rows in self._agenda.due(week):
            rows = rows[caseload.state[rows] == HAS_PLAN]
            setting = caseload.setting[rows]
            if kind == CEASE:
                self._queue = np.concatenate((self._queue, rows))
            elif kind == TRANSFER_OUT:
                placements.leave(week, rows)
            elif kind == EMERGE:
                able = (setting == S["mainstream"]) & ~caseload.waiting[rows]
                placements.start_waiting(week, rows[able])
            elif kind == TO_ELSEWHERE:
                placements.move(week, rows[(setting == S["mainstream"]) & ~caseload.waiting[rows]], S["elsewhere"])
            elif kind == COLLEGE_TO_ELSEWHERE:
                placements.move(week, rows[setting == S["further_education"]], S["elsewhere"])
            elif kind == STEP_DOWN:
                held = (setting == S["special"]) | (setting == S["resourced"])
                placements.move(week, rows[held], S["mainstream"])
        if self._queue.size:
            self._queue = self._queue[caseload.state[self._queue] == HAS_PLAN]
            reviewed, self._queue = np.split(self._queue, [int(self._capacity[week])])
            placements.leave(week, reviewed)
