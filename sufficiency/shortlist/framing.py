"""A shortlist's problem as a program: ways are (bid, size, opening), money is in thousands of pounds."""

from __future__ import annotations

from sufficiency.shortlist.building import spend_profile, years_of_building
from sufficiency.shortlist.limits import EQ, GE, LE, budget, least_places, not_without, number_chosen, one_way
from sufficiency.shortlist.problem import Candidate, ShortlistProblem
from sufficiency.shortlist.program import Overflow, Program, Row, Way, safe_name

THOUSAND = 1000.0


def program_of(problem: ShortlistProblem) -> Program:
    """The program of a shortlist's problem."""
    ways = ways_of(problem)
    by_day = tuple(problem.candidates[way.offer].expected_by(way.option) for way in ways)
    prices = problem.prices
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
        commitment=(by_day, problem.commitment.missing, problem.commitment.price / THOUSAND),
        travel=problem.cost_per_child / THOUSAND,
        overflow=Overflow(prices.alternative / THOUSAND, prices.dearer / THOUSAND, prices.independent_places),
        beyond=problem.out_of_reach,
        factors=tuple(prices.discount.tolist()),
        tail=problem.tail,
    )


def ways_of(problem: ShortlistProblem) -> tuple[Way, ...]:
    """Each opening of each candidate."""
    found = []
    for candidate in problem.candidates:
        for o, opening in enumerate(candidate.openings):
            size = f"_s{opening.size}" if opening.size else ""
            term = "" if opening.day.month == 9 else f"_{opening.day:%m}"
            places = problem.capacity(candidate, o)
            found.append(
                Way(
                    offer=candidate.position,
                    option=o,
                    name=f"open_{label(candidate)}_{opening.year}{term}{size}",
                    gives=tuple((kind, tuple(places[:, kind].tolist())) for kind, _ in candidate.gives),
                    cost=candidate.costs[o] / THOUSAND,
                )
            )
    return tuple(found)


def rows_of(problem: ShortlistProblem, ways: tuple[Way, ...]) -> tuple[Row, ...]:
    """Every limit on the choice."""
    candidates = problem.candidates
    rows = one_way(ways, {candidate.position: label(candidate) for candidate in candidates})
    amounts = {j: candidates[way.offer].capital_at(way.option) / THOUSAND for j, way in enumerate(ways)}
    rows.append(budget("capital", "capital_total", amounts, problem.capital / THOUSAND))
    by_year: dict[int, list[int]] = {}
    for j, way in enumerate(ways):
        by_year.setdefault(candidates[way.offer].openings[way.option].year, []).append(j)
    for year, members in sorted(by_year.items()):
        rows.append(number_chosen("projects a year", f"projects_{year}", members, LE, float(problem.projects_per_year)))
    for position in problem.forced_in:
        members = [j for j, way in enumerate(ways) if way.offer == position]
        rows.append(number_chosen("must have", f"must_have_{label(candidates[position])}", members, GE, 1.0))
    rows += capital_by_year(problem, ways)
    rows += construction_slots(problem, ways)
    rows += numbers(problem, ways)
    rows += places_by_area(problem, ways)
    rows += pairs(problem, ways)
    return tuple(rows)


def capital_by_year(problem: ShortlistProblem, ways: tuple[Way, ...]) -> list[Row]:
    """Capital in each financial year y: sum of capital_e x share spent in y by opening o x z_eo <= most of y, in £ thousand."""
    rows = []
    for year, most in sorted(problem.further.capital_by_year.items()):
        amounts = {}
        for j, way in enumerate(ways):
            candidate = problem.candidates[way.offer]
            share = spend_profile(candidate.eoi, candidate.openings[way.option].day).get(year, 0.0)
            amounts[j] = candidate.capital_at(way.option) * share / THOUSAND
        rows.append(budget("capital a year", f"capital_{year}", amounts, most / THOUSAND))
    return [row for row in rows if row.terms]


def construction_slots(problem: ShortlistProblem, ways: tuple[Way, ...]) -> list[Row]:
    """Projects under construction in each academic year: sum of z_eo built in the year <= slots."""
    if problem.further.construction_slots is None:
        return []
    built: dict[int, list[int]] = {}
    for j, way in enumerate(ways):
        candidate = problem.candidates[way.offer]
        for year in years_of_building(candidate.eoi, candidate.openings[way.option].day):
            built.setdefault(year, []).append(j)
    slots = float(problem.further.construction_slots)
    return [number_chosen("construction slots", f"slots_{year}", members, LE, slots) for year, members in sorted(built.items())]


def numbers(problem: ShortlistProblem, ways: tuple[Way, ...]) -> list[Row]:
    """Sum of z over the bids of a setting, group, type or area <= most, or = number (a row even where there is no such bid)."""
    rows = []
    for n, limit in enumerate(problem.further.numbers):
        members = [j for j, way in enumerate(ways) if limit.counts(problem.candidates[way.offer].eoi)]
        if members or (limit.exactly and limit.number):
            sense, name = EQ if limit.exactly else LE, f"number_{safe_name(n, limit.name)}"
            rows.append(number_chosen(f"bids of a {limit.of}", name, members, sense, float(limit.number)))
    return rows


def places_by_area(problem: ShortlistProblem, ways: tuple[Way, ...]) -> list[Row]:
    """Sum of expected places x z in an area >= least."""
    rows, candidates = [], problem.candidates
    for area, least in sorted(problem.further.least_places.items()):
        places = {
            j: candidates[w.offer].expected_at(w.option) for j, w in enumerate(ways) if candidates[w.offer].eoi.area == area
        }
        rows.append(least_places("places by area", f"area_{area.replace('-', '_')}", places, least))
    return rows


def pairs(problem: ShortlistProblem, ways: tuple[Way, ...]) -> list[Row]:
    """Exclusive: sum of z of a + sum of z of b <= 1. Required: sum of z of a - sum of z of b <= 0, where a requires b."""
    at = {candidate.eoi.id: candidate.position for candidate in problem.candidates}
    mine: dict[int, list[int]] = {}
    for j, way in enumerate(ways):
        mine.setdefault(way.offer, []).append(j)
    rows, done = [], set()
    for candidate in problem.candidates:
        a = candidate.position
        for b in sorted(at[other] for other in candidate.eoi.exclusive_with if other in at):
            if (min(a, b), max(a, b)) not in done:
                done.add((min(a, b), max(a, b)))
                rows.append(number_chosen("exclusive", f"exclusive_{a:03d}_{b:03d}", [*mine[a], *mine[b]], LE, 1.0))
        for b in sorted(at[other] for other in candidate.eoi.requires if other in at):
            rows.append(not_without("requires", f"requires_{a:03d}_{b:03d}", mine[a], mine[b]))
    return rows


def label(candidate: Candidate) -> str:
    """The candidate in names of variables and limits."""
    return safe_name(candidate.position, candidate.eoi.id)
