"""What the panel of authorities says of growth, of plans a request and of leaving: rates learned from the tables given.

Year effects are removed before any spread is taken, so that what all authorities share is counted once, as national. Where the
tables hold too few years for an estimate, a prior stands in; none of the priors was fitted to a release.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.evidence.dfe.published import ENGLAND, Published, Series

LAG_WEEKS = 22
"""Mean weeks from request to plan: the statutory 20 and a little, for half the plans are late. An assumption, not fitted."""
THIS_YEAR = 1 - LAG_WEEKS / 52
"""Share of a year's new plans that were requested in the same year, under an even flow."""
LEAST_REQUESTS = 100
"""Authorities with fewer requests in any year are left out of the spreads: chance moves them more than anything else."""
FIRST_WHOLE_YEAR = 2019
"""First census from which stocks and flows say who left: in early 2018 statements became plans that no table counts as new."""
PRIOR_NATIONAL_SD, PRIOR_YEARS = 0.10, 3
"""Prior of the yearly national shock and the number of years it counts for."""
PRIOR_WALK, PRIOR_NOISE = 0.10, 0.10
PRIOR_GROWTH, PRIOR_GROWTH_YEARS = 0.05, 2
"""Growth of requests where nothing says anything of it, and the number of years for which the growth of plans counts: over the
long run requests and plans grow alike, and two or three years with a pandemic among them say little of the trend."""
PRIOR_PLANS_A_REQUEST, PRIOR_RATIO_PERSISTENCE, PRIOR_RATIO_SD = 0.7, 0.5, 0.2
PRIOR_LEAVING, PRIOR_LEAVING_SD = 0.05, 0.03
MOST_GROWTH, MOST_SPREAD = 0.5, 0.5
"""Largest growth (up or down) and spread that a scenario holds: what tables of a few authorities say beyond is not believed."""
LEAST_PLANS_A_REQUEST, MOST_PLANS_A_REQUEST = 0.1, 2.0
"""Bounds of new plans a request, of the panel and of an authority."""


@dataclass(frozen=True)
class Panel:
    """Rates of the panel. Logarithms a year unless said otherwise."""

    year_means: dict[int, float]
    """Mean over authorities of the growth of requests into each calendar year."""
    growth: float
    """National growth of requests: its mean over years, shrunk to the growth of plans."""
    national_sd: float
    """Standard deviation of the national year effect, shrunk to its prior."""
    spread: dict[int, float]
    """Standard deviation over authorities of growth over 1, 2, ... years, year effects removed."""
    walk: float
    """Standard deviation of an authority's own random walk."""
    noise: float
    """Standard deviation of what lasts a single year, in authorities with ``LEAST_REQUESTS``."""
    noise_small: float
    """The same in those with ``LEAST_REQUESTS`` to 300."""
    reversion_once: float
    """Share of an authority's distance from the national requests a plan that is gone a year later: chance of the base year."""
    reversion_yearly: float
    """Share of that distance lost in every year."""
    plans_a_request: float
    """New plans over the requests that they followed, of the last two years, England."""
    ratio_persistence: float
    """Regression of an authority's distance from it (logarithm) on that of the year before, with a prior."""
    ratio_sd: float
    """Standard deviation of what that regression leaves."""
    leaving: float
    """Share of plans that leave in a year less those that come other than by a new plan: plans + new - next plans, England."""
    leaving_persistence: float
    """Regression of an authority's distance from it on that of the year before."""
    leaving_sd: float
    """Standard deviation of that distance in a single year."""


def learn(published: Published) -> Panel:
    """The panel's rates from everything in ``published`` (cut it at a census first)."""
    totals = published.totals
    requests, plans, new = (_authorities(totals.get(m, {})) for m in ("requests", "plans", "new_plans"))
    growths = national_growths(requests)
    large = {name: s for name, s in requests.items() if s and min(s.values()) >= LEAST_REQUESTS}
    spread = spreads(large)
    walk, noise = (_spread(sd) for sd in walk_and_noise(spread))
    small = {name: s for name, s in large.items() if np.mean(list(s.values())) < 300}
    once, yearly = _reversion(requests, plans)
    persistence, ratio_sd = _ratio_persistence(new, requests)
    leaving_persistence, leaving_sd = _leaving_persistence(plans, new)
    return Panel(
        year_means=_year_means(large),
        growth=bounded_growth(_growth(list(growths.values()), list(national_growths(plans).values()))),
        national_sd=_spread(_shrunk_sd(list(growths.values()))),
        spread=spread,
        walk=walk,
        noise=noise,
        noise_small=_spread(walk_and_noise(spreads(small))[1]) if len(small) >= 20 else noise,
        reversion_once=once,
        reversion_yearly=yearly,
        plans_a_request=plans_a_request(_whole(new, totals.get("new_plans", {})), _whole(requests, totals.get("requests", {}))),
        ratio_persistence=persistence,
        ratio_sd=_spread(ratio_sd),
        leaving=_national_leaving(plans, new),
        leaving_persistence=leaving_persistence,
        leaving_sd=leaving_sd,
    )


def bounded_growth(growth: float) -> float:
    """Growth within what a scenario holds."""
    return min(max(growth, -MOST_GROWTH), MOST_GROWTH)


def bounded_ratio(plans: float, requests: float) -> float:
    """New plans over the requests they followed, within what is believed of the two; ``requests`` are above 0."""
    return min(max(plans / requests, LEAST_PLANS_A_REQUEST), MOST_PLANS_A_REQUEST)


def _spread(sd: float) -> float:
    return min(sd, MOST_SPREAD)


def _authorities(of: Mapping[str, Series]) -> dict[str, Series]:
    return {name: series for name, series in of.items() if name != ENGLAND}


def _whole(of: Mapping[str, Series], given: Mapping[str, Series]) -> Series:
    """England as published, or else the sum over those given in every year."""
    if given.get(ENGLAND):
        return given[ENGLAND]
    years = sorted({year for series in of.values() for year in series})
    everywhere = [series for series in of.values() if all(year in series for year in years)]
    return {year: sum(series[year] for series in everywhere) for year in years} if everywhere else {}


def national_growths(counts: Mapping[str, Series]) -> dict[int, float]:
    """Growth (logarithm) of the total over the authorities given in both years, by the later year."""
    years = sorted({year for series in counts.values() for year in series})
    found = {}
    for year in years:
        both = [(s[year - 1], s[year]) for s in counts.values() if year in s and year - 1 in s]
        before, after = (sum(pair[i] for pair in both) for i in (0, 1))
        if before > 0 and after > 0:
            found[year] = math.log(after / before)
    return found


def _growth(of_requests: list[float], of_plans: list[float]) -> float:
    prior = float(np.mean(of_plans[-3:])) if of_plans else PRIOR_GROWTH
    return (sum(of_requests) + PRIOR_GROWTH_YEARS * prior) / (len(of_requests) + PRIOR_GROWTH_YEARS)


def _log_growths(series: Iterable[Series], years: int) -> dict[int, NDArray[np.float64]]:
    """Growths over ``years`` years of all series that have both ends, by the later year."""
    found: dict[int, list[float]] = {}
    for one in series:
        for year, count in one.items():
            if count > 0 and one.get(year - years, 0) > 0:
                found.setdefault(year, []).append(math.log(count / one[year - years]))
    return {year: np.array(found[year]) for year in sorted(found)}


def _year_means(requests: Mapping[str, Series]) -> dict[int, float]:
    return {year: float(growths.mean()) for year, growths in _log_growths(requests.values(), 1).items()}


def spreads(requests: Mapping[str, Series], longest: int = 5) -> dict[int, float]:
    """Standard deviation over authorities of growth over 1 to ``longest`` years, pooled over years with their means removed."""
    found = {}
    for years in range(1, longest + 1):
        parts = [g - g.mean() for g in _log_growths(requests.values(), years).values() if g.size >= 20]
        if parts:
            freedom = sum(part.size - 1 for part in parts)
            found[years] = float(np.sqrt(sum((part**2).sum() for part in parts) / freedom))
    return found


def walk_and_noise(spread: Mapping[int, float]) -> tuple[float, float]:
    """A random walk's and a single year's standard deviation: spread² over h years = h × walk² + 2 × noise², least squares."""
    if len(spread) < 2:
        return (PRIOR_WALK, PRIOR_NOISE) if not spread else (spread[1] / 2**0.5, spread[1] / 2)
    years = np.array(sorted(spread), dtype=np.float64)
    squares = np.array([spread[int(h)] ** 2 for h in years])
    slope, _ = np.polyfit(years, squares, 1)
    slope = max(float(slope), 0.0)
    return slope**0.5, max(float((squares - slope * years).mean()) / 2, 0.0) ** 0.5


def _shrunk_sd(growths: list[float]) -> float:
    freedom = max(len(growths) - 1, 0)
    squares = float(((np.array(growths) - np.mean(growths)) ** 2).sum()) if growths else 0.0
    return math.sqrt((PRIOR_YEARS * PRIOR_NATIONAL_SD**2 + squares) / (PRIOR_YEARS + freedom))


def _slope(before: list[float], after: list[float], weights: list[float]) -> float | None:
    """Weighted regression through the origin of centred ``after`` on centred ``before``; None for fewer than 20."""
    if len(before) < 20:
        return None
    x, y, w = (np.array(values) for values in (before, after, weights))
    x, y = x - np.average(x, weights=w), y - np.average(y, weights=w)
    square = float((w * x * x).sum())
    return float((w * x * y).sum()) / square if square > 0 else None


def _reversion(requests: Mapping[str, Series], plans: Mapping[str, Series]) -> tuple[float, float]:
    """How growth over 1 and 2 years falls with requests a plan at the census that follows the base year."""
    falls: dict[int, list[float]] = {1: [], 2: []}
    years = sorted({year for series in requests.values() for year in series})
    for years_on, found in falls.items():
        for base in years:
            both = [(s[base], s[base + years_on], plans.get(n, {}).get(base + 1, 0)) for n, s in requests.items()
                    if s.get(base, 0) >= LEAST_REQUESTS and s.get(base + years_on, 0) > 0]  # fmt: skip
            both = [b for b in both if b[2] > 0]
            slope = _slope([math.log(r / p) for r, _, p in both], [math.log(n / r) for r, n, _ in both], [r for r, _, _ in both])
            if slope is not None:
                found.append(-slope)
    one = min(max(float(np.mean(falls[1])), 0.0), 0.5) if falls[1] else 0.2
    two = min(max(float(np.mean(falls[2])), one), 2 * one) if falls[2] else 1.3 * one
    yearly = two - one
    return one - yearly, yearly


def followed(requests: Mapping[int, float], year: int) -> float | None:
    """Requests that the new plans of ``year`` followed: this year's and last year's, by the lag from request to plan."""
    if year not in requests or year - 1 not in requests:
        return None
    return THIS_YEAR * requests[year] + (1 - THIS_YEAR) * requests[year - 1]


def plans_a_request(new: Series, requests: Series) -> float:
    """New plans over the requests they followed, of the last two years given, within bounds."""
    both = [(new[year], f) for year in sorted(new)[-2:] if (f := followed(requests, year))]
    return bounded_ratio(sum(n for n, _ in both), sum(f for _, f in both)) if both else PRIOR_PLANS_A_REQUEST


def _ratio_persistence(new: Mapping[str, Series], requests: Mapping[str, Series]) -> tuple[float, float]:
    ratios: dict[int, dict[str, tuple[float, float]]] = {}
    for name, series in new.items():
        for year, count in series.items():
            base = followed(requests.get(name, {}), year)
            if base and base >= LEAST_REQUESTS and count > 0:
                ratios.setdefault(year, {})[name] = (math.log(count / base), base)
    return _persistence(ratios, PRIOR_RATIO_PERSISTENCE, PRIOR_RATIO_SD)


def leaving(plans: Series, new: Series, year: int) -> float | None:
    """Share of the plans of January ``year`` gone a year later, new plans apart; negative where more came than left."""
    if year < FIRST_WHOLE_YEAR or not plans.get(year) or year + 1 not in plans or year not in new:
        return None
    return (plans[year] + new[year] - plans[year + 1]) / plans[year]


def _leaving_persistence(plans: Mapping[str, Series], new: Mapping[str, Series]) -> tuple[float, float]:
    rates: dict[int, dict[str, tuple[float, float]]] = {}
    for name, series in plans.items():
        for year, count in series.items():
            rate = leaving(series, new.get(name, {}), year)
            if rate is not None and count >= 300 and abs(rate) < 0.3:  # beyond that it is a change of boundary or of the record
                rates.setdefault(year, {})[name] = (rate, count)
    return _persistence(rates, 0.1, PRIOR_LEAVING_SD, whole=True)


def _persistence(
    values: Mapping[int, Mapping[str, tuple[float, float]]], prior: float, prior_sd: float, *, whole: bool = False
) -> tuple[float, float]:
    """Mean regression of a year's distances on the year before's, and the spread of what it leaves (``whole``: of all)."""
    slopes, rests = [], []
    for year, now in sorted(values.items()):
        distances = np.array([v for v, _ in now.values()])
        if whole and distances.size >= 20:
            rests.append(distances - np.median(distances))
        names = [name for name in now if name in values.get(year - 1, {})]
        before = [values[year - 1][name][0] for name in names]
        after = [now[name][0] for name in names]
        slope = _slope(before, after, [now[name][1] for name in names])
        if slope is not None:
            slopes.append(slope)
            if not whole:
                rests.append(np.array(after) - np.mean(after) - slope * (np.array(before) - np.mean(before)))
    # The prior counts as one pair of years: the first pairs of a panel are few, and one of them lies in a pandemic.
    persistence = min(max((sum(slopes) + prior) / (len(slopes) + 1), 0.0), 0.95)
    return persistence, float(np.concatenate(rests).std()) if rests else prior_sd


def _national_leaving(plans: Mapping[str, Series], new: Mapping[str, Series]) -> float:
    """Mean over years of the share that left, over the authorities given in all three figures of the year."""
    rates = []
    for year in sorted({year for series in plans.values() for year in series}):
        both = [(s[year], rate) for n, s in plans.items() if (rate := leaving(s, new.get(n, {}), year)) is not None]
        both = [(count, rate) for count, rate in both if abs(rate) < 0.3]
        if len(both) >= 5:
            rates.append(sum(count * rate for count, rate in both) / sum(count for count, _ in both))
    return min(max(float(np.mean(rates[-3:])), 0.0), 0.2) if rates else PRIOR_LEAVING
