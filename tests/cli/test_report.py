"""``sufficiency report``: files for a committee, and wrong input in one line."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sufficiency.report.papers.files import FILES

pytestmark = pytest.mark.integration
Call = Callable[..., subprocess.CompletedProcess[str]]


def test_papers_are_written_from_a_scenario_and_a_list_of_bids(call: Call, repo: Path, two_years: Path, tmp_path: Path) -> None:
    few = (repo / "scenarios" / "bristol-eois.csv").read_bytes().splitlines(keepends=True)[:7]
    (tmp_path / "bids.csv").write_bytes(b"".join(few))
    out = tmp_path / "papers"
    done = call(
        "report", str(two_years), "--eois", str(tmp_path / "bids.csv"), "--futures", "2", "--seed", "3", "--out", str(out)
    )
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    assert "specialist places" in done.stdout
    assert all(zipfile.is_zipfile(out / name) for name in FILES if not name.endswith(".html"))
    assert "Base seed</th><td>3</td>" in (out / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no-such-scenario",), "no scenario of that name"),
        (("bristol-2022", "--eois", "no-such.csv"), "no-such.csv"),
        (("bristol-2022", "--futures", "0"), "number of futures"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(call: Call, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    done = call("report", *arguments, "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
