"""A planner's way through the pages, in a real browser."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

RESTS_ON = "What this rests on"


def open_page(page: Page, address: str, name: str = "") -> None:
    page.goto(f"{address}/{name}")
    page.get_by_role("heading", name=RESTS_ON).wait_for()


def go_to(page: Page, name: str) -> None:
    """To another page within the session."""
    page.get_by_role("link", name=name, exact=True).first.click()
    page.get_by_role("heading", name=RESTS_ON).wait_for()


def settled(page: Page) -> None:
    """Wait until no script and no job is running."""
    page.wait_for_function("() => !document.querySelector('[data-testid=stStatusWidget]')")
    expect(page.get_by_text("Running.", exact=False)).to_have_count(0)


def field(page: Page, label: str) -> Locator:
    return page.get_by_role("spinbutton", name=label)


def enter(page: Page, label: str, value: str) -> None:
    box = field(page, label)
    box.fill(value)
    box.press("Enter")


def keep_picture(page: Page, pictures: Path, name: str) -> None:
    """A picture of the whole page: the page scrolls within itself, so the window is made as high as it."""
    settled(page)
    height = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": 1200, "height": min(int(height) + 80, 9000)})
    page.wait_for_timeout(700)
    page.screenshot(path=pictures / f"{name}.png")
    page.set_viewport_size({"width": 1200, "height": 900})


def test_the_first_visit_shows_the_answer(page: Page, address: str, pictures: Path) -> None:
    page.goto(address)
    # The text is there at once, before any result.
    page.get_by_text("nothing you enter or upload leaves it").wait_for(timeout=20_000)
    page.get_by_text("By the January census of 2024/25 Bristol needs").wait_for(timeout=60_000)
    expect(page.get_by_text("308 to find")).to_be_visible()
    page.get_by_text("illustrative expressions of interest").wait_for()
    expect(page.get_by_text("unverified defaults")).to_be_visible()
    page.get_by_text("unverified figures").first.click()
    expect(page.get_by_role("table").first).to_be_visible()
    page.get_by_text("unverified figures").first.click()
    keep_picture(page, pictures, "start")
    for door in ("Compare growth", "Test the deficit", "Shortlist bids"):
        expect(page.get_by_role("link", name=door)).to_be_visible()


def test_growth_is_changed_run_and_compared(page: Page, address: str, pictures: Path) -> None:
    open_page(page, address, "scenarios")
    page.get_by_text("Done.", exact=True).wait_for()
    enter(page, "Growth of requests", "18")
    page.get_by_text("Out of date.", exact=True).wait_for()
    expect(page.get_by_text("0.113 (0.05 to 0.17) before, 0.18 (0.117 to 0.237) now").first).to_be_visible()
    page.get_by_role("button", name="Run with the new inputs").click()
    page.get_by_text("Done.", exact=True).wait_for()
    expect(page.get_by_text("What differs from the baseline")).to_be_visible()
    assert "set=demand.growth" in page.url

    # Both are there now: the baseline and the changed scenario stand side by side.
    page.get_by_text("Differences from").first.wait_for()
    expect(page.get_by_role("table").filter(has_text="Children waiting").first).to_be_visible()
    keep_picture(page, pictures, "scenarios")

    # The choice is kept on the other pages, and in the link.
    go_to(page, "Places")
    expect(page.get_by_text("with 1 changed figure")).to_be_visible()


def test_a_run_can_be_stopped(page: Page, address: str) -> None:
    open_page(page, address, "scenarios")
    page.get_by_text("Done.", exact=True).wait_for()
    enter(page, "Futures", "400")
    page.get_by_role("button", name="Run with the new inputs").click()
    page.get_by_role("progressbar").wait_for()
    expect(page.get_by_text("of 400 futures done")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.", exact=True).wait_for(timeout=6_000)
    expect(page.get_by_text("By the January census of 2024/25 Bristol needs")).to_be_visible()


def test_places_by_area_and_need(page: Page, address: str, pictures: Path) -> None:
    open_page(page, address, "places")
    expect(page.get_by_text("Mostly assumption.").first).to_be_visible()
    expect(page.get_by_role("heading", name="In 2024/25 the largest gap is for")).to_be_visible()
    page.get_by_text("The numbers of this map").click()
    table = page.get_by_role("table").filter(has_text="East Central").first
    expect(table).to_contain_text("Social, emotional and mental health")
    expect(table).to_contain_text("short")
    page.get_by_text("Children who wait", exact=True).click()
    page.get_by_text("This counts children with a plan").wait_for()
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the map (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    assert len(rows) == 12 * 4
    assert {row["gap"] for row in rows} == {"gap_waiting"}
    page.get_by_text("The numbers of this map").click()
    keep_picture(page, pictures, "places")


def test_bids_are_chosen_with_reasons_and_simulated(page: Page, address: str, pictures: Path) -> None:
    open_page(page, address, "shortlist")
    expect(page.get_by_text("Illustrative.")).to_be_visible()
    chosen = page.get_by_role("table").first
    expect(chosen).to_contain_text("Why")
    page.get_by_text("bids and why").click()
    expect(page.get_by_text("Left out").first).to_be_visible()
    page.get_by_text("bids and why").click()
    page.get_by_role("button", name="Simulate with the chosen bids").click()
    page.get_by_text("With the chosen bids the gap in").wait_for()
    keep_picture(page, pictures, "shortlist")

    # Less capital, another choice; the run is not stale.
    enter(page, "Capital for the shortlist", "5")
    page.get_by_role("heading", name="Within £5.0m of capital").wait_for()


@pytest.mark.parametrize("name", ["", "scenarios", "demand", "assessment", "places", "shortlist", "money"])
def test_a_link_opens_every_page_with_its_scenario(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/{name}?scenario=bristol-2022&with=high-growth")
    page.get_by_text("high growth").first.wait_for()
    expect(page.get_by_text("The link could not be used")).to_have_count(0)
