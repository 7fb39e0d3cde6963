"""Expressions of interest (EoIs): proposed places, read from a CSV list and checked row by row."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from sufficiency.domain.problem import InputProblem, nearest
from sufficiency.scenario.figures import Code, Frozen, NonNegative, Share, Text
from sufficiency.scenario.files import read_text
from sufficiency.scenario.library import find, folder
from sufficiency.scenario.messages import problems
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.supply import PlaceSetting
from sufficiency.scenario.tables import Needs, Phases

STATUSES = ("submitted", "feasible", "potential", "agreed", "withdrawn")
"""Stages an expression of interest has reached: passed nothing yet, feasibility, quality review with DfE, legal agreement."""

COLUMNS = (
    "id", "title", "setting_name", "area", "setting", "needs", "phases", "places", "capital", "earliest_start",
    "lead_months", "quality", "top_up", "status", "chance_feasibility", "chance_quality_review", "chance_legal_agreement",
    "illustrative", "note",
)  # fmt: skip
LARGEST_LIST = 2000


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
    earliest_start: dt.date
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

    @model_validator(mode="after")
    def _check_stages(self) -> Self:
        passed = STATUSES.index(self.status) if self.status != "withdrawn" else 0
        chances = (self.chance_feasibility, self.chance_quality_review, self.chance_legal_agreement)
        for name, chance in zip(("feasibility", "quality_review", "legal_agreement"), chances[:passed], strict=False):
            if chance < 1:
                raise ValueError(f"status {self.status} has passed this stage: chance_{name} must be 1, not {chance}")
        return self

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
        return dt.date(self.earliest_start.year + month // 12, month % 12 + 1, 1)


def load_eois(scenario: Scenario, name_or_path: str | None = None) -> tuple[ExpressionOfInterest, ...]:
    """The expressions of interest of a scenario, or those of the file named; raises InputProblem."""
    name = name_or_path or scenario.shortlist.eois
    path = Path(name)
    if name_or_path is None and not path.is_absolute() and not path.exists():
        path = folder() / name
    elif name_or_path is not None and not path.suffix and not path.exists():
        path = find(name, kind="list of expressions of interest")
    text = read_text(path, kind="list of expressions of interest")
    return parse_eois(text, where=str(path), areas=scenario.area_codes)


def parse_eois(text: str, *, where: str, areas: tuple[str, ...]) -> tuple[ExpressionOfInterest, ...]:
    """Expressions of interest from CSV text; the first thing to mend is raised as an InputProblem with its row."""
    try:
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
        header = list(csv.DictReader(io.StringIO(text)).fieldnames or ())
    except csv.Error as error:
        raise InputProblem(f"the list is not valid CSV ({error})", where=where, mend="save it again as CSV") from None
    _check_header(header, where)
    if not rows:
        raise InputProblem("the list has no rows", where=where, mend="add at least one expression of interest")
    if len(rows) > LARGEST_LIST:
        raise InputProblem("the list is too long", where=where, value=f"{len(rows)} rows", allowed=f"at most {LARGEST_LIST}")
    found: list[ExpressionOfInterest] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, start=2):
        place = f"{where}, row {number}"
        eoi = _eoi(row, place)
        if eoi.id in seen:
            raise InputProblem(
                "two expressions of interest have the same id", where=place, value=eoi.id, mend=f"row {seen[eoi.id]} has it too"
            )
        if eoi.area not in areas:
            like = nearest(eoi.area, areas)
            mend = f'did you mean "{like}"?' if like else "use one of these"
            raise InputProblem("unknown area", where=f"{place}, column area", value=eoi.area, allowed=", ".join(areas), mend=mend)
        seen[eoi.id] = number
        found.append(eoi)
    return tuple(found)


def _check_header(header: list[str], where: str) -> None:
    missing = [column for column in COLUMNS if column not in header and column != "note"]
    if missing:
        named = ", ".join(missing)
        raise InputProblem("columns are missing", where=where, value=named, allowed=", ".join(COLUMNS), mend="add them")
    unknown = [column for column in header if column not in COLUMNS]
    if unknown:
        like = nearest(unknown[0], COLUMNS)
        mend = f'did you mean "{like}"?' if like else "remove it"
        raise InputProblem("unknown column", where=where, value=unknown[0], allowed=", ".join(COLUMNS), mend=mend)
    if len(set(header)) != len(header):
        raise InputProblem("a column is named twice", where=where, value=", ".join(header), mend="keep one of them")


def _eoi(row: dict[str, Any], where: str) -> ExpressionOfInterest:
    if None in row or None in row.values():
        raise InputProblem("the row has too many or too few cells", where=where, mend="quote cells that hold commas")
    data: dict[str, Any] = {key: value.strip() for key, value in row.items()}
    for name, convert in _CONVERSIONS.items():
        if name in data:
            try:
                data[name] = convert(data[name])
            except ValueError:
                raise InputProblem(
                    "the cell cannot be read", where=f"{where}, column {name}", value=data[name], allowed=_EXPECTED[convert]
                ) from None
    try:
        return ExpressionOfInterest.model_validate(data)
    except ValidationError as error:
        found = problems(error, ExpressionOfInterest, where=where)[0]
        found.where = f"{where}, column {found.field}" if found.field else where
        found.what = "the cell is not acceptable" if found.field else "the row does not hold together"
        raise found from None


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


_CONVERSIONS: dict[str, Any] = {
    "needs": _list, "phases": _list, "places": int, "capital": float, "earliest_start": dt.date.fromisoformat,
    "lead_months": int, "quality": float, "top_up": float, "chance_feasibility": float, "chance_quality_review": float,
    "chance_legal_agreement": float, "illustrative": _truth,
}  # fmt: skip
_EXPECTED: dict[Any, str] = {
    int: "a whole number", float: "a number", dt.date.fromisoformat: "a date such as 2022-09-01", _truth: "true or false",
    _list: "codes parted by semicolons",
}  # fmt: skip
