"""The assessment team: coordinators take cases to their end, plan writers write, on the cases the allocation meeting sets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.simulation.caseload import Rows
from sufficiency.simulation.council import NOBODY, Council, strung
from sufficiency.simulation.queues import AllocationRule, Queue, rows_of, sides, turns

UNLIMITED = 1_000_000
"""Plans that can be written in a week where writing limits nothing."""
WEEKS_OF_PACE = 52
"""Weeks in which known plans tell the pace of the writers after them."""


class AssessmentTeam:
    """Each allocated case takes one unit of the coordinators' capacity: it ends without a plan at once, or is written.

    A plan to be written takes one unit of the writers' capacity, where that is limited, and is final some weeks later. Nobody
    asks what became of a case while the clock runs, so its weeks are laid out when it has stopped (:meth:`finish`).
    """

    def __init__(self, council: Council, ready: Rows, drafting: Rows) -> None:
        settings = council.scenario.assessment_team
        self._council = council
        weeks = np.arange(council.weeks)
        self.parted = [*sides(council.first_row_after(weeks - settings.backlog_after.value))]
        """Where each week parts a queue into backlog and new."""
        changes = settings.backlog_share_from.value if settings.backlog_share_from else {}
        self.share: list[float] = council.since(changes, settings.backlog_share.value).tolist()
        """Share of capacity reserved for the backlog in each week."""
        self.turn = turns(council.caseload.priority)
        """In whose turn cases are taken, by row."""
        self._rule, self._writers_rule = AllocationRule(), AllocationRule()
        self._queue, self._writing = Queue(self.turn[ready]), Queue()
        growth, follows = settings.capacity_growth.value, settings.follows_demand.value
        in_post = settings.in_post.value if settings.in_post else None
        self.capacity: list[int] = council.capacity(settings.cases_per_week.value, growth, follows, in_post).tolist()
        """Cases that the coordinators can take in each week."""
        self.writers_capacity: list[int] = _writers(council).tolist()
        """Plans that can be begun to be written in each week; ``UNLIMITED`` where writing limits nothing."""
        self.done, self.written = [0] * council.weeks, [0] * council.weeks
        """Cases taken, and plans begun to be written, in each week."""
        self._gets_plan = council.uniforms("assessment/not-issued", slice(None)) >= settings.not_issued.value
        self._drafting = drafting
        self._taken: list[Rows] = []
        self._begun: list[Rows] = []

    @property
    def waiting(self) -> int:
        """Cases that wait for the team: for a coordinator or for a writer."""
        return len(self._queue) + len(self._writing)

    def receive(self, cases: Rows) -> None:
        """Cases (by their turns) whose advice is in."""
        self._queue.add(cases)

    def allocate(self, week: int) -> None:
        """Take the cases that this week's meeting sets, within capacity."""
        parted, share = self.parted[week], self.share[week]
        taken = self._rule.take(self._queue, parted, self.capacity[week], share)
        self._taken.append(taken)
        self.done[week] = taken.size
        if taken.size:
            taken = taken[self._gets_plan[rows_of(taken)]]
        able = self.writers_capacity[week]
        if len(self._writing) or able < max(taken.size, 1):
            self._writing.add(taken)
            taken = self._writers_rule.take(self._writing, parted, able, share)
        elif able < UNLIMITED:  # nobody has to wait for a writer
            self._writers_rule.reserve(able, share)
        self._begun.append(taken)
        self.written[week] = taken.size

    def finish(self) -> None:
        """Lay out the weeks in which cases ended: without a plan, with one, or with one that an appeal brought about."""
        council, caseload = self._council, self._council.caseload
        each = np.arange(council.weeks)
        rows, week = rows_of(strung(self._taken, np.int64, sum(self.done))), np.repeat(each, self.done)
        without = ~self._gets_plan[rows]
        rows, week = rows[without], week[without]
        caseload.not_issued_week[rows] = week
        back, reversed_in = self._overturned(rows, week)
        caseload.reversal_week[back] = reversed_in
        begun = rows_of(strung(self._begun, np.int64, sum(self.written)))
        final = np.repeat(each, self.written) + council.scenario.assessment_team.weeks_to_finalise.value
        issued = np.concatenate((self._drafting, begun, back))
        weeks = np.concatenate((_final_weeks(council, self._drafting.size), final, reversed_in))
        in_time = weeks < council.weeks
        caseload.plan_week[issued[in_time]] = weeks[in_time]

    def _overturned(self, rows: Rows, week: NDArray[np.int64]) -> tuple[Rows, NDArray[np.int64]]:
        """Whose decision not to issue, made in ``week``, is overturned within the horizon, and the week in which it is."""
        settings = self._council.scenario.assessment_team
        if not settings.not_issued_overturned:
            return NOBODY, NOBODY
        wait = settings.weeks_to_overturn_not_issued
        week = week + (max(wait.value, 1) if wait else 1)
        uniforms = self._council.streams.uniforms("assessment/overturned", self._council.caseload.key[rows])
        back = (uniforms < settings.not_issued_overturned.value) & (week < self._council.weeks)
        return rows[back], week[back]


def _final_weeks(council: Council, count: int) -> NDArray[np.int64]:
    """The weeks in which the ``count`` plans being written on the first day are final, the oldest request first."""
    by_then = np.cumsum(drafted_at_start(council))
    return np.minimum(by_then.searchsorted(np.arange(count), side="right"), by_then.size - 1)


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
    """Plans that the writers can begin in each week, shape (weeks,): known ones are begun so long before they are final.

    Where no more are known the writers keep the pace of the last year known (their staff does not vanish, nor does it write in
    one week all that has waited), unless it is said what they can do.
    """
    settings = council.scenario.assessment_team
    ahead = settings.weeks_to_finalise.value
    final = np.concatenate((_known(council), np.full(ahead, -1)))
    if settings.drafts_per_week:
        in_post = settings.writers_in_post.value if settings.writers_in_post else None
        growth, follows = settings.capacity_growth.value, settings.follows_demand.value
        able = council.capacity(settings.drafts_per_week.value, growth, follows, in_post)
    else:
        able = np.full(council.weeks, UNLIMITED, dtype=np.int64)
        for end in (np.flatnonzero((final[1:] < 0) & (final[:-1] >= 0)) + 1).tolist():
            pace = final[:end][final[:end] >= 0][-WEEKS_OF_PACE:].mean()
            begins = max(end - ahead, 0)
            able[begins:] = council.capacity(pace)[: council.weeks - begins]
    begun = final[ahead:]
    able[begun >= 0] = begun[begun >= 0]
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
