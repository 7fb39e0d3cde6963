"""Tables of the gap, the commitment and the invitation, as they are written to files and offered for download."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEED_GROUPS, NEEDS_OF_GROUP
from sufficiency.experiment.run import Run
from sufficiency.experiment.tables import ALL, summarise
from sufficiency.places.gap import CUTS, GAPS, cut, gap
from sufficiency.places.invitation import Invitation, by_group
from sufficiency.places.spread import ASSUMPTIONS, CALIBRATED, Shares, Spread, verdict
from sufficiency.places.tracker import Reached, Tracker

if TYPE_CHECKING:
    import pandas as pd

MEASURED = "with_pipeline"
"""The version in which the spread is taken apart: the scenario as it is."""
SHARE_COLUMNS = ("assumption_share", "assumption_error", *ASSUMPTIONS.codes, CALIBRATED.code, "verdict")
GAP_COLUMNS = ("version", "gap", "academic_year", *CUTS, "mean", "p10", "p50", "p90", "futures", *SHARE_COLUMNS)
_SHOWN = ("mean", "p10", "p50", "p90", "futures")


def gap_table(runs: Mapping[str, Run], spread: Spread | None) -> pd.DataFrame:
    """Both gaps of every version by year, area, need and phase, each summed to ``all`` too, with the columns
    :data:`GAP_COLUMNS`; shares of the spread are those of the version :data:`MEASURED` and empty in the others."""
    import pandas as pd

    frames = []
    for (version, run), name in product(runs.items(), GAPS):
        values = gap(run, name)
        for size in range(len(CUTS), -1, -1):
            for kept in combinations(CUTS, size):
                found = cut(run, values, kept)
                shares = None
                if version == MEASURED and spread:
                    shares = spread.shares(lambda each, name=name, kept=kept: cut(each, gap(each, name), kept))  # type: ignore[misc]
                head = {"version": version, "gap": name}
                frames.append(pd.DataFrame(head | _cells(run, kept, found) | share_columns(shares, found[0].size)))
    return pd.concat(frames, ignore_index=True)[list(GAP_COLUMNS)]


def _cells(run: Run, kept: tuple[str, ...], values: NDArray[np.float64]) -> dict[str, Any]:
    labels = [run.labels(axis) for axis in ("academic_year", *kept)]
    index = np.indices([len(axis) for axis in labels]).reshape(len(labels), -1)
    columns: dict[str, Any] = dict.fromkeys(CUTS, ALL)
    for position, name in enumerate(("academic_year", *kept)):
        columns[name] = np.array(labels[position], dtype=object)[index[position]]
    found = summarise(values.reshape(len(values), -1).T)
    return columns | {name: found[name] for name in _SHOWN}


def share_columns(shares: Shares | None, size: int) -> dict[str, Any]:
    """The columns :data:`SHARE_COLUMNS` of ``size`` cells: numbers, or empty where nothing was measured."""
    if shares is None:
        return dict.fromkeys(SHARE_COLUMNS, "")
    total, error = (each.ravel() for each in (shares.assumption, shares.error))
    found: dict[str, Any] = {"assumption_share": _written(total), "assumption_error": _written(error)}
    for code in (*ASSUMPTIONS.codes, CALIBRATED.code):
        found[code] = _written(shares.by_group[code].ravel()) if code in shares.by_group else [""] * size
    found["verdict"] = [verdict(float(a), float(e)) for a, e in zip(total, error, strict=True)]
    return found


def _written(shares: NDArray[np.float64]) -> list[Any]:
    """Shares to three decimals: they are estimates. Cells without a spread stay empty."""
    return ["" if np.isnan(share) else round(float(share), 3) + 0.0 for share in shares]


def commitment_table(found: Tracker) -> pd.DataFrame:
    """A row a version and month, then a row a version and date of the promise."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for version, curve in found.curves.items():
        for month, due, reached in zip(found.months, found.due.tolist(), curve, strict=True):
            rows.append({"kind": "month", "version": version, "name": "", "period": month} | _reached(found, due, reached))
    for date in found.dates:
        for version, reached in date.reached.items():
            head = {"kind": "date", "version": version, "name": date.name, "period": date.day.isoformat()}
            rows.append(head | _reached(found, date.due, reached))
    return pd.DataFrame(rows)


def _reached(found: Tracker, due: int, reached: Reached) -> dict[str, Any]:
    opened, missing = reached.opened, reached.still_missing
    return {
        "promised": found.promised,
        "delivered_before_start": found.delivered,
        "due_as_promised": due,
        "opened_mean": opened.mean,
        "opened_p10": opened.p10,
        "opened_p50": opened.p50,
        "opened_p90": opened.p90,
        "still_missing_mean": missing.mean,
        "probability_met": reached.probability,
    }


def invitation_rows(run: Run, found: Invitation, spread: Spread | None) -> list[dict[str, Any]]:
    """A row a line of the invitation: what is wanted, how surely, and what the line's spread rests on."""
    at = run.labels("academic_year").index(found.year)
    shares = spread.shares(lambda each: by_group(each, found.kind)[:, at]) if spread else None
    rows = []
    for line in found.lines:
        cell = (
            run.labels("area").index(line.area), NEED_GROUPS.index(line.group), run.labels("phase").index(line.phase),
        )  # fmt: skip
        rows.append(
            {
                "area": line.area,
                "need_group": line.group,
                "needs": ";".join(NEEDS_OF_GROUP[line.group]),
                "phase": line.phase,
                "places_wanted": line.places,
                "by": found.by.isoformat(),
                "gap": found.kind,
                "academic_year": found.year,
                "futures_in_ten": found.confidence,
                "share_of_futures": line.share,
                "gap_p10": line.p10,
                "gap_p50": line.p50,
                "gap_p90": line.p90,
                "assumption_share": "" if shares is None else _written(shares.assumption[cell].reshape(1))[0],
                "verdict": "" if shares is None else verdict(float(shares.assumption[cell]), float(shares.error[cell])),
            }
        )
    return rows


INVITATION_COLUMNS = (
    "area", "need_group", "needs", "phase", "places_wanted", "by", "gap", "academic_year", "futures_in_ten", "share_of_futures",
    "gap_p10", "gap_p50", "gap_p90", "assumption_share", "verdict",
)  # fmt: skip
