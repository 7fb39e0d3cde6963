"""A list of expressions of interest as it is being written: cells of text, right or wrong, so that nothing typed is lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sufficiency.domain.problem import InputProblem, raise_any
from sufficiency.scenario.cells import named_cells
from sufficiency.scenario.eoi_list import LARGEST_LIST, OPTIONAL, REQUIRED, check_header, eois_of_rows, numbered_rows, padded
from sufficiency.scenario.eois import ExpressionOfInterest

COLUMNS = (*REQUIRED, *OPTIONAL)
_LIVE = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Draft:
    """Rows of text under :data:`COLUMNS`; the first below the header is row 2."""

    rows: tuple[tuple[str, ...], ...]

    def eois(self, *, where: str, areas: tuple[str, ...]) -> tuple[ExpressionOfInterest, ...]:
        """The bids; raises InputProblem(s), each with its row and column."""
        kept = [column for column in COLUMNS if column != "quality" or any(row[_AT["quality"]] for row in self.rows)]
        if "quality" not in kept and not any(row[_AT["scores"]] for row in self.rows):
            kept = list(COLUMNS)  # then quality is what is missing
        numbered = ((n, [row[_AT[column]] for column in kept]) for n, row in enumerate(self.rows, 2))
        return eois_of_rows(iter([(1, kept), *numbered]), where, areas)

    def csv(self) -> bytes:
        """The list as a CSV file."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(self.rows)
        return text.getvalue().encode()

    def changed(self, number: int, column: str, text: str) -> Draft:
        """The draft with another text in one cell; IndexError where there is no such row."""
        if not 2 <= number < len(self.rows) + 2:
            raise IndexError(number)
        row = list(self.rows[number - 2])
        row[_AT[column]] = text.strip()
        return Draft((*self.rows[: number - 2], tuple(row), *self.rows[number - 1 :]))

    def cell(self, number: int, column: str) -> str:
        """The text in a cell; IndexError where there is no such row."""
        if not 2 <= number < len(self.rows) + 2:
            raise IndexError(number)
        return self.rows[number - 2][_AT[column]]


_AT = {column: at for at, column in enumerate(COLUMNS)}


def draft_of(raw: bytes, *, where: str) -> Draft:
    """The rows of a file, empty ones left out; raises InputProblem where it is no list at all.

    Its size is checked before it is opened. A wrong header, or a row with too many or too few cells, has to be mended in the
    file: no draft could hold it.
    """
    place, numbered = numbered_rows(raw, where)
    header = next(numbered, (1, []))[1]
    while header and not header[-1]:
        header.pop()
    check_header(header, place)
    rows: list[Mapping[str, str]] = []
    wrong: list[InputProblem] = []
    for number, cells in numbered:
        if not any(cells):
            continue
        if len(rows) == LARGEST_LIST:
            allowed = f"at most {LARGEST_LIST:,} rows"
            wrong.append(InputProblem("the list is too long", where=f"{place}, row {number}", allowed=allowed))
            break
        try:
            rows.append(named_cells(header, padded(header, cells, place), f"{place}, row {number}"))
        except InputProblem as problem:
            wrong.append(problem)
    raise_any(wrong)
    return draft_of_rows(rows)


def draft_of_rows(rows: Iterable[Mapping[str, object]]) -> Draft:
    """A draft from rows by column; what is missing is empty, and rows without any text are left out."""
    texts = (tuple(_text(row.get(column)) for column in COLUMNS) for row in rows)
    return Draft(tuple(row for row in texts if any(row)))


def _text(value: object) -> str:
    """A cell as text; the apostrophe with which our own files keep a spreadsheet from running a cell is taken off."""
    text = "" if value is None or value != value else str(value).strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_LIVE) else text
