"""A finance officer's way through the Money page, in a real browser."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from .test_accessibility import violations
from .test_planner import enter, keep_picture, open_page, settled


def test_the_deficit_is_tested_without_a_new_run_and_the_plan_taken_away(page: Page, address: str, pictures: Path) -> None:
    open_page(page, address, "money")
    page.get_by_text("Interventions change the balance at the end").wait_for()

    # Sliders answer at once; nothing is simulated.
    expect(page.get_by_text("No slider is moved")).to_be_visible()
    page.get_by_role("slider", name="Non-maintained or independent, %").first.press("ArrowLeft")
    page.get_by_text("It is then").wait_for(timeout=10_000)
    page.get_by_role("slider", name="Growth of the high-needs allocation").press("ArrowRight")
    expect(page.get_by_text("Running.", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Set all sliders back").click()
    expect(page.get_by_text("No slider is moved")).to_be_visible()

    page.get_by_role("slider", name="Change of one thing at a time").press("ArrowRight")
    page.get_by_text("11 % more").first.wait_for(timeout=10_000)
    expect(page.get_by_text("balances 2026").or_(page.get_by_text("balance 2026")).first).to_be_visible()

    enter(page, "Balance to be reached", "-9999999")
    page.get_by_text("Not accepted.").wait_for()
    enter(page, "Balance to be reached", "-1000")
    page.get_by_text("in every one of the futures").first.wait_for()

    # What interventions are worth sums to the whole, on the page and in the workbook.
    page.get_by_role("button", name="Work out the savings").click()
    page.get_by_text("Together the interventions change the balance").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the savings (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    last = {
        r["workstream"]: float(r["mean"]) for r in rows if (r["measure"], r["financial_year"]) == ("cumulative_saving", "2028-29")
    }
    whole = last.pop("all")
    assert len(last) == 2 and abs(sum(last.values()) - whole) < 0.01
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the management plan (Excel)").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert {"Balances", "Savings", "Pupils", "Spend mitigated"} <= set(book.sheetnames)

    page.get_by_role("button", name="Compare the options").click()
    page.get_by_text("Best on average by the end of").wait_for()
    expect(page.get_by_role("table").filter(has_text="Net present value").first).to_contain_text("School-led programmes")
    settled(page)
    assert violations(page) == []
    keep_picture(page, pictures, "money")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_can_be_read_on_a_telephone(browser: Browser, address: str, pictures: Path, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        page.set_default_timeout(90_000)
        open_page(page, address, "money")
        settled(page)
        assert violations(page) == []
        across = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert across <= 1, "the page is wider than the screen"
        page.screenshot(path=pictures / f"money-390-{scheme}.png")
    finally:
        context.close()
