"""``sufficiency gap`` as a person calls it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sufficiency.report.gap_files import FILES

pytestmark = pytest.mark.integration
Call = Callable[..., subprocess.CompletedProcess[str]]
FEW = ("--futures", "6", "--spread-futures", "4")


@pytest.fixture(scope="module")
def results(call: Call, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a run with two workers, and what was printed."""
    out = tmp_path_factory.mktemp("gap")
    done = call("gap", "bristol-2022", *FEW, "--jobs", "2", "--out", str(out))
    assert done.returncode == 0, done.stderr
    return out, done.stdout


def test_it_writes_every_file_and_says_what_is_missing_kept_and_wanted(results: tuple[Path, str]) -> None:
    out, printed = results
    assert {path.name for path in out.iterdir()} == set(FILES)
    for words in (
        "By the January census of 2024/25",
        "Without the pipeline: missing",
        "With the shortlist: missing",
        "What the spread of the gap is made of",
        "Of 450 places promised 82 were delivered before the start, 60 are in the pipeline",
        "By 1 May 2024",
        "By 30 November 2024",
        "By 31 March 2025",
        "wanted by September 2024",
    ):
        assert words in " ".join(printed.split())
    assert max(len(line) for line in printed.splitlines()[:-1]) <= 110
    table = pd.read_csv(out / "gap.csv", keep_default_na=False)
    assert set(table["version"]) == {"without_pipeline", "with_pipeline", "with_shortlist"}
    wanted = pd.read_csv(out / "invitation.csv")
    total = table[(table["version"] == "with_pipeline") & (table["gap"] == "gap_all") & (table["academic_year"] == "2024/25")]
    total = total[(total[["area", "need", "phase"]] == "all").all(axis=1)]
    assert 0 < wanted["places_wanted"].sum() <= total["p50"].item()
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["futures"], manifest["futures_crossed"]) == (6, 4)
    assert manifest["versions"]["with_pipeline"] == manifest["scenario_hash"]


def test_the_same_seed_writes_the_same_bytes_whatever_the_workers(call: Call, results: tuple[Path, str], tmp_path: Path) -> None:
    done = call("gap", "bristol-2022", *FEW, "--jobs", "1", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (results[0] / name).read_bytes(), name


def test_another_year_gap_and_certainty_without_a_shortlist(call: Call, tmp_path: Path) -> None:
    done = call(
        "gap", "bristol-2025", "--futures", "5", "--spread-futures", "0", "--year", "2027/28", "--gap", "gap_waiting",
        "--confidence", "9", "--no-shortlist", "--jobs", "1", "--out", str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "wanted by September 2027" in done.stdout
    assert "What the spread" not in done.stdout
    assert "shortlist: missing" not in done.stdout
    wanted = pd.read_csv(tmp_path / "invitation.csv")
    assert set(wanted["gap"]) <= {"gap_waiting"}
    assert (wanted["share_of_futures"] >= 0.9).all()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bristol-2022", "--year", "2024"), ("--year", '"2024"', "2021/22 to 2028/29", "2024/25")),
        (("bristol-2022", "--gap", "gap_al"), ("--gap", "gap_all")),
        (("bristol-2022", "--confidence", "10"), ("confidence", "10", "5 to 9")),
        (("bristol-2022", "--spread-futures", "-1"), ("futures of the spread", "-1")),
        (("bristol-2022", "--eois", "none.csv"), ("none.csv",)),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(
    call: Call, tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    done = call("gap", *arguments, "--out", str(tmp_path))
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr
    assert not list(tmp_path.iterdir())
