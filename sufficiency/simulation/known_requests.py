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
    for _, weeks in _periods(scenario):
        known[weeks] = True
    return known


def known_requests(scenario: Scenario, streams: Streams, mean: NDArray[np.float64]) -> KnownRequests:
    """The requests of known periods, where ``mean`` is the expected number in each week, shape (weeks,).

    A period's requests that fall in weeks after the horizon are left out.
    """
    parts = []
    needs = np.array([scenario.demand.by_need.value[need] for need in NEEDS.codes])
    for period, weeks in _periods(scenario):
        expected = mean[weeks] + 1e-12  # weeks without demand share what must fall in them
        keys = keys_of(f"request/known/{period}", _count(scenario, period, weeks))
        week = weeks[_drawn(streams.uniforms("known/week", keys), expected)]
        parts.append(KnownRequests(keys, week, _drawn(streams.uniforms("known/need", keys), needs)))
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return KnownRequests(none.astype(np.uint64), none, none)
    return KnownRequests(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _periods(scenario: Scenario) -> list[tuple[str, NDArray[np.int64]]]:
    """Each known month with its weeks, and each known year with the weeks that no known month has; only where there are any."""
    figure, calendar = scenario.demand.known_requests, scenario.calendar
    if figure is None:
        return []
    months = np.array(calendar.months)[calendar.month_of_week]
    found = [(period, np.flatnonzero(months == period)) for period in figure.value if len(period) == 7]
    taken = np.isin(months, [period for period, _ in found])
    years = calendar.calendar_years
    found += [(period, np.flatnonzero((years == int(period)) & ~taken)) for period in figure.value if len(period) == 4]
    return [(period, weeks) for period, weeks in found if weeks.size]


def _count(scenario: Scenario, period: str, weeks: NDArray[np.int64]) -> int:
    """Requests of a period in the weeks simulated: the year less its known months, in proportion where the horizon cuts it."""
    figure = scenario.demand.known_requests
    known = figure.value if figure else {}
    rest = known[period] - sum(count for month, count in known.items() if month.startswith(f"{period}-"))
    if int(weeks[-1]) + 1 < scenario.calendar.weeks or len(period) == 7:
        return rest
    months = scenario.demand.by_month.value
    unknown = [m for m in range(1, 13) if f"{period}-{m:02d}" not in known]
    reached = [m for m in unknown if m <= int(scenario.calendar.month_number[weeks[-1]])]
    total = sum(months[str(m)] for m in unknown)
    return round(rest * sum(months[str(m)] for m in reached) / total) if total else rest


def _drawn(u: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Positions drawn by inversion in proportion to ``weights``."""
    edges = np.cumsum(weights / weights.sum())
    return np.minimum(edges.searchsorted(u, side="right"), weights.size - 1).astype(np.int64)
