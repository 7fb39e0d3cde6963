"""A planner's way through the pages, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .steps import keep_picture, opened, rows_of, settled


def test_places_by_area_and_need(page: Page, address: str, pictures: Path) -> None:
    opened(page, address, "places")
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
    opened(page, address, "places")
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
    opened(page, address, "places")
    before = rows_of(page, "Download the map (CSV)")
    page.get_by_text("With the chosen bids", exact=True).first.click()
    page.get_by_text("No bids have been simulated in these futures.").wait_for()
    page.get_by_text("Without the pipeline", exact=True).first.click()
    expect(page.get_by_text("What follows is with the pipeline")).to_have_count(0, timeout=60_000)
    settled(page)
    after = rows_of(page, "Download the map (CSV)")
    short = [sum(float(row["mean"]) for row in rows if row["area"] == "All areas") for rows in (before, after)]
    assert short[1] > short[0] + 20


@pytest.mark.parametrize("name", ["", "scenarios", "demand", "assessment", "places", "shortlist", "money"])
def test_a_link_opens_every_page_with_its_scenario(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/{name}?scenario=bristol-2022&with=high-growth")
    page.get_by_text("high growth").first.wait_for()
    expect(page.get_by_text("The link could not be used")).to_have_count(0)
