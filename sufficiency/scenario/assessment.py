"""Assumptions about the assessment pathway: decisions, advice and the assessment team."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from sufficiency.scenario.figures import Count, Figure, Frozen, NonNegative, Share
from sufficiency.scenario.tables import Month, SomeNcyShares, some_weight

Weeks = Annotated[int, Field(ge=0, le=260)]
CapacityGrowth = Annotated[float, Field(ge=-0.5, le=0.5)]
InPost = Annotated[dict[Month, Annotated[float, Field(ge=0, le=10)]], Field(min_length=1)]
"""Share of a service's capacity that is in post, by the month from which it holds; 1 before the first."""
ShareFrom = Annotated[dict[Month, Share], Field(min_length=1)]
"""A share by the month from which it holds."""
PlansByMonth = Annotated[dict[Month, Count], Field(min_length=1)]
"""Plans issued in each month."""
AgeProfile = Annotated[
    dict[Annotated[str, Field(pattern=r"^[0-9]{1,3}$")], NonNegative], Field(min_length=1), AfterValidator(some_weight)
]
"""Weights of cases by the first week of the age band that they are in; a band ends where the next begins."""


class Decisions(Frozen):
    """The panel that decides whether to assess (statutory limit: 6 weeks from the request)."""

    decisions_per_week: Figure[NonNegative]
    """Requests the panel can decide in a week."""
    follows_demand: Figure[Share]
    """Share of the growth of requests that this capacity follows, a year later (in logarithms)."""
    weeks_before_panel: Figure[Weeks]
    """Weeks from the request until its papers are ready for the panel."""
    refused: Figure[Share]
    """Share of decisions that are not to assess."""
    refused_from: Figure[ShareFrom] | None = None
    """That share from each month on, where it is known to have changed."""
    withdrawn: Figure[Share]
    """Share of requests withdrawn before a decision."""
    overturned_by_mediation: Figure[Share]
    """Share of refusals that mediation sends back to assessment."""
    weeks_to_mediation: Figure[Weeks]
    """Weeks from the refusal until such a case comes back (mediation is arranged within 30 days of asking for it)."""
    overturned_by_tribunal: Figure[Share]
    """Share of the other refusals that the First-tier Tribunal sends back, or that are conceded before the hearing."""
    weeks_to_tribunal: Figure[Weeks]
    """Weeks from the refusal until such a case comes back (two months to appeal, the hearing, two weeks to start)."""
    undecided_at_start: Figure[Count]
    """Requests that await a decision at the start."""


class Advice(Frozen):
    """Advice for an assessment; educational psychology is the scarce part."""

    advice_per_week: Figure[NonNegative]
    """Educational-psychology advice that can be written in a week, from staffing and vacancies."""
    capacity_growth: Figure[CapacityGrowth]
    """Yearly growth of that capacity apart from demand."""
    follows_demand: Figure[Share]
    """Share of the growth of requests that this capacity follows, a year later (in logarithms)."""
    weeks_to_advise: Figure[Weeks]
    """Weeks from allocation until all advice is in (statutory limit: 6 weeks from the request for advice)."""
    in_post: Figure[InPost] | None = None
    """Psychologists in post over those that the capacity assumes, from each month on: vacancies and recruitment."""
    reused: Figure[Share]
    """Share of cases in which existing psychology advice is agreed to be enough (regulation 6(4))."""


class AssessmentTeam(Frozen):
    """Coordinators and plan writers: they decide, draft, consult and finalise (statutory limit: 20 weeks from the request)."""

    cases_per_week: Figure[NonNegative]
    """Cases the coordinators can take to their end in a week: plans to be written and decisions not to issue."""
    capacity_growth: Figure[CapacityGrowth]
    """Yearly growth of that capacity apart from demand."""
    follows_demand: Figure[Share]
    """Share of the growth of requests that this capacity follows, a year later (in logarithms)."""
    in_post: Figure[InPost] | None = None
    """Coordinators in post over those that the capacity assumes, from each month on: vacancies and recruitment."""
    drafts_per_week: Figure[NonNegative] | None = None
    """Plans the plan writers can write in a week; without it writing limits nothing."""
    writers_in_post: Figure[InPost] | None = None
    """Plan writers in post over those that ``drafts_per_week`` assumes, from each month on."""
    plans_by_month: Figure[PlansByMonth] | None = None
    """Final plans issued in months in which that is known: then the capacity of the writers, as in a replay of history. After
    them the writers keep the pace of the last year known, unless ``drafts_per_week`` says what they can write."""
    backlog_share: Figure[Share]
    """Share of capacity that the allocation meeting reserves for the backlog (0: new cases go first; 1: the oldest)."""
    backlog_share_from: Figure[ShareFrom] | None = None
    """That share from each month on, where the policy changes."""
    backlog_share_begins: Figure[Weeks] | None = None
    """Weeks from the start until ``backlog_share`` holds, where that was not from the first day."""
    backlog_share_before: Figure[Share] | None = None
    """Share of capacity reserved for the backlog until then; without it all of it (1: the oldest go first)."""
    backlog_after: Figure[Weeks]
    """Weeks since the request after which a case counts as backlog."""
    priority_by_ncy: Figure[SomeNcyShares] | None = None
    """Shares of cases taken first by NCY at request, where they move to the next phase; beside ``demand.priority_share``."""
    weeks_to_finalise: Figure[Weeks]
    """Weeks from allocation to the final plan: draft, at least 15 days for the parents, school consultation."""
    not_issued: Figure[Share]
    """Share of assessments that end without a plan."""
    not_issued_overturned: Figure[Share] | None = None
    """Share of decisions not to issue that mediation or the tribunal turns into a plan."""
    weeks_to_overturn_not_issued: Figure[Weeks] | None = None
    """Weeks from the decision not to issue until such a plan is final."""
    exception: Figure[Share]
    """Share of plans flagged with a personal exception, left out of DfE's denominator without exceptions."""
    exception_at_closure: Figure[Share] | None = None
    """Share of plans flagged among those whose advice was asked for when schools were closing for four weeks or more."""
    after_dispute: Figure[Share]
    """Share of other plans that count as issued after mediation or appeal, left out of both DfE denominators."""
    open_at_start: Figure[Count]
    """Assessments past the decision to assess and still open at the start (DfE: no decision yet at year end)."""
    oldest_at_start: Figure[Weeks]
    """Age in weeks of the oldest open assessment at the start; ages are spread evenly from the decision on."""
    age_profile: Figure[AgeProfile] | None = None
    """Shares of the open assessments at the start by age, keyed by the first week of each band; even within a band."""
