"""Every page in every state: axe finds no violation of WCAG 2.2 A and AA; and what axe cannot see."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, TimeoutError, expect

from sufficiency.ui.glossary import LETTERS, WORDS

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
SOON_DONE = 120_000
"""Milliseconds for what a page simulates by itself, on busy cores."""
PAGES = ("", "scenarios", "demand", "assessment", "places", "bids", "shortlist", "money", "papers", "evidence",
         "accessibility")  # fmt: skip
WIDE = {"width": 1200, "height": 900}
NARROW = {"width": 320, "height": 256}
"""A window of 1280 by 1024 at 400 %, and a small telephone's width."""


DRAWN = """() => document.querySelector('[data-testid=stApp]').dataset.testScriptState == 'notRunning'
  && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')
  && [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].every(e => e.querySelector('svg, canvas'))"""


def drawn(page: Page) -> None:
    """Wait until no script runs and every chart is there; what is drawn anew is faint for a moment, no state a page stays in."""
    page.wait_for_function(DRAWN)
    page.wait_for_timeout(400)


def violations(page: Page) -> list[str]:
    drawn(page)
    options: Any = {"runOnly": {"type": "tag", "values": TAGS}}
    response = Axe().run(page, options=options).response
    assert len(response["passes"]) > 10, "axe looked at next to nothing"
    found = response["violations"]
    return [f"{v['id']} ({v['impact']}): {v['help']}: {[node['html'][:200] for node in v['nodes'][:3]]}" for v in found]


LAST_HEADING = {"accessibility": "Feedback", "bids": "What to look at before choosing", "papers": "What the words mean"}


def opened(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/{name}")
    page.get_by_role("heading", name=LAST_HEADING.get(name, "What this rests on")).wait_for()
    expect(page.get_by_text("Running.", exact=True)).to_have_count(0, timeout=SOON_DONE)
    drawn(page)


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


@pytest.mark.parametrize("name", PAGES)
def test_no_violation_wide_or_narrow_light_or_dark(page: Page, address: str, name: str) -> None:
    opened(page, address, name)
    for summary in page.locator("[data-testid=stExpander] summary").all():
        if summary.locator("xpath=..").get_attribute("open") is None:
            summary.click()
    page.wait_for_timeout(500)
    assert violations(page) == []
    page.set_viewport_size(NARROW)
    with suppress(TimeoutError):  # charts are drawn anew for the width; what never fits is told below
        page.wait_for_function(f"() => {{ const it = ({CUT_OFF})(); return !it.scrolls && !it.beyond.length; }}", timeout=40_000)
    assert page.evaluate(CUT_OFF) == {"scrolls": False, "beyond": []}
    assert violations(page) == []
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor == 'rgb(16, 20, 21)'"
    )
    assert violations(page) == []


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
def test_a_page_is_named_and_each_chart_has_a_name_and_an_equal_table(page: Page, address: str, name: str) -> None:
    opened(page, address, name)
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
    for target in page.evaluate(LINKS):
        assert page.locator(f"#{target}").count() == 1, target


def enter(page: Page, label: str, value: str) -> None:
    box = page.get_by_role("spinbutton", name=label)
    box.fill(value)
    box.press("Enter")


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
    assert violations(page) == []
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.", exact=True).wait_for()
    assert violations(page) == []


def test_no_violation_on_a_link_that_fails_and_before_the_first_result(page: Page, address: str) -> None:
    page.goto(f"{address}/money?scenario=no-such-scenario")
    page.get_by_text("The link could not be used").wait_for()
    assert violations(page) == []
    page.goto(f"{address}/places?set=demand.growth=0.1234")
    page.get_by_text("Running.", exact=True).wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.", exact=True).wait_for()  # nothing but this is on the page
    assert violations(page) == []


MOVING = "() => document.getAnimations().filter(a => a.playState == 'running').map(a => a.animationName || a.transitionProperty)"


def test_nothing_moves_for_those_who_asked_for_that(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
    try:
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.goto(f"{address}/places?set=demand.growth=0.1111")
        page.get_by_text("Running.", exact=True).wait_for()
        assert page.evaluate(MOVING) == []
        page.get_by_role("button", name="Stop").click()
    finally:
        context.close()
