"""The one error that is meant for people.

Everything a person can mend (a file, a field, an option) is reported as an :class:`InputProblem`: one line that says what is
wrong, where, which value was found, what is allowed and how to mend it. Any other exception is a bug.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LONGEST_VALUE = 80


def shown(value: object) -> str:
    """``value`` as it is quoted in a message: on one line, at most 80 characters, without control characters."""
    text = repr(value) if not isinstance(value, str) else f'"{value}"'
    text = "".join(c if c.isprintable() else " " for c in text)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like ``word``, or None where nothing is close enough to be worth suggesting."""
    matches = difflib.get_close_matches(word[:200], list(known), n=1, cutoff=0.5)
    return matches[0] if matches else None


class InputProblem(Exception):
    """Something a person can mend.

    Parameters are plain text: ``what`` is wrong, ``where`` (file, field, row), the ``value`` found, what is ``allowed`` and how
    to ``mend`` it. ``str()`` gives one line. Picklable, so that it crosses process boundaries unchanged.
    """

    def __init__(
        self, what: str, *, where: str = "", value: object = None, allowed: str = "", mend: str = "", field: str = ""
    ) -> None:
        super().__init__(what, where, value, allowed, mend, field)
        self.what, self.where, self.value, self.allowed, self.mend = what, where, value, allowed, mend
        self.field = field

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.what, self.where, self.value, self.allowed, self.mend, self.field))

    def __str__(self) -> str:
        parts = [self.what.rstrip(".")]
        if self.where:
            parts[0] += f" in {self.where}"
        if self.value is not None:
            parts[0] += f": found {shown(self.value)}"
        if self.allowed:
            parts.append(f"Allowed: {self.allowed.rstrip('.')}")
        if self.mend:
            parts.append(f"To mend it: {self.mend.rstrip('.')}")
        line = " ".join(". ".join(parts).split())
        return line if line.endswith(("?", "?)")) else f"{line}."


def _rebuild(what: str, where: str, value: object, allowed: str, mend: str, field: str) -> InputProblem:
    return InputProblem(what, where=where, value=value, allowed=allowed, mend=mend, field=field)
