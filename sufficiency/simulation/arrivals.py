"""Requests for assessment over the whole horizon: how many, from whom, in which week.

Requests a week in a cell of area and need are Poisson with mean

    base-year requests x share of area x share of need x season x level x policy x sum over NCY of share x population ratio.

The level is ``exp`` of a path drawn once a future: mean growth and drift every year, plus the national shock, plus the
authority's own walk, plus noise that lasts one year. Counts are inverted from one uniform a cell and week, so that under common
random numbers more demand adds requests and changes none of those already there.
"""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.calendar import Calendar
from sufficiency.domain.dictionaries import FIRST_NCY, LAST_NCY, NEEDS
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.caseload import NO_SETTING, NOT_YET, Caseload
from sufficiency.simulation.effects import multiplier
from sufficiency.simulation.streams import Keys, Streams, keys_of, mixed

NCYS = np.arange(FIRST_NCY, LAST_NCY + 1)
_NORMAL = NormalDist()
_LARGEST_MEAN = 600.0
"""Means above this are refused: the Poisson inversion below would underflow."""


def growth_path(scenario: Scenario, streams: Streams) -> dict[int, float]:
    """Logarithm of the request level by calendar year, 0 in the base year (the last whole year before the start)."""
    demand = scenario.demand
    known = demand.known_growth.value if demand.known_growth else {}
    base = scenario.calendar.monday.year - (scenario.calendar.monday.month < 12)
    drift = demand.drift.value * _normal(streams, "growth/drift")
    path, level = {base: 0.0}, 0.0
    for year in range(base + 1, int(scenario.calendar.calendar_years[-1]) + 1):
        noise = 0.0
        if str(year) in known:
            level += known[str(year)]
        else:
            level += demand.growth.value + drift
            level += demand.national_shock.value * _normal(streams, f"growth/national/{year}")
            level += demand.authority_walk.value * _normal(streams, f"growth/authority/{year}")
            noise = demand.transitory_noise.value * _normal(streams, f"growth/transitory/{year}")
        path[year] = level + noise
    return path


def population_ratio(scenario: Scenario, academic_years: NDArray[np.int64]) -> NDArray[np.float64]:
    """Children of each NCY in each academic year over those of the base year; shape (academic years, NCYs).

    A birth cohort of academic year b is in Reception in b + 5. The base calendar year is two thirds of one academic year and a
    third of the next. Net migration changes every cohort alike from the base year on.
    """
    births = scenario.population.births.value
    years = sorted(int(y) for y in births)
    sizes = [births[str(y)] for y in years]
    base = scenario.calendar.monday.year - 1 if scenario.calendar.monday.month < 12 else scenario.calendar.monday.year

    def cohort(year: NDArray[np.int64] | int) -> NDArray[np.float64]:
        size: NDArray[np.float64] = np.interp(np.asarray(year)[..., None] - NCYS - 5, years, sizes)
        return size

    migration = (1 + scenario.population.migration.value) ** (academic_years - base + 0.0)
    return migration[:, None] * cohort(academic_years) / (2 / 3 * cohort(base - 1) + 1 / 3 * cohort(base))


@lru_cache(maxsize=64)
def season(calendar: Calendar, weights: tuple[float, ...]) -> NDArray[np.float64]:
    """Share of a calendar year's requests that fall in each week, shape (weeks,); the shares of a whole year sum to 1."""
    weight = np.array(weights)[calendar.month_number - 1]
    total = {}
    for year in np.unique(calendar.calendar_years):
        days = np.arange(np.datetime64(f"{year}-01-01"), np.datetime64(f"{year + 1}-01-01"))
        thursdays = days[(days.astype("datetime64[D]").view("int64") - 0) % 7 == 0]  # 1 January 1970 was a Thursday
        months = thursdays.astype("datetime64[M]").astype(np.int64) % 12
        total[int(year)] = float(np.array(weights)[months].sum())
    share: NDArray[np.float64] = weight / np.array([total[int(y)] for y in calendar.calendar_years])
    return share


def weekly_mean(scenario: Scenario, streams: Streams) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean requests a week over all cells, shape (weeks,), and each NCY's share of them, shape (academic years, NCYs)."""
    calendar = scenario.calendar
    demand = scenario.demand
    path = growth_path(scenario, streams)
    level = np.exp([path[int(y)] for y in calendar.calendar_years])
    years = np.unique(calendar.academic_years)
    shares = np.array([demand.by_ncy.value[str(n)] for n in NCYS])
    by_ncy = shares * population_ratio(scenario, years)
    size = by_ncy.sum(axis=1)
    months = tuple(demand.by_month.value[str(m)] for m in range(1, 13))
    mean = demand.requests_in_base_year.value * season(calendar, months) * level
    mean *= size[calendar.academic_years - years[0]] * multiplier(scenario, "request_rate")
    return mean, by_ncy / size[:, None]


def requests(scenario: Scenario, streams: Streams) -> Caseload:
    """The requests of the horizon, in the order in which they arrive (random within a week)."""
    calendar = scenario.calendar
    mean, by_ncy = weekly_mean(scenario, streams)
    areas, needs = scenario.area_codes, NEEDS.codes
    area_share = np.array([scenario.demand.by_area.value[a] for a in areas])
    need_share = np.array([scenario.demand.by_need.value[n] for n in needs])
    means = area_share[:, None, None] * need_share[None, :, None] * mean
    cells = _cell_keys(areas, calendar.weeks)
    counts = poisson_quantile(streams.uniforms("requests", cells), means)
    flat = counts.ravel()
    cell = np.repeat(np.arange(flat.size), flat)
    ordinal = np.arange(cell.size) - np.repeat(np.cumsum(flat) - flat, flat)
    key = mixed(cells.ravel()[cell] + mixed(ordinal.astype(np.uint64) + np.uint64(1)))
    week = cell % calendar.weeks
    order = np.lexsort((key, week))
    cell, key, week = cell[order], key[order], week[order]
    academic = calendar.academic_years[week]
    ncy = _drawn_ncy(streams.uniforms("request/ncy", key), academic - calendar.academic_years[0], by_ncy)
    return Caseload(
        key=key,
        area=(cell // (calendar.weeks * len(needs))).astype(np.int8),
        need=(cell // calendar.weeks % len(needs)).astype(np.int8),
        reception_year=(academic - ncy).astype(np.int16),
        request_week=week.astype(np.int16),
        setting=np.full(key.size, NO_SETTING, dtype=np.int8),
        state=np.full(key.size, NOT_YET, dtype=np.int8),
        priority=streams.uniforms("request/priority", key) < scenario.demand.priority_share.value,
    )


def poisson_quantile(uniforms: NDArray[np.float64], means: NDArray[np.float64]) -> NDArray[np.int64]:
    """Smallest k with P(Poisson(mean) <= k) > uniform, elementwise; the same shape. Means up to 600."""
    largest = float(means.max(initial=0.0))
    if largest > _LARGEST_MEAN:
        raise ValueError(f"{largest:.0f} requests a week in one cell are more than the model can draw ({_LARGEST_MEAN:.0f})")
    term = np.exp(-means)
    below = term.copy()
    counts = np.zeros(means.shape, dtype=np.int64)
    for k in range(1, int(largest + 12 * np.sqrt(largest) + 24)):
        above = uniforms > below
        if not above.any():
            break
        counts += above
        term *= means / k
        below += term
    return counts


@lru_cache(maxsize=32)
def _cell_keys(areas: tuple[str, ...], weeks: int) -> Keys:
    """Keys of the cells of area, need and week; shape (areas, needs, weeks)."""
    return np.array([[keys_of(f"request/{area}/{need}", weeks) for need in NEEDS.codes] for area in areas])


def _drawn_ncy(u: NDArray[np.float64], year: NDArray[np.int64], shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """NCYs drawn by inversion from the shares of each child's academic year."""
    ncy = np.empty(u.size, dtype=np.int64)
    for position in range(len(shares)):  # academic years, not children
        here = np.flatnonzero(year == position)
        edges = np.cumsum(shares[position])
        ncy[here] = NCYS[np.minimum(np.searchsorted(edges, u[here], side="right"), NCYS.size - 1)]
    return ncy


def _normal(streams: Streams, name: str) -> float:
    return _NORMAL.inv_cdf(streams.uniform(name))


def drawn_areas(scenario: Scenario, shares: dict[str, float], streams: Streams, keys: Keys) -> NDArray[np.int8]:
    """Area of each key: the first to ring of one exponential clock an area, so that the order of areas does not matter."""
    best = np.full(keys.size, np.inf)
    area = np.zeros(keys.size, dtype=np.int8)
    for position, code in enumerate(scenario.area_codes):
        share = shares[code]
        if share <= 0:
            continue
        rings = -np.log(streams.uniforms(f"area/{code}", keys)) / share
        area[rings < best] = position
        best = np.minimum(best, rings)
    return area
