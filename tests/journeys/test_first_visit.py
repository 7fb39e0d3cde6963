"""A newcomer's first minutes: what this is, what it rests on, three doors, the guided example, and the words explained."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from sufficiency.ui.tour import STEPS


def test_a_newcomer_is_told_what_this_is_before_any_result(page: Page, address: str, pictures: Path) -> None:
    page.goto(address)
    page.get_by_text("nothing you enter or upload leaves it").wait_for()
    for words in ("This simulates how children", "It starts with Bristol in January 2022", "ranges, not certainties"):
        expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name="Take the guided example")).to_be_visible()
    page.screenshot(path=pictures / "first-visit.png")
    for door, question in (
        ("Compare growth", "What if things go differently?"),
        ("Test the deficit", "What happens to the high-needs deficit?"),
        ("Shortlist bids", "Which bids meet the need best?"),
    ):
        page.get_by_role("link", name=door).click()
        page.get_by_role("heading", name=question).wait_for()
        page.get_by_role("link", name="Start", exact=True).first.click()
        page.get_by_role("heading", name="Are there enough specialist places?").wait_for()


def test_the_guided_example_can_be_followed_left_and_taken_up_again(page: Page, address: str, pictures: Path) -> None:
    page.goto(address)
    page.get_by_role("button", name="Take the guided example").press("Enter")
    for number, step in enumerate(STEPS[:3], start=1):
        page.get_by_text(f"Guided example, step {number} of {len(STEPS)}: {step.title}.").wait_for()
        page.get_by_text("Try it.").wait_for()
        assert page.url.removeprefix(address).strip("/").split("?")[0] == step.page
        if number == 3:
            page.screenshot(path=pictures / "guided-example.png")
        page.get_by_role("button", name=f"Next: {STEPS[number].title}").press("Enter")
    page.get_by_text(f"step 4 of {len(STEPS)}").wait_for()

    # Looking round does not lose it, and neither does leaving it.
    page.get_by_role("link", name="Money", exact=True).first.click()
    page.get_by_text("The guided example waits for you.").wait_for()
    page.get_by_role("button", name="To its page").press("Enter")
    page.get_by_text("Try it.").wait_for()
    page.get_by_role("button", name="Leave the guided example").press("Enter")
    expect(page.get_by_text("Guided example, step")).to_have_count(0)
    page.get_by_role("link", name="Start", exact=True).first.click()
    page.get_by_role("button", name=f"Go on with the guided example: step 4 of {len(STEPS)}").press("Enter")
    for step in STEPS[4:]:
        page.get_by_role("button", name=f"Next: {step.title}").press("Enter")
    page.get_by_role("button", name="End", exact=True).press("Enter")
    page.get_by_role("button", name="Take the guided example").wait_for()
    expect(page.get_by_role("heading", name="Are there enough specialist places?")).to_be_visible()
