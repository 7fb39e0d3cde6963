"""The one-year, one-future case as plain tables: offers of places, children by cell, cost of each journey, and limits.

Units are the reader's own: any currency, any number of children. Nothing is rounded or converted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError, model_validator

from sufficiency.domain.files import read_text
from sufficiency.domain.problem import Finding, InputProblem, suggestion
from sufficiency.scenario.cells import NUMBER, cell, named_cells, rows
from sufficiency.scenario.figures import Count, Frozen
from sufficiency.scenario.files import parse_toml
from sufficiency.scenario.messages import first_problem
from sufficiency.scenario.tables import first_repeated

LARGEST_TABLE = 64 * 1024 * 1024
LARGEST_NUMBER = 1e12
LONGEST_ID = 200

Amount = Annotated[float, Field(ge=0, le=LARGEST_NUMBER)]


@dataclass(frozen=True)
class Offer:
    """Places that may be opened."""

    id: str
    places: float
    """Children that can be served."""
    fixed_cost: float
    """Cost of opening, whatever the number of children served."""


@dataclass(frozen=True)
class DemandCell:
    """Children who need a place and are alike in what each journey costs."""

    cell: str
    children: float


class AllocationLimits(Frozen):
    """Limits on what is chosen; all are optional, and an absent one is no limit."""

    choose_exactly: Count | None = None
    """Number of offers to choose, neither more nor fewer."""
    choose_at_most: Count | None = None
    """Most offers to choose."""
    budget: Amount | None = None
    """Most that the fixed costs of the offers chosen may add up to."""
    unserved_cost_per_child: Amount | None = None
    """Cost of a child who is not served; absent: every child must be served."""

    @model_validator(mode="after")
    def _check_numbers(self) -> Self:
        exactly, at_most = self.choose_exactly, self.choose_at_most
        if exactly is not None and at_most is not None and exactly > at_most:
            raise Finding(
                "choose_exactly and choose_at_most contradict each other",
                at="choose_exactly",
                value=exactly,
                allowed=f"at most {at_most}, as choose_at_most says",
                mend="change or remove one of them",
            )
        return self


@dataclass(frozen=True, eq=False)
class AllocationTables:
    """Offers, children and journeys with their limits."""

    offers: tuple[Offer, ...]
    cells: tuple[DemandCell, ...]
    cost_per_child: NDArray[np.float64]
    """Cost of serving one child, shape (offers, cells); infinite where the pair is not in the table: not allowed."""
    limits: AllocationLimits = field(default_factory=AllocationLimits)
    notes: tuple[str, ...] = ()
    """What a reader should know of how the tables were read."""


def load_allocation(offers: Path, demand: Path, travel: Path, limits: Path | None = None) -> AllocationTables:
    """The tables of four files; raises InputProblem with file, row and column for the first thing to mend."""
    notes: list[str] = []
    held = AllocationLimits() if limits is None else _limits(limits)
    found_offers = _offers(offers, notes)
    cells = _cells(demand, notes)
    cost = _travel(travel, [offer.id for offer in found_offers], [each.cell for each in cells], notes)
    return AllocationTables(found_offers, cells, cost, held, tuple(notes))


def _limits(path: Path) -> AllocationLimits:
    kind = "file of limits"
    where = str(path)
    data = parse_toml(read_text(path, kind=kind, may_be_empty=True), where=where, kind=kind)
    try:
        return AllocationLimits.model_validate(data)
    except ValidationError as error:
        raise first_problem(error, AllocationLimits, where=where) from None


def _offers(path: Path, notes: list[str]) -> tuple[Offer, ...]:
    found: dict[str, tuple[int, Offer]] = {}
    for number, place, row in _table(path, "table of offers", ("id", "places", "fixed_cost"), notes):
        offer = Offer(_id(row, "id", place), _amount(row, "places", place), _amount(row, "fixed_cost", place))
        if offer.id in found:
            raise _twice("id", offer.id, path, found[offer.id][0], number)
        found[offer.id] = (number, offer)
    if not found:
        raise InputProblem("the table of offers has no rows", where=str(path), mend="add at least one offer below the header")
    return tuple(offer for _, offer in found.values())


def _cells(path: Path, notes: list[str]) -> tuple[DemandCell, ...]:
    found: dict[str, tuple[int, DemandCell]] = {}
    for number, place, row in _table(path, "table of demand", ("cell", "children"), notes):
        each = DemandCell(_id(row, "cell", place), _amount(row, "children", place))
        if each.cell in found:
            raise _twice("cell", each.cell, path, found[each.cell][0], number)
        found[each.cell] = (number, each)
    if not found:
        raise InputProblem("the table of demand has no rows", where=str(path), mend="add at least one cell below the header")
    return tuple(each for _, each in found.values())


def _travel(path: Path, ids: list[str], cells: list[str], notes: list[str]) -> NDArray[np.float64]:
    cost = np.full((len(ids), len(cells)), np.inf)
    offer_at, cell_at = ({name: i for i, name in enumerate(names)} for names in (ids, cells))
    row_of: dict[tuple[int, int], int] = {}
    for number, place, row in _table(path, "table of travel", ("cell", "id", "cost_per_child"), notes):
        pair = (
            _known(_id(row, "id", place), offer_at, f"{place}, column id", "id", "the table of offers"),
            _known(_id(row, "cell", place), cell_at, f"{place}, column cell", "cell", "the table of demand"),
        )
        if pair in row_of:
            raise InputProblem(
                "two rows have the same cell and id",
                where=f"{path}, rows {row_of[pair]} and {number}",
                value=f"{row['cell']}, {row['id']}",
                mend="keep one of them",
                field="cell",
            )
        row_of[pair] = number
        cost[pair] = _amount(row, "cost_per_child", place)
    return cost


def _table(path: Path, kind: str, columns: tuple[str, ...], notes: list[str]) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Rows with their number, their place in words and their cells by column; other columns are left unread, with a note."""
    where = str(path)
    numbered = rows(read_text(path, kind=kind, largest=LARGEST_TABLE), where)
    header = next(numbered, (1, []))[1]
    while header and not header[-1]:
        header.pop()  # empty columns that a spreadsheet leaves at the right
    _check_header(header, columns, f"{where}, row 1")
    unread = [name for name in header if name not in columns]
    if unread:
        notes.append(f"{where}: not read: column{'s' if len(unread) > 1 else ''} {', '.join(unread)}")
    for number, cells in numbered:
        if any(cells):
            place = f"{where}, row {number}"
            yield number, place, named_cells(header, cells, place)


def _check_header(header: list[str], columns: tuple[str, ...], where: str) -> None:
    if twice := first_repeated(column for column in header if column):
        raise InputProblem("a column is named twice", where=where, value=twice, mend="keep one of them")
    missing = [column for column in columns if column not in header]
    if missing:
        others = [name for name in header if name not in columns]
        like = {name: column for column in missing for name in others if suggestion(name, [column], "")}
        mend = "; ".join(f'name the column "{name}" {column}' for name, column in like.items()) or "add them to the header"
        raise InputProblem(
            "columns are missing" if len(missing) > 1 else "a column is missing",
            where=where,
            value=", ".join(missing),
            allowed=", ".join(columns),
            mend=mend,
            field=missing[0],
        )


def _id(row: dict[str, str], column: str, place: str) -> str:
    text = row[column]
    if not text or len(text) > LONGEST_ID or not text.isprintable():
        allowed = f"1 to {LONGEST_ID} characters"
        raise InputProblem(
            "the name is missing or cannot be used", where=f"{place}, column {column}", value=text, allowed=allowed, field=column
        )
    return text


def _amount(row: dict[str, str], column: str, place: str) -> float:
    value: Any = float(cell(row, column, NUMBER, place))
    if not 0 <= value <= LARGEST_NUMBER:
        raise InputProblem(
            "the number is out of range",
            where=f"{place}, column {column}",
            value=row[column],
            allowed=f"0 to {LARGEST_NUMBER:,.0f}",
            mend="change the number",
            field=column,
        )
    return float(value)


def _twice(column: str, name: str, path: Path, first: int, second: int) -> InputProblem:
    return InputProblem(
        f"two rows have the same {column}",
        where=f"{path}, rows {first} and {second}, column {column}",
        value=name,
        mend="give one of them another name, or add them up",
        field=column,
    )


def _known(name: str, at: dict[str, int], where: str, column: str, table: str) -> int:
    if name not in at:
        mend = suggestion(name, at, f"add it to {table}, or remove the row")
        raise InputProblem(f"the {column} is not in {table}", where=where, value=name, mend=mend, field=column)
    return at[name]
