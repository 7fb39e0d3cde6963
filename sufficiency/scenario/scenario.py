"""A scenario: everything one simulation assumes, frozen and checked as a whole."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator

from sufficiency.domain.calendar import Calendar, calendar_of
from sufficiency.domain.problem import Finding
from sufficiency.scenario.assessment import Advice, AssessmentTeam, Decisions
from sufficiency.scenario.demand import Area, Demand, Population, check_demand
from sufficiency.scenario.figures import Code, Figure, Frozen, Slug, Text
from sufficiency.scenario.income import check_income
from sufficiency.scenario.money import Intervention, Money
from sufficiency.scenario.placement import Caseload, Placements, Reviews
from sufficiency.scenario.posterior import Posterior
from sufficiency.scenario.programmes import Programme, check_interventions
from sufficiency.scenario.shortlisting import ShortlistLimits
from sufficiency.scenario.staffing import Staffing
from sufficiency.scenario.supply import Commitment, Estate, Provision
from sufficiency.scenario.tables import check_keys, check_sum

FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2060, 12, 31)
Day = Annotated[dt.date, Field(ge=FIRST_DAY, le=LAST_DAY)]
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
MIXES = (
    "population.births_by_area",
    "demand.need_by_phase",
    "caseload.setting_by_need",
    "caseload.setting_by_ncy",
    "money.band_shares",
)
"""Figures each row of whose table must sum to 1."""

_NOT_SIMULATED = {"name", "title", "note", "overrides", "money", "programmes", "shortlist", "staffing"}
"""Sections of a scenario that no simulated child depends on."""
_NUMBERS_OF_FIGURE = {"value", "low", "high"}
_KEYS_OF_FIGURE = Figure.model_fields.keys()


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
    supply: Annotated[dict[Code, Provision], Field(min_length=1)]
    """Provisions by id."""
    commitment: Commitment
    shortlist: ShortlistLimits
    money: Money
    interventions: Annotated[dict[Code, Intervention], Field(default_factory=dict)]
    """Interventions by id."""
    programmes: Annotated[dict[Code, Programme], Field(default_factory=dict)]
    """Programmes of interventions by id."""
    staffing: Staffing | None = None
    """Hours and costs of staff; without it unverified defaults are used where staffing is asked about."""
    posterior: Posterior | None = None
    """What calibration has learnt: one particle a future replaces the ranges of the numbers it names."""
    overrides: Annotated[tuple[str, ...], Field(default=())]
    """Names of the overrides applied, in order; set when they are applied, never in a file."""

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        self._check_days()
        codes = tuple(self.areas)
        for path, shares in (("demand.by_area", self.demand.by_area), ("caseload.by_area", self.caseload.by_area)):
            check_keys(shares.value, codes, "area", complete=True, at=f"{path}.value")
        check_demand(self.population, self.demand, codes, range(self.start.year, self.horizon.year + 1))
        for key, intervention in self.interventions.items():
            check_keys(intervention.areas or (), codes, "area", complete=False, at=f"interventions.{key}.areas")
        check_interventions(self.interventions, self.programmes, self.money, self.supply, self.decisions.refused)
        check_income(self.money, self.calendar.whole_financial_years)
        if not any(self.caseload.by_setting.value.values()):
            raise Finding("no child has a plan", at="caseload.by_setting.value", allowed="at least one plan in one setting")
        distances = self.estate.distances.value
        check_keys(distances, codes, "area", complete=True, at="estate.distances.value")
        for area, row in distances.items():
            check_keys(row, codes, "area", complete=True, at=f"estate.distances.value.{area}")
        for key, provision in self.supply.items():
            check_keys((provision.area,), codes, "area", complete=False, at=f"supply.{key}.area")
        invited, least = self.shortlist.invitation, self.shortlist.least_places
        check_keys((invited and invited.areas) or (), codes, "area", complete=False, at="shortlist.invitation.areas")
        check_keys(least.value if least else (), codes, "area", complete=False, at="shortlist.least_places.value")
        for path, figure in self.figures():
            if figure.known_from > self.knowledge_date:
                raise Finding(
                    "the figure became known only after the day on which the scenario stands",
                    at=f"{path}.known_from",
                    value=figure.known_from,
                    allowed=f"a day up to the knowledge_date, {self.knowledge_date}",
                    mend="use what was known by then, or move the knowledge_date",
                )
            if path in DISTRIBUTIONS:
                check_sum(figure.value, f"{path}.value")
            for row, shares in figure.value.items() if path in MIXES else ():
                check_sum(shares, f"{path}.value.{row}")
        if self.posterior:
            self._check_posterior(self.posterior)
        return self

    def _check_posterior(self, posterior: Posterior) -> None:
        if posterior.as_of > self.knowledge_date:
            raise Finding(
                "the posterior became known only after the day on which the scenario stands",
                at="posterior.as_of",
                value=posterior.as_of,
                allowed=f"a day up to the knowledge_date, {self.knowledge_date}",
                mend="calibrate on what was known by then, or move the knowledge_date",
            )
        posterior.check(self, (*DISTRIBUTIONS, *MIXES))

    def _check_days(self) -> None:
        if self.start.month != 1:
            raise Finding(
                "the scenario does not start in January",
                at="start",
                value=self.start,
                allowed="a day in January: the opening stock is that month's census, the opening balance the next 31 March's",
                mend="start in the January of the census",
            )
        if self.horizon <= self.start:
            raise Finding("the horizon is not after the start", at="horizon", value=self.horizon, allowed=f"after {self.start}")
        # One whole calendar year and one whole financial year, or there is nothing to report.
        if self.horizon < dt.date(self.start.year + 1, 4, 5) or self.horizon.year - self.start.year > LONGEST_HORIZON_YEARS:
            near = self.horizon < dt.date(self.start.year + 1, 4, 5)
            raise Finding(
                f"the horizon is too {'near' if near else 'far'}",
                at="horizon",
                value=self.horizon,
                allowed=f"from 5 April {self.start.year + 1} to {LONGEST_HORIZON_YEARS} years after the start, {self.start}",
                mend=f"choose a {'later' if near else 'nearer'} day",
            )

    def __reduce__(self) -> tuple[Any, ...]:
        # Classes made of generics cannot be found again by name, so a scenario travels between processes as text.
        return (_from_json, (self.model_dump_json(),))

    @property
    def calendar(self) -> Calendar:
        """The weeks simulated."""
        return calendar_of(self.start, self.horizon)

    @property
    def area_codes(self) -> tuple[str, ...]:
        """Codes of the areas, in order."""
        return tuple(self.areas)

    def unmitigated(self) -> Scenario:
        """The scenario without any of its interventions."""
        if not any(intervention.enabled for intervention in self.interventions.values()):
            return self
        off = {key: i.model_copy(update={"enabled": False}) for key, i in self.interventions.items()}
        return self.model_copy(update={"interventions": off})

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
        return _hash(self.model_dump(mode="json", exclude={"name", "title", "note", "overrides"}))

    @property
    def assumed_digest(self) -> str:
        """The same hash without the words in which figures are justified: a better reason makes no result stale."""
        return _hash(_without_words(self.model_dump(mode="json", exclude={"name", "title", "note", "overrides"})))

    @property
    def simulated_digest(self) -> str:
        """That hash of what the simulation alone depends on: prices, what acts on them, and decisions are left out as well."""
        kept = {key for key, intervention in self.interventions.items() if intervention.is_simulated}
        content = self.model_dump(mode="json", exclude=_NOT_SIMULATED)
        content["interventions"] = {key: content["interventions"][key] for key in sorted(kept)}
        return _hash(_without_words(content))

    def changed(self, path: str, **changes: Any) -> Scenario:
        """A new, checked scenario in which the figure or table at the dotted ``path`` has the given entries.

        ``scenario.changed("demand.growth", value=0.2, low=0.1, high=0.3)``. Raises pydantic's ValidationError, and KeyError
        where there is nothing at ``path``.
        """
        data = self.model_dump(mode="python")
        node = data
        for key in path.split(".") if path else ():
            node = node[key]
        node.update(changes)
        return Scenario.model_validate(data)


def _figures(node: BaseModel | dict[str, Any], path: str) -> Iterator[tuple[str, Figure[Any]]]:
    items = node.items() if isinstance(node, dict) else ((name, getattr(node, name)) for name in type(node).model_fields)
    for name, value in items:
        here = f"{path}.{name}" if path else name
        if isinstance(value, Figure):
            yield here, value
        elif isinstance(value, BaseModel | dict):
            yield from _figures(value, here)


def _without_words(content: Any) -> Any:
    """``content`` with every figure cut down to its numbers: unit, source, date, verification and reason move no result."""
    if not isinstance(content, dict):
        return content
    kept = _NUMBERS_OF_FIGURE if content.keys() >= _KEYS_OF_FIGURE else content.keys()
    return {key: _without_words(item) for key, item in content.items() if key in kept}


def _hash(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@lru_cache(maxsize=16)
def _from_json(text: str) -> Scenario:
    return Scenario.model_validate_json(text)
