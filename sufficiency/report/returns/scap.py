"""Rows of the School Capacity survey's specialist forecast: by planning area, by phase and year, and by NCY."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.calendar import academic_year_label
from sufficiency.domain.dictionaries import PHASES, SCAP_TYPES
from sufficiency.places.scap import NCY_COUNT, NCYS_OF_PHASE, SCAP_PHASES, ScapPupils
from sufficiency.report.returns.bands import Bands, bands
from sufficiency.report.returns.rounding import Positions, controlled, nearest
from sufficiency.report.returns.settings import ReturnSettings

Row = dict[str, Any]
"""A row's values by field of the columns in the settings."""


@dataclass(frozen=True)
class ScapTables:
    """The forecast in whole numbers and with its bands; ``years`` censuses from the base year on."""

    found: ScapPupils
    settings: ReturnSettings
    pupils: NDArray[np.int64]
    """Shape (censuses, 12 NCYs, types): whole numbers that add up to each of the tables' sums."""

    def forecast_years(self, phase: str) -> int:
        """Academic years asked for after the base year."""
        return int(getattr(self.settings.scap, f"{phase}_years"))

    def left_out(self) -> list[str]:
        """Academic years asked for that lie beyond the horizon."""
        longest = max(self.forecast_years(phase) for phase in SCAP_PHASES)
        first = self.found.censuses[0]
        return [academic_year_label(first + i - 1) for i in range(len(self.found.censuses), longest + 1)]

    def areas(self) -> Iterator[Row]:
        """A row a planning area and academic year, for ``scap.csv``."""
        for phase in SCAP_PHASES:
            inside = list(NCYS_OF_PHASE[phase])
            band = bands(self.found.pupils[:, :, inside].sum(axis=2))
            whole = self.pupils[:, inside].sum(axis=1)
            planning = getattr(self.settings.scap.planning_areas, phase)
            for kind, entry in enumerate(SCAP_TYPES):
                labels = {"planning_area": planning[entry.code], "phase": PHASES.label(phase)}
                labels |= {"type": entry.code, "type_label": entry.label}
                for at in self._shown(phase):
                    yield {**labels, **self._year(at), "pupils": int(whole[at, kind]), **band.at(at, kind)}

    def by_year(self) -> Iterator[Row]:
        """A row an academic year and phase, in the shape in which DfE publishes them, for ``scap-by-year.csv``."""
        authority = self.settings.authority
        place = {"geographic_level": "Local authority", "new_la_code": authority.code}
        place |= {"old_la_code": authority.number, "la_name": authority.name}
        for phase in ("total", *SCAP_PHASES):
            phases = SCAP_PHASES if phase == "total" else (phase,)
            inside = [ncy for name in phases for ncy in NCYS_OF_PHASE[name]]
            band = bands(self.found.pupils[:, :, inside].sum(axis=(2, 3)))
            wait = bands(self.found.waiting[..., [SCAP_PHASES.index(name) for name in phases]].sum(axis=2))
            whole = self.pupils[:, inside].sum(axis=(1, 2))
            for at in sorted(set.intersection(*(set(self._shown(name)) for name in phases))):
                waiting = {f"waiting_{name}": value for name, value in wait.at(at).items()}
                row = {**place, **self._year(at), "education_phase": phase.capitalize(), "pupils": int(whole[at])}
                yield {**row, **band.at(at), **waiting}

    def by_ncy(self) -> Iterator[Row]:
        """A row a type and academic year with a column an NCY, for ``scap-by-ncy.csv``; empty where nothing is asked for."""
        longest = max((self._shown(phase) for phase in SCAP_PHASES), key=len)
        for kind, entry in enumerate(SCAP_TYPES):
            for at in longest:
                row: Row = {**self._year(at), "type": entry.code, "type_label": entry.label}
                for phase in SCAP_PHASES:
                    asked = at in self._shown(phase)
                    inside = self.pupils[at, list(NCYS_OF_PHASE[phase]), kind]
                    row |= {f"ncy_{n}": int(v) if asked else "" for n, v in zip(NCYS_OF_PHASE[phase], inside, strict=True)}
                    row[phase] = int(inside.sum()) if asked else ""
                yield row

    def _shown(self, phase: str) -> range:
        return range(min(self.forecast_years(phase) + 1, len(self.found.censuses)))

    def _year(self, at: int) -> Row:
        census = self.found.censuses[at]
        status = ("actual" if self.found.base_is_opening else "simulated") if at == 0 else "forecast"
        return {
            "academic_year": academic_year_label(census - 1),
            "time_period": f"{census - 1}{census % 100:02d}",
            "census": census,
            "status": status,
        }

    def total(self, phase: str) -> Bands:
        """Children in specialist places of a phase on each census, all types."""
        return bands(self.found.pupils[:, :, list(NCYS_OF_PHASE[phase])].sum(axis=(2, 3)))


def scap_tables(found: ScapPupils, settings: ReturnSettings) -> ScapTables:
    """The tables of ``found``, rounded together so that NCYs, types, phases and totals of a year add up in all three files."""
    mean = found.pupils.mean(axis=0)
    whole = [controlled(year.ravel(), _sums(), total=nearest(year.sum())).reshape(year.shape) for year in mean]
    return ScapTables(found, settings, np.array(whole))


def _sums() -> list[Positions]:
    """Positions of the sums of a year's cells (NCYs, types): each NCY, phase and type, and each type within a phase."""
    grid = np.arange(NCY_COUNT * len(SCAP_TYPES)).reshape(NCY_COUNT, len(SCAP_TYPES))
    phases = [grid[list(NCYS_OF_PHASE[phase])] for phase in SCAP_PHASES]
    return [*grid, *grid.T, *(phase.ravel() for phase in phases), *(kind for phase in phases for kind in phase.T)]
