"""A planner's own scenarios in the browser: saved with reasons, undone, compared, found again; by mouse and by keyboard."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .test_accessibility import violations
from .test_planner import enter, keep_picture, settled


def written(page: Page, label: str, text: str) -> None:
    """Write into a field and leave it with Tab."""
    box = page.get_by_role("textbox", name=label)
    box.fill(text)
    box.press("Tab")
    settled(page)


def view(page: Page, name: str, heading: str) -> None:
    page.get_by_text(name, exact=True).first.click()
    page.get_by_role("heading", name=heading).wait_for()
    settled(page)


def saved_anew(page: Page, address: str, title: str, growth: str) -> None:
    """The baseline with another growth, saved under a title."""
    page.goto(f"{address}/scenarios")
    page.get_by_text("Done.", exact=True).wait_for()
    enter(page, "Growth of requests", growth)
    page.get_by_role("heading", name="Why these changes?").wait_for()
    written(page, "Reason for growth", "Faster than the five-year mean.")
    written(page, "Source for growth", "assumption")
    written(page, "Title of the new scenario", title)
    page.get_by_role("button", name="Save as a new scenario").click()
    page.get_by_text(f"as version 2 of “{title}”").wait_for()


def test_a_scenario_is_saved_undone_and_compared_by_mouse(page: Page, address: str, pictures: Path) -> None:
    page.goto(f"{address}/scenarios")
    page.get_by_text("Done.", exact=True).wait_for()
    enter(page, "Growth of requests", "17")
    page.get_by_role("button", name="Run with the new inputs").click()
    page.get_by_text("Done.", exact=True).wait_for()

    # What is missing is said by each field.
    page.get_by_role("button", name="Save as a new scenario").click()
    for words in ("Reason is empty", "Source is empty", "The title is empty"):
        page.get_by_text(words).wait_for()
    assert violations(page) == []
    keep_picture(page, pictures, "scenarios-save-refused")
    written(page, "Reason for growth", "Faster than the five-year mean.")
    expect(page.get_by_text("Reason is empty")).to_have_count(0, timeout=60_000)
    written(page, "Source for growth", "Cabinet report, March 2022, table 4")
    written(page, "Title of the new scenario", "Growth of 17 %")
    page.get_by_role("button", name="Save as a new scenario").click()
    page.get_by_text("as version 2 of “Growth of 17 %”").wait_for()
    page.get_by_text("Done.", exact=True).wait_for()  # the result is still that of these figures
    keep_picture(page, pictures, "scenarios-saved")

    page.get_by_role("button", name="Undo: back to version 1").click()
    expect(page.get_by_role("spinbutton", name="Growth of requests")).to_have_value("11.3", timeout=60_000)
    page.get_by_role("button", name="Redo: version 2").click()
    expect(page.get_by_role("spinbutton", name="Growth of requests")).to_have_value("17.0", timeout=60_000)

    # The list, its history, and a file that says the same.
    view(page, "Saved scenarios", "Which scenarios have been saved?")
    row = page.get_by_role("row").filter(has_text="Growth of 17 %")
    expect(row).to_contain_text("Baseline bristol-2022")
    expect(row).to_contain_text("there, 8 futures")
    page.get_by_text("History: 2 versions").click()
    page.get_by_text("Source: Cabinet report, March 2022, table 4").wait_for()
    keep_picture(page, pictures, "scenarios-list")
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Download (TOML)").click()
    table = tomllib.loads(Path(download.value.path()).read_text("utf-8"))
    assert table["demand"]["growth"]["value"] == 0.17
    assert table["demand"]["growth"]["source"] == "Cabinet report, March 2022, table 4"

    # Its first version and itself stand side by side, and the link brings them back.
    view(page, "Compare", "How do scenarios differ?")
    page.get_by_text("Differences from").first.wait_for()
    keep_picture(page, pictures, "scenarios-compare-saved")
    assert violations(page) == []
    link = page.url
    assert link.count("compare=") == 2
    page.goto(link)
    page.get_by_text("Differences from “Growth of 17 %, version 1”").wait_for()

    # The other pages are about the saved scenario too.
    page.get_by_role("link", name="Places", exact=True).first.click()
    page.get_by_text("Growth of 17 %, version 2").or_(page.get_by_text("Growth of 17 %")).first.wait_for()


def test_two_planners_never_overwrite_each_other(page: Page, browser: Browser, address: str, pictures: Path) -> None:
    saved_anew(page, address, "Two planners", "14")
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    try:
        other = context.new_page()
        other.set_default_timeout(90_000)
        other.goto(page.url)
        other.get_by_role("heading", name="Change the main assumptions").wait_for()
        for planner, growth in ((page, "15"), (other, "16")):
            settled(planner)
            enter(planner, "Growth of requests", growth)
            planner.get_by_role("heading", name="Why these changes?").wait_for()
            written(planner, "Reason for growth", f"It is {growth}.")
            written(planner, "Source for growth", "assumption")
        page.get_by_role("button", name="Save this version").click()
        page.get_by_text("as version 3 of “Two planners”").wait_for()
        other.get_by_role("button", name="Save this version").click()
        other.get_by_text("Both were kept.").wait_for()
        difference = other.get_by_role("table").filter(has_text="Theirs")
        expect(difference).to_contain_text("0.15")
        expect(difference).to_contain_text("0.16")
        keep_picture(other, pictures, "scenarios-both-kept")
        assert violations(other) == []
        view(other, "Saved scenarios", "Which scenarios have been saved?")
        expect(other.get_by_role("table").first).to_contain_text("Two planners (second copy)", timeout=60_000)
    finally:
        context.close()


@pytest.mark.parametrize("name", ["saved", "compare"])
def test_no_violation_in_the_dark_theme(browser: Browser, address: str, name: str) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 900}, color_scheme="dark")
    try:
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.goto(f"{address}/scenarios?view={name}")
        page.get_by_role("heading", level=2).first.wait_for()
        settled(page)
        assert violations(page) == []
    finally:
        context.close()


def focus(page: Page, name: str, role: str = "button", most: int = 80) -> None:
    """Press Tab until the control of that name has the focus; fails where Tab never reaches it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        label = page.evaluate(
            "() => { const e = document.activeElement; return e ? (e.getAttribute('aria-label') || e.innerText || '') : '' }"
        )
        if label.strip().startswith(name):
            return
    raise AssertionError(f"Tab never reaches the {role} {name}")


def test_a_scenario_is_saved_and_opened_by_keyboard_alone(page: Page, address: str) -> None:
    page.goto(f"{address}/scenarios")
    page.get_by_text("Done.", exact=True).wait_for()
    settled(page)
    focus(page, "Growth of requests", "field")
    page.keyboard.press("Control+A")
    page.keyboard.type("13")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Why these changes?").wait_for()
    settled(page)
    for label, text in (
        ("Reason for growth", "Typed."),
        ("Source for growth", "assumption"),
        ("Title of the new", "By keyboard"),
    ):
        focus(page, label, "field")
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        settled(page)
    focus(page, "Save as a new scenario")
    page.keyboard.press("Enter")
    page.get_by_text("as version 2 of “By keyboard”").wait_for()
    settled(page)
    page.keyboard.press("Control+Home")
    focus(page, "Close this message")
    page.keyboard.press("Enter")
    expect(page.get_by_text("as version 2 of “By keyboard”")).to_have_count(0, timeout=60_000)


def test_changes_never_saved_are_found_in_another_window(page: Page, browser: Browser, address: str) -> None:
    page.goto(f"{address}/scenarios?scenario=bristol-2025")
    page.get_by_role("heading", name="Change the main assumptions").wait_for()
    settled(page)
    enter(page, "Growth of requests", "19")
    page.get_by_role("heading", name="Why these changes?").wait_for()
    settled(page)
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    try:
        other = context.new_page()
        other.set_default_timeout(90_000)
        other.goto(f"{address}/scenarios?view=saved")
        other.get_by_role("heading", name="Changes never saved").wait_for()
        assert violations(other) == []
        other.get_by_role("button", name="Go on with these changes to bristol-2025").first.click()
        expect(other.get_by_role("spinbutton", name="Growth of requests")).to_have_value("19.0", timeout=60_000)
    finally:
        context.close()
