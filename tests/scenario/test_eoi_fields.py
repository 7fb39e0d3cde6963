"""What a list of bids may tell beside the bundled columns, in CSV and in Excel, and all mistakes in one report."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sufficiency.domain.problem import InputProblem, InputProblems
from sufficiency.scenario.eoi_list import OPTIONAL, REQUIRED, load_eois, parse_eois, read_eois
from sufficiency.scenario.eois import PUBLISHED_CHANCES, ExpressionOfInterest, Size
from sufficiency.scenario.library import folder
from sufficiency.scenario.scenario import Scenario

AREAS = ("north", "east-central", "south")
ProblemOf = Callable[..., InputProblem]
LEAST = {
    "id": "A", "title": "Base", "setting_name": "Setting 01", "area": "north", "setting": "resourced", "needs": "ASD;SLCN",
    "phases": "primary", "places": "8", "capital": "480000", "earliest_start": "2022-06-01", "lead_months": "18", "quality": "68",
    "top_up": "8500", "status": "submitted",
}  # fmt: skip
"""The columns that a list must have."""


def csv_of(*rows: dict[str, str]) -> str:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def read(**changes: str) -> ExpressionOfInterest:
    return parse_eois(csv_of(LEAST | changes), where="bids.csv", areas=AREAS)[0]


def test_what_may_be_left_out_has_a_stated_default() -> None:
    assert set(LEAST) == set(REQUIRED)
    bid = read()
    assert bid.chances == PUBLISHED_CHANCES
    assert read(status="potential").chances == (1.0, 1.0, PUBLISHED_CHANCES[2])
    assert not bid.illustrative
    assert (bid.group, bid.study_cost, bid.place_funding, bid.opens, bid.options, bid.scores) == ("", 0.0, None, None, (), {})
    assert read(**dict.fromkeys(OPTIONAL, "")) == bid


def test_every_column_is_read() -> None:
    bid = read(
        phases="primary:0.25;secondary:0.75", chance_feasibility="0.5", illustrative="true", note="n", group="Trust A",
        latitude="51.45", longitude="-2.59", lead_low="12", lead_high="30", opens="2024-01-01",
        scores="outcomes:70;premises:55.5", place_funding="10000", study_cost="2800", options="12:600000",
        opening_terms="january;april",
    )  # fmt: skip
    assert (bid.phases, bid.phase_shares) == (("primary", "secondary"), (0.25, 0.75))
    assert bid.shares_by_phase == {"primary": 0.25, "secondary": 0.75}
    assert bid.chance_of_opening == pytest.approx(0.5 * PUBLISHED_CHANCES[1] * PUBLISHED_CHANCES[2])
    assert (bid.latitude, bid.longitude) == (51.45, -2.59)
    assert (bid.lead_low, bid.lead_months, bid.lead_high) == (12, 18, 30)
    assert bid.earliest_opening == bid.opens == dt.date(2024, 1, 1)
    assert bid.scores == {"outcomes": 70.0, "premises": 55.5}
    assert (bid.place_funding, bid.study_cost, bid.group) == (10_000.0, 2_800.0, "Trust A")
    assert bid.sizes == (Size(places=8, capital=480_000.0), Size(places=12, capital=600_000.0))
    assert bid.opening_terms == ("january", "april")


def test_scores_stand_in_for_the_quality_score() -> None:
    assert read(quality="", scores="a:60;b:80").quality == 70
    without = {name: text for name, text in LEAST.items() if name != "quality"} | {"scores": "a:60"}
    assert parse_eois(csv_of(without), where="x", areas=AREAS)[0].quality == 60
    assert read(quality="50", scores="a:60;b:80").quality == 50


CELLS = [
    # cells, column named, what is wrong, what is allowed
    ({"phases": "primary:0.5;secondary:0.6"}, "phases", "do not sum to 1", "sum of 1"),
    ({"phases": "primary:0.5;secondary"}, "phases", "cannot be read", "primary:0.4;secondary:0.6"),
    ({"phases": "primary:0.5;secondry:0.5"}, "phases", "unknown phase", "secondary"),
    ({"opens": "2023-11-30"}, "opens", "before the lead time ends", "2023-12-01"),
    ({"lead_low": "20", "lead_high": "30"}, "lead_low", "not in order", "at most 18"),
    ({"lead_low": "10", "lead_high": "17"}, "lead_high", "not in order", "at least 18"),
    ({"lead_low": "10"}, "lead_high", "given without", ""),
    ({"latitude": "51.4"}, "longitude", "two numbers", ""),
    ({"latitude": "5.4", "longitude": "-2.6"}, "latitude", "out of range", "49 to 61"),
    ({"scores": "outcomes"}, "scores", "cannot be read", "name:score"),
    ({"scores": "a:50;a:60"}, "scores", "cannot be read", "name:score"),
    ({"scores": "a:101"}, "scores", "out of range", "100"),
    ({"quality": ""}, "quality", "cannot be read", "a number"),
    ({"study_cost": "-1"}, "study_cost", "out of range", "0 to"),
    ({"place_funding": "6k"}, "place_funding", "cannot be read", "a number"),
    ({"options": "8:1"}, "options", "same places", ""),
    ({"opening_terms": "may"}, "opening_terms", "not one of those allowed", "september"),
    ({"group": "x" * 201}, "group", "too long", "200"),
]


@pytest.mark.parametrize(
    ("cells", "column", "what", "allowed"), CELLS, ids=[f"{k}={v[:16]}" for c, *_ in CELLS for k, v in [[*c.items()][-1]]]
)
def test_a_bad_cell_is_named(problem_of: ProblemOf, cells: dict[str, str], column: str, what: str, allowed: str) -> None:
    problem = problem_of(parse_eois, csv_of(LEAST | cells), where="bids.csv", areas=AREAS)
    assert not isinstance(problem, InputProblems)
    assert what in problem.what
    assert problem.where == f"bids.csv, row 2, column {column}"
    assert allowed in problem.allowed


def test_all_there_is_to_mend_is_told_in_one_report() -> None:
    rows = [
        LEAST | {"places": "many", "capital": "-1", "needs": "ASD;SMEH", "requires": "Z", "exclusive_with": ""},
        LEAST | {"id": "B", "area": "nort", "requires": "C"},
        LEAST | {"id": "C", "requires": "B"},
        LEAST | {"id": "a", "status": "approved"},
        LEAST | {"id": "D", "requires": "Y"},
    ]
    with pytest.raises(InputProblems) as caught:
        parse_eois(csv_of(*rows), where="bids.csv", areas=AREAS)
    told = [(problem.where.removeprefix("bids.csv, "), problem.what) for problem in caught.value.problems]
    assert told == [
        ("row 2, column places", "the cell cannot be read"),
        ("row 2, column needs", "unknown need"),
        ("row 2, column capital", "the value is out of range"),
        ("row 3, column area", "unknown area"),
        ("rows 2 and 5, column id", "two rows have the same id"),
        ("row 5, column status", "the value is not one of those allowed"),
        ("row 6, column requires", "there is no bid of that id"),
        ("row 3, column requires", "bids require each other in a loop"),
    ]
    assert str(caught.value).startswith(f"there are {len(told)} things to mend: (1) ")


def test_loops_are_told_once_each() -> None:
    rows = [LEAST | {"id": id, "requires": other} for id, other in ("AB", "BC", "CA", "DE", "ED", "FF")]
    with pytest.raises(InputProblems) as caught:
        parse_eois(csv_of(*rows), where="bids.csv", areas=AREAS)
    loops = [problem for problem in caught.value.problems if "loop" in problem.what]
    assert [sorted(str(problem.value).split(", ")) for problem in loops] == [["A", "B", "C"], ["D", "E"]]
    assert [problem.what for problem in caught.value.problems if problem not in loops] == ["a bid names itself"]


def test_a_long_report_says_how_many_more_there_are() -> None:
    rows = [LEAST | {"id": f"E{n}", "places": "x"} for n in range(80)]
    with pytest.raises(InputProblems) as caught:
        parse_eois(csv_of(*rows), where="bids.csv", areas=AREAS)
    assert len(caught.value.problems) == 50
    assert caught.value.problems[-1].more == 30


def workbook(path: Path, rows: list[list[Any]], sheet: str = "Bids", before: str | None = None) -> bytes:
    book = openpyxl.Workbook()
    active = book.active
    assert active is not None
    if before is not None:
        active.title = before
        active.append(["How to fill this in"])
        active = book.create_sheet(sheet)
    active.title = sheet
    for row in rows:
        active.append(row)
    book.save(path)
    return path.read_bytes()


def typed(text: str) -> Any:
    """A cell as a spreadsheet holds it: numbers, dates and truths as such."""
    for read_as in (int, float, dt.date.fromisoformat):
        try:
            return read_as(text)
        except ValueError:
            continue
    return {"true": True, "false": False, "": None}.get(text, text)


def test_the_bundled_list_as_a_workbook_is_the_same_list(bristol: Scenario, tmp_path: Path) -> None:
    with (folder() / "bristol-eois.csv").open(encoding="utf-8", newline="") as file:
        rows = [[typed(cell) for cell in row] for row in csv.reader(file)]
    workbook(tmp_path / "bids.xlsx", rows, before="Guidance")
    assert load_eois(bristol, str(tmp_path / "bids.xlsx")) == load_eois(bristol)


def test_a_mistake_in_a_workbook_is_named_by_sheet_row_and_column(problem_of: ProblemOf, tmp_path: Path) -> None:
    rows = [list(LEAST), [], [typed(text) for text in LEAST.values()], ["B", *map(typed, list(LEAST.values())[1:])]]
    rows[3][list(LEAST).index("places")] = 8.5
    raw = workbook(tmp_path / "bids.xlsx", rows)
    problem = problem_of(read_eois, raw, where="bids.xlsx", areas=AREAS)
    assert problem.where == "bids.xlsx, sheet Bids, row 4, column places"
    assert problem.value == "8.5"


@pytest.mark.parametrize("raw", [b"", b"not a workbook", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 an old one"])
def test_what_is_no_workbook_says_how_to_save_it(problem_of: ProblemOf, raw: bytes) -> None:
    problem = problem_of(read_eois, raw, where="bids.xlsx", areas=AREAS)
    assert "is not an Excel workbook" in problem.what
    assert ".xlsx" in problem.mend


def test_a_workbook_that_unpacks_to_too_much_is_refused(problem_of: ProblemOf) -> None:
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", b"0" * (65 * 1024 * 1024))
    problem = problem_of(read_eois, packed.getvalue(), where="bids.xlsx", areas=AREAS)
    assert "too large when unpacked" in problem.what


def test_an_empty_workbook_is_empty(problem_of: ProblemOf, tmp_path: Path) -> None:
    assert "is empty" in problem_of(read_eois, workbook(tmp_path / "x.xlsx", []), where="x.xlsx", areas=AREAS).what
