"""calibrate, replay and staffing as a person calls them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sufficiency.scenario.library import folder, load

pytestmark = pytest.mark.integration
Call = Callable[..., subprocess.CompletedProcess[str]]
CALIBRATE = ("calibrate", "bristol-2020", "--observed", "bristol-2020", "--particles", "20", "--generations", "2")


@pytest.fixture(scope="module")
def fit(call: Call, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("fit")
    done = call(*CALIBRATE, "--jobs", "2", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "not narrowed" in done.stdout
    return out


def test_calibrate_writes_prior_posterior_and_checks(fit: Path) -> None:
    posterior, summary, checks = (pd.read_csv(fit / f"{name}.csv") for name in ("posterior", "summary", "checks"))
    assert len(posterior) == 20
    assert set(summary["parameter"]) == set(posterior.columns) - {"weight"}
    assert {"prior_sd", "posterior_sd", "prior_p10", "posterior_p90", "narrowing"} <= set(summary.columns)
    assert {"published", "p5", "p50", "p95", "inside", "width", "error_as_last_time"} <= set(checks.columns)
    assert json.loads((fit / "manifest.json").read_text())["fitted"] == [f"plans_on_time 2020-0{m}" for m in range(1, 5)]


def test_the_posterior_is_an_override_that_scenarios_use(call: Call, fit: Path) -> None:
    laid = load("bristol-2020", [str(fit / "posterior.toml")])
    assert laid.posterior is not None
    assert len(laid.posterior.weights) == 20
    listed = call("assumptions", "bristol-2020", "--override", str(fit / "posterior.toml")).stdout
    assert "posterior.particles.assessment_team.backlog_share_begins" in listed


def test_the_same_bytes_with_one_worker_and_again(call: Call, fit: Path, tmp_path: Path) -> None:
    names = sorted(path.name for path in fit.iterdir())
    for _ in range(2):
        assert call(*CALIBRATE, "--jobs", "1", "--out", str(tmp_path)).returncode == 0
        assert sorted(path.name for path in tmp_path.iterdir()) == names
        for name in names:
            assert (tmp_path / name).read_bytes() == (fit / name).read_bytes(), name


def test_replay_prints_every_check_and_writes_them(call: Call, tmp_path: Path) -> None:
    done = call("replay", "--jobs", "1", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(tmp_path / "replay.csv")
    assert len(table) >= 70
    for words in ("open_from_year_before", "2020-08/2020-12", "validated figures lie inside", "as last time"):
        assert words in done.stdout


def test_staffing_writes_the_frontier_and_the_policies(call: Call, tmp_path: Path) -> None:
    done = call("staffing", "bristol-2022", "--target", "0.5", "--by", "2024-12", "--jobs", "1", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    frontier, policies = (pd.read_csv(tmp_path / f"{name}.csv") for name in ("frontier", "policies"))
    assert (frontier["staffing"] == "cheapest").sum() == 1
    assert set(policies["backlog_share"]) == {"1/2", "2/3", "3/4"}
    assert "unverified" in done.stdout
    assert json.loads((tmp_path / "answer.json").read_text())["assumptions"]["officer_cost"]["verified"] is False


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


def test_a_bad_observed_file_is_one_line(call: Call, tmp_path: Path) -> None:
    text = (folder() / "observed" / "bristol-2020.csv").read_text("utf-8")
    path = tmp_path / "mine.csv"
    path.write_text(text.replace("requests,2020,728", "requests,2020,782"), encoding="utf-8")
    refused(
        call("calibrate", "bristol-2020", "--observed", str(path), "--out", str(tmp_path / "o")), "mine.csv, row", "782", "728"
    )
    refused(call("replay", "--observed", str(tmp_path / "none.csv")), "none.csv")
    path.write_bytes(b"\xff\xfe")
    refused(call("replay", "--observed", str(path)), "UTF-8")
    assert not (tmp_path / "o").exists()


def test_a_bad_question_is_one_line(call: Call, tmp_path: Path) -> None:
    ask = ("staffing", "bristol-2022", "--out", str(tmp_path), "--jobs", "1")
    refused(call(*ask, "--by", "2035-01"), "2035-01", "2022-01 to 2029-08")
    given = ("staffing", "bristol-2020", "--out", str(tmp_path), "--by", "2023-12", "--from", "2022-04")
    refused(call(*given), "plans issued are given in", "staff cannot change them")
    refused(call("calibrate", "bristol-2022", "--observed", "bristol-2020", "--out", str(tmp_path)), "outside the scenario")
    refused(call(*CALIBRATE, "--out", str(tmp_path / "none"), "--futures", "0"), "number of futures")
    assert not (tmp_path / "none").exists()
    refused(call(*CALIBRATE, "--out", str(tmp_path), "--parameters", "advice.weeks_to_advize"), "advice.weeks_to_advise")
