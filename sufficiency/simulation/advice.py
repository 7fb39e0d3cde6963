"""The allocation meeting and advice: one weekly meeting sets which cases go next, for advice and for assessment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.simulation.assessments import AssessmentTeam
from sufficiency.simulation.caseload import NEVER, Rows
from sufficiency.simulation.council import NOBODY, Council
from sufficiency.simulation.queues import AllocationRule, Due, Queue


class AllocationMeeting:
    """Sets cases for educational-psychology advice within its capacity, then hands those whose advice is in to the team.

    Advice other than psychology is a delay, not a queue; where existing psychology advice is re-used the case waits for that
    delay only.
    """

    def __init__(self, council: Council, team: AssessmentTeam, awaiting: Rows, advising: Rows) -> None:
        settings = council.scenario.advice
        self._council, self._team = council, team
        self._rule = AllocationRule()
        self._queue = Queue(team.turn[awaiting])
        self.capacity = council.capacity(
            settings.advice_per_week.value,
            settings.capacity_growth.value,
            settings.follows_demand.value,
            settings.in_post.value if settings.in_post else None,
        ).tolist()
        """Advice that can be begun in each week."""
        self.done = [0] * council.weeks
        """Advice begun in each week."""
        self._weeks = settings.weeks_to_advise.value
        self._reused = settings.reused.value
        self._in = Due(council.weeks)
        self._in.spread(team.turn[advising], self._weeks)
        self._queuing, self._queuing_edges = NOBODY, [0] * (council.weeks + 1)

    def expect(self, rows: Rows, weeks: NDArray[np.int64]) -> None:
        """Cases that will be assessed, and the week in which each comes to the meeting; in order of that week."""
        reused = self._council.streams.uniforms("advice/reused", self._council.caseload.key[rows]) < self._reused
        cases, each = self._team.turn[rows], np.arange(self._council.weeks + 1)
        self._in.add_each(weeks[reused] + self._weeks, cases[reused])
        self._queuing, self._queuing_edges = cases[~reused], weeks[~reused].searchsorted(each).tolist()

    @property
    def waiting(self) -> int:
        """Cases that wait for a psychologist."""
        return len(self._queue)

    def step(self, week: int) -> None:
        """One weekly meeting."""
        team = self._team
        self._queue.add(self._queuing[self._queuing_edges[week] : self._queuing_edges[week + 1]])
        chosen = self._rule.take(self._queue, team.parted[week], self.capacity[week], team.share[week])
        self.done[week] = chosen.size
        self._in.add(week + self._weeks, chosen)
        team.receive(self._in.take(week))
        team.allocate(week)


def advice_sought(council: Council) -> NDArray[np.int64]:
    """Week in which advice was asked for, by row: that of the decision to assess, or of a successful appeal; else ``NEVER``."""
    caseload = council.caseload
    back = caseload.overturn_week != NEVER
    return np.where(back, caseload.overturn_week, caseload.decision_week).astype(np.int64)
