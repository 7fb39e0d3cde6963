"""Calibration: it finds what is there to be found, says what is not, and does not depend on workers or interruptions."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment import replay as replay_module
from sufficiency.experiment.calibration import calibrate as module
from sufficiency.experiment.calibration.calibrate import Calibration, calibrate, distance, until
from sufficiency.experiment.calibration.learned import learned, tied
from sufficiency.experiment.calibration.parameters import parameters_of
from sufficiency.experiment.calibration.population import Population, steps_for
from sufficiency.experiment.observables import Target
from sufficiency.experiment.observed import Observation, Observed, load_observed, parse_observed
from sufficiency.experiment.pathway_runs import Item, observed_futures, pathway_only
from sufficiency.experiment.periods import period
from sufficiency.experiment.replay import replay
from sufficiency.experiment.runner import Cancelled
from sufficiency.report.replay_files import replay_lines, replay_words
from sufficiency.scenario.draws import PARTICLE_STREAM
from sufficiency.scenario.library import load
from sufficiency.scenario.numbers import with_numbers
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.pathway import simulate_assessment
from sufficiency.simulation.streams import Streams

NAMES = ("assessment_team.backlog_share_begins", "demand.priority_share")
MONTHS = tuple(f"2020-0{m}" for m in range(1, 7))


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("bristol-2020").model_copy(update={"posterior": None})


@pytest.fixture(scope="module")
def observed() -> Observed:
    return load_observed("bristol-2020")


def small(scenario: Scenario, observed: Observed, **options: Any) -> Calibration:
    return calibrate(
        scenario,
        observed,
        parameters_of(scenario, NAMES),
        particles=24,
        generations=4,
        least_accepted=0.01,
        base_seed=5,
        **options,
    )


@pytest.fixture(scope="module")
def done(scenario: Scenario, observed: Observed) -> Calibration:
    return small(scenario, observed)


def known_answer(mean: float) -> Observed:
    """One fitted figure, which the made-up simulator below gives with a spread of 1."""
    text = f"measure,period,value,use,source,known_from,spread\nplans_on_time,2020-01,{mean},fit,made up,2020-08-31,1"
    return parse_observed(text, where="made", name="made")


def test_the_posterior_is_the_one_that_theory_gives(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """A figure x + noise, x from a triangle and noise normal with sd 0.5: the posterior is their product, by quadrature."""

    def made_up(_: Scenario, items: Sequence[Item], *__: Any, **___: Any) -> np.ndarray:
        noise = np.random.default_rng(items[0].replication).normal(0, 0.5, len(items))
        x = np.array([item.numbers["decisions.decisions_per_week"] for item in items])
        return (x + noise)[:, None]

    monkeypatch.setattr(module, "observed_futures", made_up)
    names = ("decisions.decisions_per_week", "assessment_team.backlog_share_before")
    parameters = parameters_of(scenario, names)
    found = calibrate(scenario, known_answer(16), parameters, particles=2000, least_accepted=0.1)
    grid = np.linspace(13.2, 16.8, 4001)
    prior = np.where(grid < 14.4, (grid - 13.2) / 1.2, (16.8 - grid) / 2.4)
    weight = prior * np.exp(-(((16 - grid) / 0.5) ** 2) / 2)
    mean = float((grid * weight).sum() / weight.sum())
    sd = float(np.sqrt((grid**2 * weight).sum() / weight.sum() - mean**2))
    fitted, idle = learned(parameters, found.posterior)
    assert fitted.posterior["mean"] == pytest.approx(mean, abs=0.06)
    assert fitted.posterior["sd"] == pytest.approx(sd, rel=0.12)
    assert fitted.is_narrowed
    assert not idle.is_narrowed
    assert idle.posterior["mean"] == pytest.approx(idle.prior["mean"], abs=0.01)
    assert tied(parameters, found.posterior) == ()


def test_it_recovers_numbers_from_what_the_model_itself_gives(scenario: Scenario) -> None:
    """Only the two numbers are unknown: figures made with other values of the other ranges would be another question."""
    truth = {"assessment_team.backlog_share_begins": 3.0, "decisions.decisions_per_week": 14.0}
    fixed = with_numbers(scenario, {p.path: p.mode for p in parameters_of(scenario) if p.path not in truth})
    wanted = [("plans_on_time", month, None) for month in MONTHS] + [("decisions", "2020-01/2020-06", 8.0)]
    targets = [Target(measure, period(label)) for measure, label, _ in wanted]
    short = until(with_numbers(fixed, truth), 2020 * 12 + 5)
    made = observed_futures(short, [Item({}, 900 + i) for i in range(20)], targets, base_seed=1)
    fit = [
        Observation(measure, period(label), float(value), "fit", "made", dt.date(2020, 8, 31), spread)
        for (measure, label, spread), value in zip(wanted, np.median(made, axis=0), strict=True)
    ]
    parameters = parameters_of(scenario, list(truth))
    found = calibrate(
        fixed, Observed("made", tuple(fit)), parameters, particles=40, generations=4, least_accepted=0.01, base_seed=2
    )
    for each in learned(parameters, found.posterior):
        assert each.is_narrowed, each
        assert abs(each.posterior["mean"] - truth[each.path]) < abs(each.prior["mean"] - truth[each.path]) / 2, each


def test_the_tolerance_falls_and_the_particles_are_within_their_ranges(done: Calibration) -> None:
    tolerances = [generation.tolerance for generation in done.state.generations]
    assert tolerances == sorted(tolerances, reverse=True)
    assert done.state.population.tolerance <= tolerances[-1]
    for parameter, column in zip(done.parameters, done.values.T, strict=True):
        assert parameter.low <= column.min() <= column.max() <= parameter.high
        assert not parameter.whole or (column == np.round(column)).all()


def test_the_same_whatever_the_executor(scenario: Scenario, observed: Observed, done: Calibration) -> None:
    with ThreadPoolExecutor(3) as pool:
        assert small(scenario, observed, executor=pool).posterior == done.posterior


def test_stopped_and_taken_up_again_it_ends_in_the_same_bytes(
    scenario: Scenario, observed: Observed, done: Calibration, tmp_path: Path
) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert small(scenario, observed, folder=whole).posterior == done.posterior
    calls = []

    def stop() -> bool:
        calls.append(1)
        return len(calls) > 6

    with pytest.raises(Cancelled):
        small(scenario, observed, folder=parts, cancelled=stop)
    assert 1 <= len(json.loads((parts / "state.json").read_text())["generations"]) < 4
    again = small(scenario, observed, folder=parts)
    assert again.posterior == done.posterior
    assert (parts / "state.json").read_bytes() == (whole / "state.json").read_bytes()
    told: list[Any] = []
    small(scenario, observed, folder=parts, tell=lambda *what: told.append(what))
    assert not told, "nothing is simulated twice"


@pytest.mark.parametrize("spoilt", ["", "{", "[]", '{"key": 3}'])
def test_a_folder_of_something_else_is_refused(scenario: Scenario, observed: Observed, tmp_path: Path, spoilt: str) -> None:
    (tmp_path / "state.json").write_text(spoilt, encoding="utf-8")
    with pytest.raises(InputProblem, match=r"state\.json"):
        small(scenario, observed, folder=tmp_path)


def test_a_calibration_of_other_inputs_is_not_taken_up(scenario: Scenario, observed: Observed, tmp_path: Path) -> None:
    parameters = parameters_of(scenario, NAMES)
    calibrate(scenario, observed, parameters, particles=20, generations=1, folder=tmp_path)
    with pytest.raises(InputProblem, match="other inputs"):
        calibrate(scenario, observed, parameters, particles=20, generations=1, folder=tmp_path, base_seed=8)


def test_a_future_with_the_posterior_is_the_future_of_one_particle(
    scenario: Scenario, observed: Observed, done: Calibration
) -> None:
    after = Scenario.model_validate({**scenario.model_dump(mode="python"), "posterior": done.posterior.model_dump(mode="python")})
    targets = observed.targets(observed.used("fit"))
    particle = done.posterior.drawn(Streams(5, 2).uniform(PARTICLE_STREAM))
    assert particle in [
        dict(zip(done.posterior.particles, row, strict=True)) for row in zip(*done.posterior.particles.values(), strict=True)
    ]
    drawn_one = observed_futures(after, [Item({}, 2)], targets, base_seed=5)
    set_by_hand = observed_futures(scenario, [Item(particle, 2)], targets, base_seed=5)
    assert np.array_equal(drawn_one, set_by_hand)


def test_a_replay_gives_back_what_is_given(scenario: Scenario, observed: Observed) -> None:
    found = replay(scenario, observed, 5)
    for check in found.of("input"):
        if check.row.measure in ("requests", "plans_issued"):
            assert check.p5 == check.p95 == check.row.value
    on_time = {check.row.period.label: check for check in found.checks if check.row.measure == "plans_on_time"}
    assert on_time["2020-05"].as_last_time == pytest.approx(11 / 76 * 80)
    assert on_time["2020-08/2020-12"].as_last_time == pytest.approx(28 / 101 * 175)
    assert on_time["2020-01"].as_last_time is None


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("bristol-2020", "2020-04"),
        pytest.param("bristol-2020", "2021-05", id="inside a year whose requests are known"),
        ("bristol-2022", "2023-12"),
    ],
)
def test_a_shorter_horizon_changes_nothing_before_it(name: str, last: str) -> None:
    long = load(name)
    short = until(long, period(last).last)
    assert short.horizon < min(long.horizon, dt.date(2024, 12, 31))
    assert name != "bristol-2020" or short.horizon < dt.date(2021, 12, 1), "the cut is inside 2021"
    for replication in (0, 3):
        whole, cut = (simulate_assessment(pathway_only(s), replication, base_seed=1).tallies for s in (long, short))
        months = long.calendar.months.index(last) + 1
        assert whole["requests"][:months].sum() > 0
        for tally in whole:
            assert np.array_equal(whole[tally][:months], cut[tally][:months]), tally


def test_what_was_not_known_yet_is_refused_before_anything_is_simulated(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "observed_futures", lambda *_, **__: pytest.fail("simulated"))
    early = scenario.model_copy(update={"knowledge_date": dt.date(2020, 8, 30)})
    with pytest.raises(InputProblem, match=r"made, row 2, plans_on_time 2020-01.*2020-08-31.*up to .*2020-08-30.*validate"):
        calibrate(early, known_answer(16), parameters_of(scenario, NAMES), particles=20)


def test_what_is_fitted_lies_within_the_scenario_and_other_figures_need_not(observed: Observed) -> None:
    later = load("bristol-2022")
    with pytest.raises(InputProblem, match=r"outside the scenario.*row .*plans_on_time.*2020-01"):
        calibrate(later, observed, parameters_of(later, ["decisions.decisions_per_week"]), particles=20)


def test_a_replay_leaves_out_what_lies_outside_and_says_so(observed: Observed) -> None:
    yearly, later = load_observed("bristol-yearly"), load("bristol-2022").changed("", horizon=dt.date(2023, 4, 30))
    done = replay(later, observed.joined(yearly), 2)
    assert {check.row.period.label for check in done.checks} == {"2022"}
    compared = observed.joined(yearly).used("fit", "validate", "seen")
    assert done.outside == len(compared) - len(done.of("fit", "validate", "seen")) > 0
    assert f"{done.outside} published figures lie outside the scenario's months, left out here." in replay_words(done)
    with pytest.raises(InputProblem, match="no published figure lies within"):
        replay(later, observed, 2)


def test_a_future_without_the_figure_is_left_out_of_its_band_and_counted(
    scenario: Scenario, observed: Observed, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Observed("one", tuple(row for row in observed.rows if row.measure == "timeliness_20_week"))
    for values, without, failed in (([0.2, np.nan, 0.4, np.inf], 1, 1), ([np.nan] * 4, 4, 0)):
        monkeypatch.setattr(replay_module, "observed_futures", lambda *_, values=values, **__: np.array(values)[:, None])
        done = replay(scenario, one, 4)
        (check,) = done.checks
        assert (check.without, done.failed) == (without, failed)
        assert check.p50 == pytest.approx(0.3 if without == 1 else np.nan, nan_ok=True)
        assert any(f"{without} of {4 - failed} futures have no such figure" in line for line in replay_lines(done))
        assert check.inside is (without == 1)


def test_where_no_future_has_a_fitted_figure_it_is_said(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "observed_futures", lambda _, items, *__, **___: np.full((len(items), 1), np.nan))
    with pytest.raises(InputProblem, match=r"no future has.*plans_on_time"):
        calibrate(scenario, known_answer(16), parameters_of(scenario, NAMES), particles=20)


def test_distances_are_in_spreads_and_a_failed_future_is_infinitely_far(observed: Observed) -> None:
    rows = observed.used("fit")
    published = np.array([row.value for row in rows])
    found = np.stack([published, published + np.array([2, 0, 0, 0]), np.full(4, np.nan), np.full(4, np.inf)])
    assert distance(found, rows).tolist() == [0.0, 1.0, np.inf, np.inf]


def test_steps_follow_the_share_accepted() -> None:
    assert [steps_for(share) for share in (1.0, 0.7, 0.4, 0.0)] == [1, 3, 6, 30]
    better = Population(np.arange(4.0)[:, None], np.array([3.0, 1.0, 1.0, 2.0])).better_half()
    assert better.z.ravel().tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("decisions.decisions_per_wek", 'did you mean "decisions.decisions_per_week"'),
        ("decisions.refused", "no range"),
        ("demand.by_need", "sum to 1"),
        ("assessment_team.plans_by_month", "no range"),
        ("advice", "no figure"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(scenario: Scenario, name: str, words: str) -> None:
    with pytest.raises(InputProblem, match=words):
        parameters_of(scenario, [name])


def test_a_table_means_all_its_entries_and_the_default_is_the_pathway(scenario: Scenario) -> None:
    found = parameters_of(scenario, ["assessment_team.age_profile", "demand.priority_share"])
    assert [p.path.rsplit(".", 1)[1] for p in found] == ["12", "20", "34", "4", "52", "priority_share"]
    assert {p.path.split(".")[0] for p in parameters_of(scenario)} == {"demand", "decisions", "advice", "assessment_team"}
    assert all(p.low < p.high for p in parameters_of(load("bristol-2022")))


def test_nothing_to_fit_is_refused(scenario: Scenario) -> None:
    yearly = load_observed("bristol-yearly")
    with pytest.raises(InputProblem, match="no figure is to be fitted"):
        calibrate(scenario, yearly, parameters_of(scenario, NAMES), particles=20)
