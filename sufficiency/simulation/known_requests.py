"""Requests of months and years in which their number is known: exactly as many, in weeks and needs that are drawn.

Given its total, a Poisson count is spread over weeks and cells as a multinomial in proportion to their means; so each of the
known requests draws its own week and need, and as every child its own area. One more known request adds a child and changes none
of the others.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEEDS
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.streams import Keys, Streams, keys_of


class KnownRequests(NamedTuple):
    """The children asked for in known periods; columns of equal length."""

    key: Keys
    week: NDArray[np.int64]
    need: NDArray[np.int64]


def known_weeks(scenario: Scenario) -> NDArray[np.bool_]:
    """Weeks whose requests are known, alone or within their month or year; shape (weeks,)."""
    known = np.zeros(scenario.calendar.weeks, dtype=np.bool_)
    for _, _, weeks, _ in _periods(scenario):
        known[weeks[weeks < known.size]] = True
    return known


def known_requests(scenario: Scenario, streams: Streams) -> KnownRequests:
    """The requests of known periods, spread over the weeks of each by season.

    A period that the horizon cuts is drawn whole, and what falls after the horizon is left out: a longer one changes nothing
    before it.
    """
    parts = []
    needs = np.array([scenario.demand.by_need.value[need] for need in NEEDS.codes])
    for period, count, weeks, weights in _periods(scenario):
        keys = keys_of(f"request/known/{period}", count)
        week = weeks[_drawn(streams.uniforms("known/week", keys), weights)]
        reached = week < scenario.calendar.weeks
        need = _drawn(streams.uniforms("known/need", keys), needs)
        parts.append(KnownRequests(keys[reached], week[reached], need[reached]))
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return KnownRequests(none.astype(np.uint64), none, none)
    return KnownRequests(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _periods(scenario: Scenario) -> list[tuple[str, int, NDArray[np.int64], NDArray[np.float64]]]:
    """Each known month, and each known year without its known months: its name, its requests, the weeks from the start of the
    clock on (also those past the horizon) and their weights; only those of which the clock reaches a week."""
    figure, calendar = scenario.demand.known_requests, scenario.calendar
    known = figure.value if figure else {}
    season = scenario.demand.by_month.value
    found = []
    for period, count in known.items():
        months = [period] if len(period) == 7 else [f"{period}-{m:02d}" for m in range(1, 13) if f"{period}-{m:02d}" not in known]
        within = [other for other in known if len(period) == 4 and other.startswith(f"{period}-")]
        first = calendar.thursdays[0]
        weeks, weights = [], []
        for month in months:
            start = np.datetime64(month, "M")
            days = np.arange(start.astype("datetime64[D]"), (start + 1).astype("datetime64[D]"))
            since = (days - first).astype(np.int64)
            these = since[(since >= 0) & (since % 7 == 0)] // 7
            weeks.append(these)
            # Weeks without demand share what must fall in them.
            weights.append(np.full(these.size, season[str(int(month[5:]))] + 1e-12))
        week = np.concatenate(weeks) if weeks else np.zeros(0, dtype=np.int64)
        if week.size and week[0] < calendar.weeks:
            found.append((period, count - sum(known[other] for other in within), week, np.concatenate(weights)))
    return found


def _drawn(u: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Positions drawn by inversion in proportion to ``weights``."""
    edges = np.cumsum(weights / weights.sum())
    return np.minimum(edges.searchsorted(u, side="right"), weights.size - 1).astype(np.int64)
