"""Why each bid is in or out: one sentence, every number in it computed from the data.

A chosen bid is valued by taking it out, a bid left out by adding it to the plan as it is; the second stage is evaluated anew each
time. So the numbers are what this bid alone changes, the other chosen bids as they are; they do not add up over bids.
"""

from __future__ import annotations

from dataclasses import dataclass

from sufficiency.domain.calendar import academic_year_label
from sufficiency.shortlist.checks import ROUNDING, limit_checks
from sufficiency.shortlist.evaluation import Evaluation, evaluate
from sufficiency.shortlist.plan import Chosen, NotChosen, what_is_offered
from sufficiency.shortlist.problem import Candidate
from sufficiency.shortlist.screening import day

_NOTHING = 0.005
"""Places or child-years that round to 0.0 in a sentence are nothing."""


@dataclass(frozen=True)
class Margins:
    """By how much a better plan could beat this one: value less proven bound."""

    places: float
    child_years: float
    pounds: float = 0.0


def chosen_rows(evaluation: Evaluation) -> tuple[Chosen, ...]:
    """A row for each chosen bid, in the order of the candidates."""
    return tuple(_chosen(evaluation, candidate, opening) for candidate, opening in evaluation.picked)


def not_chosen_rows(evaluation: Evaluation, nothing_chosen: Evaluation, margins: Margins) -> tuple[NotChosen, ...]:
    """A row for each bid left out or screened out. ``nothing_chosen`` is the evaluation of the empty plan."""
    left_out = (
        NotChosen(candidate.eoi.id, False, _left_out(evaluation, nothing_chosen, candidate, margins))
        for candidate in evaluation.problem.candidates
        if candidate.position not in evaluation.chosen
    )
    screened = (NotChosen(bid.eoi.id, True, bid.reason) for bid in evaluation.problem.screened)
    return (*left_out, *screened)


def _chosen(evaluation: Evaluation, candidate: Candidate, opening: int) -> Chosen:
    problem, eoi = evaluation.problem, candidate.eoi
    others = {e: o for e, o in evaluation.chosen.items() if e != candidate.position}
    child_years = max(0.0, evaluate(problem, others, near=evaluation).unmet - evaluation.unmet)
    opens = candidate.openings[opening].day
    by_day = candidate.expected_by(opening)
    parts = [
        f"Chosen: {_offer(evaluation, candidate, opening)} ({candidate.expected_at(opening):.1f} expected), opening {opens:%B %Y}"
    ]
    promised_day = day(problem.commitment.by)
    if by_day > _NOTHING:
        parts.append(f"{by_day:.1f} of them expected by {promised_day} for the commitment")
    else:
        parts.append(f"none of them expected by {promised_day}, the day of the commitment")
    if child_years > _NOTHING:
        yearly = child_years / sum(candidate.openings[opening].open_shares)
        parts.append(f"meets {yearly:.1f} child-years a year of need that would otherwise be unmet")
    else:
        parts.append("the need it meets could be met by the other bids chosen")
    reason = "; ".join(parts) + "."
    return Chosen(
        eoi.id,
        opens,
        candidate.places_at(opening),
        candidate.expected_at(opening),
        by_day,
        candidate.capital_at(opening),
        child_years,
        reason,
    )


def _left_out(evaluation: Evaluation, nothing: Evaluation, candidate: Candidate, margins: Margins) -> str:
    """The earliest opening brings the most; a later one matters only where the earliest is barred."""
    if not evaluation.problem.admits[[kind for kind, _ in candidate.gives]].any() and candidate.expected_by(0) <= _NOTHING:
        return "Left out: a place would cost as much a child as doing without it, and none opens by the commitment's day."
    if evaluation.problem.order == "in pounds":
        return _left_out_in_pounds(evaluation, candidate, margins)
    places, child_years = _gain(evaluation, candidate, 0)
    first = candidate.openings[0]
    if places <= _NOTHING and child_years <= _NOTHING:
        if candidate.expected_by(0) <= _NOTHING:
            late = f"it is not expected to open by {day(evaluation.problem.commitment.by)} (first opening {first.day:%B %Y})"
            return f"Left out: {late} and meets no need that the bids chosen leave unmet."
        return "Left out: the commitment is met without it, and it meets no need that the bids chosen leave unmet."
    for opening in range(len(candidate.openings)):
        if not _bars(evaluation, candidate, opening):
            more_places, more_years = _gain(evaluation, candidate, opening)
            if more_places > _NOTHING or more_years > _NOTHING:
                return _would_fit(candidate, opening, more_places, more_years, margins)
    gain = f"it would {_gain_in_words(places, child_years)}"
    bars = _bars(evaluation, candidate, 0)
    text = f"Left out: opening {first.day:%B %Y}, {gain}, but {' and '.join(bars)}"
    if candidate.capital_at(0) > 0 and evaluation.capital > 0 and candidate.capital_at(0) > _left(evaluation):
        text += _for_the_money(evaluation, nothing, candidate, places, child_years)
    elif any(not _bars(evaluation, candidate, o) for o in range(1, len(candidate.openings))):
        text += "; opening in a year with room it would add nothing"
    return text + "."


def _left_out_in_pounds(evaluation: Evaluation, candidate: Candidate, margins: Margins) -> str:
    """What the first opening that fits would cost or save; where none fits, what bars the first."""
    fits = next((o for o in range(len(candidate.openings)) if not _bars(evaluation, candidate, o)), None)
    o = 0 if fits is None else fits
    more = evaluate(evaluation.problem, {**evaluation.chosen, candidate.position: o}, near=evaluation)
    saved = evaluation.pounds - more.pounds
    opens = f"opening {candidate.openings[o].day:%B %Y} with {candidate.places_at(o)} places"
    if fits is None:
        what = f"save {_pounds(saved)}" if saved > 0 else f"cost {_pounds(-saved)} more than it saves"
        return f"Left out: {opens} it would {what}, but {' and '.join(_bars(evaluation, candidate, o))}."
    if saved > 0:
        return f"Left out: {opens} it would fit and save {_pounds(saved)}, within the margin of {_pounds(margins.pounds)}."
    return f"Left out: {opens} it would fit, but cost {_pounds(-saved)} more than it saves."


def _gain(evaluation: Evaluation, candidate: Candidate, opening: int) -> tuple[float, float]:
    """Places of the shortfall and child-years of unmet need that adding the bid takes away, limits aside."""
    more = evaluate(evaluation.problem, {**evaluation.chosen, candidate.position: opening}, near=evaluation)
    return evaluation.shortfall - more.shortfall, max(0.0, evaluation.unmet - more.unmet)


def _left(evaluation: Evaluation) -> float:
    return evaluation.problem.capital - evaluation.capital + ROUNDING


def _bars(evaluation: Evaluation, candidate: Candidate, opening: int) -> list[str]:
    """The limits that adding the bid with this opening would break, in words."""
    problem = evaluation.problem
    bars = []
    if candidate.capital_at(opening) > _left(evaluation):
        spare = max(0.0, problem.capital - evaluation.capital)
        needed = _pounds(candidate.capital_at(opening))
        bars.append(f"it needs {needed} of capital and {_pounds(spare)} of {_pounds(problem.capital)} is left")
    year = candidate.openings[opening].year
    taken = sum(c.openings[o].year == year for c, o in evaluation.picked)
    if taken >= problem.projects_per_year:
        slots = f"the {problem.projects_per_year} projects that can open in {academic_year_label(year)}"
        bars.append(f"{slots} are chosen already" if taken else f"no project can open in {academic_year_label(year)}")
    told: tuple[str, ...] = ("capital", "projects_per_year")
    checks = limit_checks(problem, {**evaluation.chosen, candidate.position: opening})
    clashing = [
        chosen.eoi.id
        for chosen, _ in evaluation.picked
        if chosen.eoi.id in candidate.eoi.exclusive_with or candidate.eoi.id in chosen.eoi.exclusive_with
    ]
    if clashing:
        bars.append(f"it and {', '.join(clashing)} cannot both be chosen")
        told = (*told, "exclusive")
    others = [check for check in checks if not check.kept and check.family not in told]
    bars += [f"there would be {check.used:,.6g} {check.what} where {check.allowed:,.6g} are allowed" for check in others]
    return bars


def _would_fit(candidate: Candidate, opening: int, places: float, child_years: float, margins: Margins) -> str:
    """Adding a bid that fits gives a plan no better than the proven bounds: its gain lies within the margins of the solution."""
    opens = f"{candidate.openings[opening].day:%B %Y}"
    return (
        f"Left out: opening {opens} it would fit, for {_pounds(candidate.costs[opening])} in all, but only "
        f"{_gain_in_words(places, child_years)}, within the solution's margins of {margins.places:.2f} places and "
        f"{margins.child_years:.2f} child-years."
    )


def _gain_in_words(places: float, child_years: float) -> str:
    gains = []
    if places > _NOTHING:
        gains.append(f"add {places:.2f} places to the commitment")
    if child_years > _NOTHING:
        gains.append(f"meet {child_years:.2f} more child-years of need over the years to the horizon")
    return " and ".join(gains)


def _for_the_money(evaluation: Evaluation, nothing: Evaluation, candidate: Candidate, places: float, child_years: float) -> str:
    """What the bid brings for £1m of capital beside what the chosen bids bring."""
    million, chosen = candidate.capital_at(0) / 1e6, evaluation.capital / 1e6
    served = (nothing.unmet - evaluation.unmet) / chosen
    closed = (nothing.shortfall - evaluation.shortfall) / chosen
    return (
        f"; for £1m it brings {places / million:.1f} places and {child_years / million:.1f} child-years, "
        f"the bids chosen {closed:.1f} and {served:.1f} on average"
    )


def _offer(evaluation: Evaluation, candidate: Candidate, opening: int) -> str:
    return what_is_offered(candidate.eoi, evaluation.problem.area_labels[candidate.eoi.area], candidate.places_at(opening))


def _pounds(amount: float) -> str:
    """£1.25m, £480k or £0: as a reader of a committee paper expects."""
    if amount >= 1e6:
        return f"£{amount / 1e6:.2f}m"
    return f"£{amount / 1e3:.0f}k" if amount >= 500 else f"£{amount:.0f}"
