"""Runs are compared future by future, or not at all."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.comparison import check_alike, paired
from sufficiency.experiment.measure import Measure
from sufficiency.experiment.measures import measures
from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import run_futures
from sufficiency.experiment.tables import table
from sufficiency.scenario.scenario import Scenario


@pytest.fixture(scope="module")
def other(scenario: Scenario) -> Run:
    """The same futures with a larger assessment team."""
    cases = scenario.assessment_team.cases_per_week
    assert cases.low is not None
    assert cases.high is not None
    larger = {"value": 1.2 * cases.value, "low": 1.2 * cases.low, "high": 1.2 * cases.high}
    return run_futures(scenario.changed("assessment_team.cases_per_week", **larger), 12, base_seed=7)


def test_without_a_change_every_difference_is_exactly_zero(run: Run) -> None:
    check_alike(run, run)
    found = paired(measures(run), measures(run))
    assert {m.name for m in found} == {m.name for m in measures(run)}
    assert all((m.values == 0).all() for m in found)
    frame = table(found)
    assert (frame[["mean", "sd", "p05", "p95"]] == 0).all().all()


def test_a_difference_is_that_of_each_future(run: Run, other: Run) -> None:
    check_alike(run, other)
    found = {(m.name, m.period_kind): m for m in paired(measures(run), measures(other))}
    plans = found["plans_issued", "calendar_year"].values
    expected = [r.tallies["plans_issued"][:, :12].sum(axis=(1, 2, 3, 4)).astype(int) for r in (run, other)]
    assert (plans[:, 0].sum(axis=(1, 2, 3)) == expected[1] - expected[0]).all()
    # Never fewer, and the same only where the writers were the ones who had no time.
    assert (plans[:, 0].sum(axis=(1, 2, 3)) >= 0).all()
    assert (plans[:, 0].sum(axis=(1, 2, 3)) > 0).mean() > 0.8
    assert (found["requests", "month"].values == 0).all()  # more staff ask for nothing


def test_the_difference_of_a_ratio_is_that_of_the_two_ratios(run: Run, other: Run) -> None:
    found = next(m for m in paired(measures(run), measures(other)) if m.name == "timeliness_20_week" and m.period_kind != "month")
    ratios = []
    for r in (run, other):
        top, below = (
            r.tallies[name][:, 12:24].sum(axis=(1, 2, 3, 4)) for name in ("plans_on_time_in_denominator", "plans_in_denominator")
        )
        ratios.append(top / below)
    assert found.denominator is not None
    assert np.allclose(found.values[:, found.periods.index("2023")], ratios[1] - ratios[0])


def test_the_band_of_a_paired_difference_is_narrower_than_that_of_either_result(run: Run, other: Run) -> None:
    difference = next(m for m in paired(measures(run), measures(other)) if m.name == "caseload")
    either = next(m for m in measures(run) if m.name == "caseload")
    axes = tuple(range(2, either.values.ndim))
    assert difference.values.sum(axis=axes)[:, 1].std() < either.values.sum(axis=axes)[:, 1].std()


@pytest.mark.parametrize("what", ["seed", "futures", "horizon", "areas"])
def test_runs_that_are_not_of_the_same_futures_are_not_compared(run: Run, scenario: Scenario, what: str) -> None:
    unlike = {
        "seed": Run(scenario, 8, run.replications, run.tallies),
        "futures": Run(scenario, 7, run.replications[:6], run.tallies),
        "horizon": Run(scenario.changed("", horizon=dt.date(2024, 3, 31)), 7, run.replications, run.tallies),
        "areas": Run(
            scenario.model_copy(update={"areas": dict(reversed(scenario.areas.items()))}), 7, run.replications, run.tallies
        ),
    }[what]
    with pytest.raises(InputProblem, match=what):
        check_alike(run, unlike)


def test_a_measure_that_only_one_run_has_is_left_out(run: Run) -> None:
    extra = Measure("extra", "x", "census", ("2022",), {}, np.zeros((12, 1)))
    assert all(m.name != "extra" for m in paired(measures(run), [*measures(run), extra]))
