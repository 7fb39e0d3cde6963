"""Result files of validations: read as they were written, complete, and honest about what lies outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from sufficiency.report import validation
from sufficiency.report.validation import FOLDER, Point, points, read, reason, reasons, write

NAMES = sorted(path.stem for path in FOLDER.glob("*.csv"))


def test_what_is_written_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "FOLDER", tmp_path)
    rows = [
        {"measure": "requests", "period": "2022", "published": 1001, "p5": 675.25, "p50": 923.0, "p95": 1320.0},
        {"measure": "special, all", "period": "2024", "published": 3.0, "p5": float("nan"), "p50": None, "p95": 1 / 3},
    ]
    path = write("mine", rows, command="python mine.py 100", futures=100, seed=7)
    assert path == tmp_path / "mine.csv"
    found = read("mine")
    assert found is not None
    assert found.about["command"] == "python mine.py 100"
    assert found.about["futures"] == "100" and found.about["date"]
    assert found.rows[1]["measure"] == "special, all"
    assert (found.rows[1]["p5"], found.rows[1]["p50"], found.rows[1]["p95"]) == ("", "", "0.333333")
    (point,) = points(found.limited(measure="requests"))
    assert point == Point("requests", "2022", "validate", 1001, 675.25, 923, 1320)
    assert point.inside


def test_what_has_not_been_measured_is_none() -> None:
    assert read("no-such-validation") is None


@pytest.mark.parametrize("name", NAMES)
def test_every_committed_result_says_how_it_came_about(name: str) -> None:
    found = read(name)
    assert found is not None and found.rows
    assert {"command", "date", "model_version"} <= set(found.about)
    assert found.about["command"].startswith("python benchmarks/")
    assert all(None not in row and None not in row.values() for row in found.rows)


def test_reasons_are_given_for_measures_that_exist() -> None:
    for name, measure, period, why in reasons():
        found = read(name)
        assert found is not None
        places = {(row["measure"], row["period"]) for row in found.rows}
        assert measure in {m for m, _ in places}, measure
        assert not period or (measure, period) in places
        assert why.endswith(".")


def test_a_point_without_a_reason_is_not_explained() -> None:
    assert reason("reconcile", Point("requests", "1999", "validate", 1, 2, 3, 4)) == "Not explained."
