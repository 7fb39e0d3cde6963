"""The server as it runs: its headers on every kind of answer, whom it refuses, and that browsers obey.

That no page asks anything of another machine or breaks the policy is checked in every journey: see conftest.
"""

from __future__ import annotations

import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from sufficiency.ui.headers import security_headers

from .conftest import free_port, running
from .steps import saved_anew

ANSWERS = {
    "the page": ("GET", "/", 200),
    "a page by its name": ("GET", "/money", 200),
    "health": ("GET", "/_stcore/health", 200),
    "settings for the browser": ("GET", "/_stcore/host-config", 200),
    "a script": ("GET", "", 200),
    "a file that is not there": ("GET", "/static/media/none.woff2", 200),
    "a picture that is not there": ("GET", "/media/none.png", 404),
    "an upload without a token": ("PUT", "/_stcore/upload_file/none/none", 403),
    "the interface for programs, which is off": ("POST", "/_stcore/agent/interact", 403),
    "a way out of the folder": ("GET", "//elsewhere/..%2f..%2fetc/passwd", 400),
}


def asked(address: str, method: str, path: str, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
    connection.request(method, path, headers=headers or {})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def script_of(address: str) -> str:
    """The path of the start page's own script."""
    import urllib.request

    with urllib.request.urlopen(address) as page:  # noqa: S310 - our own address
        text = page.read().decode()
    return "/static/js/" + text.split('src="./static/js/')[1].split('"')[0]


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_kind_of_answer_has_the_headers(address: str, kind: str) -> None:
    method, path, status = ANSWERS[kind]
    answer = asked(address, method, path or script_of(address))
    for name, value in security_headers():
        assert answer.headers.get_all(name.decode()) == [value.decode()], name
    assert answer.status == status


HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("", "", 101),
        ("", "http://elsewhere.example", 403),
        ("elsewhere.example", "http://elsewhere.example", 403),  # a name of another site, pointed at this machine
    ],
)
def test_a_session_is_given_to_our_own_pages_only(address: str, host: str, origin: str, status: int) -> None:
    headers = HANDSHAKE | {"Host": host or urlsplit(address).netloc, "Origin": origin or address}
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
    connection.request("GET", "/_stcore/stream", headers=headers)
    assert connection.getresponse().status == status
    connection.close()


def test_another_site_is_told_nothing(address: str) -> None:
    answer = asked(address, "GET", "/_stcore/host-config", {"Origin": "http://elsewhere.example"})
    assert answer.status == 403
    assert answer.headers["access-control-allow-origin"] is None


FORBIDDEN = """() => new Promise(resolve => {
  const inline = document.createElement('script'); inline.textContent = 'window.inlineRan = true'; document.head.append(inline);
  setTimeout(async () => {
    let compiled; try { compiled = new Function('return 1')() } catch (error) { compiled = error.name }
    const asked = await fetch('https://elsewhere.example/').then(() => 'asked', error => error.name);
    resolve([window.inlineRan ?? 'not run', compiled, asked]);
  });
})"""


def test_what_the_policy_forbids_does_not_happen(browser: Browser, address: str) -> None:
    context = browser.new_context()
    try:
        page = context.new_page()
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text))
        page.goto(address)
        assert page.evaluate(FORBIDDEN) == ["not run", "EvalError", "TypeError"]
        assert any("elsewhere.example" in text and "Content Security Policy" in text for text in refused)
    finally:
        context.close()


def test_a_server_that_was_killed_finds_what_was_saved_and_its_runs_again(page: Page, repo: Path, tmp_path: Path) -> None:
    port = free_port()
    with running(repo, tmp_path, port, SUFFICIENCY_FUTURES="4") as first:
        saved_anew(page, first.address, "Before the end", "14")
        page.get_by_role("button", name="Run with the new inputs").click()
        page.get_by_text("Done.", exact=True).wait_for()
        answer = said(page)
        first.process.kill()
    # A file that is written anew is another one, by its inode.
    runs = {path: path.stat().st_ino for path in (tmp_path / "runs").rglob("*") if path.is_file()}
    assert runs
    with running(repo, tmp_path, port, SUFFICIENCY_FUTURES="4") as second:
        page.goto(f"{second.address}/scenarios?view=saved")
        row = page.get_by_role("table", name="Saved scenarios").get_by_role("row").filter(has_text="Before the end")
        expect(row).to_contain_text("there, 4 futures")
        page.locator(".st-key-open-saved button").click()
        page.get_by_text("Done.", exact=True).wait_for()
        assert said(page) == answer
        expect(page.get_by_role("spinbutton", name="Growth of requests")).to_have_value("14.0")
        later = {path: path.stat().st_ino for path in (tmp_path / "runs").rglob("*") if path.is_file()}
    assert later == runs, "what was finished before was simulated again"


def said(page: Page) -> str:
    """The answer of the scenario on the page."""
    return page.get_by_text("By the January census of 2024/25 the council needs").inner_text()
