"""A workspace in a folder of its own, and a scenario saved in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.workspace import Saved, Why, Workspace

GROWTH = "demand.growth"
WHY = {GROWTH: Why("The council's own forecast.", "cabinet report, March 2022, table 4")}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture(scope="session")
def baseline() -> Scenario:
    return load("bristol-2022")


@pytest.fixture
def saved(workspace: Workspace, baseline: Scenario) -> Saved:
    """``North``, version 2: the baseline with faster growth."""
    return workspace.create("North", grown(baseline, 0.15), origin="baseline bristol-2022", before=baseline, why=WHY)


def grown(scenario: Scenario, value: float) -> Scenario:
    return scenario.changed(GROWTH, value=value, high=0.3)
