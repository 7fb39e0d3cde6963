"""One quantity over futures, and how monthly tallies become calendar years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.experiment.run import Run


@dataclass(frozen=True)
class Measure:
    """One quantity over futures.

    ``values`` has shape (futures, periods, *dimensions); where ``denominator`` is given (same shape) the measure is the ratio of
    the two, formed after summing over dimensions.
    """

    name: str
    unit: str
    period_kind: str
    periods: tuple[str, ...]
    dimensions: Mapping[str, tuple[str, ...]]
    values: NDArray[Any]
    denominator: NDArray[Any] | None = None


def by_calendar_year(run: Run, tally: str) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """A monthly flow summed to calendar years: labels and array (futures, years, area, need, phase)."""
    months = np.array([m[:4] for m in run.labels("month")])
    years = tuple(str(y) for y in np.unique(months))
    first = [int(np.flatnonzero(months == y)[0]) for y in years]
    return years, np.add.reduceat(run.tallies[tally].astype(np.int64), first, axis=1)


def whole_years(run: Run, tally: str) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """:func:`by_calendar_year` without the years of which the clock covers only a part."""
    years, values = by_calendar_year(run, tally)
    months = set(run.labels("month"))
    whole = [i for i, year in enumerate(years) if {f"{year}-01", f"{year}-12"} <= months]
    return tuple(years[i] for i in whole), values[:, whole]


def year_ends(run: Run, tally: str) -> tuple[tuple[str, ...], NDArray[Any]]:
    """A monthly stock at the end of each whole calendar year."""
    ends = [i for i, month in enumerate(run.labels("month")) if month.endswith("-12")]
    return tuple(run.labels("month")[i][:4] for i in ends), run.tallies[tally][:, ends]
