"""Limits a scenario or a bid may have besides: the solver's rows and the checks from the data say the same."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.scenario.eoi_list import parse_eois
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.library import folder, validated
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistProblem, Status, evaluate, net_demand, shortlist_problem, solve_problem
from sufficiency.shortlist.building import months_of_building, spend_profile, years_of_building
from sufficiency.shortlist.framing import program_of
from sufficiency.shortlist.plan import EXACT
from sufficiency.shortlist.program import Program

Bid = Callable[..., ExpressionOfInterest]
Cut = Callable[[ShortlistProblem], ShortlistProblem]
LACKING = {("south", "ASD", "secondary"): [30.0, 12.0, 50.0], ("north", "ASD", "secondary"): [9.0, 20.0, 5.0]}
FIGURE = {"unit": "as said", "source": "test", "known_from": dt.date(2021, 9, 1), "verified": True}


def limited(bristol: Scenario, **figures: Any) -> Scenario:
    data = bristol.model_dump(mode="python")
    data["shortlist"] |= {name: value if name == "caps" else {"value": value, **FIGURE} for name, value in figures.items()}
    return Scenario.model_validate(data)


def problem_of(
    bristol: Scenario, lacking: Callable[..., Run], bids: list[ExpressionOfInterest], **figures: Any
) -> ShortlistProblem:
    made = shortlist_problem(limited(bristol, **figures), bids, net_demand(lacking(bristol, LACKING)))
    return replace(made, capital=2.4e6, projects_per_year=3)


def bids(make_bid: Bid) -> list[ExpressionOfInterest]:
    return [
        make_bid("A", places=12, capital=700_000.0, exclusive_with=("B",), setting_name="One"),
        make_bid("B", places=9, capital=400_000.0, setting_name="One", group="Trust"),
        make_bid("C", places=14, capital=600_000.0, requires=("D",), setting_name="One", lead_months=20),
        make_bid("D", places=5, capital=300_000.0, area="north", lead_months=24, group="Trust"),
        make_bid("E", places=7, capital=500_000.0, area="north", requires=("A", "D"), setting="special", lead_months=18),
    ]


FAMILIES: list[dict[str, Any]] = [
    {},
    {"capital_by_year": {"2022": 400_000.0, "2023": 500_000.0}},
    {"construction_slots": 2},
    {"most_per_setting": 1},
    {"caps": {"trust": {"of": "group", "name": "Trust", "at_most": 1}}},
    {"caps": {"north": {"of": "area", "name": "north", "exactly": 2}, "all": {"of": "all", "exactly": 3}}},
    {"caps": {"types": {"of": "type", "at_most": 1}}},
    {"caps": {"all": {"of": "all", "exactly": 5}}},
    {"least_places": {"north": 6.0}},
    {"least_places": {"north": 5.0}, "most_per_setting": 2, "construction_slots": 3, "capital_by_year": {"2023": 900_000.0}},
]


def kept_by_rows(program: Program, choice: dict[int, int]) -> bool:
    taken = {program.by_key[item] for item in choice.items()}
    for row in program.rows:
        used = sum(coefficient for j, coefficient in row.terms if j in taken)
        if (row.sense != ">=" and used > row.bound + 1e-6) or (row.sense != "<=" and used < row.bound - 1e-6):
            return False
    return True


@pytest.mark.parametrize("figures", FAMILIES, ids=lambda figures: ",".join(figures) or "pairs only")
def test_rows_checks_and_solvers_agree_with_listing_every_choice(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, first_two: Cut, figures: dict[str, Any]
) -> None:
    problem = first_two(problem_of(bristol, lacking, bids(make_bid), **figures))
    program = program_of(problem)
    values = []
    for options in itertools.product(*([None, *range(len(c.openings))] for c in problem.candidates)):
        choice = {position: o for position, o in enumerate(options) if o is not None}
        found = evaluate(problem, choice)
        assert found.kept == kept_by_rows(program, choice), [check for check in found.limits if not check.kept]
        if found.kept:
            values.append((round(found.shortfall, 4), round(found.unmet, 3), found.cost))
    for engine in ("highs", "cbc"):
        plan = solve_problem(problem, stops=EXACT, engines=(engine,))
        if not values:
            assert plan.status is Status.INFEASIBLE
            continue
        assert plan.solver == engine
        assert (plan.shortfall, plan.unmet_after) == pytest.approx(min(values)[:2], abs=2e-3)


def test_spend_and_building_follow_the_lead_time(make_bid: Bid) -> None:
    bid = make_bid("A", lead_months=12)
    opens = dt.date(2023, 9, 1)
    assert months_of_building(bid, opens)[0] == (2022, 9)
    assert months_of_building(bid, opens)[-1] == (2023, 8)
    assert spend_profile(bid, opens) == pytest.approx({2022: 7 / 12, 2023: 5 / 12})
    assert years_of_building(bid, opens) == [2022]
    assert years_of_building(bid, dt.date(2024, 1, 1)) == [2022, 2023]
    assert sum(spend_profile(make_bid("B", lead_months=0), opens).values()) == 1


@pytest.mark.parametrize(
    ("terms", "setting", "first"),
    [(("january",), "resourced", 1), (("april",), "resourced", 4), (("september", "april"), "special", 9), ((), "resourced", 9)],
)
def test_bids_open_in_their_terms_only(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, terms: tuple[str, ...], setting: str, first: int
) -> None:
    bid = make_bid("A", opening_terms=terms, setting=setting)
    problem = shortlist_problem(bristol, [bid], net_demand(lacking(bristol, LACKING)))
    days = [opening.day for opening in problem.candidates[0].openings]
    assert days == sorted(set(days))
    allowed = {"september": 9, "january": 1, "april": 4}
    assert {day.month for day in days} == (
        {allowed[t] for t in terms} & {9} if setting == "special" else {allowed[t] for t in terms}
    ) or {9}
    assert days[0].month == first
    assert days[0] >= bid.earliest_opening


def test_a_bid_that_requires_one_screened_out_is_screened_out_too(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid
) -> None:
    made = [make_bid("A", requires=("B",)), make_bid("B", requires=("C",)), make_bid("C", quality=1.0), make_bid("D")]
    problem = shortlist_problem(bristol, made, net_demand(lacking(bristol, LACKING)))
    assert [candidate.eoi.id for candidate in problem.candidates] == ["D"]
    assert "requires B" in next(bid.reason for bid in problem.screened if bid.eoi.id == "A")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({1: ("", "E02"), 2: ("", "E01")}, ("loop", "E01")),
        ({1: ("", "E01")}, ("names itself",)),
        ({1: ("E99", "")}, ("no bid of that id", "E99")),
        ({1: ("E02", "E02")}, ("excludes one that it requires",)),
    ],
)
def test_pairs_that_cannot_be(columns: dict[int, tuple[str, str]], words: tuple[str, ...]) -> None:
    with (folder() / "bristol-eois.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:4]
    for n, row in enumerate(rows, 1):
        row["exclusive_with"], row["requires"] = columns.get(n, ("", ""))
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    with pytest.raises(InputProblem) as caught:
        parse_eois(out.getvalue(), where="bids.csv", areas=("north", "south", "east-central"))
    assert all(word in str(caught.value) for word in words)


def test_an_unknown_area_or_group_is_refused(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid) -> None:
    data = bristol.model_dump(mode="python")
    data["shortlist"]["least_places"] = {"value": {"west": 3.0}, **FIGURE}
    with pytest.raises(InputProblem, match="unknown area"):
        validated(data, where="mine.toml")
    with pytest.raises(InputProblem, match=r'no bid has this group.*did you mean "Trust"'):
        problem_of(bristol, lacking, bids(make_bid), caps={"x": {"of": "group", "name": "Trusty", "at_most": 1}})
