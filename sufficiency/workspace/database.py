"""The SQLite file of a workspace: opened with its safeguards, and set aside, never deleted, where it is damaged.

Each operation opens a connection of its own, so that threads and processes share nothing but the file. The write-ahead log with
full synchronisation makes a commit whole or absent whatever happens to the process; the busy timeout makes writers wait for each
other. A write-ahead log needs a local disk, not a network share.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sufficiency.domain.problem import InputProblem
from sufficiency.workspace.backups import back_up, backups

FILE = "workspace.sqlite3"
FORMAT = 2
_APPLICATION = 0x53554646  # "SUFF"
_PATIENCE = 10.0
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_TABLES = """
CREATE TABLE scenario (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64 AND name NOT GLOB '*[^a-z0-9-]*' AND name NOT GLOB '-*'),
    title TEXT NOT NULL,
    note TEXT NOT NULL,
    author TEXT NOT NULL,
    made TEXT NOT NULL,
    origin TEXT NOT NULL,
    parent INTEGER REFERENCES version (id),
    current INTEGER REFERENCES version (id),
    archived INTEGER NOT NULL DEFAULT 0,
    locked INTEGER NOT NULL DEFAULT 0,
    noted_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE version (
    id INTEGER PRIMARY KEY,
    scenario INTEGER NOT NULL REFERENCES scenario (id),
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    checksum TEXT NOT NULL,
    digest TEXT NOT NULL,
    simulated TEXT NOT NULL,
    saved TEXT NOT NULL,
    author TEXT NOT NULL,
    note TEXT NOT NULL,
    parent INTEGER REFERENCES version (id),
    UNIQUE (scenario, number)
) STRICT;
CREATE INDEX children ON version (parent);
CREATE TABLE change (
    version INTEGER NOT NULL REFERENCES version (id),
    path TEXT NOT NULL,
    meaning TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    unit TEXT NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (version, path)
) STRICT;
CREATE TABLE former_name (name TEXT PRIMARY KEY, scenario INTEGER NOT NULL REFERENCES scenario (id)) STRICT;
CREATE TABLE draft (
    session TEXT PRIMARY KEY,
    base TEXT NOT NULL,
    version INTEGER REFERENCES version (id),
    content TEXT NOT NULL,
    kept TEXT NOT NULL,
    author TEXT NOT NULL
) STRICT;
CREATE TRIGGER versions_stay BEFORE UPDATE ON version BEGIN SELECT RAISE(ABORT, 'a version is never altered'); END;
CREATE TRIGGER versions_last BEFORE DELETE ON version BEGIN SELECT RAISE(ABORT, 'a version is never deleted'); END;
"""


_FROM_FORMAT_1 = "ALTER TABLE scenario ADD COLUMN noted_by TEXT NOT NULL DEFAULT ''"


def default_folder() -> Path:
    """``SUFFICIENCY_WORKSPACE``, or ``sufficiency`` in the user's data folder: what people wrote is no cache."""
    chosen = os.environ.get("SUFFICIENCY_WORKSPACE")
    if chosen:
        return Path(chosen)
    data = os.environ.get("XDG_DATA_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".local" / "share"
    return Path(data) / "sufficiency"


def now() -> str:
    """The time in UTC, as it is kept: to the microsecond, so that what follows in a moment sorts behind."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")


class Database:
    """The file of one workspace; may be used from several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE
        self._lock = threading.Lock()
        self._checked = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the file; raises InputProblem where the file cannot be used."""
        with self._connected("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are kept all together, or not at all where anything is raised.

        Before the first change of a day the file is copied to ``backups/``, where the last :data:`BACKUPS` are kept.
        """
        back_up(self.path)
        with self._connected("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def _connected(self, begin: str) -> Iterator[sqlite3.Connection]:
        try:
            with closing(self._opened()) as connection:
                connection.execute(begin)
                try:
                    yield connection
                except BaseException:
                    with suppress(sqlite3.Error):  # what went wrong first is told
                        connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise self._in_words(error) from None

    def _opened(self) -> sqlite3.Connection:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            mend = "name another folder in SUFFICIENCY_WORKSPACE"
            reason = error.strerror or "the name cannot be used"
            raise InputProblem(f"the workspace folder cannot be made ({reason})", where=str(self.folder), mend=mend) from None
        connection = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            with self._lock:
                if not self._checked:
                    self._check(connection)
                    self._checked = True
        except BaseException:
            connection.close()
            raise
        return connection

    def _check(self, connection: sqlite3.Connection) -> None:
        """Once a process: the file is whole, of this program and of this format; a new one gets its tables."""
        connection.execute("PRAGMA journal_mode = WAL")
        for (finding,) in connection.execute("PRAGMA quick_check(1)"):
            if finding != "ok":
                damaged = sqlite3.DatabaseError(finding)
                damaged.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
                raise damaged
        connection.execute("BEGIN IMMEDIATE")
        format_, application = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("user_version", "application_id"))
        empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
        if empty:
            for statement in _statements(_TABLES):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {FORMAT}")
        elif (application, format_) == (_APPLICATION, 1):  # nothing of it is lost or read otherwise
            connection.execute(_FROM_FORMAT_1)
            connection.execute(f"PRAGMA user_version = {FORMAT}")
            format_ = FORMAT
        connection.execute("COMMIT")
        if not empty and application != _APPLICATION:
            mend = "name another folder in SUFFICIENCY_WORKSPACE"
            raise InputProblem("the workspace's file is that of another program", where=str(self.path), mend=mend)
        if not empty and format_ != FORMAT:
            mend = "use the sufficiency that wrote it, or another folder in SUFFICIENCY_WORKSPACE"
            raise InputProblem("the workspace is of another format", where=str(self.path), value=format_,
                               allowed=f"format {FORMAT}", mend=mend)  # fmt: skip

    def _in_words(self, error: sqlite3.DatabaseError) -> Exception:
        """What SQLite says, as something a person can mend; a bug stays one."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _DAMAGED:
            return self._set_aside()
        where = str(self.path)
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return InputProblem("the workspace is busy", where=where, mend="try again in a moment; nothing was changed")
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
            mend = "check the folder and its permissions, or name another in SUFFICIENCY_WORKSPACE"
            return InputProblem("the workspace's file cannot be used", where=where, mend=mend)
        if code == sqlite3.SQLITE_FULL:
            return InputProblem("the disk is full, so nothing was saved", where=where, mend="free some space and save again")
        return error

    def _set_aside(self) -> InputProblem:
        """Give the damaged file, and its log, another name; a new file is begun when the workspace is next opened."""
        with self._lock:
            self._checked = False
            if not _is_damaged(self.path):  # another thread or process has just set it aside
                return InputProblem("the workspace was not readable", where=str(self.path), mend="try again in a moment")
            aside = self.folder / f"workspace-damaged-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S-%f}.sqlite3"
            for end in ("", "-wal", "-shm"):
                with suppress(FileNotFoundError):
                    os.rename(f"{self.path}{end}", f"{aside}{end}")
        copies = backups(self.path)
        copy = f"the copy {copies[-1].relative_to(self.folder)}" if copies else "a backup copy"
        return InputProblem(
            "the workspace's file is damaged",
            where=str(self.path),
            mend=f"stop the app, put {copy} in its place and start again; the damaged file is kept as {aside.name} in the same "
            "folder, and an empty workspace is begun meanwhile",
        )


def _is_damaged(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE)) as connection:
            return [finding for (finding,) in connection.execute("PRAGMA integrity_check(1)")] != ["ok"]
    except sqlite3.DatabaseError as error:
        return error.sqlite_errorcode & 0xFF in _DAMAGED


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: ``executescript`` would commit what was begun."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
