"""Reading CSV lists from people, cell by cell: rows are counted as a spreadsheet counts them, and nothing is guessed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sufficiency.domain.problem import InputProblem


@dataclass(frozen=True)
class Kind:
    """What a cell may hold: how it is read (ValueError where it cannot be), what is allowed, and how to mend it."""

    read: Callable[[str], Any]
    allowed: str
    mend: str


def rows(text: str, where: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with their number, cells stripped; raises InputProblem where a row is not CSV."""
    text = text.removeprefix("\ufeff")
    head = text.split("\n", 1)[0]
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if head.count(separator) > head.count(","):
            raise InputProblem(
                f"the cells are parted by {name}",
                where=f"{where}, row 1",
                allowed="cells parted by commas",
                mend='save it as "CSV UTF-8 (comma delimited)"; semicolons part the codes within needs and phases only',
            )
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            quotes = "a quote is not closed, or stands within a cell" if "limit" not in str(error) else "a cell is too long"
            raise InputProblem(
                f"the row is not valid CSV ({quotes})", where=f"{where}, row {number}", mend="save the list again as CSV"
            ) from None
        if cells is None:
            return
        yield number, [cell.strip() for cell in cells]


def named_cells(header: list[str], cells: list[str], where: str) -> dict[str, str]:
    """The cells of a row by their column; raises InputProblem where there are more or fewer than in the header."""
    while len(cells) > len(header) and not cells[-1]:
        cells.pop()
    if len(cells) != len(header):
        raise InputProblem(
            f"the row has too {'many' if len(cells) > len(header) else 'few'} cells",
            where=where,
            value=len(cells),
            allowed=f"{len(header)}, as in the header",
            mend="put cells that hold commas in quotes",
        )
    return dict(zip(header, cells, strict=True))


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _matching(pattern: str, text: str) -> str:
    # Python's own conversions take 1_000, infinity and digits of other scripts.
    if not re.fullmatch(pattern, text, re.ASCII):
        raise ValueError(text[:80])
    return text


def _whole(text: str) -> int:
    return int(_matching(r"[+-]?\d{1,18}", text))


def _number(text: str) -> float:
    return float(_matching(r"[+-]?(\d{1,18}(\.\d{0,18})?|\.\d{1,18})([eE][+-]?\d{1,3})?", text))


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(_matching(r"\d{4}-\d\d-\d\d", text))


NUMBER = Kind(_number, "a number", "write plain digits, without £, commas or spaces")
WHOLE_NUMBER = Kind(_whole, "a whole number", "write plain digits, without commas, spaces or decimal point")
CODES = Kind(_list, "codes parted by semicolons", "")
DAY = Kind(_day, "a date such as 2022-09-01", "write a day that exists as year-month-day")
TRUTH = Kind(_truth, "true or false", "write true or false")


def cell(row: dict[str, str], column: str, kind: Kind, where: str) -> Any:
    """The cell of ``column`` read as its kind; raises InputProblem naming the row and the column."""
    try:
        return kind.read(row[column])
    except ValueError:
        raise InputProblem(
            "the cell cannot be read",
            where=f"{where}, column {column}",
            value=row[column],
            allowed=kind.allowed,
            mend=kind.mend,
            field=column,
        ) from None
