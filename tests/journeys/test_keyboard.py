"""Whole ways by keyboard alone: what has the focus is seen, nothing holds it, and everything that is needed can be reached."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.journeys.test_accessibility import drawn, opened

MOST_STOPS = 250

# The focused element by its name, and whether the one before it now looks different from how it looked with the focus.
FOCUSED = """async () => {
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const look = e => { const all = []; for (let n = e, i = 0; n && i < 8; n = n.parentElement, i++) {
    const s = getComputedStyle(n);
    all.push([s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.backgroundColor, s.transform, s.top]);
  } return JSON.stringify(all); };
  const before = window.stopBefore;
  const seenBefore = !before || !before.e.isConnected || look(before.e) !== before.look;
  const e = document.activeElement;
  window.stopBefore = e === document.body ? null : {e, look: look(e)};
  if (!e || e === document.body) return {end: true, seenBefore};
  const label = e.labels?.[0] || e.closest('label');
  const box = e.getBoundingClientRect();
  const name = (e.getAttribute('aria-label') || label?.innerText || e.innerText || '').trim();
  return {name, tag: e.tagName, seenBefore, inWindow: box.bottom > 0 && box.top < innerHeight};
}"""


def stops(page: Page, until: str = "", most: int = MOST_STOPS) -> list[dict[str, object]]:
    """The stops of the Tab key from where the focus is, to the one whose name begins with ``until`` or to the end of the page."""
    found: list[dict[str, object]] = []
    while len(found) < most:
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if found:
            found[-1]["seen"] = stop["seenBefore"]
        if "end" in stop:
            return found
        found.append(stop)
        if until and str(stop["name"]).startswith(until):
            return found
    raise AssertionError(f"{until or 'the end of the page'} was never reached: {[stop['name'] for stop in found][-12:]}")


def still(browser: Browser) -> Page:
    context = browser.new_context(viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(90_000)
    return page


def test_the_focus_is_seen_everywhere_and_never_held(browser: Browser, address: str) -> None:
    page = still(browser)
    try:
        opened(page, address, "scenarios")
        found = stops(page)  # to the end: nothing holds the focus
        assert found[0]["name"] == "Skip to main content"
        assert len(found) > 20
        # The page's own scrolling part has the focus for the arrow keys; there is nothing in it to act on.
        assert [stop for stop in found if not stop["seen"] and stop["tag"] != "MAIN"] == []
        assert [stop for stop in found if not stop["inWindow"]] == []
    finally:
        page.context.close()


def test_growth_is_changed_run_and_read_by_keyboard_alone(browser: Browser, address: str) -> None:
    page = still(browser)
    try:
        opened(page, address, "")
        stops(page, "Compare growth")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="What if things go differently?").wait_for()
        drawn(page)
        stops(page, "Growth of requests")
        page.keyboard.press("Control+A")
        page.keyboard.type("15")
        page.keyboard.press("Enter")
        page.get_by_text("Out of date.", exact=True).wait_for()
        drawn(page)
        page.locator("h1").evaluate("e => { e.tabIndex = -1; e.focus() }")  # as a screen reader does: to the heading
        stops(page, "Run with the new inputs")
        page.keyboard.press("Enter")
        page.get_by_text("Done.", exact=True).wait_for()
        expect(page.get_by_text("What differs from the baseline")).to_be_visible()
    finally:
        page.context.close()
