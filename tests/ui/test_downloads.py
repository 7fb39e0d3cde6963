"""Downloads open in a spreadsheet without running anything."""

from __future__ import annotations

import csv
import io

import pytest

from sufficiency.report.results import plain_cell
from sufficiency.ui.downloads import csv_bytes


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert plain_cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("value", [-3, -3.5, 0, True, None, "plain", "a=b"])
def test_numbers_and_plain_text_are_untouched(value: object) -> None:
    assert plain_cell(value) == value


def test_a_csv_reads_back() -> None:
    rows = [{"title": "=HYPERLINK()", "gap": -12.5, "note": None}, {"title": "South, SEMH", "gap": 3, "note": "x"}]
    text = csv_bytes(rows).decode("utf-8-sig")
    back = list(csv.DictReader(io.StringIO(text)))
    assert back == [
        {"title": "'=HYPERLINK()", "gap": "-12.5", "note": ""},
        {"title": "South, SEMH", "gap": "3", "note": "x"},
    ]


def test_no_rows_give_an_empty_file() -> None:
    assert csv_bytes([]).decode("utf-8-sig").strip() == ""


def test_a_workbook_holds_text_as_text_and_numbers_as_numbers() -> None:
    import io

    from openpyxl import load_workbook

    from sufficiency.ui.downloads import workbook_bytes

    rows = [{"id": "=1+1", "places": 12, "note": None}, {"id": "-3", "places": 0.5, "note": "https://example.org"}]
    book = load_workbook(io.BytesIO(workbook_bytes({"Bids": rows, "Empty": []}, "bids")))
    cells = [[cell.value for cell in row] for row in book["Bids"].iter_rows()]
    assert cells == [["id", "places", "note"], ["'=1+1", 12, None], ["'-3", 0.5, "https://example.org"]]
    assert all(cell.data_type != "f" and cell.hyperlink is None for row in book["Bids"].iter_rows() for cell in row)
    assert book["Empty"].max_row == 1
