"""Scenarios in which one driver of demand is switched, or stands still: what attribution compares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sufficiency.scenario.demand import Still
from sufficiency.scenario.scenario import Scenario

FACTORS = ("population", "rate", "mix", "policy")
"""What drives demand, each a set of assumptions."""
ASSUMPTIONS = {
    "population": ("population", "demand.transfers_in"),
    "rate": (
        "demand.requests_in_base_year",
        "demand.growth",
        "demand.known_growth",
        "demand.known_requests",
        "demand.national_shock",
        "demand.authority_walk",
        "demand.transitory_noise",
        "demand.small_authority_noise",
        "demand.drift",
    ),
    "mix": (
        "demand.by_ncy",
        "demand.by_need",
        "demand.need_by_phase",
        "demand.by_month",
        "demand.by_area",
        "demand.priority_share",
    ),
    "policy": ("interventions", "programmes", "demand.early_register", "demand.alternative"),
}
"""Dotted paths of the assumptions that make up each factor; all others are everything else."""


def standing_still(scenario: Scenario, year: int, factors: Sequence[str]) -> Scenario:
    """The scenario with ``factors`` of its demand as in ``year``, week by week, in every later one."""
    before = scenario.demand.still or Still()
    later = {factor: str(year) for factor in factors if int(getattr(before, factor) or 9999) > year}
    return _with_still(scenario, before.model_copy(update=later))


def switched(a: Scenario, b: Scenario, factor: str) -> Scenario:
    """Scenario ``a`` with the assumptions of ``factor`` taken from ``b``; ``everything_else`` are all that belong to no other."""
    if factor == "everything_else":
        found = _with_still(b, a.demand.still or Still())
        for other in FACTORS:
            found = switched(found, a, other)
        return found
    changes: dict[str, Any] = {}
    demand: dict[str, Any] = {}
    for path in ASSUMPTIONS[factor]:
        section, _, name = path.partition(".")
        if name:
            demand[name] = getattr(b.demand, name)
        else:
            changes[section] = getattr(b, section)
    changes["demand"] = a.demand.model_copy(update=demand)
    # What either of them knew is known: a scenario may hold nothing known later than the day on which it stands.
    changes["knowledge_date"] = max(a.knowledge_date, b.knowledge_date)
    still = (a.demand.still or Still()).model_copy(update={factor: getattr(b.demand.still, factor, None)})
    return _with_still(a.model_copy(update=changes), still)


def alike(a: Scenario, b: Scenario) -> bool:
    """Whether both have the same results in every future."""
    return a.digest == b.model_copy(update={"knowledge_date": a.knowledge_date}).digest


def has_policy(scenario: Scenario) -> bool:
    """Whether any intervention, the register, or a change of alternative provision is at work."""
    alternative = scenario.demand.alternative
    if scenario.demand.early_register is not None or (alternative is not None and alternative.pupils_from is not None):
        return True
    return any(i.enabled for i in scenario.interventions.values())


def _with_still(scenario: Scenario, still: Still) -> Scenario:
    kept = still if any(still.model_dump().values()) else None
    return scenario.model_copy(update={"demand": scenario.demand.model_copy(update={"still": kept})})
