"""The main assumptions as fields of a form: units that people use, limits from the models, messages by the field."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args

from pydantic import BaseModel

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.figures import Figure
from sufficiency.scenario.provenance import entries
from sufficiency.scenario.scenario import Scenario
from sufficiency.ui.formats import day, number

DEFAULT_SOURCE = "changed in the app"
Kind = Literal["number", "whole", "day"]


@dataclass(frozen=True)
class Field:
    """One assumption that can be changed in the app; shown value = value in the scenario x ``scale``."""

    path: str
    label: str
    unit: str
    scale: float = 1.0
    decimals: int = 1
    step: float = 1.0
    kind: Kind = "number"


FIELDS = {
    field.path: field
    for field in (
        Field("demand.growth", "Growth of requests", "% a year", 100, 1, 1.0),
        Field("decisions.refused", "Requests refused", "% of decisions", 100, 1, 1.0),
        Field("advice.advice_per_week", "Educational-psychology advice", "pieces a week", 1, 1, 1.0),
        Field("assessment_team.cases_per_week", "Assessment team", "cases a week", 1, 1, 1.0),
        Field("assessment_team.drafts_per_week", "Plan writers", "plans a week", 1, 1, 1.0),
        Field("assessment_team.backlog_share", "Capacity reserved for the backlog", "% of capacity", 100, 0, 5.0),
        Field("placements.latent", "Latent need", "times what history shows", 1, 2, 0.1),
        Field("placements.to_independent", "Waiting children going to independent schools", "% a year", 100, 1, 1.0),
        Field("commitment.by", "Date of the commitment", "day", kind="day"),
        Field("shortlist.capital", "Capital for the shortlist", "£ million", 1e-6, 2, 0.5),
        Field("shortlist.lowest_quality", "Lowest quality score", "of 100", 1, 0, 1.0),
        Field("shortlist.projects_per_year", "Projects that can open in a year", "projects", 1, 0, 1.0, "whole"),
    )
}
CAPACITY = (
    "advice.advice_per_week",
    "assessment_team.cases_per_week",
    "assessment_team.drafts_per_week",
    "assessment_team.backlog_share",
)
"""What the sliders of the Assessment page change; a scenario may be without some of them."""
ASSUMPTIONS = (*(path for path in FIELDS if not path.startswith("shortlist.") and path not in CAPACITY[2:]), "shortlist.capital")
LIMITS = ("shortlist.capital", "shortlist.lowest_quality", "shortlist.projects_per_year")


def shown_value(scenario: Scenario, field: Field) -> Any:
    """The field's value as the form shows it: a number in the field's unit, or a day."""
    if field.kind == "day":
        return scenario.commitment.by
    value = scenario.figure(field.path).value
    return int(value) if field.kind == "whole" else round(float(value) * field.scale, field.decimals)


def from_shown(field: Field, shown: Any) -> float | str:
    """A shown value in the scenario's own unit; days as text."""
    if field.kind == "day":
        return str(shown.isoformat())
    return int(shown) if field.kind == "whole" else float(f"{float(shown) / field.scale:.12g}")


def check(scenario: Scenario, field: Field, shown: Any) -> None:
    """Raise InputProblem, in the field's own unit, where a shown value is not one the scenario can take."""
    if shown is None:
        raise InputProblem("the field is empty", mend="give a value", field=field.path)
    if field.kind == "day":
        first, last = scenario.commitment.since, dt.date(2060, 12, 31)
        if not first <= shown <= last:
            raise InputProblem("the day is out of range", value=shown, allowed=f"{day(first)} to {day(last)}", field=field.path)
        return
    if not math.isfinite(shown):
        raise InputProblem("the value is not a finite number", mend="write it in plain digits", field=field.path)
    low, high = limits(field.path)
    if field.kind == "whole" and shown != int(shown):
        raise InputProblem("the value is not a whole number", value=shown, mend="leave out the decimals", field=field.path)
    value = float(from_shown(field, shown))
    if value < low or value > high or (value == low and _is_open(field.path)):
        above = "above " if _is_open(field.path) else ""
        ends = f"{above}{number(low * field.scale)} to {number(high * field.scale)} {field.unit}"
        found = number(float(shown), field.decimals)
        raise InputProblem(f"{found} is out of range", allowed=ends, mend="change the value", field=field.path)


@lru_cache(maxsize=64)
def _declared(path: str) -> tuple[Any, ...]:
    """The constraints declared on the value of the figure at ``path``."""
    model: Any = Scenario
    for part in path.split("."):
        model = model.model_fields[part].annotation
        model = next((kind for kind in get_args(model) if kind is not type(None)), model)  # an optional section or figure
    assert isinstance(model, type) and issubclass(model, BaseModel)  # noqa: S101 - the paths are ours
    return tuple(model.model_fields["value"].metadata)


def limits(path: str) -> tuple[float, float]:
    """Least and largest value that the models allow for the figure at ``path``."""
    ends = {end: float(getattr(c, end)) for c in _declared(path) for end in ("ge", "gt", "le") if hasattr(c, end)}
    return ends.get("ge", ends.get("gt", -math.inf)), ends.get("le", math.inf)


def _is_open(path: str) -> bool:
    return any(hasattr(c, "gt") for c in _declared(path))


def changed_entries(scenario: Scenario, field: Field, value: float | str, reason: str, source: str = "") -> dict[str, Any]:
    """Entries of the changed figure: the range of an uncertain one moves along with its value."""
    if field.kind == "day":
        return {field.path.rpartition(".")[2]: dt.date.fromisoformat(str(value))}
    figure = scenario.figure(field.path)
    entries_: dict[str, Any] = {
        "value": value,
        "source": source.strip()[:2000] or DEFAULT_SOURCE,
        "known_from": scenario.knowledge_date,
        "verified": False,
        "reason": reason.strip()[:2000] or "No reason was given.",
    }
    if figure.is_range:
        low, high = limits(field.path)
        moved = float(value) - float(figure.value)
        for end in ("low", "high"):
            entries_[end] = type(figure.value)(min(high, max(low, float(getattr(figure, end)) + moved)))
    return entries_


def help_text(scenario: Scenario, field: Field) -> str:
    """What the field means, its range, and on whose word its value is."""
    found = next(entry for entry in entries(scenario) if entry.path == field.path)
    figure = found.content
    if not isinstance(figure, Figure):
        return found.meaning
    span = ""
    if figure.low is not None and figure.high is not None:
        low, high = (number(float(end) * field.scale, field.decimals) for end in (figure.low, figure.high))
        span = f" Drawn once a future between {low} and {high} {field.unit}; the range moves along with the value."
    words = "Verified." if figure.verified else f"Not verified: {figure.reason}"
    return f"{found.meaning} Unit: {figure.unit}.{span} Source: {figure.source} (known {day(figure.known_from)}). {words}"
