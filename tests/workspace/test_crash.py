"""A killed process, writers at once, a damaged file: nothing that was saved is torn or lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.writing import to_toml
from sufficiency.workspace import Saved, Workspace, rows
from sufficiency.workspace.backups import backups
from sufficiency.workspace.database import Database

from .conftest import GROWTH, WHY, grown

TRIALS = 24
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, to kill a process at any moment")


def save_until_killed(folder: Path, contents: list[Scenario], told: int) -> None:
    """In a child: one version after another as fast as it goes; each is told of once it is saved.

    The texts are made beforehand, so that most of the time is spent within a transaction.
    """
    database, texts = Database(folder), {id(content): to_toml(content) for content in contents}
    rows.to_toml = lambda content: texts[id(content)]
    while True:
        for content in contents:
            with database.writing() as connection:
                row = rows.scenario_row(connection, "north")
                number = rows.add_version(connection, row["id"], content, author="", note="", parent=row["current"], changes=())
            os.write(told, number.to_bytes(4, "big"))


@forks
def test_a_process_killed_in_mid_save_tears_and_loses_no_version(workspace: Workspace, saved: Saved) -> None:
    read = workspace.read("north")
    contents = [grown(read, value) for value in (0.2, 0.1)]
    known = workspace.entry("north").newest
    for trial in range(TRIALS):
        receiving, told = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                save_until_killed(workspace.path.parent, contents, told)
            finally:
                os._exit(1)
        os.close(told)
        os.read(receiving, 4)  # it is at work
        time.sleep(0.001 * trial)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        rest = b"".join(iter(lambda end=receiving: os.read(end, 4096), b""))  # type: ignore[misc]
        os.close(receiving)
        acknowledged = known + 1 + len(rest) // 4

        again = Workspace(workspace.path.parent)
        entry = again.entry("north")
        assert entry.newest in (acknowledged, acknowledged + 1), "a version that was told of is lost"
        assert entry.number == entry.newest
        with sqlite3.connect(workspace.path) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        known = entry.newest
    with Database(workspace.path.parent).reading() as connection:
        row = rows.scenario_row(connection, "north")
        for number in range(1, known + 1):
            rows.version_row(connection, row, number)  # refuses a text that is not the one that was saved
    assert again.read("north").digest in {content.digest for content in contents}
    ours = {"backups", *(f"workspace.sqlite3{end}" for end in ("", "-wal", "-shm"))}
    stray = {path.name for path in workspace.path.parent.iterdir()} - ours
    assert stray == set()


@forks
def test_processes_that_save_at_once_all_keep_their_work(workspace: Workspace, saved: Saved) -> None:
    read, values = workspace.read("north"), (0.16, 0.17, 0.18)
    go, start = os.pipe()
    children = []
    for value in values:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.close(start)
                os.read(go, 1)  # all at once, when the parent closes its end
                workspace.save("north", grown(read, value), based_on=2, why=WHY)
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    os.close(go)
    os.close(start)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]
    entries = workspace.entries()
    assert len(entries) == 3 and workspace.entry("north").newest == 3
    assert sorted(workspace.read(entry.name).figure(GROWTH).value for entry in entries) == list(values)


@pytest.mark.parametrize("damage", ["not a database", "cut short", "overwritten in the middle"])
def test_a_damaged_file_is_told_and_kept_aside(workspace: Workspace, saved: Saved, damage: str) -> None:
    path = workspace.path
    workspace.lock("north")
    with sqlite3.connect(path) as connection:  # all into the one file
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    if damage == "not a database":
        content[:100] = b"x" * 100
    elif damage == "cut short":
        del content[len(content) // 2 :]
    else:
        content[4096 : 4096 * 3] = b"\xff" * 8192
    path.write_bytes(content)

    again = Workspace(path.parent)
    with pytest.raises(InputProblem, match="damaged") as found:
        again.entries()
    [aside] = path.parent.glob("workspace-damaged-*.sqlite3")
    assert aside.name in str(found.value) and aside.read_bytes() == bytes(content)
    [copy] = backups(path)
    assert f"backups/{copy.name}" in str(found.value)
    assert again.entries() == []  # a new one is begun
    assert len(list(path.parent.glob("workspace-damaged-*.sqlite3"))) == 1


def test_a_copy_is_made_once_a_day_and_is_a_workspace_itself(workspace: Workspace, saved: Saved, tmp_path: Path) -> None:
    assert backups(workspace.path) == []  # there was nothing to copy before the first save
    workspace.archive("north")
    workspace.lock("north")
    [copy] = backups(workspace.path)
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]
    other = tmp_path / "other" / "workspace.sqlite3"
    other.parent.mkdir()
    other.write_bytes(copy.read_bytes())
    [entry] = Workspace(other.parent).entries()
    assert not entry.archived and Workspace(other.parent).read("north") == workspace.read("north")

    for day in range(10, 20):
        copy.with_name(f"workspace-2020-01-{day}.sqlite3").touch()
    copy.unlink()
    workspace.archive("north")
    assert [path.name for path in backups(workspace.path)] == [f"workspace-2020-01-{d}.sqlite3" for d in range(14, 20)] + [
        copy.name
    ]


def test_a_version_whose_text_was_altered_is_told(workspace: Workspace, saved: Saved) -> None:
    with sqlite3.connect(workspace.path) as connection:
        connection.execute("DROP TRIGGER versions_stay")
        connection.execute("UPDATE version SET text = replace(text, '0.15', '0.19') WHERE number = 2")
    with pytest.raises(InputProblem, match="version 2 of “North” is damaged"):
        workspace.read("north")
    workspace.read("north", 1)


def test_a_file_of_another_program_or_format_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "workspace.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(InputProblem, match="another program"):
        Workspace(tmp_path).entries()
    path.unlink()
    Workspace(tmp_path).entries()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(InputProblem, match="another format"):
        Workspace(tmp_path).entries()
    assert path.exists()


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputProblem, match="workspace folder cannot be made"):
        Workspace(tmp_path / "file" / "inside").entries()
    (tmp_path / "folder" / "workspace.sqlite3").mkdir(parents=True)
    with pytest.raises(InputProblem, match="cannot be used"):
        Workspace(tmp_path / "folder").entries()


def test_a_busy_workspace_is_told_and_unchanged(workspace: Workspace, saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sufficiency.workspace.database._PATIENCE", 0.05)
    holder = sqlite3.connect(workspace.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(InputProblem, match="busy"):
            workspace.archive("north")
    finally:
        holder.close()
    assert not workspace.entry("north").archived
