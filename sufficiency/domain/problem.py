"""The one error that is meant for people.

Everything a person can mend (a file, a field, an option) is reported as an :class:`InputProblem`: one line that says what is
wrong, where, which value was found, what is allowed and how to mend it. Any other exception is a bug.
"""

from __future__ import annotations

import datetime as dt
import difflib
import reprlib
from collections.abc import Iterable, Mapping, Sequence

_LONGEST_VALUE = 80
_LONGEST_PART = 400
_LONGEST_INTEGER = 1000
"""Bits of the longest whole number written out: Python refuses to write those of more than 4,300 digits."""


class _Shown(str):
    """Text that already reads as it should in a message."""

    __slots__ = ()


def shown(value: object) -> str:
    """``value`` as it is quoted in a message: on one line, at most 80 characters, without control characters."""
    if isinstance(value, _Shown):
        return str(value)
    text = _on_one_line(_quoted(value))
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."


def _quoted(value: object) -> str:
    if isinstance(value, str):
        return f'"{value[:_LONGEST_PART]}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(int(value)) if value.bit_length() <= _LONGEST_INTEGER else "a whole number of very many digits"
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "a table"
    try:
        return reprlib.repr(value)
    except Exception:  # whatever a stranger's object does when asked for its text
        return f"something of type {type(value).__name__}"


def _on_one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like ``word`` whatever its case, or None where nothing is close enough to be worth suggesting."""
    by_folded = {name.casefold(): name for name in known}
    matches = difflib.get_close_matches(word[:200].casefold(), by_folded, n=1, cutoff=0.5)
    return by_folded[matches[0]] if matches else None


def suggestion(word: str, known: Iterable[str], otherwise: str) -> str:
    """How to mend an unknown ``word``: ``did you mean "..."?``, or ``otherwise`` where nothing known is like it."""
    like = nearest(word, known)
    return f'did you mean "{like}"?' if like else otherwise


class InputProblem(Exception):
    """Something a person can mend.

    Parameters are plain text: ``what`` is wrong, ``where`` (file, field, row), the ``value`` found, what is ``allowed`` and how
    to ``mend`` it; ``more`` counts further problems in the same place. ``field`` is the dotted path or column, for programs.
    ``str()`` gives one line. Picklable whatever the value, so that it crosses process boundaries unchanged: a value that is not
    plain is kept as the text that shows it.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        value: object = None,
        allowed: str = "",
        mend: str = "",
        field: str = "",
        more: int = 0,
    ) -> None:
        if value is not None and type(value) not in (bool, float, dt.date):
            short = type(value) is str and len(value) <= _LONGEST_PART
            small = type(value) is int and value.bit_length() <= _LONGEST_INTEGER
            value = value if short or small else _Shown(shown(value))
        super().__init__(what, where, value, allowed, mend, field, more)
        self.what, self.where, self.value, self.allowed, self.mend = what, where, value, allowed, mend
        self.field, self.more = field, more

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.what, self.where, self.value, self.allowed, self.mend, self.field, self.more))

    def __str__(self) -> str:
        parts = [_part(self.what)]
        if self.where:
            parts[0] += f" in {_part(self.where)}"
        if self.value is not None:
            parts[0] += f": found {shown(self.value)}"
        if self.allowed:
            parts.append(f"Allowed: {_part(self.allowed)}")
        if self.mend:
            parts.append(f"To mend it: {_part(self.mend)}")
        if self.more:
            parts.append(f"There {'is' if self.more == 1 else 'are'} {self.more:,} more to mend in the same place")
        return " ".join(part if part.endswith(("?", "...")) else f"{part}." for part in parts)


class InputProblems(InputProblem):
    """Several things a person can mend, all of them in one report: ``problems`` in order, numbered on one line.

    There are at least two; the other attributes are those of the first.
    """

    def __init__(self, problems: Sequence[InputProblem]) -> None:
        first, *_ = self.problems = tuple(problems)
        super().__init__(
            first.what, where=first.where, value=first.value, allowed=first.allowed, mend=first.mend, field=first.field
        )

    def __reduce__(self) -> tuple[object, ...]:
        return (InputProblems, (self.problems,))

    def __str__(self) -> str:
        listed = " ".join(f"({number}) {problem}" for number, problem in enumerate(self.problems, 1))
        return f"there are {len(self.problems)} things to mend: {listed}"


MOST_REPORTED = 50
"""Problems listed in one report; how many more there are is told."""


def raise_any(found: Sequence[InputProblem]) -> None:
    """Raise what was found in one report: an InputProblem, or InputProblems where there are several; nothing where none was."""
    if len(found) == 1:
        raise found[0]
    if found:
        listed = list(found[:MOST_REPORTED])
        listed[-1].more += len(found) - len(listed)
        raise InputProblems(listed)


def _part(text: str) -> str:
    text = " ".join(_on_one_line(text[: 2 * _LONGEST_PART]).split()).rstrip(".")
    return text if len(text) <= _LONGEST_PART else text[: _LONGEST_PART - 3] + "..."


def _rebuild(what: str, where: str, value: object, allowed: str, mend: str, field: str, more: int) -> InputProblem:
    return InputProblem(what, where=where, value=value, allowed=allowed, mend=mend, field=field, more=more)


class Finding(ValueError):
    """What a model's own check found wrong, in the words of an :class:`InputProblem` that does not know its file yet.

    ``at`` is the dotted path of the field within the model that checks, empty for the model as a whole.
    """

    def __init__(self, what: str, *, at: str = "", value: object = None, allowed: str = "", mend: str = "") -> None:
        super().__init__(what, at, value, allowed, mend)
        self.what, self.at, self.value, self.allowed, self.mend = what, at, value, allowed, mend

    def __str__(self) -> str:
        return str(self.problem())

    def problem(self, *, where: str = "", under: str = "") -> InputProblem:
        """The InputProblem in the file ``where``, with the finding's field ``under`` a dotted path."""
        field = ".".join(part for part in (under, self.at) if part)
        place = ", ".join(part for part in (where, field[:_LONGEST_PART]) if part)
        return InputProblem(self.what, where=place, value=self.value, allowed=self.allowed, mend=self.mend, field=field)
