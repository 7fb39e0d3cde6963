"""Requests for assessment over the whole horizon: how many, from whom, in which week.

Requests a week in a cell of area and need are Poisson with the mean of :mod:`sufficiency.simulation.demand`. Counts are inverted
from one uniform a cell and week, so that under common random numbers more demand adds requests and changes none of those already
there. A policy that reaches some phases only has counts of its own for each of them: a child of the cell comes if its ordinal is
within its phase's count, so that children of other phases stay as they were and each phase's number is Poisson still.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.scenario.demand import AlternativePupils
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.caseload import NO_SETTING, NOT_YET, Caseload, Rows, phase_of
from sufficiency.simulation.demand import Expected, expected
from sufficiency.simulation.demand import growth_path as growth_path
from sufficiency.simulation.demand import season as season
from sufficiency.simulation.demand import weekly_mean as weekly_mean
from sufficiency.simulation.known_requests import known_requests, known_weeks
from sufficiency.simulation.population import NCYS as NCYS
from sufficiency.simulation.population import population_ratio as population_ratio
from sufficiency.simulation.streams import Keys, Streams, keys_of, mixed

_LARGEST_MEAN = 600.0
"""Means above this are refused: the Poisson inversion below would underflow."""

_WEEK_BITS, _KEY_BITS = np.uint64(52), np.uint64(12)


def requests(scenario: Scenario, streams: Streams) -> Caseload:
    """The requests of the horizon, in the order in which they arrive (random within a week)."""
    calendar = scenario.calendar
    demand = expected(scenario, streams)
    shape = demand.cells.shape
    if scenario.demand.known_requests:
        demand = demand.without(known_weeks(scenario))
    parts = [_asking(streams, demand, _cell_keys("request", scenario.area_codes, calendar.weeks))]
    if demand.register.any():
        parts.append(_named(streams, demand, _cell_keys("register", scenario.area_codes, calendar.weeks)))
    if (alternative := scenario.demand.alternative) and demand.alternative.any():
        parts.append(_leaving_alternative(scenario, alternative, streams, demand))
    if scenario.demand.known_requests:
        parts.append(_known(scenario, streams, demand))
    cell, key, ncy = parts[0] if len(parts) == 1 else (np.concatenate(columns) for columns in zip(*parts, strict=True))
    week = cell % shape[2]
    # By week and, within it, by the key's first 52 bits: one number sorts in half the time of two.
    order = np.argsort((week.astype(np.uint64) << _WEEK_BITS) | (key >> _KEY_BITS))
    cell, key, ncy, week = cell[order], key[order], ncy[order], week[order]
    return Caseload(
        key=key,
        area=(cell // (shape[1] * shape[2])).astype(np.int8),
        need=(cell // shape[2] % shape[1]).astype(np.int8),
        reception_year=(calendar.academic_years[week] - ncy).astype(np.int16),
        request_week=week.astype(np.int16),
        setting=np.full(key.size, NO_SETTING, dtype=np.int8),
        state=np.full(key.size, NOT_YET, dtype=np.int8),
        priority=goes_first(scenario, streams, key, ncy),
    )


def goes_first(scenario: Scenario, streams: Streams, keys: Keys, ncy: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Whose cases the allocation meeting takes first, shape (n,): some of all, and some of those about to change phase."""
    first: NDArray[np.bool_] = streams.uniforms("request/priority", keys) < scenario.demand.priority_share.value
    by_ncy = scenario.assessment_team.priority_by_ncy
    if by_ncy:
        share = np.array([by_ncy.value.get(str(n), 0.0) for n in NCYS])
        first |= streams.uniforms("request/priority-by-ncy", keys) < share[np.clip(ncy - NCYS[0], 0, NCYS.size - 1)]
    return first


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


def _asking(streams: Streams, demand: Expected, cells: Keys) -> tuple[Rows, Keys, Rows]:
    """Cell, key and NCY of the children for whom an assessment is asked, register apart."""
    uniforms = streams.uniforms("requests", cells)
    if demand.in_part is None or demand.in_part.shape[2] == 1:
        means = demand.cells if demand.in_part is None else demand.cells * demand.in_part[:, :, 0]
        cell, _, key = _children(poisson_quantile(uniforms, means), cells)
        return cell, key, _drawn_ncy(streams, demand, cell, key)
    factors = demand.in_part
    counts: list[NDArray[np.int64]] = []
    for phase in range(factors.shape[2]):  # phases, not children
        alike = next((p for p in range(phase) if (factors[:, :, p] == factors[:, :, phase]).all()), None)
        counts.append(counts[alike] if alike is not None else poisson_quantile(uniforms, demand.cells * factors[:, :, phase]))
    by_phase = np.stack(counts)
    cell, ordinal, key = _children(by_phase.max(axis=0), cells)
    ncy = _drawn_ncy(streams, demand, cell, key)
    comes = ordinal < by_phase.reshape(len(counts), -1)[phase_of(ncy), cell]
    return cell[comes], key[comes], ncy[comes]


def _named(streams: Streams, demand: Expected, cells: Keys) -> tuple[Rows, Keys, Rows]:
    """Cell, key and NCY of the children whose name on the register has become a request: of the make-up of all requests."""
    by_year = demand.by_age.sum(axis=-1)
    share = by_year / by_year.sum(axis=(0, 1))
    means = share[:, :, demand.mix_year] * demand.register
    cell, _, key = _children(poisson_quantile(streams.uniforms("register", cells), means), cells)
    return cell, key, _drawn_ncy(streams, demand, cell, key)


def _leaving_alternative(
    scenario: Scenario, pupils: AlternativePupils, streams: Streams, demand: Expected
) -> tuple[Rows, Keys, Rows]:
    """Cell, key and NCY of the secondary pupils for whom an assessment is asked because they left alternative provision."""
    area = np.array([scenario.demand.by_area.value[code] for code in scenario.area_codes])
    need = np.array([pupils.by_need.value[code] for code in NEEDS.codes])
    means = np.multiply.outer(np.outer(area / area.sum(), need / need.sum()), demand.alternative)
    cells = _cell_keys("alternative", scenario.area_codes, scenario.calendar.weeks)
    cell, _, key = _children(poisson_quantile(streams.uniforms("alternative", cells), means), cells)
    secondary = phase_of(NCYS) == PHASES.index("secondary")
    return cell, key, _drawn_ncy(streams, replace(demand, by_age=demand.by_age * secondary), cell, key)


def _known(scenario: Scenario, streams: Streams, demand: Expected) -> tuple[Rows, Keys, Rows]:
    """Cell, key and NCY of the children asked for in periods whose number is known."""
    found = known_requests(scenario, streams)
    area = drawn_areas(scenario, scenario.demand.by_area.value, streams, found.key).astype(np.int64)
    _, needs, weeks = demand.cells.shape
    cell = (area * needs + found.need) * weeks + found.week
    return cell, found.key, _drawn_ncy(streams, demand, cell, found.key)


def _children(counts: NDArray[np.int64], cells: Keys) -> tuple[Rows, Rows, Keys]:
    """Cell, ordinal within the cell (from 0) and key of each child, of shape (children,)."""
    flat = counts.ravel()
    cell = np.repeat(np.arange(flat.size), flat)
    ordinal = np.arange(cell.size) - np.repeat(np.cumsum(flat) - flat, flat)
    key = mixed(cells.ravel()[cell] + mixed(ordinal.astype(np.uint64) + np.uint64(1)))
    return cell, ordinal, key


@lru_cache(maxsize=32)
def _cell_keys(origin: str, areas: tuple[str, ...], weeks: int) -> Keys:
    """Keys of the cells of area, need and week; shape (areas, needs, weeks)."""
    return np.array([[keys_of(f"{origin}/{area}/{need}", weeks) for need in NEEDS.codes] for area in areas])


def _drawn_ncy(streams: Streams, demand: Expected, cell: Rows, key: Keys) -> Rows:
    """NCYs drawn by inversion from the shares of each child's area, need and academic year."""
    weeks = demand.cells.shape[2]
    years = demand.by_age.shape[2]
    edges = np.cumsum(demand.by_age, axis=-1)
    whole = edges[..., -1:]
    edges = np.divide(edges, whole, out=np.ones_like(edges), where=whole > 0).reshape(-1, NCYS.size)
    edges[:, -1] = 1.0
    group = cell // weeks * years + demand.mix_year[cell % weeks]
    # One search through the edges of all groups, each moved up by its own number.
    line = (edges + np.arange(len(edges))[:, None]).ravel()
    found = np.searchsorted(line, streams.uniforms("request/ncy", key) + group, side="right") - group * NCYS.size
    ncy: Rows = NCYS[np.minimum(found, NCYS.size - 1)]
    return ncy
