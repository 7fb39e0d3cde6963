"""``sufficiency returns`` as a person calls it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sufficiency.report.returns.files import FILES

pytestmark = pytest.mark.integration
Call = Callable[..., subprocess.CompletedProcess[str]]


def test_it_writes_every_file_and_the_same_bytes_whatever_the_workers(call: Call, tmp_path: Path) -> None:
    for jobs in ("1", "2"):
        done = call("returns", "bristol-2025", "--jobs", jobs, "--out", str(tmp_path / jobs))
        assert done.returncode == 0, done.stderr
        assert not done.stderr
        assert "SCAP, secondary" in done.stdout
        assert "Plans, mitigated" in done.stdout
    assert {path.name for path in (tmp_path / "1").iterdir()} == set(FILES)
    for name in FILES:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes(), name


def test_a_scenario_that_ends_too_soon_says_what_is_left_out(call: Call, tmp_path: Path) -> None:
    done = call("returns", "bristol-2022", "--override", "demand-management", "--jobs", "1", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stderr == "reform-plan.xlsx: 2029 are not simulated in some or all tables.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bristol-2025", "--labels", "none.toml"), ("none.toml", "no file of labels")),
        (("bristol-2025", "--labels", "."), ("folder",)),
        (("bristol-2025", "--futures", "0"), ("number of futures",)),
        (("bristol-2020",), ("no year of the reform plan", "2025 to 2029")),
        (("bristol-2026",), ("bristol-2025",)),
        (("bristol-2025", "--override", "demand-managment"), ("demand-management",)),
    ],
)
def test_a_mistake_is_one_line(call: Call, tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    done = call("returns", *arguments, "--out", "out", cwd=tmp_path)
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr
