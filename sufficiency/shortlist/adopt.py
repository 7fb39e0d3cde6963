"""Puts a shortlist back into its scenario as supply, so that the simulation can show what it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.library import validated
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist.openings import slippage_for
from sufficiency.shortlist.plan import Chosen, ShortlistPlan


def adopt(scenario: Scenario, eois: Sequence[ExpressionOfInterest], plan: ShortlistPlan) -> Scenario:
    """A new, checked scenario with each chosen bid as a planned provision that counts towards the commitment.

    The provision's id is ``eoi-`` and the bid's id in lower case; a bid that parts its places by phase becomes one provision a
    phase, which open or fall through together. All places are entered with their chance of opening and their own slippage: the
    simulation draws whether they open, and how late. An empty plan gives an equal scenario. Raises InputProblem where a chosen
    bid is not in ``eois``, or is in the supply already.
    """
    by_id = {eoi.id: eoi for eoi in eois}
    data = scenario.model_dump(mode="python")
    for bid in plan.chosen:
        if bid.eoi not in by_id:
            raise InputProblem("a chosen bid is not in the list of expressions of interest", value=bid.eoi)
        eoi, key = by_id[bid.eoi], f"eoi-{bid.eoi.lower()}"
        parts = _parted(eoi, bid.places_bid)
        for phases, places in parts.items():
            own = key if len(parts) == 1 else f"{key}-{phases[0].replace('_', '-')}"
            if own in data["supply"]:
                raise InputProblem("a chosen bid is in the supply already", where=f"supply.{own}", value=bid.eoi)
            data["supply"][own] = _provision(eoi, bid, scenario, phases, places)
    return validated(data, where=f"{scenario.name} with its shortlist")


def _parted(eoi: ExpressionOfInterest, places: int) -> dict[tuple[str, ...], int]:
    """Whole places by the phases they serve: the largest remainders are rounded up."""
    shares = eoi.shares_by_phase
    if not shares:
        return {eoi.phases: places}
    whole = {phase: int(share * places + 1e-9) for phase, share in shares.items()}
    left = places - sum(whole.values())
    for phase in sorted(shares, key=lambda p: (whole[p] - shares[p] * places, eoi.phases.index(p)))[:left]:
        whole[phase] += 1
    return {(phase,): number for phase, number in whole.items() if number > 0}


def _provision(
    eoi: ExpressionOfInterest, bid: Chosen, scenario: Scenario, phases: tuple[str, ...], places: int
) -> dict[str, Any]:
    made_up = " (illustrative)" if eoi.illustrative else ""
    origin = "Illustrative bid, made up to show how the tool works" if eoi.illustrative else "Number as bid"
    own_slippage = eoi.lead_low is not None
    late = slippage_for(eoi, bid.opens, scenario)
    return {
        "title": f"{eoi.title}, {eoi.setting_name} ({eoi.id})",
        "setting": eoi.setting,
        "area": eoi.area,
        "needs": eoi.needs,
        "phases": phases,
        "places": {
            "value": places,
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
        "slippage": {str(terms): share for terms, share in late.items()} if own_slippage else None,
    }
