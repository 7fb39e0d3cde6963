"""Children by area, year and age: birth cohorts that grow up, or a projection."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import FIRST_NCY, LAST_NCY
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.tables import AGE_BANDS

NCYS = np.arange(FIRST_NCY, LAST_NCY + 1)
Children = NDArray[np.float64]
"""Children, or a ratio of them, of shape (areas or 1, academic years, NCYs); one row stands for every area alike."""
_BAND_OF = {int(n): band for band, (low, high) in AGE_BANDS.items() for n in range(low, high + 1)}


def children(scenario: Scenario, academic_years: NDArray[np.int64]) -> tuple[Children, Children]:
    """Children in each of the academic years, and in the base calendar year (one year long).

    A birth cohort of academic year b is in Reception in b + 5. The base calendar year is two thirds of one academic year and a
    third of the next. Net migration changes every cohort alike from the base year on; a projection has it already.
    """
    population = scenario.population
    base = base_academic_year(scenario)
    around_base = np.array([base - 1, base])
    if population.projection:
        by_area = population.projection.value
        tables = [by_area[area] for area in scenario.area_codes]
        now, then = (np.stack([_projected(table, years) for table in tables]) for years in (academic_years, around_base))
    else:
        now, then = _cohorts(scenario, academic_years), _cohorts(scenario, around_base)
        migration = (1 + population.migration.value) ** (academic_years - base + 0.0)
        now = migration[None, :, None] * now
    return now, (2 / 3 * then[:, 0] + 1 / 3 * then[:, 1])[:, None]


def population_ratio(scenario: Scenario, academic_years: NDArray[np.int64]) -> NDArray[np.float64]:
    """Children of each NCY of the whole city in each academic year over those of the base year; shape (academic years, NCYs)."""
    now, base = (count.sum(axis=0) for count in children(scenario, academic_years))
    ratio: NDArray[np.float64] = now / base
    return ratio


def base_academic_year(scenario: Scenario) -> int:
    """The academic year that begins in the base calendar year."""
    monday = scenario.calendar.monday
    return monday.year - 1 if monday.month < 12 else monday.year


def _cohorts(scenario: Scenario, academic_years: NDArray[np.int64]) -> Children:
    """Births of the cohorts that are in each NCY in each academic year."""
    born = academic_years[:, None] - NCYS - 5
    births = _interpolated(scenario.population.births.value, born)
    by_area = scenario.population.births_by_area
    if by_area is None:
        return births[None]
    shares = np.stack([
        _interpolated({year: row[area] for year, row in by_area.value.items()}, born) for area in scenario.area_codes
    ])  # fmt: skip
    parts: Children = births * shares / shares.sum(axis=0)
    return parts


def _projected(groups: dict[str, dict[str, float]], academic_years: NDArray[np.int64]) -> NDArray[np.float64]:
    """Children of one area by academic year and NCY; a band's are spread evenly over its years of age."""
    columns = []
    for ncy in NCYS.tolist():
        if str(ncy) in groups:
            columns.append(_interpolated(groups[str(ncy)], academic_years))
        else:
            band = _BAND_OF[ncy]
            low, high = AGE_BANDS[band]
            columns.append(_interpolated(groups[band], academic_years) / (high - low + 1))
    return np.stack(columns, axis=-1)


def _interpolated(table: dict[str, float], years: NDArray[np.int64]) -> NDArray[np.float64]:
    """The table's values at ``years``, straight lines between its own and flat beyond; the same shape."""
    known = sorted(int(year) for year in table)
    found: NDArray[np.float64] = np.interp(years, known, [table[str(year)] for year in known])
    return found
