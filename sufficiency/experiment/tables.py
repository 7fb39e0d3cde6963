"""Tidy tables of results: each measure by each of its dimensions and summed to ``all`` over each one.

Quantiles are taken over futures of the cell itself (a sum's quantile is not the sum of quantiles). A ratio is formed within
each future from its summed parts; a cell without a denominator in any future has no row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.experiment.run import Run

if TYPE_CHECKING:
    import pandas as pd

DIMENSIONS = ("area", "need", "phase", "setting", "category")
QUANTILES = {"p05": 5, "p10": 10, "p25": 25, "p50": 50, "p75": 75, "p90": 90, "p95": 95}
COLUMNS = ("measure", "unit", "period_kind", "period", *DIMENSIONS, "mean", "sd", *QUANTILES, "futures")
ALL = "all"


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


def measures(run: Run) -> list[Measure]:
    """The simulation's own measures, as ``docs/measures.md`` lists them."""
    found: list[Measure] = []
    areas, needs, phases, settings = (run.labels(axis) for axis in ("area", "need", "phase", "setting"))
    by_month: dict[str, tuple[str, ...]] = {"area": areas, "need": needs}
    by_year: dict[str, tuple[str, ...]] = {**by_month, "phase": phases}
    months, censuses = run.labels("month"), run.labels("census")

    for name, (unit, _) in _FLOWS.items():
        found.append(Measure(name, unit, "month", months, by_month, run.tallies[name].sum(axis=-1)))
        years, values = _whole_years(run, name)
        found.append(Measure(name, unit, "calendar_year", years, by_year, values))
    for name, (tally, unit) in _STOCKS.items():
        found.append(Measure(name, unit, "month", months, by_month, run.tallies[tally].sum(axis=-1)))
        years, values = _year_ends(run, tally)
        found.append(Measure(name, unit, "calendar_year", years, by_year, values))
    for name, (top, bottom) in _RATIOS.items():
        years, on_time = _whole_years(run, top)
        _, issued = _whole_years(run, bottom)
        found.append(Measure(name, "share", "calendar_year", years, {"area": areas, "phase": phases},
                             on_time.sum(axis=3), issued.sum(axis=3)))  # fmt: skip
        found.append(Measure(name, "share", "month", months, {}, _total(run, top), _total(run, bottom)))
    caseload = run.tallies["caseload"]
    found.append(Measure("caseload", "plans", "census", censuses, {**by_year, "setting": settings}, caseload))
    for name in ("joiners", "leavers", "movers_in", "movers_out"):
        dims = {"area": areas, "need": needs, "setting": settings}
        found.append(Measure(name, "children", "census", censuses[1:], dims, run.tallies[name][:, 1:]))
    moved = run.tallies["movers_in"][:, 1:].sum(axis=-1)
    found.append(Measure("movers", "children", "census", censuses[1:], {"area": areas, "need": needs}, moved))
    independent = caseload[..., settings.index("independent")]
    found.append(Measure("independent", "children", "census", censuses, by_year, independent))
    waiting, need, places = (run.tallies[name] for name in ("waiting", "need", "places"))
    found.append(Measure("waiting", "children", "census", censuses, by_year, waiting))
    years = run.labels("academic_year")
    for name, unit, values in (
        ("need", "children", need),
        ("places", "places", places),
        ("gap_all", "places", need - places),
        ("gap_waiting", "places", waiting),
    ):
        found.append(Measure(name, unit, "academic_year", years, by_year, values))
    opened = run.tallies["commitment_opened"]
    found.append(Measure("commitment_opened", "places", "month", months, {}, opened))
    return found


_FLOWS = {
    "requests": ("requests", ""),
    "refusals": ("refusals", ""),
    "plans_issued": ("plans", ""),
    "plans_issued_on_time": ("plans", ""),
}
_STOCKS = {
    "requests_undecided": ("requests_undecided", "requests"),
    "assessments_open": ("assessments_open", "assessments"),
    "waiting": ("waiting_by_month", "children"),
}
_RATIOS = {"timeliness_20_week": ("plans_on_time_in_denominator", "plans_in_denominator")}


def _whole_years(run: Run, tally: str) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """:func:`by_calendar_year` without the years of which the clock covers only a part."""
    years, values = by_calendar_year(run, tally)
    months = set(run.labels("month"))
    whole = [i for i, year in enumerate(years) if {f"{year}-01", f"{year}-12"} <= months]
    return tuple(years[i] for i in whole), values[:, whole]


def _total(run: Run, tally: str) -> NDArray[Any]:
    total: NDArray[Any] = run.tallies[tally].sum(axis=(2, 3, 4))
    return total


def _year_ends(run: Run, tally: str) -> tuple[tuple[str, ...], NDArray[Any]]:
    """A monthly stock at the end of each whole calendar year."""
    ends = [i for i, month in enumerate(run.labels("month")) if month.endswith("-12")]
    return tuple(run.labels("month")[i][:4] for i in ends), run.tallies[tally][:, ends]


def table(found: Sequence[Measure]) -> pd.DataFrame:
    """One tidy frame with the columns :data:`COLUMNS`, no empty or NaN cell, in the order of the measures."""
    import pandas as pd

    frames = [frame for measure in found for frame in _frames(measure)]
    return pd.concat(frames, ignore_index=True)[list(COLUMNS)]


def _frames(measure: Measure) -> list[pd.DataFrame]:
    """A frame for each set of dimensions kept, the others summed to ``all``."""
    names = tuple(measure.dimensions)
    frames = []
    for size in range(len(names), -1, -1):
        for kept in combinations(names, size):
            gone = tuple(2 + i for i, name in enumerate(names) if name not in kept)
            values = measure.values.sum(axis=gone) if gone else measure.values
            below = None
            if measure.denominator is not None:
                below = measure.denominator.sum(axis=gone) if gone else measure.denominator
            frames.append(_frame(measure, kept, values, below))
    return frames


def _frame(measure: Measure, kept: tuple[str, ...], values: NDArray[Any], below: NDArray[Any] | None) -> pd.DataFrame:
    import pandas as pd

    labels = [measure.periods, *(measure.dimensions[name] for name in kept)]
    index = np.indices([len(axis) for axis in labels]).reshape(len(labels), -1)
    columns: dict[str, Any] = {"measure": measure.name, "unit": measure.unit, "period_kind": measure.period_kind}
    columns["period"] = np.array(labels[0], dtype=object)[index[0]]
    for name in DIMENSIONS:
        columns[name] = ALL
    for position, name in enumerate(kept, start=1):
        columns[name] = np.array(labels[position], dtype=object)[index[position]]
    cells = values.reshape(len(values), -1).T.astype(np.float64)
    summary = summarise(cells, None if below is None else below.reshape(len(below), -1).T)
    frame = pd.DataFrame({**columns, **summary}, index=range(cells.shape[0]))
    return frame[frame["futures"] > 0]


def summarise(values: NDArray[np.float64], below: NDArray[Any] | None = None) -> dict[str, NDArray[Any]]:
    """Mean, sd and quantiles of each row of ``values`` (cells, futures), or of values / below where below is positive.

    The sd is of the population of futures shown (0 for one future). ``futures`` counts those that have a value.
    """
    if below is None:
        ordered = np.sort(values, axis=1)
        quantiles = _quantiles(ordered)
        count = np.full(len(values), values.shape[1])
        return {"mean": values.mean(axis=1), "sd": values.std(axis=1), **quantiles, "futures": count}
    ratio = np.divide(values, below, out=np.full(values.shape, np.nan), where=below > 0)
    count = np.isfinite(ratio).sum(axis=1)
    some = count > 0
    summary = {name: np.zeros(len(values)) for name in ("mean", "sd", *QUANTILES)}
    if some.any():
        summary["mean"][some] = np.nanmean(ratio[some], axis=1)
        summary["sd"][some] = np.nanstd(ratio[some], axis=1)
        quantiles = np.nanpercentile(ratio[some], list(QUANTILES.values()), axis=1)
        for name, row in zip(QUANTILES, quantiles, strict=True):
            summary[name][some] = row
    return {**summary, "futures": count}


def _quantiles(ordered: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Linear-interpolation quantiles (Hyndman and Fan type 7) of sorted rows."""
    last = ordered.shape[1] - 1
    found = {}
    for name, percent in QUANTILES.items():
        position = last * percent / 100
        low = int(position)
        high = min(low + 1, last)
        found[name] = ordered[:, low] + (ordered[:, high] - ordered[:, low]) * (position - low)
    return found
