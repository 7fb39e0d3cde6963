"""``sufficiency attribute``: one scenario over years, two scenarios in a year, and mistakes answered on one line."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sufficiency.experiment.attribution import MEASURES, PARTS

pytestmark = pytest.mark.integration
Call = Callable[..., subprocess.CompletedProcess[str]]


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "attribution.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def assert_sums(found: list[dict[str, str]]) -> None:
    """In every measure and pair the means of before and the parts make that of after."""
    for measure in {(r["measure"], r["from"], r["to"]) for r in found}:
        means = {r["part"]: float(r["mean"]) for r in found if (r["measure"], r["from"], r["to"]) == measure}
        assert set(means) == {"before", *PARTS, "change", "after"}
        assert means["before"] + sum(means[part] for part in PARTS) == pytest.approx(means["after"], rel=1e-9)


def test_a_change_over_years_is_written_and_said(call: Call, tmp_path: Path) -> None:
    done = call("attribute", "bristol-2022", "--from", "2022", "--to", "2024", "--jobs", "1", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    found = rows(tmp_path)
    assert list(found[0]) == ["measure", "from", "to", "part", "mean", "p10", "p90"]
    assert {r["measure"] for r in found} == set(MEASURES)
    assert_sums(found)
    assert "Requests in the year, 2022 to 2024:" in done.stdout
    assert "Written to" in done.stdout


def test_a_difference_of_scenarios_in_two_years(call: Call, tmp_path: Path) -> None:
    arguments = ("--from", "2023", "--to", "2024", "--jobs", "1", "--out", str(tmp_path))
    done = call("attribute", "bristol-2022", "demand-management", *arguments, SUFFICIENCY_FUTURES="2")
    assert done.returncode == 0, done.stderr
    found = rows(tmp_path)
    assert {r["to"] for r in found} == {f"bristol-2022+demand-management, {year}" for year in (2023, 2024)}
    assert_sums(found)
    assert all(float(r["mean"]) == 0 for r in found if r["part"] in ("population", "rate", "mix"))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("bristol-2022", "--from", "2021"), "does not cover the whole year"),
        (("bristol-2022", "--from", "2025", "--to", "2024"), "not before the last"),
        (("bristol-2022", "bristol-2025"), "cannot be compared"),
        (("bristol-2022", "hihg-growth"), "no scenario of that name"),
        (("bristol-2022", "--futures", "0"), "number of futures is out of range"),
    ],
)
def test_a_mistake_is_one_line(call: Call, tmp_path: Path, arguments: tuple[str, ...], word: str) -> None:
    done = call("attribute", *arguments, "--out", str(tmp_path))
    assert done.returncode == 2
    assert word in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_scenario_without_a_whole_year_is_said_on_one_line(call: Call, tmp_path: Path, repo: Path) -> None:
    text = (repo / "scenarios" / "bristol-2022.toml").read_text(encoding="utf-8")
    text = text.replace("start = 2022-01-03", "start = 2022-01-31").replace("horizon = 2029-08-31", "horizon = 2023-06-30")
    (tmp_path / "short.toml").write_text(text, encoding="utf-8")
    done = call("attribute", str(tmp_path / "short.toml"), "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert "covers no whole calendar year" in done.stderr
    assert "Traceback" not in done.stderr
