"""A commissioner's way: a list is mended, limits set, bids chosen, one forced in, the plan simulated and adopted."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
KEPT = 12
"""Bids of the list: few enough to be chosen among in seconds."""


def settled(page: Page) -> None:
    """No script and no job is running."""
    page.wait_for_function("() => !document.querySelector('[data-testid=stStatusWidget], [data-stale=true]')")
    expect(page.get_by_text("Running.", exact=False)).to_have_count(0, timeout=120_000)


def free_of_violations(page: Page) -> None:
    settled(page)
    page.wait_for_timeout(400)
    response = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    assert len(response["passes"]) > 10
    assert [f"{v['id']}: {[node['html'][:200] for node in v['nodes'][:3]]}" for v in response["violations"]] == []


def bring(page: Page, name: str, content: bytes) -> None:
    page.locator(".st-key-eoi-file input[type=file]").set_input_files([{"name": name, "mimeType": "text/csv", "buffer": content}])


def test_from_a_list_with_a_mistake_to_a_plan_that_is_simulated(
    browser: Browser, address: str, repo: Path, pictures: Path
) -> None:
    # In the dark theme; the pages as they open are checked in both by the tests of accessibility.
    context = browser.new_context(viewport={"width": 1200, "height": 900}, color_scheme="dark")
    page = context.new_page()
    page.set_default_timeout(150_000)
    try:
        _journey(page, address, repo)
        page.screenshot(path=pictures / "shortlist-adopted.png")
    finally:
        context.close()


def _journey(page: Page, address: str, repo: Path) -> None:
    title = "Primary base, renamed"
    lines = (repo / "scenarios" / "bristol-eois.csv").read_text().splitlines()[: KEPT + 1]
    lines[3] = lines[3].replace(",8,390000,", ",eight,390000,", 1)

    # A list with a mistake: told by row and column, nothing lost, mended by keyboard.
    page.goto(f"{address}/bids")
    page.get_by_role("heading", name="What to look at before choosing").wait_for()
    bring(page, "mine.csv", "\n".join(lines).encode())
    page.get_by_role("heading", name="1 thing to mend in mine.csv").wait_for()
    expect(page.get_by_role("table").filter(has_text="To mend it")).to_contain_text("eight")
    expect(page.get_by_text("the list that came with the scenario")).to_be_visible()
    free_of_violations(page)
    cell = page.get_by_role("textbox", name="Row 4, column places")
    cell.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("8")
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name="Check again")
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=f"{KEPT} expressions of interest").wait_for()
    settled(page)

    # A cell changed in the grid itself counts once it is saved.
    grid = page.get_by_test_id("stDataFrame").first
    grid.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 150, box["y"] + 52)  # the title of the first bid
    page.wait_for_timeout(700)  # the grid draws itself: nothing to wait for
    page.keyboard.press("Enter")
    page.locator("#portal textarea, #portal input").first.wait_for()
    page.keyboard.press("Control+A")
    page.keyboard.type(title, delay=20)
    page.keyboard.press("Enter")
    page.get_by_text("Changed, not saved yet.").wait_for()
    page.get_by_role("button", name="Save the list").click()
    page.get_by_text("your list edited mine.csv").wait_for()
    expect(page.get_by_text("Changed, not saved yet.")).to_have_count(0)

    # Limits: a wrong one is said by its field, a right one is in force.
    page.get_by_role("link", name="Shortlist", exact=True).first.click()
    page.get_by_role("heading", name="Chosen:").first.wait_for()
    page.get_by_text(title).first.wait_for(state="attached")
    page.get_by_text("Further limits: years").click()
    page.get_by_role("spinbutton", name="Number of bids in all").fill("-4")
    page.get_by_role("button", name="Use these limits").click()
    page.get_by_text("the value is out of range in Number of bids in all").wait_for()
    free_of_violations(page)
    page.get_by_role("spinbutton", name="Number of bids in all").fill("4")
    page.get_by_role("button", name="Use these limits").click()
    page.get_by_text("In force: bids in all: at most 4.").wait_for()
    page.get_by_text("The plan below was chosen with other inputs.").wait_for()
    page.get_by_role("button", name="Choose again").click()
    page.get_by_role("heading", name="Chosen: 4", exact=True).wait_for()
    settled(page)
    expect(page.get_by_role("table").filter(has_text="Why").first).to_contain_text("expected by 31 March 2025")
    free_of_violations(page)

    # What if: the first bid that was not chosen is forced in, by keyboard.
    page.get_by_text("What if?", exact=True).click()
    page.get_by_role("heading", name="What if one bid were decided otherwise?").wait_for()
    bid = page.get_by_role("combobox", name="Bid")
    bid.focus()
    page.keyboard.type("(not chosen)")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="in the plan")).to_be_checked()
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("heading", name="Chosen anew with that forced").wait_for()
    page.get_by_text("The best plan then differs in").wait_for()
    free_of_violations(page)
    page.get_by_role("button", name="Take this plan").click()
    page.get_by_text("Which bids?", exact=True).click()
    page.get_by_text("must be in.").first.wait_for()

    # The plan becomes supply and is simulated with paired futures; then it is the scenario of every page.
    page.get_by_text("What would they do?", exact=True).click()
    page.get_by_role("button", name="Simulate with the chosen bids").click()
    page.get_by_text("With the chosen bids the gap in").wait_for()
    page.get_by_role("heading", name="Where do optimiser and simulation differ?").wait_for()
    free_of_violations(page)
    page.get_by_role("button", name="Use this scenario on every page").click()
    page.get_by_text("Bristol, January 2022, with the shortlist").first.wait_for()
