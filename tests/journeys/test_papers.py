"""A committee's paper from the app: made, downloaded, opened in a browser; and its web page holds WCAG 2.2 A and AA."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from sufficiency.report.papers.files import FILES

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
pytestmark = pytest.mark.journey
MINUTES = 5 * 60_000


def test_a_report_is_made_by_keyboard_and_read(
    page: Page, browser: Browser, address: str, tmp_path: Path, pictures: Path
) -> None:
    page.goto(f"{address}/papers")
    make = page.get_by_role("button", name="Make the papers")
    make.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your papers")).to_be_visible(timeout=MINUTES)
    saved = []
    for kind, names in (("Report for a committee", FILES[:3]), ("Invitation to bid", FILES[3:])):
        page.get_by_role("radio", name=kind).check(force=True)
        for name in names:
            button = page.get_by_role("button", name=name)
            expect(button).to_be_visible()
            with page.expect_download() as download:
                button.click()
            download.value.save_as(tmp_path / name)
            saved.append(tmp_path / name)
    assert all(path.stat().st_size > 10_000 for path in saved)
    page.screenshot(path=pictures / "papers.png", full_page=True)
    for name in ("report.html", "invitation.html"):
        _read(browser, tmp_path / name, pictures)


def _read(browser: Browser, path: Path, pictures: Path) -> None:
    """The page from a file: no request but its own, no violation, no sideways scrolling at 320 pixels, all pictures drawn."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, java_script_enabled=True)
    try:
        opened = context.new_page()
        asked: list[str] = []
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(path.as_uri())
        assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
        drawn = opened.evaluate("() => [...document.images].map(each => each.complete && each.naturalWidth > 300)")
        assert all(drawn)
        assert len(drawn) == (7 if path.name == "report.html" else 0)
        options: Any = {"runOnly": {"type": "tag", "values": TAGS}}
        response = Axe().run(opened, options=options).response
        assert len(response["passes"]) > 10
        assert [violation["id"] for violation in response["violations"]] == []
        opened.screenshot(path=pictures / f"{path.stem}-page.png", full_page=False)
        opened.set_viewport_size({"width": 320, "height": 700})
        assert opened.evaluate("() => document.documentElement.scrollWidth") <= 320
    finally:
        context.close()
