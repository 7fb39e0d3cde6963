"""The pathway simulated alone gives the whole simulation's numbers, and a future that fails is data."""

from __future__ import annotations

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.measures import measures
from sufficiency.experiment.runner import run_futures
from sufficiency.scenario.library import load
from sufficiency.ui import pathway_answers
from sufficiency.ui.answers import Kept, key_of
from sufficiency.ui.jobs import Job
from sufficiency.ui.pathway_answers import BATCH, NAMES, PathwayAnswer, PathwayKey, band_of, pathway_work

from .conftest import InPlace

FUTURES, SEED = 3, 7


def answered(futures: int = FUTURES) -> PathwayAnswer:
    scenario, kept = load("bristol-2022"), Kept()
    key = PathwayKey(key_of(scenario, futures, SEED))
    job = Job("Working")
    pathway_work(job, scenario, key, InPlace(), kept)  # type: ignore[arg-type]
    assert job.share == 1
    found: PathwayAnswer = kept.get(key)
    return found


def test_alone_and_in_the_whole_simulation_the_numbers_are_the_same() -> None:
    found = answered()
    of_run = {(m.period_kind, m.name): m for m in measures(run_futures(load("bristol-2022"), FUTURES, base_seed=SEED))}
    assert {name for _, name in found.values} == set(NAMES)
    for place, values in found.values.items():
        measure = of_run[place]
        above = measure.values.sum(axis=tuple(range(2, measure.values.ndim)))
        if measure.denominator is None:
            assert (values == above).all()
            continue
        below = measure.denominator.sum(axis=tuple(range(2, measure.denominator.ndim)))
        assert (np.isnan(values) == (below == 0)).all()
        assert np.allclose(values[below > 0], above[below > 0] / below[below > 0])


def test_years_and_months_are_found_by_their_labels() -> None:
    found = answered()
    assert found.years == ("2022", "2023", "2024", "2025", "2026", "2027", "2028")
    assert (found.of_month("assessments_open", "2024-12") == found.of_year("assessments_open", "2024")).all()


def test_a_future_that_fails_is_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = answered(BATCH + 2)
    right = pathway_answers.simulate_assessment

    def some(scenario: object, replication: int, **how: object) -> object:
        if replication == 1:
            raise ZeroDivisionError("nothing to divide")
        return right(scenario, replication, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(pathway_answers, "simulate_assessment", some)
    found = answered(BATCH + 2)
    assert found.failed == 1
    assert found.replications == tuple(r for r in range(BATCH + 2) if r != 1)
    assert (found.of_year("requests", "2023") == np.delete(whole.of_year("requests", "2023"), 1)).all()


def test_where_every_future_fails_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(scenario: object, replication: int, **how: object) -> object:
        raise ZeroDivisionError("nothing to divide")

    monkeypatch.setattr(pathway_answers, "simulate_assessment", none)
    with pytest.raises(InputProblem, match="no future could be simulated"):
        answered()


def test_no_band_where_no_future_has_a_value() -> None:
    assert band_of(np.array([np.nan, np.nan])) is None
    found = band_of(np.array([np.nan, 2.0]))
    assert found is not None and found.p50 == 2
