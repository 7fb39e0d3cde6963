"""Bristol over little more than a year, and a run of a few futures of it."""

from __future__ import annotations

import datetime as dt

import pytest

from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import run_futures
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    """Bristol to February 2024."""
    return load("bristol-2022").changed("", horizon=dt.date(2024, 2, 29))


@pytest.fixture(scope="session")
def run(scenario: Scenario) -> Run:
    """Twelve futures, run one after the other."""
    return run_futures(scenario, 12, base_seed=7)
