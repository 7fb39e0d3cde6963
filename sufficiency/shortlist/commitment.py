"""The commitment explained: what keeps places missing, what one step of each limit is worth, and when it could be met.

The least shortfall under given limits is a small problem of its own (no children in it), solved to a gap of a few hundredths of a
place each time. Lifting one family alone shows what it bars by itself; lifting one after the other shows parts that add up to the
whole shortfall, the last being what all bids together cannot give.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sufficiency.domain.calendar import terms_later
from sufficiency.shortlist.levels import COMMITMENT, Held, model_for
from sufficiency.shortlist.plan import ShortlistPlan, Stops
from sufficiency.shortlist.problem import Candidate, ShortlistProblem

AS_IT_IS, LIFTED, STEP, IN_ORDER = "as it is", "lifted alone", "one step", "lifted in order"
MILLION = 1e6
QUALITY_NOTCH = 5.0
GAP = 0.05
"""Gap of each shortfall in places; whole places are what people count."""
NODES = 300
"""Nodes of branch and bound for each shortfall: what is found is a plan that keeps the limits, the last hundredths unproven."""
MET = Stops().shortfall_tolerance
"""Places that are no difference."""

Posed = Callable[[dict[str, Any]], ShortlistProblem]
"""The same problem with other criteria of screening: ``lowest_quality`` and ``invitation`` of the scenario's limits."""
Change = Callable[[ShortlistProblem], ShortlistProblem]


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
    """Child-years of unmet need that one step saves besides, by the relaxation; None where not asked."""
    pounds: float | None = None
    """Whole cost in £ that one step saves, by the relaxation, the shortfall no larger than the plan's; None where not asked."""


@dataclass(frozen=True)
class Explanation:
    """The commitment's shortfall explained."""

    lines: tuple[Line, ...]
    earliest: dt.date | None
    """First term start by which some choice within the limits fills what is missing; None where none does by the last day."""


def explain(problem: ShortlistProblem, plan: ShortlistPlan, posed: Posed, engine: str = "highs") -> Explanation:
    """What the commitment's shortfall is made of; ``posed`` screens the bids anew."""
    least = _Least(engine)
    base = least(problem)
    lines = [Line(AS_IT_IS, "", "the limits as they are", base, 0.0, None)]
    kept = plan.shortfall + Stops().shortfall_tolerance
    years, pounds = relaxed(problem, kept)
    for family, change, step in _steps(problem, posed):
        stepped = step(problem)
        found, (years_left, pounds_left) = least(stepped), relaxed(stepped, kept)
        saved = (max(0.0, years - years_left), max(0.0, pounds - pounds_left))
        lines.append(Line(STEP, family, change, found, max(0.0, base - found), *saved))
    lifts = _lifts(problem, posed)
    for family, change, lift in lifts:
        found = least(lift(problem))
        lines.append(Line(LIFTED, family, change, found, max(0.0, base - found), None))
    before, now = base, problem
    for family, change, lift in lifts:
        now = lift(now)
        found = min(before, least(now))
        lines.append(Line(IN_ORDER, family, change, found, before - found, None))
        before = found
    lines.append(Line(IN_ORDER, "bids", "places that all bids together lack", 0.0, before, None))
    return Explanation(tuple(lines), _earliest(problem, least))


class _Least:
    """Least shortfall of a problem, in places."""

    def __init__(self, engine: str) -> None:
        self._engine = engine

    def __call__(self, problem: ShortlistProblem) -> float:
        from sufficiency.shortlist.engines import NoSolution, solve

        if not problem.candidates or problem.commitment.missing <= 0:
            return problem.commitment.missing
        model, objective = model_for(COMMITMENT, problem, Held())
        try:
            answer = solve(self._engine, model, objective, GAP, Stops(nodes=NODES))
        except NoSolution:
            return problem.commitment.missing
        closed = sum(problem.candidates[e].expected_by(o) for e, o in answer.chosen.items())
        return max(0.0, problem.commitment.missing - closed)


def _steps(problem: ShortlistProblem, posed: Posed) -> list[tuple[str, str, Change]]:
    """One step of each limit, in the order in which a council would think of them."""
    further = problem.further
    earlier = terms_later(problem.commitment.by, 1)
    notch = max(0.0, problem.lowest_quality - QUALITY_NOTCH)
    slots = problem.projects_per_year + 1
    steps: list[tuple[str, str, Change]] = [
        ("capital", "£1m more", lambda p: replace(p, capital=p.capital + MILLION)),
        ("projects a year", f"{slots} projects a year, one more", lambda p: replace(p, projects_per_year=slots)),
        ("lead time", "every bid open a term earlier", lambda p: _counted_by(p, earlier)),
        ("quality", f"threshold {notch:g}, a notch lower", lambda p: _as_limited(posed({"lowest_quality": notch}), p)),
    ]
    if further.construction_slots is not None:
        more = further.construction_slots + 1
        change = f"{more} projects under construction at once, one more"
        steps.append(("construction slots", change, lambda p: _further(p, construction_slots=more)))
    if further.capital_by_year:
        raised = {year: most + MILLION for year, most in further.capital_by_year.items()}
        steps.append(("capital a year", "£1m more in each year", lambda p: _further(p, capital_by_year=raised)))
    if further.numbers:
        looser = tuple(replace(limit, number=limit.number + 1) for limit in further.numbers if not limit.exactly)
        fixed = tuple(limit for limit in further.numbers if limit.exactly)
        steps.append(("number of bids", "one more of each", lambda p: _further(p, numbers=(*looser, *fixed))))
    return steps


def _lifts(problem: ShortlistProblem, posed: Posed) -> list[tuple[str, str, Change]]:
    """Families from the one that is a decision of the council to the one that is least in its hands."""
    further, none = problem.further, dict[str, Any]()
    screened: dict[str, Any] = {"lowest_quality": 0.0}
    lifts: list[tuple[str, str, Change]] = [("quality", "any quality", lambda p: _as_limited(posed(screened), p))]
    if problem.invited:
        everybody = screened | {"invitation": None}
        lifts.append(("invitation", "everybody invited", lambda p: _as_limited(posed(everybody), p)))
    lifts += [
        ("capital", "capital without limit", lambda p: replace(p, capital=1e12)),
        ("projects a year", "any number of projects a year", lambda p: replace(p, projects_per_year=10**6)),
    ]
    given: list[tuple[bool, str, str, dict[str, Any]]] = [
        (bool(further.capital_by_year), "capital a year", "capital of a year without limit", {"capital_by_year": none}),
        (further.construction_slots is not None, "construction slots", "any number at once", {"construction_slots": None}),
        (bool(further.numbers), "number of bids", "any number of bids of a kind", {"numbers": ()}),
        (bool(further.least_places), "places by area", "no least places by area", {"least_places": none}),
    ]
    lifts += [(family, change, _lifting(changes)) for there, family, change, changes in given if there]
    if any(c.eoi.exclusive_with or c.eoi.requires for c in problem.candidates):
        lifts.append(("pairs", "bids without ties to each other", lambda p: _mapped(p, _untied)))
    return [
        *lifts,
        ("lead time", "every bid open in time", lambda p: _mapped(p, _in_time)),
        ("stages ahead", "every bid opens that is chosen", lambda p: _mapped(p, _for_sure)),
    ]


def _lifting(changes: dict[str, Any]) -> Change:
    return lambda problem: _further(problem, **changes)


def _further(problem: ShortlistProblem, **changes: Any) -> ShortlistProblem:
    return replace(problem, further=replace(problem.further, **changes))


def _as_limited(posed: ShortlistProblem, problem: ShortlistProblem) -> ShortlistProblem:
    """Bids screened anew, under the limits of ``problem`` as they stand."""
    return replace(posed, capital=problem.capital, projects_per_year=problem.projects_per_year, further=problem.further)


def _untied(candidate: Candidate) -> Candidate:
    return replace(candidate, eoi=candidate.eoi.model_copy(update={"exclusive_with": (), "requires": ()}))


def _in_time(candidate: Candidate) -> Candidate:
    return replace(candidate, openings=tuple(replace(opening, by_commitment=1.0) for opening in candidate.openings))


def _for_sure(candidate: Candidate) -> Candidate:
    return replace(candidate, chance=1.0)


def _mapped(problem: ShortlistProblem, change: Callable[[Candidate], Candidate]) -> ShortlistProblem:
    return replace(problem, candidates=tuple(change(candidate) for candidate in problem.candidates))


def _counted_by(problem: ShortlistProblem, day: dt.date) -> ShortlistProblem:
    """The commitment counted on another day (its pipeline as on its own)."""

    def counted(candidate: Candidate) -> Candidate:
        return replace(candidate, openings=tuple(replace(o, by_commitment=o.open_on(day)) for o in candidate.openings))

    return _mapped(problem, counted)


def relaxed(problem: ShortlistProblem, most_shortfall: float) -> tuple[float, float]:
    """Least unmet need in child-years, and least whole cost in £, by the relaxation, the shortfall at most as given."""
    from sufficiency.shortlist.decomposed import hold, master_of
    from sufficiency.shortlist.evaluation import evaluate
    from sufficiency.shortlist.framing import THOUSAND

    if not problem.candidates:
        nothing = evaluate(problem, {})
        return nothing.unmet_weighed, nothing.cost_weighed
    master = master_of(problem)
    hold(master, Held(most_shortfall))
    return master.relax(master.amounts["children"])[0], master.relax(master.amounts["cost"])[0] * THOUSAND


def _earliest(problem: ShortlistProblem, least: _Least) -> dt.date | None:
    """Bisection over term starts: what is open by a day stays open."""
    if problem.commitment.missing <= 0:
        return problem.commitment.by
    days = [problem.commitment.by]
    last = max(
        (terms_later(o.day, max(terms for terms, _ in o.slippage)) for c in problem.candidates for o in c.openings),
        default=problem.commitment.by,
    )
    while days[-1] < last:
        days.append(terms_later(days[-1], 1))
    if least(_counted_by(problem, days[-1])) > MET:
        return None
    low, high = 0, len(days) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if least(_counted_by(problem, days[middle])) <= MET else (middle + 1, high)
    return days[low]
