"""Files of a forecast of the panel: the table, and the manifest that says what it rests on."""

from __future__ import annotations

import csv
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sufficiency import __version__
from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.hindcast.forecast import COLUMNS, Forecast, rows
from sufficiency.report.results import out_folder, plain_cell, write_atomically, write_json


def out_file(out: Path, suffix: str) -> Path:
    """The file for a result, its folder made where it is missing.

    Raises InputProblem where it is a folder, does not end in ``suffix`` or cannot be written.
    """
    if out.is_dir() or out.suffix.lower() != suffix:
        what = "is a folder" if out.is_dir() else f"does not end in {suffix}"
        raise InputProblem(f"the result {what}", where="--out", value=str(out), mend=f"name a {suffix} file")
    out_folder(out.parent)
    return out


def write_forecast(found: Forecast, out: Path, release: str) -> tuple[int, str]:
    """Write the table to ``out`` and the manifest beside it; gives the number of rows and the manifest's name."""
    table = list(rows(found))

    def write(file: Any) -> None:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([plain_cell(name), *rest] for name, *rest in table)

    write_atomically(out, write)
    beside = out.with_suffix(".manifest.json")
    write_json(manifest(found, release), beside)
    return len(table), beside.name


def manifest(found: Forecast, release: str) -> dict[str, Any]:
    """What a forecast carries: nothing in it depends on the day, the machine or the number of workers."""
    return {
        "model_version": __version__,
        "release": release,
        "census": found.census,
        "horizon_years": found.horizon,
        "futures": found.futures,
        "seed": found.seed,
        "panel_rates_learned_from_the_tables": asdict(found.panel),
        "scenario_hashes": {p.name: p.scenario_hash for p in found.projections},
        "left_out": found.left_out,
        "failed_futures": {p.name: p.failed for p in found.projections if p.failed},
        "set_aside": list(found.set_aside),
    }
