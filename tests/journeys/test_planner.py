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
    expect(page.get_by_text("Running.", exact=False)).to_have_count(0, timeout=60_000)


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
    keep_picture(page, pictures, "scenarios")
    page.get_by_text("Compare", exact=True).click()
    page.get_by_text("Differences from").first.wait_for()
    expect(page.get_by_role("table").filter(has_text="Children waiting").first).to_be_visible()
    keep_picture(page, pictures, "scenarios-compare")

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


def rows_of(page: Page, button: str) -> list[dict[str, str]]:
    """The rows of the CSV file that a button saves."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))


def test_places_by_area_and_need(page: Page, address: str, pictures: Path) -> None:
    open_page(page, address, "places")
    expect(page.get_by_text("Area shares are assumed.")).to_be_visible()
    expect(page.get_by_role("heading", name="In 2024/25 the largest gap is for")).to_be_visible()
    page.get_by_text("The numbers of this map").click()
    table = page.get_by_role("table").filter(has_text="Social, emotional").first
    expect(table).to_contain_text("East Central")
    expect(table).to_contain_text("short")
    page.get_by_text("Children who wait", exact=True).click()
    page.get_by_text("This counts children with a plan").wait_for()
    settled(page)
    rows = rows_of(page, "Download the map (CSV)")
    assert len(rows) == 12 * 4
    assert {row["gap"] for row in rows} == {"gap_waiting"}
    page.get_by_text("The numbers of this map").click()

    # Every area says what its spread rests on, once that has been measured by itself.
    page.get_by_text("is mere assumption").wait_for()
    areas = page.get_by_role("table").filter(has_text="8 in 10 futures").first
    expect(areas).to_contain_text("South")
    expect(areas).not_to_contain_text("not measured")
    keep_picture(page, pictures, "places")


def test_what_was_promised_and_what_to_ask_schools_for(page: Page, address: str) -> None:
    open_page(page, address, "places")
    settled(page)
    by_date = page.get_by_role("table").filter(has_text="Due as promised")
    for words in ("1 May 2024 (manifesto)", "30 November 2024 (as restated)", "31 March 2025 (commitment)"):
        expect(by_date).to_contain_text(words)
    months = rows_of(page, "Download the commitment by month and date (CSV)")
    assert [row["name"] for row in months if row["kind"] == "date"] == ["manifesto", "restated", "commitment"]

    page.get_by_text("Expressions of interest (EoIs) wanted by September 2024").wait_for()
    asked = rows_of(page, "Download the criteria (CSV)")
    page.get_by_role("slider").press("End")
    page.get_by_text("Each line is missing in at least 9 of 10 futures").wait_for()
    settled(page)
    surer = rows_of(page, "Download the criteria (CSV)")
    wanted = [sum(int(row["places_wanted"]) for row in rows) for rows in (asked, surer)]
    assert wanted[0] > wanted[1] > 0
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the invitation (text)").click()
    assert Path(download.value.path()).read_text("utf-8").startswith("# Expressions of interest wanted by September 2024")


def test_fewer_places_are_counted_where_the_pipeline_is_left_out(page: Page, address: str) -> None:
    open_page(page, address, "places")
    settled(page)
    before = rows_of(page, "Download the map (CSV)")
    page.get_by_text("With the chosen bids", exact=True).first.click()
    page.get_by_text("No bids have been simulated in these futures.").wait_for()
    page.get_by_text("Without the pipeline", exact=True).first.click()
    expect(page.get_by_text("What follows is with the pipeline")).to_have_count(0, timeout=60_000)
    settled(page)
    after = rows_of(page, "Download the map (CSV)")
    short = [sum(float(row["mean"]) for row in rows if row["area"] == "All areas") for rows in (before, after)]
    assert short[1] > short[0] + 20


def test_bids_are_chosen_with_reasons_and_simulated(page: Page, address: str, pictures: Path) -> None:
    open_page(page, address, "shortlist")
    expect(page.get_by_text("Illustrative.")).to_be_visible()
    chosen = page.get_by_role("table").filter(has_text="Why").first
    expect(chosen).to_contain_text("Opens")
    page.get_by_text("bids and why").click()
    expect(page.get_by_text("Left out").first).to_be_visible()
    page.get_by_text("bids and why").click()
    keep_picture(page, pictures, "shortlist")
    page.get_by_text("What would they do?", exact=True).click()
    page.get_by_role("button", name="Simulate with the chosen bids").click()
    page.get_by_text("With the chosen bids the gap in").wait_for()
    keep_picture(page, pictures, "shortlist-simulated")

    # Less capital, another choice: the plan is out of date, the run is not.
    page.get_by_text("Which bids?", exact=True).click()
    enter(page, "Capital for the shortlist", "5")
    page.get_by_text("The plan below was chosen with other inputs.").wait_for()
    page.get_by_role("button", name="Choose again").click()
    page.get_by_role("heading", name="Within £5.0m of capital").wait_for()
    expect(page.get_by_text("Out of date.")).to_have_count(0)


@pytest.mark.parametrize("name", ["", "scenarios", "demand", "assessment", "places", "shortlist", "money"])
def test_a_link_opens_every_page_with_its_scenario(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/{name}?scenario=bristol-2022&with=high-growth")
    page.get_by_text("high growth").first.wait_for()
    expect(page.get_by_text("The link could not be used")).to_have_count(0)
