"""A paper as an Excel workbook: each table on its own sheet, and what every column means."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from sufficiency.report.excel import new_book, write_rows, write_text
from sufficiency.report.papers.content import Cell, Column, Paper, Table, day

_LONGEST_NAME = 31
_FORMATS = {
    "count": "#,##0", "estimate": "#,##0.0", "observed": "#,##0", "pounds": '"£"#,##0;[Red]-"£"#,##0', "share": "0.0%",
    "day": "d mmmm yyyy",
}  # fmt: skip
_WIDE, _NARROW = 60, 16


def workbook(paper: Paper) -> bytes:
    """The workbook's bytes; text is never a formula, and there are no other formulas either."""
    held = io.BytesIO()
    book, look = new_book(held, paper.title)
    book.set_properties({"title": paper.title, "created": dt.datetime.combine(paper.made, dt.time()), "subject": paper.question})
    looks = look | {kind: book.add_format({"num_format": shown, "valign": "top"}) for kind, shown in _FORMATS.items()}
    write_rows(book.add_worksheet("Read me"), looks, _read_me(paper), (30, 110))
    dictionary = book.add_worksheet("Dictionary")
    names = sheet_names(paper)
    for table in paper.tables():
        _sheet(book.add_worksheet(names[table.key]), looks, table)
    write_rows(dictionary, looks, _dictionary(paper, names), (28, 40, 90, 30))
    book.close()
    return held.getvalue()


def sheet_names(paper: Paper) -> dict[str, str]:
    """The sheet of each table by its key."""
    return {table.key: table.key[:_LONGEST_NAME] for table in paper.tables()}


def _read_me(paper: Paper) -> list[list[str]]:
    rows = [["Paper", paper.title], ["Question", paper.question], ["Answer", paper.answer], ["Made on", day(paper.made)]]
    rows += [["Note", caution] for caution in paper.cautions]
    rows += [[section.heading, section.answer] for section in paper.sections]
    numbers = "Numbers are as simulated; the Word report and the web page show estimates to the nearest 5. No cell is a formula."
    return [*rows, ["Numbers", numbers], ["Tables", "Each on a sheet of its own; sheet Dictionary says what its columns mean."]]


def _dictionary(paper: Paper, names: dict[str, str]) -> list[list[str]]:
    rows = [["Sheet", "Column", "Meaning", "Unit"]]
    for table in paper.tables():
        rows += [[names[table.key], column.title, column.meaning, column.unit or "text"] for column in table.columns]
    return rows


def _sheet(sheet: Any, look: dict[str, Any], table: Table) -> None:
    """Title, heading row and rows; the heading stays in view and repeats on every printed page."""
    write_text(sheet, 0, 0, table.title, look["title"])
    write_text(sheet, 1, 0, table.note)
    top = 3
    for column, head in enumerate(table.columns):
        write_text(sheet, top, column, head.title, look["head"])
        sheet.set_column(column, column, _width(table, column))
    for at, row in enumerate(table.rows, top + 1):
        for column, (cell, head) in enumerate(zip(row, table.columns, strict=True)):
            _write(sheet, at, column, cell, head, look)
    sheet.freeze_panes(top + 1, 1)
    sheet.repeat_rows(top)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write(sheet: Any, at: int, column: int, cell: Cell, head: Column, look: dict[str, Any]) -> None:
    if isinstance(cell, dt.date):
        sheet.write_datetime(at, column, dt.datetime.combine(cell, dt.time()), look["day"])
    elif isinstance(cell, str):
        write_text(sheet, at, column, cell, look["text"])
    elif cell is not None:
        sheet.write_number(at, column, cell, look[head.kind])


def _width(table: Table, column: int) -> int:
    longest = max((len(row[column]) for row in table.rows if isinstance(row[column], str)), default=0)  # type: ignore[arg-type]
    return min(_WIDE, max(_NARROW, longest))
