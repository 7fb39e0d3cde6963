"""What planners save is found again, with its reasons; nothing is overwritten."""

from __future__ import annotations

import datetime as dt
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from sufficiency.domain.problem import InputProblem, InputProblems
from sufficiency.scenario.library import bundled, load, parsed
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.writing import to_toml
from sufficiency.workspace import Draft, Saved, Why, Workspace
from sufficiency.workspace.names import check_name, name_of

from .conftest import GROWTH, WHY, grown


def test_a_scenario_is_listed_with_its_note_lineage_and_time(workspace: Workspace, saved: Saved) -> None:
    [entry] = workspace.entries()
    assert (entry.name, entry.title, entry.origin) == ("north", "North", "baseline bristol-2022")
    assert (entry.number, entry.newest, entry.undo_to, entry.redo_to) == (2, 2, 1, None)
    assert entry.note == load("bristol-2022").note
    assert entry.made <= entry.saved and entry.saved.tzinfo is not None


def test_the_reason_and_the_source_stand_in_the_figure_and_in_the_history(workspace: Workspace, saved: Saved) -> None:
    figure = workspace.read("north").figure(GROWTH)
    assert (figure.value, figure.reason, figure.source) == (0.15, WHY[GROWTH].reason, WHY[GROWTH].source)
    second, first = workspace.versions("north")
    [change] = second.changes
    assert (change.path, change.reason, change.source) == (GROWTH, WHY[GROWTH].reason, WHY[GROWTH].source)
    assert change.before.startswith("0.113") and change.after.startswith("0.15")
    assert first.changes == () and first.parent is None and second.parent == 1


@pytest.mark.parametrize(
    ("why", "fields"),
    [
        ({}, {f"{GROWTH}.reason", f"{GROWTH}.source"}),
        ({GROWTH: Why("because", "  ")}, {f"{GROWTH}.source"}),
        ({GROWTH: Why("", "a table")}, {f"{GROWTH}.reason"}),
        ({GROWTH: Why("x" * 2001, "a table")}, {f"{GROWTH}.reason"}),
    ],
)
def test_a_change_without_reason_or_source_is_not_saved(
    workspace: Workspace, saved: Saved, why: dict[str, Why], fields: set[str]
) -> None:
    with pytest.raises(InputProblem) as found:
        workspace.save("north", grown(workspace.read("north"), 0.2), based_on=2, why=why)
    problems = found.value.problems if isinstance(found.value, InputProblems) else (found.value,)
    assert {problem.field for problem in problems} == fields
    assert workspace.entry("north").newest == 2


def test_what_an_override_brings_explains_itself(workspace: Workspace, baseline: Scenario) -> None:
    over = load("bristol-2022+high-growth")
    made = workspace.create("Fast", over, origin="baseline bristol-2022", before=baseline)
    [change] = workspace.versions(made.name)[0].changes
    assert change.reason == over.figure(GROWTH).reason


def test_undo_then_redo_gives_the_same(workspace: Workspace, saved: Saved) -> None:
    for value in (0.16, 0.17):
        number = workspace.entry("north").number
        workspace.save("north", grown(workspace.read("north"), value), based_on=number, why=WHY)
    before = workspace.read("north")
    assert [workspace.undo("north", at=at) for at in (4, 3, 2)] == [3, 2, 1]
    assert workspace.read("north").figure(GROWTH).value == load("bristol-2022").figure(GROWTH).value
    with pytest.raises(InputProblem, match="nothing to undo"):
        workspace.undo("north", at=1)
    assert [workspace.redo("north", at=at) for at in (1, 2, 3)] == [2, 3, 4]
    assert workspace.read("north") == before
    with pytest.raises(InputProblem, match="nothing to redo"):
        workspace.redo("north", at=4)


def test_after_an_undo_a_save_goes_on_from_there_and_loses_nothing(workspace: Workspace, saved: Saved) -> None:
    workspace.undo("north", at=2)
    workspace.save("north", grown(workspace.read("north"), 0.19), based_on=1, why=WHY)
    assert [(v.number, v.parent) for v in workspace.versions("north")] == [(3, 1), (2, 1), (1, None)]
    assert workspace.undo("north", at=3) == 1
    assert workspace.redo("north", at=1) == 3
    assert workspace.read("north", 2).figure(GROWTH).value == 0.15


def test_an_earlier_version_is_used_again_and_what_came_between_stays(workspace: Workspace, saved: Saved) -> None:
    again = workspace.restore("north", 1, based_on=2)
    assert again.number == 3
    assert workspace.read("north").digest == workspace.read("north", 1).digest
    assert workspace.versions("north")[0].changes[0].path == GROWTH
    assert workspace.undo("north", at=3) == 2


def test_who_saves_second_keeps_the_work_beside_the_first(workspace: Workspace, saved: Saved) -> None:
    read = workspace.read("north")
    first = workspace.save("north", grown(read, 0.16), based_on=2, why=WHY)
    second = workspace.save("north", grown(read, 0.17), based_on=2, why=WHY)
    third = workspace.save("north", grown(read, 0.18), based_on=2, why=WHY)
    assert (first.outcome, second.outcome, second.beside) == ("saved", "second copy", 3)
    assert [workspace.read(each.name, each.number).figure(GROWTH).value for each in (first, second, third)] == [0.16, 0.17, 0.18]
    assert len({first.name, second.name, third.name}) == 3
    copy = workspace.entry(second.name)
    assert (copy.title, copy.origin) == ("North (second copy)", "scenario north, version 2")
    assert workspace.versions(second.name)[0].changes[0].reason == WHY[GROWTH].reason


def test_the_same_figures_are_no_version_and_no_conflict(workspace: Workspace, saved: Saved) -> None:
    read = workspace.read("north")
    assert workspace.save("north", read, based_on=2).outcome == "unchanged"
    workspace.save("north", grown(read, 0.16), based_on=2, why=WHY)
    assert workspace.save("north", grown(read, 0.16), based_on=2, why=WHY) == Saved("north", 3, "unchanged")
    assert len(workspace.entries()) == 1


def test_threads_that_save_at_once_all_keep_their_work(workspace: Workspace, saved: Saved) -> None:
    read, values = workspace.read("north"), (0.16, 0.17, 0.18, 0.19)

    def save(value: float) -> Saved:
        return workspace.save("north", grown(read, value), based_on=2, why=WHY)

    with ThreadPoolExecutor(len(values)) as threads:
        found = list(threads.map(save, values))
    assert sorted(each.outcome for each in found) == ["saved", *["second copy"] * 3]
    assert [workspace.read(each.name, each.number).figure(GROWTH).value for each in found] == list(values)


def test_a_locked_scenario_is_changed_in_a_copy_only(workspace: Workspace, saved: Saved) -> None:
    workspace.lock("north")
    done = workspace.save("north", grown(workspace.read("north"), 0.16), based_on=2, why=WHY)
    assert done.outcome == "copy of a locked scenario" and done.name == "north-copy"
    assert workspace.entry("north").newest == 2
    for refused in (
        lambda: workspace.undo("north", at=2),
        lambda: workspace.rename("north", title="South", note="x"),
        lambda: workspace.restore("north", 1, based_on=2),
    ):
        with pytest.raises(InputProblem, match="is locked"):
            refused()
    workspace.lock("north", locked=False)
    assert workspace.undo("north", at=2) == 1


@pytest.mark.parametrize("name", sorted(bundled()))
def test_no_saved_scenario_takes_the_name_of_a_bundled_file(workspace: Workspace, baseline: Scenario, name: str) -> None:
    with pytest.raises(InputProblem, match="locked"):
        workspace.create("Mine", baseline, origin="", name=name)
    assert workspace.create(name, baseline, origin="").name == f"{name}-2"


@pytest.mark.parametrize("name", ["", "-a", "A", "a b", "../a", "a/b", "a.toml", "é", "a" * 65, "a\n", "a\0"])
def test_a_bad_name_is_refused_in_words(workspace: Workspace, saved: Saved, baseline: Scenario, name: str) -> None:
    with pytest.raises(InputProblem, match="short name"):
        check_name(name)
    if name:
        with pytest.raises(InputProblem):
            workspace.create("Mine", baseline, origin="", name=name)
        with pytest.raises(InputProblem):
            workspace.rename("north", title="North", note="x", new_name=name)
    assert [entry.name for entry in workspace.entries()] == ["north"]


@pytest.mark.parametrize("title", ["", "  ", "x" * 201, "a\nb", "a\u202eb"])
def test_a_bad_title_is_refused_in_words(workspace: Workspace, baseline: Scenario, title: str) -> None:
    with pytest.raises(InputProblem, match="title"):
        workspace.create(title, baseline, origin="")
    assert workspace.entries() == []


@pytest.mark.parametrize("title", ["North", "Ünïcode — ß", "../../etc/passwd", "!!!", "x" * 200, "a" * 64 + "-b"])
def test_every_title_gives_a_name(title: str) -> None:
    check_name(name_of(title))


def test_a_renamed_scenario_is_found_under_both_names_and_its_results_stay(workspace: Workspace, saved: Saved) -> None:
    before = workspace.read("north")
    assert workspace.rename("north", title="South", note="Another note.", new_name="south") == "south"
    after = workspace.read("north")
    assert (after.name, after.title, after.note) == ("south", "South", "Another note.")
    assert (after.digest, after.simulated_digest) == (before.digest, before.simulated_digest)
    with pytest.raises(InputProblem, match="taken"):
        workspace.create("North", before, origin="", name="north")  # a link to it must not lead elsewhere
    assert workspace.rename("south", title="North", note="n", new_name="north") == "north"
    assert workspace.entry("south").name == "north"


def test_each_name_stands_on_what_its_owner_did(workspace: Workspace, saved: Saved) -> None:
    why = {GROWTH: Why("Faster.", "a table")}
    workspace.save("north", grown(workspace.read("north"), 0.2), based_on=2, why=why, author="Planner 02")
    entry = workspace.entry("north")
    assert (entry.author, entry.saved_by, entry.noted_by) == ("", "Planner 02", "")
    assert [version.author for version in workspace.versions("north")] == ["Planner 02", "", ""]
    workspace.rename("north", title="North", note="Another note.", author="Planner 03")
    workspace.rename("north", title="North", note="Another note.", new_name="up", author="Planner 04")  # the note is not theirs
    entry = workspace.entry("north")
    assert (entry.saved_by, entry.noted_by) == ("Planner 02", "Planner 03")


def test_a_workspace_of_the_format_before_is_taken_over(workspace: Workspace, saved: Saved) -> None:
    before = workspace.entries()
    with sqlite3.connect(workspace.path) as connection:  # as it was written before notes had an author
        connection.execute("ALTER TABLE scenario DROP COLUMN noted_by")
        connection.execute("PRAGMA user_version = 1")
    again = Workspace(workspace.path.parent)
    assert again.entries() == before
    again.rename("north", title="North", note="Another note.", author="Planner 03")
    assert again.entry("north").noted_by == "Planner 03"


def test_an_archived_scenario_is_kept_whole_and_comes_back(workspace: Workspace, saved: Saved) -> None:
    workspace.archive("north")
    assert workspace.entry("north").archived
    assert workspace.read("north").figure(GROWTH).value == 0.15
    workspace.archive("north", archived=False)
    assert not workspace.entry("north").archived


def test_a_duplicate_remembers_what_it_was_copied_from(workspace: Workspace, saved: Saved) -> None:
    copy = workspace.duplicate("north", "North again")
    assert workspace.entry(copy.name).origin == "scenario north, version 2"
    assert workspace.read(copy.name).digest == workspace.read("north").digest


def test_out_and_in_again_as_toml_gives_the_same(workspace: Workspace, saved: Saved) -> None:
    before = workspace.read("north")
    text = to_toml(before)
    back = workspace.create(before.title, parsed(text, where="north.toml"), origin="file north.toml")
    after = workspace.read(back.name)
    assert after.model_copy(update={"name": before.name}) == before
    assert to_toml(after.model_copy(update={"name": before.name})) == text


def test_a_file_tells_what_led_to_it_and_reads_back_the_same(workspace: Workspace, saved: Saved) -> None:
    nasty = {"commitment.by": Why('Agreed.\n[demand.growth]\nvalue = 9 # "', "minutes\u2028of 3 May")}
    later = workspace.read("north").changed("commitment", by=dt.date(2024, 5, 1))
    workspace.save("north", later, based_on=2, why=nasty)
    workspace.undo("north", at=3)
    workspace.save("north", grown(workspace.read("north"), 0.18), based_on=2, why=WHY)
    for number, told, untold in ((3, "commitment.by", "0.18"), (4, "0.18", "commitment.by: ")):
        text = workspace.export("north", number)
        comments = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
        assert told in comments and untold not in comments
        assert f"Source: {WHY[GROWTH].source}" in comments
        assert parsed(text, where="north.toml") == workspace.read("north", number)


def test_another_session_of_the_program_finds_everything(workspace: Workspace, saved: Saved) -> None:
    again = Workspace(workspace.path.parent)
    assert again.entries() == workspace.entries()
    assert again.versions("north") == workspace.versions("north")


def test_a_draft_is_kept_until_it_is_saved_or_dropped(workspace: Workspace, saved: Saved) -> None:
    mine = Draft("me", "north", 2, {"edits": {GROWTH: 0.2}})
    other = Draft("other", "bristol-2022", None, {"edits": {GROWTH: 0.3}})
    for draft in (mine, other, mine):
        workspace.keep_draft(draft)
    assert Workspace(workspace.path.parent).drafts() == [mine, other]
    workspace.rename("north", title="South", note="n", new_name="south")
    assert workspace.drafts()[0].base == "south"
    workspace.save("south", grown(workspace.read("south"), 0.2), based_on=2, why=WHY, session="me")
    assert workspace.drafts() == [other]
    workspace.drop_draft("other")
    assert workspace.drafts() == []


def test_a_draft_survives_a_save_that_was_refused(workspace: Workspace, saved: Saved) -> None:
    mine = Draft("me", "north", 2, {"edits": {GROWTH: 0.2}})
    workspace.keep_draft(mine)
    with pytest.raises(InputProblem):
        workspace.save("north", grown(workspace.read("north"), 0.2), based_on=2, session="me")
    assert workspace.drafts() == [mine]


def test_a_version_is_never_altered_or_deleted(workspace: Workspace, saved: Saved) -> None:
    with sqlite3.connect(workspace.path) as connection:
        for statement in ("UPDATE version SET text = ''", "DELETE FROM version"):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                connection.execute(statement)


def test_what_is_not_there_is_told_with_the_nearest_name(workspace: Workspace, saved: Saved) -> None:
    with pytest.raises(InputProblem, match='did you mean "north"'):
        workspace.read("nort")
    with pytest.raises(InputProblem, match="no such version"):
        workspace.read("north", 3)
