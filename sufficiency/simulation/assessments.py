"""The assessment team: finalises plans with a limited capacity, on the cases the allocation meeting sets."""

from __future__ import annotations

from sufficiency.simulation.caseload import NOT_ISSUED, Rows
from sufficiency.simulation.council import NOBODY, Council
from sufficiency.simulation.placements import PlacementPanel
from sufficiency.simulation.queues import AllocationRule, Due, Queue


class AssessmentTeam:
    """Each allocated case takes one unit of capacity: it ends without a plan at once, or with one after drafting."""

    def __init__(self, council: Council, placements: PlacementPanel, ready: Rows, drafting: Rows = NOBODY) -> None:
        settings = council.scenario.assessment_team
        self._council, self._placements = council, placements
        self._rule = AllocationRule(settings.backlog_share.value)
        self._backlog_after = settings.backlog_after.value
        self._queue = Queue(ready)
        self._capacity = council.capacity(
            settings.cases_per_week.value, settings.capacity_growth.value, settings.follows_demand.value
        )
        self._not_issued = settings.not_issued.value
        self._weeks = settings.weeks_to_finalise.value
        self._final = Due(council.weeks)
        self._final.spread(drafting, self._weeks)

    def receive(self, rows: Rows) -> None:
        """Cases whose advice is in."""
        self._queue.add(rows)

    def allocate(self, week: int) -> None:
        """Take the cases that this week's meeting sets, within capacity."""
        caseload = self._council.caseload
        rows = self._queue.rows
        backlog = int(caseload.request_week[rows].searchsorted(week - self._backlog_after, side="right"))
        taken = self._rule.take(self._queue, backlog, caseload.priority, int(self._capacity[week]))
        if not taken.size:
            return
        without = self._council.uniforms("assessment/not-issued", taken) < self._not_issued
        ended = taken[without]
        caseload.state[ended] = NOT_ISSUED
        caseload.not_issued_week[ended] = week
        self._final.add(week + self._weeks, taken[~without])

    def step(self, week: int) -> None:
        """Issue the final plans that are due this week."""
        issued = self._final.take(week)
        if issued.size:
            self._council.caseload.plan_week[issued] = week
            self._placements.join(week, issued)
