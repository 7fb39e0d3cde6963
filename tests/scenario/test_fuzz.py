"""Whatever is done to a scenario's text, it either loads or is answered with a clear message."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.eoi_list import parse_eois
from sufficiency.scenario.library import folder, parsed, validated
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.writing import to_toml

TEXT = (folder() / "bristol-2022.toml").read_text("utf-8")
SCENARIO = parsed(TEXT, where="x")
LINES = TEXT.splitlines()
BIDS = (folder() / "bristol-eois.csv").read_text("utf-8").splitlines()[:4]
VALUES = st.sampled_from(
    [
        "0",
        "-1",
        "1.5",
        "1e400",
        "nan",
        "true",
        '"x"',
        '""',
        "2022-02-30",
        "2022-01-01",
        "2022-01-01T00:00:00",
        "[]",
        "{}",
        "[[]]",
        "'",
        '"',
        "=",
        "[",
        "}",
        "#",
        "0x10",
        "\\u0000",
        "{a=1}",
        "1979-05-27T07:32:00Z",
        "{value=1}",
        "",
        "9" * 400,
    ]
) | st.text(max_size=8)


def answered(text: str) -> Scenario | InputProblem:
    try:
        return parsed(text, where="mine.toml")
    except InputProblem as problem:
        line = str(problem)
        assert line.isprintable()
        assert len(line) < 1500
        return problem


@settings(max_examples=120)
@given(st.integers(0, len(LINES) - 1), st.integers(1, 4))
def test_lines_left_out(first: int, count: int) -> None:
    answered("\n".join(LINES[:first] + LINES[first + count :]))


@settings(max_examples=200)
@given(st.integers(0, len(LINES) - 1), VALUES)
def test_a_value_replaced(line: int, value: str) -> None:
    key, equals, _ = LINES[line].partition(" = ")
    changed = f"{key}{equals}{value}" if equals else value
    answered("\n".join([*LINES[:line], changed, *LINES[line + 1 :]]))


@settings(max_examples=100)
@given(st.integers(0, len(TEXT) - 1), st.integers(0, 3), st.text(max_size=4))
def test_characters_replaced(position: int, count: int, characters: str) -> None:
    answered(TEXT[:position] + characters + TEXT[position + count :])


@settings(max_examples=60)
@given(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1))
def test_lines_exchanged(one: int, other: int) -> None:
    lines = list(LINES)
    lines[one], lines[other] = lines[other], lines[one]
    loaded = answered("\n".join(lines))
    if isinstance(loaded, Scenario):
        assert parsed(to_toml(loaded), where="again").digest == loaded.digest


@settings(max_examples=150)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_anything_at_all(content: bytes | str) -> None:
    try:
        parsed(content, where="mine.toml")
    except InputProblem as problem:
        assert str(problem).isprintable()


keys = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["value", "name"])
trees: st.SearchStrategy[Any] = st.recursive(
    keys | st.dates() | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
)


@settings(max_examples=150)
@given(st.sampled_from(["", "demand", "demand.growth", "demand.growth.value", "supply", "areas", "money.other_lines"]), trees)
def test_any_tree_of_values(path: str, tree: Any) -> None:
    data: Any = SCENARIO.model_dump(exclude_none=True) if path else tree
    if path:
        *parents, last = path.split(".")
        node = data
        for part in parents:
            node = node[part]
        node[last] = tree
    try:
        validated(data, where="mine.toml")
    except InputProblem as problem:
        assert str(problem).isprintable()


@settings(max_examples=250)
@given(st.integers(0, sum(map(len, BIDS))), st.integers(0, 12), st.text(alphabet=st.characters(codec="utf-8"), max_size=6))
def test_a_list_of_bids_with_characters_replaced(position: int, count: int, characters: str) -> None:
    text = "\n".join(BIDS)
    changed = text[:position] + characters + text[position + count :]
    try:
        parse_eois(changed, where="bids.csv", areas=("north", "east-central", "south"))
    except InputProblem as problem:
        assert str(problem).isprintable()
        assert "bids.csv" in problem.where
