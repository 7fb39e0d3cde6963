"""Daily copies of the workspace's file."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

BACKUPS = 7
"""Copies kept: the last seven days on which something was saved."""


def backups(path: Path) -> list[Path]:
    """The copies of the file at ``path``, the oldest first."""
    return sorted((path.parent / "backups").glob(f"{path.stem}-????-??-??{path.suffix}"))


def back_up(path: Path) -> None:
    """Copy the file as it stands, once a day; a copy is there whole or not at all.

    No saving is refused because a copy could not be made: what stops a copy stops the save as well, and is told then.
    """
    copy = path.parent / "backups" / f"{path.stem}-{dt.datetime.now(dt.UTC).date()}{path.suffix}"
    if copy.exists() or not path.exists():
        return
    part = copy.with_suffix(f".{os.getpid()}-{id(copy)}.part")
    with suppress(OSError, sqlite3.Error):
        copy.parent.mkdir(exist_ok=True)
        try:
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as target:
                source.backup(target)
            os.replace(part, copy)
        finally:
            part.unlink(missing_ok=True)
        for old in backups(path)[:-BACKUPS]:
            old.unlink(missing_ok=True)
