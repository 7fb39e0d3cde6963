"""Assumptions about the caseload, specialist need and placement."""

from __future__ import annotations

from sufficiency.scenario.assessment import Weeks
from sufficiency.scenario.figures import Count, Distance, Figure, Frozen, NonNegative, Positive, Rate, Share
from sufficiency.scenario.tables import (
    AgeBandCounts,
    AreaShares,
    FirstGroups,
    NcySettingShares,
    NcyShares,
    NeedRates,
    NeedSettingShares,
    NeedShares,
    Policy,
    SettingCounts,
    SomeNcyRates,
)


class Caseload(Frozen):
    """Plans at the opening January census. The joint distribution is raked from shapes to the published totals."""

    by_setting: Figure[SettingCounts]
    """Plans by setting."""
    by_age: Figure[AgeBandCounts]
    """Plans by age band."""
    by_need: Figure[NeedShares]
    """Shares of plans by primary need."""
    by_area: Figure[AreaShares]
    """Shares of plans by area of residence."""
    within_age: Figure[NcyShares]
    """Shares of plans by NCY: the shape within each age band."""
    setting_by_need: Figure[NeedSettingShares]
    """Setting mix of each need: the shape before raking."""
    setting_by_ncy: Figure[NcySettingShares]
    """Setting mix of each NCY: the shape before raking."""
    waiting: Figure[Count]
    """Children with a plan who wait for a specialist place at the start."""


class PanelRules(Frozen):
    """By which rules the placement panel gives places."""

    policy: Figure[Policy]
    """longest_waiting: each child in turn, from the longest wait, gets the nearest place that admits them. nearest: the child
    nearest to a place gets it, and of those equally near the longest waiting."""
    first: Figure[FirstGroups] | None = None
    """Groups taken before all others: children in care, children out of school (in alternative provision or in none)."""
    in_care: Figure[Share]
    """Share of children with plans who are in care."""
    farthest: Figure[Distance] | None = None
    """Distance in km beyond which no place is offered."""


class Placements(Frozen):
    """When children come to need a specialist place, and what happens to those who find none."""

    specialist_at_issue: Figure[NeedRates]
    """Share of new plans that start in a specialist setting, by need, where places are to be had."""
    emergence_by_need: Figure[NeedRates]
    """Relative hazard of coming to need a specialist place after issue, by need (1 is the average)."""
    emergence_primary: Figure[Rate]
    """Yearly probability, in primary and before, that a child in mainstream comes to need a specialist place."""
    emergence_secondary: Figure[Rate]
    """The same in secondary."""
    emergence_by_ncy: Figure[SomeNcyRates] | None = None
    """How that differs by NCY: a factor on the level of its phase; NCYs not named have 1."""
    jump_at_reception: Figure[Share]
    """Probability at entry to Reception."""
    jump_at_secondary: Figure[Share]
    """Probability at the move from Year 6 to Year 7."""
    latent: Figure[Positive]
    """Multiplier of all of these for this authority: need that history hides because places were short."""
    resourced_suitable: Figure[NeedShares]
    """Share of children needing a specialist place for whom a SEN unit or resourced place would serve."""
    stay_special_post_16: Figure[Share]
    """Share of those in special schools (or waiting for one) who stay in special provision after Year 11."""
    stay_mainstream_post_16: Figure[Share]
    """Share of those in mainstream who stay in a school sixth form after Year 11."""
    post_16_elsewhere: Figure[Share]
    """Share of those who leave school after Year 11 who are then educated elsewhere or not at all."""
    college_to_elsewhere: Figure[Share]
    """Yearly share of those in further education who leave it and keep their plan."""
    mainstream_to_elsewhere: Figure[Share]
    """Yearly share of those in mainstream secondary who move to home education or out of school."""
    to_independent: Figure[Rate]
    """Yearly hazard that a waiting child goes to an independent or non-maintained special school."""
    to_alternative: Figure[Rate]
    """Yearly hazard that a waiting child breaks down into alternative provision, still waiting."""
    to_elsewhere: Figure[Rate]
    """Yearly hazard that a waiting child falls out of school, still waiting."""
    to_out_of_area: Figure[Rate] | None = None
    """Yearly hazard that a waiting child goes to a state special school of another authority."""
    step_down: Figure[Share]
    """Yearly share of those in resourced or state special provision who return to mainstream."""
    return_at_transfer: Figure[Share] | None = None
    """Share of those in independent schools or out of the area for whom a place here is asked at the move to secondary."""
    return_in_year: Figure[Share] | None = None
    """Yearly share of those in independent schools for whom a place here is asked at other times: none unless chosen."""
    panel: PanelRules | None = None
    """Rules of the placement panel; without them the longest waiting goes first and nobody before others."""


class Reviews(Frozen):
    """How plans end."""

    ceasing: Figure[NcyShares]
    """Yearly probability, by NCY, that a plan falls due to cease (transfers to other authorities apart)."""
    transfers_out: Figure[Share]
    """Yearly share of plans that move to another authority."""
    ceases_per_week: Figure[NonNegative]
    """Plans due to cease that reviews can close in a week; the others wait and stay in caseload and cost."""
    queue_at_start: Figure[Count]
    """Plans due to cease that wait for their review at the start."""
    longest_wait: Figure[Weeks]
    """Weeks before the start over which the opening waiting list had gathered."""
