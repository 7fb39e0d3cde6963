"""The rules of the house, held by tests because habits slip."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

LONGEST_MODULE = 300
VAGUE_NAMES = {"helpers", "manager", "misc", "utils"}

# Written in pieces, so that this file does not match itself.
INDEX_ADDRESS = re.compile("|".join(["index" + "[-_]url", r"pypi\.org/" + "simple", "python" + "hosted"]))


def modules(repo: Path) -> list[Path]:
    return sorted((repo / "sufficiency").rglob("*.py"))


def files_under_version_control(repo: Path) -> list[Path]:
    """Tracked files, and new ones that are not ignored."""
    if not (repo / ".git").exists():
        pytest.skip("needs a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=repo,
        check=True,
        capture_output=True,
    ).stdout.decode()
    paths = (repo / name for name in sorted(set(listed.split("\0"))) if name)
    return [path for path in paths if path.is_file()]


def test_no_module_is_too_long_to_read(repo: Path) -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in modules(repo)}
    too_long = {str(path.relative_to(repo)): n for path, n in lengths.items() if n > LONGEST_MODULE}
    assert not too_long, f"over {LONGEST_MODULE} lines: {too_long}"


def test_module_names_say_what_is_inside(repo: Path) -> None:
    vague = [str(p.relative_to(repo)) for p in modules(repo) if {p.stem, p.parent.name} & VAGUE_NAMES]
    assert not vague


def test_no_file_names_a_package_index(repo: Path) -> None:
    """Where packages come from is the business of the machine that installs them."""
    naming = []
    for path in files_under_version_control(repo):
        content = path.read_bytes()
        if b"\0" in content:  # binary
            continue
        if INDEX_ADDRESS.search(content.decode("utf-8", errors="replace")):
            naming.append(str(path.relative_to(repo)))
    assert not naming


@pytest.mark.parametrize("command", ["make app", "make plan", "make test"])
def test_readme_shows_the_commands_people_need(repo: Path, command: str) -> None:
    assert command in (repo / "README.md").read_text("utf-8")


def test_ci_runs_what_people_run(repo: Path) -> None:
    script = repo / ".ci" / "run"
    assert re.search(r"^(exec )?make test$", script.read_text("utf-8"), re.MULTILINE)
    assert os.name == "nt" or os.access(script, os.X_OK), "not executable"


def test_the_import_contract_names_every_room(repo: Path) -> None:
    package = repo / "sufficiency"
    folders = {path.parent for path in package.glob("*/*.py")}
    rooms = {folder.name for folder in folders}
    rooms |= {path.stem for path in package.glob("*.py")} - {"__init__", "__main__"}

    # Without an __init__.py the contract passes a room over.
    unseen = {folder.name for folder in folders if not (folder / "__init__.py").is_file()}
    assert not unseen, f"no __init__.py in {sorted(unseen)}"

    settings = tomllib.loads((repo / "pyproject.toml").read_text("utf-8"))
    layers = next(
        contract["layers"] for contract in settings["tool"]["importlinter"]["contracts"] if contract["type"] == "layers"
    )
    named = {room.strip("() ") for layer in layers for room in re.split(r"[|:]", layer)}

    assert rooms, "no rooms found under sufficiency/"
    assert rooms <= named, f"not in the contract: {sorted(rooms - named)}"
