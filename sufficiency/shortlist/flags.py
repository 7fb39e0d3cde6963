"""What to look at in a list of bids before anything is chosen: who is screened out and why, and what is out of the ordinary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist.openings import allowed_openings
from sufficiency.shortlist.screening import day, screen

SCREENED, LOOK = "screened out", "look at"
OUT_OF_LINE = 2.5
"""Capital a place so many times above or below the median of its type is worth a look."""


@dataclass(frozen=True)
class Flag:
    """One thing to look at in one bid."""

    eoi: str
    kind: str
    """screened out, or look at."""
    words: str


def flags(scenario: Scenario, eois: Sequence[ExpressionOfInterest]) -> tuple[Flag, ...]:
    """All there is to look at under the scenario's limits, in the order of the list; no future is needed for it."""
    years = tuple(year - 1 for year in scenario.calendar.census_years)
    _, screened = screen(scenario, tuple(eois), years)
    reasons = {bid.eoi.id: bid.reason for bid in screened}
    usual = {
        kind: median(eoi.capital / eoi.places for eoi in eois if eoi.setting == kind) for kind in {eoi.setting for eoi in eois}
    }
    by = scenario.commitment.by
    found = []
    for eoi in eois:
        if eoi.id in reasons:
            found.append(Flag(eoi.id, SCREENED, reasons[eoi.id]))
            continue
        openings = allowed_openings(eoi, scenario, years)
        if openings and openings[0].day > by:
            found.append(Flag(eoi.id, LOOK, f"It opens in {openings[0].day:%B %Y} at the earliest, after {day(by)}: none of its "
                                            "places count for the commitment."))  # fmt: skip
        each, middle = eoi.capital / eoi.places, usual[eoi.setting]
        if middle > 0 and not middle / OUT_OF_LINE <= each <= OUT_OF_LINE * middle:
            side = "dear" if each > middle else "cheap"
            found.append(Flag(eoi.id, LOOK, f"It is {side}: £{each:,.0f} of capital a place; the middle {eoi.setting} bid needs "
                                            f"£{middle:,.0f}. Check the figure with the setting."))  # fmt: skip
    return tuple(found)
