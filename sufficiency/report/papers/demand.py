"""Requests and plans in a paper."""

from __future__ import annotations

import numpy as np

from sufficiency.experiment.measure import whole_years
from sufficiency.experiment.run import Run
from sufficiency.places.gap import Band, band
from sufficiency.report.charts.captions import fan_caption
from sufficiency.report.charts.shapes import fan
from sufficiency.report.papers.content import (
    Cell,
    Chart,
    Column,
    Section,
    Table,
    about,
    about_range,
    band_columns,
    banded,
)
from sufficiency.report.papers.pictures import specification
from sufficiency.report.words import count

NAMES = {"requests": "Requests", "plans_issued": "Plans issued"}


def demand_section(run: Run) -> Section:
    """Requests, plans issued, their timeliness, and plans in force, by year."""
    bands: dict[str, list[Band]] = {}
    for name in NAMES:
        years, values = whole_years(run, name)
        totals = values.reshape(run.futures, len(years), -1).sum(axis=2)
        bands[name] = [band(totals[:, i]) for i in range(len(years))]
    timely = _timely(run)
    first, last = bands["requests"][0], bands["requests"][-1]
    answer = (
        f"Requests for an education, health and care (EHC) needs assessment go from {about(first.mean)} in {years[0]} to "
        f"{about_range(last)} in {years[-1]}, on average over the futures."
    )
    rows = [
        {"period": year, "series": word, "p10": bands[name][i].p10, "p50": bands[name][i].p50, "p90": bands[name][i].p90}
        for name, word in NAMES.items()
        for i, year in enumerate(years)
    ]
    chart = Chart(
        "requests-and-plans",
        "Requests and plans issued by calendar year",
        fan_caption(rows, "Requests", about, what="requests"),
        "Fan chart of requests and plans issued by calendar year. "
        + "; ".join(f"{word} {about(bands[name][0].mean)} in {years[0]}, {about(bands[name][-1].mean)} in {years[-1]}"
                    for name, word in NAMES.items()) + ". All numbers are in the table below.",
        specification(fan(rows)),
        "requests",
    )  # fmt: skip
    table = Table(
        "requests",
        "Requests, plans issued and timeliness by calendar year",
        (
            Column("Year", "Calendar year."),
            *band_columns("Requests", "requests a year", meaning="requests for an EHC needs assessment"),
            *band_columns("Plans issued", "plans a year", meaning="new EHC plans issued"),
            Column("Within 20 weeks", "Mean share of plans issued within 20 weeks, without exceptions.", "share", "share"),
        ),
        tuple(
            (year, *banded(bands["requests"][i]), *banded(bands["plans_issued"][i]), timely[i]) for i, year in enumerate(years)
        ),
        "Estimates to the nearest 5. Timeliness is not assumed: it follows from staff and queues.",
    )
    return Section("How many requests and plans?", answer, (chart, table, *_stock(run)))


def _timely(run: Run) -> list[Cell]:
    """Mean share within 20 weeks by year, over the futures that have a plan in the denominator."""
    years, on_time = whole_years(run, "plans_on_time_in_denominator")
    _, counted = whole_years(run, "plans_in_denominator")
    found: list[Cell] = []
    for i in range(len(years)):
        part, whole = (values[:, i].reshape(run.futures, -1).sum(axis=1) for values in (on_time, counted))
        some = whole > 0
        found.append(float(np.mean(part[some] / whole[some])) if some.any() else None)
    return found


def _stock(run: Run) -> tuple[str, Table]:
    censuses = run.labels("census")
    stock = run.tallies["caseload"].reshape(run.futures, len(censuses), -1).sum(axis=2)
    bands = [band(stock[:, i]) for i in range(len(censuses))]
    words = (
        f"Plans in force go from {about(bands[0].mean)} in January {censuses[0]} to {about_range(bands[-1])} in January "
        f"{censuses[-1]}."
    )
    table = Table(
        "plans-in-force",
        "Plans in force on the January census",
        (Column("January", "Year of the January census."), *band_columns("Plans", "plans", meaning="EHC plans in force")),
        tuple((year, *banded(found)) for year, found in zip(censuses, bands, strict=True)),
        f"The first is what is published for January {censuses[0]}: {count(bands[0].mean)}."
        if bands[0].p10 == bands[0].p90
        else "",
    )
    return words, table
