"""A list of bids being written: nothing typed is lost, and what is wrong is told by row and column."""

from __future__ import annotations

import io

import pytest

from sufficiency.domain.problem import InputProblem, InputProblems
from sufficiency.scenario.eoi_draft import COLUMNS, Draft, draft_of, draft_of_rows
from sufficiency.scenario.eoi_list import LARGEST_LIST_FILE, load_eois, own_list, read_eois
from sufficiency.scenario.scenario import Scenario

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def draft(bristol: Scenario) -> Draft:
    name, raw = own_list(bristol)
    return draft_of(raw, where=name)


def test_a_right_list_is_the_same_as_a_draft_and_read_at_once(bristol: Scenario, draft: Draft) -> None:
    assert draft.eois(where="a.csv", areas=bristol.area_codes) == load_eois(bristol)
    assert draft_of(draft.csv(), where="b.csv") == draft
    assert read_eois(draft.csv(), where="c.csv", areas=bristol.area_codes) == load_eois(bristol)


def test_a_workbook_gives_the_same_draft(draft: Draft) -> None:
    from openpyxl import Workbook

    book, held = Workbook(), io.BytesIO()
    for row in (COLUMNS, *draft.rows):
        book.active.append([text or None for text in row])
    book.save(held)
    assert draft_of(held.getvalue(), where="bids.xlsx") == draft


def test_wrong_cells_stay_as_typed_and_are_told_by_row_and_column(bristol: Scenario, draft: Draft) -> None:
    wrong = draft.changed(2, "places", "eight").changed(5, "area", "norht").changed(7, "quality", "140")
    assert (wrong.cell(2, "places"), wrong.cell(5, "area"), wrong.cell(7, "quality")) == ("eight", "norht", "140")
    with pytest.raises(InputProblems) as told:
        wrong.eois(where="bids.csv", areas=bristol.area_codes)
    assert [(each.field, each.where) for each in told.value.problems] == [
        ("places", "bids.csv, row 2, column places"),
        ("area", "bids.csv, row 5, column area"),
        ("quality", "bids.csv, row 7, column quality"),
    ]
    mended = wrong.changed(2, "places", draft.cell(2, "places")).changed(5, "area", draft.cell(5, "area"))
    assert mended.changed(7, "quality", draft.cell(7, "quality")) == draft


def test_quality_may_be_left_to_the_scores_but_not_be_missing(bristol: Scenario, draft: Draft) -> None:
    scored = Draft(tuple(draft.changed(n, "quality", "").rows[n - 2] for n in range(2, len(draft.rows) + 2)))
    found = scored.eois(where="a.csv", areas=bristol.area_codes)
    assert all(eoi.quality == pytest.approx(sum(eoi.scores.values()) / len(eoi.scores)) for eoi in found)
    with pytest.raises(InputProblem, match="quality"):
        Draft(scored.changed(2, "scores", "").rows[:1]).eois(where="a.csv", areas=bristol.area_codes)


def test_our_own_apostrophe_before_a_formula_is_taken_off_again() -> None:
    [row] = draft_of_rows([{"id": "E1", "title": "'=1+1", "note": "'tis"}]).rows
    assert row[COLUMNS.index("title")] == "=1+1"
    assert row[COLUMNS.index("note")] == "'tis"


def test_empty_rows_and_missing_cells_are_no_bids() -> None:
    assert draft_of_rows([{"id": None}, {"id": float("nan")}, {}]).rows == ()
    with pytest.raises(IndexError):
        draft_of_rows([{"id": "E1"}]).cell(3, "id")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"x" * (LARGEST_LIST_FILE + 1), "too large"),
        (b"id,title\nE1,One\n", "columns are missing"),
        (b"PK\x03\x04 no workbook", "not an Excel workbook"),
    ],
)
def test_what_no_draft_could_hold_is_refused(raw: bytes, words: str) -> None:
    with pytest.raises(InputProblem, match=words):
        draft_of(raw, where="bids.xlsx" if raw.startswith(b"PK") else "bids.csv")


def test_a_row_with_too_many_cells_is_told_with_its_number(draft: Draft) -> None:
    lines = draft.csv().decode().splitlines()
    with pytest.raises(InputProblem, match="row 3"):
        draft_of("\n".join([*lines[:2], f"{lines[2]},one,two", *lines[3:]]).encode(), where="bids.csv")
