"""Requests: their season, their growth, their counts, and the areas children live in."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from scipy import stats

from sufficiency.domain.calendar import calendar_of
from sufficiency.domain.dictionaries import NEEDS
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.arrivals import (
    NCYS,
    drawn_areas,
    growth_path,
    poisson_quantile,
    population_ratio,
    requests,
    season,
    weekly_mean,
)
from sufficiency.simulation.streams import Streams, keys_of


def still(scenario: Scenario) -> Scenario:
    """The scenario without any randomness in growth, and without interventions or register."""
    for name in ("national_shock", "authority_walk", "transitory_noise", "drift"):
        scenario = scenario.changed(f"demand.{name}", value=0.0)
    scenario = scenario.changed("demand.growth", value=0.1, low=None, high=None).changed("demand", early_register=None)
    return scenario.unmitigated()


@settings(max_examples=200)
@given(st.floats(1e-9, 1 - 1e-9), st.floats(1e-6, 500))
def test_counts_are_the_quantiles_of_the_poisson_distribution(u: float, mean: float) -> None:
    found = int(poisson_quantile(np.array([u]), np.array([mean]))[0])
    cdf = stats.poisson.cdf([found - 1, found], mean)
    assert cdf[0] <= u + 1e-9
    assert u <= cdf[1] + 1e-9


@pytest.mark.parametrize("mean", [0.02, 0.7, 3.0, 30.0, 400.0])
def test_counts_agree_with_scipy_over_the_whole_range(mean: float) -> None:
    u = np.linspace(0.0005, 0.9995, 2000)
    assert (poisson_quantile(u, np.full(u.size, mean)) == stats.poisson.ppf(u, mean)).all()


def test_a_mean_of_nothing_gives_nothing_and_one_beyond_reach_is_refused() -> None:
    assert poisson_quantile(np.array([0.999999]), np.array([0.0])).tolist() == [0]
    with pytest.raises(ValueError, match="more than the model can draw"):
        poisson_quantile(np.array([0.5]), np.array([601.0]))


def test_a_higher_mean_never_gives_a_lower_count() -> None:
    u = np.linspace(0.001, 0.999, 500)
    counts = np.array([poisson_quantile(u, np.full(u.size, mean)) for mean in (0.1, 0.5, 0.51, 2.0, 2.5, 40.0)])
    assert (np.diff(counts, axis=0) >= 0).all()


def test_the_shares_of_the_weeks_of_a_whole_year_sum_to_1(bristol: Scenario) -> None:
    calendar = bristol.calendar
    weights = tuple(bristol.demand.by_month.value[str(m)] for m in range(1, 13))
    share = season(calendar, weights)
    for year in range(2022, 2029):
        assert share[calendar.calendar_years == year].sum() == pytest.approx(1.0, abs=1e-12)
    assert 0 < share[calendar.calendar_years == 2029].sum() < 1  # to the end of August only
    august, march = (share[(calendar.month_number == m) & (calendar.calendar_years == 2023)].mean() for m in (8, 3))
    assert march / august == pytest.approx(weights[2] / weights[7])


def test_with_equal_weights_every_week_of_a_year_has_the_same_share(bristol: Scenario) -> None:
    share = season(bristol.calendar, (1.0,) * 12)
    for year in (2022, 2026):  # of 52 and of 53 weeks
        in_year = share[bristol.calendar.calendar_years == year]
        assert np.allclose(in_year, 1 / in_year.size)


def test_a_year_that_begins_within_the_clock_has_its_part_of_the_year(bristol: Scenario) -> None:
    import datetime as dt

    calendar = calendar_of(dt.date(2022, 9, 5), dt.date(2024, 12, 31))
    share = season(calendar, (1.0,) * 12)
    assert share[calendar.calendar_years == 2022].sum() == pytest.approx((calendar.calendar_years == 2022).sum() / 52)


def test_growth_without_shocks_is_a_straight_line_from_the_base_year(bristol: Scenario) -> None:
    path = growth_path(still(bristol), Streams(1, 0))
    assert path[2021] == 0.0
    assert [path[y] for y in range(2021, 2030)] == pytest.approx([0.1 * n for n in range(9)])


def test_known_growth_replaces_the_drawn_path_in_its_years(bristol: Scenario) -> None:
    growth = bristol.demand.growth.model_dump(mode="python")
    known = growth | {"value": {"2022": 0.2, "2023": -0.1}, "low": None, "high": None}
    scenario = bristol.changed("demand", known_growth=known)
    for replication in range(3):
        path = growth_path(scenario, Streams(1, replication))
        assert path[2022] == pytest.approx(0.2)
        assert path[2023] == pytest.approx(0.1)
    assert len({growth_path(scenario, Streams(1, r))[2024] for r in range(3)}) == 3


def test_the_noise_seen_in_the_last_known_year_goes_out_again(bristol: Scenario) -> None:
    """Known years hold what was seen; the first drawn year returns to the level under it."""
    quiet = still(bristol).changed("demand.growth", value=0.0).changed("demand.transitory_noise", value=0.2)
    plain = {name: getattr(bristol.demand.growth, name) for name in ("unit", "source", "known_from", "verified", "reason")}
    known = quiet.changed("demand", known_growth=plain | {"value": {"2022": 0.1, "2023": 0.05}})
    for replication in range(4):
        free, path = (growth_path(s, Streams(1, replication)) for s in (quiet, known))
        noise = {y: free[y] - free[2022] for y in free}  # against that of 2022
        assert path[2022] == pytest.approx(0.1)
        assert path[2023] == pytest.approx(0.15)
        # 2023 was seen with its noise, 2024 is seen with its own.
        assert path[2024] == pytest.approx(0.15 - noise[2023] + noise[2024])


def test_a_small_authority_has_the_noise_of_small_ones(bristol: Scenario) -> None:
    figure = bristol.demand.transitory_noise.model_dump(mode="python")
    scenario = bristol.changed("demand", small_authority_noise=figure | {"value": 0.15})
    assert scenario.demand.single_year_noise == 0.09
    assert scenario.changed("demand.requests_in_base_year", value=299).demand.single_year_noise == 0.15
    assert scenario.changed("demand.requests_in_base_year", value=300).demand.single_year_noise == 0.09
    assert bristol.changed("demand.requests_in_base_year", value=299).demand.single_year_noise == 0.09


def test_the_spread_of_growth_is_that_of_its_shocks(bristol: Scenario) -> None:
    """Over h years: sqrt(h (national² + authority²) + 2 transitory² + h² drift²); the base year has noise as any other has."""
    paths = [growth_path(bristol, Streams(3, r)) for r in range(800)]
    d = bristol.demand
    yearly = d.national_shock.value**2 + d.authority_walk.value**2
    for h in (1, 3, 5):
        levels = np.array([path[2021 + h] for path in paths])
        sd = np.sqrt(h * yearly + 2 * d.transitory_noise.value**2 + (h * d.drift.value) ** 2)
        assert levels.std() == pytest.approx(sd, rel=0.1)
        assert levels.mean() == pytest.approx(h * d.growth.value, abs=4 * sd / np.sqrt(800))


def test_where_births_never_change_the_population_never_does(bristol: Scenario) -> None:
    scenario = bristol.changed("population.births", value={"2000": 5000.0}, low=None, high=None)
    scenario = scenario.changed("population.migration", value=0.0, low=None, high=None)
    assert np.allclose(population_ratio(scenario, np.arange(2021, 2030)), 1.0)


def test_fewer_births_reach_reception_five_years_later(bristol: Scenario) -> None:
    births = {"1990": 5000.0, "2020": 5000.0, "2021": 4000.0, "2040": 4000.0}
    scenario = bristol.changed("population.births", value=births, low=None, high=None)
    scenario = scenario.changed("population.migration", value=0.0, low=None, high=None)
    ratio = population_ratio(scenario, np.arange(2021, 2030))
    reception = ratio[:, list(NCYS).index(0)]
    assert np.allclose(reception[:5], reception[0])  # born until 2020: in Reception until 2025
    assert np.allclose(reception[5:] / reception[0], 0.8)


def test_net_migration_changes_every_cohort_alike(bristol: Scenario) -> None:
    years = np.arange(2021, 2030)
    still, leaving = (
        population_ratio(bristol.changed("population.migration", value=m, low=None, high=None), years) for m in (0.0, -0.02)
    )
    assert np.allclose(leaving / still, (0.98 ** (years - 2021.0))[:, None])


def test_mean_requests_of_the_first_year_are_those_of_the_base_year_grown(bristol: Scenario) -> None:
    scenario = still(bristol)
    scenario = scenario.changed("population.births", value={"2000": 5000.0}, low=None, high=None)
    scenario = scenario.changed("population.migration", value=0.0, low=None, high=None)
    mean, by_ncy = weekly_mean(scenario, Streams(1, 0))
    years = scenario.calendar.calendar_years
    base = scenario.demand.requests_in_base_year.value
    assert mean[years == 2022].sum() == pytest.approx(base * np.exp(0.1))
    assert mean[years == 2023].sum() == pytest.approx(base * np.exp(0.2))
    assert np.allclose(by_ncy.sum(axis=1), 1.0)


def test_requests_come_in_the_order_of_their_weeks_and_in_the_shares_of_the_scenario(bristol: Scenario) -> None:
    scenario = still(bristol)
    found = requests(scenario, Streams(1, 0))
    assert (np.diff(found.request_week) >= 0).all()
    assert np.unique(found.key).size == len(found)
    mean, _ = weekly_mean(scenario, Streams(1, 0))
    assert abs(len(found) - mean.sum()) < 4 * np.sqrt(mean.sum())
    for column, shares in (
        (found.area, [scenario.demand.by_area.value[a] for a in scenario.area_codes]),
        (found.need, [scenario.demand.by_need.value[n] for n in NEEDS.codes]),
    ):
        share = np.bincount(column, minlength=len(shares)) / len(found)
        p = np.array(shares) / np.sum(shares)
        assert (np.abs(share - p) < 4 * np.sqrt(p * (1 - p) / len(found)) + 0.002).all()
    first_by_year = scenario.assessment_team.priority_by_ncy.value if scenario.assessment_team.priority_by_ncy else {}
    ncy = scenario.calendar.academic_years[found.request_week] - found.reception_year
    others = ~np.isin(ncy, [int(n) for n in first_by_year])
    assert found.priority[others].mean() == pytest.approx(scenario.demand.priority_share.value, abs=0.02)


def test_children_live_in_areas_in_proportion_to_their_shares(bristol: Scenario) -> None:
    keys = keys_of("child", 20_000)
    shares = {"north": 0.5, "east-central": 0.0, "south": 0.5 / 3}  # in proportion: they need not sum to 1
    area = drawn_areas(bristol, shares, Streams(1, 0), keys)
    counts = np.bincount(area, minlength=3) / keys.size
    assert counts[1] == 0
    assert counts[0] == pytest.approx(0.75, abs=4 * np.sqrt(0.75 * 0.25 / keys.size))


def test_a_larger_share_of_one_area_moves_children_only_into_it(bristol: Scenario) -> None:
    keys = keys_of("child", 5_000)
    before = drawn_areas(bristol, {"north": 0.3, "east-central": 0.3, "south": 0.4}, Streams(1, 0), keys)
    after = drawn_areas(bristol, {"north": 0.5, "east-central": 0.3, "south": 0.4}, Streams(1, 0), keys)
    moved = before != after
    assert 0 < moved.sum() < keys.size
    assert (after[moved] == 0).all()
