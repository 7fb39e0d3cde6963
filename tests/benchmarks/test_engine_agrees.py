"""The two engines of ``benchmarks/engine.py`` follow the same rules: they are compared on results, never on time."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sufficiency.simulation.caseload import NEVER

pytestmark = pytest.mark.integration


@pytest.fixture
def engine(repo: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(repo / "benchmarks"))
    return importlib.import_module("engine")


@pytest.mark.parametrize("regime", ["OVERRUN", "STEADY"])
def test_on_the_same_draws_every_child_has_the_same_plan_in_the_same_week(engine: ModuleType, regime: str) -> None:
    rules = replace(getattr(engine, regime), years=3, urgent=0.0)
    ours, usual = engine.plans_on_the_same_draws(rules, 1)
    assert np.array_equal(ours, usual)
    assert 1000 < (ours < NEVER).sum() < ours.size


def test_urgent_cases_make_the_same_difference_on_the_same_draws(engine: ModuleType) -> None:
    """Who comes first among cases that meet in one week may differ; how many are served in each week may not."""
    ours, usual = engine.plans_on_the_same_draws(replace(engine.OVERRUN, years=3), 2)
    assert abs(int((ours < NEVER).sum()) - int((usual < NEVER).sum())) <= 3
    assert (ours == usual).mean() > 0.95


@pytest.mark.parametrize("regime", ["OVERRUN", "STEADY"])
def test_on_their_own_draws_the_means_agree(engine: ModuleType, regime: str) -> None:
    at = engine.regime(replace(getattr(engine, regime), years=2, places=100))
    _, results = engine.run(at, 12, (engine.USUAL, engine.SERVICES))
    scores = engine.z_scores(results[engine.USUAL], results[engine.SERVICES])
    assert set(scores) == {"plans issued", "weeks to plan", "open at the end", "waiting at the end", "in a place at the end"}
    assert scores["waiting at the end"][1] > 20
    apart = {name: score for name, score in scores.items() if abs(score[2]) > engine.LARGEST_Z}
    assert not apart


def test_the_comparison_sees_a_rule_that_differs(engine: ModuleType) -> None:
    """A tenth more capacity on one side is more than three standard errors."""
    at = engine.regime(replace(engine.OVERRUN, years=2))
    _, ours = engine.run(at, 6, (engine.SERVICES,))
    faster = replace(at.rules, cases=at.rules.cases + 2, advice=at.rules.advice + 2)
    usual = [engine.usual_measures(engine.usual_future(at, f, rules=faster)) for f in range(6)]
    assert abs(engine.z_scores(usual, ours[engine.SERVICES])["plans issued"][2]) > engine.LARGEST_Z
