"""The documentation is true: its commands run, its lists are those of the program, its links lead somewhere."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sufficiency.experiment.measures import measures
from sufficiency.report.results import all_measures
from sufficiency.scenario.library import load

pytestmark = pytest.mark.integration
REPO = Path(__file__).resolve().parents[1]
PAGES = [REPO / "README.md", *sorted((REPO / "docs").rglob("*.md"))]
# Once each: what a folder is called that is written to makes no other command.
COMMANDS = sorted(
    {
        re.sub(r"--out \S+", "--out", line.strip()): line.strip()
        for page in PAGES
        for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
        for line in block.splitlines()
        if line.strip() and not line.startswith("#")
    }.values()
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_documented_command_runs(command: str, tmp_path: Path) -> None:
    program, *arguments = shlex.split(command)
    if program == "make":  # not run: this test runs inside make
        done = subprocess.run(
            ["make", "--dry-run", *arguments], cwd=REPO, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return
    if program == "python":
        script = REPO / arguments[0]
        assert script.is_file()
        return
    assert program == "sufficiency"
    environment = {**os.environ, "SUFFICIENCY_FUTURES": "3"}
    whole = [sys.executable, "-m", "sufficiency.cli", *arguments]
    done = subprocess.run(whole, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPO)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_what_is_said_beside_others_is_held_by_tests_that_exist() -> None:
    page = (REPO / "docs" / "beside-others.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if re.search(r"\| \*\*(yes|partly|no)\*\*", line)]
    assert len(lines) == 16
    for line in lines:
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", line)
        assert named and len(named) == line.count("::"), line
        for file, test in named:
            functions = {node.name for node in ast.parse((REPO / file).read_text(encoding="utf-8")).body
                         if isinstance(node, ast.FunctionDef)}  # fmt: skip
            assert test in functions, f"{file}::{test}"


def test_readme_counts_the_unverified_defaults_right() -> None:
    scenario = load("bristol-2022")
    total = len(list(scenario.figures()))
    assert f"{len(scenario.unverified())} of the {total} figures" in (REPO / "README.md").read_text(encoding="utf-8")


def test_every_measure_is_documented_with_its_cuts() -> None:
    from sufficiency.experiment.runner import run_futures

    run = run_futures(load("bristol-2022"), 1)
    page = (REPO / "docs" / "measures.md").read_text(encoding="utf-8")
    documented: dict[tuple[str, str], str] = {}
    for row in re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|", page, re.M):
        for name in row[0].split(", "):
            for kind in row[2].split("; "):
                documented[name.strip(), kind.strip()] = row[3].strip()
    assert measures(run)
    found = all_measures(run)
    for measure in found:
        cuts = documented[measure.name, measure.period_kind]
        if cuts == "as requests":
            cuts = documented["requests", measure.period_kind]
        assert (", ".join(measure.dimensions) or "none") == cuts, measure.name
    assert set(documented) - {("measure", "period_kind"), ("---", "---")} == {(m.name, m.period_kind) for m in found}
