"""A place planner's question, from opening the app to a link that a colleague opens: what if requests grow faster?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .hands import HANDS
from .steps import keep_picture, settled

# Whether a run was ever shown as running on the page, from its first moment on.
NOTED = """() => { window.ran = false; window.looks = 0; new MutationObserver(() => { window.looks++;
  window.ran ||= [...document.querySelectorAll('strong')].some(e => e.textContent == 'Running.');
}).observe(document, {childList: true, subtree: true, characterData: true}); }"""
LAID_OVER = ("low growth", "high growth", "slow construction", "demand management")


@pytest.mark.parametrize(("by", "growth"), [("mouse", "15.5"), ("keyboard", "16.5")])
def test_six_scenarios_are_compared_and_the_comparison_shared(
    page: Page, another_page: Callable[[], Page], address: str, pictures: Path, by: str, growth: str
) -> None:
    hand = HANDS[by](page)
    page.goto(address)
    page.get_by_text("By the January census of 2024/25 Bristol needs").wait_for()
    hand.press(page.get_by_role("link", name="Compare growth"))
    page.get_by_role("heading", name="What if things go differently?").wait_for()
    page.get_by_text("Done.", exact=True).wait_for()

    # Growth and staffing are changed, the result is marked, and run with its progress shown.
    hand.write(page.get_by_role("spinbutton", name="Growth of requests"), growth)
    page.get_by_text("Out of date.", exact=True).wait_for()
    expect(page.get_by_text(f"0.113 (0.05 to 0.17) before, 0.{growth.replace('.', '')} (").first).to_be_visible()
    hand.write(page.get_by_role("spinbutton", name="Assessment team"), "17")
    expect(page.get_by_text("Changed; the baseline has")).to_have_count(2)
    hand.press(page.get_by_role("button", name="Run with the new inputs"))
    page.get_by_text("Running.", exact=True).wait_for()  # its bar comes with the first count, which few futures may be over by
    page.get_by_text("Done.", exact=True).wait_for()
    expect(page.get_by_text("What differs from the baseline")).to_be_visible()
    assert "set=demand.growth" in page.url

    # Up to six stand side by side, as paired differences with their ranges.
    hand.choose(page.get_by_role("radio", name="Compare", exact=True))
    differences = page.get_by_role("table", name="Differences from the first scenario")
    expect(differences.get_by_role("row")).to_have_count(2)
    picked = page.get_by_role("combobox", name="Scenarios to compare")
    for name in LAID_OVER:
        hand.pick(picked, name)
        # Its tag: the field's own, because what was picked is no option any more.
        page.get_by_test_id("stMultiSelect").get_by_text(name).first.wait_for()
    settled(page)
    run = page.get_by_role("button", name="to compare")
    if run.count():  # else another journey in the same app has had them simulated
        hand.press(run)
    expect(differences.get_by_role("row")).to_have_count(6)
    for row in differences.get_by_role("row").all()[1:]:
        expect(row).to_contain_text(" to ")
    shown = differences.inner_text()
    keep_picture(page, pictures, f"compare-six-{by}")
    link = page.url
    assert link.count("compare=") == 6

    # What the change comes from, part by part.
    hand.press(page.get_by_role("link", name="Demand", exact=True).first)
    page.get_by_role("heading", name="What does a change come from?").wait_for()
    hand.choose(page.get_by_role("radio", name="The baseline and this scenario"))
    page.locator("svg").get_by_text("Baseline in").wait_for(state="attached")
    hand.press(page.locator("summary", has_text="The numbers of this chart"))
    parts = page.get_by_role("table", name="Parts of the change")
    expect(parts).to_contain_text("Baseline in")
    for part in ("Number of children", "Requests per child", "Together (interaction)"):
        expect(parts).to_contain_text(part)
    expect(page.get_by_text("with 2 changed figures")).to_be_visible()
    keep_picture(page, pictures, f"waterfall-{by}")

    # A colleague opens the link: the same six, without a new run.
    other = another_page()
    other.add_init_script(f"({NOTED})()")
    other.goto(link)
    shared = other.get_by_role("table", name="Differences from the first scenario")
    expect(shared.get_by_role("row")).to_have_count(6)
    expect(other.get_by_text("Not run yet")).to_have_count(0)
    assert shared.inner_text() == shown
    settled(other)
    assert other.evaluate("() => [window.looks > 0, window.ran]") == [True, False]
