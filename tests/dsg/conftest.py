"""Synthetic runs: plausible pupil-years and place-years of Bristol, without a simulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sufficiency.domain.dictionaries import NEEDS, SETTINGS
from sufficiency.experiment.run import Run, axis_labels
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.results import TALLIES

PUPILS = {
    "mainstream": 1150.0,
    "resourced": 215.0,
    "special": 1120.0,
    "independent": 115.0,
    "alternative": 50.0,
    "further_education": 620.0,
    "early_years": 35.0,
    "elsewhere": 310.0,
}
"""Pupil-years of 2022-23 by setting."""
PUPIL_GROWTH = 0.08
PLACES = {"special": 1220.0, "resourced": 230.0}
"""Place-years of each year by setting."""

MakeRun = Callable[..., Run]


def synthetic_run(
    scenario: Scenario,
    *,
    futures: int = 8,
    base_seed: int = 1,
    pupils: dict[str, float] | None = None,
    places: dict[str, float] | None = None,
    pupil_growth: float = PUPIL_GROWTH,
) -> Run:
    """A run whose pupils grow yearly, a little differently in each future, spread over needs by the caseload's shares."""
    years = len(axis_labels(scenario, "financial_year"))
    needs = np.array([scenario.caseload.by_need.value[need] for need in NEEDS.codes])
    first = np.array([(PUPILS if pupils is None else pupils).get(s, 0.0) for s in SETTINGS.codes])
    level = 1 + 0.02 * np.linspace(-1, 1, futures) if futures > 1 else np.ones(1)
    growth = level[:, np.newaxis] * (1 + pupil_growth) ** np.arange(years)
    pupil_years = growth[:, :, np.newaxis, np.newaxis] * (needs / needs.sum())[:, np.newaxis] * first
    held = np.array([(PLACES if places is None else places).get(s, 0.0) for s in SETTINGS.codes])
    tallies: dict[str, Any] = {
        name: np.zeros((futures, *(len(axis_labels(scenario, axis)) for axis in axes)), dtype=np.float64)
        for name, axes in TALLIES.items()
        if "area" not in axes
    }
    tallies["pupil_years"] += pupil_years
    tallies["place_years"] += held
    return Run(scenario=scenario, base_seed=base_seed, replications=tuple(range(futures)), tallies=tallies)


@pytest.fixture(scope="session")
def bristol() -> Scenario:
    """The bundled scenario of January 2022."""
    return load("bristol-2022")


@pytest.fixture(scope="session")
def make_run() -> MakeRun:
    """Makes a synthetic run of a scenario."""
    return synthetic_run


@pytest.fixture(scope="session")
def run(bristol: Scenario) -> Run:
    """Eight futures of Bristol."""
    return synthetic_run(bristol)


@pytest.fixture(scope="session")
def without_interventions(bristol: Scenario) -> Scenario:
    """Bristol with every intervention switched off."""
    return with_interventions(bristol)


def with_interventions(scenario: Scenario, *enabled: str) -> Scenario:
    """The scenario with exactly the named interventions enabled."""
    for key in scenario.interventions:
        scenario = scenario.changed(f"interventions.{key}", enabled=key in enabled)
    return scenario


@pytest.fixture(scope="session")
def enable() -> Callable[..., Scenario]:
    """Gives a scenario with exactly the named interventions enabled."""
    return with_interventions


@pytest.fixture(scope="session")
def fixed() -> Callable[..., Scenario]:
    """Gives a scenario whose named money figures are certain: the values given, no range."""

    def fix(scenario: Scenario, **values: Any) -> Scenario:
        for name, value in values.items():
            scenario = scenario.changed(f"money.{name}", value=value, low=None, high=None)
        return scenario

    return fix
