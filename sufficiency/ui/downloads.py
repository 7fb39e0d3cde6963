"""Tables as CSV and Excel files that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from sufficiency.report.results import plain_cell


def csv_bytes(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows (all with the keys of the first) as CSV in UTF-8, with a mark by which Excel knows it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = list(rows[0]) if rows else []
    writer.writerow([plain_cell(column) for column in columns])
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return float(f"{value:.12g}") if isinstance(value, float) else plain_cell(value)


def records(frame: Any) -> list[dict[str, Any]]:
    """The rows of a data frame."""
    found: list[dict[str, Any]] = frame.to_dict("records")
    return found


def offer(rows: Sequence[Mapping[str, Any]], name: str, *, what: str) -> None:
    """A button that saves ``rows`` as ``name``.csv; ``what`` names the table in the button."""
    st.download_button(
        f"Download {what} (CSV)", csv_bytes(rows), file_name=f"{name}.csv", mime="text/csv", key=f"csv-{name}", on_click="ignore"
    )


def workbook_bytes(sheets: Mapping[str, Sequence[Mapping[str, Any]]], title: str) -> bytes:
    """An Excel workbook, a sheet for each table by name: text is never a formula, numbers are numbers."""
    from sufficiency.report.excel import new_book, write_text

    held = io.BytesIO()
    book, look = new_book(held, title)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name[:31])
        columns = list(rows[0]) if rows else []
        for at, column in enumerate(columns):
            write_text(sheet, 0, at, column, look["head"])
            sheet.set_column(at, at, min(60, max(10, len(str(column)) + 2, *(len(str(row[column])) for row in rows[:50]))))
        for number, row in enumerate(rows, 1):
            for at, column in enumerate(columns):
                value = row[column]
                if isinstance(value, int | float) and not isinstance(value, bool):
                    sheet.write_number(number, at, value)
                elif value is not None:
                    write_text(sheet, number, at, str(value))
        sheet.freeze_panes(1, 0)
    book.close()
    return held.getvalue()


def offer_workbook(sheets: Mapping[str, Sequence[Mapping[str, Any]]], name: str, *, what: str) -> None:
    """A button that saves tables as ``name``.xlsx."""
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    st.download_button(
        f"Download {what} (Excel)", lambda: workbook_bytes(sheets, name), file_name=f"{name}.xlsx", mime=mime,
        key=f"xlsx-{name}", on_click="ignore",
    )  # fmt: skip
