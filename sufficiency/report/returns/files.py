"""The returns' files: ``scap.csv`` and its two further shapes, ``dsg-pupils.csv``, ``reform-plan.xlsx`` and the manifest."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from sufficiency.domain.calendar import academic_year_label
from sufficiency.experiment.run import Run
from sufficiency.places.scap import SCAP_PHASES, scap_pupils
from sufficiency.report.excel import write_bytes
from sufficiency.report.results import manifest, plain_cell, write_atomically, write_json
from sufficiency.report.returns.dsg_pupils import dsg_pupils
from sufficiency.report.returns.reform_plan import PlanTable, asked_years, reform_plan
from sufficiency.report.returns.rounding import WORDS
from sufficiency.report.returns.scap import ScapTables, scap_tables
from sufficiency.report.returns.settings import ReturnSettings
from sufficiency.report.returns.workbook import workbook
from sufficiency.report.words import count

FILES = ("scap.csv", "scap-by-year.csv", "scap-by-ncy.csv", "dsg-pupils.csv", "reform-plan.xlsx", "manifest.json")


def write_returns(
    runs: dict[str, Run], settings: ReturnSettings, folder: Path, today: dt.date
) -> tuple[tuple[str, ...], list[str], list[str]]:
    """Write :data:`FILES` into ``folder``; gives their names, what they say in a few lines, and what was left out.

    ``runs`` by version: ``unmitigated`` and, where the scenario has interventions switched on, ``mitigated``, which are then
    what SCAP's forecast rests on. Raises InputProblem where a file cannot be written.
    """
    run = next(reversed(runs.values()))
    split = settings.split(run.scenario.knowledge_date)
    shares = split.scap.independent if split else {"IN": 1}
    scap = scap_tables(scap_pupils(run, shares.get("SS", 0) / sum(shares.values())), settings)
    plan = reform_plan(runs, settings)
    tables: dict[str, tuple[Mapping[str, str], Iterable[dict[str, Any]]]] = {
        "scap.csv": (settings.scap.columns, scap.areas()),
        "scap-by-year.csv": (settings.scap_by_year.columns, scap.by_year()),
        "scap-by-ncy.csv": (settings.scap_by_ncy.columns, scap.by_ncy()),
        "dsg-pupils.csv": (settings.dsg_pupils.columns, dsg_pupils(runs)),
    }
    for name, (columns, rows) in tables.items():
        _write_csv(folder / name, columns, rows)
    write_bytes(folder / "reform-plan.xlsx", workbook(plan, runs, settings, today))
    write_json(_manifest(runs, settings), folder / "manifest.json")
    return FILES, _words(run, scap, plan), _left_out(run, settings, scap, plan)


def _write_csv(path: Path, columns: Mapping[str, str], rows: Iterable[dict[str, Any]]) -> None:
    def write(file: IO[str]) -> None:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([plain_cell(heading) for heading in columns.values()])
        for row in rows:
            cells = (row[field] for field in columns)
            writer.writerow([f"{cell:.6g}" if isinstance(cell, float) else plain_cell(cell) for cell in cells])

    write_atomically(path, write)


def _manifest(runs: dict[str, Run], settings: ReturnSettings) -> dict[str, Any]:
    """What the files are results of, the statistic, the rounding and the shares used."""
    run = next(reversed(runs.values()))
    split = settings.split(run.scenario.knowledge_date)
    return {
        **manifest(run),
        "versions": {version: one.scenario.digest for version, one in runs.items()},
        "statistic": "pupils: mean over futures, rounded; mean, p10 and p90: of each number itself, unrounded",
        "rounding": WORDS,
        "counted_on": "January census of each year",
        "settings": settings.model_dump(mode="json", exclude={"reform_plan", "splits"}),
        "splits": split.model_dump(mode="json") if split else None,
    }


def _words(run: Run, scap: ScapTables, plan: list[PlanTable]) -> list[str]:
    lines = [f"Returns from {run.scenario.title}; means of {run.futures} futures, unverified defaults in every line."]
    for phase in SCAP_PHASES:
        total = scap.total(phase)
        last = min(scap.forecast_years(phase), len(scap.found.censuses) - 1)
        first_year, last_year = (academic_year_label(scap.found.censuses[at] - 1) for at in (0, last))
        lines.append(
            f"  SCAP, {phase}: {count(total.mean[0])} in specialist places in {first_year}, {count(total.mean[last])} "
            f"({count(total.p10[last])} to {count(total.p90[last])}) in {last_year}"
        )
    for version, numbers in plan[0].versions.items():
        if plan[0].years:
            whole = numbers.whole[-1]
            lines.append(f"  Plans, {version}: {whole[0]:,} in {plan[0].years[0]}, {whole[-1]:,} in {plan[0].years[-1]}")
    return lines


def _left_out(run: Run, settings: ReturnSettings, scap: ScapTables, plan: list[PlanTable]) -> list[str]:
    found = []
    if years := scap.left_out():
        found.append(f"SCAP: {', '.join(years)} lie beyond the horizon, {run.scenario.horizon}, and are left out.")
    asked = set(asked_years(settings))
    if missing := sorted({year for table in plan for year in asked.difference(table.years)}):
        found.append(f"reform-plan.xlsx: {', '.join(map(str, missing))} are not simulated in some or all tables.")
    if settings.split(run.scenario.knowledge_date) is None:
        known = run.scenario.knowledge_date
        found.append(f"No share that splits settings was known by {known}: each is counted whole in its main row.")
    return found
