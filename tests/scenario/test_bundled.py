"""The bundled scenarios: they load, they are written so that a planner can mend them, and they know nothing of their future."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.library import bundled, folder, load
from sufficiency.scenario.scenario import Scenario

BASELINES = [name for name, kind in bundled().items() if kind == "scenario"]
OVERRIDES = [name for name, kind in bundled().items() if kind == "override"]


def raw(name: str) -> dict[str, Any]:
    return tomllib.loads((folder() / f"{name}.toml").read_text("utf-8"))


def test_what_is_bundled() -> None:
    assert BASELINES == ["bristol-2022", "bristol-2020", "bristol-2025"]
    assert set(OVERRIDES) == {
        "as-delivered", "demand-management", "high-growth", "low-growth", "reforms-2026", "slow-construction",
    }  # fmt: skip


@pytest.mark.parametrize("name", BASELINES)
def test_each_baseline_loads_under_its_own_name(name: str) -> None:
    scenario = load(name)
    assert scenario.name == name
    assert scenario.overrides == ()


@pytest.mark.parametrize(
    ("name", "override"),
    [(name, override) for name in BASELINES for override in OVERRIDES if (name, override) != ("bristol-2025", "as-delivered")],
)
def test_each_override_can_be_laid_over_each_baseline(name: str, override: str) -> None:
    scenario = load(f"{name}+{override}")
    assert scenario.overrides == (override,)
    assert scenario.digest != load(name).digest
    assert scenario.title == f"{load(name).title}, {raw(override)['title']}"
    assert scenario == load(name, [override])


def test_what_came_after_2022_is_no_override_of_2025(problem_of: Callable[..., InputProblem]) -> None:
    problem = problem_of(load, "bristol-2025+as-delivered")
    assert problem.what == "the override changes a table that the scenario does not have"
    assert problem.where.endswith("as-delivered.toml")
    assert problem.value == "supply.pipeline-2022-09-north"


def test_all_overrides_at_once() -> None:
    assert load("+".join(["bristol-2022", *OVERRIDES])).overrides == tuple(OVERRIDES)


@pytest.mark.parametrize("name", [*BASELINES, *OVERRIDES])
def test_the_file_is_written_so_that_a_planner_can_mend_it(name: str) -> None:
    text = (folder() / f"{name}.toml").read_text("utf-8")
    if name in BASELINES:
        for key in ("start", "horizon", "knowledge_date"):
            assert re.search(rf"^{key} = \d{{4}}-\d\d-\d\d$", text, re.MULTILINE), f"{key} is an unquoted date on its own line"
    sections = re.split(r"^\[(.+)\]$", text, flags=re.MULTILINE)[1:]
    figures = [(title, body) for title, body in zip(sections[::2], sections[1::2], strict=True) if "known_from" in body]
    assert len(figures) == text.count("known_from = ")
    for title, body in figures:
        for key in ("value", "unit", "source", "known_from", "verified"):
            assert len(re.findall(rf"^{key} = .+$", body, re.MULTILINE)) == 1, f"[{title}] has no {key} on a line of its own"
        assert re.search(r"^known_from = \d{4}-\d\d-\d\d$", body, re.MULTILINE)


@pytest.mark.parametrize("name", BASELINES)
def test_every_figure_of_the_model_is_a_table_of_its_own_in_the_file(name: str) -> None:
    text = (folder() / f"{name}.toml").read_text("utf-8")
    headings = set(re.findall(r"^\[(.+)\]$", text, re.MULTILINE))
    assert {path for path, _ in load(name).figures()} <= headings


@pytest.mark.parametrize("name", BASELINES)
def test_nothing_is_known_before_its_time(name: str) -> None:
    scenario = load(name)
    late = [path for path, figure in scenario.figures() if figure.known_from > scenario.knowledge_date]
    assert not late


def test_bristol_2022_stands_on_7_march_2022() -> None:
    scenario = load("bristol-2022")
    assert scenario.knowledge_date == dt.date(2022, 3, 7)
    assert max(figure.known_from for _, figure in scenario.figures()) == dt.date(2022, 3, 7)


@pytest.mark.parametrize("name", BASELINES)
def test_every_unverified_figure_says_why_and_every_figure_has_a_source(name: str) -> None:
    for path, figure in load(name).figures():
        assert figure.source, path
        assert figure.verified or figure.reason, path


@pytest.fixture
def pipeline(bristol: Scenario) -> dict[dt.date | None, int]:
    opening: dict[dt.date | None, int] = {}
    for provision in bristol.supply.values():
        if provision.counts_towards_commitment:
            opening[provision.opens] = opening.get(provision.opens, 0) + provision.places.value
    return opening


def test_of_450_places_142_are_delivered_or_in_the_pipeline_and_308_to_find(
    bristol: Scenario, pipeline: dict[dt.date | None, int]
) -> None:
    delivered = bristol.commitment.delivered.value
    assert delivered == 82
    assert pipeline == {dt.date(2022, 9, 1): 24, dt.date(2023, 1, 3): 36}
    assert delivered + sum(pipeline.values()) == 142
    assert bristol.commitment.places.value - 142 == 308


def test_the_pipeline_is_planned_and_lies_within_the_promise(bristol: Scenario) -> None:
    for provision in bristol.supply.values():
        assert provision.counts_towards_commitment == (provision.status == "planned")
        if provision.opens:
            assert bristol.commitment.since <= provision.opens <= bristol.commitment.by


def test_the_folder_can_be_chosen_and_what_cannot_be_read_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUFFICIENCY_SCENARIOS", str(tmp_path))
    assert bundled() == {}
    (tmp_path / "mine.toml").write_text('kind="override"\n')
    (tmp_path / "quoted.toml").write_text('note = \'kind = "override"\'\n[x]\nkind = "override"\n')
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    (tmp_path / ".hidden.toml").write_text("")
    assert bundled() == {"bytes": "scenario", "mine": "override", "quoted": "scenario"}
