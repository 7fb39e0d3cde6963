"""A commissioner's way: a list is mended, limits set, bids chosen, one forced in, the plan simulated and adopted."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from .hands import HANDS, bring
from .steps import keep_picture, opened, settled, violations

KEPT = 12
"""Bids of the list: few enough to be chosen among in seconds."""
TITLE = "Primary base, renamed"


# Each in futures of its own, so that neither finds what the other had worked out in the same app.
@pytest.mark.parametrize(("by", "scheme", "futures"), [("mouse", "light", 4), ("keyboard", "dark", 5)])
def test_from_a_list_with_a_mistake_to_a_plan_that_is_simulated(
    page: Page,
    address: str,
    repo: Path,
    pictures: Path,
    tmp_path: Path,
    by: str,
    scheme: Literal["light", "dark"],
    futures: int,
) -> None:
    hand = HANDS[by](page)
    page.emulate_media(color_scheme=scheme)
    lines = (repo / "scenarios" / "bristol-eois.csv").read_text().splitlines()[: KEPT + 1]
    lines[3] = lines[3].replace(",8,390000,", ",eight,390000,", 1)
    mine = tmp_path / "mine.csv"
    mine.write_text("\n".join(lines))

    # A list with a mistake: told by row and column, nothing lost, mended in its field.
    opened(page, address, f"bids?futures={futures}")
    bring(page, hand, page.locator(".st-key-eoi-file"), mine)
    page.get_by_role("heading", name="1 thing to mend in mine.csv").wait_for()
    expect(page.get_by_role("table").filter(has_text="To mend it")).to_contain_text("eight")
    expect(page.get_by_text("the list that came with the scenario")).to_be_visible()
    assert by == "mouse" or violations(page) == []
    hand.write(page.get_by_role("textbox", name="Row 4, column places"), "8", leave="Tab")
    hand.press(page.get_by_role("button", name="Check again"))
    page.get_by_role("heading", name=f"{KEPT} expressions of interest").wait_for()
    settled(page)

    # A cell changed in the grid itself counts once it is saved.
    expect(page.get_by_text("Escape, then Tab, leaves the list")).to_be_visible()
    hand.to_first_title(page.get_by_test_id("stDataFrame"))
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    page.locator("#portal textarea, #portal input").first.wait_for()
    page.keyboard.press("Control+A")
    page.keyboard.type(TITLE, delay=20)
    page.keyboard.press("Enter")
    page.get_by_text("Changed, not saved yet.").wait_for()
    hand.press(page.get_by_role("button", name="Save the list"))
    page.get_by_text("your list edited mine.csv").wait_for()
    expect(page.get_by_text("Changed, not saved yet.")).to_have_count(0)
    looked = "Every bid can be chosen under the limits as they stand; something about 1 bid is worth a look."
    page.get_by_text(looked).first.wait_for()
    settled(page)
    page.screenshot(path=pictures / f"bids-mended-{by}-{scheme}.png")

    # Limits: a wrong one is said by its field, a right one is in force.
    hand.press(page.get_by_role("link", name="Shortlist", exact=True).first)
    page.get_by_role("heading", name="Chosen:").first.wait_for()
    page.get_by_text(TITLE).first.wait_for(state="attached")
    hand.press(page.locator("summary", has_text="Further limits: years"))
    most = page.get_by_role("spinbutton", name="Number of bids in all")
    hand.write(most, "-4", leave="Tab")
    hand.press(page.get_by_role("button", name="Use these limits"))
    page.get_by_text("the value is out of range in Number of bids in all").wait_for()
    assert by == "mouse" or violations(page) == []
    hand.write(most, "4", leave="Tab")
    hand.press(page.get_by_role("button", name="Use these limits"))
    page.get_by_text("In force: bids in all: at most 4.").wait_for()
    page.get_by_text("The plan below was chosen with other inputs.").wait_for()
    hand.press(page.get_by_role("button", name="Choose again"))
    page.get_by_role("heading", name="Chosen: 4", exact=True).wait_for()
    settled(page)
    expect(page.get_by_role("table").filter(has_text="Why").first).to_contain_text("expected by 31 March 2025")
    hand.press(page.locator("summary", has_text="bids and why"))
    expect(page.get_by_text("Left out").first).to_be_visible()
    assert by == "mouse" or violations(page) == []
    keep_picture(page, pictures, f"shortlist-chosen-{by}-{scheme}")

    # What if: the first bid that was not chosen is forced in.
    hand.choose(page.get_by_role("radio", name="What if?", exact=True))
    page.get_by_role("heading", name="What if one bid were decided otherwise?").wait_for()
    hand.pick(page.get_by_role("combobox", name="Bid"), "(not chosen)")
    expect(page.get_by_role("radio", name="in the plan")).to_be_checked()
    hand.press(page.get_by_role("button", name="Ask"))
    page.get_by_role("heading", name="Chosen anew with that forced").wait_for()
    page.get_by_text("The best plan then differs in").wait_for()
    assert by == "mouse" or violations(page) == []
    hand.press(page.get_by_role("button", name="Take this plan"))
    page.get_by_role("heading", name="Chosen anew with that forced").wait_for(state="detached")
    settled(page)
    hand.choose(page.get_by_role("radio", name="Which bids?", exact=True))
    page.get_by_text("must be in.").first.wait_for()

    # The plan becomes supply and is simulated with paired futures; then it is the scenario of every page.
    hand.choose(page.get_by_role("radio", name="What would they do?", exact=True))
    hand.press(page.get_by_role("button", name="Simulate with the chosen bids"))
    page.get_by_text("With the chosen bids the gap in").wait_for()
    page.get_by_role("heading", name="Where do optimiser and simulation differ?").wait_for()
    assert by == "mouse" or violations(page) == []
    keep_picture(page, pictures, f"shortlist-simulated-{by}-{scheme}")
    hand.press(page.get_by_role("button", name="Use this scenario on every page"))
    page.get_by_text("Bristol, January 2022, with the shortlist").first.wait_for()
    hand.press(page.get_by_role("link", name="Bids", exact=True).first)
    page.get_by_text("for Bristol, January 2022, with the shortlist").wait_for()
