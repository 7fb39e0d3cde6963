"""Counts the assessment pathway when the clock has stopped: flows and stocks at month end, from the children's own dates."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEEDS, PHASE_STARTS, PHASES
from sufficiency.simulation.advice import advice_sought
from sufficiency.simulation.arrivals import NCYS
from sufficiency.simulation.assessments import UNLIMITED
from sufficiency.simulation.caseload import NEVER, STATUTORY_WEEKS, Rows
from sufficiency.simulation.results import WEEKS_COUNTED
from sufficiency.simulation.services import Pathway

DECISION_WEEKS = 6
"""A decision whether to assess is due within 6 weeks of the request (SEND Regulations 2014, regulation 5)."""
CLOSURE = ((7, 14), (8, 25))
"""From a week before the summer closure to a week before re-opening (month, day): advice asked for in it may be excepted."""


class PathwayRecorder:
    """Counts requests, decisions, assessments and plans, all from the weeks in which they happened to each child."""

    def __init__(self, services: Pathway) -> None:
        self._council, self._services = services.council, services
        self._cells = (len(self._council.scenario.areas), len(NEEDS), len(PHASES))
        months = self._council.calendar.month_of_week
        self.month_ends = np.searchsorted(months, np.arange(len(self._council.calendar.months)), side="right") - 1
        """The last week of each month."""
        self._year_of_month = self._council.calendar.academic_years[self.month_ends]
        caseload = self._council.caseload
        self._base = (caseload.area.astype(np.int64) * len(NEEDS) + caseload.need) * len(PHASES)
        self._size = int(np.prod(self._cells))

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
            **self._flows(caseload.decision_week, {"decisions": None, "decisions_within_6_weeks": soon}),
            "refusals": self._flow(caseload.refusal_week),
            "overturned": self._flow(caseload.overturn_week) + self._flow(caseload.reversal_week),
            "withdrawals": self._flow(caseload.withdrawal_week),
            "not_issued": self._flow(caseload.not_issued_week),
            **self._flows(
                caseload.plan_week,
                {
                    "plans_issued": None,
                    "plans_issued_on_time": on_time,
                    "plans_in_denominator": in_denominator,
                    "plans_on_time_in_denominator": in_denominator & on_time,
                    "plans_with_exceptions_in_denominator": issued & ~self._after_dispute,
                    "plans_with_exceptions_on_time": on_time & ~self._after_dispute,
                },
            ),
            "requests_undecided": self._undecided(),
            **self._open(),
            "plans_by_weeks": self._by_weeks(weeks),
            "requests_by_ncy": self._by_ncy(caseload.request_week, arrived),
            "assessments_by_ncy": self._assessments_by_ncy(),
            "plans_issued_by_ncy": self._by_ncy(caseload.plan_week),
            "advice_done": self._by_month(self._services.meeting.done),
            "advice_capacity": self._by_month(self._services.meeting.capacity),
            "cases_done": self._by_month(self._services.team.done),
            "cases_capacity": self._by_month(self._services.team.capacity),
            "drafts_done": self._by_month(self._limited(self._services.team.written)),
            "drafts_capacity": self._by_month(self._limited(self._services.team.writers_capacity)),
        }

    def _undecided(self) -> NDArray[np.int32]:
        """Requests that await a decision at the end of each month, by area, need and phase."""
        at_end = [self._services.panel.undecided(week) for week in self.month_ends.tolist()]
        rows, months = np.concatenate(at_end), np.repeat(np.arange(len(at_end)), [rows.size for rows in at_end])
        cells: Rows = months * self._size + self._base[rows]
        cells += self._council.caseload.phase_in(rows, self._year_of_month[months])
        return self._counted(cells)

    def _open(self) -> dict[str, NDArray[np.int32]]:
        """Assessments open at the end of each month, by area, need and phase and by weeks since the request."""
        caseload, under_way, panel = self._council.caseload, self._services.under_way, self._services.panel
        rows = np.concatenate((under_way, panel.accepted))
        began = np.concatenate((np.full(under_way.size, -1), panel.accepted_in))
        ended = np.minimum(caseload.plan_week[rows], caseload.not_issued_week[rows])
        # The first month at whose end the assessment is open, and the first at whose end it is so no more.
        first, last = self.month_ends.searchsorted(began), self.month_ends.searchsorted(ended)
        seen = first < last
        rows, first, last = rows[seen], first[seen], last[seen]
        return {
            "assessments_open": self._open_by_cell(rows, first, last),
            "assessments_open_by_age": self._ages(rows, first, last),
        }

    def _open_by_cell(self, rows: Rows, first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.int32]:
        """Those open from month ``first`` up to ``last``, by month, area, need and phase: who comes less who goes."""
        caseload, years = self._council.caseload, self._year_of_month
        come = [first * self._size + self._base[rows] + caseload.phase_in(rows, years[first])]
        go = [last * self._size + self._base[rows] + caseload.phase_in(rows, years[last - 1])]
        for phase, start in enumerate(PHASE_STARTS):  # who enters a phase meanwhile goes out of the one before
            turns = years.searchsorted(caseload.reception_year[rows] + start)
            changing = (first < turns) & (turns < last)
            cell = turns[changing] * self._size + self._base[rows[changing]]
            go.append(cell + phase)
            come.append(cell + phase + 1)
        shape = (len(years) + 1, *self._cells)
        count = np.bincount(np.concatenate(come), minlength=shape[0] * self._size)
        count -= np.bincount(np.concatenate(go), minlength=shape[0] * self._size)
        return np.cumsum(count.reshape(shape), axis=0, dtype=np.int32)[:-1]

    def _ages(self, rows: Rows, first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.int32]:
        """Those open from month ``first`` up to ``last``, by month and weeks since the request at its end."""
        asked = self._council.caseload.request_week[rows].astype(np.int64)
        oldest = int(asked.min(initial=0))
        shape = (len(self.month_ends) + 1, self._council.weeks - oldest)
        change = np.bincount(first * shape[1] + asked - oldest, minlength=shape[0] * shape[1])
        change -= np.bincount(last * shape[1] + asked - oldest, minlength=shape[0] * shape[1])
        by_request = np.cumsum(change.reshape(shape), axis=0, dtype=np.int32)
        ages = np.zeros((len(self.month_ends), WEEKS_COUNTED + 1), dtype=np.int32)
        for month, week in enumerate(self.month_ends.tolist()):
            by_age = by_request[month, week - oldest :: -1]  # asked this week, last week, and so on
            counted = min(by_age.size, WEEKS_COUNTED)
            ages[month, :counted] = by_age[:counted]
            ages[month, WEEKS_COUNTED] = by_age[counted:].sum()
        return ages

    def _limited(self, weekly: list[int]) -> list[int]:
        """``weekly`` in the weeks in which writing is limited, 0 in the others: a share of no limit says nothing."""
        return [0 if able >= UNLIMITED else n for n, able in zip(weekly, self._services.team.writers_capacity, strict=True)]

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
        happened = weeks < self._council.weeks
        rows = (happened if which is None else happened & which).nonzero()[0]
        return self._counted(self._cells_at(weeks, rows))

    def _flows(self, weeks: NDArray[np.int16], sorts: dict[str, NDArray[np.bool_] | None]) -> dict[str, NDArray[np.int32]]:
        """The same for several sorts of one event, each given by its rows (None: all)."""
        rows = (weeks < self._council.weeks).nonzero()[0]
        cells = self._cells_at(weeks, rows)
        return {name: self._counted(cells if which is None else cells[which[rows]]) for name, which in sorts.items()}

    def _cells_at(self, weeks: NDArray[np.int16], rows: Rows) -> Rows:
        """Month, area, need and phase of the event of each of ``rows``, as one number."""
        calendar, week = self._council.calendar, weeks[rows]
        cells: Rows = calendar.month_of_week[week] * self._size + self._base[rows]
        cells += self._council.caseload.phase_in(rows, calendar.academic_years[week])
        return cells

    def _counted(self, cells: Rows) -> NDArray[np.int32]:
        shape = (len(self.month_ends), *self._cells)
        return np.bincount(cells, minlength=shape[0] * self._size).astype(np.int32).reshape(shape)

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
