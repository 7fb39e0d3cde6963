"""A finance officer's sensitivity check of the deficit, from the first move of a slider to the tables of the plan."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from sufficiency.dsg.changes import changes_in
from sufficiency.scenario.library import load

from .hands import HANDS, bring, saved
from .steps import drawn, keep_picture, opened, rows_in, settled, slider, violations


# Each in futures of its own, so that neither finds what the other had worked out in the same app.
@pytest.mark.parametrize(("by", "futures"), [("mouse", 4), ("keyboard", 5)])
def test_the_deficit_is_tested_without_a_new_run_and_the_plan_taken_away(
    page: Page, address: str, pictures: Path, tmp_path: Path, by: str, futures: int
) -> None:
    hand = HANDS[by](page)
    opened(page, address, f"money?futures={futures}")
    page.get_by_text("With the interventions the balance at the end").wait_for()

    # Pupil numbers and activity: the account answers at once, nothing is simulated again.
    expect(page.get_by_text("No slider is moved")).to_be_visible()
    hand.slide(slider(page, "Non-maintained or independent, %").first, -10)
    page.get_by_text("It is then").wait_for()
    hand.slide(slider(page, "Maintained special schools or special academies, %").nth(1), 5)
    expect(page.get_by_text("Running.", exact=True)).to_have_count(0)

    # The variant is saved.
    hand.press(page.locator("summary", has_text="Save this variant, or open one"))
    hand.write(page.get_by_role("textbox", name="Name of the variant"), "Fewer independent, dearer special")
    page.get_by_text("--override fewer-independent-dearer-special.toml").wait_for()
    moved = sentence(page)  # only now: the name came after all moves of the sliders
    assert "on average; in 8 of 10 futures" in moved
    variant = saved(page, hand, page.get_by_role("button", name="Save the variant (TOML)"), tmp_path)
    assert variant.name == "fewer-independent-dearer-special.toml"
    laid_over = load("bristol-2022", [str(variant)])
    assert laid_over.title.endswith(", Fewer independent, dearer special")
    held = changes_in(laid_over.money.variant)
    assert (held.pupils, held.activity, held.income_growth) == ({"independent": -10}, {"special": 5}, 0)

    # The tornado and the break-even are read.
    hand.slide(slider(page, "Change of one thing at a time, %"), 1)
    page.get_by_text("11 % more").first.wait_for()
    hand.press(page.locator("summary", has_text="The numbers of this chart"))
    expect(page.get_by_role("table", name="Effect of each change on the balance")).to_contain_text("11 % less")
    hand.pick(page.get_by_role("combobox", name="Financial year"), "2025")
    page.get_by_text("balances 2025").or_(page.get_by_text("balance 2025")).first.wait_for()

    # A target that cannot be meant is told by its field, one that can be is answered.
    reached = page.get_by_role("spinbutton", name="Balance to be reached")
    hand.write(reached, "-9999999")
    page.get_by_text("Not accepted.").wait_for()
    hand.write(reached, "-1000")
    page.get_by_text("in every one of the futures").first.wait_for()

    # What interventions are worth sums to the whole, on the page and in the workbook.
    hand.press(page.get_by_role("button", name="Work out the savings"))
    page.get_by_text("Together the interventions make the balance").wait_for()
    rows = rows_in(saved(page, hand, page.get_by_role("button", name="Download the savings (CSV)"), tmp_path).read_bytes())
    last = {
        r["workstream"]: float(r["mean"]) for r in rows if (r["measure"], r["financial_year"]) == ("cumulative_saving", "2028-29")
    }
    whole = last.pop("all")
    assert len(last) == 2 and abs(sum(last.values()) - whole) < 0.01
    plan = saved(page, hand, page.get_by_role("button", name="Download the management plan (Excel)"), tmp_path)
    book = openpyxl.load_workbook(io.BytesIO(plan.read_bytes()))
    assert {"Balances", "Savings", "Pupils", "Spend mitigated"} <= set(book.sheetnames)

    hand.press(page.get_by_role("button", name="Compare the options"))
    page.get_by_text("Best on average by the end of").wait_for()
    expect(page.get_by_role("table").filter(has_text="Net present value").first).to_contain_text("School-led programmes")

    # Opened again, the variant has the sliders stand where they stood; what is none is told and changes nothing.
    hand.press(page.get_by_role("button", name="Set all sliders back"))
    page.get_by_text("No slider is moved").wait_for()
    uploader = page.locator(".st-key-variant-file")
    bring(page, hand, uploader, variant)
    page.get_by_text("It is then").wait_for()
    drawn(page)
    assert sentence(page) == moved
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('kind = "override"\n[demand.growth]\nvalue = 0.2\n', encoding="utf-8")
    bring(page, hand, uploader, wrong)
    page.get_by_text("changes more than a variant does").wait_for()
    settled(page)
    assert sentence(page) == moved
    assert by == "mouse" or violations(page) == []
    keep_picture(page, pictures, f"money-{by}")


def sentence(page: Page) -> str:
    """What the sliders do to the balance."""
    return page.locator("p", has_text="It is then").first.inner_text()
