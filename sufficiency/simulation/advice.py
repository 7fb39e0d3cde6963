"""The allocation meeting and advice: one weekly meeting sets which cases go next, for advice and for assessment."""

from __future__ import annotations

from sufficiency.simulation.assessments import AssessmentTeam
from sufficiency.simulation.caseload import WITH_TEAM, Rows
from sufficiency.simulation.council import Council
from sufficiency.simulation.queues import AllocationRule, Due, Queue


class AllocationMeeting:
    """Sets cases for educational-psychology advice within its capacity, then hands those whose advice is in to the team.

    Advice other than psychology is a delay, not a queue; where existing psychology advice is re-used the case waits for that
    delay only.
    """

    def __init__(self, council: Council, team: AssessmentTeam, awaiting: Rows, advising: Rows) -> None:
        settings = council.scenario.advice
        self._council, self._team = council, team
        self._rule = AllocationRule(council.scenario.assessment_team.backlog_share.value)
        self._backlog_after = council.scenario.assessment_team.backlog_after.value
        self._queue = Queue(awaiting)
        self._capacity = council.capacity(
            settings.advice_per_week.value, settings.capacity_growth.value, settings.follows_demand.value
        )
        self._weeks = settings.weeks_to_advise.value
        self._reused = settings.reused.value
        self._in = Due(council.weeks)
        self._in.spread(advising, self._weeks)

    def receive(self, week: int, rows: Rows) -> None:
        """Cases that will be assessed."""
        if not rows.size:
            return
        reused = self._council.uniforms("advice/reused", rows) < self._reused
        self._in.add(week + self._weeks, rows[reused])
        self._queue.add(rows[~reused])

    def step(self, week: int) -> None:
        """One weekly meeting."""
        caseload = self._council.caseload
        rows = self._queue.rows
        backlog = int(caseload.request_week[rows].searchsorted(week - self._backlog_after, side="right"))
        chosen = self._rule.take(self._queue, backlog, caseload.priority, int(self._capacity[week]))
        self._in.add(week + self._weeks, chosen)
        ready = self._in.take(week)
        caseload.state[ready] = WITH_TEAM
        self._team.receive(ready)
        self._team.allocate(week)
