"""A choice as the address of a page names it, and back; a link never opens a file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qs, urlencode

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.library import DEFAULT_SCENARIO, bundled
from sufficiency.ui.choice import MOST_FUTURES, Choice, default_futures, limited_scenario_of
from sufficiency.ui.fields import FIELDS
from sufficiency.ui.opening import opened
from sufficiency.workspace import Workspace

LARGEST_SEED = 2**31 - 1
LONGEST_PART = 4000
"""Characters of one compared choice in a link."""
Query = Mapping[str, Sequence[str]]


def query_of(choice: Choice) -> dict[str, list[str]]:
    """What the address says of a choice; nothing of a first visit's. Reasons stay in the workspace."""
    first = Choice(futures=default_futures())
    found: dict[str, list[str]] = {}
    if choice.version is not None:
        found |= {"saved": [choice.base], "version": [str(choice.version)]}
    elif choice.base != first.base or choice.overrides or choice.edits:
        found["scenario"] = [choice.base]
    if choice.overrides:
        found["with"] = list(choice.overrides)
    if choice.edits:
        found["set"] = [f"{path}={value}" for path, value in choice.edits]
    for name in ("futures", "seed"):
        if getattr(choice, name) != getattr(first, name):
            found[name] = [str(getattr(choice, name))]
    return found


def choice_of(query: Query, workspace: Workspace) -> Choice:
    """The choice that an address names; raises InputProblem for what it names wrongly."""
    found = _base(query, workspace)
    kinds = bundled()
    for name in query.get("with", ()):
        if kinds.get(name) != "override":
            raise InputProblem("the link names an unknown override", value=name, allowed=_names("override"))
    found = replace(found, overrides=tuple(query.get("with", ())))
    for text in query.get("set", ()):
        path, _, value = text.partition("=")
        if path not in FIELDS:
            raise InputProblem("the link changes an unknown figure", value=path, allowed=", ".join(FIELDS))
        found = found.edited(path, value if FIELDS[path].kind == "day" else _finite(value, path))
    futures = _whole(query, "futures", found.futures, 1, MOST_FUTURES)
    found = replace(found, futures=futures, seed=_whole(query, "seed", found.seed, 0, LARGEST_SEED))
    limited_scenario_of(found)
    return found


def in_one(choice: Choice) -> str:
    """A choice as one part of an address, for those that are compared."""
    return urlencode(query_of(choice), doseq=True) or f"scenario={DEFAULT_SCENARIO}"


def from_one(text: str, workspace: Workspace) -> Choice:
    """The choice written by :func:`in_one`; raises InputProblem."""
    if len(text) > LONGEST_PART:
        raise InputProblem("the link is too long", value=text, allowed=f"at most {LONGEST_PART:,} characters")
    return choice_of(parse_qs(text, max_num_fields=100), workspace)


def _base(query: Query, workspace: Workspace) -> Choice:
    if name := _one(query, "saved"):
        number = _whole(query, "version", 0, 1, 1_000_000)
        return replace(opened(workspace, name, number or None), futures=default_futures())
    base = _one(query, "scenario") or DEFAULT_SCENARIO
    if bundled().get(base) != "scenario":
        raise InputProblem("the link names an unknown scenario", value=base, allowed=_names("scenario"))
    return Choice(base=base, futures=default_futures())


def _names(kind: str) -> str:
    return ", ".join(name for name, its in bundled().items() if its == kind)


def _one(query: Query, name: str) -> str:
    values = query.get(name, ())
    return values[-1] if values else ""


def _whole(query: Query, name: str, otherwise: int, least: int, most: int) -> int:
    text = _one(query, name)
    if not text:
        return otherwise
    if not text.isascii() or not text.isdigit() or len(text) > 12 or not least <= int(text) <= most:
        raise InputProblem(f"the link gives no such number of {name}", value=text, allowed=f"{least:,} to {most:,}")
    return int(text)


def _finite(text: str, path: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputProblem("the link gives no number", where=FIELDS[path].label, value=text, allowed="a number")
    return int(value) if FIELDS[path].kind == "whole" else value
