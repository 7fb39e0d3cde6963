"""``reform-plan.xlsx``: a sheet a table, what they rest on in "Read me", and the unverified defaults."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any

from sufficiency import __version__
from sufficiency.domain.dictionaries import PROVISION_TYPES, SETTINGS
from sufficiency.experiment.run import Run
from sufficiency.report.excel import new_book, unverified_rows, write_rows, write_text
from sufficiency.report.returns.reform_plan import FLOWS, PlanTable, asked_years
from sufficiency.report.returns.rounding import WORDS, nearest
from sufficiency.report.returns.settings import ReturnSettings

NOT_MODELLED, NOT_SIMULATED = "not modelled", "not simulated"
_WIDE, _NARROW = 62, 12


def workbook(tables: Sequence[PlanTable], runs: dict[str, Run], settings: ReturnSettings, today: dt.date) -> bytes:
    """The workbook's bytes; ``runs`` by version are those of the tables."""
    held = io.BytesIO()
    scenario = next(reversed(runs.values())).scenario
    book, look = new_book(held, f"Local SEND Reform Plan tables: {scenario.title}")
    write_rows(book.add_worksheet("Read me"), look, _read_me(tables, runs, settings, today), (34, 110))
    for table in tables:
        _table(book.add_worksheet(table.number), look, table, asked_years(settings))
    write_rows(book.add_worksheet("Unverified defaults"), look, unverified_rows(scenario), (44, 30, 24, 60, 60))
    book.close()
    return held.getvalue()


def _table(sheet: Any, look: dict[str, Any], table: PlanTable, asked: range) -> None:
    """One table: each version with its years and their p10 and p90 beside, then the assumptions in words."""
    sheet.set_column(0, 0, _WIDE)
    sheet.set_column(1, 3 * len(asked) + 1, _NARROW)
    write_text(sheet, 0, 0, f"Table {table.number}. {table.title}", look["title"])
    when = "the calendar year" if table.number in FLOWS else "the January census after the year"
    write_text(sheet, 1, 0, f"Counted in {when}. Mean of futures in whole numbers; p10 and p90 of each number beside.")
    row = 3
    for version, numbers in table.versions.items():
        write_text(sheet, row, 0, version.capitalize(), look["head"])
        for at, year in enumerate(asked):
            for column, heading in zip(_columns(at, asked), (f"{year}", f"{year} p10", f"{year} p90"), strict=True):
                write_text(sheet, row, column, heading, look["head"])
        labels = [(part.label, part.not_modelled) for part in table.parts]
        for line, (label, reason) in enumerate([*labels, ("Total", "")]):
            row += 1
            style = look["total"] if line == len(labels) else look["number"]
            write_text(sheet, row, 0, label, look["bold"] if line == len(labels) else None)
            for at, year in enumerate(asked):
                columns = _columns(at, asked)
                if year not in table.years or reason:
                    write_text(sheet, row, columns[0], NOT_MODELLED if reason else NOT_SIMULATED)
                    continue
                position = (line, table.years.index(year))
                band = (nearest(float(values[position])) for values in (numbers.bands.p10, numbers.bands.p90))
                for column, number in zip(columns, (int(numbers.whole[position]), *band), strict=True):
                    sheet.write_number(row, column, number, style)
        row += 2
    write_text(sheet, row, 0, "Assumptions", look["head"])
    reasons = [f"{part.label}: not modelled. {part.not_modelled}" for part in table.parts if part.not_modelled]
    for words in (*reasons, *table.assumptions, WORDS):
        row += 1
        write_text(sheet, row, 0, words)
    sheet.freeze_panes(3, 1)


def _columns(at: int, asked: range) -> tuple[int, int, int]:
    """Columns of a year's number and, beside all years, of its p10 and p90."""
    return 1 + at, 2 + len(asked) + 2 * at, 3 + len(asked) + 2 * at


def _read_me(tables: Sequence[PlanTable], runs: dict[str, Run], settings: ReturnSettings, today: dt.date) -> Iterable[list[str]]:
    last = next(reversed(runs.values()))
    scenario = last.scenario
    yield ["Local SEND Reform Plan tables", scenario.title]
    yield ["Scenario", "+".join((scenario.name, *scenario.overrides))]
    yield ["Note", scenario.note]
    for version, run in runs.items():
        yield [f"Scenario hash, {version}", run.scenario.digest]
    switched = [i.title for i in scenario.interventions.values() if i.enabled]
    none = "none switched on: there is no mitigated version"
    yield ["Interventions in mitigated", "; ".join(switched) if switched else none]
    yield ["Model version", __version__]
    yield ["Seed", str(last.base_seed)]
    yield ["Futures", f"{last.futures:,}" + (f" ({len(last.failed)} failed and are left out)" if last.failed else "")]
    yield ["Written on", today.isoformat()]
    yield ["Standing at", f"{scenario.knowledge_date.isoformat()}; simulated from {scenario.start} to {scenario.horizon}"]
    yield ["Statistic", "Means over futures, with p10 and p90 of each number beside. No medians are summed."]
    yield [
        "Rounding",
        f"{WORDS} Tables 5.1, 6 and 7 have the same totals; the totals of tables 7.1 to 7.7 are those of their rows in table 6.",
    ]
    for year in asked_years(settings):
        left = [table.number for table in tables if year not in table.years]
        if left:
            yield [f"{year}: not simulated", f"Tables {', '.join(left)}: the scenario does not cover it."]
    yield from _split_words(settings, scenario.knowledge_date)
    yield ["Labels", "Rows as read in a published reader of the 2026 return; DfE's template was not obtained (unverified)."]
    unverified = scenario.unverified()
    yield ["Unverified defaults", f"{len(unverified)} of {len(dict(scenario.figures()))} figures: sheet Unverified defaults."]


def _split_words(settings: ReturnSettings, known_by: dt.date) -> Iterable[list[str]]:
    split = settings.split(known_by)
    if split is None:
        yield ["Shares that split settings", f"None was known by {known_by}: each setting is counted whole in its main row."]
        return
    counts = "counts as published" if split.verified else "counts unverified"
    held = "that they stay the same in later years and for every need is an assumption (unverified)"
    yield ["Shares that split settings", f"{split.source}; {counts}, known from {split.known_from}; {held}."]
    for half, table in (("to Year 11", split.to_year_11), ("from Year 12", split.from_year_12)):
        for setting, row in table.items():
            whole = sum(row.values())
            label = PROVISION_TYPES.label
            parts = ", ".join(f"{label(code)}: {count:,} ({100 * count / whole:.1f} %)" for code, count in row.items())
            yield [f"  {SETTINGS.label(setting)}, {half}", parts]
