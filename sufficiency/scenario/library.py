"""Scenarios by name or path: bundled baselines, and overrides laid over them.

A baseline is a whole scenario. An override (``kind = "override"``) names only what it changes: a figure that gives ``value``
replaces the baseline's figure whole, a posterior replaces the baseline's, other tables are merged key by key.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sufficiency.domain.files import decode, read_text
from sufficiency.domain.problem import InputProblem, nearest, suggestion
from sufficiency.scenario.dated import check_dates
from sufficiency.scenario.files import parse_toml
from sufficiency.scenario.messages import MISSING, first_problem
from sufficiency.scenario.scenario import Scenario

DEFAULT_SCENARIO = "bristol-2022"
KINDS = ("scenario", "override")
MOST_OVERRIDES = 20
_OVERRIDE_KEYS = ("kind", "name", "title", "note")
_IS_OVERRIDE = re.compile(rb"""^\s*kind\s*=\s*["']override["']""")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}")


def folder() -> Path:
    """The folder of bundled scenarios: ``SUFFICIENCY_SCENARIOS`` or ``scenarios/`` beside the package."""
    chosen = os.environ.get("SUFFICIENCY_SCENARIOS")
    return Path(chosen) if chosen else Path(__file__).resolve().parents[2] / "scenarios"


def bundled() -> dict[str, str]:
    """Kind (``scenario`` or ``override``) of each bundled scenario file, by name; what cannot be read is passed over."""
    kinds = {}
    for path in sorted(folder().glob("*.toml")):
        try:
            if _NAME.fullmatch(path.stem) and path.is_file():
                kinds[path.stem] = _kind_of(path)
        except OSError:
            continue
    return dict(sorted(kinds.items(), key=lambda item: (item[0] != DEFAULT_SCENARIO, item[0])))


def _kind_of(path: Path) -> str:
    """The kind that the head of a file names, before its first table."""
    with path.open("rb") as file:
        for line in file.read(4000).splitlines():
            if line.lstrip().startswith(b"["):
                break
            if _IS_OVERRIDE.match(line):
                return "override"
    return "scenario"


def find(name_or_path: str, *, kind: str = "scenario") -> Path:
    """The file meant by a bundled name or by a path to a ``.toml`` file.

    Raises InputProblem naming the nearest bundled name where there is none.
    """
    names = [name for name, its in bundled().items() if its == kind or kind not in KINDS]
    if not name_or_path.strip():
        raise InputProblem(f"the {kind} has no name", allowed=", ".join(names), mend="name one of these or a .toml file")
    if name_or_path in bundled():
        return folder() / f"{name_or_path}.toml"
    path = Path(name_or_path)
    if path.suffix.lower() == ".toml":
        return path
    if "/" in name_or_path or os.sep in name_or_path or name_or_path in (".", ".."):
        raise InputProblem(f"this is not a {kind} file", value=name_or_path, allowed="a name, or a file that ends in .toml")
    raise InputProblem(
        f"there is no {kind} of that name",
        value=name_or_path,
        allowed=", ".join(names),
        mend=suggestion(name_or_path, names, f"name one of these or a .toml file of your own with the {kind}"),
    )


def load(name_or_path: str, overrides: Sequence[str] = ()) -> Scenario:
    """The scenario meant by a bundled name or path, with named overrides laid over it in order.

    ``name+override+...`` is understood as well; a file whose own name holds a plus is taken for itself. Raises InputProblem for
    anything a person can mend.
    """
    base, *more = _parted(name_or_path)
    names = [*more, *overrides]
    if len(names) > MOST_OVERRIDES:
        raise InputProblem("there are too many overrides", value=f"{len(names):,} overrides", allowed=f"at most {MOST_OVERRIDES}")
    path = find(base)
    return _whole(_read(path), str(path), names)


def parsed(raw: bytes | str, *, where: str, overrides: Sequence[str] = ()) -> Scenario:
    """The scenario written in a text or an uploaded file, checked as :func:`load` checks one; raises InputProblem."""
    content = raw.encode("utf-8", errors="replace") if isinstance(raw, str) else raw
    text = decode(content, where=where, kind="scenario")
    return _whole(parse_toml(text, where=where, kind="scenario"), where, overrides)


def apply_override(data: dict[str, Any], name_or_path: str) -> dict[str, Any]:
    """``data`` with the override of that name or path laid over it; raises InputProblem."""
    path = find(name_or_path, kind="override")
    change = _read(path, kind="override")
    if _checked_kind(change, str(path)) != "override":
        raise InputProblem(
            "a whole scenario is not an override", where=str(path), mend='an override has kind = "override" on top'
        )
    for key in _OVERRIDE_KEYS:
        if key in change and not isinstance(change[key], str):
            raise InputProblem(
                "the value is not text", where=f"{path}, {key}", value=change[key], mend="write the text in quotes"
            )
    data = _merged(data, {key: value for key, value in change.items() if key not in _OVERRIDE_KEYS})
    for key, between, added in (("title", ", ", change.get("title", path.stem)), ("note", " ", change.get("note", ""))):
        if isinstance(data.get(key), str):  # else the baseline is at fault, and is told so when it is checked
            data[key] = f"{data[key]}{between}{added}".strip()[:2000]
    return data


def validated(data: dict[str, Any], *, where: str) -> Scenario:
    """A checked scenario from nested tables; raises InputProblem."""
    if not isinstance(data, Mapping):
        raise InputProblem("a scenario is a table of sections", where=where, value=data)
    data = dict(data)
    if isinstance(data.get("overrides"), list):
        data["overrides"] = tuple(data["overrides"])
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        raise first_problem(error, Scenario, where=where) from None
    except RecursionError:
        raise InputProblem("the scenario is nested too deeply", where=where, mend="leave out what is not needed") from None


def with_overrides(scenario: Scenario, names: Sequence[str]) -> Scenario:
    """A scenario in hand with further overrides laid over it."""
    data = scenario.model_dump(mode="python", exclude_none=True)
    return check_dates(_laid_over(data, scenario.name, names, scenario.overrides), scenario.name)


def _whole(data: dict[str, Any], where: str, overrides: Sequence[str]) -> Scenario:
    """A scenario from the tables of its file, with overrides laid over it."""
    if _checked_kind(data, where) == "override":
        over = Path(where).stem
        over = over if over in bundled() else where
        raise InputProblem("an override is not a whole scenario", where=where, mend=f"lay it over one: {DEFAULT_SCENARIO}+{over}")
    whole = _laid_over({key: value for key, value in data.items() if key != "kind"}, where, overrides)
    return check_dates(whole, where)


def _laid_over(data: dict[str, Any], where: str, names: Sequence[str], before: tuple[str, ...] = ()) -> Scenario:
    """``data`` with overrides laid over it, checked; a problem is told of the file with which it came in."""
    layers = [data]
    for name in names:
        if names.count(name) > 1 or name in before:
            raise InputProblem("the same override is named twice", value=name, mend="name it once")
        layers.append(apply_override(layers[-1], name))
    if not names:
        return validated(data, where=where)
    try:
        return validated({**layers[-1], "overrides": (*before, *(Path(name).stem for name in names))}, where=where)
    except InputProblem:
        # The layer with which the problem came in is the file to mend.
        validated(data, where=where)
        for before_it, layer, name in zip(layers, layers[1:], names, strict=False):
            place = str(find(name, kind="override"))
            try:
                validated(layer, where=place)
            except InputProblem as problem:
                raise _of_another_scenario(problem, before_it, place) or problem from None
        raise


def _of_another_scenario(problem: InputProblem, data: dict[str, Any], where: str) -> InputProblem | None:
    """Where an override leaves keys out because it counts on a table that the scenario in ``data`` does not have."""
    path = problem.field.split(".")[:-1]
    node: Any = data
    for part in path:
        node = node.get(part) if isinstance(node, dict) else None
    if not path or node is not None or problem.what != MISSING:
        return None
    table = ".".join(path)
    mend = "lay it over the scenario it was made for, or give the whole table"
    return InputProblem(
        "the override changes a table that the scenario does not have", where=where, value=table, mend=mend, field=table
    )


def _parted(text: str) -> list[str]:
    """``base+override+...`` in its parts; neighbours that are together the name of an existing file stay together."""
    pieces = text.split("+")
    if len(pieces) > 2 * MOST_OVERRIDES or len(text) > 4000:
        raise InputProblem("the name is too long", value=text, allowed=f"a scenario and at most {MOST_OVERRIDES} overrides")
    parts = []
    while pieces:
        ends = range(len(pieces), 1, -1)
        end = next((end for end in ends if _is_file("+".join(pieces[:end]))), 1)
        parts.append("+".join(pieces[:end]))
        pieces = pieces[end:]
    if len(parts) > 1 and "/" in text and text.endswith(".toml") and not any(_is_file(part) for part in parts):
        return [text]  # a path with a plus that leads to no file is reported whole
    return parts


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False


def _checked_kind(data: dict[str, Any], where: str) -> str:
    """``scenario`` or ``override``; raises InputProblem for another kind, and for a key that only the program sets."""
    kind = data.get("kind", "scenario")
    if kind not in KINDS:
        mend = f'did you mean "{nearest(kind, KINDS)}"?' if isinstance(kind, str) and nearest(kind, KINDS) else "use one of these"
        raise InputProblem("unknown kind of file", where=f"{where}, kind", value=kind, allowed=" or ".join(KINDS), mend=mend)
    if "overrides" in data:
        raise InputProblem("the key is set by the program, not in a file", where=where, value="overrides", mend="remove it")
    return str(kind)


def _read(path: Path, *, kind: str = "scenario") -> dict[str, Any]:
    return parse_toml(read_text(path, kind=kind), where=str(path), kind=kind)


def _merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in change.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict) and "value" not in value and key != "posterior":
            merged[key] = _merged(old, value)
        else:
            merged[key] = value
    return merged
