"""What of the interventions is delivered in one future: later than planned, in part, or not at all."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sufficiency.scenario.figures import Figure
from sufficiency.scenario.money import Intervention
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.supply import Provision


def delivered(scenario: Scenario) -> Scenario:
    """A scenario whose ranges are drawn, with each intervention as it is delivered.

    It starts so many weeks late, has the share of its effect that is delivered, and the provisions of an intervention on places
    have its number, or do not open where it is not enabled. What has been delivered has no slippage left: doing it again changes
    nothing.
    """
    interventions = {key: _as_delivered(i) for key, i in scenario.interventions.items()}
    changes: dict[str, Any] = {}
    if any(interventions[key] is not scenario.interventions[key] for key in interventions):
        changes["interventions"] = interventions
    opening = [i for i in scenario.interventions.values() if i.provisions]
    if opening and scenario.supply:  # a scenario of the pathway alone has no places
        opened = _opened(scenario.supply, opening)
        if any(opened.get(key) is not provision for key, provision in scenario.supply.items()):
            changes["supply"] = opened
    return scenario.model_copy(update=changes) if changes else scenario


def _opened(supply: dict[str, Provision], interventions: list[Intervention]) -> dict[str, Provision]:
    """Provisions without those of interventions that are not enabled, and with the number that the others give."""
    found = dict(supply)
    for intervention in interventions:
        for key in intervention.provisions or ():
            if not intervention.enabled:
                found.pop(key, None)
            elif key in found:
                found[key] = _fewer(found[key], intervention)
    return found


def as_planned(scenario: Scenario) -> Scenario:
    """The scenario with every intervention on its day and in full; places slip as ever."""
    on_time = {"slippage": None, "delivered": None}
    interventions = {key: i.model_copy(update=on_time) for key, i in scenario.interventions.items()}
    return scenario.model_copy(update={"interventions": interventions})


def _as_delivered(intervention: Intervention) -> Intervention:
    changes: dict[str, Any] = {}
    if intervention.slippage is not None:
        late = dt.timedelta(weeks=round(intervention.slippage.value))
        changes |= {"starts": intervention.starts + late, "slippage": None}
    if intervention.quantity == "places":
        changes["effect"] = _certain(intervention.effect, 0.0)
    elif intervention.delivered is not None:
        changes["effect"] = _certain(intervention.effect, intervention.effect.value * intervention.delivered.value)
    if intervention.delivered is not None:
        changes["delivered"] = None
    unchanged = changes.keys() <= {"effect"} and changes.get("effect", intervention.effect) == intervention.effect
    return intervention if unchanged else intervention.model_copy(update=changes)


def _fewer(provision: Provision, intervention: Intervention) -> Provision:
    """The provision with the number of places that the intervention on places leaves, whole places."""
    share = 1.0 if intervention.delivered is None else intervention.delivered.value
    number = round(provision.places.value * (1 + intervention.effect.value) * share)
    if number == provision.places.value:
        return provision
    return provision.model_copy(update={"places": _certain(provision.places, number)})


def _certain(figure: Figure[Any], value: float) -> Figure[Any]:
    return figure.model_copy(update={"value": value, "low": None, "high": None})
