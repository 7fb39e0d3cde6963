"""Reading TOML from people: nesting is checked before it is parsed, and the parser is put into words."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.shape import DEEPEST_NESTING as DEEPEST_NESTING
from sufficiency.scenario.shape import check_shape


def parse_toml(text: str, *, where: str, kind: str) -> dict[str, Any]:
    """A TOML document as nested tables; raises InputProblem for bad syntax, and for what would make the parser slow."""
    check_shape(text, where=where, kind=kind)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise InputProblem(f"the {kind} is nested too deeply", where=where, allowed=f"{DEEPEST_NESTING} levels") from None
    except (ValueError, OverflowError) as error:
        raise _syntax_problem(str(error), text, where=where, kind=kind) from None


_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_LIKE_A_DATE = re.compile(r"=\s*[0-9]{4}-[0-9]{1,2}-[0-9]")
_MANY_DIGITS = re.compile(r"[0-9][0-9_]{4000,}")
_IN_WORDS = (
    # what the parser says, in a planner's words, and how to mend it
    ("Cannot overwrite a value", "a key is given twice", "keep one of the two"),
    ("Duplicate inline table key", "a key is given twice", "keep one of the two"),
    ("Cannot declare", "a table is given twice", "put its keys under one heading"),
    ("Cannot mutate", "a table is given twice", "put its keys under one heading"),
    ("Cannot redefine", "a table is given twice", "put its keys under one heading"),
    ("Invalid date", "there is no such date or time", "write a day that exists, for example 2022-03-07"),
    ("Exceeds the limit", "a number has too many digits", "write a number of ordinary length"),
    ("Expected '=' after a key", 'the sign "=" is missing after a key', "write key = value"),
    ("Expected newline", "there is more on the line than one value", "put text in quotes, and each key on a line of its own"),
    ("Invalid value", "a value cannot be read", "put text in quotes; write numbers, dates, true and false without them"),
    ("Invalid statement", "a line is neither a key nor a table", "write key = value or [table]"),
    ("Unterminated string", "a text has no closing quote", "close the quotes"),
    ("Illegal character '\\n'", "a text has no closing quote", "close the quotes on the same line"),
    ("Found invalid character '\\n'", "a text has no closing quote", "close the quotes on the same line"),
    ('Expected "\'"', "a text has no closing quote", "close the quotes on the same line"),
    ("Illegal character", "a text holds a character that cannot be seen", "remove it"),
    ("Found invalid character", "there is a character that cannot be seen", "remove it"),
    ("Unescaped", "a text holds a lone backslash", "write \\\\ for one backslash"),
    ("Unclosed", "a list or table is not closed", "add the closing bracket"),
    ("Expected ']", "a heading is not closed", "write [table]"),
)


def _syntax_problem(message: str, text: str, *, where: str, kind: str) -> InputProblem:
    """The parser's message with its line, the line itself and how to mend it."""
    place = _PLACE.search(message)
    message = message[: place.start()] if place else message
    as_it_is = (message[:160], "correct that line; the bundled scenarios are examples")
    words, mend = next(((words, mend) for start, words, mend in _IN_WORDS if message.startswith(start)), as_it_is)
    line = None
    if number_of_many_digits := _MANY_DIGITS.search(text) if message.startswith("Exceeds the limit") else None:
        where = f"{where}, line {text.count(chr(10), 0, number_of_many_digits.start()) + 1}"
        line = number_of_many_digits[0][:80]
    elif place and place[1]:
        where = f"{where}, line {place[1]}"
        line = text.split("\n", int(place[1]))[int(place[1]) - 1].strip() or None
    elif place:
        where = f"{where}, at its end"
    if line and message.startswith("Expected newline") and _LIKE_A_DATE.search(line):
        words, mend = "there is no such date or time", "write a day that exists with all its digits, for example 2022-03-07"
    return InputProblem(f"the {kind} is not valid TOML ({words})", where=where, value=line, mend=mend)
