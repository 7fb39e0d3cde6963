"""Drafts: what a session has changed and not yet saved, kept on disk so that a crash or a restart loses nothing."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from sufficiency.domain.problem import InputProblem
from sufficiency.workspace import rows
from sufficiency.workspace.database import now

LARGEST_DRAFT = 200_000
"""Characters: a draft holds what was changed, never a whole scenario."""


@dataclass(frozen=True)
class Draft:
    """What one session has changed; its content is the app's, plain enough for JSON."""

    session: str
    base: str
    """The scenario it changes: a saved one, or a bundled baseline where ``number`` is None."""
    number: int | None
    content: dict[str, Any]
    author: str = ""
    kept: dt.datetime | None = field(default=None, compare=False)
    """When it was kept; set when it is read."""


def keep_draft(connection: sqlite3.Connection, draft: Draft) -> None:
    """Keep a draft in place of the one that its session kept before."""
    text = json.dumps(draft.content, sort_keys=True, allow_nan=False)
    if len(text) > LARGEST_DRAFT:
        allowed = f"at most {LARGEST_DRAFT:,} characters"
        raise InputProblem("the changes are too long to be kept", allowed=allowed, mend="shorten the reasons, or save them")
    version = None
    if draft.number is not None:
        version = rows.version_row(connection, rows.scenario_row(connection, draft.base), draft.number)["id"]
    values = (draft.session, draft.base, version, text, now(), draft.author)
    connection.execute("INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?, ?)", values)


def drafts(connection: sqlite3.Connection) -> list[Draft]:
    """Every draft, the latest first."""
    query = (
        "SELECT d.*, s.name, v.number FROM draft AS d LEFT JOIN version AS v ON v.id = d.version "
        "LEFT JOIN scenario AS s ON s.id = v.scenario ORDER BY d.kept DESC"
    )
    return [
        Draft(row["session"], row["name"] or row["base"], row["number"], json.loads(row["content"]), row["author"],
              dt.datetime.fromisoformat(row["kept"]))
        for row in connection.execute(query)
    ]  # fmt: skip


def drop_draft(connection: sqlite3.Connection, session: str) -> None:
    """Forget the draft of a session, where it has one."""
    connection.execute("DELETE FROM draft WHERE session = ?", (session,))
