"""Criteria of a targeted invitation, quality by criterion, and how uncertain lead times make places late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.library import validated
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import adopt, net_demand, shortlist_problem, solve_problem
from sufficiency.shortlist.openings import slippage_for
from sufficiency.shortlist.plan import EXACT

Bid = Callable[..., ExpressionOfInterest]
LACKING = {("south", "ASD", "secondary"): [30.0, 12.0], ("south", "ASD", "primary"): [20.0, 8.0]}
FIGURE = {"unit": "weight", "source": "test", "known_from": dt.date(2021, 9, 1), "verified": True}


def with_limits(bristol: Scenario, **changes: Any) -> Scenario:
    data = bristol.model_dump(mode="python")
    data["shortlist"] |= changes
    return validated(data, where="mine.toml")


@pytest.mark.parametrize(
    ("invitation", "out", "words"),
    [
        ({"needs": ["SEMH", "ASD"]}, {"mld"}, "the invitation is for SEMH, ASD; it offers places for MLD"),
        ({"phases": ["primary"]}, {"mld", "plain"}, "the invitation is for primary; it offers secondary"),
        ({"areas": ["south", "east-central"]}, {"north"}, "the invitation is for places in South, East Central; it is in North"),
        (
            {"settings": ["special"]},
            {"mld", "plain", "north"},
            "the invitation is for special places; it offers resourced places",
        ),
        ({"lowest_scores": {"outcomes": 60.0}}, {"mld", "north"}, "60 of the invitation"),
        ({"lowest_scores": {"outcomes": 60.0}}, {"plain"}, "a score of 60 in outcomes, and it has none"),
    ],
)
def test_a_bid_that_does_not_answer_the_invitation_is_screened_with_the_reason(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, invitation: dict[str, Any], out: set[str], words: str
) -> None:
    bids = [
        make_bid("plain"),
        make_bid("mld", needs=("MLD",), scores={"outcomes": 55.0}),
        make_bid("north", area="north", phases=("primary", "secondary"), scores={"outcomes": 59.5}),
        make_bid("special", setting="special", phases=("primary",), scores={"outcomes": 60.0}),
    ]
    scenario = with_limits(bristol, invitation=invitation)
    problem = shortlist_problem(scenario, bids, net_demand(lacking(scenario, LACKING)))
    reasons = {bid.eoi.id: bid.reason for bid in problem.screened}
    assert out <= set(reasons)
    assert "special" not in reasons
    assert all(words in reasons[id] for id in out)
    assert all(reason.startswith("Screened out: ") and reason.endswith(".") for reason in reasons.values())


def test_criteria_that_cannot_be_are_refused(bristol: Scenario) -> None:
    for invitation, words in (
        ({"areas": ["west"]}, "unknown area"),
        ({"needs": ["XX"]}, "unknown need"),
        ({"settings": []}, "too few"),
    ):
        with pytest.raises(InputProblem, match=words):
            with_limits(bristol, invitation=invitation)
    for cap, words in (({"of": "all", "name": "x", "at_most": 1}, "all bids names one"), ({"of": "area"}, "needs one number")):
        with pytest.raises(InputProblem, match=words):
            with_limits(bristol, caps={"mine": cap})


def test_quality_is_weighed_by_criterion_where_weights_are_given(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid
) -> None:
    bids = [
        make_bid("good", quality=1.0, scores={"outcomes": 80.0, "premises": 20.0}),
        make_bid("poor", quality=99.0, scores={"outcomes": 20.0, "premises": 80.0}),
        make_bid("silent", quality=99.0, scores={"outcomes": 90.0}),
    ]
    weights = {"value": {"outcomes": 3.0, "premises": 1.0}, **FIGURE}
    scenario = with_limits(bristol, quality_weights=weights)
    problem = shortlist_problem(scenario, bids, net_demand(lacking(scenario, LACKING)))
    assert [(c.eoi.id, c.quality) for c in problem.candidates] == [("good", 65.0)]
    reasons = {bid.eoi.id: bid.reason for bid in problem.screened}
    assert "quality 35 is below the threshold of 55" in reasons["poor"]
    assert "no score for premises" in reasons["silent"]


def test_an_uncertain_lead_time_gives_its_own_lateness(bristol: Scenario, make_bid: Bid) -> None:
    """Against drawing the lead time: building begins its most likely months before the opening."""
    bid, opens = make_bid("A", lead_months=15, lead_low=10, lead_high=30), dt.date(2023, 9, 1)
    late = slippage_for(bid, opens, bristol)
    assert sum(late.values()) == pytest.approx(1)
    months = np.random.default_rng(1).triangular(10, 15, 30, 200_000)
    starts = np.cumsum([0, 4, 3, 5, 4])  # months from September to January, April, September and January
    terms = np.searchsorted(starts, months - 15, side="left")
    assert [late[k] for k in range(5)] == pytest.approx((np.bincount(terms, minlength=5) / len(months))[:5], abs=0.005)
    sure = make_bid("B", lead_months=15, lead_low=15, lead_high=15)
    assert slippage_for(sure, opens, bristol) == {0: 1.0}
    every_bid = {int(terms): share for terms, share in bristol.estate.slippage.value.items()}
    assert slippage_for(make_bid("C"), opens, bristol) == pytest.approx(every_bid)


def test_places_parted_by_phase_serve_their_phase_only_and_are_adopted_so(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid
) -> None:
    bid = make_bid("A", phases=("primary", "secondary"), phase_shares=(0.3, 0.7), places=11, lead_low=12, lead_high=20)
    either = bid.model_copy(update={"phase_shares": ()})
    run = lacking(bristol, {("south", "ASD", "secondary"): [40.0]})
    problems = [shortlist_problem(bristol, [each], net_demand(run)) for each in (bid, either)]
    plans = [solve_problem(problem, stops=EXACT) for problem in problems]
    saved = [plan.unmet_before - plan.unmet_after for plan in plans]
    assert saved[0] == pytest.approx(0.7 * saved[1])
    added = {key: p for key, p in adopt(bristol, [bid], plans[0]).supply.items() if key not in bristol.supply}
    assert {key: (p.phases, p.places.value) for key, p in added.items()} == {
        "eoi-a-primary": (("primary",), 3),
        "eoi-a-secondary": (("secondary",), 8),
    }
    assert all(sum((p.slippage or {}).values()) == pytest.approx(1) for p in added.values())
    again = shortlist_problem(adopt(bristol, [bid], plans[0]), [bid], net_demand(run))
    assert again.capital == pytest.approx(problems[0].capital - 1.12 * bid.capital)


def test_cost_is_what_its_parts_say(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid) -> None:
    """Study for sure, capital and place funding by the chance of opening, the top-up above the usual on every place."""
    chances = {"chance_feasibility": 0.5, "chance_quality_review": 1.0, "chance_legal_agreement": 1.0}
    cheap = make_bid("A", top_up=9_000.0)
    dear = make_bid(
        "B", top_up=12_000.0, status="submitted", study_cost=2_800.0, place_funding=7_000.0, lead_months=12, **chances
    )
    problem = shortlist_problem(bristol, [cheap, dear], net_demand(lacking(bristol, LACKING)))
    first, second = problem.candidates
    open_years = (np.array(second.openings[0].open_shares) * problem.prices.discount).sum()
    discounted = 500_000 * 1.12 * (7 / 12 / 1.035 + 5 / 12 / 1.035**2)
    expected = 2_800 + 0.5 * (discounted + 10 * (7_000 + problem.resident_share * 3_000) * open_years)
    assert second.costs[0] == pytest.approx(expected)
    assert first.costs[0] == pytest.approx(discounted + 10 * 6_000 * open_years)
    assert second.capital_at(0) == pytest.approx(560_000)
    south = next(g for g, group in enumerate(problem.groups) if group.area == 2)
    assert problem.cost_per_child[0, south] == pytest.approx(9_000 + problem.prices.per_kilometre * 3)
