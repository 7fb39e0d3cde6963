"""The same futures with more and more of the places that are to come: none, the pipeline, and the shortlist."""

from __future__ import annotations

from collections.abc import Callable

from sufficiency.domain.dictionaries import Dictionary, Entry
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.supply import Provision

VERSIONS = Dictionary(
    "version",
    (
        Entry("without_pipeline", "Without the pipeline", "Only places open at the start."),
        Entry("with_pipeline", "With the pipeline", "With the places that were firm or planned as well."),
        Entry("with_shortlist", "With the shortlist", "With the expressions of interest taken forward as well."),
    ),
)


def without_pipeline(scenario: Scenario) -> Scenario:
    """The scenario with only those places that are open at the start."""
    return _empty(scenario, lambda provision: provision.status != "open")


def without_bids(scenario: Scenario) -> Scenario:
    """The scenario without the places of expressions of interest."""
    return _empty(scenario, lambda provision: provision.eoi is not None)


def has_bids(scenario: Scenario) -> bool:
    """Whether places of expressions of interest are part of the scenario's supply."""
    return any(provision.eoi is not None for provision in scenario.supply.values())


def _empty(scenario: Scenario, which: Callable[[Provision], bool]) -> Scenario:
    """The scenario with no place in some provisions; they stay in the list, so that nothing else in a future changes."""
    supply = {}
    for key, provision in scenario.supply.items():
        if which(provision):
            none = provision.places.model_copy(update={"value": 0, "low": None, "high": None})
            provision = provision.model_copy(update={"places": none})
        supply[key] = provision
    return scenario if supply == dict(scenario.supply) else scenario.model_copy(update={"supply": supply})
