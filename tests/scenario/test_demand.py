"""What a planner may assume of population, the register and interventions that reach a part, and what is refused."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.differences import differences
from sufficiency.scenario.library import load, parsed
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.tables import AGE_BANDS
from sufficiency.scenario.writing import to_toml

ProblemWith = Callable[[str, Any], InputProblem]
MADE_UP = {"unit": "children", "source": "made up", "known_from": dt.date(2022, 3, 7), "verified": True}
AREAS = ("north", "east-central", "south")
BANDS = {area: {band: {"2021": 100.0, "2030": 90.0} for band in AGE_BANDS} for area in AREAS}
SHARES = {"2011": {"north": 0.3, "east-central": 0.3, "south": 0.4}}


def figure(value: Any) -> dict[str, Any]:
    return MADE_UP | {"value": value}


# path, value, field named, what is wrong, a word of what is allowed or of how to mend it
ASD = "interventions.autism-training-requests"
WRONG = [
    ("population.projection", figure({a: BANDS[a] for a in AREAS[:2]}), "population.projection.value", "lacks area south", "add"),
    ("population.projection", figure(BANDS | {"nort": BANDS["north"]}), "population.projection.value", "unknown area", "north"),
    (
        "population.projection",
        figure(BANDS | {"south": {"under_5": {"2021": 1.0}}}),
        "population.projection.value.south",
        "lacks age band 5_to_10",
        "under_5",
    ),
    (
        "population.projection",
        figure(BANDS | {"south": {"0": {"2021": 1.0}}}),
        "population.projection.value.south",
        "lacks National Curriculum Year -4",
        "20",
    ),
    ("population.projection", figure(BANDS | {"south": BANDS["south"] | {"under_5": {}}}),
     "population.projection.value.south.under_5", "too few entries", "at least 1"),
    ("population.projection", figure(BANDS | {"south": BANDS["south"] | {"under_5": {"2021": 0.0}}}),
     "population.projection.value.south.under_5.2021", "out of range", "above 0"),
    ("population.births_by_area", figure({"2011": {"north": 0.5, "south": 0.5}}),
     "population.births_by_area.value.2011", "lacks area east-central", "add"),
    ("population.births_by_area", figure({"2011": SHARES["2011"] | {"south": 0.8}}),
     "population.births_by_area.value.2011", "do not sum to 1", "a sum of 1"),
    ("demand.need_by_phase", figure({"primary": {"ASD": 1.0}}), "demand.need_by_phase.value.primary", "lacks need HI", "ASD"),
    ("demand.still", {"rate": "2031"}, "demand.still.rate", "lies outside the scenario", "2022 to 2029"),
    ("demand.still", {"births": "2024"}, "demand.still.births", "unknown key", "population"),
    ("demand.early_register.names.value", -1, "demand.early_register.names.value", "out of range", "0"),
    ("demand.early_register.conversion", ..., "demand.early_register.conversion", "a key is missing", "add"),
    ("demand.early_register.counted_on", "2021-11-30", "demand.early_register.counted_on", "not a date", "without quotes"),
    (f"{ASD}.needs", ["ADS"], f"{ASD}.needs", "unknown need", "ASD"),
    (f"{ASD}.needs", [], f"{ASD}.needs", "no need", "at least one"),
    (f"{ASD}.areas", ["nort"], f"{ASD}.areas", "unknown area",
     "north"),
    (f"{ASD}.areas", [], f"{ASD}.areas", "too few", "at least 1"),
    ("interventions.autism-training.phases", ["primary"], "interventions.autism-training.phases",
     "an intervention on specialist_need reaches everyone", "request_rate"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "field", "what", "help_"), WRONG)
def test_a_mistake_is_named_where_it_is(
    problem_with: ProblemWith, path: str, value: Any, field: str, what: str, help_: str
) -> None:
    problem = problem_with(path, value)
    assert problem.field == field
    assert what in problem.what
    assert help_ in f"{problem.allowed} {problem.mend}"


def test_a_projection_and_births_by_area_exclude_each_other(bristol: Scenario) -> None:
    both = bristol.changed("population", births_by_area=figure(SHARES))
    with pytest.raises(ValueError, match="both a projection and births by area"):
        both.changed("population", projection=figure(BANDS))


def test_everything_optional_is_written_and_read_again(bristol: Scenario) -> None:
    needs = bristol.demand.by_need.value
    scenario = bristol.changed("population", projection=figure(BANDS))
    phases = ("early_years", "primary", "secondary", "post_16")
    scenario = scenario.changed("demand", need_by_phase=figure(dict.fromkeys(phases, needs)), still={"mix": "2025"})
    scenario = scenario.changed("demand", small_authority_noise=figure(0.13))
    scenario = scenario.changed("interventions.autism-training-requests", areas=("south",), phases=("primary", "secondary"))
    again = parsed(to_toml(scenario), where="again.toml")
    assert again == scenario
    assert again.digest == scenario.digest != bristol.digest
    found = {d.path for d in differences(bristol, scenario)}
    assert {"population.projection", "demand.need_by_phase", "demand.small_authority_noise", "demand.still.mix"} <= found
    assert {f"interventions.autism-training-requests.{name}" for name in ("areas", "phases")} <= found


def test_the_register_of_2021_holds_504_names_and_nothing_else_of_it_is_verified(bristol: Scenario) -> None:
    register = bristol.demand.early_register
    assert register is not None
    assert register.names.value == 504
    assert register.names.known_from == register.counted_on == dt.date(2021, 11, 30)
    open_ = (register.new_names, register.conversion, register.diverted, register.additional)
    assert all(f.is_range and not f.verified for f in open_)


def test_the_end_of_the_top_up_is_known_only_later_and_gives_the_requests_of_2024() -> None:
    later = load("bristol-2022+as-delivered")
    assert "early-top-up-ended" not in load("bristol-2022").interventions
    ended = later.interventions["early-top-up-ended"]
    assert later.demand.known_growth is not None
    growth = math.exp(later.demand.known_growth.value["2024"]) * (1 + ended.effect.value)
    assert growth == pytest.approx(1605 / 1189, rel=2e-3)
    assert not ended.effect.verified


def test_every_effect_nobody_measured_is_a_range_that_is_marked() -> None:
    for name in ("bristol-2022", "bristol-2025"):
        for key, intervention in load(name).interventions.items():
            assert not intervention.effect.verified, key
            assert intervention.effect.is_range, key
