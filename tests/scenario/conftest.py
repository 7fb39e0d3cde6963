"""The bundled scenario to start from, and what every message to a planner must be."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.library import folder, load, parsed, validated
from sufficiency.scenario.scenario import Scenario

JARGON = re.compile(
    r"pydantic|Traceback|Input should|validation error|function-|\[key\]|NoneType|\bdict\b|dictionary|\btuple\b|\bint\b|\bfloat\b"
    r"|\bstr\b|\bbool\b|datetime|instance of|Value error|extra_forbidden|\^\[|\bregex\b|None\b|set_int_max"
)


def assert_clear(problem: InputProblem) -> None:
    """One line, of a length that is read, in words that a planner knows."""
    line = str(problem)
    assert line.isprintable()
    assert 10 < len(line) < 1500
    assert not JARGON.search(line), line
    assert "  " not in line
    assert ".." not in line.replace("...", "").replace("../", "").replace('".."', ""), line


@pytest.fixture(scope="session")
def bristol() -> Scenario:
    return load("bristol-2022")


@pytest.fixture(scope="session")
def bristol_text() -> str:
    return (folder() / "bristol-2022.toml").read_text("utf-8")


@pytest.fixture(scope="session")
def problem_of() -> Callable[..., InputProblem]:
    """Calls something that must raise an InputProblem, and nothing else, and gives it back after checking its words."""

    def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> InputProblem:
        with pytest.raises(InputProblem) as caught:
            function(*args, **kwargs)
        assert_clear(caught.value)
        return caught.value

    return call


@pytest.fixture(scope="session")
def problem_in_text(problem_of: Callable[..., InputProblem]) -> Callable[[str | bytes], InputProblem]:
    def call(text: str | bytes) -> InputProblem:
        return problem_of(parsed, text, where="mine.toml")

    return call


@pytest.fixture(scope="session")
def problem_with(problem_of: Callable[..., InputProblem], bristol_text: str) -> Callable[..., InputProblem]:
    """The problem of the bundled scenario with the entry at a dotted path set to a value (``...`` removes it)."""
    data = tomllib.loads(bristol_text)

    def call(path: str, value: Any) -> InputProblem:
        changed = copy.deepcopy(data)
        *parents, last = path.split(".")
        node = changed
        for part in parents:
            node = node[part]
        if value is ...:
            del node[last]
        else:
            node[last] = value
        return problem_of(validated, changed, where="mine.toml")

    return call
