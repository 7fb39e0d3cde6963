"""Scenarios by name: bundled names, paths, and overrides laid over them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.eoi_list import load_eois
from sufficiency.scenario.library import bundled, find, folder, load, parsed, with_overrides
from sufficiency.scenario.scenario import Scenario

ProblemOf = Callable[..., InputProblem]

OVERRIDE = """kind = "override"
name = "mine"
title = "mine"
note = "A test."

[demand.growth]
value = 0.07
unit = "change of the logarithm a year"
source = "assumption"
known_from = 2022-03-07
verified = false
reason = "A test."
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    shutil.copy(folder() / "bristol-2022.toml", tmp_path / "base.toml")
    (tmp_path / "mine.toml").write_text(OVERRIDE)
    return tmp_path


def test_a_bundled_name_is_found_and_a_path_is_taken_as_it_is() -> None:
    assert find("bristol-2022") == folder() / "bristol-2022.toml"
    assert find("some/where.toml") == Path("some/where.toml")
    assert next(iter(bundled())) == "bristol-2022"


@pytest.mark.parametrize(("name", "like"), [("bristol2022", "bristol-2022"), ("Bristol-2025", "bristol-2025")])
def test_an_unknown_scenario_names_the_nearest(problem_of: ProblemOf, name: str, like: str) -> None:
    problem = problem_of(load, name)
    assert problem.what == "there is no scenario of that name"
    assert problem.allowed == "bristol-2022, bristol-2020, bristol-2025"
    assert problem.mend == f'did you mean "{like}"?'


def test_an_unknown_override_names_the_nearest(problem_of: ProblemOf) -> None:
    for problem in (problem_of(load, "bristol-2022+hihg-growth"), problem_of(load, "bristol-2022", ["hihg-growth"])):
        assert problem.what == "there is no override of that name"
        assert problem.mend == 'did you mean "high-growth"?'
        assert "bristol-2022" not in problem.allowed


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "..",
        "/",
        "../../etc/passwd",
        "/etc/passwd",
        "../bristol-2022",
        "a\0b",
        "a\0b.toml",
        "x" * 5000,
        "x" * 3000 + ".toml",
        "y/" * 1000 + "x.toml",
        "+",
        "+" * 10_000,
        "bristol-2022+",
        "bristol-2022++high-growth",
        "bristol-2022+../../etc/passwd",
        "\udcff.toml",
        "a\nb",
        "~root/x.toml",
        "bristol-eois",
        "bristol-eois.csv",
    ],
)
def test_tricks_with_names_are_answered(problem_of: ProblemOf, name: str) -> None:
    problem_of(load, name)
    problem_of(load, "bristol-2022", [name])


def test_nothing_but_toml_files_is_opened(problem_of: ProblemOf, tmp_path: Path, bristol_text: str) -> None:
    (tmp_path / "scenario.txt").write_text(bristol_text)
    problem = problem_of(load, str(tmp_path / "scenario.txt"))
    assert problem.allowed.endswith(".toml")


def test_too_many_overrides(problem_of: ProblemOf) -> None:
    assert "too many overrides" in problem_of(load, "bristol-2022", ["high-growth"] * 21).what


def test_the_same_override_twice(problem_of: ProblemOf) -> None:
    assert "named twice" in problem_of(load, "bristol-2022", ["high-growth"] * 2).what
    assert "named twice" in problem_of(load, "bristol-2022+high-growth+high-growth").what


def test_overrides_are_laid_in_order_and_remembered(bristol: Scenario, files: Path) -> None:
    scenario = load("bristol-2022+high-growth", [str(files / "mine.toml")])
    assert scenario.demand.growth.value == 0.07
    assert scenario.demand.growth.low is None, "a figure that gives its value replaces the whole figure"
    assert scenario.overrides == ("high-growth", "mine")
    assert scenario.title == "Bristol, January 2022, high growth, mine"
    assert scenario.note == f"{bristol.note} Requests grow as fast as the fastest years seen. A test."
    assert load(f"bristol-2022+{files / 'mine.toml'}+high-growth").demand.growth.value == 0.2


def test_part_of_a_figure_may_be_changed(bristol: Scenario, files: Path) -> None:
    (files / "part.toml").write_text('kind = "override"\n[demand.growth]\nhigh = 0.25\n')
    scenario = load(f"bristol-2022+{files / 'part.toml'}")
    assert (scenario.demand.growth.value, scenario.demand.growth.high) == (bristol.demand.growth.value, 0.25)


def test_overrides_can_be_laid_over_a_scenario_in_hand(bristol: Scenario) -> None:
    assert with_overrides(bristol, ["high-growth"]) == load("bristol-2022+high-growth")
    twice = with_overrides(load("bristol-2022+high-growth"), ["slow-construction"])
    assert twice == load("bristol-2022+high-growth+slow-construction")
    assert with_overrides(bristol, []) == bristol


@pytest.mark.parametrize("name", ["my+plan.toml", "a+b+c.toml", "high-growth+low-growth.toml"])
def test_a_file_may_have_a_plus_in_its_name(files: Path, bristol: Scenario, name: str) -> None:
    (files / "base.toml").rename(files / name)
    assert load(str(files / name)) == bristol
    assert load(f"{files / name}+high-growth").overrides == ("high-growth",)
    (files / "over+ride.toml").write_text(OVERRIDE)
    assert load(f"{files / name}+{files / 'over+ride.toml'}+high-growth").overrides == ("over+ride", "high-growth")


def test_a_folder_may_have_a_plus_in_its_name(files: Path) -> None:
    (files / "a+b").mkdir()
    shutil.copy(files / "base.toml", files / "a+b" / "base.toml")
    assert load(f"{files / 'a+b' / 'base.toml'}+high-growth").overrides == ("high-growth",)


def test_a_missing_file_with_a_plus_is_named_whole(problem_of: ProblemOf, tmp_path: Path) -> None:
    assert problem_of(load, str(tmp_path / "my+plan.toml")).where == str(tmp_path / "my+plan.toml")


def test_a_bundled_name_wins_over_a_file_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bristol: Scenario) -> None:
    (tmp_path / "bristol-2022").write_text("nonsense")
    monkeypatch.chdir(tmp_path)
    assert load("bristol-2022") == bristol


def test_an_override_is_no_scenario_and_a_scenario_no_override(problem_of: ProblemOf, files: Path) -> None:
    problem = problem_of(load, "high-growth")
    assert problem.what == "an override is not a whole scenario"
    assert problem.mend == "lay it over one: bristol-2022+high-growth"
    problem = problem_of(load, str(files / "mine.toml"))
    assert problem.mend.endswith(f"bristol-2022+{files / 'mine.toml'}")
    assert problem_of(load, "bristol-2022+bristol-2025").what == "a whole scenario is not an override"
    assert problem_of(parsed, OVERRIDE, where="mine.toml").what == "an override is not a whole scenario"


def test_a_problem_that_an_override_brings_in_is_told_of_the_override(problem_of: ProblemOf, files: Path) -> None:
    path = files / "bad.toml"
    path.write_text('kind = "override"\n[demand.grwth]\nvalue = 1\n')
    for overrides in (["high-growth", str(path)], [str(path), "high-growth"]):
        problem = problem_of(load, "bristol-2022", overrides)
        assert (problem.what, problem.value) == ("unknown key", "grwth")
        assert problem.where == f"{path}, demand"
        assert problem.mend == 'did you mean "growth"?'


def test_a_problem_of_the_baseline_is_told_of_the_baseline(problem_of: ProblemOf, files: Path) -> None:
    base = files / "base.toml"
    text = re.sub(r"(?<=^\[demand\.growth\]\nvalue = ).+$", "3.0", base.read_text("utf-8"), flags=re.MULTILINE)
    base.write_text(text, encoding="utf-8")
    assert problem_of(load, f"{base}+demand-management").where == f"{base}, demand.growth.value"
    base.write_text(base.read_text("utf-8").replace('title = "Bristol, January 2022"', "title = 3"), encoding="utf-8")
    assert problem_of(load, f"{base}+high-growth").where == f"{base}, title"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('kind = "overide"\n', "unknown kind of file"),
        ("kind = 3\n", "unknown kind of file"),
        ('kind = "override"\noverrides = ["x"]\n', "set by the program"),
        ('kind = "override"\ntitle = 3\n', "not text"),
        ('kind = "override"\n[demand]\ngrowth = 3\n', "not a table"),
        ('kind = "override"\ndemand = 3\n', "not a table"),
        ('kind = "override"\nsupply = { north = 3 }\n', "not a table"),
        ('kind = "override"\n[demand.growth]\nvalue = 0.2\n', "a key is missing"),
        ('kind = "override"\nhorizon = 2021-01-01\n', "horizon is not after the start"),
        ('kind = "override"\nknowledge_date = 2021-01-01\n', "known only after"),
        ('kind = "override"\n[areas.west]\nlabel = "West"\ndefinition = "West"\n', "lacks area west"),
        ('name = "x"\n', "a whole scenario is not an override"),
    ],
)
def test_mistakes_in_an_override(problem_of: ProblemOf, files: Path, text: str, what: str) -> None:
    path = files / "bad.toml"
    path.write_text(text)
    problem = problem_of(load, f"bristol-2022+{path}")
    assert what in problem.what
    assert problem.where.startswith(str(path))


def test_an_unknown_list_of_bids_names_the_nearest(problem_of: ProblemOf, bristol: Scenario, tmp_path: Path) -> None:
    assert problem_of(load_eois, bristol, "bristol-eos").mend == 'did you mean "bristol-eois"?'
    assert problem_of(load_eois, bristol, str(tmp_path / "none.csv")).what == "no list of expressions of interest was found"
    assert "no list" in problem_of(load_eois, bristol, "/etc/passwd").what
