"""Lists of bids with a mistake in them: row, column, value, what is allowed and how to mend it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario import eoi_list
from sufficiency.scenario.eoi_list import load_eois, parse_eois
from sufficiency.scenario.library import folder
from sufficiency.scenario.scenario import Scenario

ProblemOf = Callable[..., InputProblem]
ProblemIn = Callable[[str], InputProblem]
Table = list[list[str]]
AREAS = ("north", "east-central", "south")
COLUMNS = tuple((folder() / "bristol-eois.csv").read_text("utf-8").splitlines()[0].split(","))


@pytest.fixture(scope="module")
def table() -> Table:
    text = (folder() / "bristol-eois.csv").read_text("utf-8")
    return list(csv.reader(io.StringIO(text)))[:5]


@pytest.fixture
def problem_in(problem_of: ProblemOf) -> ProblemIn:
    return lambda text: problem_of(parse_eois, text, where="bids.csv", areas=AREAS)


def written(table: Table, **kwargs: Any) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", **kwargs).writerows(table)
    return out.getvalue()


def with_cell(table: Table, column: str, value: str, row: int = 3) -> str:
    changed = [list(cells) for cells in table]
    changed[row - 1][COLUMNS.index(column)] = value
    return written(changed)


CELLS = [
    # column, value, what is wrong, what is allowed, how to mend it
    ("places", "-3", "out of range", "1 to 1,000", ""),
    ("places", "0", "out of range", "1 to 1,000", ""),
    ("places", "ten", "cannot be read", "a whole number", "plain digits"),
    ("places", "1e9", "cannot be read", "a whole number", "plain digits"),
    ("places", "8.5", "cannot be read", "a whole number", "decimal point"),
    ("places", "1_000", "cannot be read", "a whole number", ""),
    ("places", "٣", "cannot be read", "a whole number", ""),
    ("places", "9" * 5000, "cannot be read", "a whole number", ""),
    ("places", "", "cannot be read", "a whole number", ""),
    ("places", "true", "cannot be read", "a whole number", ""),
    ("capital", "nan", "cannot be read", "a number", ""),
    ("capital", "inf", "cannot be read", "a number", ""),
    ("capital", "1e400", "not a finite number", "0 to 1,000,000,000,000", ""),
    ("capital", "-1", "out of range", "0 to 1,000,000,000,000", ""),
    ("capital", "£480,000", "cannot be read", "a number", "without £, commas"),
    ("capital", "1e15", "out of range", "0 to 1,000,000,000,000", ""),
    ("earliest_start", "2022-02-30", "cannot be read", "2022-09-01", "a day that exists"),
    ("earliest_start", "01/09/2022", "cannot be read", "2022-09-01", "year-month-day"),
    ("earliest_start", "2022-W35-4", "cannot be read", "2022-09-01", ""),
    ("earliest_start", "20220901", "cannot be read", "2022-09-01", ""),
    ("earliest_start", "9999-12-31", "out of range", "2000-01-01 to 2060-12-31", ""),
    ("lead_months", "999", "out of range", "0 to 120", ""),
    ("quality", "101", "out of range", "0 to 100", ""),
    ("top_up", "", "cannot be read", "a number", ""),
    ("area", "nort", "unknown area", "north, east-central, south", '"north"?'),
    ("area", "zzz", "unknown area", "north, east-central, south", "use one of these"),
    ("setting", "specail", "not one of those allowed", "resourced, special", '"special"?'),
    ("setting", "independent", "not one of those allowed", "resourced, special", ""),
    ("needs", "ASD;SMEH", "unknown need", "ASD, HI, MLD", '"SEMH"?'),
    ("needs", "", "no need is named", "ASD, HI, MLD", "at least one"),
    ("needs", "ASD;ASD", "named twice", "", "once"),
    ("needs", "ASD,SEMH", "unknown need", "ASD, HI, MLD", ""),
    ("phases", "primry", "unknown phase", "primary, secondary", '"primary"?'),
    ("status", "aproved", "not one of those allowed", "submitted, feasible", ""),
    ("status", "submited", "not one of those allowed", "submitted, feasible", '"submitted"?'),
    ("chance_feasibility", "1.2", "out of range", "0 to 1", ""),
    ("chance_feasibility", "63%", "cannot be read", "a number", ""),
    ("chance_feasibility", "-0.1", "out of range", "0 to 1", ""),
    ("illustrative", "perhaps", "cannot be read", "true or false", ""),
    ("id", "", "not of the form", "letters, digits", ""),
    ("id", "../x", "not of the form", "letters, digits", ""),
    ("title", "", "too short", "at least 1 character", ""),
    ("title", "x" * 3000, "too long", "2,000", ""),
]


@pytest.mark.parametrize(("column", "value", "what", "allowed", "mend"), CELLS, ids=[f"{c}={v[:12]}" for c, v, *_ in CELLS])
def test_a_bad_cell_is_named_by_row_and_column(
    problem_in: ProblemIn,
    table: Table,
    column: str,
    value: str,
    what: str,
    allowed: str,
    mend: str,
) -> None:
    problem = problem_in(with_cell(table, column, value))
    assert what in problem.what
    assert problem.where == f"bids.csv, row 3, column {column}"
    assert problem.field == column
    assert allowed in problem.allowed
    assert mend in problem.mend


def test_a_status_that_contradicts_its_chances(problem_in: ProblemIn, table: Table) -> None:
    assert table[3][COLUMNS.index("status")] == "submitted"
    problem = problem_in(with_cell(table, "status", "agreed", row=4))
    assert problem.what == "a bid that is agreed has passed this stage"
    assert problem.where == "bids.csv, row 4, column chance_feasibility"
    assert (problem.value, problem.allowed) == (0.63, "1")


def test_two_rows_with_one_id_are_both_named(problem_in: ProblemIn, table: Table) -> None:
    problem = problem_in(with_cell(table, "id", "E01", row=5))
    assert problem.what == "two rows have the same id"
    assert problem.where == "bids.csv, rows 2 and 5, column id"
    assert problem.value == "E01"


def test_rows_are_counted_as_a_spreadsheet_counts_them(problem_in: ProblemIn, table: Table) -> None:
    table = [
        table[0],
        [],
        table[1],
        [""] * len(COLUMNS),
        [*table[2][:-1], "a note\nover two lines"],
        [*table[3][:7], "x", *table[3][8:]],
    ]
    assert problem_in(written(table)).where == "bids.csv, row 6, column places"


@pytest.mark.parametrize("text", [",".join(COLUMNS), ",".join(COLUMNS) + "\n\n,,,\n"])
def test_a_header_and_nothing_else(problem_in: ProblemIn, text: str) -> None:
    assert problem_in(text).what == "the list has no rows"


def test_missing_columns_are_all_named(problem_in: ProblemIn, table: Table) -> None:
    gone = {COLUMNS.index("places"), COLUMNS.index("capital")}
    problem = problem_in(written([[cell for i, cell in enumerate(cells) if i not in gone] for cells in table]))
    assert (problem.what, problem.value) == ("columns are missing", "places, capital")
    assert problem.where == "bids.csv, row 1"
    assert problem_in("some text\nthat is no list\n").what == "columns are missing"
    assert problem_in("\n").what == "columns are missing"


def test_an_unknown_column_names_the_nearest(problem_in: ProblemIn, table: Table) -> None:
    problem = problem_in(with_cell(table, "places", "plces", row=1))
    assert (problem.what, problem.value, problem.mend) == ("unknown column", "plces", 'did you mean "places"?')
    problem = problem_in(written([[*cells, "x"] for cells in table]))
    assert (problem.what, problem.value) == ("unknown column", "x")


def test_a_column_named_twice(problem_in: ProblemIn, table: Table) -> None:
    problem = problem_in(written([[*cells, cells[7]] for cells in table]))
    assert (problem.what, problem.value) == ("a column is named twice", "places")


@pytest.mark.parametrize(("cells", "word"), [(-1, "few"), (1, "many")])
def test_too_few_or_too_many_cells(problem_in: ProblemIn, table: Table, cells: int, word: str) -> None:
    changed = [*table[2], "more"] if cells > 0 else table[2][:cells]
    problem = problem_in(written([table[0], table[1], changed]))
    assert problem.what == f"the row has too {word} cells"
    assert problem.where == "bids.csv, row 3"
    assert problem.value == len(COLUMNS) + cells
    assert problem.allowed == f"{len(COLUMNS)}, as in the header"


def test_unbalanced_quotes_are_named_with_their_row(problem_in: ProblemIn, table: Table) -> None:
    lines = written(table).splitlines()
    lines[3] = '"' + lines[3]
    problem = problem_in("\n".join(lines))
    assert problem.what.startswith("the row is not valid CSV")
    assert problem.where == "bids.csv, row 4"


@pytest.mark.parametrize(("delimiter", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_a_list_parted_by_something_else_says_how_to_save_it(
    problem_in: ProblemIn, table: Table, delimiter: str, name: str
) -> None:
    problem = problem_in(written(table, delimiter=delimiter))
    assert problem.what == f"the cells are parted by {name}"
    assert "comma delimited" in problem.mend


def test_a_list_that_is_too_long_is_not_read_to_its_end(
    problem_in: ProblemIn, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    original = eoi_list._eoi
    monkeypatch.setattr(eoi_list, "_eoi", lambda *args: read.append(1) or original(*args))
    problem = problem_in(written([table[0], *([f"E{i}", *table[1][1:]] for i in range(3000))]))
    assert problem.what == "the list is too long"
    assert problem.allowed == "at most 2,000 rows"
    assert len(read) == 2000


def test_a_byte_order_mark_and_empty_columns_of_a_spreadsheet_do_no_harm(table: Table) -> None:
    expected = parse_eois(written(table), where="x", areas=AREAS)
    wide = [[*cells, "", ""] for cells in table] + [[""] * 21] * 3
    assert parse_eois("\ufeff" + written(wide), where="x", areas=AREAS) == expected
    assert parse_eois(written(table).replace("\n", "\r\n"), where="x", areas=AREAS) == expected
    assert parse_eois(written([[f" {cell} " for cell in cells] for cells in table]), where="x", areas=AREAS) == expected
    assert parse_eois(written([cells[::-1] for cells in table]), where="x", areas=AREAS) == expected


def test_the_note_may_be_left_out(table: Table) -> None:
    assert parse_eois(written([cells[:-1] for cells in table]), where="x", areas=AREAS)[0].note == ""


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "<script>", "'; DROP TABLE bids"]
)
def test_text_that_looks_like_a_formula_is_kept_as_text(table: Table, text: str) -> None:
    assert parse_eois(with_cell(table, "title", text), where="x", areas=AREAS)[1].title == text.strip()


def test_the_file_itself(problem_of: ProblemOf, bristol: Scenario, tmp_path: Path, table: Table) -> None:
    path = tmp_path / "bids.csv"
    assert problem_of(load_eois, bristol, str(path)).what == "no list of expressions of interest was found"
    for content, what in (
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n", "is empty"),
        (written(table).replace("Primary", "Prim£ry").encode("latin-1"), "is not UTF-8 text"),
        (written(table).encode("utf-16"), "is not UTF-8 text"),
        (b"id,title\0\n", "holds NUL bytes"),
        (b"x" * (3 * 1024 * 1024), "is too large"),
    ):
        path.write_bytes(content)
        assert what in problem_of(load_eois, bristol, str(path)).what
    path.unlink()
    path.mkdir()
    assert "is a folder" in problem_of(load_eois, bristol, str(path)).what
