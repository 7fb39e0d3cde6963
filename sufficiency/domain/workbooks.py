"""Reading Excel workbooks from people: each cell as the text that the same cell of a CSV file would hold."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

from sufficiency.domain.files import check_size
from sufficiency.domain.problem import InputProblem

LARGEST_UNPACKED = 64 * 1024 * 1024
"""Bytes that a workbook may unpack to: a small file can hold very much."""
MOST_ROWS = 20_000
MOST_COLUMNS = 200
_NO_WORKBOOK = 'save it in Excel as "Excel Workbook (.xlsx)", without a password'


def sheet_rows(raw: bytes, *, where: str, kind: str, heading: str, largest: int) -> tuple[str, list[tuple[int, list[str]]]]:
    """The sheet in words (file and sheet) and its rows with their numbers, cells as text.

    The sheet is the first whose first row holds ``heading``, else the first. Formulas count as the values last saved. Dates are
    written 2022-09-01, whole numbers without a decimal point. Raises InputProblem where it is too large or no workbook.
    """
    check_size(raw, where=where, kind=kind, largest=largest)
    _check_unpacked(raw, where, kind)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        sheets = [(sheet.title, _rows(sheet)) for sheet in book.worksheets]
    except Exception as error:  # openpyxl raises whatever its parts raise
        raise InputProblem(
            f"the {kind} is not an Excel workbook that can be read ({type(error).__name__})", where=where, mend=_NO_WORKBOOK
        ) from None
    found = [(name, rows) for name, rows in sheets if rows and heading in rows[0][1]] or [(n, r) for n, r in sheets if r]
    if not found:
        raise InputProblem(f"the {kind} is empty", where=where, mend="start from a copy of one of the bundled files")
    name, rows = found[0]
    return f"{where}, sheet {name}", rows


def _check_unpacked(raw: bytes, where: str, kind: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            size = sum(item.file_size for item in packed.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        raise InputProblem(f"the {kind} is not an Excel workbook", where=where, mend=_NO_WORKBOOK) from None
    if size > LARGEST_UNPACKED:
        raise InputProblem(
            f"the {kind} is too large when unpacked",
            where=where,
            value=f"{size:,} bytes",
            allowed=f"at most {LARGEST_UNPACKED:,} bytes",
            mend="keep only the sheet with the list",
        )


def _rows(sheet: Any) -> list[tuple[int, list[str]]]:
    """Rows up to the last that holds anything; a sheet formatted to its end holds a million empty ones."""
    rows = [
        (number, [_text(value) for value in values])
        for number, values in enumerate(sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True), 1)
    ]
    while rows and not any(rows[-1][1]):
        rows.pop()
    for _, cells in rows:
        while cells and not cells[-1]:
            cells.pop()
    return rows


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value).strip()
