"""Places opening against need, year by year: what the timeline shows, for the app and for papers."""

from __future__ import annotations

from typing import Any

from sufficiency.experiment.run import Run
from sufficiency.places.gap import Band, band, cut
from sufficiency.report.charts.timeline import ADDED, OPEN

Row = dict[str, Any]


def yearly(run: Run, name: str) -> list[Band]:
    """Bands of ``need`` or ``places`` by academic year, all areas, needs and phases together."""
    return [band(column) for column in cut(run, run.tallies[name], ()).T]


def timeline_rows(run: Run, after: Run | None) -> tuple[list[Row], list[Row]]:
    """Rows of the bars (places open, and those that ``after`` adds) and of the line (need) for
    :func:`~sufficiency.report.charts.timeline.timeline`; the runs are paired."""
    years = run.labels("academic_year")
    places = yearly(run, "places")
    bars: list[Row] = [{"period": y, "series": OPEN, "mean": p.mean} for y, p in zip(years, places, strict=True)]
    if after is not None:
        added = [more.mean - p.mean for p, more in zip(places, yearly(after, "places"), strict=True)]
        if any(round(extra) for extra in added):
            bars += [{"period": y, "series": ADDED, "mean": max(extra, 0.0)} for y, extra in zip(years, added, strict=True)]
    need = [{"period": y, "p10": n.p10, "p50": n.p50, "p90": n.p90} for y, n in zip(years, yearly(run, "need"), strict=True)]
    return bars, need
