"""axe finds no violation of WCAG 2.2 A and AA on any page, in either theme."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
SOON_DONE = 120_000
"""Milliseconds for what a page simulates by itself, on busy cores."""
PAGES = ("", "scenarios", "demand", "assessment", "places", "bids", "shortlist", "money", "papers", "evidence")


def violations(page: Page) -> list[str]:
    # What a running script has not drawn again is faint for a moment; that is no state a page stays in.
    page.wait_for_function("() => !document.querySelector('[data-testid=stStatusWidget], [data-stale=true]')")
    page.wait_for_timeout(400)
    options: Any = {"runOnly": {"type": "tag", "values": TAGS}}
    response = Axe().run(page, options=options).response
    assert len(response["passes"]) > 10, "axe looked at next to nothing"
    found = response["violations"]
    return [f"{v['id']} ({v['impact']}): {v['help']}: {[node['html'][:200] for node in v['nodes'][:3]]}" for v in found]


def opened(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/{name}")
    page.get_by_role("heading", name="What to look at before choosing" if name == "bids" else "What this rests on").wait_for()
    page.wait_for_function("() => !document.querySelector('[data-testid=stStatusWidget]')")
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=SOON_DONE)


@pytest.mark.parametrize("name", PAGES)
def test_no_violation(page: Page, address: str, name: str) -> None:
    opened(page, address, name)
    for summary in page.locator("[data-testid=stExpander] summary").all():
        if summary.locator("xpath=..").get_attribute("open") is None:
            summary.click()
    page.wait_for_timeout(500)
    assert violations(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_no_violation_in_the_dark_theme(browser: Browser, address: str, name: str) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 900}, color_scheme="dark")
    try:
        page = context.new_page()
        page.set_default_timeout(90_000)
        opened(page, address, name)
        assert violations(page) == []
    finally:
        context.close()


def test_no_violation_where_something_is_wrong_or_running(page: Page, address: str) -> None:
    opened(page, address, "scenarios")
    growth = page.get_by_role("spinbutton", name="Growth of requests")
    growth.fill("900")
    growth.press("Enter")
    page.get_by_text("900.0 is out of range").wait_for()
    assert violations(page) == []
    growth.fill("16")
    growth.press("Enter")
    page.get_by_role("spinbutton", name="Futures").fill("400")  # long enough to look at
    page.get_by_role("spinbutton", name="Futures").press("Enter")
    page.get_by_text("400 futures from").wait_for()
    page.get_by_role("button", name="Run with the new inputs").click()
    page.get_by_role("progressbar").first.wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Stop").click()
