"""The opening stock: plans, waiting list, open cases and plans due to cease on the first day.

Published tables give totals by setting and by age; need, area and the joint pattern are not published. The joint distribution
is raked (iterative proportional fitting) from shapes to those totals, and children are drawn from it: exactly as many in each
setting as were published.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEEDS, SETTINGS
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.tables import AGE_BANDS
from sufficiency.simulation.arrivals import NCYS, drawn_areas, goes_first, poisson_quantile
from sufficiency.simulation.caseload import HAS_PLAN, NEVER, NO_SETTING, NOT_YET, UNDECIDED, Caseload, Rows, S
from sufficiency.simulation.streams import Keys, Streams, keys_of

_ROUNDS = 12
WEEKS_A_YEAR = 365.25 / 7


def joint(scenario: Scenario) -> NDArray[np.float64]:
    """Expected plans by need x NCY x setting at the opening census, shape (needs, NCYs, settings)."""
    caseload = scenario.caseload
    by_need = np.array([caseload.by_need.value[n] for n in NEEDS.codes])
    within = np.array([caseload.within_age.value[str(n)] for n in NCYS])
    need_mix = np.array([[caseload.setting_by_need.value[n][s] for s in SETTINGS.codes] for n in NEEDS.codes])
    ncy_mix = np.array([[caseload.setting_by_ncy.value[str(n)][s] for s in SETTINGS.codes] for n in NCYS])
    settings = np.array([caseload.by_setting.value[s] for s in SETTINGS.codes], dtype=np.float64)
    bands = np.array([caseload.by_age.value[b] for b in AGE_BANDS], dtype=np.float64)
    return _raked(*(part.tobytes() for part in (by_need, within, need_mix, ncy_mix, settings, bands)))


@lru_cache(maxsize=8)
def _raked(*parts: bytes) -> NDArray[np.float64]:
    """The joint table from its margins and shapes: kept, because most futures of a run have the same."""
    by_need, within, need_mix, ncy_mix, settings, bands = (np.frombuffer(part) for part in parts)
    need_mix, ncy_mix = need_mix.reshape(-1, len(SETTINGS)), ncy_mix.reshape(-1, len(SETTINGS))
    overall = np.maximum(within @ ncy_mix, 1e-9)
    table = by_need[:, None, None] * within[None, :, None] * need_mix[:, None, :] * (ncy_mix / overall)[None, :, :]
    # Resource bases and units take children of school age only.
    table[:, (NCYS < 0) | (NCYS > 11), S["resourced"]] = 0.0
    total = settings.sum()
    bands = bands * (total / max(bands.sum(), 1e-9))
    band_of = np.array([next(i for i, (lo, hi) in enumerate(AGE_BANDS.values()) if lo <= n <= hi) for n in NCYS])
    table = np.maximum(table, 0.0)
    for _ in range(_ROUNDS):
        table *= _ratio(by_need / by_need.sum() * total, table.sum(axis=(1, 2)))[:, None, None]
        in_band = np.bincount(band_of, weights=table.sum(axis=(0, 2)), minlength=len(bands)).astype(np.float64)
        table *= _ratio(bands, in_band)[band_of][None, :, None]
        table *= _ratio(settings, table.sum(axis=(0, 1)))[None, None, :]
    table.flags.writeable = False
    result: NDArray[np.float64] = table
    return result


def stock(scenario: Scenario, streams: Streams, table: NDArray[np.float64]) -> Caseload:
    """The children who have a plan on the first day, setting by setting."""
    counts = [scenario.caseload.by_setting.value[s] for s in SETTINGS.codes]
    keys = np.concatenate([keys_of(f"stock/{s}", n) for s, n in zip(SETTINGS.codes, counts, strict=True)])
    setting = np.repeat(np.arange(len(counts)), counts)
    need, ncy = _drawn_cells(streams.uniforms("stock/cell", keys), setting, table)
    return _children(scenario, streams, keys, need, ncy, setting, scenario.calendar.academic_years[:1], HAS_PLAN)


def transfers(scenario: Scenario, streams: Streams, table: NDArray[np.float64]) -> tuple[Caseload, Rows]:
    """Those who move in with a plan over the horizon, alike to the caseload, and the week in which each comes."""
    calendar = scenario.calendar
    weeks = np.full(calendar.weeks, scenario.demand.transfers_in.value / WEEKS_A_YEAR)
    counts = poisson_quantile(streams.uniforms("transfers", keys_of("transfer/week", calendar.weeks)), weeks)
    week = np.repeat(np.arange(calendar.weeks), counts)
    keys = keys_of("transfer", week.size)
    by_setting = np.cumsum(table.sum(axis=(0, 1)) / table.sum())
    setting = np.minimum(np.searchsorted(by_setting, streams.uniforms("transfer/setting", keys)), len(SETTINGS) - 1)
    need, ncy = _drawn_cells(streams.uniforms("transfer/cell", keys), setting, table)
    return _children(scenario, streams, keys, need, ncy, setting, calendar.academic_years[week], NOT_YET), week


def open_cases(scenario: Scenario, streams: Streams) -> Caseload:
    """The requests undecided and the assessments open on the first day, oldest first.

    Ages are spread evenly: undecided ones up to a fortnight past the panel's usual week, open ones from there to the oldest; or
    as ``assessment_team.age_profile`` says.
    """
    panel = scenario.decisions.weeks_before_panel.value
    oldest = max(scenario.assessment_team.oldest_at_start.value, panel + 1)
    undecided, opened = scenario.decisions.undecided_at_start.value, scenario.assessment_team.open_at_start.value
    keys = np.concatenate([keys_of("undecided", undecided), keys_of("open", opened)])
    state = np.repeat(np.array([UNDECIDED, NOT_YET], dtype=np.int8), [undecided, opened])
    u = streams.uniforms("open/age", keys)
    profile = scenario.assessment_team.age_profile
    aged = _aged(u, profile.value, oldest) if profile else panel + u * (oldest - panel)
    age = np.where(state == UNDECIDED, 1 + u * (panel + 1), aged).astype(np.int64)
    order = np.lexsort((keys, -age))
    keys, age, state = keys[order], age[order], state[order]
    shares = np.array([scenario.demand.by_need.value[n] for n in NEEDS.codes])
    need = np.searchsorted(np.cumsum(shares / shares.sum()), streams.uniforms("open/need", keys))
    by_ncy = np.array([scenario.demand.by_ncy.value[str(n)] for n in NCYS])
    ncy = NCYS[np.minimum(np.searchsorted(np.cumsum(by_ncy / by_ncy.sum()), streams.uniforms("open/ncy", keys)), NCYS.size - 1)]
    academic = scenario.calendar.academic_years[0]
    return Caseload(
        key=keys,
        area=drawn_areas(scenario, scenario.demand.by_area.value, streams, keys),
        need=np.minimum(need, len(NEEDS) - 1).astype(np.int8),
        reception_year=(academic - ncy).astype(np.int16),
        request_week=(-age).astype(np.int16),
        setting=np.full(keys.size, NO_SETTING, dtype=np.int8),
        state=state,
        priority=goes_first(scenario, streams, keys, ncy),
    )


def _aged(u: NDArray[np.float64], profile: dict[str, float], oldest: int) -> NDArray[np.float64]:
    """Ages in weeks by inversion: weights of bands keyed by their first week, the last of which ends with the ``oldest``."""
    starts = sorted(int(week) for week in profile)
    weights = np.array([profile[str(start)] for start in starts])
    ends = np.cumsum(np.append(0.0, weights)) / max(float(weights.sum()), 1e-9)
    edges = np.array([*starts, max(oldest, starts[-1] + 1)], dtype=np.float64)
    return np.interp(u, ends, edges)


def first_to_ring(weights: NDArray[np.float64], uniforms: NDArray[np.float64], count: int) -> Rows:
    """Positions of ``count`` members drawn without replacement with chances in proportion to ``weights`` (Efraimidis and
    Spirakis 2006, as exponential clocks); fewer where fewer have a positive weight."""
    able = np.flatnonzero(weights > 0)
    count = min(count, able.size)
    if count == 0:
        return np.zeros(0, dtype=np.int64)
    rings = -np.log(uniforms[able]) / weights[able]
    chosen: Rows = np.sort(able[np.argpartition(rings, count - 1)[:count]])
    return chosen


def _children(
    scenario: Scenario,
    streams: Streams,
    keys: Keys,
    need: Rows,
    ncy: Rows,
    setting: Rows,
    academic: NDArray[np.int64],
    state: int,
) -> Caseload:
    return Caseload(
        key=keys,
        area=drawn_areas(scenario, scenario.caseload.by_area.value, streams, keys),
        need=need.astype(np.int8),
        reception_year=(academic - ncy).astype(np.int16),
        request_week=np.full(keys.size, NEVER, dtype=np.int16),
        setting=setting.astype(np.int8),
        state=np.full(keys.size, state, dtype=np.int8),
        priority=np.zeros(keys.size, dtype=np.bool_),
    )


def _drawn_cells(u: NDArray[np.float64], setting: Rows, table: NDArray[np.float64]) -> tuple[Rows, Rows]:
    """Need and NCY of each child given its setting, by inversion over the joint table."""
    cell = np.zeros(u.size, dtype=np.int64)
    for s in range(table.shape[2]):  # settings, not children
        here = np.flatnonzero(setting == s)
        flat = table[:, :, s].ravel()
        if here.size:
            edges = np.cumsum(flat / flat.sum()) if flat.sum() > 0 else np.linspace(0, 1, flat.size)
            cell[here] = np.minimum(np.searchsorted(edges, u[here], side="right"), flat.size - 1)
    return cell // NCYS.size, NCYS[cell % NCYS.size]


def _ratio(target: NDArray[np.float64], now: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(target, now, out=np.zeros_like(target), where=now > 0)
