"""Tidy tables of results: each measure by each of its dimensions and summed to ``all`` over each one.

Quantiles are taken over futures of the cell itself (a sum's quantile is not the sum of quantiles). A ratio is formed within
each future from its summed parts; a cell without a denominator in any future has no row.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.experiment.measure import Measure

if TYPE_CHECKING:
    import pandas as pd

DIMENSIONS = ("area", "need", "phase", "setting", "category")
QUANTILES = {"p05": 5, "p10": 10, "p25": 25, "p50": 50, "p75": 75, "p90": 90, "p95": 95}
COLUMNS = ("measure", "unit", "period_kind", "period", *DIMENSIONS, "mean", "sd", *QUANTILES, "futures")
ALL = "all"


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
