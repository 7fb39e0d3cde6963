"""A sheet of numbers by year whose totals are formulas, each written with the value that it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from sufficiency.dsg.prices import Array
from sufficiency.report.excel import write_text

_WIDE, _NARROW = 52, 16


class FormulaSheet:
    """Rows of numbers, one column a year (from B on), written from the top; rows are numbered as the sheet numbers them."""

    def __init__(self, sheet: Any, look: dict[str, Any], years: Sequence[str]) -> None:
        self._sheet, self._look, self._years = sheet, look, tuple(years)
        self._row = 0
        sheet.set_column(0, 0, _WIDE)
        sheet.set_column(1, len(years), _NARROW)
        sheet.set_column(len(years) + 1, len(years) + 3, 22)

    def title(self, text: str, words: str) -> None:
        """The sheet's title and what its numbers are."""
        write_text(self._sheet, 0, 0, text, self._look["title"])
        write_text(self._sheet, 1, 0, words)
        self._row = 3

    def heading(self, text: str, more: Sequence[str] = ()) -> None:
        """A row with the years as headings."""
        for column, heading in enumerate((text, *self._years, *more)):
            write_text(self._sheet, self._row, column, heading, self._look["head"])
        self._row += 1

    def gap(self) -> None:
        """An empty row."""
        self._row += 1

    def values(self, label: str, numbers: Array, words: Sequence[str] = ()) -> int:
        """A row of plain numbers, with words beside; gives back its number."""
        write_text(self._sheet, self._row, 0, label)
        for column, number in enumerate(numbers, 1):
            self._sheet.write_number(self._row, column, float(number), self._look["number"])
        for column, text in enumerate(words, len(self._years) + 1):
            write_text(self._sheet, self._row, column, text)
        self._row += 1
        return self._row

    def sum_of(self, label: str, rows: Sequence[int], numbers: Array) -> int:
        """The sum of some rows, above it and in any order."""
        first, last = rows[0], rows[-1]
        if list(rows) == list(range(first, last + 1)):
            return self._formulas(label, [f"=SUM({c}{first}:{c}{last})" for c in self._columns], numbers)
        return self.combined(label, dict.fromkeys(rows, 1), numbers)

    def combined(self, label: str, signs: Mapping[int, int], numbers: Array) -> int:
        """Rows added (sign 1) and taken away (sign -1)."""
        terms = [("+" if sign > 0 else "-", row) for row, sign in signs.items()]
        formulas = ["=" + "".join(f"{sign}{c}{row}" for sign, row in terms).removeprefix("+") for c in self._columns]
        return self._formulas(label, formulas, numbers)

    def other(self, label: str, sheet: str, row: int, numbers: Array) -> int:
        """A row of another sheet."""
        return self._formulas(label, [f"='{sheet}'!{c}{row}" for c in self._columns], numbers)

    def carried(self, before: str, after: str, rows: Sequence[int], opening: float, numbers: Array) -> int:
        """Two rows: what is brought forward, and what is carried forward with ``rows`` added; gives back the second's number."""
        first, second = self._row + 1, self._row + 2
        columns = self._columns
        write_text(self._sheet, self._row, 0, before)
        self._sheet.write_number(self._row, 1, opening, self._look["number"])
        for column in range(1, len(columns)):
            self._formula(column + 1, f"={columns[column - 1]}{second}", float(numbers[column - 1]), "number")
        self._row += 1
        terms = [[f"{c}{row}" for row in (first, *rows)] for c in columns]
        return self._formulas(after, [f"={'+'.join(cells)}" for cells in terms], numbers)

    def change_between(self, label: str, sheet: str, plus: int, minus: int, numbers: Array) -> int:
        """How the difference of two rows of another sheet changes from year to year."""
        columns = self._columns
        here = [f"'{sheet}'!{c}{plus}-'{sheet}'!{c}{minus}" for c in columns]
        formulas = [f"={here[0]}", *(f"={now}-({before})" for before, now in pairwise(here))]
        return self._formulas(label, formulas, numbers)

    @property
    def _columns(self) -> list[str]:
        from xlsxwriter.utility import xl_col_to_name

        return [str(xl_col_to_name(column)) for column in range(1, len(self._years) + 1)]

    def _formulas(self, label: str, formulas: Sequence[str], numbers: Array) -> int:
        write_text(self._sheet, self._row, 0, label, self._look["bold"])
        for column, (formula, number) in enumerate(zip(formulas, numbers, strict=True), 1):
            self._formula(column, formula, float(number), "total")
        self._row += 1
        return self._row

    def _formula(self, column: int, formula: str, value: float, style: str) -> None:
        self._sheet.write_formula(self._row, column, formula, self._look[style], value)
