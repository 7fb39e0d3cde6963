"""Places, need, the gap and those who wait in a paper."""

from __future__ import annotations

from typing import Any

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.experiment.run import Run
from sufficiency.places.gap import Band, band, cut, gap, leans_on_area_shares
from sufficiency.report.chain import Chain
from sufficiency.report.charts.captions import fan_caption
from sufficiency.report.charts.shapes import fan, heat_map
from sufficiency.report.charts.timeline import timeline
from sufficiency.report.papers.content import (
    Chart,
    Column,
    Points,
    Section,
    Table,
    about,
    about_range,
    band_columns,
    banded,
)
from sufficiency.report.papers.pictures import specification
from sufficiency.report.place_timeline import timeline_rows
from sufficiency.report.summary import headline_year

ALL = "All areas"
LARGEST = 5
YEAR = Column("Academic year", "Academic year; counted on its January census.")
ASSUMED_SHARES = (
    "How need divides between the areas is published by nobody: figures for single areas rest on assumed shares, those for all "
    "areas together do not."
)


def bands_of(run: Run, name: str) -> list[Band]:
    """Bands by academic year of ``need``, ``places``, ``gap_all`` or ``gap_waiting``, all areas, needs and phases together."""
    values = gap(run, name) if name.startswith("gap_") else run.tallies[name]
    return [band(column) for column in cut(run, values, ()).T]


def short_or_spare(value: float) -> str:
    """``45 short``, ``10 to spare`` or ``about none``, to the nearest 5."""
    words = about(abs(value))
    return "about none" if words == "0" else f"{words} short" if value > 0 else f"{words} to spare"


def places_section(chain: Chain) -> Section:
    """Need, places and the gap by year, before and after the shortlist, and where the gap is largest."""
    run, after = chain.run, chain.with_shortlist
    years, year = run.labels("academic_year"), headline_year(run)
    at = years.index(year)
    need, places, missing = (bands_of(run, name) for name in ("need", "places", "gap_all"))
    left, places_after = bands_of(after, "gap_all"), bands_of(after, "places")
    answer = (
        f"By the January census of {year} {about(need[at].mean)} children need a specialist place and {about(places[at].mean)} "
        f"places are open to them, so that {about_range(missing[at])} places are missing. With the chosen bids "
        f"{about_range(left[at])} are."
    )
    meaning = "A child in an independent school counts as unmet, because no place the council can count on is open to them."
    bars, spread = timeline_rows(run, after)
    chart = Chart(
        "places-and-need",
        "Places opening against need",
        fan_caption([row | {"series": "Need"} for row in spread], "Need", about, what="children who need a specialist place"),
        f"Bars of places by academic year, with need as a line. {year}: {about(places[at].mean)} places without the chosen bids, "
        f"{about(places_after[at].mean)} with them, {about(need[at].mean)} children in need. Numbers in the table below.",
        specification(timeline(bars, spread)),
        "places",
    )
    table = Table(
        "places",
        "Need, places and places missing by academic year",
        (
            YEAR,
            *band_columns("Need", "children", meaning="children who need a specialist place"),
            Column("Places", "Mean of places open to residents, the pipeline included.", "estimate", "places"),
            *band_columns("Missing", "places", meaning="need less places"),
            Column("Places with the bids", "Mean of places open, the chosen bids included.", "estimate", "places"),
            *band_columns("Missing with the bids", "places", meaning="need less places, the chosen bids included"),
        ),
        tuple(
            (y, *banded(need[i]), places[i].mean, *banded(missing[i]), places_after[i].mean, *banded(left[i]))
            for i, y in enumerate(years)
        ),
        "Estimates to the nearest 5, so that they may not add up exactly. Below zero are places to spare.",
    )
    return Section("How many places are missing?", answer, (meaning, chart, table))


def where_section(chain: Chain) -> Section:
    """The gap of the headline year by need and area, and the whole of it for the workbook."""
    run = chain.run
    year = headline_year(run)
    rows, cells = _by_need_and_area(run, year)
    largest = sorted((cell for cell in cells if cell["column"] != ALL), key=lambda cell: -cell["gap"])[:LARGEST]
    first = largest[0]
    answer = (
        f"In {year} most places are missing for {first['line'].lower()} in {first['column']}: {about(first['gap'])} "
        f"(8 in 10 futures: {about(first['p10'])} to {about(first['p90'])})."
    )
    columns = [*(area.label for area in run.scenario.areas.values()), ALL]
    lines = [entry.label for entry in NEEDS]
    chart = Chart(
        "gap-by-need-and-area",
        f"Places missing by need and area, {year}",
        f"Every cell is a number with its word; the darker, the more is missing. {year}, all phases, before any bid.",
        "Heat map of places missing by need and area. Largest: "
        + "; ".join(f"{cell['line']}, {cell['column']}: {short_or_spare(cell['gap'])}" for cell in largest)
        + ". All numbers are in the table below.",
        specification(heat_map(cells, columns, lines)),
        "gap-by-need-and-area",
    )
    table = Table(
        "gap-by-need-and-area",
        f"Places missing by need and area, {year}",
        (
            Column("Need", "Primary need (DfE's SEN types)."),
            *(Column(name, f"Mean over the futures of need less places, {name}.", "estimate", "places") for name in columns),
        ),
        tuple(rows),
        "Means over the futures to the nearest 5; below zero are places to spare.",
    )
    blocks: list[Any] = [ASSUMED_SHARES] if leans_on_area_shares(run) else []
    blocks += [Points(tuple(f"{c['line']}, {c['column']}: {short_or_spare(c['gap'])}" for c in largest)), chart, table]
    return Section("Where, and for whom?", answer, (*blocks, _every_cell(chain, year)))


def _by_need_and_area(run: Run, year: str) -> tuple[list[tuple[Any, ...]], list[dict[str, Any]]]:
    """Rows of the table, and cells of the map."""
    at = run.labels("academic_year").index(year)
    labels = [area.label for area in run.scenario.areas.values()]
    both, whole = (cut(run, gap(run, "gap_all"), by)[:, at] for by in (("area", "need"), ("need",)))
    rows, cells = [], []
    for j, need in enumerate(NEEDS):
        found = [*((labels[i], band(both[:, i, j])) for i in range(len(labels))), (ALL, band(whole[:, j]))]
        rows.append((need.label, *(one.mean for _, one in found)))
        for name, one in found:
            size = {"gap": one.mean, "p10": one.p10, "p50": one.p50, "p90": one.p90}
            cells.append({"line": need.label, "column": name, "words": short_or_spare(one.mean), **size})
    return rows, cells


def _every_cell(chain: Chain, year: str) -> Table:
    """Need, places and gap of every area, need and phase: too long for print."""
    run, after = chain.run, chain.with_shortlist
    at = run.labels("academic_year").index(year)
    rows = []
    for i, area in enumerate(run.scenario.areas.values()):
        for j, need in enumerate(NEEDS):
            for k, phase in enumerate(PHASES):
                here = (slice(None), at, i, j, k)
                need_here, places_here = (float(run.tallies[name][here].mean()) for name in ("need", "places"))
                before, later = (band(gap(one, "gap_all")[here]) for one in (run, after))
                waiting = float(run.tallies["waiting"][here].mean())
                rows.append((area.label, need.label, phase.label, need_here, places_here, *banded(before), waiting, later.mean))
    return Table(
        "gap-by-cell",
        f"Need, places and places missing by area, need and phase, {year}",
        (
            Column("Area", "Area of the child's home."),
            Column("Need", "Primary need (DfE's SEN types)."),
            Column("Phase", "Phase of education, by National Curriculum Year."),
            Column("Children in need", "Mean of children who need a specialist place.", "estimate", "children"),
            Column("Places", "Mean of places open to residents.", "estimate", "places"),
            *band_columns("Missing", "places", meaning="need less places"),
            Column("Waiting", "Mean of children who wait.", "estimate", "children"),
            Column("Missing with the bids", "Mean of need less places, the chosen bids included.", "estimate", "places"),
        ),
        tuple(rows),
        only_in_workbook=True,
    )


def waiting_section(chain: Chain) -> Section:
    """The waiting list, and where those go who are not placed."""
    run, after = chain.run, chain.with_shortlist
    years, year = run.labels("academic_year"), headline_year(run)
    at = years.index(year)
    before, later = bands_of(run, "gap_waiting"), bands_of(after, "gap_waiting")
    answer = (
        f"On the January census of {year} {about_range(before[at])} children have a plan that names a specialist place and have "
        f"none yet; with the chosen bids {about_range(later[at])}."
    )
    rows = [
        {"period": y, "series": name, "p10": found[i].p10, "p50": found[i].p50, "p90": found[i].p90}
        for name, found in (("Without the shortlist", before), ("With the shortlist", later))
        for i, y in enumerate(years)
    ]
    chart = Chart(
        "waiting",
        "Children waiting for a specialist place",
        fan_caption(rows, "With the shortlist", about, what="children who wait, the chosen bids open"),
        f"Fan chart of children waiting by academic year: {about(before[at].mean)} in {year} without the chosen bids, "
        f"{about(later[at].mean)} with them. Numbers in the table below.",
        specification(fan(rows)),
        "waiting",
    )
    table = Table(
        "waiting",
        "Children waiting, and where others go",
        (
            YEAR,
            *band_columns("Waiting", "children", meaning="children who wait on the January census"),
            *band_columns("Waiting with the bids", "children", meaning="children who wait, the chosen bids open"),
            Column("Out of school", "Mean of children who fell out of school while they waited, in the year.", "estimate",
                   "children a year"),
            Column("Out of school with the bids", "The same with the chosen bids.", "estimate", "children a year"),
        ),
        tuple(
            (y, *banded(before[i]), *banded(later[i]), _out_of_school(run, i), _out_of_school(after, i))
            for i, y in enumerate(years)
        ),
        "Estimates to the nearest 5. Waiting children are in mainstream schools with support, or out of school.",
    )  # fmt: skip
    return Section("Who waits, and where do the others go?", answer, (chart, table, _outcomes(run)))


OUTCOME_WORDS = {
    "placed": "Placed here",
    "independent": "Independent school",
    "out_of_area": "School of another authority",
    "left": "Left or plan ended",
    "waiting": "Still waiting",
}
"""How a wait ends, in words (:data:`~sufficiency.simulation.results.WAIT_OUTCOMES`)."""


def _outcomes(run: Run) -> Table:
    counts = run.tallies["waits"].sum(axis=(2, 4)).mean(axis=0)
    outcomes = run.labels("outcome")
    order = [outcomes.index(code) for code in OUTCOME_WORDS]
    return Table(
        "where-they-go",
        "What became of those who began to wait",
        (
            Column("Began to wait in", "Academic year in which the wait began."),
            *(
                Column(
                    words, f"Mean of children: {words[0].lower()}{words[1:]} by the last day simulated.", "estimate", "children"
                )
                for words in OUTCOME_WORDS.values()
            ),
        ),
        tuple((year, *(float(counts[i, at]) for at in order)) for i, year in enumerate(run.labels("academic_year"))),
        "Before any bid; to the nearest 5. Those who began to wait late are followed for a shorter time.",
    )


def _out_of_school(run: Run, at: int) -> float:
    return float(run.tallies["to_elsewhere"][:, at, run.labels("route").index("out_of_school")].mean())
