"""A shortlist's problem as a program: ways are (bid, opening), money is in thousands of pounds."""

from __future__ import annotations

from sufficiency.shortlist.limits import GE, LE, budget, number_chosen, one_way
from sufficiency.shortlist.problem import Candidate, ShortlistProblem
from sufficiency.shortlist.program import Program, Row, Way, safe_name

THOUSAND = 1000.0


def program_of(problem: ShortlistProblem) -> Program:
    """The program of a shortlist's problem."""
    ways = ways_of(problem)
    by_day = tuple(problem.candidates[way.offer].expected_by(way.option) for way in ways)
    return Program(
        name="shortlist",
        ways=ways,
        rows=rows_of(problem, ways),
        admits=problem.admits,
        demand=problem.demand,
        weights=problem.weights,
        periods=tuple(str(year) for year in problem.years),
        kind_names=tuple(f"k{k}" for k in range(len(problem.admits))),
        group_names=tuple(f"g{g}" for g in range(len(problem.groups))),
        commitment=(by_day, problem.commitment.missing),
    )


def ways_of(problem: ShortlistProblem) -> tuple[Way, ...]:
    """Each opening of each candidate."""
    return tuple(
        Way(
            offer=candidate.position,
            option=o,
            name=f"open_{label(candidate)}_{opening.year}",
            kind=candidate.kind,
            places=tuple(problem.capacity(candidate, o).tolist()),
            cost=candidate.costs[o] / THOUSAND,
        )
        for candidate in problem.candidates
        for o, opening in enumerate(candidate.openings)
    )


def rows_of(problem: ShortlistProblem, ways: tuple[Way, ...]) -> tuple[Row, ...]:
    """Every limit on the choice."""
    candidates = problem.candidates
    rows = one_way(ways, {candidate.position: label(candidate) for candidate in candidates})
    amounts = {j: candidates[way.offer].capital / THOUSAND for j, way in enumerate(ways)}
    rows.append(budget("capital", "capital_total", amounts, problem.capital / THOUSAND))
    by_year: dict[int, list[int]] = {}
    for j, way in enumerate(ways):
        by_year.setdefault(candidates[way.offer].openings[way.option].year, []).append(j)
    for year, members in sorted(by_year.items()):
        rows.append(number_chosen("projects a year", f"projects_{year}", members, LE, float(problem.projects_per_year)))
    for position in problem.forced_in:
        members = [j for j, way in enumerate(ways) if way.offer == position]
        rows.append(number_chosen("must have", f"must_have_{label(candidates[position])}", members, GE, 1.0))
    return tuple(rows)


def label(candidate: Candidate) -> str:
    """The candidate in names of variables and limits."""
    return safe_name(candidate.position, candidate.eoi.id)
