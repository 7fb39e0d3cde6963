"""Expressions of interest (EoIs): proposed places, read from a CSV list and checked row by row."""

from __future__ import annotations

import calendar
import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from sufficiency.domain.files import read_text
from sufficiency.domain.problem import Finding, InputProblem, suggestion
from sufficiency.scenario.cells import CODES, DAY, NUMBER, TRUTH, WHOLE_NUMBER, Kind, cell, named_cells, rows
from sufficiency.scenario.figures import Code, Frozen, NonNegative, Share, Text
from sufficiency.scenario.library import folder
from sufficiency.scenario.messages import first_problem
from sufficiency.scenario.scenario import Day, Scenario
from sufficiency.scenario.supply import PlaceSetting
from sufficiency.scenario.tables import Needs, Phases, first_repeated

STATUSES = ("submitted", "feasible", "potential", "agreed", "withdrawn")
"""Stages an expression of interest has reached: passed nothing yet, feasibility, quality review with DfE, legal agreement."""

COLUMNS = (
    "id", "title", "setting_name", "area", "setting", "needs", "phases", "places", "capital", "earliest_start",
    "lead_months", "quality", "top_up", "status", "chance_feasibility", "chance_quality_review", "chance_legal_agreement",
    "illustrative", "note",
)  # fmt: skip
OPTIONAL_COLUMNS = ("note", "options", "opening_terms", "exclusive_with", "requires")
"""Columns that a list may lack."""
LARGEST_LIST = 2000
OpeningTerm = Literal["september", "january", "april"]
LARGEST_LIST_FILE = 2 * 1024 * 1024
_KIND = "list of expressions of interest"


class Size(Frozen):
    """Another size at which a bid may be built."""

    places: Annotated[int, Field(ge=1, le=1000)]
    """Places offered."""
    capital: NonNegative
    """Capital cost in £, before optimism bias."""


class ExpressionOfInterest(Frozen):
    """Places that a setting offers to open."""

    id: Code
    """Identifier, unique in the list."""
    title: Text
    """What is offered."""
    setting_name: Text
    """The setting that offers it; one setting may offer several."""
    area: Code
    """Area in which the places would be."""
    setting: PlaceSetting
    """resourced or special."""
    needs: Needs
    """Primary needs admitted."""
    phases: Phases
    """Phases admitted."""
    places: Annotated[int, Field(ge=1, le=1000)]
    """Places offered."""
    capital: NonNegative
    """Capital cost in £, before optimism bias."""
    earliest_start: Day
    """First day on which work can begin."""
    lead_months: Annotated[int, Field(ge=0, le=120)]
    """Months from start to opening."""
    quality: Annotated[float, Field(ge=0, le=100)]
    """Quality score, 0 to 100."""
    top_up: NonNegative
    """Top-up a place and year in £, beside the place rate."""
    status: Literal["submitted", "feasible", "potential", "agreed", "withdrawn"]
    """Stage reached."""
    chance_feasibility: Share
    """Chance of passing the feasibility study (1 where passed)."""
    chance_quality_review: Share
    """Chance of passing the quality review with DfE (1 where passed)."""
    chance_legal_agreement: Share
    """Chance of reaching a legal agreement (1 where reached)."""
    illustrative: bool
    """True where the bid is made up to show how the tool works."""
    note: str = ""
    options: tuple[Size, ...] = ()
    """Other sizes, of which one may be chosen in place of ``places`` and ``capital``."""
    opening_terms: tuple[OpeningTerm, ...] = ()
    """Terms in which the places may open (september, january, april); none named: any that suits the setting."""
    exclusive_with: tuple[Code, ...] = ()
    """Bids of which none is taken forward together with this one."""
    requires: tuple[Code, ...] = ()
    """Bids that must be taken forward where this one is."""

    @model_validator(mode="after")
    def _check_stages(self) -> Self:
        passed = STATUSES.index(self.status) if self.status != "withdrawn" else 0
        chances = (self.chance_feasibility, self.chance_quality_review, self.chance_legal_agreement)
        for name, chance in zip(("feasibility", "quality_review", "legal_agreement"), chances[:passed], strict=False):
            if chance < 1:
                raise Finding(
                    f"a bid that is {self.status} has passed this stage",
                    at=f"chance_{name}",
                    value=chance,
                    allowed="1",
                    mend="write 1, or an earlier status",
                )
        return self

    @model_validator(mode="after")
    def _check_sizes(self) -> Self:
        places = [self.places, *(size.places for size in self.options)]
        if len(set(places)) < len(places):
            raise Finding("two sizes of the bid have the same places", at="options", mend="keep one of them")
        return self

    @property
    def sizes(self) -> tuple[Size, ...]:
        """All sizes, that of the bid itself first."""
        return (Size(places=self.places, capital=self.capital), *self.options)

    def capital_for(self, places: float) -> float:
        """Capital as bid for the size of so many places; that of the bid itself where there is no such size."""
        return next((size.capital for size in self.sizes if size.places == places), self.capital)

    @property
    def chance_of_opening(self) -> float:
        """Chance of surviving every stage still ahead; 0 where withdrawn."""
        if self.status == "withdrawn":
            return 0.0
        return self.chance_feasibility * self.chance_quality_review * self.chance_legal_agreement

    @property
    def expected_places(self) -> float:
        """Places expected to open."""
        return self.places * self.chance_of_opening

    @property
    def earliest_opening(self) -> dt.date:
        """First day on which the places can be open: start and lead time."""
        month = self.earliest_start.month - 1 + self.lead_months
        year, month = self.earliest_start.year + month // 12, month % 12 + 1
        return dt.date(year, month, min(self.earliest_start.day, calendar.monthrange(year, month)[1]))


def load_eois(
    scenario: Scenario, name_or_path: str | None = None, *, beside: Path | None = None
) -> tuple[ExpressionOfInterest, ...]:
    """The expressions of interest of a scenario, or those of the bundled list or file named; raises InputProblem.

    The scenario's own list is looked for in the folder ``beside`` (that of the scenario's file; by default the current one),
    then among the bundled ones.
    """
    if name_or_path is None:
        path = (beside or Path()) / scenario.shortlist.eois
        if not path.exists():
            path = folder() / scenario.shortlist.eois
    else:
        path = _named(name_or_path)
    text = read_text(path, kind=_KIND, largest=LARGEST_LIST_FILE)
    return parse_eois(text, where=str(path), areas=scenario.area_codes)


def _named(name_or_path: str) -> Path:
    path = Path(name_or_path)
    if path.suffix.lower() == ".csv":
        return path
    names = sorted(path.stem for path in folder().glob("*.csv"))
    if name_or_path in names:
        return folder() / f"{name_or_path}.csv"
    mend = suggestion(name_or_path, names, "name a bundled list or a .csv file")
    raise InputProblem(f"there is no {_KIND} of that name", value=name_or_path, allowed=", ".join(names), mend=mend)


def parse_eois(text: str, *, where: str, areas: tuple[str, ...]) -> tuple[ExpressionOfInterest, ...]:
    """Expressions of interest from CSV text; the first thing to mend is raised as an InputProblem with its row.

    Rows are counted as a spreadsheet counts them: the header is row 1, and empty rows count.
    """
    numbered = rows(text, where)
    header = next(numbered, (1, []))[1]
    while header and not header[-1]:
        header.pop()  # empty columns that a spreadsheet leaves at the right
    _check_header(header, where)
    found: dict[str, ExpressionOfInterest] = {}
    row_of: dict[str, int] = {}
    for number, cells in numbered:
        if not any(cells):
            continue
        if len(found) == LARGEST_LIST:
            raise InputProblem("the list is too long", where=f"{where}, row {number}", allowed=f"at most {LARGEST_LIST:,} rows")
        place = f"{where}, row {number}"
        eoi = _eoi(named_cells(header, cells, place), place)
        if eoi.id.casefold() in row_of:
            raise InputProblem(
                "two rows have the same id",
                where=f"{where}, rows {row_of[eoi.id.casefold()]} and {number}, column id",
                value=eoi.id,
                mend="give one of them another id",
                field="id",
            )
        if eoi.area not in areas:
            mend = suggestion(eoi.area, areas, "use one of these")
            allowed = ", ".join(areas)
            raise InputProblem(
                "unknown area", where=f"{place}, column area", value=eoi.area, allowed=allowed, mend=mend, field="area"
            )
        row_of[eoi.id.casefold()] = number
        found[eoi.id] = eoi
    if not found:
        raise InputProblem("the list has no rows", where=where, mend="add at least one expression of interest below the header")
    check_pairs(tuple(found.values()), where)
    return tuple(found.values())


def check_pairs(eois: tuple[ExpressionOfInterest, ...], where: str) -> None:
    """Raises InputProblem where a bid names another that is not in the list, excludes what it requires, or requires in a loop."""
    ids = {eoi.id for eoi in eois}
    requires = {eoi.id: eoi.requires for eoi in eois}
    for eoi in eois:
        for column in ("exclusive_with", "requires"):
            for other in getattr(eoi, column):
                place = f"{where}, bid {eoi.id}, column {column}"
                if other not in ids:
                    mend = suggestion(other, ids, "name a bid of the list")
                    raise InputProblem("there is no bid of that id", where=place, value=other, mend=mend, field=column)
                if other == eoi.id:
                    raise InputProblem("a bid names itself", where=place, value=other, mend="remove it", field=column)
        seen, next_ones = [eoi.id], list(eoi.requires)
        while next_ones:
            other = next_ones.pop()
            if other == eoi.id:
                loop = ", ".join(seen)
                raise InputProblem(
                    "bids require each other in a loop", where=f"{where}, column requires", value=loop, mend="break the loop",
                    field="requires",
                )  # fmt: skip
            if other not in seen:
                seen.append(other)
                next_ones += requires[other]
        if clash := next((other for other in seen if other in eoi.exclusive_with), None):
            place = f"{where}, bid {eoi.id}, column exclusive_with"
            raise InputProblem("a bid excludes one that it requires", where=place, value=clash, mend="keep one of the two")


def _check_header(header: list[str], where: str) -> None:
    where = f"{where}, row 1"
    known = dict.fromkeys((*COLUMNS, *OPTIONAL_COLUMNS))
    unknown = [column for column in header if column not in known]
    missing = [column for column in COLUMNS if column not in header and column not in OPTIONAL_COLUMNS]
    if twice := first_repeated(column for column in header if column):
        raise InputProblem("a column is named twice", where=where, value=twice, mend="keep one of them")
    if unknown and len(missing) < len(COLUMNS) - 1:
        mend = suggestion(unknown[0], missing or COLUMNS, "remove it")
        raise InputProblem("unknown column", where=where, value=unknown[0], allowed=", ".join(known), mend=mend)
    if missing:
        raise InputProblem(
            "columns are missing",
            where=where,
            value=", ".join(missing),
            allowed=", ".join(COLUMNS),
            mend="add them to the header",
        )


def _eoi(row: dict[str, str], where: str) -> ExpressionOfInterest:
    data: dict[str, Any] = dict(row)
    for column, kind in _KIND_OF_COLUMN.items():
        if column in row or column not in OPTIONAL_COLUMNS:
            data[column] = cell(row, column, kind, where)
    try:
        return ExpressionOfInterest.model_validate(data)
    except ValidationError as error:
        found = first_problem(error, ExpressionOfInterest, where=where)
        found.field = found.field.split(".")[0]
        found.where = f"{where}, column {found.field}"
        raise found from None


def _sizes(text: str) -> tuple[Size, ...]:
    pairs = [part.split(":") for part in text.split(";") if part.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(text)
    return tuple(Size(places=WHOLE_NUMBER.read(p.strip()), capital=float(NUMBER.read(c.strip()))) for p, c in pairs)


SIZES = Kind(_sizes, "sizes as places:capital parted by semicolons, such as 12:560000;16:700000", "write each as places:capital")

_KIND_OF_COLUMN = {
    "needs": CODES, "phases": CODES, "places": WHOLE_NUMBER, "capital": NUMBER, "earliest_start": DAY,
    "lead_months": WHOLE_NUMBER, "quality": NUMBER, "top_up": NUMBER, "chance_feasibility": NUMBER,
    "chance_quality_review": NUMBER, "chance_legal_agreement": NUMBER, "illustrative": TRUTH,
    "options": SIZES, "opening_terms": CODES, "exclusive_with": CODES, "requires": CODES,
}  # fmt: skip
