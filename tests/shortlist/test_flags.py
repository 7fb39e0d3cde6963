"""What to look at in a list of bids before anything is chosen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistProblem
from sufficiency.shortlist.flags import LOOK, SCREENED, flags

pytestmark = pytest.mark.unit


def test_those_screened_out_are_those_of_the_problem_with_its_reasons(
    bristol: Scenario, eois: tuple[ExpressionOfInterest, ...], problem: ShortlistProblem
) -> None:
    found = {flag.eoi: flag.words for flag in flags(bristol, eois) if flag.kind == SCREENED}
    assert found == {bid.eoi.id: bid.reason for bid in problem.screened}
    assert len(found) > 3


def test_a_dear_and_a_late_bid_are_worth_a_look(bristol: Scenario, make_bid: Callable[..., ExpressionOfInterest]) -> None:
    usual = [make_bid(f"U{n}", places=10, capital=500_000.0) for n in range(5)]
    dear = make_bid("DEAR", places=10, capital=1_300_000.0)
    late = make_bid("LATE", places=10, capital=500_000.0, lead_months=40)
    found = {flag.eoi: flag for flag in flags(bristol, (*usual, dear, late))}
    assert set(found) == {"DEAR", "LATE"}
    assert all(flag.kind == LOOK for flag in found.values())
    assert "£130,000 of capital a place" in found["DEAR"].words and "£50,000" in found["DEAR"].words
    assert "none of its places count for the commitment" in found["LATE"].words
