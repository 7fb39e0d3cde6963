"""Every page in every state: axe finds no violation of WCAG 2.2 A and AA; and what axe cannot see."""

from __future__ import annotations

import os
import re
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from sufficiency.ui.frame import UNVERIFIED
from sufficiency.ui.glossary import LETTERS, WORDS

from .conftest import App
from .steps import NARROW, drawn, enter, keep_picture, opened, violations, whole_in_window

PAGES = ("", "scenarios", "demand", "assessment", "places", "bids", "shortlist", "money", "papers", "evidence",
         "accessibility")  # fmt: skip
CUT_OFF = """() => {
  const main = document.querySelector('[data-testid=stMain]');
  const wide = [...main.querySelectorAll('*')].filter(e => {
    const box = e.getBoundingClientRect();
    // Within a chart Vega keeps what it does not show; the chart as a whole must fit.
    const inside = e.ownerSVGElement || e.closest('[data-testid=stTable], [data-testid=stDataFrame]');
    return box.width > 0 && box.right > innerWidth + 1 && !inside;
  });
  return {scrolls: main.scrollWidth > main.clientWidth, beyond: wide.slice(0, 5).map(e => e.outerHTML.slice(0, 200))};
}"""


OPEN_ALL = "() => document.querySelectorAll('[data-testid=stExpander] details:not([open]) > summary').forEach(e => e.click())"

# In the order of the page: headings, charts with their names, tables with theirs.
OUTLINE = """() => [...document.querySelectorAll(
    '[data-testid=stMain] :is(h1, h2, [data-testid=stVegaLiteChart], [data-testid=stTable] table)')].map(e => {
  if (e.matches('h1, h2')) return [e.tagName, e.innerText];
  if (e.matches('table')) return ['table', e.getAttribute('aria-label') || ''];
  const named = e.matches('[aria-label]') ? e : e.querySelector('[role=img], [aria-label]');
  return ['chart', named?.getAttribute('aria-label') || ''];
})"""
IN_WORDS = """() => {
  const main = document.querySelector('[data-testid=stMain]').cloneNode(true);
  main.querySelectorAll('dl, svg, style, details').forEach(e => e.remove());
  return main.textContent.replace(/\\s+/g, ' ');
}"""
EXPLAINED = "() => [...document.querySelectorAll('dl dt')].map(e => e.textContent)"
LINKS = "() => [...document.querySelectorAll('a[href^=\"#word-\"]')].map(e => e.getAttribute('href').slice(1))"


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_named_told_in_words_and_free_of_violations(page: Page, address: str, name: str) -> None:
    opened(page, address, name)
    named_and_told(page, name)
    free_of_violations_wide_narrow_and_dark(page)


def named_and_told(page: Page, name: str) -> None:
    """The page has a title, headings and a language; each chart has a name and an equal table, each abbreviation its words."""
    assert page.title() == f"{name.capitalize() or 'Start'} - sufficiency"
    assert page.locator("html").get_attribute("lang") == "en"
    outline = page.evaluate(OUTLINE)
    assert [kind for kind, _ in outline].count("H1") == 1
    assert all(words.strip() for _, words in outline), "a heading, chart or table has no name"
    untold: list[str] = []
    for kind, words in outline:
        if kind in ("H1", "H2"):
            assert not untold, f"charts without a table before the next heading: {untold}"
        untold = [*untold, words] if kind == "chart" else [] if kind == "table" else untold
    assert not untold

    # Abbreviations are explained on the page, and spelt out where they first occur; links to them lead somewhere.
    text, explained = page.evaluate(IN_WORDS), page.evaluate(EXPLAINED)
    for word in LETTERS:
        if (first := re.search(rf"\b{word}s?\b", text)) and name != "accessibility":
            meaning = re.split(r"[:.]", WORDS[word])[0].lower()
            assert word in explained, f"{word} is not explained"
            so_far = text[: first.end() + len(meaning) + 5].lower()
            # "SEN unit" is the name of a kind of provision wherever it stands: that it is explained must do.
            assert word == "SEN" or meaning[:9] in so_far, f"{word} is not spelt out: {so_far[-150:]}"
    targets = page.evaluate(LINKS)
    assert targets or name == "accessibility", "no word is linked to where it is explained"
    for target in targets:
        assert page.locator(f"#{target}").count() == 1, target


def free_of_violations_wide_narrow_and_dark(page: Page) -> None:
    """With all that can be opened open; at 320 pixels nothing is cut off either."""
    page.evaluate(OPEN_ALL)
    expect(page.locator("[data-testid=stExpander] details:not([open])")).to_have_count(0)
    if page.locator(f".st-key-{UNVERIFIED}").count():  # it is drawn once it is opened
        page.get_by_role("table", name="Unverified figures of the scenario").wait_for()
    drawn(page)
    whole_in_window(page)  # axe judges the size of targets in the window only
    assert violations(page) == []
    page.set_viewport_size(NARROW)
    with suppress(TimeoutError):  # charts are drawn anew for the width; what never fits is told below
        page.wait_for_function(f"() => {{ const it = ({CUT_OFF})(); return !it.scrolls && !it.beyond.length; }}", timeout=40_000)
    assert page.evaluate(CUT_OFF) == {"scrolls": False, "beyond": []}
    assert violations(page) == []
    whole_in_window(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor == 'rgb(16, 20, 21)'"
    )
    assert violations(page) == []


def test_no_violation_where_something_is_wrong_stale_running_or_stopped(page: Page, address: str) -> None:
    opened(page, address, "scenarios")
    enter(page, "Growth of requests", "900")
    page.get_by_text("900.0 is out of range").wait_for()
    assert violations(page) == []
    enter(page, "Growth of requests", "16")
    page.get_by_text("Out of date.", exact=True).wait_for()
    assert violations(page) == []
    enter(page, "Futures", "400")  # long enough to look at
    page.get_by_text("400 futures from").wait_for()
    page.get_by_role("button", name="Run with the new inputs").click()
    page.get_by_role("progressbar").first.wait_for()
    expect(page.get_by_text("of 400 futures done")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.", exact=True).wait_for()
    expect(page.get_by_text("By the January census of 2024/25 Bristol needs")).to_be_visible()  # the last result stays
    assert violations(page) == []


def workers(app: App) -> list[int]:
    """The worker processes of the app."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == app.process.pid and b"spawn_main" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the workers in /proc, which this system has not")
def test_no_violation_where_a_run_failed_because_its_workers_were_killed(page: Page, app: App, pictures: Path) -> None:
    page.goto(f"{app.address}/places?futures=40&set=demand.growth=0.1357")
    page.get_by_text("Running.", exact=True).wait_for()
    failed = page.get_by_text("Failed.", exact=True)
    end = time.monotonic() + 60
    while not failed.count() and time.monotonic() < end:  # a task whose worker dies is begun once more
        for process in workers(app):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
    expect(page.get_by_text("worker process ended abruptly, twice")).to_contain_text("To mend it: run it again")
    assert violations(page) == []
    keep_picture(page, pictures, "failed")

    # It can be begun again, by new workers.
    page.get_by_role("button", name="Run it again").click()
    page.get_by_role("heading", name="In 2024/25 the largest gap is for").wait_for()


def test_no_violation_on_a_link_that_fails_and_before_the_first_result(page: Page, address: str) -> None:
    page.goto(f"{address}/money?scenario=no-such-scenario")
    page.get_by_text("The link could not be used").wait_for()
    assert violations(page) == []
    page.goto(f"{address}/places?futures=400&set=demand.growth=0.1234")
    page.get_by_text("Running.", exact=True).wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.", exact=True).wait_for()  # nothing but this is on the page
    assert violations(page) == []


MOVING = "() => document.getAnimations().filter(a => a.playState == 'running').map(a => a.animationName || a.transitionProperty)"


def test_nothing_moves_for_those_who_asked_for_that(page: Page, address: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{address}/places?futures=400&set=demand.growth=0.1111")
    page.get_by_text("Running.", exact=True).wait_for()
    assert page.evaluate(MOVING) == []
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.", exact=True).wait_for()  # else it might go on without the page, in the way of other journeys
