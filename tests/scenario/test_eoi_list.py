"""The bundled expressions of interest: made up, and made up to the published funnel, sizes, costs and lead times."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from sufficiency.scenario.eoi_list import load_eois
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.library import folder
from sufficiency.scenario.scenario import Scenario

LOWEST_CAPITAL = {"resourced": 20_000, "special": 50_000}
HIGHEST_CAPITAL = {"resourced": 86_000, "special": 110_000}
"""£ a place: 90 % ranges about published schemes (resource bases 20 to 75 thousand, expansions 50 to 110, modular about 86)."""


@pytest.fixture(scope="module")
def eois(bristol: Scenario) -> tuple[ExpressionOfInterest, ...]:
    return load_eois(bristol)


def test_78_bids_from_30_settings(eois: tuple[ExpressionOfInterest, ...]) -> None:
    assert len(eois) == 78
    assert len({eoi.id for eoi in eois}) == 78
    assert len({eoi.setting_name for eoi in eois}) == 30


def test_the_funnel_is_49_feasible_32_potential_13_agreed(eois: tuple[ExpressionOfInterest, ...]) -> None:
    reached = {"submitted": 0, "feasible": 1, "potential": 2, "agreed": 3}
    assert [sum(reached[eoi.status] >= stage for eoi in eois) for stage in (1, 2, 3)] == [49, 32, 13]


def test_chances_are_the_published_ones_until_passed(eois: tuple[ExpressionOfInterest, ...]) -> None:
    for eoi in eois:
        passed = ("submitted", "feasible", "potential", "agreed").index(eoi.status)
        published = (0.63, 0.65, 0.41)
        chances = (eoi.chance_feasibility, eoi.chance_quality_review, eoi.chance_legal_agreement)
        assert chances == (*(1.0 for _ in range(passed)), *published[passed:])


def test_sizes_costs_and_lead_times_lie_within_published_ranges(eois: tuple[ExpressionOfInterest, ...]) -> None:
    assert sum(eoi.places for eoi in eois) / len(eois) == pytest.approx(11.8, abs=0.75)
    assert sum(eoi.places for eoi in eois if eoi.status == "agreed") == pytest.approx(154, abs=5)
    for eoi in eois:
        assert LOWEST_CAPITAL[eoi.setting] <= eoi.capital / eoi.places <= HIGHEST_CAPITAL[eoi.setting], eoi.id
        assert 9 <= eoi.lead_months <= 42, eoi.id
        assert dt.date(2022, 3, 7) < eoi.earliest_start < eoi.earliest_opening


def test_every_bid_says_that_it_is_made_up(eois: tuple[ExpressionOfInterest, ...]) -> None:
    for eoi in eois:
        assert eoi.illustrative
        assert eoi.note.startswith("Illustrative")
        assert re.fullmatch(r"Setting \d\d", eoi.setting_name)


def test_bids_of_one_setting_are_in_one_area(eois: tuple[ExpressionOfInterest, ...], bristol: Scenario) -> None:
    areas: dict[str, set[str]] = {}
    for eoi in eois:
        areas.setdefault(eoi.setting_name, set()).add(eoi.area)
    assert all(len(found) == 1 for found in areas.values())
    assert set.union(*areas.values()) == set(bristol.area_codes)


def test_a_bid_opens_its_lead_time_after_its_start(eois: tuple[ExpressionOfInterest, ...]) -> None:
    bid = eois[0].model_copy(update={"earliest_start": dt.date(2022, 8, 31), "lead_months": 18})
    assert bid.earliest_opening == dt.date(2024, 2, 29)
    assert bid.model_copy(update={"lead_months": 0}).earliest_opening == dt.date(2022, 8, 31)
    assert bid.model_copy(update={"status": "withdrawn"}).expected_places == 0


def test_the_list_is_found_beside_the_scenario_before_the_bundled_one(bristol: Scenario, tmp_path: Path) -> None:
    head, first, *_ = (folder() / "bristol-eois.csv").read_text("utf-8").splitlines()
    (tmp_path / "bristol-eois.csv").write_text(f"{head}\n{first}\n", encoding="utf-8")
    assert len(load_eois(bristol, beside=tmp_path)) == 1
    assert len(load_eois(bristol, beside=tmp_path / "nowhere")) == 78
    assert len(load_eois(bristol, str(tmp_path / "bristol-eois.csv"))) == 1
    assert len(load_eois(bristol, "bristol-eois")) == 78
