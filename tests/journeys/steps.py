"""What every journey does with a page: open it, wait until it stands still, read files, look for violations, keep a picture."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
SOON_DONE = 120_000
"""Milliseconds for what a page simulates by itself, on busy cores."""
WIDE = {"width": 1200, "height": 900}
NARROW = {"width": 320, "height": 256}
"""A window of 1280 by 1024 at 400 %, and a small telephone's width."""
POLLING = 150
"""Milliseconds between two looks at a page: each goes through all of it, on the same cores as the app."""

# The state of the app's root changes as soon as a rerun is asked for, before anything else on the page does. What is drawn anew
# is faint for a moment, no state a page stays in; what moves for ever is no transition.
DRAWN = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState == 'notRunning'
  && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')
  && [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].every(e => e.querySelector('svg, canvas'))
  && document.getAnimations().every(a => a.playState != 'running' || a.effect.getComputedTiming().endTime == Infinity)"""
SETTLED = f"""() => ({DRAWN})()
  && ![...document.querySelectorAll('[data-testid=stMain] strong')].some(e => e.textContent == 'Running.')"""

STOPS = """() => [...document.querySelectorAll('[data-testid=stTable], [data-testid=stTable] div')].every(e =>
  e.scrollWidth <= e.clientWidth || !['auto', 'scroll'].includes(getComputedStyle(e).overflowX) || e.tabIndex == 0)"""

LAST_HEADING = {"accessibility": "Feedback", "bids": "What to look at before choosing", "papers": "What the words mean"}
"""By page, what comes last on it; other pages end with what they rest on."""


def drawn(page: Page) -> None:
    """Wait until no script runs and all it drew is there; a job may still be running."""
    page.wait_for_function(DRAWN, polling=POLLING)


def settled(page: Page) -> None:
    """Wait until no script and no job is running, and all is drawn."""
    page.wait_for_function(SETTLED, polling=POLLING, timeout=SOON_DONE)


def opened(page: Page, address: str, link: str = "") -> None:
    """Open a page by its name, or a link to it, and wait until its last heading is there and nothing runs."""
    page.goto(f"{address}/{link}")
    ended(page, link.split("?")[0])


def ended(page: Page, name: str) -> None:
    page.get_by_role("heading", name=LAST_HEADING.get(name, "What this rests on")).wait_for()
    settled(page)


def slider(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name)


def enter(page: Page, label: str, value: str) -> None:
    """Write a number into its field."""
    box = page.get_by_role("spinbutton", name=label)
    box.fill(value)
    box.press("Enter")


def written(page: Page, label: str, text: str) -> None:
    """Write into a field and leave it with Tab."""
    box = page.get_by_role("textbox", name=label)
    box.fill(text)
    box.press("Tab")
    settled(page)


def view(page: Page, name: str, heading: str) -> None:
    page.get_by_text(name, exact=True).first.click()
    page.get_by_role("heading", name=heading).wait_for()
    settled(page)


def saved_anew(page: Page, address: str, title: str, growth: str) -> None:
    """The baseline with another growth, saved under a title."""
    page.goto(f"{address}/scenarios")
    page.get_by_text("Done.", exact=True).wait_for()
    enter(page, "Growth of requests", growth)
    page.get_by_role("heading", name="Why these changes?").wait_for()
    written(page, "Reason for growth", "Faster than the five-year mean.")
    written(page, "Source for growth", "assumption")
    written(page, "Title of the new scenario", title)
    page.get_by_role("button", name="Save as a new scenario").click()
    page.get_by_text(f"as version 2 of “{title}”").wait_for()


def rows_in(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def rows_of(page: Page, button: str) -> list[dict[str, str]]:
    """The rows of the CSV file that a button saves."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return rows_in(Path(download.value.path()).read_bytes())


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA on the page as it stands."""
    drawn(page)
    page.wait_for_function(STOPS, polling=POLLING)  # tables that scroll become tab stops a moment after they are drawn
    options: Any = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    response = Axe().run(page, options=options).response
    assert len(response["passes"]) > 10, "axe looked at next to nothing"
    found = response["violations"]
    return [f"{v['id']} ({v['impact']}): {v['help']}: {[node['html'][:200] for node in v['nodes'][:3]]}" for v in found]


def whole_in_window(page: Page) -> None:
    """Make the window as high as the page, which scrolls within itself: some checks look only at what is in the window."""
    height = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": WIDE["width"], "height": min(int(height) + 80, 9000)})
    page.wait_for_timeout(300)  # the page takes its new height in without a sign
    drawn(page)


def keep_picture(page: Page, pictures: Path, name: str) -> None:
    """A picture of the whole page."""
    settled(page)
    whole_in_window(page)
    page.screenshot(path=pictures / f"{name}.png")
    page.set_viewport_size(WIDE)
