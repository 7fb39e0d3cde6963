"""The content of a paper: sections of text, lists, tables and charts, in one place for every way of rendering it.

Cells hold numbers as they are; how a number is shown is the column's business, so that text, Word, web page and workbook say the
same. Estimates are shown to the nearest 5, because no simulation of children knows more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sufficiency.places.gap import Band
from sufficiency.report.words import count, pounds, share

Kind = Literal["text", "count", "estimate", "pounds", "share", "day", "observed"]
Cell = str | float | int | dt.date | None
STEP = 5
"""Estimates of children and places are shown to the nearest of this."""
UNKNOWN = "not known"
LONGEST = 400
"""Letters of a cell in print."""
CUT = "… (whole in the workbook and in the scenario)"


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it means (for the dictionary of data), and how its numbers are shown."""

    title: str
    meaning: str
    kind: Kind = "text"
    unit: str = ""
    end: Literal["", "low", "high"] = ""
    """Which end of the range of the column before it is this: in print, the three are one column."""


@dataclass(frozen=True)
class Table:
    """A table of a paper; rows have one cell a column, of which the first names the row."""

    key: str
    """Name of its sheet in the workbook."""
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    only_in_workbook: bool = False
    """Whether it is too long for print."""

    def printed_columns(self) -> tuple[Column, ...]:
        """The columns as print has them: a mean and the ends of its range are one column."""
        return tuple(column for column in self.columns if not column.end)

    def printed_rows(self) -> Iterator[tuple[str, ...]]:
        """The rows as people read them: ``580 (410 to 675)`` where a column has ends."""
        for row in self.rows:
            cells: list[str] = []
            for cell, column in zip(row, self.columns, strict=True):
                words = _in_print(shown(cell, column.kind))
                if column.end:
                    cells[-1] += f" ({words}" if column.end == "low" else f" to {words})"
                else:
                    cells.append(words)
            yield tuple(cells)

    @property
    def has_ranges(self) -> bool:
        """Whether it has ranges of 8 in 10 futures, which a note then explains."""
        return any(column.end for column in self.columns)


@dataclass(frozen=True)
class Chart:
    """A chart with the sentence that says what to see, words for who cannot see it, and the table of its numbers."""

    key: str
    title: str
    caption: str
    alt: str
    spec: str = field(repr=False)
    """Vega-Lite as JSON."""
    table: str
    """Key of the table that holds its numbers, in the same paper."""


@dataclass(frozen=True)
class Points:
    """A list."""

    items: tuple[str, ...]


Block = str | Points | Table | Chart


@dataclass(frozen=True)
class Section:
    """A heading, the sentence that answers it, and what supports the answer."""

    heading: str
    answer: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Paper:
    """A whole paper; ``made`` is its only date that is not the scenario's."""

    key: str
    """Name of its files."""
    title: str
    question: str
    answer: str
    cautions: tuple[str, ...]
    """What a reader must know before the first number."""
    sections: tuple[Section, ...]
    made: dt.date

    def tables(self) -> Iterator[Table]:
        """Its tables, in order."""
        for section in self.sections:
            yield from (block for block in section.blocks if isinstance(block, Table))

    def charts(self) -> Iterator[Chart]:
        """Its charts, in order."""
        for section in self.sections:
            yield from (block for block in section.blocks if isinstance(block, Chart))


def _in_print(words: str) -> str:
    """Text cut to :data:`LONGEST`: some assumptions are tables of hundreds of numbers."""
    return words if len(words) <= LONGEST else words[:LONGEST].rstrip(" ,;=.0123456789") + CUT


def shown(cell: Cell, kind: Kind) -> str:
    """A cell as people read it: 1,234; 1,235 for an estimate of 1,234; £12.3m; 37 %; 31 March 2025."""
    if cell is None:
        return UNKNOWN
    if isinstance(cell, dt.date):
        return day(cell)
    if isinstance(cell, str):
        return cell
    if kind == "estimate":
        return about(cell)
    if kind == "pounds":
        return pounds(cell)
    if kind == "share":
        return share(cell)
    return count(cell)


def about(value: float) -> str:
    """An estimate to the nearest 5; the word for a negative one is the column's."""
    return count(STEP * round(value / STEP))


def about_range(found: Band) -> str:
    """``about 580 (8 in 10 futures: 410 to 675)``: the mean, and what 8 in 10 futures lie between."""
    return f"about {about(found.mean)} (8 in 10 futures: {about(found.p10)} to {about(found.p90)})"


def balance(value: float) -> str:
    """``a deficit of £12.3m`` or ``a surplus of £1.2m``."""
    return f"a {'deficit' if value < 0 else 'surplus'} of {pounds(abs(value))}"


def day(value: dt.date) -> str:
    """``31 March 2025``."""
    return f"{value.day} {value:%B} {value.year}"


def chance(probability: float, futures: int) -> str:
    """A share of the futures as people say it; what was never seen is not called impossible."""
    if probability <= 0:
        return f"in none of the {futures:,} futures simulated"
    if probability >= 1:
        return f"in every one of the {futures:,} futures simulated"
    tenths = round(10 * probability)
    return f"in {share(probability)} of futures" if tenths in (0, 10) else f"in about {tenths} of 10 futures"


def note_of(table: Table) -> str:
    """What stands below a table in print."""
    ranges = "In brackets, what 8 in 10 futures lie between." if table.has_ranges else ""
    return " ".join(part for part in (ranges, table.note) if part)


def banded(found: Band) -> tuple[float, float, float]:
    """Mean and ends of a band, for three cells."""
    return found.mean, found.p10, found.p90


def band_columns(what: str, unit: str, kind: Kind = "estimate", meaning: str = "") -> tuple[Column, Column, Column]:
    """Columns for the cells of :func:`banded`."""
    about_what = meaning or what[0].lower() + what[1:]
    return (
        Column(what, f"Mean over the futures of {about_what}.", kind, unit),
        Column("8 in 10 futures, from", f"In 1 of 10 futures {about_what} is lower.", kind, unit, "low"),
        Column("to", f"In 1 of 10 futures {about_what} is higher.", kind, unit, "high"),
    )


def listed(words: Sequence[Any]) -> str:
    """``South, North and East``."""
    texts = [str(word) for word in words]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}" if texts else "none"
