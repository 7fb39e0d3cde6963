"""Runs made up by hand: two futures of Bristol with the tallies that a test gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sufficiency.experiment.run import Run, axis_labels
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.results import TALLIES

MakeRun = Callable[..., Run]


@pytest.fixture(scope="session")
def bristol() -> Scenario:
    """The bundled scenario of January 2022."""
    return load("bristol-2022")


@pytest.fixture(scope="session")
def empty_run() -> MakeRun:
    """A run of zeros."""

    def make(scenario: Scenario, futures: int = 2) -> Run:
        tallies: dict[str, Any] = {
            name: np.zeros((futures, *(len(axis_labels(scenario, axis)) for axis in axes)))
            for name, axes in TALLIES.items()
            if name in ("need", "places", "waiting", "commitment_opened")
        }
        return Run(scenario=scenario, base_seed=0, replications=tuple(range(futures)), tallies=tallies)

    return make
