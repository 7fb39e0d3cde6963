"""The focus of the keyboard: it is seen wherever it is, and nothing holds it. Whole ways by keyboard are in other journeys."""

from __future__ import annotations

from playwright.sync_api import Page

from .hands import MOST_STOPS
from .steps import opened

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


def stops(page: Page) -> list[dict[str, object]]:
    """The stops of the Tab key, to the end of the page."""
    found: list[dict[str, object]] = []
    while len(found) < MOST_STOPS:
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if found:
            found[-1]["seen"] = stop["seenBefore"]
        if "end" in stop:
            return found
        found.append(stop)
    raise AssertionError(f"the end of the page was never reached: {[stop['name'] for stop in found][-12:]}")


def test_the_focus_is_seen_everywhere_and_never_held(page: Page, address: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    opened(page, address, "scenarios")
    found = stops(page)  # to the end: nothing holds the focus
    assert found[0]["name"] == "Skip to main content"
    assert len(found) > 20
    # The page's own scrolling part has the focus for the arrow keys; there is nothing in it to act on.
    assert [stop for stop in found if not stop["seen"] and stop["tag"] != "MAIN"] == []
    assert [stop for stop in found if not stop["inWindow"]] == []
