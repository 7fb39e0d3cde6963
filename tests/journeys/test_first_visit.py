"""A newcomer's first minutes: what this is, what it rests on, three doors, the guided example, and the words explained."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sufficiency.ui.tour import STEPS

from .hands import HANDS, Keyboard
from .steps import NARROW, WIDE, keep_picture, settled


@pytest.mark.parametrize("by", HANDS)
def test_a_newcomer_is_told_what_this_is_before_any_result(page: Page, address: str, pictures: Path, by: str) -> None:
    hand = HANDS[by](page)
    page.goto(address)
    page.get_by_text("nothing you enter or upload leaves it").wait_for()
    for words in ("This simulates how children", "It starts with Bristol in January 2022", "ranges, not certainties"):
        expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name="Take the guided example")).to_be_visible()
    page.screenshot(path=pictures / f"first-visit-{by}.png")

    # The answer, and what it rests on.
    page.get_by_text("By the January census of 2024/25 Bristol needs").wait_for()
    expect(page.get_by_text("308 to find")).to_be_visible()
    page.get_by_text("illustrative expressions of interest").wait_for()
    expect(page.get_by_text("unverified defaults")).to_be_visible()
    rests_on = page.locator("summary", has_text="unverified figures")
    hand.press(rests_on)
    expect(page.locator("details[open]").get_by_role("table").first).to_be_visible()
    if by == "keyboard":
        scrolled_sideways(page)
    hand.press(rests_on)
    keep_picture(page, pictures, f"start-{by}")

    # A word that is linked leads to where it is explained, on the same page.
    hand.press(page.get_by_role("link", name="specialist places", exact=True).first)
    expect(page.locator("#word-specialist-place")).to_be_in_viewport()

    for door, question in (
        ("Compare growth", "What if things go differently?"),
        ("Test the deficit", "What happens to the high-needs deficit?"),
        ("Shortlist bids", "Which bids meet the need best?"),
    ):
        hand.press(page.get_by_role("link", name=door))
        page.get_by_role("heading", name=question).wait_for()
        hand.press(page.get_by_role("link", name="Start", exact=True).first)
        page.get_by_role("heading", name="Are there enough specialist places?").wait_for()


def scrolled_sideways(page: Page) -> None:
    """In a narrow window the table of unverified figures is a stop of the Tab key, and an arrow key moves it."""
    page.set_viewport_size(NARROW)
    box = page.get_by_role("region", name="Unverified figures of the scenario; scrolls sideways")
    Keyboard(page).to(box)
    expect(box).to_be_focused()
    assert box.evaluate("box => box.scrollLeft") == 0
    page.keyboard.press("ArrowRight")
    page.wait_for_function("box => box.scrollLeft > 0", arg=box.element_handle())
    page.set_viewport_size(WIDE)


@pytest.mark.parametrize("by", HANDS)
def test_the_guided_example_can_be_followed_left_and_taken_up_again(page: Page, address: str, pictures: Path, by: str) -> None:
    hand = HANDS[by](page)
    page.goto(address)
    hand.press(page.get_by_role("button", name="Take the guided example"))
    for number, step in enumerate(STEPS[:3], start=1):
        page.get_by_text(f"Guided example, step {number} of {len(STEPS)}: {step.title}.").wait_for()
        page.get_by_text("Try it.").wait_for()
        assert page.url.removeprefix(address).strip("/").split("?")[0] == step.page
        if number == 3:
            settled(page)
            page.screenshot(path=pictures / f"guided-example-{by}.png")
        hand.press(page.get_by_role("button", name=f"Next: {STEPS[number].title}"))
    page.get_by_text(f"step 4 of {len(STEPS)}").wait_for()

    # Looking round does not lose it, and neither does leaving it.
    hand.press(page.get_by_role("link", name="Money", exact=True).first)
    page.get_by_text("The guided example waits for you.").wait_for()
    hand.press(page.get_by_role("button", name="To its page"))
    page.get_by_text("Try it.").wait_for()
    hand.press(page.get_by_role("button", name="Leave the guided example"))
    expect(page.get_by_text("Guided example, step")).to_have_count(0)
    hand.press(page.get_by_role("link", name="Start", exact=True).first)
    hand.press(page.get_by_role("button", name=f"Go on with the guided example: step 4 of {len(STEPS)}"))
    for step in STEPS[4:]:
        hand.press(page.get_by_role("button", name=f"Next: {step.title}"))
    hand.press(page.get_by_role("button", name="End", exact=True))
    page.get_by_role("button", name="Take the guided example").wait_for()
    expect(page.get_by_role("heading", name="Are there enough specialist places?")).to_be_visible()
