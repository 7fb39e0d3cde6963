"""Lists of expressions of interest, CSV or Excel: every cell is checked, and all there is to mend is told in one report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sufficiency.domain.files import decode, read_raw
from sufficiency.domain.problem import InputProblem, raise_any, suggestion
from sufficiency.domain.workbooks import sheet_rows
from sufficiency.scenario.cells import CODES, DAY, NUMBER, TRUTH, WHOLE_NUMBER, Kind, cell, named_cells, rows
from sufficiency.scenario.eoi_pairs import pair_problems
from sufficiency.scenario.eois import PUBLISHED_CHANCES, STAGES, STATUSES, ExpressionOfInterest, Size
from sufficiency.scenario.library import folder
from sufficiency.scenario.messages import MISSING, problems
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.tables import first_repeated

LARGEST_LIST = 2000
LARGEST_LIST_FILE = 2 * 1024 * 1024
SUFFIXES = (".csv", ".xlsx")
_KIND = "list of expressions of interest"
_TEXT = Kind(str, "text", "")


def _pairs(text: str) -> list[tuple[str, str]]:
    """``a:b;c:d`` as pairs; ValueError where it is not."""
    pairs = [part.split(":") for part in text.split(";") if part.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(text)
    return [(one.strip(), other.strip()) for one, other in pairs]


def _sizes(text: str) -> tuple[Size, ...]:
    return tuple(Size(places=WHOLE_NUMBER.read(p), capital=float(NUMBER.read(c))) for p, c in _pairs(text))


def _phases(text: str) -> list[tuple[str, float | None]]:
    """Phases, each with its share where they are given any."""
    if ":" not in text:
        return [(code, None) for code in CODES.read(text)]
    return [(code, float(NUMBER.read(share))) for code, share in _pairs(text)]


def _scores(text: str) -> dict[str, float]:
    pairs = _pairs(text)
    if first_repeated(name for name, _ in pairs):
        raise ValueError(text)
    return {name: float(NUMBER.read(score)) for name, score in pairs}


_PHASES = Kind(
    _phases, "phases parted by semicolons: primary;secondary, or primary:0.4;secondary:0.6", "give all a share, or none"
)
_SIZES = Kind(_sizes, "sizes as places:capital parted by semicolons, such as 12:560000;16:700000", "write each as places:capital")
_SCORES = Kind(
    _scores, "criteria as name:score parted by semicolons, such as outcomes:70;premises:55", "write each as name:score"
)

REQUIRED: Mapping[str, Kind] = {
    "id": _TEXT, "title": _TEXT, "setting_name": _TEXT, "area": _TEXT, "setting": _TEXT, "needs": CODES, "phases": _PHASES,
    "places": WHOLE_NUMBER, "capital": NUMBER, "earliest_start": DAY, "lead_months": WHOLE_NUMBER, "quality": NUMBER,
    "top_up": NUMBER, "status": _TEXT,
}  # fmt: skip
"""Columns that a list must have; ``quality`` may be without, or empty, where ``scores`` are given."""
OPTIONAL: Mapping[str, Kind] = {
    "chance_feasibility": NUMBER, "chance_quality_review": NUMBER, "chance_legal_agreement": NUMBER, "illustrative": TRUTH,
    "note": _TEXT, "group": _TEXT, "latitude": NUMBER, "longitude": NUMBER, "lead_low": WHOLE_NUMBER, "lead_high": WHOLE_NUMBER,
    "opens": DAY, "scores": _SCORES, "place_funding": NUMBER, "study_cost": NUMBER, "options": _SIZES, "opening_terms": CODES,
    "exclusive_with": CODES, "requires": CODES,
}  # fmt: skip
"""Columns that a list may lack, and cells that may be empty."""
_COLUMN_OF_FIELD = {"phase_shares": "phases"}


def load_eois(
    scenario: Scenario, name_or_path: str | None = None, *, beside: Path | None = None
) -> tuple[ExpressionOfInterest, ...]:
    """The expressions of interest of a scenario, or those of the bundled list or file named; raises InputProblem.

    The scenario's own list is looked for in the folder ``beside`` (that of the scenario's file; by default the current one),
    then among the bundled ones.
    """
    path = _own_list(scenario, beside) if name_or_path is None else _found(name_or_path)
    return read_eois(read_raw(path, kind=_KIND, largest=LARGEST_LIST_FILE), where=str(path), areas=scenario.area_codes)


def own_list(scenario: Scenario) -> tuple[str, bytes]:
    """Name and bytes of the scenario's own list, from the current folder or bundled; raises InputProblem."""
    path = _own_list(scenario, None)
    return path.name, read_raw(path, kind=_KIND, largest=LARGEST_LIST_FILE)


def _own_list(scenario: Scenario, beside: Path | None) -> Path:
    path = (beside or Path()) / scenario.shortlist.eois
    return path if path.exists() else folder() / scenario.shortlist.eois


def _found(name_or_path: str) -> Path:
    path = Path(name_or_path)
    if path.suffix.lower() in SUFFIXES:
        return path
    names = sorted(path.stem for path in folder().glob("*.csv"))
    if name_or_path in names:
        return folder() / f"{name_or_path}.csv"
    mend = suggestion(name_or_path, names, "name a bundled list or a .csv or .xlsx file")
    raise InputProblem(f"there is no {_KIND} of that name", value=name_or_path, allowed=", ".join(names), mend=mend)


def read_eois(raw: bytes, *, where: str, areas: tuple[str, ...]) -> tuple[ExpressionOfInterest, ...]:
    """Expressions of interest from the bytes of a file, Excel where its name ends so, else CSV; see :func:`parse_eois`."""
    place, numbered = numbered_rows(raw, where)
    return eois_of_rows(numbered, place, areas)


def numbered_rows(raw: bytes, where: str) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """The place in words (file, and sheet) and the rows of a file with their numbers; its size is checked before it is opened."""
    if where.lower().endswith(".xlsx"):
        place, numbered = sheet_rows(raw, where=where, kind=_KIND, heading="id", largest=LARGEST_LIST_FILE)
        return place, iter(numbered)
    return where, rows(decode(raw, where=where, kind=_KIND, largest=LARGEST_LIST_FILE), where)


def parse_eois(text: str, *, where: str, areas: tuple[str, ...]) -> tuple[ExpressionOfInterest, ...]:
    """Expressions of interest from CSV text; everything to mend is raised in one report, each with its row and column.

    Rows are counted as a spreadsheet counts them: the header is row 1, and empty rows count.
    """
    return eois_of_rows(rows(text, where), where, areas)


def eois_of_rows(
    numbered: Iterator[tuple[int, list[str]]], where: str, areas: tuple[str, ...]
) -> tuple[ExpressionOfInterest, ...]:
    """Expressions of interest from rows of text with their numbers, the header first; see :func:`parse_eois`."""
    header = next(numbered, (1, []))[1]
    while header and not header[-1]:
        header.pop()  # empty columns that a spreadsheet leaves at the right
    check_header(header, where)
    eois: list[ExpressionOfInterest] = []
    wrong: list[InputProblem] = []
    row_of: dict[str, int] = {}
    count = 0
    for number, cells in numbered:
        if not any(cells):
            continue
        count += 1
        if count > LARGEST_LIST:
            wrong.append(
                InputProblem("the list is too long", where=f"{where}, row {number}", allowed=f"at most {LARGEST_LIST:,} rows")
            )
            break
        place = f"{where}, row {number}"
        try:
            row = named_cells(header, padded(header, cells, where), place)
        except InputProblem as problem:
            wrong.append(problem)
            continue
        wrong += _repeated(row["id"], row_of, number, where)
        nowhere = _unknown_area(row["area"], areas, place)
        wrong += nowhere
        read = _eoi(row, place)
        if isinstance(read, ExpressionOfInterest):
            eois.append(read)
        else:
            wrong += [problem for problem in read if not (nowhere and problem.field == "area")]
    if not count:
        wrong.append(
            InputProblem("the list has no rows", where=where, mend="add at least one expression of interest below the header")
        )
    raise_any([*wrong, *pair_problems(eois, where, {eoi.id: row_of[eoi.id.casefold()] for eoi in eois}, row_of)])
    return tuple(eois)


def padded(header: list[str], cells: list[str], where: str) -> list[str]:
    """A row of a workbook ends with its last cell that holds anything; one of a CSV file must be whole."""
    return cells if ", sheet " not in where else [*cells, *[""] * (len(header) - len(cells))]


def _repeated(id: str, row_of: dict[str, int], number: int, where: str) -> list[InputProblem]:
    first = row_of.setdefault(id.casefold(), number)
    if first == number or not id:
        return []
    place = f"{where}, rows {first} and {number}, column id"
    return [InputProblem("two rows have the same id", where=place, value=id, mend="give one of them another id", field="id")]


def _unknown_area(area: str, areas: Iterable[str], place: str) -> list[InputProblem]:
    if area in areas or not area:
        return []
    mend, allowed = suggestion(area, areas, "use one of these"), ", ".join(areas)
    return [InputProblem("unknown area", where=f"{place}, column area", value=area, allowed=allowed, mend=mend, field="area")]


def check_header(header: list[str], where: str) -> None:
    """Raise InputProblem where a column is unknown, missing or named twice."""
    where = f"{where}, row 1"
    known = (*REQUIRED, *OPTIONAL)
    unknown = [column for column in header if column not in known]
    missing = [column for column in REQUIRED if column not in header and not (column == "quality" and "scores" in header)]
    found: list[InputProblem] = []
    if twice := first_repeated(column for column in header if column):
        found.append(InputProblem("a column is named twice", where=where, value=twice, mend="keep one of them"))
    if unknown and len(missing) < len(REQUIRED) - 1:
        for column in unknown:
            like = suggestion(column, missing or known, "remove it")
            found.append(InputProblem("unknown column", where=where, value=column, allowed=", ".join(known), mend=like))
            missing = [name for name in missing if f'"{name}"' not in like]
    if missing:
        found.append(
            InputProblem(
                "columns are missing", where=where, value=", ".join(missing), allowed=", ".join(REQUIRED),
                mend="add them to the header",
            )
        )  # fmt: skip
    raise_any(found)


def _eoi(row: dict[str, str], where: str) -> ExpressionOfInterest | list[InputProblem]:
    """The bid of a row, or all that is wrong with it."""
    data: dict[str, Any] = {}
    wrong: list[InputProblem] = []
    for column, kind in (*REQUIRED.items(), *OPTIONAL.items()):
        text = row.get(column, "")
        if not text and (column in OPTIONAL or (column == "quality" and row.get("scores"))):
            continue
        try:
            data[column] = cell(row, column, kind, where)
        except InputProblem as problem:
            wrong.append(problem)
    _complete(data)
    unread = {problem.field for problem in wrong}
    try:
        eoi = ExpressionOfInterest.model_validate(data)
    except ValidationError as error:
        for found in problems(error, ExpressionOfInterest, where=where):
            column = found.field.split(".")[0]
            column = _COLUMN_OF_FIELD.get(column, column)
            if not (found.what == MISSING and column in unread | ({"quality"} if "scores" in unread else set())):
                found.field, found.where = column, f"{where}, column {column}"
                wrong.append(found)
        return wrong
    return wrong or eoi


def _complete(data: dict[str, Any]) -> None:
    """Fill in what may be left empty: chances (those published, 1 where passed), and quality (mean of the scores)."""
    if phases := data.get("phases"):
        data["phases"] = tuple(code for code, _ in phases)
        data["phase_shares"] = tuple(share for _, share in phases if share is not None)
    status = data.get("status")
    passed = STATUSES.index(status) if status in STATUSES and status != "withdrawn" else 0
    for number, stage in enumerate(STAGES):
        data.setdefault(f"chance_{stage}", 1.0 if number < passed else PUBLISHED_CHANCES[number])
    if scores := data.get("scores"):
        data.setdefault("quality", sum(scores.values()) / len(scores))
