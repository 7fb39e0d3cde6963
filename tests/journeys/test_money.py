"""A finance officer's way through the Money page, in a real browser."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from sufficiency.scenario.library import load

from .test_accessibility import violations
from .test_planner import enter, keep_picture, open_page, settled


def test_the_deficit_is_tested_without_a_new_run_and_the_plan_taken_away(page: Page, address: str, pictures: Path) -> None:
    open_page(page, address, "money")
    page.get_by_text("With the interventions the balance at the end").wait_for()

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
    page.get_by_text("Together the interventions make the balance").wait_for()
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


def test_by_keyboard_pupils_and_activity_are_moved_and_the_variant_saved_and_opened(
    page: Page, address: str, pictures: Path, tmp_path: Path
) -> None:
    """A sensitivity check of the deficit from the first key to the last, without a mouse."""
    open_page(page, address, "money")
    page.get_by_text("With the interventions the balance at the end").wait_for()
    settled(page)

    def slider(name: str) -> Locator:
        return page.get_by_role("slider", name=name)

    # Pupil numbers and activity: nothing is simulated again.
    tab_to(page, slider("Non-maintained or independent, %").first)
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    page.get_by_text("It is then").wait_for()
    tab_to(page, slider("Maintained special schools or special academies, %").nth(1))
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Running.", exact=True)).to_have_count(0)

    # Save the variant.
    tab_to(page, page.locator("summary", has_text="Save this variant, or open one"))
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Name of the variant").wait_for()
    tab_to(page, page.get_by_role("textbox", name="Name of the variant"))
    page.keyboard.type("Fewer independent, dearer special")
    page.keyboard.press("Enter")
    page.get_by_text("--override fewer-independent-dearer-special.toml").wait_for()
    moved = sentence(page)  # only now: the name came after all moves of the sliders
    assert "on average; in 8 of 10 futures" in moved
    tab_to(page, page.get_by_role("button", name="Save the variant (TOML)"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "fewer-independent-dearer-special.toml"
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert load("bristol-2022", [str(saved)]).title.endswith(", Fewer independent, dearer special")

    # Read the tornado and the break-even.
    tab_to(page, slider("Change of one thing at a time, %"))
    page.keyboard.press("ArrowRight")
    page.get_by_text("11 % more").first.wait_for()
    tab_to(page, page.locator("summary", has_text="The numbers of this chart").first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("table").filter(has_text="8 in 10 futures").filter(has_text="11 % less").first).to_be_visible()
    tab_to(page, page.get_by_role("combobox", name="Financial year"))
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    settled(page)
    expect(page.get_by_text("balances 2025").or_(page.get_by_text("balance 2025")).first).to_be_visible()

    # Export the tables of the management plan.
    tab_to(page, page.get_by_role("button", name="Work out the savings"))
    page.keyboard.press("Enter")
    page.get_by_text("Together the interventions make the balance").wait_for()
    settled(page)
    tab_to(page, page.get_by_role("button", name="Download the management plan (Excel)"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert {"Balances", "Savings", "Pupils", "Spend mitigated"} <= set(book.sheetnames)

    # Opened again, the variant has the sliders stand where they stood; what is none is told and changes nothing.
    page.get_by_role("button", name="Set all sliders back").press("Enter")
    page.get_by_text("No slider is moved").wait_for()
    page.locator(".st-key-variant-file input[type=file]").set_input_files(saved)
    page.get_by_text("It is then").wait_for()
    settled(page)
    assert sentence(page) == moved
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('kind = "override"\n[demand.growth]\nvalue = 0.2\n', encoding="utf-8")
    page.locator(".st-key-variant-file input[type=file]").set_input_files(wrong)
    page.get_by_text("changes more than a variant does").wait_for()
    assert sentence(page) == moved
    assert violations(page) == []
    keep_picture(page, pictures, "money-variant")


def tab_to(page: Page, target: Locator) -> Locator:
    """Press Tab until the focus is on (or inside) the target."""
    target.wait_for(state="attached")
    for _ in range(200):
        page.keyboard.press("Tab")
        if target.evaluate("it => it.contains(document.activeElement)"):
            return target
    raise AssertionError(f"Tab never came to {target}")


def sentence(page: Page) -> str:
    """What the sliders do to the balance."""
    return page.locator("p", has_text="It is then").first.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_can_be_read_on_a_telephone(browser: Browser, address: str, pictures: Path, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        page.set_default_timeout(90_000)
        open_page(page, address, "money")
        settled(page)
        assert violations(page) == []
        across = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert across <= 1, "the page is wider than the screen"
        page.screenshot(path=pictures / f"money-320-{scheme}.png")
    finally:
        context.close()
