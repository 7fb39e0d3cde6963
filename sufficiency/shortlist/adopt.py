"""Puts a shortlist back into its scenario as supply, so that the simulation can show what it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.library import validated
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist.plan import Chosen, ShortlistPlan


def adopt(scenario: Scenario, eois: Sequence[ExpressionOfInterest], plan: ShortlistPlan) -> Scenario:
    """A new, checked scenario with each chosen bid as a planned provision that counts towards the commitment.

    The provision's id is ``eoi-`` and the bid's id in lower case. All places of the bid are entered with their chance of opening:
    the simulation draws whether they open, and how late. An empty plan gives an equal scenario. Raises InputProblem where a
    chosen bid is not in ``eois``, or is in the supply already.
    """
    by_id = {eoi.id: eoi for eoi in eois}
    data = scenario.model_dump(mode="python")
    for bid in plan.chosen:
        if bid.eoi not in by_id:
            raise InputProblem("a chosen bid is not in the list of expressions of interest", value=bid.eoi)
        key = f"eoi-{bid.eoi.lower()}"
        if key in data["supply"]:
            raise InputProblem("a chosen bid is in the supply already", where=f"supply.{key}", value=bid.eoi)
        data["supply"][key] = _provision(by_id[bid.eoi], bid, scenario)
    return validated(data, where=f"{scenario.name} with its shortlist")


def _provision(eoi: ExpressionOfInterest, bid: Chosen, scenario: Scenario) -> dict[str, Any]:
    made_up = " (illustrative)" if eoi.illustrative else ""
    origin = "Illustrative bid, made up to show how the tool works" if eoi.illustrative else "Number as bid"
    return {
        "title": f"{eoi.title}, {eoi.setting_name} ({eoi.id})",
        "setting": eoi.setting,
        "area": eoi.area,
        "needs": eoi.needs,
        "phases": eoi.phases,
        "places": {
            "value": bid.places_bid,
            "unit": "places",
            "source": f"expression of interest {eoi.id}{made_up}: {eoi.title}, {eoi.setting_name}",
            "known_from": scenario.knowledge_date,
            "verified": False,
            "reason": f"{origin}; shortlisted to open on {bid.opens}, status {eoi.status}.",
        },
        "opens": bid.opens,
        "status": "planned",
        "counts_towards_commitment": True,
        "chance_of_opening": eoi.chance_of_opening,
        "eoi": eoi.id,
    }
