"""``sufficiency rates``, and ``project`` with rates of published tables, as a person calls them."""

from __future__ import annotations

import csv
import json
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration
Call = Callable[..., subprocess.CompletedProcess[str]]

BRISTOL = ("--la", "Bristol, City of")
LEARNED = {
    "hazards.csv", "evidence.csv", "balance.csv", "placements.csv", "not_identified.csv", "leave.csv", "move.csv",
    "destination.csv", "join.csv", "joiner_state.csv", "specialist_move.csv", "specialist_destination.csv",
}  # fmt: skip
PROJECTED = {"expectation.csv", "futures.csv", "flows.csv", "forced.csv", "manifest.json"}
DOCS = Path(__file__).resolve().parents[2] / "docs" / "rates.md"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A population of 6,000 at every NCY, 2020 to 2028."""
    path = tmp_path_factory.mktemp("people") / "population.csv"
    rows = "".join(f"{year},{ncy},6000\n" for year in range(2020, 2029) for ncy in range(-2, 22))
    path.write_text(f"calendar-year,academic-year,population\n{rows}", encoding="utf-8")
    return path


COMMANDS = [
    line
    for block in re.findall(r"```text\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.S)
    for line in block.splitlines()
    if line.startswith("sufficiency ")
]


@pytest.fixture(scope="module")
def page(call: Call, dfe_data: Path, people: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which all commands of the page were run: they name releases that are not in the repository."""
    folder = tmp_path_factory.mktemp("page")
    releases = {"ehcp-2025.zip": dfe_data / "ehcp-2025.zip", "ehcp-2022.zip": dfe_data / "ehcp-2022.zip"}
    found = releases | {"population.csv": people}
    assert len(COMMANDS) == 4
    for command in COMMANDS:
        arguments = [str(found.get(part, part)) for part in shlex.split(command)[1:]]
        done = call(*arguments, cwd=folder, SUFFICIENCY_FUTURES="20")
        assert done.returncode == 0, (command, done.stderr)
        assert "not_identified.csv" in done.stderr
        (folder / f"{shlex.split(command)[-1]}.txt").write_text(" ".join(done.stdout.split()), encoding="utf-8")
    return folder / "results"


@pytest.fixture(scope="module")
def results(page: Path) -> Path:
    """A folder with the rates of Bristol at the census of 2025."""
    return page / "rates"


def test_every_file_is_written(results: Path) -> None:
    said = results.with_suffix(".txt").read_text(encoding="utf-8")
    assert "4,931 children" in said
    assert "times England's hazards (80 %:" in said
    assert {path.name for path in results.iterdir()} == LEARNED | {"start.csv", "joiners.csv", "manifest.json"}
    manifest = json.loads((results / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["authority"] == "Bristol, City of"
    assert manifest["census"] == manifest["england_through"] == 2025
    assert set(manifest["releases"]) == {"ehcp-2022.zip", "ehcp-2025.zip"}
    assert "changes of primary need" in manifest["not_identified"]
    assert any("repeats its region's total" in words for words in manifest["set_aside"])


def test_the_tables_say_what_they_stand_on(results: Path) -> None:
    hazards = table(results / "hazards.csv")
    (multiplier,) = [row for row in hazards if row["effect"] == "multiplier"]
    low, mean, high = (float(multiplier[name]) for name in ("authority-low", "authority", "authority-high"))
    assert low < mean < high
    assert multiplier["source"] and multiplier["years"]
    assert {row["key"] for row in hazards if row["effect"] == "need"} >= {"ASD", "SEMH", "SLCN"}
    assert {int(row["key"]) for row in hazards if row["effect"] == "ncy"} >= set(range(11))
    leave = {row["key"]: row for row in table(results / "evidence.csv") if row["rate"] == "leave"}
    assert float(leave["13"]["low"]) < float(leave["13"]["learned"]) < float(leave["13"]["high"])
    assert float(leave["5"]["national-without-transfers"]) < float(leave["5"]["national"])
    balance = {(row["area"], row["year"]): row for row in table(results / "balance.csv")}
    assert balance["England", "2024"]["came-otherwise"] == "9386"
    assert sum(float(row["children"]) for row in table(results / "start.csv")) == pytest.approx(4931, abs=1)
    assert not table(results / "join.csv")  # no population was named


def test_a_projection_from_published_rates(
    call: Call, dfe_data: Path, people: Path, page: Path, results: Path, tmp_path: Path
) -> None:
    out = page / "projection"
    assert {path.name for path in out.iterdir()} == LEARNED | PROJECTED
    for name in ("leave.csv", "move.csv", "joiner_state.csv", "specialist_move.csv", "hazards.csv"):
        assert (out / name).read_bytes() == (results / name).read_bytes(), name
    totals = [row for row in table(out / "expectation.csv") if row["measure"] == "total"]
    assert [row["year"] for row in totals] == [str(year) for year in range(2025, 2029)]
    assert float(totals[0]["value"]) == 4931
    # Joiners over the population: the chances of join.csv are those of the joiners by state.
    joiners = sum(float(row["children-a-year"]) for row in table(results / "joiners.csv") if row["academic-year"] == "0")
    (join,) = [row for row in table(out / "join.csv") if row["academic-year"] == "0"]
    assert float(join["mean"]) == pytest.approx(joiners / 6000, rel=1e-3)
    # The same releases as a folder of zips, on another day and in another place, give the same bytes.
    folder = ("--dfe", str(dfe_data), *BRISTOL, "--census", "2025", "--population", str(people), "--futures", "20")
    again = call("project", *folder, "--out", "again", cwd=tmp_path, PYTHONHASHSEED="3")
    assert again.returncode == 0, again.stderr
    for path in out.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


def test_at_an_earlier_census_only_what_was_published_is_used(page: Path) -> None:
    strict, shaped = page / "rates-2022", page / "rates-2022-shapes"
    assert "assumed" in strict.with_suffix(".txt").read_text(encoding="utf-8")
    gaps = {row["what"] for row in table(strict / "not_identified.csv")}
    assert "everything by primary need" in gaps
    assert "England's shapes as they were known at the census" in {row["what"] for row in table(shaped / "not_identified.csv")}
    for folder in (strict, shaped):
        assert max(row["year"] for row in table(folder / "placements.csv")) == "2022"
        assert not table(folder / "balance.csv")  # plans that ended are counted child by child from 2022 on
    assert {row["need"] for row in table(strict / "leave.csv")} == {"ALL"}
    assert {row["need"] for row in table(shaped / "leave.csv")} >= {"ASD", "SEMH"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rates", "--dfe", "{dfe}", "--la", "Bristol", "--census", "2025"), ('did you mean "Bristol, City of"?',)),
        (("rates", "--dfe", "{dfe}", *BRISTOL, "--census", "2030"), ("2030", "2025")),
        (("rates", "--dfe", "{dfe}", *BRISTOL, "--census", "2025"), ("tables do not suffice",)),
        (("rates", "--dfe", "nowhere.zip", *BRISTOL, "--census", "2025"), ("nowhere.zip",)),
        (("project", "--population", "{people}"), ("--transitions is missing", "--dfe")),
        (("project", "--population", "{people}", "--dfe", "{dfe}", *BRISTOL), ("--census is missing",)),
        (
            ("project", "--population", "{people}", "--dfe", "{dfe}", *BRISTOL, "--census", "2025", "--legacy-states"),
            ("belongs to transitions", "--legacy-states"),
        ),
    ],
)
def test_a_mistake_is_one_line(
    call: Call,
    dfe_release: Callable[..., Path],
    people: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    words: tuple[str, ...],
) -> None:
    release = dfe_release(caseload={"England": {2024: 900, 2025: 1000}, BRISTOL[1]: {2024: 90, 2025: 100}})
    whole = [part.format(dfe=release, people=people) for part in arguments]
    done = call(*whole, "--out", "out", cwd=tmp_path)
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr
    assert not (tmp_path / "out").exists()
