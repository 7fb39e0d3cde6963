"""Reading tables from other people's CSV files: everything there is to mend is found before anything is reported."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.files import read_text
from sufficiency.domain.problem import InputProblem, InputProblems

LARGEST_FILE = 200 * 1024 * 1024
_ROWS_NAMED, _VALUES_NAMED = 5, 4
UNREADABLE = np.iinfo(np.int64).min
"""Stands in an array of whole numbers for a cell that could not be read, and was reported."""


@dataclass
class _Kind:
    """All findings of one kind in one column of one file."""

    allowed: str
    mend: str
    rows: dict[int, None] = field(default_factory=dict)
    values: dict[str, None] = field(default_factory=dict)
    count: int = 0


class Findings:
    """Collects what is wrong, grouped by kind: each with the first rows, how many there are, and the values found."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, str, str], _Kind] = {}
        self._whole: list[InputProblem] = []

    def add(
        self,
        what: str,
        file: str,
        column: str = "",
        *,
        row: int | None = None,
        value: object = None,
        allowed: str = "",
        mend: str = "",
    ) -> None:
        """Note one finding; those of the same kind, file and column are counted together."""
        kind = self._kinds.setdefault((what, file, column), _Kind(allowed, mend))
        kind.count += 1
        if row is not None:
            kind.rows[row] = None
        if value is not None and len(kind.values) <= _VALUES_NAMED:
            kind.values[str(value)] = None

    def add_problem(self, problem: InputProblem) -> None:
        """Note a problem of a whole file."""
        self._whole.append(problem)

    def problems(self) -> tuple[InputProblem, ...]:
        """One problem a kind, in the order in which the kinds were found; whole files first."""
        return (*self._whole, *(self._problem(*key, kind) for key, kind in self._kinds.items()))

    def raise_any(self) -> None:
        """Raise InputProblem (InputProblems where there are several kinds) unless nothing was found."""
        found = self.problems()
        if len(found) == 1:
            raise found[0]
        if found:
            raise InputProblems(found)

    @staticmethod
    def _problem(what: str, file: str, column: str, kind: _Kind) -> InputProblem:
        values = list(kind.values)
        text = ", ".join(values[:_VALUES_NAMED]) + (" and others" if len(values) > _VALUES_NAMED else "")
        return InputProblem(
            what,
            where=", ".join(part for part in (file, _rows_in_words(kind), column and f"column {column}") if part),
            value=text if values else None,
            allowed=kind.allowed,
            mend=kind.mend,
            field=column,
        )


def _rows_in_words(kind: _Kind) -> str:
    if not kind.rows:
        return "" if kind.count == 1 else f"{kind.count:,} times"
    named = ", ".join(str(row) for row in list(kind.rows)[:_ROWS_NAMED])
    if len(kind.rows) == 1:
        return f"row {named} (1 row)"
    more = len(kind.rows) - _ROWS_NAMED
    return f"rows {named} and {more:,} more ({len(kind.rows):,} rows)" if more > 0 else f"rows {named} ({len(kind.rows):,} rows)"


@dataclass(frozen=True)
class Table:
    """The cells of a CSV file by column, stripped, as text."""

    file: str
    """The file's name as it is shown in messages."""
    numbers: Sequence[int]
    """Row numbers as a spreadsheet counts them: the header is row 1, and empty rows count."""
    cells: dict[str, list[str]]

    def __len__(self) -> int:
        return len(self.numbers)

    def note(
        self,
        findings: Findings,
        wrong: NDArray[np.bool_],
        what: str,
        column: str = "",
        *,
        values: Sequence[object] | None = None,
        allowed: str = "",
        mend: str = "",
    ) -> None:
        """Note a finding for each row that is ``wrong``; the value found is that of ``column``, unless ``values`` are given."""
        shown = self.cells.get(column) if values is None else values
        for at in np.flatnonzero(wrong).tolist():
            value = None if shown is None else shown[at]
            findings.add(what, self.file, column, row=self.numbers[at], value=value, allowed=allowed, mend=mend)


def read_table(
    path: Path, kind: str, columns: Sequence[str], findings: Findings, warnings: Findings, *, largest: int = LARGEST_FILE
) -> Table | None:
    """The named ``columns`` of a CSV file, or None where it cannot be read as one (which is noted in ``findings``).

    Errors: no such file, a folder, no ordinary file, unreadable, empty, too large (``largest`` bytes), not UTF-8 (a byte-order
    mark is dropped), cells not parted by commas, not CSV, a column missing or named twice, a row with too many or too few cells,
    no rows. Warned of: columns that are not used.
    """
    file = str(path)
    try:
        records = _records(read_text(path, kind=f"{kind} file", largest=largest), file)
    except InputProblem as problem:
        findings.add_problem(problem)
        return None
    header = next((cells for _, cells in records), [])
    if not _header_is_sound(header, columns, file, findings, warnings):
        return None
    numbers: list[int] = []
    kept: list[list[str]] = []
    for number, cells in records[1:]:
        while len(cells) > len(header) and not cells[-1]:
            cells.pop()
        if not any(cells):
            continue
        if len(cells) != len(header):
            findings.add(
                "a row has too many or too few cells", file, row=number, value=len(cells),
                allowed=f"{len(header)}, as in the header", mend="put cells that hold commas in quotes",
            )  # fmt: skip
            continue
        numbers.append(number)
        kept.append(cells)
    if len(records) < 2 or not (numbers or any(any(cells) for _, cells in records[1:])):
        findings.add(f"the {kind} file has no rows", file, mend="add rows below the header")
        return None
    position = {column: header.index(column) for column in columns}
    return Table(file, numbers, {column: [cells[at] for cells in kept] for column, at in position.items()})


def _header_is_sound(header: list[str], columns: Sequence[str], file: str, findings: Findings, warnings: Findings) -> bool:
    while header and not header[-1]:
        header.pop()  # empty columns that a spreadsheet leaves at the right
    twice = sorted({column for column in header if column and header.count(column) > 1})
    missing = [column for column in columns if column not in header]
    for column in twice:
        findings.add("a column is named twice", f"{file}, row 1", value=column, mend="keep one of them")
    if missing:
        findings.add(
            "columns are missing", f"{file}, row 1", value=", ".join(missing), allowed=", ".join(columns),
            mend="add them to the header",
        )  # fmt: skip
    unused = [column for column in header if column and column not in columns]
    if unused and not missing:
        warnings.add("columns that are not read", f"{file}, row 1", value=", ".join(unused))
    return not twice and not missing


def _records(text: str, file: str) -> list[tuple[int, list[str]]]:
    head = text.split("\n", 1)[0]
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if head.count(separator) > head.count(","):
            mend = 'save it as "CSV UTF-8 (comma delimited)"'
            raise InputProblem(f"the cells are parted by {name}", where=f"{file}, row 1", allowed="commas", mend=mend)
    records: list[tuple[int, list[str]]] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            records.append((number, [cell.strip() for cell in cells]))
    except csv.Error as error:
        quotes = "a quote is not closed, or stands within a cell" if "limit" not in str(error) else "a cell is too long"
        where = f"{file}, row {len(records) + 1}"
        raise InputProblem(f"the row is not valid CSV ({quotes})", where=where, mend="save the file again as CSV") from None
    return records


_WHOLE = re.compile(r"[+-]?\d{1,9}(\.0*)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,18})?|\.\d{1,18})([eE][+-]?\d{1,2})?", re.ASCII)


def whole_numbers(table: Table, column: str, least: int, most: int, findings: Findings) -> NDArray[np.int64]:
    """A column of whole numbers (``7.0`` counts as one), :data:`UNREADABLE` where a cell is none or out of range."""
    read: dict[str, int] = {}
    for text in set(table.cells[column]):
        number = int(float(text)) if _WHOLE.fullmatch(text) else UNREADABLE
        read[text] = number if least <= number <= most else UNREADABLE
    found = np.array([read[text] for text in table.cells[column]], dtype=np.int64)
    what, mend = "a cell is not the whole number it should be", "write plain digits"
    table.note(findings, found == UNREADABLE, what, column, allowed=f"{least} to {most}", mend=mend)
    return found


def amounts(table: Table, column: str, findings: Findings) -> NDArray[np.float64]:
    """A column of numbers of at least 0, NaN where a cell is none."""
    read = {text: float(text) if _NUMBER.fullmatch(text) else np.nan for text in set(table.cells[column])}
    found = np.array([read[text] for text in table.cells[column]], dtype=np.float64)
    found[found < 0] = np.nan
    what, mend = "a cell is not the number it should be", "write plain digits, without commas or signs"
    table.note(findings, np.isnan(found), what, column, allowed="a number of at least 0", mend=mend)
    return found
