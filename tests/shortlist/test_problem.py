"""Screening, openings, the commitment's gap and the merging of cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pytest

from sufficiency.domain.calendar import term_on_or_after, terms_later
from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistProblem, net_demand, shortlist_problem
from sufficiency.shortlist.openings import ON_TIME, open_by, open_share
from sufficiency.shortlist.recourse import best_flows

Bid = Callable[..., ExpressionOfInterest]


@pytest.mark.parametrize(
    ("day", "september_only", "term"),
    [
        (dt.date(2023, 9, 1), False, dt.date(2023, 9, 1)),
        (dt.date(2023, 9, 2), False, dt.date(2024, 1, 1)),
        (dt.date(2024, 1, 2), False, dt.date(2024, 4, 1)),
        (dt.date(2024, 4, 2), False, dt.date(2024, 9, 1)),
        (dt.date(2024, 1, 2), True, dt.date(2024, 9, 1)),
        (dt.date(2024, 11, 30), True, dt.date(2025, 9, 1)),
    ],
)
def test_places_open_on_the_first_day_of_a_term(day: dt.date, september_only: bool, term: dt.date) -> None:
    assert term_on_or_after(day, september_only=september_only) == term


def test_a_place_is_open_for_the_months_left_of_its_first_year() -> None:
    assert open_share(dt.date(2023, 9, 1), 2023, ON_TIME) == 1
    assert open_share(dt.date(2024, 1, 1), 2023, ON_TIME) == pytest.approx(8 / 12)
    assert open_share(dt.date(2024, 4, 1), 2023, ON_TIME) == pytest.approx(5 / 12)
    assert open_share(dt.date(2024, 9, 1), 2023, ON_TIME) == 0
    assert open_share(dt.date(2023, 9, 1), 2024, ON_TIME) == 1
    assert open_share(dt.date(2023, 9, 1), 2023, {0: 0.5, 1: 0.5}) == pytest.approx((1 + 8 / 12) / 2)


def test_slippage_counts_against_the_commitment() -> None:
    late = {0: 0.4, 1: 0.3, 2: 0.2, 3: 0.1}
    assert terms_later(dt.date(2024, 9, 1), 2) == dt.date(2025, 4, 1)
    assert open_by(dt.date(2024, 9, 1), dt.date(2025, 3, 31), late) == pytest.approx(0.7)
    assert open_by(dt.date(2023, 9, 1), dt.date(2025, 3, 31), late) == pytest.approx(1)
    assert open_by(dt.date(2025, 9, 1), dt.date(2025, 3, 31), late) == 0


def test_bristol_has_308_places_to_find(problem: ShortlistProblem) -> None:
    gap = problem.commitment
    assert (gap.promised, gap.delivered) == (450, 82)
    assert gap.pipeline == pytest.approx(60)
    assert gap.missing == pytest.approx(308)


def test_each_bid_is_a_candidate_or_screened_with_its_reason(
    problem: ShortlistProblem, eois: tuple[ExpressionOfInterest, ...]
) -> None:
    kept = [candidate.eoi.id for candidate in problem.candidates]
    screened = {bid.eoi.id: bid.reason for bid in problem.screened}
    assert sorted([*kept, *screened]) == sorted(eoi.id for eoi in eois)
    assert screened["E29"] == "Screened out: quality 47 is below the threshold of 55."
    for candidate in problem.candidates:
        eoi = candidate.eoi
        for size, offered in enumerate(eoi.sizes):
            at = [o for o, opening in enumerate(candidate.openings) if opening.size == size]
            days = [candidate.openings[o].day for o in at]
            assert days == sorted(set(days))
            assert days[0] >= eoi.earliest_opening
            assert eoi.opening_terms or len({candidate.openings[o].year for o in at}) == len(days)
            assert all(day.month == 9 for day in days) or eoi.setting == "resourced"
            for o in at:
                assert candidate.capital_at(o) == pytest.approx(1.12 * offered.capital)
                assert candidate.expected_at(o) == pytest.approx(offered.places * eoi.chance_of_opening)


def test_reasons_for_screening(bristol: Scenario, run: Run, make_bid: Bid) -> None:
    data = bristol.model_dump(mode="python")
    data["supply"]["eoi-in"] = data["supply"]["special-north"] | {"eoi": "IN"}
    scenario = Scenario.model_validate(data)
    bids = [
        make_bid("gone", status="withdrawn"),
        make_bid("poor", quality=54.9),
        make_bid("hopeless", status="submitted", chance_quality_review=0.0),
        make_bid("late", lead_months=100),
        make_bid("in"),
        make_bid("fine"),
    ]
    problem = shortlist_problem(scenario, bids, net_demand(run, 2))
    reasons = {bid.eoi.id: bid.reason for bid in problem.screened}
    assert [candidate.eoi.id for candidate in problem.candidates] == ["fine"]
    assert "withdrawn" in reasons["gone"]
    assert "54.9" in reasons["poor"]
    assert "no chance" in reasons["hopeless"]
    assert "31 August 2029" in reasons["late"]
    assert "State special schools, North" in reasons["in"]


def test_merging_cells_loses_no_child(problem: ShortlistProblem, run: Run) -> None:
    total = net_demand(run, 10).unmet.sum(axis=(2, 3, 4))
    assert problem.demand.sum(axis=2) + problem.out_of_reach == pytest.approx(total)


def test_bids_that_cannot_be_told_apart_are_refused(bristol: Scenario, run: Run, make_bid: Bid) -> None:
    with pytest.raises(InputProblem, match="same id"):
        shortlist_problem(bristol, [make_bid("A"), make_bid("a")], net_demand(run, 1))
    with pytest.raises(InputProblem, match="no area"):
        shortlist_problem(bristol, [make_bid("A", area="west")], net_demand(run, 1))


def test_flows_are_as_large_as_linear_programming_finds() -> None:
    from scipy.optimize import linprog

    rng = np.random.default_rng(3)
    for _ in range(20):
        kinds, groups = rng.integers(1, 6, 2)
        admits = rng.random((kinds, groups)) < 0.5
        capacity, demand = rng.uniform(0, 10, (4, kinds)), rng.uniform(0, 8, (4, groups))
        near = best_flows(rng.uniform(0, 10, (4, kinds)), demand, admits)
        for flows in (best_flows(capacity, demand, admits), best_flows(capacity, demand, admits, near)):
            assert (flows >= -1e-9).all()
            assert not flows[:, ~admits].any()
            assert (flows.sum(axis=2) <= capacity + 1e-9).all()
            assert (flows.sum(axis=1) <= demand + 1e-9).all()
            rows = np.vstack([np.kron(np.eye(kinds), np.ones(groups)), np.kron(np.ones(kinds), np.eye(groups))])
            for case in range(4):
                most = linprog(-admits.ravel().astype(float), rows, [*capacity[case], *demand[case]], method="highs").fun
                assert flows[case].sum() == pytest.approx(-most, abs=1e-6)
