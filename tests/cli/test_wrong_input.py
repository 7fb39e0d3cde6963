"""A person's mistake is one line on the error stream and exit code 2, before anything is simulated or written."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sufficiency.scenario.library import folder

pytestmark = pytest.mark.integration
Call = Callable[..., subprocess.CompletedProcess[str]]


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """The command exits with 2 and one line that names each of ``words``."""
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize("command", ["run", "shortlist", "dsg"])
@pytest.mark.parametrize(
    ("name", "words"),
    [("bristol-2023", ("bristol-2022",)), ("no/such.toml", ("no/such.toml",)), ("", ("name",)), ("high-growth", ("override",))],
)
def test_a_scenario_that_is_not_there(call: Call, tmp_path: Path, command: str, name: str, words: tuple[str, ...]) -> None:
    refused(call(command, name, "--out", str(tmp_path)), *words)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ("empty",)),
        (b"\xff\xfe\x00", ("UTF-8",)),
        (b"a = [", ("TOML",)),
        (b"a = " + b"[" * 5000 + b"]" * 5000, ("deep",)),
        (b".".join([b"a"] * 5000) + b" = 1", ()),
        (b"[" + b".".join([b"a"] * 5000) + b"]", ()),
    ],
)
def test_a_file_that_is_no_scenario(call: Call, tmp_path: Path, content: bytes, words: tuple[str, ...]) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    refused(call("plan", str(path)), "mine.toml", *words)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("value = 850\n", "value = -5\n", ("demand.requests_in_base_year", "-5")),
        ("value = 850\n", 'value = "many"\n', ("demand.requests_in_base_year", "many")),
        ("start = 2022-01-03", 'start = "2022-01-03"', ("start", "quotes")),
        ("start = 2022-01-03", "start = 2022-02-30", ()),
        ("horizon = 2029-08-31", "horizon = 2021-08-31", ("horizon",)),
        ("[demand.growth]", "[demand.grwth]", ("grwth", "growth")),
    ],
)
def test_a_figure_that_cannot_be(call: Call, tmp_path: Path, old: str, new: str, words: tuple[str, ...]) -> None:
    text = (folder() / "bristol-2022.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    refused(call("run", str(path), "--out", str(tmp_path / "out")), "mine.toml", *words)


def test_a_list_of_bids_with_an_id_twice(call: Call, tmp_path: Path) -> None:
    lines = (folder() / "bristol-eois.csv").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "bids.csv"
    path.write_text("\n".join([*lines, lines[1]]), encoding="utf-8")
    refused(call("shortlist", "bristol-2022", "--eois", str(path), "--out", str(tmp_path / "out")), "bids.csv", "E01")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--futures", "0"), ("0", "1 to 10,000")),
        (("--seed", "-1"), ("-1",)),
        (("--jobs", "0"), ("0",)),
        (("--override", "hihg-growth"), ("high-growth",)),
    ],
)
def test_an_option_out_of_range(call: Call, tmp_path: Path, options: tuple[str, ...], words: tuple[str, ...]) -> None:
    refused(call("run", "bristol-2022", "--out", str(tmp_path), *options), *words)


def test_results_where_a_file_is(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "taken"
    path.write_text("mine", encoding="utf-8")
    refused(call("run", "bristol-2022", "--out", str(path)), "taken")
    assert path.read_text(encoding="utf-8") == "mine"


def test_one_scenario_cannot_be_compared(call: Call, tmp_path: Path) -> None:
    refused(call("compare", "bristol-2022", "--out", str(tmp_path)), "two or more")


def test_baselines_of_other_years_cannot_be_compared(call: Call, tmp_path: Path) -> None:
    done = call("compare", "bristol-2022", "bristol-2025", "--jobs", "1", "--out", str(tmp_path))
    refused(done, "start and horizon")


def test_a_port_that_is_taken(call: Call) -> None:
    import socket

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        refused(call("app", "--no-browser", "--port", str(held.getsockname()[1])), "port is taken")


def test_a_defect_is_named_without_a_traceback(call: Call, tmp_path: Path) -> None:
    broken = tmp_path / "sitecustomize.py"
    broken.write_text(
        "import sufficiency.scenario.library as l\ndef load(*a, **k): raise RuntimeError('boom')\nl.load = load\n",
        encoding="utf-8",
    )
    done = call("assumptions", "bristol-2022", PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert "defect" in done.stderr
    assert "boom" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("dsg", "bristol-2022", "--category", "independant"), ("--category", '"independent"?')),
        (("sensitivity", "bristol-2022", "--global", "--samples", "100"), ("--samples", "power of two")),
        (("invest", "bristol-2022", "--optimism", "green"), ("--optimism", "standard")),
    ],
)
def test_a_question_about_money_that_cannot_be_asked(
    call: Call, tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    refused(call(*arguments, "--out", str(tmp_path)), *words)
    assert not list(tmp_path.iterdir())
