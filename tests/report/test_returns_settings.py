"""Labels and columns of the returns: the defaults are whole, and a person's file is laid over them or answered in words."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.report.returns.settings import ReturnSettings, return_settings


@pytest.fixture(scope="module")
def defaults() -> ReturnSettings:
    return return_settings()


def test_planning_areas_are_those_given_for_the_return(defaults: ReturnSettings) -> None:
    areas = defaults.scap.planning_areas
    assert [areas.primary[kind] for kind in ("UR", "IN", "SS", "AP")] == ["1803001", "1803002", "1803003", "1803004"]
    assert [areas.secondary[kind] for kind in ("UR", "IN", "SS", "AP")] == ["1803011", "1803012", "1803013", "1803014"]
    assert (defaults.scap.primary_years, defaults.scap.secondary_years) == (5, 7)


def test_a_scenario_uses_no_counts_that_became_known_later(defaults: ReturnSettings) -> None:
    assert defaults.split(dt.date(2021, 12, 31)) is None
    assert defaults.split(dt.date(2022, 3, 7)) == defaults.splits["bristol-2022"]
    assert defaults.split(dt.date(2025, 12, 31)) == defaults.splits["bristol-2025"]


def test_counts_are_those_of_the_scenario_they_split(defaults: ReturnSettings) -> None:
    """January 2025: 592 elsewhere, 818 in further education (2 of them before Year 12), 1,825 in mainstream."""
    found = defaults.splits["bristol-2025"]
    both = [found.to_year_11, found.from_year_12]
    assert sum(sum(half["elsewhere"].values()) for half in both) == 592
    assert sum(sum(half["mainstream"].values()) for half in both) == 1825
    assert sum(found.from_year_12["further_education"].values()) == 816


def test_a_file_names_only_what_differs(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('[scap]\nsecondary_years = 6\n[scap.planning_areas.primary]\nUR = "1"\n[scap.columns]\npupils = "n"\n')
    found = return_settings(mine)
    assert (found.scap.primary_years, found.scap.secondary_years) == (5, 6)
    assert (found.scap.planning_areas.primary["UR"], found.scap.planning_areas.primary["IN"]) == ("1", "1803002")
    assert found.scap.columns == {"pupils": "n"}


def test_splits_of_another_authority_replace_bristols(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        '[splits.ours]\nsource = "SEN2"\nknown_from = 2025-01-16\nverified = true\n[splits.ours.to_year_11]\n'
        "[splits.ours.from_year_12]\n[splits.ours.scap]\nindependent = { IN = 9, SS = 1 }\n"
    )
    assert set(return_settings(mine).splits) == {"ours"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[scap]\nprimary_years = 0\n", ("scap.primary_years", "1 to 20")),
        ('[scap]\nprimary_years = "five"\n', ("scap.primary_years", "whole number", "five")),
        ('[scpa]\nname = "x"\n', ("scpa", 'did you mean "scap')),
        ('[scap.columns]\npupil = "n"\n', ("scap.columns", "pupil", 'did you mean "pupils"')),
        ('[scap.columns]\npupils = "n"\nmean = "n"\n', ("heading", '"n"')),
        ("[scap.columns]\n", ("no column is named",)),
        ('[scap.planning_areas.primary]\nXX = "1"\n', ("SCAP type", "XX", "UR, IN, SS, AP")),
        ('[authority]\nname = "two\\nlines"\n', ("authority.name", "line break")),
        ("[reform_plan]\nfirst_year = 2030\nlast_year = 2025\n", ("last_year", "2025")),
        ("[reform_plan.ages.under_5]\nlast_ncy = 3\n", ("reform_plan.ages", "each NCY")),
        ('[reform_plan.needs]\nASD = "Autism"\n', ("reform_plan.needs", "lacks need", "HI")),
        ('[reform_plan.tables."7.8"]\ntitle = "x"\nassumptions = []\n', ("7.8", "unknown table")),
        ('[reform_plan.tables."7.1"]\nprovision = ["special"]\n', ("two tables", "special")),
        ('[reform_plan.tables."7.1"]\nprovision = []\n', ("7.1",)),
        ('[splits.a]\nsource = "x"\nknown_from = 2025-01-16\nverified = true\n', ("splits.a", "missing")),
        ("not toml", ("not valid TOML",)),
        ("", ("empty",)),
    ],
)
def test_a_mistake_is_answered_in_words(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(text, encoding="utf-8")
    with pytest.raises(InputProblem) as caught:
        return_settings(mine)
    for word in (*words, "mine.toml"):
        assert word in str(caught.value)


@pytest.mark.parametrize("name", ["none.toml", "."])
def test_a_file_that_cannot_be_read_is_answered_in_words(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputProblem):
        return_settings(tmp_path / name)
