"""Excel files: the looks they share, text that is never a formula, and a file written whole or not at all."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from sufficiency.domain.problem import InputProblem
from sufficiency.report.results import plain_cell
from sufficiency.scenario.provenance import assumptions, in_words
from sufficiency.scenario.scenario import Scenario

FIXED_DAY = dt.datetime(2000, 1, 1)
"""Creation time written into a file, so that the same results give the same bytes; the date is in "Read me"."""
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


def new_book(held: IO[bytes], title: str) -> tuple[Any, dict[str, Any]]:
    """A workbook that is written into ``held`` when closed, and its looks by name."""
    from xlsxwriter import Workbook

    book = Workbook(held, _OPTIONS)
    book.set_properties({"title": title, "created": FIXED_DAY})
    return book, {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "total": book.add_format({"bold": True, "top": 1, "num_format": "#,##0"}),
        "number": book.add_format({"num_format": "#,##0"}),
        "percent": book.add_format({"num_format": "0 %"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "bold": book.add_format({"bold": True}),
    }


def write_text(sheet: Any, row: int, column: int, text: str, style: Any = None) -> None:
    """Write text that no spreadsheet takes for a formula."""
    sheet.write_string(row, column, str(plain_cell(text))[:32000], style)


def write_rows(sheet: Any, look: dict[str, Any], rows: Iterable[list[str]], widths: tuple[int, ...]) -> None:
    """Rows of text under a heading that stays in view."""
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            style = look["head"] if at == 0 else look["bold"] if column == 0 and len(row) == 2 else look["text"]
            write_text(sheet, at, column, cell, style)
    sheet.freeze_panes(1, 0)


def unverified_rows(scenario: Scenario) -> Iterable[list[str]]:
    """The unverified figures of a scenario in words, under a heading."""
    yield ["Figure", "Value", "Unit", "Source", "Reason"]
    for row in assumptions(scenario):
        if not row["verified"]:
            value = in_words(row["value"]) if not isinstance(row["value"], str) else row["value"]
            if row["low"] is not None:
                ends = "" if isinstance(row["low"], str) else f" ({in_words(row['low'])} to {in_words(row['high'])})"
                value += ends or " (a range, drawn once a future)"
            yield [row["path"], value, row["unit"], row["source"], row["reason"] or ""]


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; raises InputProblem where it cannot be written."""
    part: str | None = None
    try:
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(part).chmod(0o644)
        os.replace(part, path)
    except OSError as error:
        if part:
            Path(part).unlink(missing_ok=True)
        reason = error.strerror or str(error)
        mend = "close it where it is open, or name another folder"
        raise InputProblem(f"the file cannot be written ({reason})", where=str(path), mend=mend) from None
