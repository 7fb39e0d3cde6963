"""``sufficiency project`` as a person calls it."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sufficiency.report.disclosure import HIDDEN

pytestmark = pytest.mark.integration
Call = Callable[..., subprocess.CompletedProcess[str]]

EXAMPLE = [
    *("--transitions", "example-transitions/transitions.csv", "--population", "example-transitions/population.csv"),
    *("--valid-states", "example-transitions/valid-states.csv", "--costs", "example-transitions/costs.csv"),
]
FILES = {
    "expectation.csv", "futures.csv", "flows.csv", "forced.csv", "leave.csv", "move.csv", "destination.csv", "join.csv",
    "joiner_state.csv", "manifest.json",
}  # fmt: skip


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def results(call: Call, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the results of the example."""
    out = tmp_path_factory.mktemp("out") / "new" / "folder"
    done = call("project", *EXAMPLE, "--futures", "60", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "census of 2028" in done.stdout
    return out


def test_every_file_is_written_with_its_columns(results: Path) -> None:
    assert {path.name for path in results.iterdir()} == FILES
    rows = table(results / "expectation.csv")
    assert list(rows[0]) == ["year", "measure", "key", "value"]
    assert [row["year"] for row in rows if row["measure"] == "total"] == [str(year) for year in range(2023, 2029)]
    assert {row["measure"] for row in rows} == {"total", "cost", "ncy", "need", "setting"}
    assert all((row["key"] == "") == (row["measure"] in ("total", "cost")) for row in rows)
    assert {int(row["key"]) for row in rows if row["measure"] == "ncy"} >= {-1, 0, 11}
    assert list(table(results / "futures.csv")[0]) == [
        "year", "measure", "key", "mean", "sd", "p05", "p10", "p25", "p50", "p75", "p90", "p95", "futures"
    ]  # fmt: skip


def test_parts_sum_to_the_total(results: Path) -> None:
    for name, column in (("expectation.csv", "value"), ("futures.csv", "mean")):
        sums: dict[tuple[str, str], float] = {}
        for row in table(results / name):
            if row[column] == HIDDEN:
                assert row["year"] == "2023", "what was observed, at the start census"
                continue
            sums[row["year"], row["measure"]] = sums.get((row["year"], row["measure"]), 0) + float(row[column])
        for year in range(2024, 2029):
            for measure in ("ncy", "need", "setting"):
                assert sums[str(year), measure] == pytest.approx(sums[str(year), "total"], rel=1e-12)


def test_small_counts_of_children_are_hidden_at_the_start_census(call: Call, results: Path, tmp_path: Path) -> None:
    """The same cells in both tables; a setting switches it off, and then the hidden counts of a list are not only small ones."""
    done = call("project", *EXAMPLE, "--futures", "0", "--out", str(tmp_path), SUFFICIENCY_SMALL_NUMBERS="0")
    assert done.returncode == 0, done.stderr
    assert "not to be published" in done.stderr
    whole, shown = (
        {(row["measure"], row["key"]): row["value"] for row in table(folder / "expectation.csv") if row["year"] == "2023"}
        for folder in (tmp_path, results)
    )
    counts = {key: float(value) for key, value in whole.items() if key[0] in ("ncy", "need", "setting")}
    small = {key for key, count in counts.items() if 0 < count < 5}
    hidden = {key for key, value in shown.items() if value == HIDDEN}
    assert small
    assert small <= hidden
    for measure in ("ncy", "need", "setting"):
        assert sum(key[0] == measure for key in hidden) != 1, "a single hidden count is the total less the others"
    assert all(shown[key] == "0.0" for key, count in counts.items() if count == 0)
    bands = {(row["measure"], row["key"]) for row in table(results / "futures.csv") if row["mean"] == row["p05"] == HIDDEN}
    assert bands == hidden
    done = call("project", *EXAMPLE, "--futures", "0", "--out", str(tmp_path), SUFFICIENCY_SMALL_NUMBERS="few")
    assert done.returncode == 2
    assert "SUFFICIENCY_SMALL_NUMBERS" in done.stderr


def test_both_tables_have_the_same_rows(results: Path) -> None:
    expected, futures = (
        [(row["year"], row["measure"], row["key"]) for row in table(results / name)]
        for name in ("expectation.csv", "futures.csv")
    )
    assert expected == futures


def test_the_manifest_says_what_the_results_are_of(results: Path, tmp_path: Path) -> None:
    manifest = json.loads((results / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["start_census"] == 2023
    assert manifest["horizon"] == 2028
    assert manifest["futures"] == 60
    assert len(manifest["inputs"]["transitions"]["sha256"]) == 64
    assert manifest["inputs"]["costs"]["file"] == "costs.csv"
    assert manifest["warnings"] == []


def test_the_same_seed_gives_the_same_bytes_wherever_it_runs(call: Call, results: Path, tmp_path: Path) -> None:
    done = call("project", *EXAMPLE, "--futures", "60", "--out", "again", cwd=tmp_path, PYTHONHASHSEED="7")
    assert done.returncode == 0, done.stderr
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (results / name).read_bytes(), name
    done = call("project", *EXAMPLE, "--futures", "60", "--seed", "1", "--out", "other", cwd=tmp_path)
    assert (tmp_path / "other" / "expectation.csv").read_bytes() == (results / "expectation.csv").read_bytes()
    assert (tmp_path / "other" / "futures.csv").read_bytes() != (results / "futures.csv").read_bytes()


def test_the_expectation_alone_and_without_costs(call: Call, tmp_path: Path) -> None:
    done = call("project", *EXAMPLE[:6], "--futures", "0", "--legacy-states", "--redraw-yearly", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == FILES - {"futures.csv"}
    assert "cost" not in {row["measure"] for row in table(tmp_path / "expectation.csv")}
    assert list(table(tmp_path / "flows.csv")[0]) == ["year", "flow", "expectation"]
    assert "Dropped" in done.stdout


def test_a_missing_cost_is_reported(call: Call, tmp_path: Path) -> None:
    (tmp_path / "costs.csv").write_text("need,setting,cost\nASD,special,24000\n", encoding="utf-8")
    done = call("project", *EXAMPLE[:6], "--costs", "costs.csv", "--futures", "1", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no cost is given" in done.stderr
    assert "SEMH special" in done.stderr
    assert "ASD special" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--futures", "-1"), ("-1", "0 to 10,000")),
        (("--seed", "-1"), ("-1",)),
        (("--transitions", "no.csv"), ("no.csv",)),
        (("--population", "."), ("folder",)),
    ],
)
def test_a_mistake_is_one_line(call: Call, tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    done = call("project", *EXAMPLE, *arguments, "--out", "out", cwd=tmp_path)
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


def test_every_mistake_is_in_the_one_report(call: Call, tmp_path: Path) -> None:
    header = "calendar-year,setting-1,need-1,academic-year-1,setting-2,need-2,academic-year-2\n"
    rows = "2022,special,ASD,3,special,ASD,5\n2022,NONSEND,NONSEND,3,NONSEND,NONSEND,4\n2022,spechial,ASD,3,special,ASD,4\n"
    (tmp_path / "mine.csv").write_text(header + rows, encoding="utf-8")
    (tmp_path / "people.csv").write_text("calendar-year,academic-year,population\n2022,4,-5\n2025,4,5\n", encoding="utf-8")
    done = call(
        "project", *EXAMPLE, "--transitions", "mine.csv", "--population", "people.csv", "--out", "out", cwd=tmp_path
    )  # fmt: skip
    assert done.returncode == 2
    for word in ("row 2", "row 3", "row 4", "spechial", "special", "-5", "2023, 2024"):
        assert word in done.stderr
    assert not (tmp_path / "out").exists()
