"""Scenarios by name or path: bundled baselines, overrides laid over them, and TOML out again.

A baseline is a whole scenario. An override (``kind = "override"``) names only what it changes: a figure that gives ``value``
replaces the baseline's figure whole, other tables are merged key by key.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sufficiency.domain.problem import InputProblem, nearest
from sufficiency.scenario.files import parse_toml, read_text
from sufficiency.scenario.messages import first_problem
from sufficiency.scenario.scenario import Scenario

DEFAULT_SCENARIO = "bristol-2022"
_OVERRIDE_KEYS = ("kind", "name", "title", "note")


def folder() -> Path:
    """The folder of bundled scenarios: ``SUFFICIENCY_SCENARIOS`` or ``scenarios/`` beside the package."""
    chosen = os.environ.get("SUFFICIENCY_SCENARIOS")
    return Path(chosen) if chosen else Path(__file__).resolve().parents[2] / "scenarios"


def bundled() -> dict[str, str]:
    """Kind (``scenario`` or ``override``) of each bundled scenario file, by name."""
    kinds = {}
    for path in sorted(folder().glob("*.toml")):
        head = path.read_text(encoding="utf-8")[:2000]
        kinds[path.stem] = "override" if 'kind = "override"' in head else "scenario"
    return dict(sorted(kinds.items(), key=lambda item: (item[0] != DEFAULT_SCENARIO, item[0])))


def find(name_or_path: str, *, kind: str = "scenario") -> Path:
    """The file meant by a bundled name or a path; raises InputProblem naming the nearest bundled name where there is none."""
    if not name_or_path.strip():
        raise InputProblem(f"the {kind} has no name", allowed=", ".join(bundled()), mend="name one of these or a file")
    path = Path(name_or_path)
    if path.suffix.lower() == ".toml" or "/" in name_or_path or os.sep in name_or_path:
        return path
    names = bundled()
    if name_or_path in names:
        return folder() / f"{name_or_path}.toml"
    try:
        if path.exists():
            return path
    except (OSError, ValueError):
        pass
    like = nearest(name_or_path, names)
    raise InputProblem(
        f"no {kind} of that name is bundled, and no such file exists",
        value=name_or_path,
        allowed=", ".join(names),
        mend=f'did you mean "{like}"?' if like else f"name a bundled {kind} or a .toml file",
    )


def load(name_or_path: str, overrides: Sequence[str] = ()) -> Scenario:
    """The scenario meant by a bundled name or path, with named overrides laid over it in order.

    ``name+override+...`` is understood as well. Raises InputProblem for anything a person can mend.
    """
    base, *more = [name_or_path] if Path(name_or_path).suffix == ".toml" else name_or_path.split("+")
    path = find(base)
    data = _read(path)
    if data.get("kind") == "override":
        raise InputProblem(
            "an override is not a whole scenario", where=str(path), mend=f"lay it over one: {DEFAULT_SCENARIO}+{path.stem}"
        )
    data.pop("kind", None)
    if "overrides" in data:
        raise InputProblem("the key is set by the program, not in a file", where=str(path), value="overrides", mend="remove it")
    applied = []
    for name in [*more, *overrides]:
        data = apply_override(data, name)
        applied.append(Path(name).stem)
    if applied:
        data["overrides"] = applied
    return validated(data, where=" + ".join([str(path), *more, *overrides]))


def apply_override(data: dict[str, Any], name_or_path: str) -> dict[str, Any]:
    """``data`` with the override of that name or path laid over it; raises InputProblem."""
    path = find(name_or_path, kind="override")
    change = _read(path)
    if change.get("kind") != "override":
        raise InputProblem("this file is not an override", where=str(path), mend='it needs kind = "override" at its top')
    data = _merged(data, {key: value for key, value in change.items() if key not in _OVERRIDE_KEYS})
    data["title"] = f"{data.get('title', '')}, {change.get('title', path.stem)}"[:2000]
    data["note"] = f"{data.get('note', '')} {change.get('note', '')}".strip()[:2000] or "-"
    return data


def validated(data: dict[str, Any], *, where: str) -> Scenario:
    """A checked scenario from nested tables; raises InputProblem."""
    data = dict(data)
    if isinstance(data.get("overrides"), list):
        data["overrides"] = tuple(data["overrides"])
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        raise first_problem(error, Scenario, where=where) from None


def with_overrides(scenario: Scenario, names: Sequence[str]) -> Scenario:
    """A scenario in hand with further overrides laid over it."""
    data = scenario.model_dump(mode="python", exclude_none=True)
    for name in names:
        data = apply_override(data, name)
    data["overrides"] = (*scenario.overrides, *(Path(name).stem for name in names))
    return validated(data, where=" + ".join([scenario.name, *names]))


def _read(path: Path) -> dict[str, Any]:
    return parse_toml(read_text(path, kind="scenario"), where=str(path), kind="scenario")


def _merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in change.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict) and "value" not in value:
            merged[key] = _merged(old, value)
        else:
            merged[key] = value
    return merged
