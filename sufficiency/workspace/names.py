"""Short names of saved scenarios: they become file names and parts of links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.library import bundled

LONGEST_NAME = 64
LONGEST_TITLE = 200
LONGEST_NOTE = 2000
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def name_of(title: str) -> str:
    """A short name made of a title: ``North, faster growth`` gives ``north-faster-growth``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].rstrip("-") or "scenario"


def check_name(name: str) -> None:
    """Raise InputProblem where ``name`` cannot be that of a saved scenario."""
    if not _NAME.fullmatch(name):
        allowed = f"1 to {LONGEST_NAME} lower-case letters, digits or hyphens, not a hyphen first"
        raise InputProblem(
            "this is no short name", value=name, allowed=allowed, mend=f"for example {name_of(name)}", field="name"
        )
    if name in bundled():
        raise InputProblem("the name is that of a bundled file, which is locked", value=name, mend="choose another", field="name")


def check_title(title: str) -> str:
    """The title without blanks around it; raises InputProblem where it is empty, too long or holds what cannot be seen."""
    title = title.strip()
    if not title:
        raise InputProblem("the title is empty", mend="give the scenario a name that people read", field="title")
    if len(title) > LONGEST_TITLE:
        raise InputProblem("the title is too long", value=title, allowed=f"at most {LONGEST_TITLE} characters", field="title")
    if not title.isprintable():
        raise InputProblem("the title holds characters that cannot be seen", value=title, mend="write it anew", field="title")
    return title


def check_note(note: str, *, may_be_empty: bool = False) -> str:
    """The note without blanks around it; raises InputProblem where it is too long, or empty unless that is allowed."""
    note = note.strip()
    if not note and not may_be_empty:
        raise InputProblem("the note is empty", mend="say what the scenario is for and what it rests on", field="note")
    if len(note) > LONGEST_NOTE:
        raise InputProblem("the note is too long", value=note, allowed=f"at most {LONGEST_NOTE:,} characters", field="note")
    return note


def free_name(wanted: str, taken: Container[str]) -> str:
    """``wanted``, or with the first number from 2 on that makes a name not yet taken."""
    name, again = wanted, 2
    while name in taken:
        end = f"-{again}"
        name, again = wanted[: LONGEST_NAME - len(end)].rstrip("-") + end, again + 1
    return name
