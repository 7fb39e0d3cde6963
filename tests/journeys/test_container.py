"""The container file, without an engine: what it copies is there, and what it starts and asks works with its own settings."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import START_SECONDS, free_port
from .test_server import asked


@pytest.fixture(scope="module")
def lines(repo: Path) -> list[str]:
    """The instructions, each on one line."""
    text = (repo / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def command(line: str) -> list[str]:
    """A command as it stands in an instruction, run by the interpreter of the tests."""
    program, *arguments = json.loads(line[line.index("[") :])
    assert program == "python"
    return [sys.executable, *arguments]


def one(lines: list[str], instruction: str) -> str:
    [found] = [line for line in lines if line.startswith(f"{instruction} ")]
    return found


def test_what_is_copied_is_there_and_let_through(repo: Path, lines: list[str]) -> None:
    copied = {name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]}
    let_through = set(re.findall(r"^!(.+)$", (repo / ".dockerignore").read_text("utf-8"), re.M))
    assert all((repo / name).exists() for name in copied)
    assert copied == let_through - {".streamlit"}
    assert not any("secret" in name for name in copied)


def test_it_runs_as_nobody_special_from_a_base_without_an_address(lines: list[str]) -> None:
    user = one(lines, "USER").split()[1]
    assert "useradd --system --uid 10001" in one([line for line in lines if "useradd" in line], "RUN") and user == "sufficiency"
    base = one(lines, "ARG").split("=")[1]
    assert "/" not in base and one(lines, "FROM") == "FROM ${BASE}"
    volumes = json.loads(one(lines, "VOLUME").split(" ", 1)[1])
    settings = settings_of(lines)
    assert volumes == [settings["SUFFICIENCY_RUNS"], settings["SUFFICIENCY_WORKSPACE"]]


def settings_of(lines: list[str]) -> dict[str, str]:
    pairs = (line.removeprefix("ENV ").partition("=") for line in lines if line.startswith("ENV "))
    return {name: value for name, _, value in pairs}


@pytest.fixture
def started(repo: Path, lines: list[str], tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of the command, which runs with the file's settings: only its folders and its port are others."""
    here = {name: str(tmp_path / name) for name in ("HOME", "SUFFICIENCY_RUNS", "SUFFICIENCY_WORKSPACE")}
    port = {"STREAMLIT_SERVER_PORT": str(free_port())}
    environment = os.environ | settings_of(lines) | here | port
    check = command(one(lines, "HEALTHCHECK"))
    assert subprocess.run(check, env=environment, capture_output=True, timeout=30, check=False).returncode == 1
    app = subprocess.Popen(command(one(lines, "CMD")), cwd=repo, env=environment, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        end = time.monotonic() + START_SECONDS
        while subprocess.run(check, env=environment, capture_output=True, timeout=30, check=False).returncode:
            assert app.poll() is None and time.monotonic() < end, "the app in the container's settings did not become healthy"
            time.sleep(0.3)
        yield environment
    finally:
        app.terminate()
        app.wait(20)


def test_its_command_becomes_healthy_and_listens_beyond_loopback(started: dict[str, str]) -> None:
    port = int(started["STREAMLIT_SERVER_PORT"])
    listening = Path("/proc/net/tcp")
    if not listening.exists():
        pytest.skip("needs Linux")
    locals_ = {line.split()[1] for line in listening.read_text().splitlines()[1:] if line.split()[3] == "0A"}
    assert f"00000000:{port:04X}" in locals_
    # Secrets that are not there let nobody in: this leads back, with a message, not to a provider.
    answer = asked(f"http://127.0.0.1:{port}", "GET", "/oauth2callback?code=1&state=2")
    assert answer.headers["location"] == "/?sign-in=refused"
