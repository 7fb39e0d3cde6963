"""What changed from one version to the next, and why: each change needs a reason and a source before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sufficiency.domain.problem import InputProblem, raise_any
from sufficiency.scenario.differences import changed_assumptions
from sufficiency.scenario.figures import Figure
from sufficiency.scenario.messages import first_problem
from sufficiency.scenario.scenario import Scenario

LONGEST_WHY = 2000


@dataclass(frozen=True)
class Why:
    """Why a figure was changed, and on whose word."""

    reason: str = ""
    source: str = ""


NO_REASON = Why()


@dataclass(frozen=True)
class Change:
    """One assumption that was changed, before and after in words."""

    path: str
    meaning: str
    before: str
    after: str
    unit: str
    reason: str
    source: str


def explained(
    before: Scenario, after: Scenario, why: Mapping[str, Why], otherwise: Why = NO_REASON
) -> tuple[Scenario, tuple[Change, ...]]:
    """``after`` with each reason and source in the provenance of the figure it explains, and the changes.

    A change that ``why`` does not name is explained by the figure itself, where its reason or source came with the change, and
    else by ``otherwise``. Raises InputProblem (InputProblems where there are several), its field the path, for each change
    that nobody explains.
    """
    old, new = dict(before.figures()), dict(after.figures())
    found, lacking = [], []
    for difference in changed_assumptions(before, after):
        path = difference.path
        given = why.get(path) or _own(old.get(path), new.get(path)) or otherwise
        for name, text in (("reason", given.reason), ("source", given.source)):
            problem = _problem_of(text, name, path, difference.meaning)
            if problem is not None:
                lacking.append(problem)
        found.append(Change(path, difference.meaning, difference.before, difference.after, difference.unit,
                            given.reason.strip(), given.source.strip()))  # fmt: skip
    raise_any(lacking)
    named = {change.path: {"reason": change.reason, "source": change.source} for change in found if change.path in new}
    return _with_provenance(after, named), tuple(found)


def changes_back(before: Scenario, after: Scenario, otherwise: Why) -> tuple[Change, ...]:
    """The changes to an earlier state, which stays as it was: each with its own reason, or with ``otherwise``."""
    old, new = dict(before.figures()), dict(after.figures())
    found = []
    for d in changed_assumptions(before, after):
        why = _own(old.get(d.path), new.get(d.path)) or otherwise
        found.append(Change(d.path, d.meaning, d.before, d.after, d.unit, why.reason, why.source))
    return tuple(found)


def _own(before: Figure[Any] | None, after: Figure[Any] | None) -> Why | None:
    """The figure's own reason and source, where they are not still those of the figure before."""
    if after is None or (before is not None and (before.reason, before.source) == (after.reason, after.source)):
        return None
    return Why(after.reason or "Verified: the source says so.", after.source)


def _problem_of(text: str, name: str, path: str, meaning: str) -> InputProblem | None:
    where = meaning.rstrip(".")
    if not text.strip():
        mend = "say why it was changed" if name == "reason" else 'name a document, a table, or "assumption"'
        return InputProblem(f"the change has no {name}", where=where, mend=mend, field=f"{path}.{name}")
    if len(text) > LONGEST_WHY:
        allowed = f"at most {LONGEST_WHY:,} characters"
        return InputProblem(f"the {name} is too long", where=where, value=text, allowed=allowed, field=f"{path}.{name}")
    return None


def _with_provenance(scenario: Scenario, named: Mapping[str, dict[str, str]]) -> Scenario:
    """``scenario`` with entries of its figures replaced, checked once."""
    if not named:
        return scenario
    data = scenario.model_dump(mode="python")
    for path, entries in named.items():
        node = data
        for part in path.split("."):
            node = node[part]
        node.update(entries)
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        raise first_problem(error, Scenario, where=scenario.name) from None
