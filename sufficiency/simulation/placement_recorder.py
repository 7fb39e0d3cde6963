"""Counts how children came to places: waits of the whole cohort, places given by home and place, and why others wait."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEEDS, SETTINGS
from sufficiency.simulation.caseload import OUT_OF_AREA, Rows, S
from sufficiency.simulation.council import NOBODY, Changes, Council, sizes_of, strung
from sufficiency.simulation.estate import Estate
from sufficiency.simulation.opening import WEEKS_A_YEAR
from sufficiency.simulation.placements import PlacementPanel
from sufficiency.simulation.results import MONTHS_COUNTED, ROUTES, UNPLACED_REASONS, WAIT_OUTCOMES
from sufficiency.simulation.waiting_list import STILL_WAITING

_AFTER_16 = 12
"""First NCY after compulsory school age."""


class PlacementRecorder:
    """Counts on each census why those wait who wait, and at the end the waits and places of each academic year."""

    def __init__(self, council: Council, placements: PlacementPanel, estate: Estate) -> None:
        self._council, self._placements, self._estate = council, placements, estate
        years = council.calendar.census_years
        self._first_year, self._years = (years[0] - 1 if years else 0), len(years)
        self._reasons = np.zeros((self._years, len(NEEDS), len(UNPLACED_REASONS)), dtype=np.int32)
        self._out_of_area = np.zeros((self._years, len(NEEDS)), dtype=np.int32)

    def count_census(self, census: int, waiting: Rows) -> None:
        """Count why ``waiting`` have no place, and who holds one out of the area."""
        caseload, kind = self._council.caseload, self._placements.class_of[waiting]
        everywhere = self._placements.offers.everywhere
        open_now = sum(1 << int(provision) for provision in np.flatnonzero(self._estate.number > 0))
        offered = np.zeros(waiting.size, dtype=np.bool_)
        for preferences in self._placements.offers.rounds:
            offered[preferences.able(kind, open_now)] = True
        admitted = np.zeros(waiting.size, dtype=np.bool_)
        admitted[everywhere.able(kind, open_now)] = True
        reason = np.where(offered, 0, np.where(admitted, 1, 2))
        cell = caseload.need[waiting].astype(np.int64) * len(UNPLACED_REASONS) + reason
        self._reasons[census] = np.bincount(cell, minlength=self._reasons[0].size).reshape(self._reasons.shape[1:])
        away = (caseload.provision == OUT_OF_AREA).nonzero()[0]
        self._out_of_area[census] = np.bincount(caseload.need[away], minlength=len(NEEDS))

    def tallies(self, changes: Changes) -> dict[str, NDArray[Any]]:
        """The tallies of placement; ``changes`` are the ledger's."""
        return {
            "waits": self._waits(),
            "placed": self._placed(),
            "unplaced_reason": self._reasons,
            "out_of_area": self._out_of_area,
            "to_elsewhere": self._to_elsewhere(changes),
        }

    def _year_of(self, weeks: NDArray[np.integer]) -> NDArray[np.int64]:
        """Position of the academic year of each of ``weeks``."""
        calendar = self._council.calendar
        return np.asarray(calendar.academic_years[weeks] - self._first_year, dtype=np.int64)

    def _waits(self) -> NDArray[np.int32]:
        """Waits that began since the clock started, by academic year of their beginning, need, outcome and whole months."""
        council, caseload = self._council, self._council.caseload
        still = self._placements.list.without_a_place()
        batches = [*council.waits, (council.weeks, STILL_WAITING, still, caseload.wait_since[still])]
        weeks, outcomes, rows, since = zip(*batches, strict=True)
        sizes = sizes_of(rows)
        ended, outcome = np.repeat(np.array(weeks), sizes), np.repeat(np.array(outcomes), sizes)
        row, began = strung(rows, np.int64, ended.size), strung(since, np.int16, ended.size)
        known = began >= 0
        ended, outcome, row, began = ended[known], outcome[known], row[known], began[known]
        months = np.minimum((ended - began) * 12 // WEEKS_A_YEAR, MONTHS_COUNTED).astype(np.int64)
        year = self._year_of(began)
        shape = (self._years, len(NEEDS), len(WAIT_OUTCOMES), MONTHS_COUNTED + 1)
        cell = ((year * shape[1] + caseload.need[row]) * shape[2] + outcome) * shape[3] + months
        return self._counted(cell[(year >= 0) & (year < self._years)], shape)

    def _placed(self) -> NDArray[np.int32]:
        """Places given, by academic year, area of home, area of the place, and its setting."""
        areas = len(self._council.scenario.areas)
        shape = (self._years, areas, areas, len(SETTINGS))
        weeks, rows, provisions = zip(*self._council.placed, strict=True) if self._council.placed else ((), (), ())
        year = self._year_of(np.repeat(np.array(weeks, dtype=np.int64), sizes_of(rows)))
        row, provision = strung(rows, np.int64, year.size), strung(provisions, np.int64, year.size)
        home, place = self._council.caseload.area[row].astype(np.int64), self._estate.area[provision]
        cell = ((year * areas + home) * areas + place) * shape[3] + self._estate.setting[provision]
        return self._counted(cell[(year >= 0) & (year < self._years)], shape)

    def _to_elsewhere(self, changes: Changes) -> NDArray[np.int32]:
        """Who came to be educated elsewhere or not at all, by academic year and route."""
        council = self._council
        week, row, before, after = changes
        moved = (after == S["elsewhere"]) & (before >= 0) & (before != S["elsewhere"])
        week, row, before = week[moved], row[moved], before[moved]
        route = np.where(before == S["further_education"], ROUTES.index("not_in_education"), self._from_school(week, row))
        counts = self._by_year(week, route)
        # Those who fell out of school while they waited are among those from school so far.
        batches = council.out_of_school
        week = np.concatenate((NOBODY, *(np.full(rows.size, at) for at, rows in batches)))
        row = np.concatenate((NOBODY, *(rows for _, rows in batches)))
        counts -= self._by_year(week, self._from_school(week, row))
        counts += self._by_year(week, np.full(week.size, ROUTES.index("out_of_school")))
        return counts

    def _from_school(self, week: NDArray[np.int64], row: Rows) -> NDArray[np.int64]:
        """The route of those who leave a school in given weeks, by their NCY."""
        ncy = self._council.calendar.academic_years[week] - self._council.caseload.reception_year[row]
        return np.where(ncy < _AFTER_16, ROUTES.index("home_educated"), ROUTES.index("after_16"))

    def _by_year(self, weeks: NDArray[np.int64], route: NDArray[np.int64]) -> NDArray[np.int32]:
        year = self._year_of(weeks)
        cell = year * len(ROUTES) + route
        return self._counted(cell[(year >= 0) & (year < self._years)], (self._years, len(ROUTES)))

    @staticmethod
    def _counted(cells: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.int32]:
        return np.bincount(cells, minlength=int(np.prod(shape))).astype(np.int32).reshape(shape)
