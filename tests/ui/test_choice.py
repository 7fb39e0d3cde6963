"""What a planner chooses, and the scenario it gives."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.library import load
from sufficiency.ui.choice import Choice, default_futures, limited_scenario_of, scenario_of
from sufficiency.ui.fields import FIELDS, check, from_shown, help_text, limits, shown_value
from sufficiency.workspace import Why


def test_no_change_gives_the_baseline() -> None:
    assert scenario_of(Choice()).digest == load("bristol-2022").digest


def test_a_change_moves_the_range_along_and_is_marked_unverified() -> None:
    before = load("bristol-2022").figure("demand.growth")
    after = scenario_of(Choice().edited("demand.growth", 0.15)).figure("demand.growth")
    assert after.value == 0.15
    assert before.low is not None and after.low is not None
    assert after.low - before.low == pytest.approx(0.15 - before.value)
    assert not after.verified
    assert after.reason and after.source == "changed in the app"


def test_a_moved_range_stays_within_what_the_model_allows() -> None:
    figure = scenario_of(Choice().edited("decisions.refused", 1.0)).figure("decisions.refused")
    assert figure.value == 1.0
    assert figure.high is None or figure.high <= 1.0


def test_the_reason_is_kept_with_the_change_and_makes_no_result_stale() -> None:
    edited = Choice().edited("demand.growth", 0.15)
    choice = edited.justified("demand.growth", Why("The council's own forecast.", "cabinet report, table 4"))
    figure = limited_scenario_of(choice).figure("demand.growth")
    assert (figure.reason, figure.source) == ("The council's own forecast.", "cabinet report, table 4")
    assert scenario_of(choice).digest == scenario_of(edited).digest
    assert limited_scenario_of(choice).assumed_digest == scenario_of(edited).assumed_digest
    assert choice.edited("demand.growth", None).whys == ()


def test_limits_of_the_shortlist_make_no_run_stale() -> None:
    choice = Choice().edited("shortlist.capital", 1e6)
    assert scenario_of(choice).digest == scenario_of(Choice()).digest
    assert limited_scenario_of(choice).shortlist.capital.value == 1e6


def test_a_change_taken_back_leaves_no_trace() -> None:
    assert Choice().edited("demand.growth", 0.15).edited("demand.growth", None) == Choice()


def test_the_commitments_day_can_be_changed() -> None:
    assert scenario_of(Choice().edited("commitment.by", "2024-05-01")).commitment.by == dt.date(2024, 5, 1)


@pytest.mark.parametrize("field", FIELDS.values(), ids=list(FIELDS))
def test_every_field_takes_its_own_value_and_has_help(field: Any) -> None:
    scenario = load("bristol-2022")
    shown = shown_value(scenario, field)
    check(scenario, field, shown)
    if field.kind != "day":
        assert from_shown(field, shown) == pytest.approx(scenario.figure(field.path).value, rel=0.05)
        low, high = limits(field.path)
        assert low < high
    assert len(help_text(scenario, field)) > 20


@pytest.mark.parametrize(
    ("path", "shown", "words"),
    [
        ("demand.growth", 90.0, "Allowed: −50.0 to 50.0 % a year"),
        ("demand.growth", math.nan, "not a finite number"),
        ("decisions.refused", -1.0, "Allowed: 0 to 100"),
        ("placements.latent", 0.0, "Allowed: above 0"),
        ("commitment.by", dt.date(1999, 1, 1), "the day is out of range"),
        ("demand.growth", None, "the field is empty"),
    ],
)
def test_what_is_out_of_range_is_said_in_the_fields_own_unit(path: str, shown: Any, words: str) -> None:
    with pytest.raises(InputProblem) as found:
        check(load("bristol-2022"), FIELDS[path], shown)
    assert words.replace(".0", "") in str(found.value).replace(".0", "")
    assert found.value.field == path


def test_the_first_visit_takes_few_futures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUFFICIENCY_FUTURES", raising=False)
    assert default_futures() == 40
    monkeypatch.setenv("SUFFICIENCY_FUTURES", "8")
    assert default_futures() == 8
    monkeypatch.setenv("SUFFICIENCY_FUTURES", "many")
    assert default_futures() == 40
