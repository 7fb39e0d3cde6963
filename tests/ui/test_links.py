"""A choice and the address that brings it back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.library import load
from sufficiency.ui.choice import Choice, default_futures, limited_scenario_of, scenario_of
from sufficiency.ui.links import choice_of, from_one, in_one, query_of
from sufficiency.ui.opening import choice_of_draft, draft_of, first_of, opened, with_reasons_of_draft
from sufficiency.workspace import Why, Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = Workspace(tmp_path / "workspace")
    baseline = load("bristol-2022")
    why = {"demand.growth": Why("reason", "source")}
    faster = baseline.changed("demand.growth", value=0.15)
    found.create("North", faster, origin="baseline bristol-2022", before=baseline, why=why)
    return found


CHOICES = {
    "first visit": Choice(),
    "another baseline": Choice(base="bristol-2025"),
    "overrides in order": Choice(overrides=("high-growth", "slow-construction")),
    "changed": Choice().edited("demand.growth", 0.15).edited("commitment.by", "2024-05-01").edited("shortlist.capital", 1e6),
    "futures and seed": Choice(futures=77, seed=5),
}


def first(choice: Choice) -> Choice:
    return replace(choice, futures=default_futures()) if choice.futures == Choice.futures else choice


@pytest.mark.parametrize("name", CHOICES)
def test_an_address_brings_a_choice_back(workspace: Workspace, name: str) -> None:
    choice = first(CHOICES[name])
    assert choice_of(query_of(choice), workspace) == choice
    assert from_one(in_one(choice), workspace) == choice


def test_an_address_brings_a_saved_version_back_with_its_changes(workspace: Workspace) -> None:
    choice = first(replace(opened(workspace, "north"), overrides=("slow-construction",)).edited("decisions.refused", 0.1))
    text = urlencode(query_of(choice), doseq=True)
    assert "saved=north" in text and "version=2" in text and "scenario=" not in text
    back = choice_of(parse_qs(text), workspace)
    assert back == choice and from_one(in_one(choice), workspace) == choice
    assert scenario_of(back).figure("demand.growth").value == 0.15


def test_the_address_of_a_first_visit_says_nothing() -> None:
    assert query_of(first(Choice())) == {}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"saved": ["south"]}, "no saved scenario"),
        ({"saved": ["north"], "version": ["9"]}, "no such version"),
        ({"saved": ["north"], "version": ["two"]}, "no such number of version"),
        ({"saved": ["../../etc/passwd"]}, "no saved scenario"),
        ({"scenario": ["/etc/passwd"]}, "unknown scenario"),
        ({"with": ["bristol-2025"]}, "unknown override"),
        ({"set": ["no.such=1"]}, "unknown figure"),
        ({"set": ["demand.growth=nan"]}, "no number"),
        ({"futures": ["501"]}, "1 to 500"),
        ({"seed": ["-1"]}, "number of seed"),
        ({"futures": ["٣"]}, "number of futures"),
    ],
)
def test_what_an_address_names_wrongly_is_told(workspace: Workspace, query: dict[str, list[str]], words: str) -> None:
    with pytest.raises(InputProblem, match=words):
        choice_of(query, workspace)


def test_a_draft_brings_changes_and_reasons_back(workspace: Workspace) -> None:
    choice = opened(workspace, "north").edited("decisions.refused", 0.1).justified("decisions.refused", Why("r", "s"))
    workspace.keep_draft(draft_of(choice, "me", ""))
    [draft] = workspace.drafts()
    assert choice_of_draft(draft, workspace, Choice()) == replace(choice, futures=Choice.futures)
    # A link names changes without reasons: those of the very same changes are found again.
    linked = choice_of(query_of(choice), workspace)
    assert linked.whys == ()
    assert with_reasons_of_draft(linked, workspace.drafts()).whys == choice.whys
    assert with_reasons_of_draft(linked.edited("decisions.refused", 0.2), workspace.drafts()).whys == ()


def test_a_draft_that_names_what_is_not_there_is_told(workspace: Workspace) -> None:
    draft = replace(draft_of(Choice(), "me", ""), content={"edits": {"no.such": 1}})
    with pytest.raises(InputProblem, match="unknown figure"):
        choice_of_draft(draft, workspace, Choice())
    with pytest.raises(InputProblem, match="no longer there"):
        choice_of_draft(replace(draft, base="gone"), workspace, Choice())


def test_work_on_a_saved_scenario_began_with_its_first_version(workspace: Workspace) -> None:
    began = limited_scenario_of(first_of(opened(workspace, "north"), workspace))
    assert began.figure("demand.growth").value == load("bristol-2022").figure("demand.growth").value
    changed = Choice(overrides=("high-growth",)).edited("demand.growth", 0.2)
    assert first_of(changed, workspace) == Choice()
