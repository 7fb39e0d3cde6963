"""Files that are no scenario: each is answered with one clear message, before it can make the parser slow or overflow."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sufficiency.domain.files import LARGEST_FILE, read_text
from sufficiency.domain.problem import InputProblem
from sufficiency.scenario import files
from sufficiency.scenario.files import parse_toml
from sufficiency.scenario.library import load, parsed
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.shape import DEEPEST_NESTING, check_shape

ProblemOf = Callable[..., InputProblem]
ProblemIn = Callable[[str | bytes], InputProblem]


# --- the file itself


def test_a_missing_file_and_a_missing_folder(problem_of: ProblemOf, tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path / "nowhere" / "none.toml"):
        problem = problem_of(load, str(path))
        assert problem.what == "no scenario was found"
        assert problem.where == str(path)


def test_a_folder_named_like_a_file(problem_of: ProblemOf, tmp_path: Path) -> None:
    (tmp_path / "x.toml").mkdir()
    assert problem_of(load, str(tmp_path / "x.toml")).what == "the scenario is a folder"


def test_a_link_that_leads_round_or_nowhere(problem_of: ProblemOf, tmp_path: Path) -> None:
    (tmp_path / "a.toml").symlink_to(tmp_path / "b.toml")
    (tmp_path / "b.toml").symlink_to(tmp_path / "a.toml")
    (tmp_path / "c.toml").symlink_to(tmp_path / "nowhere")
    for name in ("a.toml", "c.toml"):
        problem = problem_of(load, str(tmp_path / name))
        assert problem.what.startswith(("no scenario was found", "the scenario cannot be read"))


def test_a_pipe_is_not_waited_for(problem_of: ProblemOf, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    assert problem_of(load, str(tmp_path / "pipe.toml")).what == "the scenario is not an ordinary file"


def test_a_device_is_not_read(problem_of: ProblemOf) -> None:
    assert problem_of(read_text, Path("/dev/zero"), kind="scenario").what == "the scenario is not an ordinary file"


def test_an_unreadable_file(problem_of: ProblemOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.toml"
    path.write_text("x = 1")

    def refused(*_args: Any, **_kwargs: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)  # chmod does not stop root
    problem = problem_of(read_text, path, kind="scenario")
    assert problem.what == "the scenario cannot be read (Permission denied)"
    assert "permissions" in problem.mend


@pytest.mark.parametrize(
    "content", [b"", b"  \n\t\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n"], ids=["empty", "space", "mark", "both"]
)
def test_an_empty_file(problem_of: ProblemOf, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    assert problem_of(load, str(path)).what == "the scenario is empty"


def test_a_byte_order_mark_is_dropped(bristol: Scenario, bristol_text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(bristol_text, encoding="utf-8-sig")
    assert load(str(path)) == bristol
    assert parsed("\ufeff" + bristol_text, where="x") == bristol


def test_windows_line_ends_are_read(bristol: Scenario, bristol_text: str) -> None:
    assert parsed(bristol_text.replace("\n", "\r\n"), where="x") == bristol


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "cp1252"])
def test_other_encodings_are_named_with_their_line(problem_in_text: ProblemIn, bristol_text: str, encoding: str) -> None:
    problem = problem_in_text(bristol_text.replace("Bristol", "£ristol").encode(encoding, errors="replace"))
    assert problem.what == "the scenario is not UTF-8 text"
    assert problem.where == "mine.toml, line 1"
    assert "UTF-8" in problem.mend


def test_a_nul_byte_is_named_with_its_line(problem_in_text: ProblemIn) -> None:
    problem = problem_in_text(b'a = 1\nb = "\0"\n')
    assert (problem.what, problem.where) == ("the scenario holds NUL bytes", "mine.toml, line 2")


def test_a_file_too_large_is_not_read_whole(problem_of: ProblemOf, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    with path.open("wb") as file:
        file.truncate(10**9)  # sparse
    problem = problem_of(load, str(path))
    assert problem.what == "the scenario is too large"
    assert f"{LARGEST_FILE:,}" in problem.allowed


# --- its shape: refused before the parser sees it

DEEP = 5000
SHAPES = {
    "arrays": "a = " + "[" * DEEP,
    "arrays closed": "a = " + "[" * DEEP + "]" * DEEP,
    "arrays over lines": "a = [\n" + "[\n" * DEEP,
    "inline tables": "a = " + "{ a = " * DEEP,
    "inline tables over lines": "a = [\n" + "{ a = [\n" * DEEP,
    "headers of brackets": "[" * DEEP,
    "header": "[" + "a." * DEEP + "a]",
    "array header": "[[" + "a." * DEEP + "a]]",
    "key": "a." * DEEP + "a = 1",
    "key with spaces": "a . " * DEEP + "a = 1",
    "quoted key": '"a".' * DEEP + '"a" = 1',
    "literal key": "'a'." * DEEP + "'a' = 1",
    "quoted header": "[" + '"a".' * DEEP + '"a"]',
    "key within an inline table": "x = { " + "a." * DEEP + "b = 1 }",
    "key within an array over lines": "x = [\n{ b = 1 },\n{ " + "a." * DEEP + "b = 1 }\n]",
    "key after a text over lines": 'x = """\n[[[ a.b\n"""\n' + "a." * DEEP + "b = 1",
    "key after a comment": "x = 1 # don't [\n" + "a." * DEEP + "b = 1",
    "array after an escaped quote": 'x = "\\""\ny = ' + "[" * DEEP,
    "array after a literal backslash": "x = 'C:\\'\ny = " + "[" * DEEP,
    "200 KB of one header": "[" + "a." * (100 * 1024) + "a]",
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_what_is_nested_too_deeply_never_reaches_the_parser(
    problem_in_text: ProblemIn, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreached(_text: str) -> None:
        raise AssertionError("the parser was reached")

    monkeypatch.setattr(files.tomllib, "loads", unreached)
    problem = problem_in_text(text)
    assert problem.what in ("the scenario is nested too deeply", "a key of the scenario has too many parts")
    assert problem.where.startswith("mine.toml, line ")
    assert str(DEEPEST_NESTING) in problem.allowed


def test_the_line_that_is_too_deep_is_named(problem_in_text: ProblemIn) -> None:
    assert problem_in_text("a = 1\n\n# comment\n" + "b." * 50 + "c = 1").where == "mine.toml, line 4"
    assert problem_in_text('a = """\n\n"""\nb = ' + "[" * 50).where == "mine.toml, line 4"


LEGITIMATE = {
    "a long inline table": "a = { " + ", ".join(f"key{i} = {i}.5" for i in range(5000)) + " }",
    "a table of tables": "a = { " + ", ".join(f"k{i} = {{ a = 1.5, b = 2.5 }}" for i in range(2000)) + " }",
    "a long list": "a = [" + "1.25, " * 20_000 + "]",
    "a list over lines": "a = [\n" + '  "x.y.z", # [[[ and "quotes\n' * 2000 + "]",
    "a text full of dots and brackets": 'a = "' + "[.{" * 5000 + '"',
    "a literal text full of them": "a = '" + '[.{"' * 5000 + "'",
    "a text over lines full of them": 'a = """\n' + '[.{ "" \\" \n' * 5000 + '"""\nb = 1',
    "a literal text over lines": "a = '''\n" + "[.{ '' \\ \n" * 5000 + "'''\nb = 1",
    "texts that end in quotes": 'a = """x""""\nb = """x"""""\nc = 1',
    "a comment full of them": "# " + "[.{'\"" * 5000 + "\na = 1",
    "a long name": "a" * 5000 + " = 1",
    "many tables": "".join(f"[a.b.t{i}]\nx = 1.5\n" for i in range(2000)),
}


@pytest.mark.parametrize("text", LEGITIMATE.values(), ids=LEGITIMATE.keys())
def test_what_is_long_but_not_deep_is_read(text: str) -> None:
    assert parse_toml(text, where="x", kind="scenario") == tomllib.loads(text)


def test_a_distance_table_of_40_areas_is_read() -> None:
    areas = [f"planning-area-number-{i}" for i in range(40)]
    row = "{ " + ", ".join(f"{area} = 12.5" for area in areas) + " }"
    text = "value = { " + ", ".join(f"{area} = {row}" for area in areas) + " }"
    assert len(parse_toml(text, where="x", kind="scenario")["value"]) == 40


@pytest.mark.parametrize(
    "text",
    ['a = "' + "x" * 100_000, "a = '''" + "x'" * 50_000, 'a = """' + '\\"""' * 50_000, "a = '" * 20_000, '"' * 100_001],
)
def test_an_unclosed_text_is_looked_through_once(problem_in_text: ProblemIn, text: str) -> None:
    check_shape(text, where="x", kind="scenario")
    assert problem_in_text(text).what.startswith("the scenario is not valid TOML")


# --- its syntax

SYNTAX = [
    # text, words of the message, line
    ("a = 1\nb = \n", "a value cannot be read", 2),
    ("a = 1\na = 2\n", "a key is given twice", 2),
    ("[t]\na = 1\n[t]\n", "a table is given twice", 3),
    ("a = { b = 1, b = 2 }", "a key is given twice", 1),
    ("a.b = 1\n[a]\nc = 1", "a table is given twice", 2),
    ("a = hello", "a value cannot be read", 1),
    ("a = True", "a value cannot be read", 1),
    ("a = 1 2", "more on the line than one value", 1),
    ("start = 2022-02-30", "there is no such date", 1),
    ("start = 2022-13-01", "there is no such date", 1),
    ("\n\nstart = 2022-00-10", "there is no such date", 3),
    ('a = "unclosed\nb = 1', "no closing quote", 1),
    ("a = 'unclosed\nb = 1", "no closing quote", None),
    ("a = 'unclosed\nb = 'x'", "no closing quote", 1),
    ("start = 2022-3-7", "there is no such date", 1),
    ("a = [1, 2\n", "not closed", None),
    ("a = { b = 1", "not closed", None),
    ("[a\nb = 1", "a heading is not closed", 1),
    ("justaword", '"=" is missing', None),
    ('a = "C:\\data"', "lone backslash", 1),
    ("a = 1\n!!", "neither a key nor a table", 2),
    ("a = 1\nb = " + "9" * 5000, "too many digits", 2),
    ('a = "\x01"', "cannot be seen", 1),
    ("a = 01", "", 1),
    ("a = 1\rb = 2", "", 1),
    ("= 1", "", 1),
]


@pytest.mark.parametrize(("text", "words", "line"), SYNTAX, ids=[text[:14] for text, _, _ in SYNTAX])
def test_bad_syntax_is_named_with_its_line(problem_in_text: ProblemIn, text: str, words: str, line: int | None) -> None:
    problem = problem_in_text(text)
    assert problem.what.startswith("the scenario is not valid TOML (")
    assert words.lower() in problem.what.lower()
    assert problem.where == (f"mine.toml, line {line}" if line else "mine.toml, at its end")
    assert problem.mend
