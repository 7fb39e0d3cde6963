"""Rows of the workspace's tables, read and written; each function is one step within the caller's transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
from collections.abc import Sequence

from sufficiency.domain.files import LARGEST_FILE
from sufficiency.domain.problem import InputProblem, suggestion
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.writing import to_toml
from sufficiency.workspace.changes import Change
from sufficiency.workspace.database import now
from sufficiency.workspace.records import Entry, Version

_ENTRIES = """
SELECT s.*, v.number, v.saved, v.author AS saved_by, v.digest, v.simulated,
    (SELECT max(number) FROM version WHERE scenario = s.id) AS newest,
    (SELECT number FROM version WHERE id = v.parent) AS undo_to,
    (SELECT max(number) FROM version WHERE parent = v.id) AS redo_to
FROM scenario AS s JOIN version AS v ON v.id = s.current
"""


def scenario_row(connection: sqlite3.Connection, name: str) -> sqlite3.Row:
    """The scenario of that name, with what :func:`entry_of` needs; a former name leads to it too. Raises InputProblem."""
    row = connection.execute(f"{_ENTRIES} WHERE s.name = ?", (name,)).fetchone()
    if row is None:
        moved = "WHERE s.id = (SELECT scenario FROM former_name WHERE name = ?)"
        row = connection.execute(f"{_ENTRIES} {moved}", (name,)).fetchone()
    if row is None:
        names = taken_names(connection)
        mend = suggestion(name, names, "choose one from the list of saved scenarios")
        raise InputProblem("there is no saved scenario of that name", value=name, mend=mend, field="name")
    found: sqlite3.Row = row
    return found


def entries(connection: sqlite3.Connection) -> list[Entry]:
    """Every scenario, the one saved last first."""
    return [entry_of(row) for row in connection.execute(f"{_ENTRIES} ORDER BY v.saved DESC, s.id DESC")]


def entry_of(row: sqlite3.Row) -> Entry:
    """A row of the list in the words of the program."""
    plain = {name: row[name] for name in Entry.__dataclass_fields__ if name not in ("made", "saved", "archived", "locked")}
    return Entry(**plain, made=_time(row["made"]), saved=_time(row["saved"]), archived=bool(row["archived"]),
                 locked=bool(row["locked"]))  # fmt: skip


def taken_names(connection: sqlite3.Connection) -> set[str]:
    """Names in use, and those that were in use: a link to one of them must not lead elsewhere."""
    return {name for (name,) in connection.execute("SELECT name FROM scenario UNION SELECT name FROM former_name")}


def version_row(connection: sqlite3.Connection, scenario: sqlite3.Row, number: int | None) -> sqlite3.Row:
    """A version of a scenario, the one in use where no number is given; raises InputProblem."""
    number = scenario["number"] if number is None else number
    row = connection.execute("SELECT * FROM version WHERE scenario = ? AND number = ?", (scenario["id"], number)).fetchone()
    if row is None:
        raise InputProblem(f"“{scenario['title']}” has no such version", value=number, allowed=f"1 to {scenario['newest']}")
    if _checksum(row["text"]) != row["checksum"]:
        mend = "use another version, or put a backup copy of the workspace in its place"
        raise InputProblem(f"version {number} of “{scenario['title']}” is damaged", mend=mend)
    found: sqlite3.Row = row
    return found


def versions(connection: sqlite3.Connection, scenario: sqlite3.Row) -> list[Version]:
    """The versions of a scenario, the newest first, each with its changes."""
    changes: dict[int, list[Change]] = {}
    of_scenario = "SELECT * FROM change WHERE version IN (SELECT id FROM version WHERE scenario = ?) ORDER BY rowid"
    for row in connection.execute(of_scenario, (scenario["id"],)):
        changes.setdefault(row["version"], []).append(Change(**{name: row[name] for name in Change.__dataclass_fields__}))
    numbers = "SELECT v.*, p.number AS came_from FROM version AS v LEFT JOIN version AS p ON p.id = v.parent"
    rows = connection.execute(f"{numbers} WHERE v.scenario = ? ORDER BY v.number DESC", (scenario["id"],))
    return [
        Version(row["number"], _time(row["saved"]), row["author"], row["note"], row["came_from"], row["digest"],
                row["simulated"], tuple(changes.get(row["id"], ())))
        for row in rows
    ]  # fmt: skip


def add_scenario(
    connection: sqlite3.Connection, scenario: Scenario, *, author: str, origin: str, parent: int | None
) -> int:  # fmt: skip
    """A new scenario under the names of ``scenario``, with it as version 1; its id."""
    values = (scenario.name, scenario.title, scenario.note, author, now(), origin, parent)
    insert = "INSERT INTO scenario (name, title, note, author, made, origin, parent) VALUES (?, ?, ?, ?, ?, ?, ?)"
    made = connection.execute(insert, values).lastrowid
    assert made is not None  # noqa: S101 - an insert always has a row
    add_version(connection, made, scenario, author=author, note="", parent=None, changes=())
    return made


def add_version(
    connection: sqlite3.Connection,
    scenario_id: int,
    content: Scenario,
    *,
    author: str,
    note: str,
    parent: int | None,
    changes: Sequence[Change],
) -> int:
    """A further version, which is then the one in use; its number. Raises InputProblem where it is too large to be read again."""
    text = to_toml(content)
    size = len(text.encode())
    if size > LARGEST_FILE:
        raise InputProblem("the scenario is too large to be read again", where=content.title, value=f"{size:,} bytes",
                           allowed=f"at most {LARGEST_FILE:,} bytes", mend="shorten its notes or reasons")  # fmt: skip
    query = "SELECT coalesce(max(number), 0) + 1 FROM version WHERE scenario = ?"
    number: int = connection.execute(query, (scenario_id,)).fetchone()[0]
    insert = (
        "INSERT INTO version (scenario, number, text, checksum, digest, simulated, saved, author, note, parent) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    hashes = (_checksum(text), content.digest, content.simulated_digest)
    made = connection.execute(insert, (scenario_id, number, text, *hashes, now(), author, note, parent)).lastrowid
    columns = tuple(Change.__dataclass_fields__)
    rows = [(made, *(getattr(change, column) for column in columns)) for change in changes]
    connection.executemany(
        f"INSERT INTO change (version, {', '.join(columns)}) VALUES (?{', ?' * len(columns)})",  # noqa: S608 - our own columns
        rows,
    )
    connection.execute("UPDATE scenario SET current = ?, archived = 0 WHERE id = ?", (made, scenario_id))
    return number


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
