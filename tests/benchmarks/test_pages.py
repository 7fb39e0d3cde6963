"""Pages that are written by a program say what the program says now, where that costs nothing to find out."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from sufficiency.experiment.observed import load_observed


def test_the_page_on_identifiability_is_that_of_the_bundled_posterior(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(repo / "benchmarks"))
    page = importlib.import_module("identifiability").page()
    assert (repo / "docs" / "identifiability.md").read_text("utf-8") == page


def test_the_page_on_the_replay_shows_the_published_figures(repo: Path) -> None:
    page = (repo / "docs" / "replay-2020.md").read_text("utf-8")
    rows = re.findall(r"^\| (\w+) \| ([\d/-]+) \| (fit|validate|seen) \| ([\d.,]+)( %)? \|", page, re.M)
    shown = {
        (measure, label, use, round(float(x.replace(",", "")) / (100 if percent else 1), 4))
        for measure, label, use, x, percent in rows
    }
    both = load_observed("bristol-2020").joined(load_observed("bristol-yearly"))
    assert shown == {(row.measure, row.period.label, row.use, row.value) for row in both.used("fit", "validate", "seen")}
