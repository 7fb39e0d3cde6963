"""What was learned from published tables as files: the rates, the hazards, the evidence, and what nothing identifies."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from sufficiency import __version__
from sufficiency.evidence.dfe.placed import Placed
from sufficiency.evidence.dfe.published import Published
from sufficiency.experiment.published_rates import limits, tables
from sufficiency.experiment.published_rates.arrays import NCYS
from sufficiency.experiment.published_rates.learn import PublishedRates
from sufficiency.experiment.published_rates.tables import scenario_figures
from sufficiency.report.projection_files import Row, Table, learned_tables, write_rows
from sufficiency.report.results import write_json
from sufficiency.report.words import count


def published_tables(found: PublishedRates, placed: Placed, published: Published) -> dict[str, Table]:
    """Columns and rows of the files that say what published rates stand on."""
    return {
        "hazards.csv": (tables.HAZARD_COLUMNS, tables.hazard_rows(found)),
        "evidence.csv": (tables.EVIDENCE_COLUMNS, tables.evidence_rows(found)),
        "balance.csv": (tables.BALANCE_COLUMNS, tables.balance_rows(published, found.name, found.census)),
        "placements.csv": (tables.PLACEMENT_COLUMNS, tables.placement_rows(placed, found.name, found.census)),
        "not_identified.csv": (limits.COLUMNS, limits.not_identified(found)),
    }


def write_rates(
    found: PublishedRates, placed: Placed, published: Published, source: dict[str, Any], folder: Path
) -> tuple[str, ...]:
    """Write all files into ``folder``; gives the names written. Raises InputProblem where one cannot be written."""
    files = published_tables(found, placed, published) | learned_tables(found.rates) | {
        "start.csv": (("academic-year", "need", "setting", "children"), _start(found)),
        "joiners.csv": (("academic-year", "need", "setting", "children-a-year"), _joiners(found)),
    }  # fmt: skip
    for name, (header, rows) in files.items():
        write_rows(folder / name, header, rows)
    write_json({"model_version": __version__, **source}, folder / "manifest.json")
    return (*files, "manifest.json")


def _by_state(found: PublishedRates, children: Any) -> Iterable[Row]:
    space = found.rates.space
    for need, ncy, setting in zip(*np.nonzero(children >= 0.005), strict=True):
        yield int(NCYS[ncy]), space.needs[need], space.settings[setting], float(children[need, ncy, setting])


def _start(found: PublishedRates) -> Iterable[Row]:
    return _by_state(found, found.stock)


def _joiners(found: PublishedRates) -> Iterable[Row]:
    return _by_state(found, found.joiners)


def source_of(found: PublishedRates, releases: dict[str, Any], published: Published) -> dict[str, Any]:
    """What published rates were learned from, for a manifest."""
    known = published.until(found.census)
    return {
        "authority": found.name,
        "census": found.census,
        "england_through": found.england_through,
        "releases": releases,
        "multiplier": {"mean": found.multiplier.mean, "interval_80": list(found.multiplier.interval())},
        "not_identified": [what for what, *_ in limits.not_identified(found)],
        "set_aside": [words for _, words in known.set_aside],
    }


def rates_words(found: PublishedRates) -> list[str]:
    """What was learned, in sentences."""
    low, high = found.multiplier.interval()
    shapes = "" if found.england_through == found.census else f"; England's shapes from tables to January {found.england_through}"
    lines = [
        f"{found.name} at the census of January {found.census}: {count(found.stock.sum())} children with a plan, "
        f"{count(found.joiners.sum())} expected to join in a year like the last{shapes}.",
        f"Its children move into specialist places at {found.multiplier.mean:.2f} times England's hazards "
        f"(80 %: {low:.2f} to {high:.2f}).",
    ]
    figures = scenario_figures(found)
    named = {
        "placements.emergence_primary": "a year in primary",
        "placements.emergence_secondary": "a year in secondary",
        "placements.jump_at_secondary": "more at the transfer to Year 7",
    }
    england = ", ".join(f"{figures[path]:.1%} {words}" for path, words in named.items() if path in figures)
    lines.append(f"England, of children in mainstream: {england}.")
    if found.hazards.flat:
        lines.append(
            "No release by then gives settings by age: which settings serve which NCY, and who leaves at which, is assumed."
        )
    return lines
