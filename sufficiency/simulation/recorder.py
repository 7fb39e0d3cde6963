"""The recorder: counts at month end, on the January census and over the financial year."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEEDS, PHASES, SETTINGS
from sufficiency.simulation.agenda import CELL
from sufficiency.simulation.arrivals import NCYS
from sufficiency.simulation.caseload import HAS_PLAN, Rows, S
from sufficiency.simulation.council import Changes, Council
from sufficiency.simulation.estate import Estate
from sufficiency.simulation.pathway_recorder import PathwayRecorder
from sufficiency.simulation.placement_recorder import PlacementRecorder
from sufficiency.simulation.placements import PlacementPanel

_SPECIALIST = np.zeros(len(SETTINGS), dtype=np.bool_)
_SPECIALIST[[S["resourced"], S["special"], S["independent"]]] = True


class Recorder:
    """Counts stocks as the clock runs and flows, from the rows and the ledger, when it has stopped."""

    def __init__(
        self,
        council: Council,
        pathway: PathwayRecorder,
        placements: PlacementPanel,
        estate: Estate,
        vacancies: NDArray[np.float64],
    ) -> None:
        self._council, self._pathway, self._placements, self._estate = council, pathway, placements, estate
        self._vacancies = vacancies
        self._placing = PlacementRecorder(council, placements, estate)
        calendar = council.calendar
        self._cells = (len(council.scenario.areas), len(NEEDS), len(PHASES))
        # A census at the opening is counted before the clock starts; a later one at the end of the week before it.
        self._censuses = {week - 1: i for i, week in enumerate(calendar.census_weeks)}
        self._month_ending = {week: month for month, week in enumerate(pathway.month_ends.tolist())}
        self._waiting_by_month = np.zeros((len(calendar.months), *self._cells), dtype=np.int32)
        count = len(calendar.census_years)
        self._caseload = np.zeros((count, *self._cells, len(SETTINGS)), dtype=np.int32)
        self._by_ncy = np.zeros((count, len(NEEDS), NCYS.size, len(SETTINGS)), dtype=np.int32)
        self._waiting = np.zeros((count, *self._cells), dtype=np.int32)
        self._need = np.zeros((count, *self._cells), dtype=np.int32)
        self._places = np.zeros((count, *self._cells))

    def step(self, week: int) -> None:
        """Count the stocks at the end of ``week`` (-1 is before the clock starts)."""
        month = self._month_ending.get(week)
        if month is not None:
            self._waiting_by_month[month] = self._by_cell(self._placements.list.without_a_place())
        if week in self._censuses:
            self._count_census(self._censuses[week])

    def _count_census(self, census: int) -> None:
        caseload = self._council.caseload
        rows = np.flatnonzero(caseload.state == HAS_PLAN)
        setting = caseload.setting[rows]
        by_setting = self._pathway.cells_of(rows) * len(SETTINGS) + setting
        by_ncy = caseload.need[rows].astype(np.int64) * (NCYS.size * len(SETTINGS)) + CELL[caseload.ncy[rows].view(np.uint8)]
        by_ncy += setting
        self._by_ncy[census] = np.bincount(by_ncy, minlength=self._by_ncy[0].size).reshape(self._by_ncy.shape[1:])
        shape = (*self._cells, len(SETTINGS))
        self._caseload[census] = np.bincount(by_setting, minlength=int(np.prod(shape))).reshape(shape)
        waiting = self._placements.list.without_a_place()
        self._waiting[census] = self._by_cell(waiting)
        self._need[census] = self._by_cell(rows[_SPECIALIST[setting] | caseload.waiting[rows]])
        self._placing.count_census(census, waiting)
        placed = np.flatnonzero(caseload.provision >= 0)
        area = self._estate.area[caseload.provision[placed]].astype(np.int64)
        cell = (area * len(NEEDS) + caseload.need[placed]) * len(PHASES) + caseload.phase[placed]
        places = np.bincount(cell, minlength=int(np.prod(self._cells))).reshape(self._cells).astype(np.float64)
        empty = self._vacancies * self._estate.vacancies[:, None, None]
        for position in range(self._cells[0]):
            places[position] += empty[self._estate.area == position].sum(axis=0)
        self._places[census] = places

    def _by_cell(self, rows: Rows) -> NDArray[np.int64]:
        return self._pathway.by_cell(rows)

    def tallies(self) -> dict[str, NDArray[Any]]:
        """Every tally of :data:`sufficiency.simulation.results.TALLIES`."""
        return {
            **self._pathway.tallies(),
            "waiting_by_month": self._waiting_by_month,
            "caseload": self._caseload,
            "caseload_by_ncy": self._by_ncy,
            **self._changes(),
            "waiting": self._waiting,
            "need": self._need,
            "places": self._places,
            **self._placing.tallies(self._entries),
            "pupil_years": self._pupil_years(),
            "place_years": self._place_years(),
            "commitment_opened": self._commitment(),
        }

    def _changes(self) -> dict[str, NDArray[np.int32]]:
        """Joiners, leavers and movers between censuses, by area, need and setting; those after the last are left out."""
        week, rows, before, after = self._entries
        edges = np.array(self._council.calendar.census_weeks)
        # A table of every change from where to where, the first row and column of which are outside the caseload.
        shape = (len(edges) + 1, self._cells[0], len(NEEDS), len(SETTINGS) + 1, len(SETTINGS) + 1)
        interval = edges.searchsorted(np.arange(self._council.weeks), side="right")
        cell = self._cell_of[rows] + (shape[1] * shape[2]) * interval[week]
        cell *= shape[3] * shape[4]
        cell += (before + 1) * shape[4] + (after + 1)
        table = np.bincount(cell, minlength=int(np.prod(shape))).astype(np.int32).reshape(shape)[:-1]
        stayed = np.arange(1, shape[3])
        table[..., stayed, stayed] = 0
        within = table[..., 1:, 1:]
        return {
            "joiners": table[..., 0, 1:].copy(),
            "leavers": table[..., 1:, 0].copy(),
            "movers_in": within.sum(axis=-2, dtype=np.int32),
            "movers_out": within.sum(axis=-1, dtype=np.int32),
        }

    @cached_property
    def _cell_of(self) -> Rows:
        """Area and need of every row as one number."""
        caseload = self._council.caseload
        cells: Rows = caseload.area.astype(np.int64) * len(NEEDS) + caseload.need
        return cells

    @cached_property
    def _entries(self) -> Changes:
        return self._council.ledger.entries()

    def _pupil_years(self) -> NDArray[np.float64]:
        """Mean over the weeks of each whole financial year of plans by need and setting."""
        week, rows, before, after = self._entries
        calendar, width = self._council.calendar, len(NEEDS) * len(SETTINGS)
        # The first column of settings is outside the caseload.
        shape = (self._council.weeks, len(NEEDS), len(SETTINGS) + 1)
        cell = (week * shape[1] + self._council.caseload.need[rows]) * shape[2] + 1
        size = int(np.prod(shape))
        change = np.bincount(cell + after, minlength=size) - np.bincount(cell + before, minlength=size)
        change = change.reshape(shape)[:, :, 1:]
        opening = self._opening.reshape(1, width)
        stock = np.cumsum(change.reshape(self._council.weeks, width), axis=0) + opening
        years = [stock[calendar.financial_years == y].mean(axis=0) for y in calendar.whole_financial_years]
        return np.array(years).reshape(len(years), len(NEEDS), len(SETTINGS))

    def remember_opening(self) -> None:
        """Keep the opening stock by need and setting, from which the ledger's changes start."""
        caseload = self._council.caseload
        rows = np.flatnonzero(caseload.state == HAS_PLAN)
        cell = caseload.need[rows].astype(np.int64) * len(SETTINGS) + caseload.setting[rows]
        self._opening = np.bincount(cell, minlength=len(NEEDS) * len(SETTINGS))

    def _place_years(self) -> NDArray[np.float64]:
        """Mean over the weeks of each whole financial year of commissioned places, by setting."""
        calendar = self._council.calendar
        weeks = np.arange(self._council.weeks)
        is_open = (self._estate.opens <= weeks[:, None]) & (weeks[:, None] < self._estate.closes)
        places = np.zeros((self._council.weeks, len(SETTINGS)))
        for setting in np.unique(self._estate.setting):
            here = self._estate.setting == setting
            places[:, setting] = is_open[:, here] @ self._estate.commissioned[here]
        years = [places[calendar.financial_years == y].mean(axis=0) for y in calendar.whole_financial_years]
        return np.array(years).reshape(len(years), len(SETTINGS))

    def _commitment(self) -> NDArray[np.int32]:
        """Places opened since the commitment's first day, by the end of each month."""
        delivered = self._council.scenario.commitment.delivered.value
        counts, estate = self._estate.counts, self._estate
        opened = (estate.opens[counts] <= self._pathway.month_ends[:, None]) @ estate.commissioned[counts]
        return (delivered + opened).astype(np.int32)
