"""A posterior in a scenario: one particle a future, all other draws as they were, and clear words where it cannot be."""

from __future__ import annotations

import datetime as dt
import pickle
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.differences import differences
from sufficiency.scenario.draws import drawn
from sufficiency.scenario.library import load, parsed
from sufficiency.scenario.numbers import number_at, numbers, with_numbers
from sufficiency.scenario.provenance import assumptions
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.writing import to_toml
from sufficiency.simulation.streams import Streams

PARTICLES = {"advice.advice_per_week": [12.0, 15.0, 18.0], "assessment_team.weeks_to_finalise": [4, 6, 8]}


def content(**changes: Any) -> dict[str, Any]:
    return {"source": "made up", "as_of": dt.date(2022, 1, 1), "weights": [1, 2, 1], "particles": PARTICLES, **changes}


@pytest.fixture(scope="module")
def calibrated(bristol: Scenario) -> Scenario:
    return bristol.changed("", posterior=content())


def test_each_future_draws_one_particle_with_all_its_numbers(calibrated: Scenario) -> None:
    futures = [drawn(calibrated, Streams(5, r).uniform) for r in range(400)]
    pairs = Counter((f.advice.advice_per_week.value, f.assessment_team.weeks_to_finalise.value) for f in futures)
    assert set(pairs) == {(12.0, 4), (15.0, 6), (18.0, 8)}
    assert 0.4 < pairs[15.0, 6] / 400 < 0.6


def test_every_other_draw_stays_bit_for_bit(bristol: Scenario, calibrated: Scenario) -> None:
    for replication in range(5):
        before, after = (dict(drawn(s, Streams(5, replication).uniform).figures()) for s in (bristol, calibrated))
        assert {path for path in before if before[path] != after[path]} <= set(PARTICLES)


def test_it_is_read_back_as_written_and_travels_between_processes(calibrated: Scenario) -> None:
    again = parsed(to_toml(calibrated), where="again")
    assert again == calibrated
    assert again.digest == calibrated.digest
    assert pickle.loads(pickle.dumps(calibrated)) == calibrated  # noqa: S301


def test_it_changes_the_digest_and_is_told_as_a_difference(bristol: Scenario, calibrated: Scenario) -> None:
    assert calibrated.digest != bristol.digest
    told = {d.path: d.after for d in differences(bristol, calibrated)}
    assert told["posterior.particles.advice.advice_per_week"] == "15 (12 to 18), 3 particles"


def test_its_marginals_are_among_the_assumptions(calibrated: Scenario) -> None:
    row = next(row for row in assumptions(calibrated) if row["path"] == "posterior.particles.advice.advice_per_week")
    assert (row["low"], row["value"], row["high"]) == (12.0, 15.0, 18.0)
    assert row["source"] == "made up"
    assert "16 (12.8 to 19.2)" in row["reason"]


def test_an_override_replaces_a_posterior_whole(tmp_path: Any) -> None:
    path = tmp_path / "fit.toml"
    table = '[posterior]\nsource = "x"\nas_of = 2021-01-01\nweights = [1]\n[posterior.particles]\n"decisions.refused" = [0.1]\n'
    path.write_text(f'kind = "override"\n{table}', encoding="utf-8")
    laid = load("bristol-2020", [str(path)])
    assert laid.posterior is not None
    assert set(laid.posterior.particles) == {"decisions.refused"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"particles": {"advice.advice_per_wek": [1, 1, 1]}}, ("advice_per_wek", 'did you mean "advice.advice_per_week"')),
        ({"particles": {"advice.advice_per_week": [1, 2]}}, ("2", "3 values")),
        ({"particles": {"demand.by_need.ASD": [0.3, 0.3, 0.3]}}, ("sum to 1",)),
        ({"particles": {"demand.by_month": [1, 1, 1]}}, ("table", "demand.by_month.1")),
        ({"particles": {"decisions.refused": [0.1, 0.2, 1.5]}}, ("1.5",)),
        ({"weights": [1, 0, 1]}, ("posterior.weights",)),
        ({"weights": []}, ("posterior.weights",)),
        ({"as_of": dt.date(2023, 1, 1)}, ("posterior.as_of", "2022-03-07")),
    ],
)
def test_what_cannot_be_is_refused(
    problem_with: Callable[..., InputProblem], changes: dict[str, Any], words: tuple[str, ...]
) -> None:
    line = str(problem_with("posterior", content(**changes)))
    for word in words:
        assert word in line


def test_numbers_are_found_and_set_by_path(bristol: Scenario) -> None:
    assert number_at(bristol, "demand.by_month.3").value == bristol.demand.by_month.value["3"]
    assert len({number.path for number in numbers(bristol)}) == sum(1 for _ in numbers(bristol))
    changed = with_numbers(bristol, {"demand.by_month.3": 7.0, "assessment_team.weeks_to_finalise": 4.6})
    assert changed.demand.by_month.value["3"] == 7.0
    assert changed.assessment_team.weeks_to_finalise.value == 5
    assert bristol.assessment_team.weeks_to_finalise.value == 6
    span = number_at(with_numbers(bristol, {"advice.advice_per_week": 14.0}), "advice.advice_per_week").span
    assert span == (14.0, 14.0, 14.0)


def test_a_rule_that_begins_later_holds_the_share_of_before_until_then(bristol: Scenario) -> None:
    figure = {"unit": "weeks", "source": "assumption", "known_from": dt.date(2022, 1, 1), "verified": False, "reason": "made up"}
    later = bristol.changed(
        "assessment_team",
        backlog_share_begins={**figure, "value": 11},
        backlog_share_before={**figure, "value": 0.9},
    )
    team = drawn(later, Streams(1, 0).uniform).assessment_team
    assert team.backlog_share.value == 0.9
    assert team.backlog_share_from is not None
    # Week 11 begins on 21 March 2022: three of the month's five weeks were before it.
    assert team.backlog_share_from.value == pytest.approx({"2022-03": 0.6 * 0.9 + 0.4 * 0.6, "2022-04": 0.6})
    never = later.changed("assessment_team.backlog_share_begins", value=0)
    assert drawn(never, Streams(1, 0).uniform).assessment_team.backlog_share.value == 0.6


def test_known_refusals_are_followed_year_by_year() -> None:
    """Of the decisions of each year the published share is refused, within four standard errors of a share."""
    from sufficiency.simulation.pathway import simulate_assessment

    scenario = load("bristol-2020")
    tallies = [simulate_assessment(scenario, replication).tallies for replication in range(4)]
    years = np.array([int(month[:4]) for month in scenario.calendar.months])
    refused, decided = (sum(t[name].sum(axis=(1, 2, 3)) for t in tallies) for name in ("refusals", "decisions"))
    for year, share in ((2020, 0.033), (2021, 0.0835), (2022, 0.2408), (2024, 0.2036)):
        of = int(decided[years == year].sum())
        assert of > 2000
        found = refused[years == year].sum() / of
        assert abs(found - share) < 4 * np.sqrt(share * (1 - share) / of), year
