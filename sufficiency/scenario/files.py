"""Reading files from people: size, encoding and nesting are checked before anything is parsed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from sufficiency.domain.problem import InputProblem

LARGEST_FILE = 512 * 1024
LONGEST_LINE = 32 * 1024
LONGEST_KEY = 400
DEEPEST_NESTING = 12


def read_text(path: Path, *, kind: str, largest: int = LARGEST_FILE) -> str:
    """The text of a UTF-8 file (a byte-order mark is dropped).

    Raises InputProblem where it is missing, a folder, unreadable, empty, too large, or not UTF-8 text.
    """
    where = str(path)
    try:
        if path.is_dir():
            raise InputProblem(f"the {kind} is a folder", where=where, allowed="one file", mend="name a file inside it")
        if not path.exists():
            raise InputProblem(f"no {kind} was found", where=where, mend="check the name and the folder")
        if path.stat().st_size > largest:
            size = f"{path.stat().st_size:,} bytes"
            raise InputProblem(f"the {kind} is too large", where=where, value=size, allowed=f"at most {largest:,} bytes")
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not a usable path"
        raise InputProblem(
            f"the {kind} cannot be read ({reason})", where=where[:200], mend="check the name and its permissions"
        ) from None
    return decode(raw, where=where, kind=kind)


def decode(raw: bytes, *, where: str, kind: str) -> str:
    """``raw`` as text; raises InputProblem where it is empty, holds NUL bytes or is not UTF-8."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputProblem(
            f"the {kind} is not UTF-8 text",
            where=f"{where}, line {line}",
            value=f"byte 0x{raw[error.start]:02x}",
            mend="save it with UTF-8 encoding",
        ) from None
    if "\0" in text:
        raise InputProblem(f"the {kind} holds NUL bytes", where=where, mend="save it as plain UTF-8 text")
    if not text.strip():
        raise InputProblem(f"the {kind} is empty", where=where, mend="start from a copy of one of the bundled files")
    return text


def parse_toml(text: str, *, where: str, kind: str) -> dict[str, Any]:
    """A TOML document as nested tables; raises InputProblem for bad syntax, and for what would make the parser slow."""
    _check_shape(text, where=where, kind=kind)
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, OverflowError) as error:
        what = f"the {kind} is not valid TOML ({str(error)[:160]})"
        raise InputProblem(what, where=where, mend="correct that line; see scenarios/ for examples") from None
    except RecursionError:
        raise InputProblem(f"the {kind} is nested too deeply", where=where, allowed=f"{DEEPEST_NESTING} levels") from None


def _check_shape(text: str, *, where: str, kind: str) -> None:
    """Refuse over-long lines and keys and deep nesting: the standard parser takes minutes over them, or overflows."""
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        place = f"{where}, line {number}"
        if len(line) > LONGEST_LINE:
            raise InputProblem(
                f"a line of the {kind} is too long", where=place, value=f"{len(line):,} characters", allowed=f"{LONGEST_LINE:,}"
            )
        key = line.split("=", 1)[0] if not line.lstrip().startswith("#") else ""
        if len(key) > LONGEST_KEY and not key.lstrip().startswith(('"', "'")) and depth == 0:
            raise InputProblem(
                f"a key of the {kind} is too long",
                where=place,
                value=f"{len(key):,} characters, {key.count('.') + 1:,} parts",
                allowed=f"{LONGEST_KEY} characters, {DEEPEST_NESTING} parts",
            )
        if depth == 0 and key.count(".") > DEEPEST_NESTING and not key.lstrip().startswith(('"', "'", "}", "]")):
            raise InputProblem(
                f"a key of the {kind} is nested too deeply",
                where=place,
                value=f"{key.count('.') + 1:,} parts",
                allowed=f"{DEEPEST_NESTING} parts",
            )
        depth = max(0, depth + _brackets(line))
        if max(depth, line.count("["), line.count("{") // 8) > 8 * DEEPEST_NESTING:
            raise InputProblem(f"the {kind} is nested too deeply", where=place, allowed=f"{DEEPEST_NESTING} levels of brackets")


def _brackets(line: str) -> int:
    """Net number of brackets opened by a line, strings and comments left out."""
    net, quote = 0, ""
    for character in line:
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "#":
            break
        elif character in "[{":
            net += 1
        elif character in "]}":
            net -= 1
    return net
