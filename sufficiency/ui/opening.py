"""Saved scenarios as choices, and choices as drafts of the workspace."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.library import bundled
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.writing import to_toml
from sufficiency.ui.choice import Choice, baseline, limited_scenario_of
from sufficiency.ui.fields import FIELDS
from sufficiency.workspace import Draft, Why, Workspace


def opened(workspace: Workspace, name: str, number: int | None = None) -> Choice:
    """A version of a saved scenario as a choice, the one in use where no number is given; raises InputProblem."""
    entry = workspace.entry(name)
    number = number or entry.number
    return Choice(base=entry.name, version=number, text=_text(workspace, entry.name, number, entry.title, entry.note))


@lru_cache(maxsize=64)
def _text(workspace: Workspace, name: str, number: int, title: str, note: str) -> str:
    """A version never alters; only ``title`` and ``note``, which are laid over it, do."""
    return to_toml(workspace.read(name, number).model_copy(update={"title": title, "note": note}))


@lru_cache(maxsize=32)
def text_of(choice: Choice) -> str:
    """A choice as a TOML file, with its changes and their reasons; raises InputProblem."""
    return to_toml(limited_scenario_of(choice))


def first_of(choice: Choice, workspace: Workspace) -> Choice:
    """What the work on a choice began with, under the same futures and seed: a baseline, or a saved scenario's first version."""
    unchanged = replace(choice, overrides=(), edits=(), whys=())
    if choice.version is None:
        return unchanged
    try:
        return replace(opened(workspace, choice.base, 1), futures=choice.futures, seed=choice.seed)
    except InputProblem:  # the workspace cannot be read, which is told where its scenarios are listed
        return unchanged


def origin_of(choice: Choice) -> str:
    """What a scenario saved from a choice was made from, in words."""
    if choice.version is not None:
        return f"scenario {choice.base}, version {choice.version}"
    return f"baseline {choice.base}"


def whys_of(choice: Choice) -> dict[str, Why]:
    """Reasons and sources by path of what was changed by hand; one that is missing is there, and empty."""
    given = dict(choice.whys)
    return {path: given.get(path, Why()) for path, _ in choice.edits}


def laid_in(choice: Choice) -> Why:
    """The reason for what overrides brought that no figure of theirs explains."""
    named = ", ".join(choice.overrides)
    return Why(f"Laid in with the bundled changes {named}.", f"bundled changes {named}") if named else Why()


def before_of(choice: Choice) -> Scenario:
    """The scenario that a choice changes; raises InputProblem."""
    return baseline(choice.base, choice.text, ())


def draft_of(choice: Choice, session: str, author: str) -> Draft:
    """What is changed and not saved."""
    content: dict[str, Any] = {
        "overrides": list(choice.overrides),
        "edits": dict(choice.edits),
        "whys": {path: {"reason": why.reason, "source": why.source} for path, why in choice.whys},
    }
    return Draft(session, choice.base, choice.version, content, author)


def choice_of_draft(draft: Draft, workspace: Workspace, now: Choice) -> Choice:
    """The choice that a draft was made of; raises InputProblem where it cannot be used with this program."""
    if draft.number is not None:
        found = opened(workspace, draft.base, draft.number)
    elif bundled().get(draft.base) == "scenario":
        found = Choice(base=draft.base)
    else:
        raise InputProblem("the baseline of these changes is no longer there", value=draft.base)
    content = draft.content
    found = replace(found, futures=now.futures, seed=now.seed, overrides=tuple(map(str, content.get("overrides", ()))))
    for path, value in dict(content.get("edits", {})).items():
        if path not in FIELDS or not (isinstance(value, str) or math.isfinite(value)):
            raise InputProblem("these changes name an unknown figure", value=path)
        found = found.edited(path, value)
    for path, why in dict(content.get("whys", {})).items():
        found = found.justified(path, Why(str(why.get("reason", "")), str(why.get("source", ""))))
    limited_scenario_of(found)
    return found


def with_reasons_of_draft(choice: Choice, drafts: Sequence[Draft]) -> Choice:
    """A choice from a link, which names changes without their reasons, with those of a draft of the very same changes."""
    mine = draft_of(choice, "", "")
    for draft in drafts:
        same = all(draft.content.get(part) == mine.content[part] for part in ("edits", "overrides"))
        if same and (draft.base, draft.number) == (mine.base, mine.number):
            for path, why in dict(draft.content.get("whys", {})).items():
                choice = choice.justified(path, Why(str(why.get("reason", "")), str(why.get("source", ""))))
            break
    return choice
