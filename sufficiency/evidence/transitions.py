"""Child-level transitions: one row a child and year, with the population and the valid states that go with them.

Four CSV files, read unchanged as authorities keep them (``docs/transitions.md``). Children are between the January census of Y
and that of Y + 1 in a row labelled Y. A National Curriculum Year (NCY) is age on 31 August less 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.problem import suggestion
from sufficiency.evidence.reading import UNREADABLE, Findings, Table, amounts, read_table, whole_numbers
from sufficiency.evidence.transition_checks import check_population, check_transitions, check_valid_states

NONSEND = "NONSEND"
"""Setting (and need) of a child without a plan: before joining on side 1, after leaving on side 2."""

OUTSIDE = -1
"""Code of :data:`NONSEND` in :class:`Transitions`."""

FIRST_YEAR, LAST_YEAR = 1990, 2200
LOWEST_NCY, HIGHEST_NCY = -5, 30
TRANSITION_COLUMNS = ("calendar-year", "setting-1", "need-1", "academic-year-1", "setting-2", "need-2", "academic-year-2")
POPULATION_COLUMNS = ("calendar-year", "academic-year", "population")
VALID_STATE_COLUMNS = ("setting", "setting-group", "min-academic-year", "max-academic-year", "needs", "setting->setting")
COST_COLUMNS = ("need", "setting", "cost")


@dataclass(frozen=True)
class SettingRow:
    """A row of the valid states: where a setting may hold whom, and to which settings its children may move."""

    setting: str
    group: str
    first_ncy: int
    last_ncy: int
    needs: tuple[str, ...]
    moves_to: tuple[str, ...]
    number: int
    """The row in the file."""


@dataclass(frozen=True, eq=False)
class Transitions:
    """One entry a child and year, each array of shape (rows,).

    Needs and settings are positions in the history's ``needs`` and ``settings``, :data:`OUTSIDE` for NONSEND. ``ncy`` is that of
    side 1; side 2 is one higher. ``numbers`` are the rows in the file.
    """

    year: NDArray[np.int64]
    ncy: NDArray[np.int64]
    need_1: NDArray[np.int64]
    setting_1: NDArray[np.int64]
    need_2: NDArray[np.int64]
    setting_2: NDArray[np.int64]
    numbers: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.year)

    @property
    def years(self) -> tuple[int, ...]:
        """Calendar years that have a row, ascending."""
        return tuple(int(year) for year in np.unique(self.year))


@dataclass(frozen=True, eq=False)
class History:
    """What an authority holds: its children's transitions and what goes with them."""

    needs: tuple[str, ...]
    """Needs of the valid states, sorted."""
    settings: tuple[str, ...]
    """Settings of the valid states, sorted."""
    valid_states: tuple[SettingRow, ...]
    transitions: Transitions
    population: Mapping[tuple[int, int], float]
    """Children of (calendar year, NCY)."""
    costs: Mapping[tuple[str, str], float] | None
    """£ a child and year of (need, setting), or None where no costs were given."""
    warnings: tuple[str, ...]
    """What is odd and was accepted, a line each."""

    @property
    def start_census(self) -> int:
        """Year of the January census that the last transitions lead to: the first of the projection."""
        return self.transitions.years[-1] + 1

    @property
    def horizon(self) -> int:
        """The last year of the population, and of the projection."""
        return max(year for year, _ in self.population)


def read_history(
    transitions: Path, population: Path, valid_states: Path, costs: Path | None = None, *, accept_invalid: bool = False
) -> History:
    """Read and check the files; raises InputProblem with everything there is to mend, in all files at once.

    Errors, each with its rows and their number: whatever :func:`~sufficiency.evidence.reading.read_table` refuses; cells that
    are no number, or out of range (calendar years 1990 to 2200, NCY -5 to 30); an NCY that does not rise by one; NONSEND on both
    sides, or as need of a child with a setting; a need or setting that no valid state has; a need, setting or destination named
    twice in a row, none at all, or a destination that is no setting; a lowest NCY above the highest; two rows that make the same
    state valid; a population, or a cost, given twice; years from the first transitions to the last of the population that the
    population does not have, or an NCY at which children join in one of them; more joiners than children; a population that
    ends before the start census; children in states that are not valid, unless ``accept_invalid`` (then they are warned of).

    Warned of and accepted: columns that are not used; children whose setting served them until the NCY before, and moves that
    the settings' lists do not name (they happened); years without transitions; a population that ends at the start census;
    settings whose children can only leave at its last NCY though others would serve them; a need beside NONSEND; costs of needs
    or settings that do not occur.
    """
    errors, warnings = Findings(), Findings()
    rows = _valid_states(read_table(valid_states, "valid states", VALID_STATE_COLUMNS, errors, warnings), errors)
    people = _population(read_table(population, "population", POPULATION_COLUMNS, errors, warnings), errors)
    needs = tuple(sorted({need for row in rows for need in row.needs}))
    settings = tuple(sorted({row.setting for row in rows}))
    table = read_table(transitions, "transitions", TRANSITION_COLUMNS, errors, warnings)
    children = None if table is None else _transitions(table, needs, settings, errors, warnings)
    prices = None
    if costs is not None:
        prices = _costs(read_table(costs, "costs", COST_COLUMNS, errors, warnings), needs, settings, errors, warnings)
    check_valid_states(rows, str(valid_states), errors, warnings)
    if children is not None and people:
        check_population(children, people, str(transitions), str(population), errors, warnings)
    if children is not None and rows:
        file = str(transitions)
        check_transitions(children, rows, needs, settings, file, errors, warnings, accept_invalid=accept_invalid)
    errors.raise_any()
    assert children is not None  # noqa: S101 - what could not be read was raised
    told = tuple(_with_names(str(problem), transitions, population, valid_states, costs) for problem in warnings.problems())
    return History(needs, settings, rows, children, people, prices, told)


def read_population(path: Path) -> dict[tuple[int, int], float]:
    """Children of (calendar year, NCY) from a population file; raises InputProblem with everything there is to mend in it."""
    errors, warnings = Findings(), Findings()
    people = _population(read_table(path, "population", POPULATION_COLUMNS, errors, warnings), errors)
    errors.raise_any()
    return people


def read_costs(path: Path, needs: Sequence[str], settings: Sequence[str]) -> dict[tuple[str, str], float]:
    """£ a child and year of (need, setting) from a cost file; raises InputProblem with everything there is to mend in it."""
    errors, warnings = Findings(), Findings()
    prices = _costs(read_table(path, "costs", COST_COLUMNS, errors, warnings), needs, settings, errors, warnings)
    errors.raise_any()
    return prices


def _with_names(text: str, *files: Path | None) -> str:
    """Files by their names alone: what is kept with the results does not depend on where the files lie."""
    for file in files:
        text = text if file is None else text.replace(str(file), file.name)
    return text


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _valid_states(table: Table | None, errors: Findings) -> tuple[SettingRow, ...]:
    if table is None:
        return ()
    lowest = whole_numbers(table, "min-academic-year", LOWEST_NCY, HIGHEST_NCY, errors)
    highest = whole_numbers(table, "max-academic-year", LOWEST_NCY, HIGHEST_NCY, errors)
    rows = []
    for at, number in enumerate(table.numbers):
        cells = {column: values[at] for column, values in table.cells.items()}
        needs, moves_to = _listed(cells["needs"]), _listed(cells["setting->setting"])
        for column, what, mend in (
            ("setting", "a row without a setting", "name the setting"),
            ("needs", "a setting without a need", "list the needs it serves"),
            ("setting->setting", "a setting without a destination", "list where its children may move, or itself"),
        ):
            if not _listed(cells[column]):
                errors.add(f"{what}: the cell is empty", table.file, column, row=number, mend=mend)
        for column, listed in (("needs", needs), ("setting->setting", moves_to)):
            for twice in {word for word in listed if listed.count(word) > 1}:
                errors.add("a cell names something twice", table.file, column, row=number, value=twice, mend="name it once")
        for column, words in (("setting", (cells["setting"],)), ("needs", needs), ("setting->setting", moves_to)):
            if NONSEND in words:
                errors.add(f"{NONSEND} is no setting or need", table.file, column, row=number, mend="remove it")
        low, high = int(lowest[at]), int(highest[at])
        if UNREADABLE not in (low, high) and low > high:
            errors.add(
                "the lowest NCY is above the highest", table.file, "min-academic-year", row=number,
                value=f"{low} to {high}", mend="exchange them",
            )  # fmt: skip
        rows.append(SettingRow(cells["setting"], cells["setting-group"], low, high, needs, moves_to, number))
    return tuple(rows)


def _population(table: Table | None, errors: Findings) -> dict[tuple[int, int], float]:
    if table is None:
        return {}
    years = whole_numbers(table, "calendar-year", FIRST_YEAR, LAST_YEAR, errors)
    ncys = whole_numbers(table, "academic-year", LOWEST_NCY, HIGHEST_NCY, errors)
    numbers = amounts(table, "population", errors)
    found: dict[tuple[int, int], float] = {}
    for row, year, ncy, number in zip(table.numbers, years.tolist(), ncys.tolist(), numbers.tolist(), strict=True):
        if UNREADABLE in (year, ncy):
            continue
        if (year, ncy) in found:
            value, mend = f"{year}, NCY {ncy}", "keep one of the rows"
            errors.add("a population is given twice", table.file, row=row, value=value, mend=mend)
        found[year, ncy] = number
    return found


def _transitions(
    table: Table, needs: Sequence[str], settings: Sequence[str], errors: Findings, warnings: Findings
) -> Transitions:
    year = whole_numbers(table, "calendar-year", FIRST_YEAR, LAST_YEAR, errors)
    ncy_1 = whole_numbers(table, "academic-year-1", LOWEST_NCY, HIGHEST_NCY, errors)
    ncy_2 = whole_numbers(table, "academic-year-2", LOWEST_NCY, HIGHEST_NCY, errors)
    read = (ncy_1 != UNREADABLE) & (ncy_2 != UNREADABLE)
    table.note(
        errors,
        read & (ncy_2 != ncy_1 + 1),
        "the NCY does not rise by one",
        "academic-year-2",
        values=[f"{low} to {high}" for low, high in zip(ncy_1.tolist(), ncy_2.tolist(), strict=True)],
        allowed="academic-year-2 is academic-year-1 and one",
        mend="correct or drop the rows",
    )
    setting_1, setting_2 = (_codes(table, f"setting-{side}", settings, "setting", errors) for side in (1, 2))
    need_1, need_2 = (_needs(table, side, needs, errors, warnings) for side in (1, 2))
    neither = (setting_1 == OUTSIDE) & (setting_2 == OUTSIDE)
    table.note(errors, neither, f"{NONSEND} stands on both sides", mend="drop the rows: the child has no plan")
    return Transitions(year, ncy_1, need_1, setting_1, need_2, setting_2, np.array(table.numbers, dtype=np.int64))


def _codes(table: Table, column: str, known: Sequence[str], word: str, errors: Findings) -> NDArray[np.int64]:
    """Positions in ``known``, :data:`OUTSIDE` for NONSEND."""
    code = {name: at for at, name in enumerate(known)} | {NONSEND: OUTSIDE}
    texts = table.cells[column]
    found = np.array([code.get(text, UNREADABLE) for text in texts], dtype=np.int64)
    if known and UNREADABLE in found:
        first = texts[int(np.argmax(found == UNREADABLE))]
        table.note(
            errors,
            found == UNREADABLE,
            f"the valid states do not have this {word}",
            column,
            allowed=", ".join((*known, NONSEND)),
            mend=suggestion(first, known, f"add the {word} to the valid states"),
        )
    return found


def _needs(table: Table, side: int, needs: Sequence[str], errors: Findings, warnings: Findings) -> NDArray[np.int64]:
    """Positions in ``needs``; beside the setting NONSEND a need is not read."""
    column = f"need-{side}"
    texts, settings = table.cells[column], table.cells[f"setting-{side}"]
    outside = np.array([setting == NONSEND for setting in settings], dtype=np.bool_)
    none = np.array([text == NONSEND for text in texts], dtype=np.bool_)
    empty = np.array([text == "" for text in texts], dtype=np.bool_)
    table.note(warnings, outside & ~none & ~empty, f"a need beside {NONSEND}, which is not read", column)
    mend = "write the need, or drop the rows"
    table.note(errors, none & ~outside, f"a child with a setting has the need {NONSEND}", column, mend=mend)
    read = [NONSEND if is_outside else text for text, is_outside in zip(texts, outside.tolist(), strict=True)]
    return _codes(Table(table.file, table.numbers, {column: read}), column, needs, "need", errors)


def _costs(
    table: Table | None, needs: Sequence[str], settings: Sequence[str], errors: Findings, warnings: Findings
) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    if table is None:
        return found
    prices = amounts(table, "cost", errors).tolist()
    for row, need, setting, price in zip(table.numbers, table.cells["need"], table.cells["setting"], prices, strict=True):
        if (need, setting) in found:
            errors.add("a cost is given twice", table.file, row=row, value=f"{need}, {setting}", mend="keep one of the rows")
        elif needs and (need not in needs or setting not in settings):
            warnings.add("costs of a need or setting that does not occur", table.file, row=row, value=f"{need}, {setting}")
        found[need, setting] = price
    return found
