"""Tables as CSV files that no spreadsheet takes for formulas."""

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
