"""``sufficiency shortlist``: forcing, the gap, and what its files say."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sufficiency.report.shortlist_files import FILES
from sufficiency.report.shortlist_reasons import COMMITMENT_COLUMNS, REASON_COLUMNS
from sufficiency.report.shortlist_studies import (
    ALTERNATIVE_COLUMNS,
    ALTERNATIVES,
    FRONTIER,
    FRONTIER_COLUMNS,
    GROWTH,
    GROWTH_COLUMNS,
    RESERVE_COLUMNS,
    RESERVES,
)
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
    forced = ("--force-in", "E04", "--force-out", "e01", "--gap", "0.05", "--sample", "5", "--reduce", "telling")
    done = call("shortlist", "bristol-2022", "--eois", str(few), "--futures", "15", *forced, "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert "E04" in found["chosen"]
    assert "E01" not in found["chosen"]
    assert found["status"] in ("proven", "within gap")
    assert found["re_check"]["kept"]
    assert found["gap"] >= 0
    assert found["objective"] == pytest.approx(found["bound"] + found["gap"])
    assert found["fresh_futures"]["futures"] == 10
    assert found["fresh_futures"]["batches"] == 2
    assert found["re_check"]["placement_optimality_gap"] < 1e-9
    assert all(stage["gap_share_of_saving"] is None or stage["gap_share_of_saving"] <= 0.05 for stage in found["stages"])
    low, high = found["worth"]["value_of_perfect_information"]
    assert 0 <= low <= high
    assert 0 <= found["certified_share"] <= 1
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
    _tables_around_the_plan(tmp_path, found)


def _tables_around_the_plan(folder: Path, found: dict[str, object]) -> None:
    front = pd.read_csv(folder / FRONTIER)
    assert tuple(front.columns) == FRONTIER_COLUMNS
    assert front["plan"].iloc[0] == "recommended"
    assert front["whole_cost"].iloc[0] == pytest.approx(found["cost"], abs=1)
    for name, columns in ((ALTERNATIVES, ALTERNATIVE_COLUMNS), (GROWTH, GROWTH_COLUMNS), (RESERVES, RESERVE_COLUMNS)):
        assert tuple(pd.read_csv(folder / name).columns) == columns
    growth = pd.read_csv(folder / GROWTH)
    assert (growth["regret_low"] <= growth["regret_high"]).all()
    assert {"recommended", "least worst regret"} <= set(growth["plan"])
    table = pd.read_csv(folder / "shortlist.csv")
    assert (table["places_expected"] <= table["places_bid"] + 1e-9).all()


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
        (("--growth", "hihg-growth"), ("no override of that name", "high-growth")),
        (("--reduce", "best"), ("reduce", "evenly or telling")),
        (("--sample", "0"), ("sample",)),
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


def test_growth_named_is_the_growth_compared(call: Call, few: Path, tmp_path: Path) -> None:
    growth = ("--growth", "low-growth", "--growth", "high-growth", "--sample", "2", "--gap", "0.1")
    done = call("shortlist", "bristol-2022", "--eois", str(few), *growth, "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    growths = pd.read_csv(tmp_path / GROWTH)["growth"].unique()
    assert len(growths) == 3
    assert any("high growth" in name for name in growths)


def test_a_budget_that_allows_nothing_is_answered(call: Call, few: Path, tmp_path: Path) -> None:
    text = (folder() / "bristol-2022.toml").read_text(encoding="utf-8")
    poor = tmp_path / "poor.toml"
    poor.write_text(text.replace("value = 25280000.0\nlow = 15000000.0", "value = 0.0\nlow = 0.0", 1), encoding="utf-8")
    done = call("shortlist", str(poor), "--eois", str(few), "--quick", "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert (found["status"], found["chosen"]) == ("proven", {})
    assert found["shortfall"] == pytest.approx(308)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(FILES)


def test_every_mistake_of_a_list_is_told_at_once(call: Call, few: Path, tmp_path: Path) -> None:
    lines = few.read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1].replace("east-central", "eest-central")
    lines[3] = lines[3].replace(",primary,8,", ",primary,none,")
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join(lines), encoding="utf-8")
    done = call("shortlist", "bristol-2022", "--eois", str(bad), "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    for words in ("there are 2 things to mend", "row 2, column area", "east-central", "row 4, column places"):
        assert words in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_plan_is_simulated_in_the_same_futures(call: Call, few: Path, tmp_path: Path) -> None:
    asked = ("--eois", str(few), "--futures", "3", "--sample", "1", "--quick", "--simulate")
    done = call("shortlist", "bristol-2022", *asked, "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "the optimiser reckons" in done.stdout and "simulated.csv" in done.stdout
    found = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    changes = pd.read_csv(tmp_path / "simulated.csv")
    assert {"gap", "waiting", "still_waiting", "independent", "distance", "balance"} <= set(changes["measure"])
    gap = changes[changes["measure"] == "gap"]
    assert gap["change_mean"].to_numpy() == pytest.approx((gap["after_mean"] - gap["before_mean"]).to_numpy(), abs=1e-3)
    differ = pd.read_csv(tmp_path / "differences.csv")
    assert differ["optimiser"].iloc[0] == pytest.approx(found["closed"], abs=0.01)
    assert differ["why"].str.len().min() > 20
