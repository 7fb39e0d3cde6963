"""The one error for people: one line, whatever it has to show."""

from __future__ import annotations

import datetime as dt
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sufficiency.domain.problem import Finding, InputProblem, nearest, shown, suggestion


class Unfriendly:
    """An object that fails when asked for its text, and cannot be pickled."""

    def __repr__(self) -> str:
        raise RuntimeError("no text")

    def __reduce__(self) -> str:
        raise TypeError("no pickle")


def deep_list(depth: int) -> list[object]:
    nested: list[object] = []
    for _ in range(depth):
        nested = [nested]
    return nested


STRANGE = [
    "a\nb\tc\x00d\x1b[31m\u202ee",
    "x" * 1_000_000,
    "\ud800",
    10**6000,
    -(10**6000),
    float("nan"),
    float("inf"),
    b"\xff\n",
    deep_list(5000),
    {"a": 1},
    Unfriendly(),
    [Unfriendly()],
    object(),
    dt.date(2022, 1, 3),
    True,
    "",
    0,
]


@pytest.mark.parametrize("value", STRANGE, ids=lambda v: type(v).__name__)
def test_any_value_is_shown_on_one_short_line_and_survives_pickling(value: object) -> None:
    problem = InputProblem("it is wrong", where="a\nfile", value=value, allowed="this\r\nthat", mend="do\x00it", field="a.b")
    text = str(problem)
    assert text.isprintable()
    assert len(text) < 300
    assert len(shown(value)) <= 80
    again = pickle.loads(pickle.dumps(problem))  # noqa: S301 (our own bytes)
    assert str(again) == text
    assert (again.what, again.where, again.field) == (problem.what, problem.where, "a.b")


def test_the_line_says_what_where_value_allowed_and_mend() -> None:
    problem = InputProblem("the share is out of range.", where="x.toml, demand", value=1.5, allowed="0 to 1.", mend="lower it")
    assert str(problem) == "the share is out of range in x.toml, demand: found 1.5. Allowed: 0 to 1. To mend it: lower it."


def test_a_question_ends_as_one_and_the_count_of_others_follows() -> None:
    problem = InputProblem("unknown key", value="grwth", mend='did you mean "growth"?', more=2)
    assert str(problem) == (
        'unknown key: found "grwth". To mend it: did you mean "growth"? There are 2 more to mend in the same place.'
    )
    problem.more = 1
    assert str(problem).endswith("There is 1 more to mend in the same place.")


def test_values_read_as_they_are_written_in_a_file() -> None:
    assert shown(True) == "true"
    assert shown(dt.date(2022, 1, 3)) == "2022-01-03"
    assert shown("x") == '"x"'
    assert shown(0.1) == "0.1"
    assert shown({"a": 1}) == "a table"


@given(st.text(), st.text(), st.text(), st.text(), st.text())
def test_any_text_gives_one_printable_line(what: str, where: str, value: str, allowed: str, mend: str) -> None:
    assert str(InputProblem(what, where=where, value=value, allowed=allowed, mend=mend)).isprintable()


def test_nearest_minds_neither_case_nor_length() -> None:
    known = ["mainstream", "resourced", "special", "ASD"]
    assert nearest("Speciall", known) == "special"
    assert nearest("asd", known) == "ASD"
    assert nearest("zzzz", known) is None
    assert nearest("special" * 100_000, known) in (None, "special")
    assert suggestion("speciel", known, "use one") == 'did you mean "special"?'
    assert suggestion("zzzz", known, "use one") == "use one"


def test_a_finding_becomes_a_problem_with_its_file_and_field() -> None:
    problem = Finding("the shares do not sum to 1", at="value", value=0.5).problem(where="x.toml", under="demand.by_need")
    assert problem.field == "demand.by_need.value"
    assert str(problem) == "the shares do not sum to 1 in x.toml, demand.by_need.value: found 0.5."
    assert str(Finding("the shares do not sum to 1", value=0.5)) == "the shares do not sum to 1: found 0.5."
