"""The command line as a person calls it: a process of its own, few futures, a folder of its own."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sufficiency.scenario.draws import settled
from sufficiency.scenario.library import load
from sufficiency.scenario.writing import save

Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def call(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """Calls ``sufficiency`` with few futures; nothing may take longer than two minutes."""
    runs = tmp_path_factory.mktemp("runs")
    environment = {**os.environ, "SUFFICIENCY_FUTURES": "4", "SUFFICIENCY_RUNS": str(runs), "COLUMNS": "100"}

    def run(*arguments: str, cwd: Path | None = None, **changes: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sufficiency.cli", *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=120, cwd=cwd, env={**environment, **changes}, check=False
        )

    return run


@pytest.fixture(scope="session")
def two_years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario of two financial years in a file, uncertain in money and interventions alone."""
    whole = load("bristol-2022+demand-management+reforms-2026").changed("", horizon=dt.date(2024, 4, 30))
    uncertain = {name: getattr(whole, name) for name in ("money", "interventions", "programmes")}
    path = tmp_path_factory.mktemp("scenarios") / "two-years.toml"
    save(settled(whole).model_copy(update={"overrides": (), "name": "two-years", **uncertain}), path)
    return path
