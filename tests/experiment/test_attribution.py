"""Attribution: the parts of a change sum to it exactly, future by future, and each is what its factor alone does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.attribution import MEASURES, PARTS, Attribution, between_scenarios, between_years, whole_years
from sufficiency.experiment.runner import run_futures
from sufficiency.experiment.switching import ASSUMPTIONS, FACTORS, alike, standing_still, switched
from sufficiency.scenario.demand import Demand
from sufficiency.scenario.draws import drawn
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.demand import expected
from sufficiency.simulation.streams import Streams

FUTURES = 4
SEED = 3


def assert_sums(found: Attribution) -> None:
    """Before and the parts make after in every future; whole children to the child, expected requests to rounding."""
    assert tuple(found.parts) == PARTS
    total = found.before + np.sum(list(found.parts.values()), axis=0)
    if found.measure == "requests":
        assert np.allclose(total, found.after, rtol=1e-12)
    else:
        assert (total == found.after).all()
    rows = {row.part: row.mean for row in found.rows()}
    assert tuple(rows) == ("before", *PARTS, "change", "after")
    assert rows["before"] + sum(rows[part] for part in PARTS) == pytest.approx(rows["after"], rel=1e-12)
    assert rows["change"] == pytest.approx(rows["after"] - rows["before"], rel=1e-9)


def certain(scenario: Scenario, path: str, value: Any) -> Scenario:
    return scenario.changed(path, value=value, low=None, high=None)


@pytest.fixture(scope="module")
def other(scenario: Scenario) -> Scenario:
    """The scenario with something of every kind changed."""
    changed = certain(scenario, "demand.growth", 0.3).changed("interventions.ordinarily-available", enabled=True)
    changed = certain(changed, "population.migration", -0.04)
    changed = certain(changed, "assessment_team.cases_per_week", 30.0)
    return certain(changed, "demand.by_ncy", scenario.demand.by_ncy.value | TILT)


TILT = {"-1": 0.0, "9": 0.1728}
"""A mix in which nobody asks in the year before Reception, and more do in Year 9."""


@pytest.fixture(scope="module")
def over_years(scenario: Scenario) -> dict[str, Attribution]:
    """From 2022 to 2023."""
    return {a.measure: a for a in between_years(scenario, 2022, 2023, FUTURES, base_seed=SEED)}


@pytest.fixture(scope="module")
def over_scenarios(scenario: Scenario, other: Scenario) -> dict[str, Attribution]:
    """In 2023."""
    return {a.measure: a for a in between_scenarios(scenario, other, [2023], FUTURES, base_seed=SEED)}


@pytest.mark.parametrize("measure", MEASURES)
def test_the_parts_of_a_change_between_years_sum_to_it(over_years: dict[str, Attribution], measure: str) -> None:
    assert_sums(over_years[measure])


@pytest.mark.parametrize("measure", MEASURES)
def test_the_parts_of_a_difference_of_scenarios_sum_to_it(over_scenarios: dict[str, Attribution], measure: str) -> None:
    assert_sums(over_scenarios[measure])


def test_before_and_after_are_what_the_simulation_shows(
    scenario: Scenario, other: Scenario, over_years: dict[str, Attribution], over_scenarios: dict[str, Attribution]
) -> None:
    runs = [run_futures(s, FUTURES, base_seed=SEED) for s in (scenario, other)]
    caseload = [run.tallies["caseload"].sum(axis=(2, 3, 4, 5)) for run in runs]
    issued = [run.tallies["plans_issued"].sum(axis=(2, 3, 4)) for run in runs]
    assert (over_years["caseload"].before == caseload[0][:, 0]).all()
    assert (over_years["caseload"].after == caseload[0][:, 1]).all()
    assert (over_years["plans_issued"].before == issued[0][:, :12].sum(axis=1)).all()
    assert (over_scenarios["caseload"].after == caseload[1][:, 1]).all()
    assert (over_scenarios["plans_issued"].after == issued[1][:, 12:24].sum(axis=1)).all()


def test_requests_of_two_years_are_those_expected_and_each_part_is_its_factor(
    scenario: Scenario, over_years: dict[str, Attribution]
) -> None:
    found = over_years["requests"]
    years = scenario.calendar.calendar_years
    for replication in range(FUTURES):
        streams = Streams(SEED, replication)
        demand = expected(drawn(scenario, streams.uniform), streams)
        before, after = (demand.mean[years == y].sum() for y in (2022, 2023))
        assert found.before[replication] == pytest.approx(before, rel=1e-12)
        assert found.after[replication] == pytest.approx(after, rel=1e-12)
        register = demand.register[years == 2022].sum()
        growth = np.exp(np.log(demand.rate[years == 2023][0]) - np.log(demand.rate[years == 2022][0]))
        assert found.parts["rate"][replication] == pytest.approx((before - register) * (growth - 1), rel=1e-9)
        assert found.parts["everything_else"][replication] == 0


def test_standing_still_in_simulation_agrees_with_the_factors_of_the_year(
    scenario: Scenario, over_years: dict[str, Attribution]
) -> None:
    """One factor released at a time gives the same expected requests as the product of the years' factors."""
    found = over_years["requests"]
    years = scenario.calendar.calendar_years
    for part in FACTORS:
        released = standing_still(scenario, 2022, [f for f in FACTORS if f != part])
        for replication in range(FUTURES):
            streams = Streams(SEED, replication)
            mean = expected(drawn(released, streams.uniform), streams).mean[years == 2023].sum()
            # Weeks of the two years begin on other days, which moves the population's September by up to a week.
            assert mean == pytest.approx(found.before[replication] + found.parts[part][replication], rel=1e-3)


def test_with_no_change_every_part_is_exactly_nothing(scenario: Scenario) -> None:
    for found in between_scenarios(scenario, scenario.changed("", title="The same"), [2022, 2023], 2, base_seed=SEED):
        assert_sums(found)
        assert all((values == 0).all() for values in found.parts.values())


@pytest.mark.parametrize(
    ("part", "path", "value"),
    [
        ("rate", "demand.growth", 0.4),
        ("population", "population.migration", -0.1),
        ("everything_else", "assessment_team.cases_per_week", 30.0),
    ],
)
def test_what_differs_in_one_factor_is_all_of_that_part(scenario: Scenario, part: str, path: str, value: float) -> None:
    for found in between_scenarios(scenario, certain(scenario, path, value), [2023], 2, base_seed=SEED):
        assert_sums(found)
        assert (found.parts[part] == found.after - found.before).all()
        others = [values for name, values in found.parts.items() if name != part]
        assert not np.any(others)


def test_only_simulated_where_it_differs(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def counted(*args: Any, **kwargs: Any) -> Any:
        calls.append(args[0])
        return run_futures(*args, **kwargs)

    monkeypatch.setattr("sufficiency.experiment.attribution.run_futures", counted)
    between_scenarios(scenario, certain(scenario, "demand.growth", 0.4), [2023], 1, base_seed=SEED)
    assert len(calls) == 3  # before, rate, after
    calls.clear()
    between_scenarios(scenario, certain(scenario, "demand.growth", 0.4), [2023], 1, measures=["requests"])
    assert calls == []


def test_every_assumption_belongs_to_one_part(scenario: Scenario, other: Scenario) -> None:
    named = [path for paths in ASSUMPTIONS.values() for path in paths]
    assert len(set(named)) == len(named)
    demand = {path.removeprefix("demand.") for path in named if path.startswith("demand.")}
    assert set(Demand.model_fields) - demand == {"still"}
    whole = scenario
    for part in (*FACTORS, "everything_else"):
        whole = switched(whole, other, part)
    assert alike(whole, other)


def test_what_became_known_later_can_be_switched(scenario: Scenario) -> None:
    """A factor taken from a scenario that knows more makes one that still can be checked and sent to workers."""
    later = load("bristol-2022+as-delivered").changed("", horizon=scenario.horizon)
    for part in (*FACTORS, "everything_else"):
        Scenario.model_validate(switched(scenario, later, part).model_dump(mode="python"))
    (found,) = between_scenarios(scenario, later, [2023], 2, base_seed=SEED, measures=["requests"])
    assert_sums(found)


def test_a_part_that_stands_still_already_goes_on_doing_so(scenario: Scenario) -> None:
    still = scenario.changed("demand", still={"rate": "2022"})
    (found,) = between_years(still, 2022, 2023, FUTURES, base_seed=SEED, measures=["requests"])
    assert np.allclose(found.parts["rate"], 0, atol=1e-9)
    assert standing_still(still, 2023, ["rate"]).demand.still == still.demand.still


def test_the_same_seed_gives_the_same_rows(scenario: Scenario, over_years: dict[str, Attribution]) -> None:
    again = between_years(scenario, 2022, 2023, FUTURES, base_seed=SEED, measures=["need"])
    assert again[0].rows() == over_years["need"].rows()


def test_years_that_are_not_whole_and_unknown_measures_are_refused(scenario: Scenario) -> None:
    assert whole_years(scenario) == (2022, 2023)  # to the end of February 2024
    for first, last in ((2021, 2023), (2022, 2024)):
        with pytest.raises(InputProblem, match=r"does not cover the whole year.*2022 to 2023"):
            between_years(scenario, first, last)
    with pytest.raises(InputProblem, match="not before the last"):
        between_years(scenario, 2023, 2023)
    with pytest.raises(InputProblem, match=r"unknown measure.*places.*requests"):
        between_years(scenario, 2022, 2023, measures=["places"])
    with pytest.raises(InputProblem, match="no year is named"):
        between_scenarios(scenario, scenario, [])
    with pytest.raises(InputProblem, match="number of futures is out of range"):
        between_years(scenario, 2022, 2023, 0, measures=["requests"])
    known = scenario.demand.requests_in_base_year.model_dump(mode="python") | {"value": {"2022": 900}}
    with pytest.raises(InputProblem, match="known requests cannot be attributed"):
        between_years(scenario.changed("demand", known_requests=known), 2022, 2023)
    with pytest.raises(InputProblem, match="cannot be compared"):
        between_scenarios(scenario, load("bristol-2025"), [2023])
