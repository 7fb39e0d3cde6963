"""The assessment team: coordinators take cases to their end, plan writers write, on the cases the allocation meeting sets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.simulation.caseload import Rows
from sufficiency.simulation.council import NOBODY, Council
from sufficiency.simulation.placements import PlacementPanel
from sufficiency.simulation.queues import AllocationRule, Due, Queue, turns

UNLIMITED = 1_000_000
"""Plans that can be written in a week where writing limits nothing."""


class AssessmentTeam:
    """Each allocated case takes one unit of the coordinators' capacity: it ends without a plan at once, or is written.

    A plan to be written takes one unit of the writers' capacity, where that is limited, and is final some weeks later.
    """

    def __init__(self, council: Council, placements: PlacementPanel, ready: Rows, drafting: Rows = NOBODY) -> None:
        settings = council.scenario.assessment_team
        self._council, self._placements = council, placements
        weeks = np.arange(council.weeks)
        self.boundary: list[int] = council.first_row_after(weeks - settings.backlog_after.value).tolist()
        """First row in each week that is not backlog."""
        changes = settings.backlog_share_from.value if settings.backlog_share_from else {}
        self.share: list[float] = council.since(changes, settings.backlog_share.value).tolist()
        """Share of capacity reserved for the backlog in each week."""
        self.turn = turns(council.caseload.priority)
        """In whose turn cases are taken, by row."""
        self._rule, self._writers_rule = AllocationRule(), AllocationRule()
        self._queue, self._writing = Queue(self.turn, ready), Queue(self.turn)
        growth, follows = settings.capacity_growth.value, settings.follows_demand.value
        in_post = settings.in_post.value if settings.in_post else None
        self.capacity: list[int] = council.capacity(settings.cases_per_week.value, growth, follows, in_post).tolist()
        """Cases that the coordinators can take in each week."""
        self._weeks = settings.weeks_to_finalise.value
        self.writers_capacity: list[int] = _writers(council).tolist()
        """Plans that can be begun to be written in each week; ``UNLIMITED`` where writing limits nothing."""
        self.done, self.written = [0] * council.weeks, [0] * council.weeks
        """Cases taken, and plans begun to be written, in each week."""
        self._without = council.uniforms("assessment/not-issued", slice(None)) < settings.not_issued.value
        overturned = settings.not_issued_overturned.value if settings.not_issued_overturned else 0.0
        self._appeals = overturned > 0
        self._overturned = council.uniforms("assessment/overturned", slice(None)) < overturned
        weeks_to_overturn = settings.weeks_to_overturn_not_issued
        self._weeks_to_overturn = max(weeks_to_overturn.value, 1) if weeks_to_overturn else 1
        self._final, self._back = Due(council.weeks), Due(council.weeks)
        for week, part in enumerate(np.split(drafting, np.cumsum(drafted_at_start(council))[:-1])):
            self._final.add(week, part)

    @property
    def waiting(self) -> int:
        """Cases that wait for the team: for a coordinator or for a writer."""
        return len(self._queue) + len(self._writing)

    def receive(self, rows: Rows) -> None:
        """Cases whose advice is in."""
        self._queue.add(rows)

    def allocate(self, week: int) -> None:
        """Take the cases that this week's meeting sets, within capacity."""
        caseload = self._council.caseload
        boundary, share = self.boundary[week], self.share[week]
        taken = self._rule.take(self._queue, boundary, self.capacity[week], share)
        self.done[week] = taken.size
        if taken.size:
            without = self._without[taken]
            ended = taken[without]
            if ended.size:
                caseload.not_issued_week[ended] = self._council.at[week]
                if self._appeals:
                    self._back.add(week + self._weeks_to_overturn, ended[self._overturned[ended]])
                taken = taken[~without]
        able = self.writers_capacity[week]
        if len(self._writing) or able < max(taken.size, 1):
            self._writing.add(taken)
            taken = self._writers_rule.take(self._writing, boundary, able, share)
        elif able < UNLIMITED:  # nobody has to wait for a writer
            self._writers_rule.reserve(able, share)
        self.written[week] = taken.size
        self._final.add(week + self._weeks, taken)

    def step(self, week: int) -> None:
        """Issue the final plans that are due this week, and those that mediation or the tribunal has brought about."""
        caseload = self._council.caseload
        issued = self._final.take(week)
        if self._appeals:
            back = self._back.take(week)
            caseload.reversal_week[back] = self._council.at[week]
            issued = np.concatenate((issued, back))
        if issued.size:
            caseload.plan_week[issued] = self._council.at[week]
            self._placements.join(week, issued)


def _known(council: Council) -> NDArray[np.int64]:
    """Plans final in each week where the month's are known, spread evenly over its weeks, shape (weeks,); -1 elsewhere."""
    known = np.full(council.weeks, -1, dtype=np.int64)
    figure = council.scenario.assessment_team.plans_by_month
    plans = figure.value if figure else {}
    for position, month in enumerate(council.calendar.months):
        if month in plans:
            weeks = np.flatnonzero(council.calendar.month_of_week == position)
            known[weeks] = np.diff(np.arange(weeks.size + 1) * plans[month] // weeks.size)
    return known


def _writers(council: Council) -> NDArray[np.int64]:
    """Plans that the writers can begin in each week, shape (weeks,): known ones are begun so long before they are final."""
    settings = council.scenario.assessment_team
    able = np.full(council.weeks, UNLIMITED, dtype=np.int64)
    if settings.drafts_per_week:
        in_post = settings.writers_in_post.value if settings.writers_in_post else None
        growth, follows = settings.capacity_growth.value, settings.follows_demand.value
        able = council.capacity(settings.drafts_per_week.value, growth, follows, in_post)
    begun = _known(council)[settings.weeks_to_finalise.value :]
    able[: begun.size][begun >= 0] = begun[begun >= 0]
    return able


def drafted_at_start(council: Council) -> NDArray[np.int64]:
    """Plans being written on the first day by the week in which they are final, shape (weeks to finalise,).

    As many as are known to be final then; else what capacity has brought about week by week.
    """
    settings = council.scenario.assessment_team
    weeks = np.arange(settings.weeks_to_finalise.value + 1)
    a_week = settings.cases_per_week.value * (1 - settings.not_issued.value)
    if settings.drafts_per_week:
        a_week = min(a_week, settings.drafts_per_week.value)
    usual: NDArray[np.int64] = np.diff(np.floor(weeks * a_week).astype(np.int64))
    known = _known(council)[: usual.size]
    usual[: known.size][known >= 0] = known[known >= 0]
    return usual
