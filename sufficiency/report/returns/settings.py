"""What the returns call things: labels, columns, years and the published counts that split settings, as data.

``defaults.toml`` beside this module holds them; a file given by a person is laid over it.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from sufficiency.domain.dictionaries import AGE_GROUPS, FIRST_NCY, LAST_NCY, NEEDS, PROVISION_TYPES, SCAP_TYPES, SETTINGS
from sufficiency.domain.files import read_text
from sufficiency.domain.problem import Finding
from sufficiency.scenario.figures import Code, Count, Frozen, Text
from sufficiency.scenario.files import parse_toml
from sufficiency.scenario.messages import first_problem
from sufficiency.scenario.tables import check_keys

SCAP_FIELDS = (
    *("planning_area", "phase", "type", "type_label", "academic_year", "census", "status"),
    *("pupils", "mean", "p10", "p90"),
)
BY_YEAR_FIELDS = (
    *("time_period", "academic_year", "census", "geographic_level", "new_la_code", "old_la_code", "la_name", "education_phase"),
    *("pupils", "status", "mean", "p10", "p90", "waiting_mean", "waiting_p10", "waiting_p90"),
)
BY_NCY_FIELDS = (
    *("academic_year", "census", "status", "type", "type_label"),
    *(f"ncy_{ncy}" for ncy in range(12)),
    *("primary", "secondary"),
)
DSG_FIELDS = (
    *("version", "census", "academic_year", "status", "category", "category_label", "cut_by", "group", "group_label"),
    *("pupils", "mean", "p10", "p90"),
)
TABLES = ("5.1", "6", "7", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "7.7", "10", "11", "12")
"""Tables of the Local SEND Reform Plan, in their order."""
NO_NEED = "no_need"
"""Key of the row for plans without a specialist assessment of need."""
_REPLACED_WHOLE = ("columns", "needs", "splits")
"""Tables that a person's file replaces: their order matters, or another authority's counts would stay among its own."""
_FILE = Path(__file__).with_name("defaults.toml")
_KIND = "file of labels"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise Finding("the text holds a line break or another character that cannot be seen", mend="write it on one line")
    return text


Label = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_one_line)]
Lines = Annotated[tuple[Text, ...], BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)]
Years = Annotated[int, Field(ge=1, le=20)]
Ncy = Annotated[int, Field(ge=FIRST_NCY, le=LAST_NCY)]


def _columns(known: tuple[str, ...]) -> AfterValidator:
    def check(columns: dict[str, str]) -> dict[str, str]:
        check_keys(columns, known, "column", complete=False)
        if not columns:
            raise Finding("no column is named", allowed=", ".join(known), mend="name at least one")
        headings = list(columns.values())
        if twice := next((h for h in headings if headings.count(h) > 1), None):
            raise Finding("a heading is given to two columns", value=twice, mend="give each column a heading of its own")
        return columns

    return AfterValidator(check)


def _keys(known: tuple[str, ...], name: str, *, complete: bool) -> AfterValidator:
    def check(table: dict[str, Any]) -> dict[str, Any]:
        check_keys(table, known, name, complete=complete)
        return table

    return AfterValidator(check)


def _some(known: tuple[str, ...], name: str) -> AfterValidator:
    def check(counts: dict[str, int]) -> dict[str, int]:
        check_keys(counts, known, name, complete=False)
        if not any(counts.values()):
            raise Finding("all counts are 0", mend="give at least one above 0")
        return counts

    return AfterValidator(check)


ProvisionCounts = Annotated[dict[str, Count], _some(PROVISION_TYPES.codes, "provision type")]
SettingSplits = Annotated[dict[str, ProvisionCounts], _keys(SETTINGS.codes, "setting", complete=False)]


class Authority(Frozen):
    """How published tables name the authority."""

    name: Label
    code: Label
    number: Label


class PlanningAreas(Frozen):
    """Planning area of each SCAP type."""

    primary: Annotated[dict[str, Label], _keys(SCAP_TYPES.codes, "SCAP type", complete=True)]
    secondary: Annotated[dict[str, Label], _keys(SCAP_TYPES.codes, "SCAP type", complete=True)]


class Scap(Frozen):
    """The School Capacity survey's specialist forecast."""

    primary_years: Years
    """Academic years forecast for Reception to Year 6."""
    secondary_years: Years
    """Academic years forecast for Years 7 to 11."""
    planning_areas: PlanningAreas
    columns: Annotated[dict[str, Label], _columns(SCAP_FIELDS)]


class ByYear(Frozen):
    """The forecast in the published shape, phase x year."""

    columns: Annotated[dict[str, Label], _columns(BY_YEAR_FIELDS)]


class ByNcy(Frozen):
    """The forecast by type and year, a column an NCY."""

    columns: Annotated[dict[str, Label], _columns(BY_NCY_FIELDS)]


class DsgPupils(Frozen):
    """The DSG management plan's pupil tables."""

    columns: Annotated[dict[str, Label], _columns(DSG_FIELDS)]


class Age(Frozen):
    """An age group of the reform plan as first and last NCY."""

    label: Label
    first_ncy: Ncy
    last_ncy: Ncy


class Table(Frozen):
    """A table of the reform plan: its title, what it assumes, and the provision types it is limited to."""

    title: Label
    assumptions: Lines
    provision: Lines = ()


class Assumptions(Frozen):
    """What several tables assume, in words."""

    all: Lines
    plans: Lines
    ages: Lines
    flows: Lines


class ReformPlan(Frozen):
    """The Local SEND Reform Plan's tables."""

    first_year: Annotated[int, Field(ge=2000, le=2060)]
    last_year: Annotated[int, Field(ge=2000, le=2060)]
    ages: Annotated[dict[str, Age], _keys(AGE_GROUPS.codes, "age group", complete=True)]
    needs: Annotated[dict[str, Label], _keys(NEEDS.codes, "need", complete=True)]
    provision: Annotated[dict[str, Label], _keys(PROVISION_TYPES.codes, "provision type", complete=False)]
    not_modelled: Annotated[dict[str, Text], _keys((*PROVISION_TYPES.codes, NO_NEED), "row", complete=False)]
    assumptions: Assumptions
    tables: Annotated[dict[str, Table], _keys(TABLES, "table", complete=True)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.first_year <= self.last_year <= self.first_year + 19:
            raise Finding(
                "the years are out of order or too many", at="last_year", value=self.last_year, allowed="first_year to 19 later"
            )
        ncys = [ncy for code in AGE_GROUPS.codes for ncy in range(self.ages[code].first_ncy, self.ages[code].last_ncy + 1)]
        if sorted(ncys) != list(range(FIRST_NCY, LAST_NCY + 1)):
            allowed = f"each NCY from {FIRST_NCY} to {LAST_NCY} in one group"
            raise Finding("the age groups do not hold each NCY once", at="ages", allowed=allowed)
        seen: set[str] = set()
        for number, table in self.tables.items():
            at = f"tables.{number}.provision"
            check_keys(table.provision, PROVISION_TYPES.codes, "provision type", complete=False, at=at)
            if bool(table.provision) is not number.startswith("7."):
                raise Finding("tables 7.1 to 7.7, and they alone, name provision types", at=at)
            if twice := seen.intersection(table.provision):
                raise Finding("a provision type is in two tables", at=at, value=min(twice), mend="name it in one")
            seen |= set(table.provision)
        return self


class ScapCounts(Frozen):
    """Pupils of the setting ``independent``, by SCAP type."""

    independent: Annotated[dict[str, Count], _some(("IN", "SS"), "SCAP type")]


class Split(Frozen):
    """Published counts on one census that split settings; ``verified`` says whether the counts were read where it says."""

    source: Text
    known_from: dt.date
    verified: bool
    to_year_11: SettingSplits
    from_year_12: SettingSplits
    scap: ScapCounts


class ReturnSettings(Frozen):
    """Everything the returns are told beside the scenario."""

    authority: Authority
    scap: Scap
    scap_by_year: ByYear
    scap_by_ncy: ByNcy
    dsg_pupils: DsgPupils
    reform_plan: ReformPlan
    splits: dict[Code, Split]

    def split(self, known_by: dt.date) -> Split | None:
        """The latest split known by a day, or None."""
        known = [split for split in self.splits.values() if split.known_from <= known_by]
        return max(known, key=lambda split: split.known_from, default=None)


def return_settings(path: Path | None = None) -> ReturnSettings:
    """The defaults, with the file at ``path`` laid over them; raises InputProblem for anything a person can mend."""
    data = parse_toml(_FILE.read_text(encoding="utf-8"), where=str(_FILE), kind=_KIND)
    where = str(_FILE)
    if path is not None:
        where = str(path)
        data = _laid_over(data, parse_toml(read_text(path, kind=_KIND), where=where, kind=_KIND))
    try:
        return ReturnSettings.model_validate(data)
    except ValidationError as error:
        raise first_problem(error, ReturnSettings, where=where) from None


def _laid_over(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in change.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict) and key not in _REPLACED_WHOLE:
            merged[key] = _laid_over(old, value)
        else:
            merged[key] = value
    return merged
