"""Which expressions of interest can be chosen at all, and why the others cannot."""

from __future__ import annotations

from dataclasses import dataclass

from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist.openings import Opening, allowed_openings


@dataclass(frozen=True)
class Screened:
    """A bid that cannot be chosen, with the reason in one sentence."""

    eoi: ExpressionOfInterest
    reason: str


def screened_reason(eoi: ExpressionOfInterest, scenario: Scenario, openings: tuple[Opening, ...]) -> str | None:
    """Why a bid is screened out, or None where it stays; the first reason that holds, in order of finality."""
    adopted = next((p for p in scenario.supply.values() if p.eoi is not None and p.eoi.casefold() == eoi.id.casefold()), None)
    if adopted is not None:
        return f'Screened out: its places are in the supply already, as "{adopted.title}".'
    if eoi.status == "withdrawn":
        return "Screened out: the bid was withdrawn."
    if eoi.quality < scenario.shortlist.lowest_quality.value:
        return f"Screened out: quality {eoi.quality:g} is below the threshold of {scenario.shortlist.lowest_quality.value:g}."
    if eoi.chance_of_opening <= 0:
        return "Screened out: it has no chance of passing a stage that is still ahead."
    if not openings:
        return (
            f"Screened out: it cannot open before the horizon ({day(scenario.horizon)}); "
            f"work and lead time end in {eoi.earliest_opening:%B %Y}."
        )
    return None


def screen(
    scenario: Scenario, eois: tuple[ExpressionOfInterest, ...], years: tuple[int, ...]
) -> tuple[list[tuple[ExpressionOfInterest, tuple[Opening, ...]]], list[Screened]]:
    """Bids that can be chosen with their openings, and those that cannot with the reason; both in the order given."""
    kept, screened = [], []
    for eoi in eois:
        openings = allowed_openings(eoi, scenario, years)
        reason = screened_reason(eoi, scenario, openings)
        if reason is None:
            kept.append((eoi, openings))
        else:
            screened.append(Screened(eoi, reason))
    return kept, screened


def day(date: object) -> str:
    """A date as people write it: 31 March 2025."""
    return f"{date:%d %B %Y}".lstrip("0")
