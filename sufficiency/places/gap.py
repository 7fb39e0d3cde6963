"""Need, supply and the two gaps by area, need, phase and academic year.

``gap_all`` = need - places: every independent placement counts as unmet locally. ``gap_waiting`` = those who wait. A place is
counted under the need and phase of the child in it; an empty one like the children such settings hold, among those it admits.
A negative gap is a surplus. Simulated figures are not personal data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.experiment.run import Run

GAPS = ("gap_all", "gap_waiting")
CUTS = ("area", "need", "phase")
_AXIS = {"area": 2, "need": 3, "phase": 4}
UNPUBLISHED_BY_AREA = ("demand.by_area", "caseload.by_area")


@dataclass(frozen=True)
class Band:
    """A quantity over futures: mean and the quantiles between which 8 in 10 futures lie."""

    mean: float
    p10: float
    p50: float
    p90: float


def band(values: NDArray[Any]) -> Band:
    """The band of one value a future, shape (futures,)."""
    p10, p50, p90 = (float(q) for q in np.percentile(values, [10, 50, 90]))
    return Band(float(values.mean()), p10, p50, p90)


def gap(run: Run, name: str) -> NDArray[np.float64]:
    """``gap_all`` or ``gap_waiting``, shape (futures, academic years, areas, needs, phases); KeyError for another name."""
    if name == "gap_waiting":
        return run.tallies["waiting"].astype(np.float64)
    if name == "gap_all":
        found: NDArray[np.float64] = run.tallies["need"] - run.tallies["places"]
        return found
    raise KeyError(name)


def cut(run: Run, values: NDArray[Any], by: tuple[str, ...], where: dict[str, str] | None = None) -> NDArray[Any]:
    """``values`` (futures, years, areas, needs, phases) limited to ``where`` and summed over all but ``by``.

    ``by`` names axes of :data:`CUTS` in their order; the result has shape (futures, years, *by).
    """
    for axis, label in (where or {}).items():
        values = np.take(values, [run.labels(axis).index(label)], axis=_AXIS[axis])
    summed: NDArray[Any] = values.sum(axis=tuple(_AXIS[axis] for axis in CUTS if axis not in by))
    return summed


def unmet(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Need for which there is no place in any area, by home area: ``values`` (need less places) of shape (..., areas, x, y).

    A surplus serves children of the same need and phase in any area, because children travel within the authority. With x the
    gap of an area, P = sum of max(x, 0) over the areas and T = max(sum of x, 0), an area's unmet need is max(x, 0) T / P:
    surplus elsewhere is shared in proportion to what each area lacks. Never negative.
    """
    lacking = np.maximum(values, 0.0)
    total = np.maximum(values.sum(axis=-3, keepdims=True), 0.0)
    lacking_in_all = lacking.sum(axis=-3, keepdims=True)
    scale = np.divide(total, lacking_in_all, out=np.zeros_like(total), where=lacking_in_all > 0)
    result: NDArray[np.float64] = lacking * scale
    return result


def gap_rows(run: Run, name: str, year: str, by: tuple[str, ...] = ("area", "need")) -> list[dict[str, Any]]:
    """One row a cell of ``by`` in academic year ``year``: its codes, mean, p10, p50 and p90; largest mean first."""
    values = cut(run, gap(run, name), by)[:, run.labels("academic_year").index(year)]
    labels = [run.labels(axis) for axis in by]
    rows = []
    for position in np.ndindex(*values.shape[1:]):
        found = band(values[(slice(None), *position)])
        codes = {axis: labels[i][position[i]] for i, axis in enumerate(by)}
        rows.append({**codes, "mean": found.mean, "p10": found.p10, "p50": found.p50, "p90": found.p90})
    return sorted(rows, key=lambda row: -row["mean"])


def leans_on_area_shares(run: Run) -> bool:
    """Whether area results rest on area shares that nobody has published."""
    return any(not run.scenario.figure(path).verified for path in UNPUBLISHED_BY_AREA)
