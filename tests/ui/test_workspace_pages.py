"""Saving, finding again and comparing scenarios on the Scenarios page."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.workspace import Why, Workspace

from .shown import unlinked

SECONDS = 120
GROWTH = "demand.growth"
pytestmark = pytest.mark.integration


def framed() -> None:
    from sufficiency.ui import state
    from sufficiency.ui.pages.scenarios import show

    try:
        show()
    finally:  # as around every page
        state.keep_draft()


def session(**query: str) -> AppTest:
    """Another session of the app, in the folders of the ``app`` fixture."""
    at = AppTest.from_function(framed, default_timeout=SECONDS)
    for name, value in query.items():
        at.query_params[name] = value
    return at.run()


def text_of(at: AppTest) -> str:
    assert not at.exception
    shown = [*at.markdown, *at.title, *at.header, *at.warning, *at.error, *at.info, *at.success]
    return unlinked("\n".join(str(element.value) for element in shown))


def rows_of(at: AppTest) -> list[dict[str, str]]:
    """The rows of the first table of the page."""
    return [{key: str(cell).replace("\\", "") for key, cell in row.items()} for row in at.table[0].value.to_dict("records")]


def press(at: AppTest, label: str) -> AppTest:
    [button] = [button for button in at.button if button.label == label]
    return button.click().run()


def write(at: AppTest, label: str, text: str) -> AppTest:
    fill(at, label, text)
    return at.run()


def fill(at: AppTest, label: str, text: str) -> None:
    """Write without leaving the field, as within a form that is sent as a whole."""
    [field] = [field for field in at.text_input if field.label.startswith(label)]
    field.set_value(text)


def set_growth(at: AppTest, value: float) -> AppTest:
    [field] = [field for field in at.number_input if field.label.startswith("Growth of requests")]
    return field.set_value(value).run()


@pytest.fixture
def workspace(app: AppTest, tmp_path: Path) -> Workspace:
    """The workspace of the app under test."""
    return Workspace(tmp_path / "workspace")


def test_a_change_is_saved_with_reasons_undone_redone_and_found_after_a_restart(workspace: Workspace) -> None:
    at = set_growth(session().run(), 15.0)
    at = press(press(at, "Run with the new inputs"), "Save as a new scenario")
    errors = [error.value for error in at.error]
    assert [word for word in ("Reason is empty", "Source is empty", "title is empty") if any(word in e for e in errors)] == [
        "Reason is empty", "Source is empty", "title is empty"
    ]  # fmt: skip
    assert workspace.entries() == []

    at = write(at, "Reason for growth", "The council's own forecast.")
    at = write(at, "Source for growth", "cabinet report, table 4")
    at = press(write(at, "Title of the new scenario", "North"), "Save as a new scenario")
    text = text_of(at)
    assert "**Saved** as version 2 of “North”." in text
    assert "**Done.**" in text and "Out of date" not in text, "a reason and a name make no result stale"
    assert dict(at.query_params) == {"saved": "north", "version": "2"}
    figure = workspace.read("north").figure(GROWTH)
    assert (figure.value, figure.reason, figure.source) == (0.15, "The council's own forecast.", "cabinet report, table 4")
    assert workspace.drafts() == []

    at = press(at, "Undo: back to version 1")
    assert workspace.entry("north").number == 1
    assert "**Done.**" in text_of(at), "the run of the first version is found again"
    at = press(at, "Redo: version 2")
    assert workspace.entry("north").number == 2

    st.cache_resource.clear()  # as after a restart of the server
    text = text_of(session(saved="north", version="2").run())
    assert "“North”" in text and "**Done.**" in text and "Out of date" not in text
    listed = session(view="saved", saved="north", version="2")
    [row] = rows_of(listed)
    assert row["Scenario"] == "North" and row["Result"] == "there, 2 futures"


def test_who_saves_second_is_told_and_both_are_kept(workspace: Workspace) -> None:
    why = {GROWTH: Why("reason", "source")}
    baseline_ = workspace.create("North", _growing(0.12), origin="baseline bristol-2022")
    at = set_growth(session(saved="north"), 14.0)
    workspace.save("north", _growing(0.13), based_on=baseline_.number, why=why)  # somebody else, meanwhile
    at = write(at, "Reason for growth", "mine")
    at = press(write(at, "Source for growth", "my table"), "Save this version")
    text = text_of(at)
    assert "**Both were kept.** Someone else saved version 2 of “North”" in text
    [row] = rows_of(at)
    assert row["Theirs"].startswith("0.13") and row["Yours"].startswith("0.14")
    assert {e.title: workspace.read(e.name).figure(GROWTH).value for e in workspace.entries()} == {
        "North": 0.13, "North (second copy)": 0.14
    }  # fmt: skip


def _baseline() -> Scenario:
    return load("bristol-2022")


def _growing(value: float) -> Scenario:
    return _baseline().changed(GROWTH, value=value)


def test_changes_never_saved_are_found_again_by_another_session(workspace: Workspace) -> None:
    at = write(set_growth(session(), 16.0), "Reason for growth", "half a thought")
    [draft] = workspace.drafts()
    assert draft.content["edits"] == {GROWTH: 0.16} and draft.content["whys"][GROWTH]["reason"] == "half a thought"

    other = session(view="saved")
    assert "Changes never saved" in text_of(other)
    assert not [b for b in other.button if b.label.startswith("Drop")], "its window may still be open"
    other = press(other, "Go on with these changes to bristol-2022")
    [growth] = [field for field in other.number_input if field.label.startswith("Growth of requests")]
    assert growth.value == 16.0
    assert next(f.value for f in other.text_input if f.label.startswith("Reason")) == "half a thought"
    assert len(workspace.drafts()) == 2, "the window that may still be open keeps its own"
    press(at, "Undo all changes")
    assert len(workspace.drafts()) == 1


def test_an_old_draft_can_be_dropped(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    set_growth(session(), 16.0)
    monkeypatch.setattr("sufficiency.ui.drafts_section.STILL_OPEN", dt.timedelta(0))
    press(session(view="saved"), "Drop these changes to bristol-2022")
    assert workspace.drafts() == []


def test_the_saved_view_copies_renames_archives_and_locks(workspace: Workspace) -> None:
    workspace.create("North", _growing(0.12), origin="baseline bristol-2022")
    at = press(session(view="saved"), "Duplicate")
    assert sorted(e.title for e in workspace.entries()) == ["North", "North (copy)"]
    fill(at, "Title", "South")
    fill(at, "Short name", "Not a name")
    at = press(at, "Rename")
    assert "this is no short name" in text_of(at)
    fill(at, "Short name", "south")
    at = press(at, "Rename")
    assert workspace.entry("south").title == "South"
    at = press(at, "Lock")
    assert workspace.entry("south").locked
    at = press(at, "Archive")
    assert workspace.entry("south").archived
    assert [row["Scenario"] for row in rows_of(at)] == ["North"]


def test_a_damaged_workspace_is_told_and_the_baselines_stay_usable(workspace: Workspace) -> None:
    workspace.create("North", _growing(0.12), origin="baseline bristol-2022")
    workspace.path.write_bytes(b"x" * 5000)
    at = session(view="saved")
    assert any("the workspace's file is damaged" in error.value.replace("\\", "") for error in at.error)
    assert list(workspace.path.parent.glob("workspace-damaged-*.sqlite3"))
    assert "**Empty.** Nothing is saved yet." in text_of(at.run())


def test_a_link_restores_what_was_compared(workspace: Workspace) -> None:
    workspace.create("North", _growing(0.12), origin="baseline bristol-2022")
    at = AppTest.from_function(framed, default_timeout=SECONDS)
    at.query_params["view"] = "compare"
    wanted = ["saved=north&version=1", "scenario=bristol-2022", "scenario=bristol-2022&with=high-growth"]
    at.query_params["compare"] = [*wanted, "scenario=gone"]
    at.run()
    assert any("One scenario of the link is left out" in error.value for error in at.error)
    at.run()
    assert at.multiselect[0].value == ["North, version 1", "Bristol, January 2022", "Bristol, January 2022, high growth"]
    assert at.query_params["compare"] == wanted
    at = press(at, "Run 3 scenarios to compare").run()
    assert "differs from “North, version 1” in the gap by" in text_of(at)


def test_names_that_mean_the_same_figures_are_run_once_and_compared(workspace: Workspace) -> None:
    why = {GROWTH: Why("reason", "source")}
    workspace.create("North", _growing(0.12), origin="", before=_baseline(), why=why)
    at = AppTest.from_function(framed, default_timeout=SECONDS)
    at.query_params["view"] = "compare"
    at.query_params["compare"] = ["saved=north&version=1", "scenario=bristol-2022"]
    at = press(at.run(), "Run 1 scenario to compare").run()
    assert "differs from “North, version 1” in the gap by **0" in text_of(at)

    st.cache_resource.clear()  # after a restart the finished run is found without being asked for
    again = AppTest.from_function(framed, default_timeout=SECONDS)
    again.query_params["view"] = "compare"
    again.query_params["compare"] = ["saved=north&version=1", "scenario=bristol-2022"]
    assert "differs from “North, version 1” in the gap by **0" in text_of(again.run().run())


def test_without_a_workspace_the_app_still_answers(app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SUFFICIENCY_WORKSPACE", str(tmp_path / "file" / "inside"))
    at = session(set=f"{GROWTH}=0.14").run()
    text = text_of(at)
    assert "with 1 changed figure" in text and "The link could not be used" not in text
    assert "the workspace folder cannot be made" in text and "The unsaved changes are not on disk" in text
    for view in ("saved", "compare"):
        assert "the workspace folder cannot be made" in text_of(session(view=view))
