"""Months and years that a scenario's clock does not reach are refused when a file is read, and only then."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.library import load

OVERRIDE = """
kind = "override"
name = "dated"
title = "dated"
note = "A test."

[{path}]
value = {{ "{period}" = {value} }}
unit = "as said"
source = "assumption"
known_from = 2022-01-01
verified = false
reason = "A test."
"""


@pytest.mark.parametrize(
    ("path", "period", "value", "what"),
    [
        ("advice.in_post", "2099-05", "0.5", "the month lies after the horizon"),
        ("assessment_team.writers_in_post", "2031-01", "0.5", "the month lies after the horizon"),
        ("assessment_team.backlog_share_from", "2099-05", "0.5", "the month lies after the horizon"),
        ("assessment_team.plans_by_month", "2099-05", "5", "the month lies after the horizon"),
        ("assessment_team.plans_by_month", "2012-05", "5", "the month lies before the start"),
        ("demand.known_requests", "2012", "10", "the year lies before the start"),
        ("decisions.refused_from", "2040-01", "0.1", "the month lies after the horizon"),
    ],
)
def test_a_date_outside_the_clock_is_named(tmp_path: Path, path: str, period: str, value: str, what: str) -> None:
    file = tmp_path / "dated.toml"
    file.write_text(OVERRIDE.format(path=path, period=period, value=value), encoding="utf-8")
    with pytest.raises(InputProblem, match=what) as caught:
        load("bristol-2022", [str(file)])
    assert caught.value.value == period
    assert path in (caught.value.where or "")


def test_what_holds_already_may_have_begun_before_the_start(tmp_path: Path) -> None:
    file = tmp_path / "dated.toml"
    file.write_text(OVERRIDE.format(path="advice.in_post", period="2019-05", value="0.9"), encoding="utf-8")
    scenario = load("bristol-2022", [str(file)])
    assert scenario.advice.in_post is not None


def test_a_shorter_horizon_of_the_same_figures_is_a_scenario_too() -> None:
    assert load("bristol-2020").changed("", horizon=dt.date(2021, 4, 30)).assessment_team.plans_by_month is not None
