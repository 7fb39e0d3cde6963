"""How a forecast of the panel is scored: against simple methods, by its error, its coverage and its intervals.

The simple methods see what the forecast sees, the series up to the census. The benchmark was fixed beforehand: the mean of drift
and national growth. Arrays have the shape (authorities, horizon) unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.evidence.dfe.published import Series

METHODS = ("naive", "drift", "national growth", "benchmark", "exponential smoothing")
SMOOTHING = 0.5
"""Weight of the newest value in simple exponential smoothing."""
OUTSIDE = 0.2
"""Share of outcomes that an 80 % band leaves outside."""

Values = NDArray[np.float64]


def simple_methods(series: Series, england: Series, last: int, horizon: int) -> dict[str, Values]:
    """Forecasts of one series by each of :data:`METHODS`, shape (horizon,), from its values up to the year ``last``.

    Drift adds the mean yearly change from the first year given to the last; national growth multiplies by England's mean yearly
    growth over its years given. Raises ValueError where there is no value of ``last``.
    """
    known = {year: count for year, count in sorted(series.items()) if year <= last}
    if last not in known:
        raise ValueError(f"no value of {last}")
    first, ahead = min(known), np.arange(1.0, horizon + 1)
    change = (known[last] - known[first]) / (last - first) if last > first else 0.0
    years = [year for year in england if year <= last]
    growth = (england[last] / england[min(years)]) ** (1 / (last - min(years))) if last in years and last > min(years) else 1.0
    drift: Values = known[last] + change * ahead
    national: Values = (known[last] * growth**ahead).astype(np.float64)
    smooth = float(known[first])
    for count in known.values():
        smooth += SMOOTHING * (count - smooth)
    return {
        "naive": np.full(horizon, float(known[last])),
        "drift": drift,
        "national growth": national,
        "benchmark": (drift + national) / 2,
        "exponential smoothing": np.full(horizon, smooth),
    }


@dataclass(frozen=True)
class Scores:
    """Scores of one measure by horizon, shape (horizon,)."""

    of_mean: Values
    """Total absolute error of our mean over the benchmark's."""
    of_median: Values
    """The same of our median."""
    of_methods: Mapping[str, Values]
    """The same of each simple method."""
    relative_error: Values
    """Total absolute error of our mean over the total of outcomes."""
    coverage: Values
    """Share of outcomes inside our 80 % band, as they are."""
    coverage_adjusted: Values
    """The same with the realised national year effect removed."""
    intervals: Values
    """Our mean interval score over the benchmark's, outcomes as they are."""
    intervals_adjusted: Values
    """The same with the realised national year effect removed."""


def scored(ours: Mapping[str, Values], methods: Mapping[str, Values], outcome: Values) -> Scores:
    """Scores of ``ours`` (``mean``, ``p10``, ``p50``, ``p90``) beside simple ``methods``; NaN in ``outcome`` is not scored.

    The realised national year effect of a year is the total of outcomes over the total of our means; to remove it, outcomes are
    divided by it. The benchmark's band is its own point times the tenth and ninetieth percentile of outcome over point among the
    other authorities: as wide as its errors turned out and right for the year's effect, which our bands could not know.
    """
    given = ~np.isnan(outcome)
    effect = _total(outcome, given) / _total(ours["mean"], given)
    adjusted = outcome / effect
    low, high = ours["p10"], ours["p90"]
    bench = methods["benchmark"]
    bench_low, bench_high = _empirical_band(bench, outcome)
    of_bench = _total(_interval_scores(bench_low, bench_high, outcome), given)
    of_bench_adjusted = _total(_interval_scores(bench_low / effect, bench_high / effect, adjusted), given)
    error = _total(np.abs(bench - outcome), given)
    return Scores(
        of_mean=_total(np.abs(ours["mean"] - outcome), given) / error,
        of_median=_total(np.abs(ours["p50"] - outcome), given) / error,
        of_methods={name: _total(np.abs(values - outcome), given) / error for name, values in methods.items()},
        relative_error=_total(np.abs(ours["mean"] - outcome), given) / _total(outcome, given),
        coverage=_share(_inside(low, high, outcome), given),
        coverage_adjusted=_share(_inside(low, high, adjusted), given),
        intervals=_total(_interval_scores(low, high, outcome), given) / of_bench,
        intervals_adjusted=_total(_interval_scores(low, high, adjusted), given) / of_bench_adjusted,
    )


def _total(values: Values, given: NDArray[np.bool_]) -> Values:
    total: Values = np.where(given, values, 0.0).sum(axis=0)
    return total


def _share(inside: NDArray[np.bool_], given: NDArray[np.bool_]) -> Values:
    share: Values = (inside & given).sum(axis=0) / given.sum(axis=0)
    return share


def _inside(low: Values, high: Values, outcome: Values) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (low <= outcome) & (outcome <= high)
    return inside


def _interval_scores(low: Values, high: Values, outcome: Values) -> Values:
    """Width of the band and, for an outcome outside it, 2 / OUTSIDE times how far (Gneiting and Raftery 2007)."""
    beyond = np.maximum(low - outcome, 0.0) + np.maximum(outcome - high, 0.0)
    score: Values = high - low + 2 / OUTSIDE * beyond
    return score


def _empirical_band(point: Values, outcome: Values) -> tuple[Values, Values]:
    """Each authority's band from the relative errors of all the others at the same horizon."""
    ratio = outcome / point
    low, high = np.empty_like(point), np.empty_like(point)
    for authority in range(point.shape[0]):
        others = np.delete(ratio, authority, axis=0)
        quantiles = np.nanquantile(others, (OUTSIDE / 2, 1 - OUTSIDE / 2), axis=0)
        low[authority], high[authority] = point[authority] * quantiles[0], point[authority] * quantiles[1]
    return low, high
