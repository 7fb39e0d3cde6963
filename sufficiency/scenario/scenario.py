"""A scenario: everything one simulation assumes, frozen and checked as a whole."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator

from sufficiency.domain.calendar import Calendar, calendar_of
from sufficiency.scenario.assessment import Advice, AssessmentTeam, Decisions
from sufficiency.scenario.demand import Area, Demand, Population
from sufficiency.scenario.figures import Code, Figure, Frozen, Slug, Text
from sufficiency.scenario.money import Intervention, Money
from sufficiency.scenario.placement import Caseload, Placements, Reviews
from sufficiency.scenario.supply import Commitment, Estate, Provision, ShortlistLimits
from sufficiency.scenario.tables import check_keys

Day = Annotated[dt.date, Field(ge=dt.date(2000, 1, 1), le=dt.date(2060, 12, 31))]
LONGEST_HORIZON_YEARS = 25
DISTRIBUTIONS = (
    "demand.by_ncy",
    "demand.by_need",
    "demand.by_area",
    "caseload.by_need",
    "caseload.by_area",
    "caseload.within_age",
    "estate.slippage",
)
"""Figures whose table must sum to 1, before and after drawing."""


class Scenario(Frozen):
    """Everything one simulation assumes.

    A scenario stands at ``knowledge_date``: no figure may be known only later. A change gives a new scenario; the old one is
    never altered.
    """

    name: Slug
    """Short name, used for files: lower-case letters, digits and hyphens."""
    title: Text
    """The name people read."""
    note: Text
    """What the scenario is for and what it rests on."""
    start: Day
    """The clock starts on the Monday on or before this day."""
    horizon: Day
    """Last day simulated."""
    knowledge_date: Day
    """The day on which the scenario stands: it uses nothing that became known later."""
    areas: Annotated[dict[Code, Area], Field(min_length=1, max_length=40)]
    """The council's planning areas, in the order in which tables show them."""
    population: Population
    demand: Demand
    decisions: Decisions
    advice: Advice
    assessment_team: AssessmentTeam
    caseload: Caseload
    placements: Placements
    reviews: Reviews
    estate: Estate
    supply: dict[Code, Provision]
    """Provisions by id."""
    commitment: Commitment
    shortlist: ShortlistLimits
    money: Money
    interventions: Annotated[dict[Code, Intervention], Field(default_factory=dict)]
    """Interventions by id."""
    overrides: Annotated[tuple[str, ...], Field(default=())]
    """Names of the overrides applied, in order; set when they are applied, never in a file."""

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if self.horizon <= self.start:
            raise ValueError(f"horizon must be after start ({self.start})")
        if (self.horizon - self.start).days < 365:
            raise ValueError(f"horizon must be at least a year after start ({self.start})")
        if self.horizon.year - self.start.year > LONGEST_HORIZON_YEARS:
            raise ValueError(f"horizon must be within {LONGEST_HORIZON_YEARS} years of start ({self.start})")
        codes = tuple(self.areas)
        for path in ("demand.by_area", "caseload.by_area"):
            section, name = path.split(".")
            _check_at(path, getattr(getattr(self, section), name).value, codes)
        _check_at("estate.distances", self.estate.distances.value, codes)
        for area, row in self.estate.distances.value.items():
            _check_at(f"estate.distances.{area}", row, codes)
        for key, provision in self.supply.items():
            _check_at(f"supply.{key}.area", (provision.area,), codes, complete=False)
            if provision.status != "open" and provision.opens is None:
                raise ValueError(f"supply.{key}: places that are {provision.status} need a day in opens")
        for path, figure in self.figures():
            if figure.known_from > self.knowledge_date:
                raise ValueError(
                    f"{path}: known_from {figure.known_from} is later than the scenario's knowledge_date {self.knowledge_date}"
                )
            if path in DISTRIBUTIONS and abs(excess := sum(figure.value.values()) - 1) > 0.02:
                raise ValueError(f"{path}: shares must sum to 1 (they sum to {1 + excess:.3f})")
        return self

    @property
    def calendar(self) -> Calendar:
        """The weeks simulated."""
        return calendar_of(self.start, self.horizon)

    @property
    def area_codes(self) -> tuple[str, ...]:
        """Codes of the areas, in order."""
        return tuple(self.areas)

    def figures(self) -> Iterator[tuple[str, Figure[Any]]]:
        """Every figure with its dotted path, in the order of the models."""
        return _figures(self, "")

    def figure(self, path: str) -> Figure[Any]:
        """The figure at a dotted path (KeyError where there is none)."""
        return dict(self.figures())[path]

    def unverified(self) -> tuple[str, ...]:
        """Paths of the figures that no one has verified."""
        return tuple(path for path, figure in self.figures() if not figure.verified)

    @property
    def digest(self) -> str:
        """Hash (16 hexadecimal digits of SHA-256) of everything the results depend on: names and notes are left out."""
        content = self.model_dump(mode="json", exclude={"name", "title", "note", "overrides"})
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def changed(self, path: str, **changes: Any) -> Scenario:
        """A new, checked scenario in which the figure or table at the dotted ``path`` has the given entries.

        ``scenario.changed("demand.growth", value=0.2, low=0.1, high=0.3)``. Raises pydantic's ValidationError.
        """
        data = self.model_dump(mode="python")
        node = data
        for key in path.split(".") if path else ():
            node = node[key]
        node.update(changes)
        return Scenario.model_validate(data)


def _check_at(path: str, keys: Any, known: tuple[str, ...], *, complete: bool = True) -> None:
    try:
        check_keys(keys, known, "area", complete=complete)
    except ValueError as problem:
        raise ValueError(f"{path}: {problem}") from None


def _figures(node: BaseModel | dict[str, Any], path: str) -> Iterator[tuple[str, Figure[Any]]]:
    items = node.items() if isinstance(node, dict) else ((name, getattr(node, name)) for name in type(node).model_fields)
    for name, value in items:
        here = f"{path}.{name}" if path else name
        if isinstance(value, Figure):
            yield here, value
        elif isinstance(value, BaseModel | dict):
            yield from _figures(value, here)
