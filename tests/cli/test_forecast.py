"""``sufficiency forecast`` and ``sufficiency evidence`` as a person calls them."""

from __future__ import annotations

import csv
import json
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration
Call = Callable[..., subprocess.CompletedProcess[str]]
Write = Callable[..., Path]

YEARS = range(2019, 2023)


@pytest.fixture
def release(dfe_release: Write) -> Path:
    """Two authorities with a baseline, one without, and no table of leavers."""
    requests = {"Aton": dict.fromkeys(YEARS, 100), "Beton, City of": dict.fromkeys(YEARS, 120)}
    plans = {name: {y: 5 * n for y, n in of.items()} for name, of in requests.items()}
    return dfe_release(
        requests={**requests, "Ceton": {2019: 50, 2021: "x"}}, newplans=requests, caseload=plans, ceased_plans=None
    )


def test_all_authorities_in_one_table_whatever_the_number_of_jobs(call: Call, release: Path, tmp_path: Path) -> None:
    tables = []
    for jobs in ("1", "2"):
        out = tmp_path / jobs / "forecast.csv"
        done = call("forecast", "--dfe", str(release), "--census", "2022", "--horizon", "3", "--la", "all", "--seed", "5",
                    "--jobs", jobs, "--out", str(out))  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "Ceton" in done.stderr
        assert "no plans in January 2022" in done.stderr
        tables.append(out.read_bytes())
    assert tables[0] == tables[1]
    rows = list(csv.DictReader(tables[0].decode().splitlines()))
    assert list(rows[0]) == ["la_name", "measure", "year", "mean", "p10", "p25", "p50", "p75", "p90"]
    assert {row["la_name"] for row in rows} == {"Aton", "Beton, City of"}
    assert len(rows) == 2 * 3 * 3
    manifest = json.loads((tmp_path / "1" / "forecast.manifest.json").read_text())
    assert manifest["seed"] == 5
    assert manifest["left_out"].keys() == {"Ceton"}


def test_an_unknown_authority_gets_the_nearest_name(call: Call, release: Path, tmp_path: Path) -> None:
    out = tmp_path / "forecast.csv"
    done = call("forecast", "--dfe", str(release), "--census", "2022", "--la", "Betton", "--out", str(out))
    assert done.returncode == 2
    assert 'did you mean "Beton, City of"?' in done.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"--census": "2031"}, "2019, 2020, 2021, 2022"),
        ({"--horizon": "99"}, "1 to 10"),
        ({"--dfe": "nowhere.zip"}, "no release was found"),
        ({"--out": "forecast.xlsx"}, ".csv"),
        ({"--futures": "0"}, "number of futures"),
    ],
)
def test_wrong_options_are_one_line_and_exit_2(
    call: Call, release: Path, tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    options = {"--dfe": str(release), "--census": "2022", "--out": str(tmp_path / "f.csv"), **changes}
    done = call("forecast", *(part for option in options.items() for part in option), cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_zip_that_is_none(call: Call, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 and no more")
    done = call("forecast", "--dfe", str(broken), "--census", "2022", "--out", str(tmp_path / "f.csv"))
    assert done.returncode == 2
    assert "no zip, or a broken one" in done.stderr


def test_figures_of_a_release(call: Call, release: Path, tmp_path: Path) -> None:
    out = tmp_path / "figures.toml"
    done = call("evidence", "--dfe", str(release), "--out", str(out))
    assert done.returncode == 0, done.stderr
    figures = tomllib.loads(out.read_text())
    assert figures["through"] == 2022
    assert figures["panel"]["plans_a_request"] > 0


def test_tables_that_hold_a_header_only_are_no_evidence(call: Call, dfe_release: Write, tmp_path: Path) -> None:
    out = tmp_path / "figures.toml"
    done = call("evidence", "--dfe", str(dfe_release(requests=None, newplans=None, caseload=None)), "--out", str(out))
    assert done.returncode == 2
    assert "no counts" in done.stderr
    assert not out.exists()


def test_one_authority_beyond_the_model_does_not_cost_the_others(call: Call, dfe_release: Write, tmp_path: Path) -> None:
    path = dfe_release(
        requests={"Aton": {2021: 60_000}, "Beton": {2021: 100}}, caseload={"Aton": {2022: 50_000}, "Beton": {2022: 500}}
    )
    out = tmp_path / "forecast.csv"
    done = call("forecast", "--dfe", str(path), "--census", "2022", "--futures", "2", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "Aton is left out" in done.stderr
    assert "1 authority)" in done.stdout
    assert {row["la_name"] for row in csv.DictReader(out.read_text().splitlines())} == {"Beton"}
