"""Counts the assessment pathway: stocks at month end, and flows from the children's own dates when the clock has stopped."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.simulation.advice import AllocationMeeting, advice_sought
from sufficiency.simulation.arrivals import NCYS
from sufficiency.simulation.assessments import UNLIMITED, AssessmentTeam
from sufficiency.simulation.caseload import IN_ADVICE, NEVER, STATUTORY_WEEKS, WITH_TEAM, Rows
from sufficiency.simulation.council import Council
from sufficiency.simulation.decisions import DecisionPanel
from sufficiency.simulation.results import WEEKS_COUNTED

DECISION_WEEKS = 6
"""A decision whether to assess is due within 6 weeks of the request (SEND Regulations 2014, regulation 5)."""
CLOSURE = ((7, 14), (8, 25))
"""From a week before the summer closure to a week before re-opening (month, day): advice asked for in it may be excepted."""


class PathwayRecorder:
    """Counts requests, decisions, assessments and plans."""

    def __init__(self, council: Council, panel: DecisionPanel, meeting: AllocationMeeting, team: AssessmentTeam) -> None:
        self._council, self._panel, self._meeting, self._team = council, panel, meeting, team
        self._cells = (len(council.scenario.areas), len(NEEDS), len(PHASES))
        calendar = council.calendar
        months = calendar.month_of_week
        self.month_ends = {int(np.flatnonzero(months == m)[-1]): m for m in range(len(calendar.months))}
        """The last week of each month, and the month's position."""
        shape = (len(calendar.months), *self._cells)
        self._stocks = {name: np.zeros(shape, dtype=np.int32) for name in ("undecided", "open")}
        self._ages = np.zeros((len(calendar.months), WEEKS_COUNTED + 1), dtype=np.int32)
        caseload = council.caseload
        self._base = (caseload.area.astype(np.int64) * len(NEEDS) + caseload.need) * len(PHASES)
        self._size = int(np.prod(self._cells))
        asked = np.flatnonzero(caseload.request_week != NEVER)
        self._asked = slice(int(asked[0]), int(asked[-1]) + 1) if asked.size else slice(0, 0)

    def step(self, week: int) -> None:
        """Count the stocks at the end of ``week`` where a month ends (-1 is before the clock starts)."""
        month = self.month_ends.get(week)
        if month is None:
            return
        caseload = self._council.caseload
        state = caseload.state[self._asked]
        opened = ((state == IN_ADVICE) | (state == WITH_TEAM)).nonzero()[0] + self._asked.start
        self._stocks["undecided"][month] = self.by_cell(self._panel.undecided(week))
        self._stocks["open"][month] = self.by_cell(opened)
        age = np.minimum(week - caseload.request_week[opened], WEEKS_COUNTED)
        self._ages[month] = np.bincount(age, minlength=WEEKS_COUNTED + 1)

    def by_cell(self, rows: Rows) -> NDArray[np.int64]:
        """Children of ``rows`` by area, need and phase at present."""
        return np.bincount(self.cells_of(rows), minlength=self._size).reshape(self._cells)

    def cells_of(self, rows: Rows) -> NDArray[np.int64]:
        """The cell of area, need and phase at present of each of ``rows``, as one number; shape (n,)."""
        cells: NDArray[np.int64] = self._base[rows] + self._council.caseload.phase[rows]
        return cells

    def tallies(self) -> dict[str, NDArray[Any]]:
        """Every tally of :data:`sufficiency.simulation.results.PATHWAY_TALLIES`."""
        caseload, council = self._council.caseload, self._council
        weeks = caseload.plan_week.astype(np.int64) - caseload.request_week
        issued = caseload.plan_week != NEVER
        on_time = issued & (weeks <= STATUTORY_WEEKS)
        in_denominator = issued & ~self._left_out
        decided = caseload.decision_week != NEVER
        soon = decided & (caseload.decision_week - caseload.request_week.astype(np.int64) <= DECISION_WEEKS)
        arrived = (caseload.request_week >= 0) & (caseload.request_week < council.weeks)
        return {
            "requests": self._flow(caseload.request_week, arrived),
            "decisions": self._flow(caseload.decision_week),
            "decisions_within_6_weeks": self._flow(caseload.decision_week, soon),
            "refusals": self._flow(caseload.refusal_week),
            "overturned": self._flow(caseload.overturn_week) + self._flow(caseload.reversal_week),
            "withdrawals": self._flow(caseload.withdrawal_week),
            "not_issued": self._flow(caseload.not_issued_week),
            "plans_issued": self._flow(caseload.plan_week),
            "plans_issued_on_time": self._flow(caseload.plan_week, on_time),
            "plans_in_denominator": self._flow(caseload.plan_week, in_denominator),
            "plans_on_time_in_denominator": self._flow(caseload.plan_week, in_denominator & on_time),
            "plans_with_exceptions_in_denominator": self._flow(caseload.plan_week, issued & ~self._after_dispute),
            "plans_with_exceptions_on_time": self._flow(caseload.plan_week, on_time & ~self._after_dispute),
            "requests_undecided": self._stocks["undecided"],
            "assessments_open": self._stocks["open"],
            "assessments_open_by_age": self._ages,
            "plans_by_weeks": self._by_weeks(weeks),
            "requests_by_ncy": self._by_ncy(caseload.request_week, arrived),
            "assessments_by_ncy": self._assessments_by_ncy(),
            "plans_issued_by_ncy": self._by_ncy(caseload.plan_week),
            "advice_done": self._by_month(self._meeting.done),
            "advice_capacity": self._by_month(self._meeting.capacity),
            "cases_done": self._by_month(self._team.done),
            "cases_capacity": self._by_month(self._team.capacity),
            "drafts_done": self._by_month(self._limited(self._team.written)),
            "drafts_capacity": self._by_month(self._limited(self._team.writers_capacity)),
        }

    def _limited(self, weekly: list[int]) -> list[int]:
        """``weekly`` in the weeks in which writing is limited, 0 in the others: a share of no limit says nothing."""
        return [0 if able >= UNLIMITED else n for n, able in zip(weekly, self._team.writers_capacity, strict=True)]

    @cached_property
    def _after_dispute(self) -> NDArray[np.bool_]:
        """Plans that DfE leaves out of both denominators, by row: those issued after mediation or appeal."""
        caseload = self._council.caseload
        flagged: NDArray[np.bool_] = (caseload.overturn_week != NEVER) | (caseload.reversal_week != NEVER)
        flagged |= self._drawn("plan/after-dispute", self._council.scenario.assessment_team.after_dispute.value)
        return flagged

    @cached_property
    def _left_out(self) -> NDArray[np.bool_]:
        """Plans that DfE leaves out of the denominator without exceptions, by row."""
        team = self._council.scenario.assessment_team
        exception = self._drawn("plan/exception", team.exception.value)
        if team.exception_at_closure and team.exception_at_closure.value > 0:
            closing = np.append(self._closing_weeks, False)
            sought = np.minimum(advice_sought(self._council), self._council.weeks)
            exception |= closing[sought] & self._drawn("plan/closure", team.exception_at_closure.value)
        return exception | self._after_dispute

    def _drawn(self, stream: str, share: float) -> NDArray[np.bool_]:
        """Which rows a share falls on."""
        if share <= 0:
            return np.zeros(len(self._council.caseload), dtype=np.bool_)
        drawn: NDArray[np.bool_] = self._council.uniforms(stream, slice(None)) < share
        return drawn

    @property
    def _closing_weeks(self) -> NDArray[np.bool_]:
        """Weeks in which advice is asked for while schools close for the summer (regulation 10(4)(a)), shape (weeks,)."""
        thursdays = self._council.calendar.thursdays
        months = thursdays.astype("datetime64[M]")
        day = (thursdays - months.astype("datetime64[D]")).astype(np.int64) + 1
        date = (months.astype(np.int64) % 12 + 1) * 100 + day
        (first_month, first_day), (last_month, last_day) = CLOSURE
        closing: NDArray[np.bool_] = (date >= first_month * 100 + first_day) & (date <= last_month * 100 + last_day)
        return closing

    def _flow(self, weeks: NDArray[np.int16], which: NDArray[np.bool_] | None = None) -> NDArray[np.int32]:
        """Events by month, area, need and phase from the week of each row's event (``NEVER`` where there is none)."""
        council, caseload = self._council, self._council.caseload
        happened = weeks < council.weeks
        rows = (happened if which is None else happened & which).nonzero()[0]
        week = weeks[rows]
        phase = caseload.phase_in(rows, council.calendar.academic_years[week])
        cell = council.calendar.month_of_week[week] * self._size + self._base[rows] + phase
        shape = (len(council.calendar.months), *self._cells)
        return np.bincount(cell, minlength=shape[0] * self._size).astype(np.int32).reshape(shape)

    def _by_weeks(self, weeks: NDArray[np.int64]) -> NDArray[np.int32]:
        """Plans by month of issue and whole weeks from request to plan."""
        calendar, caseload = self._council.calendar, self._council.caseload
        rows = (caseload.plan_week < self._council.weeks).nonzero()[0]
        taken = np.clip(weeks[rows], 0, WEEKS_COUNTED)
        shape = (len(calendar.months), WEEKS_COUNTED + 1)
        cell = calendar.month_of_week[caseload.plan_week[rows]] * shape[1] + taken
        return np.bincount(cell, minlength=shape[0] * shape[1]).astype(np.int32).reshape(shape)

    def _assessments_by_ncy(self) -> NDArray[np.int32]:
        """Decisions to assess, at the panel or after an appeal, by month and NCY."""
        caseload = self._council.caseload
        assessed = (caseload.refusal_week == NEVER) & (caseload.withdrawal_week == NEVER)
        return self._by_ncy(caseload.decision_week, assessed) + self._by_ncy(caseload.overturn_week)

    def _by_ncy(self, weeks: NDArray[np.int16], which: NDArray[np.bool_] | None = None) -> NDArray[np.int32]:
        """Events by month and NCY; NCYs beyond the last are counted in it."""
        calendar, caseload = self._council.calendar, self._council.caseload
        happened = weeks < self._council.weeks
        rows = (happened if which is None else happened & which).nonzero()[0]
        ncy = calendar.academic_years[weeks[rows]] - caseload.reception_year[rows]
        shape = (len(calendar.months), NCYS.size)
        cell = calendar.month_of_week[weeks[rows]] * NCYS.size + np.clip(ncy - NCYS[0], 0, NCYS.size - 1)
        return np.bincount(cell, minlength=shape[0] * shape[1]).astype(np.int32).reshape(shape)

    def _by_month(self, weekly: list[int]) -> NDArray[np.int32]:
        calendar = self._council.calendar
        return np.bincount(calendar.month_of_week, weights=weekly, minlength=len(calendar.months)).astype(np.int32)
