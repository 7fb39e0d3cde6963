"""Every assumption of a scenario as a row: what it means, its value, and on whose word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from sufficiency.scenario.figures import Figure
from sufficiency.scenario.numbers import number_at
from sufficiency.scenario.posterior import Posterior
from sufficiency.scenario.scenario import Scenario

COLUMNS = ("path", "meaning", "value", "low", "high", "unit", "source", "known_from", "verified", "reason")
"""Columns of :func:`assumptions`, in order."""


@dataclass(frozen=True)
class Assumption:
    """One figure or plain entry of a scenario: its dotted path, its meaning (the field's docstring) and its content."""

    path: str
    meaning: str
    content: Any


def assumptions(scenario: Scenario) -> list[dict[str, Any]]:
    """A row for each figure, in the order of the models, with the keys of :data:`COLUMNS`.

    ``value``, ``low`` and ``high`` are numbers, or words where the figure is a table; what a figure lacks is None. A row for each
    number of the posterior follows: its median between its 5th and 95th percentile, which the simulation draws in its place.
    """
    rows = []
    for found in entries(scenario):
        if isinstance(figure := found.content, Figure):
            plain = {name: getattr(figure, name) for name in ("unit", "source", "known_from", "verified", "reason")}
            numbers = {name: _cell(getattr(figure, name)) for name in ("value", "low", "high")}
            rows.append({"path": found.path, "meaning": found.meaning, **numbers, **plain})
    return rows + (_calibrated(scenario, scenario.posterior) if scenario.posterior else [])


def _calibrated(scenario: Scenario, posterior: Posterior) -> list[dict[str, Any]]:
    rows = []
    for path in posterior.particles:
        number = number_at(scenario, path)
        low, value, high = (posterior.quantile(path, share) for share in (0.05, 0.5, 0.95))
        prior = f"{in_words(number.value)} ({in_words(number.span[0])} to {in_words(number.span[2])})" if number.span else ""
        rows.append(
            {
                "path": f"posterior.particles.{path}",
                "meaning": f"Calibrated values of {path}, drawn in its place together with the others.",
                "value": value,
                "low": low,
                "high": high,
                "unit": number.figure.unit,
                "source": posterior.source,
                "known_from": posterior.as_of,
                "verified": False,
                "reason": f"Calibrated; before, it was {prior or in_words(number.value)}.",
            }
        )
    return rows


def entries(scenario: Scenario) -> Iterator[Assumption]:
    """Every figure, date, choice and text of a scenario, in the order of the models.

    A provision, intervention or area names itself in the meaning: "Primary bases: number of places."
    """
    return _entries(scenario, "", "")


def in_words(content: Any) -> str:
    """A value as people read it: 1,047; 0.113; 0 = 0.4, 1 = 0.6; yes; 1 September 2022."""
    if content is None:
        return "none"
    if isinstance(content, bool):
        return "yes" if content else "no"
    if isinstance(content, int):
        return f"{content:,}"
    if isinstance(content, float):
        return f"{content:,.12g}" if abs(content) < 1e9 else f"{content:,.0f}"
    if isinstance(content, dt.date):
        return f"{content.day} {content:%B} {content.year}"
    if isinstance(content, Figure):
        span = f" ({in_words(content.low)} to {in_words(content.high)})" if content.is_range else ""
        return in_words(content.value) + span
    if isinstance(content, dict):
        nested = any(isinstance(value, dict) for value in content.values())
        parts = (f"{key}: {in_words(value)}" if nested else f"{key} = {in_words(value)}" for key, value in content.items())
        return ("; " if nested else ", ").join(parts) or "none"
    if isinstance(content, list | tuple):
        return ", ".join(in_words(item) for item in content) or "none"
    return str(content)


def _cell(value: Any) -> Any:
    return in_words(value) if isinstance(value, dict | tuple) else value


def _entries(node: BaseModel, path: str, owner: str) -> Iterator[Assumption]:
    for name, field in type(node).model_fields.items():
        content = getattr(node, name)
        here = f"{path}.{name}" if path else name
        meaning = " ".join((field.description or "").split())
        if isinstance(content, Posterior):
            yield from _posterior(content)
        elif isinstance(content, BaseModel) and not isinstance(content, Figure):
            yield from _entries(content, here, owner)
        elif isinstance(content, dict) and _holds_models(content):
            for key, item in content.items():
                named = str(getattr(item, "title", None) or getattr(item, "label", key))
                yield from _entries(item, f"{here}.{key}", named)
        else:
            words = f"{owner}: {meaning[:1].lower()}{meaning[1:]}" if owner else meaning
            yield Assumption(here, words, content)


def _posterior(posterior: Posterior) -> Iterator[Assumption]:
    yield Assumption("posterior.source", "What was calibrated on which observed figures.", posterior.source)
    for path in posterior.particles:
        low, middle, high = (in_words(posterior.quantile(path, share)) for share in (0.05, 0.5, 0.95))
        words = f"{middle} ({low} to {high}), {len(posterior.weights):,} particles"
        yield Assumption(f"posterior.particles.{path}", f"Calibrated values of {path}.", words)


def _holds_models(content: dict[str, Any]) -> bool:
    return any(isinstance(item, BaseModel) for item in content.values())
