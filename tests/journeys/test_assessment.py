"""A service manager's way through Demand, Assessment and Evidence, in a real browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from .steps import ended, enter, keep_picture, opened, rows_of, settled, slider, violations


def test_demand_is_split_a_slider_moved_staff_asked_for_and_evidence_read(page: Page, address: str, pictures: Path) -> None:
    opened(page, address, "demand")
    expect(page.get_by_role("heading", name="In 2024 Bristol receives")).to_be_visible()
    page.get_by_text("Requests in the year go from").wait_for()
    mean = {row["part"]: float(row["mean"]) for row in rows_of(page, "Download the parts of the change (CSV)")}
    ends = {part: mean.pop(part) for part in ("before", "after", "change")}
    assert abs(ends["before"] + sum(mean.values()) - ends["after"]) < 1e-6
    keep_picture(page, pictures, "demand")

    page.get_by_role("link", name="Assessment", exact=True).first.click()
    ended(page, "assessment")
    expect(page.get_by_role("heading", name="of plans are final within 20 weeks")).to_be_visible()
    page.get_by_text("Move a slider to see what it changes").wait_for()
    slider(page, "Assessment team").press("ArrowRight")
    page.get_by_text("of plans are within 20 weeks instead of").wait_for()
    expect(page.get_by_role("table").filter(has_text="Median weeks to plan").first).to_contain_text("Coordinators used")

    enter(page, "Target", "150")
    page.get_by_text("found 150.0").wait_for()
    expect(page.get_by_role("button", name="Find the staffing")).to_have_count(0)
    assert violations(page) == []
    enter(page, "Target", "45")
    page.get_by_role("button", name="Find the staffing").click()
    page.get_by_text("Staffings that reach it").wait_for()
    expect(page.get_by_role("table").filter(has_text="3/4 of capacity")).to_contain_text("over a year")
    settled(page)
    assert violations(page) == []
    keep_picture(page, pictures, "assessment")

    page.get_by_role("link", name="Evidence", exact=True).first.click()
    ended(page, "evidence")
    expect(page.get_by_text("What is not matched, and why").first).to_be_visible()
    page.get_by_text("With what became known since", exact=True).click()
    page.get_by_text("The scenario of January 2022, with what became known since").wait_for()
    settled(page)
    assert violations(page) == []
    keep_picture(page, pictures, "evidence")
