"""Saved scenarios: listed, made, changed with reasons, and never overwritten."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.library import bundled, parsed
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.writing import to_toml
from sufficiency.workspace import rows
from sufficiency.workspace.changes import NO_REASON, Change, Why, changes_back, explained
from sufficiency.workspace.database import Database, default_folder
from sufficiency.workspace.drafts import Draft, drafts, drop_draft, keep_draft
from sufficiency.workspace.history import history_as_comments
from sufficiency.workspace.names import check_name, check_note, check_title, free_name, name_of
from sufficiency.workspace.records import Entry, Outcome, Saved, Version

SECOND_COPY = "second copy"


class Workspace:
    """The scenarios kept in one folder; may be used from several threads and processes at once.

    Every operation is whole or not at all, and raises InputProblem for what a person can mend.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._database = Database(folder or default_folder())

    @property
    def path(self) -> Path:
        """The file in which everything is kept."""
        return self._database.path

    def entries(self) -> list[Entry]:
        """Every saved scenario, archived ones too, the one saved last first."""
        with self._database.reading() as connection:
            return rows.entries(connection)

    def entry(self, name: str) -> Entry:
        """The scenario of that name, or formerly of that name."""
        with self._database.reading() as connection:
            return rows.entry_of(rows.scenario_row(connection, name))

    def versions(self, name: str) -> list[Version]:
        """Its versions, the newest first, with what was changed, why and on whose word."""
        with self._database.reading() as connection:
            return rows.versions(connection, rows.scenario_row(connection, name))

    def read(self, name: str, number: int | None = None) -> Scenario:
        """A version under the scenario's present names; the one in use where no number is given."""
        with self._database.reading() as connection:
            row = rows.scenario_row(connection, name)
            version = rows.version_row(connection, row, number)
        return _named(parsed(version["text"], where=f"{row['name']}, version {version['number']}"), row)

    def export(self, name: str, number: int | None = None) -> str:
        """A version as a TOML file: above it, as comments, each change that led to it with its reason and source."""
        content = self.read(name, number)
        entry = self.entry(name)
        return history_as_comments(self.versions(name), entry.number if number is None else number) + to_toml(content)

    def create(
        self,
        title: str,
        scenario: Scenario,
        *,
        origin: str,
        name: str = "",
        before: Scenario | None = None,
        why: Mapping[str, Why] | None = None,
        otherwise: Why = NO_REASON,
        author: str = "",
        session: str = "",
    ) -> Saved:
        """A new scenario; where it changes ``before``, that is its first version and ``scenario`` the second, with reasons.

        The short name is made of the title where none is given. The draft of ``session`` is dropped with it.
        """
        title = check_title(title)
        if name:
            check_name(name)
        changes: tuple[Change, ...] = ()
        if before is not None:
            scenario, changes = explained(before, scenario, why or {}, otherwise)
        with self._database.writing() as connection:
            taken = rows.taken_names(connection)
            if name in taken:
                mend = f"for example {free_name(name, taken)}"
                raise InputProblem("the short name is taken", value=name, mend=mend, field="name")
            names = {"name": name or _free(name_of(title), taken), "title": title}
            first = scenario if before is None else before
            made = rows.add_scenario(connection, first.model_copy(update=names), author=author, origin=origin, parent=None)
            number = 1
            if before is not None and before.digest != scenario.digest:
                number = _append(connection, made, scenario.model_copy(update=names), 1, changes, author, "")
            drop_draft(connection, session)
        return Saved(names["name"], number, "saved")

    def duplicate(self, name: str, title: str, *, number: int | None = None, author: str = "") -> Saved:
        """A copy of a version as a scenario of its own, which remembers what it was copied from."""
        title = check_title(title)
        content = self.read(name, number)
        with self._database.writing() as connection:
            row = rows.scenario_row(connection, name)
            copy = _free(name_of(title), rows.taken_names(connection))
            version = rows.version_row(connection, row, number)
            _add_copy(connection, row, version, content.model_copy(update={"name": copy, "title": title}), author)
        return Saved(copy, 1, "saved")

    def save(
        self,
        name: str,
        scenario: Scenario,
        *,
        based_on: int,
        why: Mapping[str, Why] | None = None,
        otherwise: Why = NO_REASON,
        note: str = "",
        author: str = "",
        session: str = "",
    ) -> Saved:
        """``scenario``, made from version ``based_on``, as a further version; the draft of ``session`` is dropped with it.

        Where another version has come into use meanwhile, or the scenario is locked, nothing is overwritten: the work becomes a
        scenario of its own, beside the other. Raises InputProblem for each change that has no reason or no source.
        """
        before = self.read(name, based_on)
        after, changes = explained(before, scenario, why or {}, otherwise)
        note = check_note(note, may_be_empty=True)
        with self._database.writing() as connection:
            row = rows.scenario_row(connection, name)
            drop_draft(connection, session)
            if after.digest in (before.digest, row["digest"]):
                return Saved(row["name"], row["number"], "unchanged")
            if row["number"] == based_on and not row["locked"]:
                after = _named(after, row)
                number = _append(connection, row["id"], after, based_on, changes, author, note)
                return Saved(row["name"], number, "saved")
            outcome: Outcome = "copy of a locked scenario" if row["locked"] else "second copy"
            word = "copy" if row["locked"] else SECOND_COPY
            copy = _free(name_of(f"{row['name'][:48]} {word}"), rows.taken_names(connection))
            names = {"name": copy, "title": _copy_title(connection, row["title"], word)}
            version = rows.version_row(connection, row, based_on)
            made = _add_copy(connection, row, version, before.model_copy(update=names), author)
            number = _append(connection, made, after.model_copy(update=names), 1, changes, author, note)
            return Saved(copy, number, outcome, beside=row["number"])

    def restore(self, name: str, number: int, *, based_on: int, author: str = "") -> Saved:
        """An earlier version once more, as a further version: what came between stays in the history."""
        before = self.read(name, based_on)
        content = self.read(name, number)
        changes = changes_back(before, content, Why(f"Version {number} is used again.", f"version {number} of this scenario"))
        with self._database.writing() as connection:
            row = _unlocked(connection, name)
            _expected(row, based_on)
            if before.digest == content.digest:
                return Saved(row["name"], row["number"], "unchanged")
            appended = _append(connection, row["id"], content, based_on, changes, author, f"Version {number} again")
            return Saved(row["name"], appended, "saved")

    def undo(self, name: str, *, at: int) -> int:
        """The version before the one in use comes into use again; its number. ``at`` is the version seen in use."""
        return self._moved(name, at, "undo_to", "there is nothing to undo")

    def redo(self, name: str, *, at: int) -> int:
        """The version that was undone last comes into use again; its number."""
        return self._moved(name, at, "redo_to", "there is nothing to redo")

    def _moved(self, name: str, at: int, to: str, otherwise: str) -> int:
        with self._database.writing() as connection:
            row = _unlocked(connection, name)
            _expected(row, at)
            number: int | None = row[to]
            if number is None:
                raise InputProblem(otherwise, where=row["title"])
            move = "UPDATE scenario SET current = (SELECT id FROM version WHERE scenario = ? AND number = ?) WHERE id = ?"
            connection.execute(move, (row["id"], number, row["id"]))
            return number

    def rename(self, name: str, *, title: str, note: str, new_name: str = "", author: str = "") -> str:
        """Another title, note and short name (the old one still leads to it); the short name. Results stay what they are."""
        title, note = check_title(title), check_note(note)
        with self._database.writing() as connection:
            row = _unlocked(connection, name)
            new_name = new_name or row["name"]
            if new_name != row["name"]:
                check_name(new_name)
                owner = connection.execute("SELECT scenario FROM former_name WHERE name = ?", (new_name,)).fetchone()
                if new_name in rows.taken_names(connection) and (owner is None or owner[0] != row["id"]):
                    raise InputProblem("the short name is taken", value=new_name, mend="choose another", field="name")
                connection.execute("DELETE FROM former_name WHERE name = ?", (new_name,))
                connection.execute("INSERT INTO former_name VALUES (?, ?)", (row["name"], row["id"]))
            update = "UPDATE scenario SET name = ?, title = ?, note = ?, noted_by = ? WHERE id = ?"
            noted_by = row["noted_by"] if (title, note) == (row["title"], row["note"]) else author
            connection.execute(update, (new_name, title, note, noted_by, row["id"]))
            return str(new_name)

    def archive(self, name: str, *, archived: bool = True) -> None:
        """Put a scenario out of the way, or back; nothing of it is deleted."""
        with self._database.writing() as connection:
            row = rows.scenario_row(connection, name)
            connection.execute("UPDATE scenario SET archived = ? WHERE id = ?", (archived, row["id"]))

    def lock(self, name: str, *, locked: bool = True) -> None:
        """Lock a scenario that was agreed: what is changed in it is saved as a copy."""
        with self._database.writing() as connection:
            row = rows.scenario_row(connection, name)
            connection.execute("UPDATE scenario SET locked = ? WHERE id = ?", (locked, row["id"]))

    def keep_draft(self, draft: Draft) -> None:
        """Keep what a session has changed and not yet saved, in place of what it kept before."""
        with self._database.writing() as connection:
            keep_draft(connection, draft)

    def drafts(self) -> list[Draft]:
        """What was changed and never saved, by any session, the latest first."""
        with self._database.reading() as connection:
            return drafts(connection)

    def drop_draft(self, session: str) -> None:
        """Forget a session's draft."""
        with self._database.writing() as connection:
            drop_draft(connection, session)


def _named(scenario: Scenario, row: sqlite3.Row) -> Scenario:
    return scenario.model_copy(update={"name": row["name"], "title": row["title"], "note": row["note"]})


def _free(wanted: str, taken: set[str]) -> str:
    return free_name(wanted, taken | set(bundled()))


def _copy_title(connection: sqlite3.Connection, title: str, word: str) -> str:
    titles = {found for (found,) in connection.execute("SELECT title FROM scenario")}
    start, copy, again = title[:160], f"{title[:160]} ({word})", 2
    while copy in titles:
        copy, again = f"{start} ({word} {again})", again + 1
    return copy


def _append(
    connection: sqlite3.Connection,
    scenario_id: int,
    content: Scenario,
    based_on: int,
    changes: tuple[Change, ...],
    author: str,
    note: str,
) -> int:
    query = "SELECT id FROM version WHERE scenario = ? AND number = ?"
    parent = connection.execute(query, (scenario_id, based_on)).fetchone()[0]
    return rows.add_version(connection, scenario_id, content, author=author, note=note, parent=parent, changes=changes)


def _add_copy(
    connection: sqlite3.Connection, row: sqlite3.Row, version: sqlite3.Row, content: Scenario, author: str
) -> int:  # fmt: skip
    origin = f"scenario {row['name']}, version {version['number']}"
    return rows.add_scenario(connection, content, author=author, origin=origin, parent=version["id"])


def _unlocked(connection: sqlite3.Connection, name: str) -> sqlite3.Row:
    row = rows.scenario_row(connection, name)
    if row["locked"]:
        raise InputProblem(f"“{row['title']}” is locked", mend="unlock it first, or work on a copy")
    return row


def _expected(row: sqlite3.Row, at: int) -> None:
    """Raise InputProblem where another version is in use than the one that was seen."""
    if row["number"] != at:
        raise InputProblem(
            f"someone else has changed “{row['title']}” meanwhile",
            value=f"version {row['number']} is in use, not {at}",
            mend="look at it first; nothing was changed",
        )
