"""Scenarios written as TOML: the same when read back, in the style of the bundled ones, and saved whole or not at all."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.library import folder, load, parsed
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.writing import save, to_toml

ProblemOf = Callable[..., InputProblem]
BRISTOL = load("bristol-2022")
NAMES = ["bristol-2022", "bristol-2025", "bristol-2022+as-delivered+high-growth"]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_read_back_is_equal(name: str) -> None:
    scenario = load(name)
    again = parsed(to_toml(scenario), where="again")
    assert again == scenario.model_copy(update={"overrides": ()})
    assert again.digest == scenario.digest
    assert list(again.supply) == list(scenario.supply)
    assert again.area_codes == scenario.area_codes
    assert to_toml(again.model_copy(update={"overrides": scenario.overrides})) == to_toml(scenario)


@pytest.mark.parametrize("name", NAMES)
def test_each_figure_is_a_table_of_its_own_with_its_value_on_a_line(name: str) -> None:
    text = to_toml(load(name))
    sections = re.split(r"^\[(.+)\]$", text, flags=re.MULTILINE)
    bodies = dict(zip(sections[1::2], sections[2::2], strict=True))
    for path, figure in load(name).figures():
        for key in ("value", "unit", "source", "known_from", "verified"):
            assert len(re.findall(rf"^{key} = .+$", bodies[path], re.MULTILINE)) == 1
        assert len(re.findall(r"^(low|high) = .+$", bodies[path], re.MULTILINE)) == 2 * figure.is_range
    assert re.search(r"^start = \d{4}-\d\d-\d\d$", text, re.MULTILINE)
    assert "\n\n\n" not in text.replace("\n\n\n[areas", "\n[areas")


def test_the_tables_are_those_of_the_bundled_file_in_its_order(bristol: Scenario, bristol_text: str) -> None:
    headings = re.compile(r"^\[.+\]$", re.MULTILINE)
    assert headings.findall(to_toml(bristol)) == headings.findall(bristol_text)
    assert tomllib.loads(to_toml(bristol))["demand"] == tomllib.loads(bristol_text)["demand"]


def test_overrides_laid_in_are_named_in_a_comment(bristol: Scenario) -> None:
    assert "# Overrides laid in: as-delivered, high-growth." in to_toml(load(NAMES[-1]))
    assert "Overrides" not in to_toml(bristol)
    sly = bristol.model_copy(update={"overrides": ("x\nname = 'y'",)})
    assert parsed(to_toml(sly), where="x").name == bristol.name


TRICKY = [
    "quotes \" and '",
    "back\\slash \\n \\u0041",
    "two\nlines",
    "tab\tand\rreturn",
    "\x01\x08\x0c\x1f\x7f",
    "£ é 日本 😀 \u2028 \u202e \u0085",
    '"""',
    "'''",
    "# no comment",
    "[table]",
    "=1+1",
    "\\",
    " ",
    "\ufeff",
]


@pytest.mark.parametrize("text", TRICKY)
def test_any_text_comes_back_as_it_was(bristol: Scenario, text: str) -> None:
    scenario = bristol.changed("", note=text, title=text).changed("demand.growth", source=text, reason=text)
    assert parsed(to_toml(scenario), where="again") == scenario


@settings(max_examples=40)
@given(
    st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=50),
    st.floats(-0.5, 0.5),
    st.integers(0, 50_000),
)
def test_any_text_and_number_come_back_as_they_were(text: str, growth: float, requests: int) -> None:
    scenario = BRISTOL.changed("", note=text).changed("demand.growth", value=growth, low=None, high=None)
    scenario = scenario.changed("demand.requests_in_base_year", value=requests, source=text)
    assert parsed(to_toml(scenario), where="again") == scenario


def test_empty_tables_come_back(bristol: Scenario) -> None:
    data: dict[str, Any] = bristol.model_dump()
    data.update(interventions={})
    data["commitment"]["other_dates"] = {}
    scenario = Scenario.model_validate(data)
    assert parsed(to_toml(scenario), where="again") == scenario


def test_a_saved_scenario_is_loaded_again(bristol: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    save(bristol, path)
    assert load(str(path)) == bristol
    save(load("bristol-2025"), path)
    assert load(str(path)).name == "bristol-2025"
    assert os.listdir(tmp_path) == ["mine.toml"]


def test_others_may_read_what_was_saved(bristol: Scenario, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    save(bristol, tmp_path / "mine.toml")
    assert (tmp_path / "mine.toml").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("failing", ["fsync", "replace", "write"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_save_that_fails_leaves_what_was_there_and_nothing_else(
    bristol: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str, error: BaseException
) -> None:
    path = tmp_path / "mine.toml"
    save(bristol, path)
    before = path.read_bytes()

    def fails(*_args: Any, **_kwargs: Any) -> None:
        raise error

    if failing == "fsync":
        monkeypatch.setattr(os, "fsync", fails)
    elif failing == "replace":
        monkeypatch.setattr(os, "replace", fails)
    else:
        monkeypatch.setattr(Path, "open", fails)
    with pytest.raises((InputProblem, KeyboardInterrupt)) as caught:
        save(load("bristol-2025") if failing != "write" else bristol, path)
    monkeypatch.undo()
    assert isinstance(caught.value, InputProblem) == isinstance(error, OSError)
    if isinstance(caught.value, InputProblem):
        assert caught.value.what == "the scenario cannot be saved (No space left on device)"
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["mine.toml"]


def test_the_bytes_reach_the_disk_before_the_name_is_taken(
    bristol: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("fsync"), fsync(handle))[1])
    monkeypatch.setattr(os, "replace", lambda *paths: (done.append("replace"), replace(*paths))[1])
    save(bristol, tmp_path / "mine.toml")
    assert done == ["fsync", "replace", "fsync"], "the file, the name, then the folder that holds the name"


@pytest.mark.parametrize("name", ["mine", "mine.txt", "mine.TOML", "", "x" * 300 + ".toml", "a\0.toml", "nowhere/mine.toml"])
def test_names_that_cannot_be_saved_to(problem_of: ProblemOf, bristol: Scenario, tmp_path: Path, name: str) -> None:
    problem_of(save, bristol, tmp_path / name)
    assert os.listdir(tmp_path) == []


def test_a_folder_is_not_replaced(problem_of: ProblemOf, bristol: Scenario, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").mkdir()
    problem_of(save, bristol, tmp_path / "mine.toml")
    assert os.listdir(tmp_path) == ["mine.toml"]


def test_what_would_be_too_large_to_read_again_is_not_written(problem_of: ProblemOf, bristol: Scenario, tmp_path: Path) -> None:
    provision = bristol.model_dump()["supply"]["special-north"]
    provision["title"] = "x" * 2000
    large = bristol.changed("supply", **{f"s{i}": provision for i in range(300)})
    assert "too large" in problem_of(save, large, tmp_path / "mine.toml").what
    assert os.listdir(tmp_path) == []


def test_the_bundled_folder_is_left_alone() -> None:
    assert not list(folder().glob("*.tmp"))
