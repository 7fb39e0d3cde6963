"""Workstreams: interventions that are switched, paid for and valued as one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sufficiency.scenario.scenario import Scenario


@dataclass(frozen=True)
class Player:
    """One workstream: an intervention by itself, or the interventions of a programme."""

    id: str
    """Id of the intervention or of the programme."""
    title: str
    theme: str
    rating: str
    """The lowest of its interventions' ratings: red before amber before green."""
    confidence: str
    """The lowest confidence in their evidence: low before medium before high."""
    interventions: tuple[str, ...]
    is_simulated: bool
    """Whether any of them changes what happens to children."""


_RATINGS, _CONFIDENCES = ("red", "amber", "green"), ("low", "medium", "high")


def players(scenario: Scenario, keys: Iterable[str] | None = None) -> tuple[Player, ...]:
    """The workstreams of the interventions named (default: those that are enabled), in the order of the scenario."""
    keys = [key for key, i in scenario.interventions.items() if i.enabled] if keys is None else list(keys)
    groups: dict[str, list[str]] = {}
    for key in keys:
        groups.setdefault(scenario.interventions[key].programme or key, []).append(key)
    found = []
    for name, members in groups.items():
        of = [scenario.interventions[key] for key in members]
        named = scenario.programmes[name] if of[0].programme else of[0]
        found.append(
            Player(
                id=name,
                title=named.title,
                theme=named.theme,
                rating=min((i.rating for i in of), key=_RATINGS.index),
                confidence=min((i.confidence for i in of), key=_CONFIDENCES.index),
                interventions=tuple(members),
                is_simulated=any(i.is_simulated for i in of),
            )
        )
    return tuple(found)


def with_only(scenario: Scenario, on: Collection[str]) -> Scenario:
    """The scenario with exactly the interventions named enabled."""
    found = {
        key: i if i.enabled == (key in on) else i.model_copy(update={"enabled": key in on})
        for key, i in scenario.interventions.items()
    }
    return scenario.model_copy(update={"interventions": found})
