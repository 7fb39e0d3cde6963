"""Scenarios as TOML, in the style of the bundled ones, and saved so that no reader ever meets half a file."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sufficiency.domain.files import LARGEST_FILE
from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.figures import Figure
from sufficiency.scenario.scenario import Scenario

_HEAD = (
    "# Each figure is a table of its own: value, unit, source, the date it was known, and whether it is verified.",
    "# An unverified figure with low and high is drawn once a future from a triangle whose mode is its value.",
)
_FIGURE_KEYS = ("value", "low", "high", "unit", "source", "known_from", "verified", "reason")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def to_toml(scenario: Scenario) -> str:
    """``scenario`` as TOML: each figure a table of its own with ``value = ...`` on a line of its own.

    Reading it back gives an equal scenario with the same digest, save that ``overrides`` is empty: the overrides are laid in,
    the file is a whole scenario, and their names stay as a comment.
    """
    lines = [*_HEAD]
    if scenario.overrides:
        lines.append(f"# Overrides laid in: {', '.join(_comment(name) for name in scenario.overrides)}.")
    lines.append("")
    return "\n".join([*lines, *toml_table(scenario, ())]) + "\n"


def save(scenario: Scenario, path: Path) -> None:
    """Write ``scenario`` to ``path`` (ending in ``.toml``) whole or not at all.

    The text goes to a temporary file in the same folder, reaches the disk, and only then takes the name; where that fails the
    temporary file is removed and what stood there before stays. Raises InputProblem where the file cannot be written.
    """
    if path.suffix != ".toml":
        raise InputProblem("a scenario is saved as a .toml file", where=str(path), mend=f"name it {scenario.name}.toml")
    content = to_toml(scenario).encode()
    if len(content) > LARGEST_FILE:
        raise InputProblem(
            "the scenario is too large to be read again",
            where=str(path),
            value=f"{len(content):,} bytes",
            allowed=f"at most {LARGEST_FILE:,} bytes",
            mend="shorten its notes or tables",
        )
    temporary = path.parent / f".{scenario.name}.{secrets.token_hex(8)}.tmp"
    try:
        try:
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not a usable path"
        mend = "check the name, the folder and its permissions"
        raise InputProblem(f"the scenario cannot be saved ({reason})", where=str(path), mend=mend) from None


def _sync_folder(folder: Path) -> None:
    """Make a new name reach the disk too, where the system lets a folder be opened (Windows does not)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def toml_table(node: BaseModel, path: tuple[str, ...]) -> Iterator[str]:
    """Lines of a table and of the tables under it: a table's own keys must come before the next heading."""
    nested: list[tuple[tuple[str, ...], BaseModel]] = []
    columns: list[tuple[tuple[str, ...], dict[str, Any]]] = []
    own: list[str] = []
    names = _FIGURE_KEYS if isinstance(node, Figure) else tuple(type(node).model_fields)
    for name in names:
        content = getattr(node, name)
        if content is None or (not path and name == "overrides"):
            continue
        if isinstance(content, BaseModel):
            nested.append(((*path, name), content))
        elif isinstance(content, dict) and any(isinstance(item, BaseModel) for item in content.values()):
            nested += [((*path, name, key), item) for key, item in content.items()]
        elif isinstance(content, dict) and any(isinstance(item, tuple) for item in content.values()):
            columns.append(((*path, name), content))
        elif path or not isinstance(content, dict):
            own.append(f"{name} = {toml_value(content)}")
        else:
            own.append(f"{name} = {{}}")
    if own and path:
        yield f"[{'.'.join(toml_key(part) for part in path)}]"
    yield from own
    if own:
        yield ""
    for heading, content in columns:  # long lists, one on a line
        yield f"[{'.'.join(toml_key(part) for part in heading)}]"
        yield from (f"{toml_key(key)} = {toml_value(item)}" for key, item in content.items())
        yield ""
    for inner, item in nested:
        yield from toml_table(item, inner)


def toml_value(content: Any) -> str:
    """A value as TOML writes it, on one line."""
    if isinstance(content, bool):
        return str(content).lower()
    if isinstance(content, str):
        return _text(content)
    if isinstance(content, int | float):
        return repr(content)
    if isinstance(content, dt.date):
        return content.isoformat()
    if isinstance(content, dict):
        inner = ", ".join(f"{toml_key(key)} = {toml_value(item)}" for key, item in content.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(content, list | tuple):
        return f"[{', '.join(toml_value(item) for item in content)}]"
    raise TypeError(f"TOML has no form for {type(content).__name__}")


def toml_key(key: str) -> str:
    """A key as TOML writes it, in quotes where it needs them."""
    return key if _BARE_KEY.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    """A basic string: what may not stand in one as it is becomes an escape."""
    return '"' + "".join(_ESCAPES.get(c) or (f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c) for c in text) + '"'


def _comment(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
