"""The part of the Places page that shows one year's gap: areas as tiles, needs by area as a heat map, and the same as a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.experiment.run import Run
from sufficiency.places.gap import band, cut, gap, leans_on_area_shares
from sufficiency.places.spread import Shares, Spread, verdict
from sufficiency.report.charts.places import tile_map
from sufficiency.report.charts.shapes import heat_map
from sufficiency.ui.answers import Answer
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import number, plain, short
from sufficiency.ui.glossary import linked
from sufficiency.ui.headlines import between
from sufficiency.ui.notes import note

ALL = "All areas"
EVERY_PHASE = "All phases"
KINDS = {"gap_all": "All need not met by a state place", "gap_waiting": "Children who wait"}
EXPLAINED = {"gap_all": "Gap (all)", "gap_waiting": "Gap (waiting)"}
MEANING = {
    "gap_all": "This counts children who need a specialist place, less the places open to residents that the council can count "
    "on; a child in an independent school counts as unmet locally.",
    "gap_waiting": "This counts children with a plan who need a specialist place and have none yet.",
}
Row = dict[str, Any]


def gap_map(answer: Answer, kind: str, year: str, spread: Spread | None) -> None:
    """The headline, the tiles, the heat map, its table and the downloads."""
    run = answer.run
    labels = {code: area.label for code, area in run.scenario.areas.items()}
    cells = _cells(run, kind, year, "")
    worst = max((cell for cell in cells if cell["column"] != ALL), key=lambda cell: float(cell["gap"]))
    found = band(cut(run, gap(run, kind), ("area", "need"))[(slice(None), *worst["at"])])
    where = f"{worst['line'].lower()} in {plain(worst['column'])}"
    largest, range_ = linked("the largest gap", EXPLAINED[kind]), linked("8 of 10 futures", "8 in 10 futures")
    st.markdown(f"## In {year} {largest} is for {where}: {short(found.mean)}; in {range_} {between(found)}.")
    st.markdown(linked(MEANING[kind], "Specialist place"))
    if leans_on_area_shares(run):
        st.warning(
            "**Area shares are assumed.** Nobody publishes how need divides between the areas: single areas rest on unverified "
            "shares, “All areas” does not."
        )
    areas = _areas(run, kind, year, labels)
    st.markdown(f"**Gap by area, all needs**, {year}.")
    st.altair_chart(tile_map(areas), alt=f"Gap in {year} by area, one tile each; the numbers are in the table below")
    _area_table(areas, kind, year, spread, run)
    phases = {"": EVERY_PHASE} | {entry.code: entry.label for entry in PHASES}
    phase = st.selectbox("Phase", list(phases), format_func=phases.__getitem__, key="map-phase", persist_state="session")
    if phase:
        cells = _cells(run, kind, year, phase)
    columns, lines = [*labels.values(), ALL], [NEEDS.label(code) for code in NEEDS.codes]
    st.markdown(f"**Gap by need and area**, {year}, {phases[phase].lower()}.")
    st.altair_chart(heat_map(cells, columns, lines), alt=f"Gap in {year} by need and area; its numbers are in the table below")
    with st.expander("The numbers of this map"):
        of = {(cell["line"], cell["column"]): f"{cell['words']} ({_range(cell)})" for cell in cells}
        table = [{"Need": line} | {plain(column): of[line, column] for column in columns} for line in lines]
        st.table(table, hide_index=True, border="horizontal", alt=f"Gap in {year} by need and area")
        note("Mean over the futures; in brackets the range of 8 in 10 futures.")
    head_of = {"academic_year": year, "gap": kind, "phase": phase or "all"}
    numbers = [head_of | {n: cell[c] for n, c in _COLUMNS.items()} for cell in cells]
    offer(numbers, f"{kind}-{year.replace('/', '-')}{'-' + phase if phase else ''}", what="the map")


_COLUMNS = {"need": "line", "area": "column", "mean": "gap", "p10": "p10", "p50": "p50", "p90": "p90"}


def _cells(run: Run, kind: str, year: str, phase: str) -> list[Row]:
    """A row a need and area, and a row a need over all areas; ``at`` is the position in the year's array of areas and needs."""
    labels = {code: area.label for code, area in run.scenario.areas.items()}
    where = {"phase": phase} if phase else {}
    at = run.labels("academic_year").index(year)
    values, whole = (cut(run, gap(run, kind), by, where)[:, at] for by in (("area", "need"), ("need",)))
    rows = []
    for j, need in enumerate(NEEDS.codes):
        for i, area in enumerate(run.labels("area")):
            rows.append(_row(values[:, i, j]) | {"line": NEEDS.label(need), "column": labels[area], "at": (at, i, j)})
        rows.append(_row(whole[:, j]) | {"line": NEEDS.label(need), "column": ALL, "at": None})
    return rows


def _areas(run: Run, kind: str, year: str, labels: dict[str, str]) -> list[Row]:
    values = cut(run, gap(run, kind), ("area",))[:, run.labels("academic_year").index(year)]
    return [_row(values[:, i]) | {"name": labels[code]} for i, code in enumerate(run.labels("area"))]


def _row(values: NDArray[np.float64]) -> Row:
    found = band(values)
    row: Row = {"gap": found.mean, "words": short(found.mean), "p10": found.p10, "p50": found.p50, "p90": found.p90}
    return row | {"range": _range(row)}


def _area_table(areas: list[Row], kind: str, year: str, spread: Spread | None, run: Run) -> None:
    """The tiles' numbers, and beside them what each area's spread is: assumption or the course of events."""
    at = run.labels("academic_year").index(year)
    shares = spread.shares(lambda each: cut(each, gap(each, kind), ("area",))[:, at]) if spread else None
    table = [
        {"Area": plain(row["name"]), "Gap": row["words"], "8 in 10 futures": row["range"], "Its spread is": _rests(shares, i)}
        for i, row in enumerate(areas)
    ]
    st.table(table, hide_index=True, border="horizontal", alt=f"Gap in {year} by area")


def _rests(shares: Shares | None, at: int) -> str:
    return "not measured" if shares is None else verdict(float(shares.assumption[at]), float(shares.error[at]))


def _range(row: Row) -> str:
    return f"{number(row['p10'])} to {number(row['p90'])}"
