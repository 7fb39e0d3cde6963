"""Rates learned from a panel: known ones are found again, and too little falls back to the priors."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.evidence.dfe import panel
from sufficiency.evidence.dfe.ages import CEASING_SHAPE, by_ncy_of_plans, by_ncy_of_requests, ceasing, single_years
from sufficiency.evidence.dfe.figures import as_toml, committed, derive, standing_in
from sufficiency.evidence.dfe.published import ENGLAND, Published, read_published


def made(
    authorities: int = 400, years: int = 6, walk: float = 0.1, noise: float = 0.08, seed: int = 3
) -> dict[str, dict[int, int]]:
    """Requests of authorities whose growth is a national path, a walk of their own and noise of a year."""
    draw = np.random.default_rng(seed)
    national = draw.normal(0.1, 0.1, years)
    found = {}
    for number in range(authorities):
        level = np.log(3000) + np.cumsum(national + draw.normal(0, walk, years))
        seen = np.exp(level + draw.normal(0, noise, years))
        found[f"A{number}"] = {2015 + year: round(count) for year, count in enumerate(seen)}
    return found


def test_walk_and_noise_are_told_apart() -> None:
    spread = panel.spreads(made())
    assert list(spread) == [1, 2, 3, 4, 5]
    walk, noise = panel.walk_and_noise(spread)
    assert walk == pytest.approx(0.1, abs=0.015)
    assert noise == pytest.approx(0.08, abs=0.02)


def test_national_growth_is_that_of_authorities_given_in_both_years() -> None:
    requests = {"A": {2020: 100, 2021: 120}, "B": {2021: 5000}}
    assert panel.national_growths(requests) == {2021: pytest.approx(math.log(1.2))}


def test_new_plans_follow_this_years_and_last_years_requests() -> None:
    assert panel.followed({2020: 100, 2021: 200}, 2021) == pytest.approx(200 * panel.THIS_YEAR + 100 * (1 - panel.THIS_YEAR))
    assert panel.followed({2021: 200}, 2021) is None


def test_who_left_comes_from_stocks_and_flows() -> None:
    assert panel.leaving({2020: 1000, 2021: 1050}, {2020: 120}, 2020) == pytest.approx(0.07)
    assert panel.leaving({2020: 1000}, {2020: 120}, 2020) is None
    # Statements became plans in early 2018.
    assert panel.leaving({2018: 1000, 2019: 1400}, {2018: 120}, 2018) is None


def test_nothing_known_leaves_the_priors() -> None:
    found = panel.learn(Published({}, {}))
    assert (found.growth, found.walk, found.noise) == (panel.PRIOR_GROWTH, panel.PRIOR_WALK, panel.PRIOR_NOISE)
    assert (found.leaving, found.plans_a_request) == (panel.PRIOR_LEAVING, panel.PRIOR_PLANS_A_REQUEST)
    assert found.national_sd == panel.PRIOR_NATIONAL_SD


def test_priors_alone_are_no_evidence() -> None:
    for published in (Published({}, {}), Published({"ceased": {"A": {2021: 3}}}, {})):
        with pytest.raises(InputProblem, match="no counts of requests, new plans or plans"):
            derive(published)


def test_rates_stay_within_what_a_scenario_holds() -> None:
    totals = {"requests": {"A": {2020: 10, 2021: 9000}}, "new_plans": {"A": {2021: 0}}, "plans": {"A": {2021: 10, 2022: 9000}}}
    found = panel.learn(Published(totals, {}))
    assert (found.growth, found.plans_a_request) == (panel.MOST_GROWTH, panel.LEAST_PLANS_A_REQUEST)
    totals["new_plans"]["A"][2021] = 90_000
    assert panel.learn(Published(totals, {})).plans_a_request == panel.MOST_PLANS_A_REQUEST


def test_a_group_of_ages_is_parted_and_adds_up() -> None:
    counts = single_years({(0, 4): 50, (5, 10): 60, (16, 16): 7}, np.ones(26))
    assert counts[:5].sum() == pytest.approx(50)
    assert counts[5] == pytest.approx(10)
    assert counts[16] == 7


def test_ages_become_years_of_the_curriculum() -> None:
    assert by_ncy_of_plans({(11, 11): 5})[7 + 4] == 1.0  # age 11 on the census is Year 7
    requests = by_ncy_of_requests({(11, 11): 5})
    assert requests[6 + 4] == 0.75
    assert requests.sum() == pytest.approx(1)


def test_chances_of_leaving_by_age() -> None:
    assert ceasing(Published({}, {})) == pytest.approx(CEASING_SHAPE / 100)
    stock = {2022: {(a, a): 1000 for a in range(26)}}
    left = {2022: {(19, 19): 400, (5, 5): 10}}
    moved = {2022: {(19, 19): 100}}
    chances = ceasing(Published({}, {"plans": {ENGLAND: stock}, "ceased": {ENGLAND: left}, "transferred": {ENGLAND: moved}}))
    assert chances[19] == pytest.approx(0.3, abs=0.01)
    assert chances[5] == pytest.approx(0.01, abs=0.002)


def test_what_stands_in_is_never_later_than_the_census() -> None:
    for census in range(2018, 2027):
        assert standing_in(census)["plans"] == {
            tuple(map(int, ages.split("-"))): round(share * 100_000)
            for ages, share in committed()["plans_by_age"][
                str(max(int(y) for y in committed()["plans_by_age"] if int(y) <= census))
            ].items()
        }
    assert standing_in(2010) == {}
    assert set(standing_in(2022)["plans"]) == {(0, 4), (5, 10), (11, 15), (16, 19), (20, 25)}


@pytest.mark.integration
def test_committed_figures_are_derived_again(dfe_data: Path) -> None:
    derived = tomllib.loads(as_toml(derive(read_published(dfe_data)), release="r", through=2025, derived_on="2025-01-01"))
    for section in ("panel", "england", "plans_by_age", "new_plans_by_age", "requests_by_age"):
        assert derived[section] == committed()[section], section


@pytest.mark.integration
def test_the_panel_agrees_with_what_the_model_states(dfe_data: Path) -> None:
    found = panel.learn(read_published(dfe_data / "ehcp-2025.zip"))
    assert [round(found.year_means[y], 2) for y in range(2020, 2025)] == [-0.08, 0.21, 0.19, 0.2, 0.09]
    assert list(found.spread.values()) == pytest.approx([0.17, 0.21, 0.24, 0.26, 0.28], abs=0.015)
    assert found.walk == pytest.approx(0.11, abs=0.01)
    assert found.noise == pytest.approx(0.09, abs=0.015)
    assert found.noise_small > found.noise
