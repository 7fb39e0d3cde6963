"""``sufficiency shortlist``: forcing, the gap, and what its files say."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sufficiency.report.shortlist_reasons import COMMITMENT_COLUMNS, REASON_COLUMNS
from sufficiency.scenario.library import folder

pytestmark = pytest.mark.integration
Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list of fourteen bids."""
    lines = (folder() / "bristol-eois.csv").read_text(encoding="utf-8").splitlines()
    path = tmp_path_factory.mktemp("bids") / "few.csv"
    path.write_text("\n".join(lines[:15]) + "\n", encoding="utf-8")
    return path


def test_every_bid_has_its_regret_and_the_plan_its_proof(call: Call, few: Path, tmp_path: Path) -> None:
    forced = ("--force-in", "E04", "--force-out", "e01", "--gap", "0.05")
    done = call("shortlist", "bristol-2022", "--eois", str(few), "--futures", "24", *forced, "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert "E04" in found["chosen"]
    assert "E01" not in found["chosen"]
    assert found["status"] in ("proven", "within gap")
    assert found["re_check"]["kept"]
    assert found["gap"] >= 0
    assert found["objective"] == pytest.approx(found["bound"] + found["gap"])
    assert found["fresh_futures"]["futures"] == 4
    reasons = pd.read_csv(tmp_path / "reasons.csv")
    assert tuple(reasons.columns) == REASON_COLUMNS
    assert len(reasons) == 14
    for way in ("in", "out"):
        for measure in ("places", "child_years", "pounds"):
            low, high = (reasons[f"regret_{way}_{measure}_{end}"] for end in ("low", "high"))
            both = low.notna() & high.notna()
            assert (low[both] >= 0).all()
            assert (high[both] >= low[both] - 1e-2).all()
    assert (reasons.loc[reasons["decision"] == "chosen", "regret_in_places_high"] == 0).all()
    commitment = pd.read_csv(tmp_path / "commitment.csv")
    assert tuple(commitment.columns) == COMMITMENT_COLUMNS
    assert set(commitment["kind"]) == {"as it is", "one step", "lifted alone", "lifted in order", "earliest date"}


def test_limits_that_clash_with_what_is_forced_in_are_an_answer(call: Call, few: Path, tmp_path: Path) -> None:
    inside = [word for id in ("E02", "E03", "E04") for word in ("--force-in", id)]
    tight = tmp_path / "tight.toml"
    text = (folder() / "bristol-2022.toml").read_text(encoding="utf-8")
    head, tail = text.split("[shortlist.projects_per_year]", 1)
    tight.write_text(f"{head}[shortlist.projects_per_year]{tail.replace('value = 14', 'value = 0', 1)}", encoding="utf-8")
    done = call("shortlist", str(tight), "--eois", str(few), *inside, "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert found["status"] == "infeasible"
    assert found["chosen"] == {}
    assert "projects a year and must have" in found["notes"][0]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--force-in", "E999"), ("no bid of that id", "E999")),
        (("--force-in", "E01", "--force-out", "E01"), ("both in and out",)),
        (("--gap", "-1"), ("--gap",)),
        (("--limit-seconds", "0"), ("--limit-seconds",)),
    ],
)
def test_a_mistake_is_one_clear_line(
    call: Call, few: Path, tmp_path: Path, options: tuple[str, ...], words: tuple[str, ...]
) -> None:
    done = call("shortlist", "bristol-2022", "--eois", str(few), *options, "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert all(word in done.stderr for word in words)
    assert not (tmp_path / "out").exists()
