"""The commitment explained: what keeps places missing, what one step of each limit is worth, and when it could be met.

The least shortfall under given limits is a small problem of its own (no children in it), solved to a gap of a few hundredths of a
place each time. Lifting one family alone shows what it bars by itself; lifting one after the other shows parts that add up to the
whole shortfall, the last being what all bids together cannot give.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from sufficiency.domain.calendar import terms_later
from sufficiency.shortlist.evaluation import evaluate
from sufficiency.shortlist.feasible import on_choice_only
from sufficiency.shortlist.framing import program_of
from sufficiency.shortlist.openings import open_by
from sufficiency.shortlist.plan import ShortlistPlan, Stops
from sufficiency.shortlist.problem import Candidate, ShortlistProblem

AS_IT_IS, LIFTED, STEP, IN_ORDER = "as it is", "lifted alone", "one step", "lifted in order"
MILLION = 1e6
QUALITY_NOTCH = 5.0
GAP = 3e-4
"""Relative gap of each shortfall: about a twentieth of a place; whole places are what people count."""
NODES = 300
"""Nodes of branch and bound for each shortfall: what is found is a plan that keeps the limits, the last hundredths unproven."""
MET = Stops().shortfall_tolerance
"""Places that are no difference."""

AtQuality = Callable[[float], ShortlistProblem]
"""The same problem with another threshold of quality."""


@dataclass(frozen=True)
class Line:
    """The commitment under changed limits."""

    kind: str
    """as it is, one step, lifted alone or lifted in order."""
    family: str
    change: str
    shortfall: float
    """Places missing at least, in expectation."""
    closes: float
    """Places that the change closes: against the limits as they are, or against the line before where lifted in order."""
    child_years: float | None
    """Child-years of unmet need that one step saves besides, by the linear relaxation; None where not asked."""


@dataclass(frozen=True)
class Explanation:
    """The commitment's shortfall explained."""

    lines: tuple[Line, ...]
    earliest: dt.date | None
    """First term start by which some choice within the limits fills what is missing; None where none does by the last day."""


def explain(problem: ShortlistProblem, plan: ShortlistPlan, at_quality: AtQuality, engine: str = "highs") -> Explanation:
    """What the commitment's shortfall is made of; ``at_quality`` screens the bids anew."""
    least = _Least(engine)
    base = least(problem)
    lines = [Line(AS_IT_IS, "", "the limits as they are", base, 0.0, None)]
    kept = plan.shortfall + Stops().shortfall_tolerance
    years = _relaxed_unmet(problem, kept)
    for family, change, stepped in _steps(problem, at_quality):
        found, saved = least(stepped), years - _relaxed_unmet(stepped, kept)
        lines.append(Line(STEP, family, change, found, base - found, max(0.0, saved)))
    lifts = _lifts(at_quality)
    for family, change, lift in lifts:
        found = least(lift(problem))
        lines.append(Line(LIFTED, family, change, found, base - found, None))
    before, now = base, problem
    for family, change, lift in lifts:
        now = lift(now)
        found = least(now)
        lines.append(Line(IN_ORDER, family, change, found, before - found, None))
        before = found
    lines.append(Line(IN_ORDER, "bids", "places that all bids together lack", 0.0, before, None))
    return Explanation(tuple(lines), _earliest(problem, least))


class _Least:
    """Least shortfall of a problem, in places."""

    def __init__(self, engine: str) -> None:
        self._engine = engine

    def __call__(self, problem: ShortlistProblem) -> float:
        from sufficiency.shortlist import formulation
        from sufficiency.shortlist.engines import NoSolution, solve

        if not problem.candidates or problem.commitment.missing <= 0:
            return problem.commitment.missing
        program = program_of(problem)
        model = formulation.build(replace(on_choice_only(program), commitment=program.commitment))
        try:
            answer = solve(self._engine, model, formulation.shortfall_of(model), GAP, Stops(nodes=NODES))
        except NoSolution:
            return problem.commitment.missing
        closed = sum(problem.candidates[e].expected_by(o) for e, o in answer.chosen.items())
        return max(0.0, problem.commitment.missing - closed)


def _steps(problem: ShortlistProblem, at_quality: AtQuality) -> list[tuple[str, str, ShortlistProblem]]:
    earlier = terms_later(problem.commitment.by, 1)
    notch = max(0.0, problem.lowest_quality - QUALITY_NOTCH)
    slots = problem.projects_per_year + 1
    return [
        ("capital", "£1m more", replace(problem, capital=problem.capital + MILLION)),
        ("projects a year", f"{slots} projects a year, one more", replace(problem, projects_per_year=slots)),
        ("lead time", "every bid open a term earlier", _counted_by(problem, earlier)),
        ("quality", f"threshold {notch:g}, a notch lower", at_quality(notch)),
    ]


def _lifts(at_quality: AtQuality) -> list[tuple[str, str, Callable[[ShortlistProblem], ShortlistProblem]]]:
    """Families from the one that is a decision of the council to the one that is least in its hands."""

    def any_quality(problem: ShortlistProblem) -> ShortlistProblem:
        return replace(at_quality(0.0), capital=problem.capital, projects_per_year=problem.projects_per_year)

    return [
        ("quality", "any quality", any_quality),
        ("capital", "capital without limit", lambda problem: replace(problem, capital=1e12)),
        ("projects a year", "any number of projects a year", lambda problem: replace(problem, projects_per_year=10**6)),
        ("lead time", "every bid open in time", lambda problem: _mapped(problem, _in_time)),
        ("stages ahead", "every bid opens that is chosen", lambda problem: _mapped(problem, _for_sure)),
    ]


def _in_time(candidate: Candidate) -> Candidate:
    return replace(candidate, openings=tuple(replace(opening, by_commitment=1.0) for opening in candidate.openings))


def _for_sure(candidate: Candidate) -> Candidate:
    return replace(candidate, places_expected=float(candidate.eoi.places))


def _mapped(problem: ShortlistProblem, change: Callable[[Candidate], Candidate]) -> ShortlistProblem:
    return replace(problem, candidates=tuple(change(candidate) for candidate in problem.candidates))


def _counted_by(problem: ShortlistProblem, day: dt.date) -> ShortlistProblem:
    """The commitment counted on another day (its pipeline as on its own)."""

    def counted(candidate: Candidate) -> Candidate:
        openings = (replace(o, by_commitment=open_by(o.day, day, problem.slippage)) for o in candidate.openings)
        return replace(candidate, openings=tuple(openings))

    return _mapped(problem, counted)


def _relaxed_unmet(problem: ShortlistProblem, most_shortfall: float) -> float:
    """Least unmet need by the linear relaxation, the shortfall at most as given, in child-years."""
    from sufficiency.shortlist import formulation
    from sufficiency.shortlist.bounds import Bounds

    beyond = float(problem.weights @ problem.out_of_reach.sum(axis=1))
    if not problem.candidates:
        return evaluate(problem, {}).unmet
    model = formulation.build(program_of(problem))
    bounds = Bounds(model, [formulation.shortfall_of(model), formulation.unmet_of(model, beyond)])
    bounds.hold(0, most_shortfall)
    return bounds.least(1, {}, nodes=0)


def _earliest(problem: ShortlistProblem, least: _Least) -> dt.date | None:
    """Bisection over term starts: what is open by a day stays open."""
    if problem.commitment.missing <= 0:
        return problem.commitment.by
    last = max((opening.day for c in problem.candidates for opening in c.openings), default=problem.commitment.by)
    last = terms_later(last, max(problem.slippage))
    days = [problem.commitment.by]
    while days[-1] < last:
        days.append(terms_later(days[-1], 1))
    if least(_counted_by(problem, days[-1])) > MET:
        return None
    low, high = 0, len(days) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if least(_counted_by(problem, days[middle])) <= MET else (middle + 1, high)
    return days[low]
