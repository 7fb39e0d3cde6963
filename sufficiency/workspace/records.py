"""What is told of a saved scenario, of its versions, and of what a save came to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from sufficiency.workspace.changes import Change

Outcome = Literal["saved", "unchanged", "second copy", "copy of a locked scenario"]


@dataclass(frozen=True)
class Entry:
    """A saved scenario as the list shows it."""

    name: str
    title: str
    note: str
    """What it is for and what it rests on, in its author's words."""
    author: str
    """Who made it, where people sign in; else empty."""
    made: dt.datetime
    origin: str
    """What it was made from: ``baseline bristol-2022``, ``file north.toml``, or ``scenario north, version 2``."""
    number: int
    """The version in use; undo and redo move it."""
    newest: int
    """The version saved last."""
    saved: dt.datetime
    """When the version in use was saved."""
    saved_by: str
    """Who saved it, where people sign in; else empty."""
    digest: str
    simulated: str
    """The hash of what the simulation depends on, by which the run store names its runs."""
    undo_to: int | None
    redo_to: int | None
    archived: bool
    locked: bool
    noted_by: str
    """Who gave it its present title and note, where they were changed later and people sign in; else empty."""


@dataclass(frozen=True)
class Version:
    """One saved state of a scenario; it is never altered."""

    number: int
    saved: dt.datetime
    author: str
    note: str
    parent: int | None
    """The number of the version it was made from, in the same scenario."""
    digest: str
    simulated: str
    changes: tuple[Change, ...]
    """What differs from the version it was made from, with reasons and sources."""


@dataclass(frozen=True)
class Saved:
    """What a save came to: which scenario and version hold the work now."""

    name: str
    number: int
    outcome: Outcome
    beside: int | None = None
    """For a second copy: the version that someone else saved meanwhile, of the scenario meant."""
