"""Expected requests: population by area, need by phase, policies that reach a part, the register, and what stands still."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.scenario.demand import AlternativePupils
from sufficiency.scenario.draws import drawn
from sufficiency.scenario.figures import Figure
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.tables import AGE_BANDS
from sufficiency.simulation.arrivals import requests
from sufficiency.simulation.caseload import Caseload, phase_of
from sufficiency.simulation.demand import WEEKS_A_YEAR, expected, growth_path
from sufficiency.simulation.effects import multiplier, repeating
from sufficiency.simulation.population import NCYS, children, population_ratio
from sufficiency.simulation.streams import Streams

FACTORS = ("season", "population", "mix", "rate", "policy", "register")


def figure(scenario: Scenario, value: Any) -> dict[str, Any]:
    """A figure as a table, with a provenance that says it is made up."""
    return {"value": value, "unit": "test", "source": "made up", "known_from": scenario.knowledge_date, "verified": True}


def with_policy(scenario: Scenario, effect: float, **reach: Any) -> Scenario:
    """The scenario with one more intervention on requests, in full effect from 1 January 2023."""
    new = {"title": "Another", "theme": "demand management", "quantity": "request_rate", "starts": dt.date(2023, 1, 2), "ramp": 0}
    return scenario.changed("interventions", another=new | {"effect": figure(scenario, effect)} | reach)


def children_of(caseload: Caseload) -> set[tuple[int, ...]]:
    """Who they are: key, area, need, Reception year, week."""
    columns = (caseload.key, caseload.area, caseload.need, caseload.reception_year, caseload.request_week)
    return set(zip(*(column.tolist() for column in columns), strict=True))


@pytest.fixture(scope="module")
def plain(bristol: Scenario) -> Scenario:
    """Bristol without interventions and register."""
    return bristol.changed("demand", early_register=None).changed("", interventions={})


def projection(scenario: Scenario, north: float, groups: tuple[str, ...]) -> Scenario:
    """The scenario with a projection in which the north's children change by ``north`` a year, and no other's."""
    years = range(2020, 2032)
    table = {
        area: {g: {str(y): 1000.0 * (north if area == "north" else 1.0) ** (y - 2020) for y in years} for g in groups}
        for area in scenario.areas
    }
    return scenario.changed("population", projection=figure(scenario, table))


@pytest.mark.parametrize("change", [{}, {"phases": ("primary",)}, {"needs": ("ASD", "SEMH"), "areas": ("south",)}])
def test_the_factors_multiply_to_the_mean_of_the_cells(bristol: Scenario, change: dict[str, Any]) -> None:
    scenario = with_policy(bristol, -0.3, **change)
    found = expected(scenario, Streams(1, 0))
    product = found.base * found.season * found.population * found.mix * found.rate * found.policy
    assert np.allclose(found.mean, product + found.register)
    share = found.by_age / found.by_age.sum(axis=-1, keepdims=True)
    by_phase = np.stack([share[..., phase_of(NCYS) == p].sum(axis=-1) for p in range(len(PHASES))], axis=2)
    factor = 1.0 if found.in_part is None else found.in_part
    cells = (found.cells[:, :, None] * by_phase[..., found.mix_year] * factor).sum(axis=(0, 1, 2))
    assert np.allclose(cells, product)


def test_in_the_base_year_population_and_mix_are_1(plain: Scenario) -> None:
    now, base = children(plain, np.array([2020, 2021]))
    assert np.allclose(2 / 3 * now[:, 0] / (1 + plain.population.migration.value) ** -1 + 1 / 3 * now[:, 1], base[:, 0])


@pytest.mark.parametrize("groups", [tuple(AGE_BANDS), tuple(str(n) for n in NCYS)])
def test_a_projection_moves_requests_of_its_areas_alone(plain: Scenario, groups: tuple[str, ...]) -> None:
    """Two thirds of academic year 2020/21 and a third of the next are the base; its children, not births, count."""
    scenario = projection(plain, 0.95, groups)
    years = np.arange(2021, 2029)
    now, base = children(scenario, years)
    expected_north = 0.95 ** (years - 2020.0) / (2 / 3 + 0.95 / 3)
    assert np.allclose((now / base)[0], expected_north[:, None])
    assert np.allclose((now / base)[1:], 1.0)
    before, after = (requests(s, Streams(1, 0)) for s in (projection(plain, 1.0, groups), scenario))
    here = [{child for child in children_of(c) if child[1] != 0} for c in (before, after)]
    assert here[0] == here[1]
    assert (after.area == 0).sum() < (before.area == 0).sum()


def test_births_by_area_change_where_children_ask_but_not_the_citys_cohorts(plain: Scenario) -> None:
    even = {"north": 0.3, "east-central": 0.3, "south": 0.4}
    tilted = {"north": 0.1, "east-central": 0.3, "south": 0.6}
    shares = {"1996": even, "2016": even, "2017": tilted, "2032": tilted}
    scenario = plain.changed("population", births_by_area=figure(plain, shares))
    years = np.arange(2021, 2030)
    assert np.allclose(population_ratio(scenario, years), population_ratio(plain, years))
    now, base = children(scenario, years)
    reception = NCYS.tolist().index(0)
    ratio = (now / base)[:, :, reception] / population_ratio(plain, years)[:, reception]
    assert np.allclose(ratio[:, 0], 1.0)  # born 2016
    assert np.allclose(ratio[:, 2:], np.array([1 / 3, 1, 1.5])[:, None])  # born 2018 and later


def test_need_by_phase_replaces_the_common_mix(plain: Scenario) -> None:
    only = {"early_years": "SLCN", "primary": "ASD", "secondary": "SEMH", "post_16": "MLD"}
    table = {phase: {need: float(need == code) for need in NEEDS.codes} for phase, code in only.items()}
    found = requests(plain.changed("demand", need_by_phase=figure(plain, table)), Streams(1, 0))
    year = plain.calendar.academic_years[found.request_week]
    phase = phase_of(year - found.reception_year)
    assert found.need.tolist() == [NEEDS.index(only[PHASES.codes[p]]) for p in phase.tolist()]
    again = expected(plain.changed("demand", need_by_phase=figure(plain, table)), Streams(1, 0))
    assert np.allclose(again.mean, expected(plain, Streams(1, 0)).mean)


@pytest.mark.parametrize("effect", [-0.4, 0.5])
def test_a_policy_that_reaches_some_phases_leaves_all_other_children_as_they_were(plain: Scenario, effect: float) -> None:
    scenario = with_policy(plain, effect, phases=("primary",), areas=("south",))
    before, after = (children_of(requests(s, Streams(1, 0))) for s in (plain, scenario))
    fewer, more = (before, after) if effect > 0 else (after, before)
    assert fewer < more
    years = plain.calendar.academic_years
    for _, area, _, reception_year, week in more - fewer:
        assert plain.area_codes[area] == "south"
        assert 0 <= years[week] - reception_year <= 6
        assert week >= plain.calendar.week_of(dt.date(2023, 1, 2))


def test_a_policy_that_reaches_a_part_changes_the_number_of_it_by_its_effect(plain: Scenario) -> None:
    """Counts over futures are those of the mean, each phase's as a Poisson number's."""
    scenario = with_policy(plain, 0.6, phases=("secondary",), needs=("SEMH",))
    total, variance, mean = [], [], []
    for replication in range(40):
        found, demand = requests(scenario, Streams(4, replication)), expected(scenario, Streams(4, replication))
        total.append(len(found))
        mean.append(demand.mean.sum())
        variance.append((len(found) - demand.mean.sum()) ** 2)
    assert np.sum(total) == pytest.approx(np.sum(mean), abs=4 * np.sqrt(np.sum(mean)))
    assert np.mean(variance) == pytest.approx(np.mean(mean), rel=0.8)


def test_only_requests_are_reached_in_part(two_years: Scenario) -> None:
    scenario = with_policy(two_years, -0.5, needs=("ASD",))
    base = multiplier(two_years, "request_rate")
    assert (multiplier(scenario, "request_rate") == base).all()


def register(scenario: Scenario, **changes: Any) -> Scenario:
    """The scenario with a register without ranges."""
    table = {"counted_on": dt.date(2022, 1, 3), "names": figure(scenario, changes.get("names", 500))}
    for name, value in {"new_names": 0.0, "conversion": 0.2, "diverted": 0.3, "additional": 1.0}.items():
        table[name] = figure(scenario, changes.get(name, value))
    return scenario.changed("demand", early_register=table)


def test_the_register_drains_into_requests_at_its_rates(plain: Scenario) -> None:
    """Of 500 names, two in five become requests in the end: 0.2 / (0.2 + 0.3); in the first year 39 % of all leave."""
    flat = plain.changed("demand.by_month", value={str(m): 1 for m in range(1, 13)})
    found = expected(register(flat), Streams(1, 0)).register
    years = plain.calendar.calendar_years
    for n, year in enumerate(range(2022, 2029)):
        share = np.exp(-0.5 * n) - np.exp(-0.5 * (n + 1))
        assert found[years == year].sum() == pytest.approx(500 * 0.4 * share, rel=0.01)


def test_a_register_with_as_many_new_names_as_leave_stands_still(plain: Scenario) -> None:
    found = expected(register(plain, new_names=250.0), Streams(1, 0)).register
    years = plain.calendar.calendar_years
    for year in range(2022, 2029):
        assert found[years == year].sum() == pytest.approx(500 * 0.2)
    without = expected(register(plain, new_names=52.0, conversion=0.0, diverted=0.0), Streams(1, 0)).register
    assert (without == 0).all()


def test_the_register_adds_children_and_changes_none(plain: Scenario) -> None:
    more = register(plain, new_names=400.0)
    before, after = (children_of(requests(s, Streams(1, 0))) for s in (plain, more))
    assert before < after
    mean = expected(more, Streams(1, 0)).register.sum()
    assert len(after - before) == pytest.approx(mean, abs=4 * np.sqrt(mean))


def test_nothing_comes_from_the_register_before_its_names_were_counted(plain: Scenario) -> None:
    scenario = register(plain).changed("demand.early_register", counted_on=dt.date(2023, 5, 1))
    found = expected(scenario, Streams(1, 0)).register
    week = plain.calendar.week_of(dt.date(2023, 5, 1))
    assert (found[:week] == 0).all()
    first = 500 * 0.2 * np.exp(-0.5 * 0.5 / WEEKS_A_YEAR) * expected(scenario, Streams(1, 0)).season[week]
    assert found[week] == pytest.approx(first)


@pytest.mark.parametrize("part", ["population", "rate", "mix", "policy"])
def test_what_stands_still_repeats_its_year_and_nothing_else_changes(bristol: Scenario, part: str) -> None:
    still = bristol.changed("demand", still={part: "2024"})
    before, after = (expected(s, Streams(1, 0)) for s in (bristol, still))
    years = bristol.calendar.calendar_years
    same = repeating(bristol.calendar, "2024")
    for name in FACTORS:
        stopped = name == part or (part == "policy" and name == "register")
        source = getattr(before, name)[same] if stopped else getattr(before, name)
        if name == "register":  # its season goes on
            source = source / before.season[same] * before.season if stopped else source
        assert np.allclose(getattr(after, name), source), name
    assert (same[years <= 2024] == np.arange(bristol.calendar.weeks)[years <= 2024]).all()
    assert (years[same[years > 2024]] == 2024).all()


def test_where_everything_stands_still_so_do_requests(bristol: Scenario) -> None:
    still = bristol.changed("demand", still=dict.fromkeys(("population", "rate", "mix", "policy"), "2024"))
    found = expected(still, Streams(1, 0))
    years = bristol.calendar.calendar_years
    totals = [found.mean[years == y].sum() for y in range(2024, 2029)]
    # Years of 52 and 53 weeks weigh the ends of a ramp a little differently.
    assert totals == pytest.approx([totals[0]] * len(totals), rel=0.002)
    path = growth_path(still, Streams(1, 0))
    assert len({path[y] for y in range(2024, 2030)}) == 1


def with_alternative(scenario: Scenario, months: dict[str, int] | None) -> Scenario:
    """The scenario with 300 pupils in alternative provision, and so many from each of ``months``."""
    assert scenario.demand.alternative is not None
    fixed = {name: getattr(scenario.demand.alternative, name) for name in ("pupils", "leaving", "asking", "by_need")}
    fixed["asking"] = fixed["asking"].model_copy(update={"value": 0.4, "low": None, "high": None})
    fixed["leaving"] = fixed["leaving"].model_copy(update={"value": 0.6, "low": None, "high": None})
    fixed["pupils"] = fixed["pupils"].model_copy(update={"value": 300, "low": None, "high": None})
    plain = {name: getattr(fixed["asking"], name) for name in ("unit", "source", "known_from", "verified", "reason")}
    changes = Figure[dict[str, int]](value=months, **plain) if months else None
    return scenario.changed("demand", alternative=AlternativePupils(pupils_from=changes, **fixed))


def test_closing_alternative_places_brings_requests_and_keeping_them_none(bristol: Scenario) -> None:
    """Of 200 who must leave 40 % ask, within four weeks; a stock that stays as it is brings nothing."""
    streams = Streams(1, 0)
    as_it_is = expected(drawn(with_alternative(bristol, None), streams.uniform), streams)
    assert not as_it_is.alternative.any()
    closed = expected(drawn(with_alternative(bristol, {"2023-09": 100}), streams.uniform), streams)
    weeks = np.flatnonzero(closed.alternative)
    assert closed.alternative.sum() == pytest.approx(80)
    assert weeks.size == 4
    assert bristol.calendar.months[bristol.calendar.month_of_week[weeks[0]]] == "2023-09"
    assert np.allclose(closed.mean - closed.alternative, as_it_is.mean)


def test_added_alternative_places_bring_their_usual_leavers(bristol: Scenario) -> None:
    streams = Streams(1, 0)
    added = expected(drawn(with_alternative(bristol, {"2023-09": 400}), streams.uniform), streams).alternative
    calendar = bristol.calendar
    year = added[calendar.calendar_years == 2025]
    assert year.sum() == pytest.approx(0.4 * 0.6 * 100 * year.size / (365.25 / 7))


def test_requests_from_alternative_provision_are_secondary_and_leave_all_others_alone(bristol: Scenario) -> None:
    scenarios = [drawn(with_alternative(bristol, months), Streams(5, 1).uniform) for months in (None, {"2023-09": 0})]
    without, closed = (requests(scenario, Streams(5, 1)) for scenario in scenarios)
    extra = ~np.isin(closed.key, without.key)
    assert np.isin(without.key, closed.key).all()
    assert extra.sum() == pytest.approx(120, abs=4 * np.sqrt(120))
    year = bristol.calendar.academic_years[closed.request_week[extra]]
    ncy = year - closed.reception_year[extra]
    assert set(ncy.tolist()) <= set(range(7, 12))
    assert 0.5 < (closed.need[extra] == NEEDS.index("SEMH")).mean() < 0.9
