"""The shape of a TOML text, looked at before it is parsed.

The standard parser takes minutes over keys of thousands of parts and overflows on brackets nested as deep. One pass over the
text counts both, with strings and comments left out; how long a line or a name is does not matter to the parser.
"""

from __future__ import annotations

import re

from sufficiency.domain.problem import InputProblem

DEEPEST_NESTING = 12

_SPECIAL = re.compile(r"""["'#\[\]{}.,=\n]""")
# Possessive (*+), so that an unclosed string costs one pass and no more.
_STRINGS = {
    '"""': re.compile(r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*+"""'),
    "'''": re.compile(r"'''(?:[^']|'(?!''))*+'''"),
    '"': re.compile(r'"(?:[^"\\\n]|\\[^\n])*+"'),
    "'": re.compile(r"'[^'\n]*+'"),
}


def check_shape(text: str, *, where: str, kind: str) -> None:
    """Raise InputProblem where brackets are nested, or a dotted key has parts, beyond :data:`DEEPEST_NESTING`.

    Text that is not TOML is passed over from the first place at which the parser is bound to stop.
    """
    depth, parts, position = 0, 1, 0
    while found := _SPECIAL.search(text, position):
        character, position = found.group(), found.end()
        if character == "#":
            position = text.find("\n", position)
            if position < 0:
                return
        elif character in "\"'":
            string = _STRINGS[_quotes(text, found.start())].match(text, found.start())
            if string is None:
                return
            position = string.end()
        elif character == ".":
            parts += 1
            if parts > DEEPEST_NESTING:
                _refuse(f"a key of the {kind} has too many parts", f"{DEEPEST_NESTING} parts", text, position, where)
        else:
            parts = 1
            if character in "[{":
                depth += 1
                if depth > DEEPEST_NESTING:
                    _refuse(f"the {kind} is nested too deeply", f"{DEEPEST_NESTING} levels of brackets", text, position, where)
            elif character in "]}":
                depth = max(0, depth - 1)


def _quotes(text: str, start: int) -> str:
    """The quotes that open the string at ``start``: three of a kind open one that may run over lines."""
    three = text[start : start + 3]
    return three if three in _STRINGS else text[start]


def _refuse(what: str, allowed: str, text: str, position: int, where: str) -> None:
    line = text.count("\n", 0, position) + 1
    start = text.rfind("\n", 0, position) + 1
    raise InputProblem(
        what,
        where=f"{where}, line {line}",
        value=text[start : start + 80],
        allowed=f"at most {allowed}",
        mend="write it as tables of its own, as in the bundled scenarios",
    )
