"""Rows and cells of a release's tables: what a period, a number and a symbol mean."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator

from sufficiency.domain.problem import InputProblem, suggestion
from sufficiency.evidence.dfe.release import Table

NOT_GIVEN = frozenset({"", "x", "z", "c", "k", "u", "low", "~", ":", "-", "na", "n/a"})
"""What stands for no number: x is not available, z not applicable; the others are DfE's symbols of other releases."""
_NUMBER = re.compile(r"\d{1,9}(\.0*)?|\d{1,3}(,\d{3}){1,2}", re.ASCII)
_YEAR = re.compile(r"(19|20)\d\d", re.ASCII)
_SCHOOL_YEAR = re.compile(r"((?:19|20)\d\d)[/-]?(\d\d)", re.ASCII)
_AGE = re.compile(r"aged?\s+(\d{1,2})")
_UP_TO = re.compile(r"aged?\s+(\d{1,2}) and under")
_UNDER = re.compile(r"(?:aged?\s+)?under (\d{1,2})")
_FROM = re.compile(r"aged?\s+(\d{1,2}) and over")
_BAND = re.compile(r"aged?\s+(\d{1,2}) to (\d{1,2})")
OLDEST = 25

Ages = tuple[int, int]
"""First and last age of a group, in whole years."""


class Row:
    """One row of a table, by the names of its columns (lower case)."""

    __slots__ = ("_cells", "_position", "_where", "number")

    def __init__(self, number: int, cells: list[str], position: dict[str, int], where: str) -> None:
        self.number, self._cells, self._position, self._where = number, cells, position, where

    def text(self, column: str) -> str:
        """The cell as text, stripped."""
        return self._cells[self._position[column]].strip()

    def optional(self, column: str) -> str:
        """The cell as text, empty where the table has no such column."""
        return self.text(column) if column in self._position else ""

    def place(self, column: str) -> str:
        """Where a cell stands, for messages."""
        return f"{self._where}, row {self.number}, column {column}"

    def count(self, column: str) -> int | None:
        """The cell as a whole number; None where the release gives none, or has no such column.

        Raises InputProblem for anything else.
        """
        text = self.optional(column)
        if text.lower() in NOT_GIVEN:
            return None
        if not _NUMBER.fullmatch(text):
            allowed = "a whole number, or x or z for none"
            raise InputProblem("the cell is not a number", where=self.place(column), value=text, allowed=allowed, field=column)
        return int(float(text.replace(",", "")))

    def year(self) -> int:
        """The calendar year counted, or the year of the January census: 202425 is January 2025."""
        text = self.text("time_period")
        if _YEAR.fullmatch(text):
            return int(text)
        if (found := _SCHOOL_YEAR.fullmatch(text)) and (int(found[1]) + 1) % 100 == int(found[2]):
            return int(found[1]) + 1
        allowed = "a year such as 2024, or a school year such as 202425"
        raise InputProblem("the period cannot be read", where=self.place("time_period"), value=text, allowed=allowed)


def rows(table: Table, needed: Collection[str]) -> Iterator[Row]:
    """The rows below the header; none where the table has a header only or nothing at all.

    Names of columns are read whatever their case. Raises InputProblem where a needed column is missing or there twice, a row has
    too few or too many cells, or the text is not CSV.
    """
    reader = csv.reader(io.StringIO(table.text, newline=""), strict=True)
    number = 1
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        if not any(header):
            return
        _check_header(header, needed, table.where)
        position = {name: i for i, name in enumerate(header)}
        for number, cells in enumerate(reader, 2):
            if not any(cells):
                continue
            if len(cells) != len(header):
                raise InputProblem(
                    f"the row has too {'many' if len(cells) > len(header) else 'few'} cells",
                    where=f"{table.where}, row {number}",
                    value=len(cells),
                    allowed=f"{len(header)}, as in the header",
                    mend="use the file as published",
                )
            yield Row(number, cells, position, table.where)
    except csv.Error:
        where = f"{table.where}, row {number}"
        raise InputProblem("the row is not valid CSV", where=where, mend="use the file as published") from None


def _check_header(header: list[str], needed: Collection[str], where: str) -> None:
    missing = sorted(set(needed) - set(header))
    if missing:
        raise InputProblem(
            "the table lacks a column",
            where=where,
            value=missing[0],
            allowed=", ".join(sorted(needed)),
            mend=suggestion(missing[0], sorted(set(header) - set(needed)), "use the file as published"),
            field=missing[0],
            more=len(missing) - 1,
        )
    if twice := [name for name in sorted(needed) if header.count(name) > 1]:
        raise InputProblem("a column is there twice", where=where, value=twice[0], mend="keep one of them", field=twice[0])


def ages_of(label: str) -> Ages | None:
    """First and last age that a label means ("Aged 10", "age 2 and under", "Age 5 to 10"); None where the age is unknown.

    Groups open to one side reach to 0 and to 25, the oldest age at which a plan can be held.
    """
    text = " ".join(label.lower().split())
    if found := _BAND.fullmatch(text):
        return int(found[1]), int(found[2])
    if found := _UP_TO.fullmatch(text):
        return 0, int(found[1])
    if found := _UNDER.fullmatch(text):
        return 0, int(found[1]) - 1
    if found := _FROM.fullmatch(text):
        return int(found[1]), OLDEST
    if found := _AGE.fullmatch(text):
        return int(found[1]), int(found[1])
    return None
