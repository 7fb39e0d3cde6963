"""Assumptions about the assessment pathway: decisions, advice and the assessment team."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sufficiency.scenario.figures import Count, Figure, Frozen, NonNegative, Share

Weeks = Annotated[int, Field(ge=0, le=260)]
CapacityGrowth = Annotated[float, Field(ge=-0.5, le=0.5)]


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
    withdrawn: Figure[Share]
    """Share of requests withdrawn before a decision."""
    overturned: Figure[Share]
    """Share of refusals that mediation or the tribunal sends back to assessment."""
    weeks_to_overturn: Figure[Weeks]
    """Weeks from the refusal until the case comes back."""
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
    reused: Figure[Share]
    """Share of cases in which existing psychology advice is agreed to be enough (regulation 6(4))."""


class AssessmentTeam(Frozen):
    """The team that decides, drafts, consults and finalises plans (statutory limit: 20 weeks from the request)."""

    cases_per_week: Figure[NonNegative]
    """Cases the team can finish in a week: plans issued and decisions not to issue."""
    capacity_growth: Figure[CapacityGrowth]
    """Yearly growth of that capacity apart from demand."""
    follows_demand: Figure[Share]
    """Share of the growth of requests that this capacity follows, a year later (in logarithms)."""
    backlog_share: Figure[Share]
    """Share of capacity that the allocation meeting reserves for the backlog (0: new cases go first; 1: the oldest)."""
    backlog_after: Figure[Weeks]
    """Weeks since the request after which a case counts as backlog."""
    weeks_to_finalise: Figure[Weeks]
    """Weeks from allocation to the final plan: draft, at least 15 days for the parents, school consultation."""
    not_issued: Figure[Share]
    """Share of assessments that end without a plan."""
    exception: Figure[Share]
    """Share of plans flagged with an allowed exception, left out of DfE's denominator without exceptions."""
    after_dispute: Figure[Share]
    """Share of plans issued after mediation or appeal, left out of both DfE denominators."""
    open_at_start: Figure[Count]
    """Assessments past the decision to assess and still open at the start (DfE: no decision yet at year end)."""
    oldest_at_start: Figure[Weeks]
    """Age in weeks of the oldest open assessment at the start; ages are spread evenly from the decision on."""
