"""The real app on a free port, and a browser that may speak to this machine only."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    # Else each window prepares the list under an address bar that nobody sees: a second of computing. This list takes the place
    # of Playwright's own, so that what would ask something of other machines is named again.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,MediaRouter,NetworkTimeServiceQuerying,OptimizationHints",
    # Room for what pages throw away: less time goes into clearing up.
    "--js-flags=--min-semi-space-size=32",
)  # fmt: skip
FUTURES = 8
START_SECONDS = 60
PATIENCE = 90_000
"""Milliseconds a browser waits for something to appear."""
expect.set_options(timeout=PATIENCE)
HERE = ("localhost", "127.0.0.1")


class App(NamedTuple):
    """The app as it runs."""

    address: str
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Where finished runs are kept: one folder for all processes of this session, because a run is the same whoever made it."""
    own = tmp_path_factory.getbasetemp()
    return (own if worker_id == "master" else own.parent) / "runs"


@pytest.fixture(scope="session")
def app(repo: Path, tmp_path_factory: pytest.TempPathFactory, runs: Path) -> Iterator[App]:
    """The running app, with few futures. A journey may find in it what others simulated."""
    with running(repo, tmp_path_factory.mktemp("app"), free_port(), SUFFICIENCY_RUNS=str(runs)) as found:
        yield found


@pytest.fixture(scope="session")
def address(app: App) -> str:
    """The address of the running app."""
    return app.address


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running(repo: Path, folder: Path, port: int, **settings: str) -> Iterator[App]:
    """The app on a port, with its log, runs and workspace in ``folder`` and further settings in its environment."""
    log = folder / "app.log"
    folders = {f"SUFFICIENCY_{name.upper()}": str(folder / name) for name in ("runs", "workspace")}
    environment = os.environ | folders | {"SUFFICIENCY_FUTURES": str(FUTURES)} | settings
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with log.open("w") as out:
        app = subprocess.Popen(command, cwd=repo, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        _wait_for(f"http://localhost:{port}/_stcore/health", app, log)
        yield App(f"http://localhost:{port}", app)
    finally:
        app.terminate()
        try:
            app.wait(20)
        except subprocess.TimeoutExpired:
            app.kill()
            app.wait(20)


def _wait_for(url: str, app: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if app.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the app did not start:\n{log.read_text()[-3000:]}", pytrace=False)


@pytest.fixture(scope="session")
def browser(chromium_path: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(chromium_path), args=list(FLAGS))
        yield chromium
        chromium.close()


@contextmanager
def _watched(browser: Browser) -> Iterator[Page]:
    """A page of a new session; fails at its end if it asked anything of another machine or did what the policy forbids."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, accept_downloads=True, color_scheme="light")
    asked: list[str] = []
    wrong: list[str] = []
    found = context.new_page()
    found.set_default_timeout(PATIENCE)
    found.on("request", lambda request: asked.append(request.url))
    found.on("websocket", lambda websocket: asked.append(websocket.url))
    found.on("pageerror", lambda error: wrong.append(str(error)))
    found.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    try:
        yield found
    finally:
        context.close()
    elsewhere = [url for url in asked if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname not in HERE]
    assert not elsewhere, f"asked of another machine: {elsewhere}"
    assert not wrong, f"the browser refused or failed: {wrong}"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new session of the app."""
    with _watched(browser) as found:
        yield found


@pytest.fixture
def another_page(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Opens sessions of other people, in browsers that share nothing with the first."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(_watched(browser))


@pytest.fixture(scope="session")
def pictures(repo: Path) -> Path:
    """Where a picture of every page is kept (ignored by git)."""
    folder = repo / "test-results"
    folder.mkdir(exist_ok=True)
    return folder
