"""Bids of several sizes: at most one is chosen, and the best by listing every choice."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.scenario.eoi_list import parse_eois
from sufficiency.scenario.eois import ExpressionOfInterest, Size
from sufficiency.scenario.library import folder
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistProblem, adopt, evaluate, net_demand, shortlist_problem, solve_problem, table
from sufficiency.shortlist.plan import EXACT
from sufficiency.shortlist.problem import Candidate
from sufficiency.shortlist.regret import chosen_in, regrets

Bid = Callable[..., ExpressionOfInterest]
LACKING = {("south", "ASD", "secondary"): [30.0, 12.0, 50.0]}


def sized(make_bid: Bid) -> list[ExpressionOfInterest]:
    return [
        make_bid("A", places=6, capital=300_000.0, options=(Size(places=14, capital=800_000.0), Size(places=3, capital=0.0))),
        make_bid("B", places=8, capital=500_000.0, options=(Size(places=16, capital=1_100_000.0),)),
        make_bid("C", places=5, capital=350_000.0),
    ]


def problem_of(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, cut: Callable[..., ShortlistProblem], capital: float
) -> ShortlistProblem:
    made = shortlist_problem(bristol, sized(make_bid), net_demand(lacking(bristol, LACKING)))

    def first_year(candidate: Candidate) -> list[int]:
        return [o for o, opening in enumerate(candidate.openings) if opening.year == candidate.openings[0].year]

    return replace(cut(made, first_year), capital=capital)


@pytest.mark.parametrize("capital", [4e5, 1.2e6, 1.8e6, 3e6])
@pytest.mark.parametrize("engine", ["highs", "cbc"])
def test_the_best_sizes_are_chosen(
    bristol: Scenario,
    lacking: Callable[..., Run],
    make_bid: Bid,
    cut: Callable[..., ShortlistProblem],
    capital: float,
    engine: str,
) -> None:
    problem = problem_of(bristol, lacking, make_bid, cut, capital)
    assert [len(candidate.openings) for candidate in problem.candidates] == [3, 2, 1]
    values = []
    for options in itertools.product(*([None, *range(len(c.openings))] for c in problem.candidates)):
        found = evaluate(problem, {position: o for position, o in enumerate(options) if o is not None})
        if found.kept:
            values.append((round(found.shortfall, 4), round(found.unmet, 3), found.cost))
    plan = solve_problem(problem, stops=EXACT, engines=(engine,))
    assert (plan.shortfall, plan.unmet_after) == pytest.approx(min(values)[:2], abs=2e-3)
    assert plan.capital <= capital
    found = evaluate(problem, chosen_in(problem, plan))
    assert (found.capital, found.places_bid) == (pytest.approx(plan.capital), plan.places_bid)
    for regret in regrets(problem, plan, EXACT):
        assert regret.places is not None
        assert regret.places.high is None or regret.places.high >= regret.places.low - 1e-6


def test_the_size_chosen_is_the_one_shown_and_adopted(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, cut: Callable[..., ShortlistProblem]
) -> None:
    problem, eois = problem_of(bristol, lacking, make_bid, cut, 3e6), sized(make_bid)
    plan = solve_problem(problem, stops=EXACT)
    largest = {bid.eoi: bid.places_bid for bid in plan.chosen}
    assert largest["A"] == 14
    shown = {row["id"]: (row["places_bid"], row["capital"]) for row in table(plan, eois)}
    assert shown["A"] == (14, 800_000.0)
    adopted = adopt(bristol, eois, plan).supply["eoi-a"]
    assert adopted.places.value == 14


@pytest.mark.parametrize(
    ("options", "words"),
    [("12:5e5;20", ("options", "places:capital")), ("12:x", ("options",)), ("0:5", ("options", "places"))],
)
def test_sizes_are_read_from_the_list(options: str, words: tuple[str, ...]) -> None:
    head, first = (folder() / "bristol-eois.csv").read_text(encoding="utf-8").splitlines()[:2]
    areas = ("north", "south", "east-central")
    head, first = head.replace(",options", ""), first.replace("true,,", "true,", 1)

    def read(cell: str) -> ExpressionOfInterest:
        return parse_eois(f"{head},options\n{first},{cell}\n", where="bids.csv", areas=areas)[0]

    assert [size.places for size in read("12:560000;20:900000").sizes] == [8, 12, 20]
    assert len(read("").sizes) == 1
    with pytest.raises(InputProblem) as caught:
        read(options)
    assert all(word in str(caught.value) for word in words), str(caught.value)
