"""A planner's own scenarios in the browser: saved with reasons, undone, compared, found again; by mouse and by keyboard."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from .hands import Keyboard
from .steps import enter, keep_picture, opened, saved_anew, settled, view, violations, written


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
    expect(page.get_by_text("Reason is empty")).to_have_count(0)
    written(page, "Source for growth", "Cabinet report, March 2022, table 4")
    written(page, "Title of the new scenario", "Growth of 17 %")
    page.get_by_role("button", name="Save as a new scenario").click()
    page.get_by_text("as version 2 of “Growth of 17 %”").wait_for()
    page.get_by_text("Done.", exact=True).wait_for()  # the result is still that of these figures
    keep_picture(page, pictures, "scenarios-saved")

    page.get_by_role("button", name="Undo: back to version 1").click()
    expect(page.get_by_role("spinbutton", name="Growth of requests")).to_have_value("11.3")
    page.get_by_role("button", name="Redo: version 2").click()
    expect(page.get_by_role("spinbutton", name="Growth of requests")).to_have_value("17.0")

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


def test_two_planners_never_overwrite_each_other(
    page: Page, another_page: Callable[[], Page], address: str, pictures: Path
) -> None:
    saved_anew(page, address, "Two planners", "14")
    other = another_page()
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
    expect(other.get_by_role("table").first).to_contain_text("Two planners (second copy)")


def test_a_scenario_is_saved_renamed_archived_and_opened_by_keyboard_alone(page: Page, address: str, pictures: Path) -> None:
    page.emulate_media(color_scheme="dark")
    hand = Keyboard(page)
    opened(page, address, "scenarios")
    hand.write(page.get_by_role("spinbutton", name="Growth of requests"), "13")
    page.get_by_role("heading", name="Why these changes?").wait_for()
    for label, text in (
        ("Reason for growth", "Typed."),
        ("Source for growth", "assumption"),
        ("Title of the new", "By keyboard"),
    ):
        hand.write(page.get_by_role("textbox", name=label), text)
    hand.press(page.get_by_role("button", name="Save as a new scenario"))
    told = page.get_by_text("as version 2 of “By keyboard”")
    told.wait_for()
    hand.press(page.get_by_role("button", name="Close this message"))
    expect(told).to_have_count(0)

    # In the list it has another title, with a note.
    hand.choose(page.get_by_role("radio", name="Saved scenarios", exact=True))
    page.get_by_role("heading", name="Which scenarios have been saved?").wait_for()
    hand.press(page.locator("summary", has_text="Rename, or change the note"))
    hand.write(page.get_by_role("textbox", name="Title", exact=True), "Renamed", leave="Tab")
    hand.write(page.get_by_role("textbox", name="Note: what it is for"), "To see what follows.", leave="Tab")
    hand.press(page.get_by_role("button", name="Rename", exact=True))
    table = page.get_by_role("table", name="Saved scenarios")
    row = table.get_by_role("row").filter(has_text="Renamed")
    expect(row).to_contain_text("To see what follows.")
    expect(table).not_to_contain_text("By keyboard")
    one = page.get_by_role("combobox", name="Saved scenario")
    expect(one).to_have_value("Renamed")

    # In the archive it is not listed, unless that is asked for; brought back, it is opened.
    hand.press(page.get_by_role("button", name="Archive", exact=True))
    expect(row).to_have_count(0)
    hand.tick(page.get_by_role("checkbox", name="archived scenario"))
    expect(row).to_contain_text("Renamed (archived)")
    settled(page)  # what the buttons are for is what the field shows
    expect(page.locator("input[aria-label=Title]")).to_have_value(one.input_value())
    assert violations(page) == []
    keep_picture(page, pictures, "scenarios-archived-dark")
    hand.pick(one, "Renamed")
    hand.press(page.get_by_role("button", name="Bring back from the archive"))
    expect(row).not_to_contain_text("archived")
    hand.press(page.locator(".st-key-open-saved button"))
    expect(page.get_by_role("spinbutton", name="Growth of requests")).to_have_value("13.0")
    hand.choose(page.get_by_role("radio", name="Compare", exact=True))
    page.get_by_role("heading", name="What any two assume differently").wait_for()
    settled(page)
    assert violations(page) == []


def test_changes_never_saved_are_found_in_another_window(page: Page, another_page: Callable[[], Page], address: str) -> None:
    page.goto(f"{address}/scenarios?scenario=bristol-2025")
    page.get_by_role("heading", name="Change the main assumptions").wait_for()
    settled(page)
    enter(page, "Growth of requests", "19")
    page.get_by_role("heading", name="Why these changes?").wait_for()
    settled(page)
    other = another_page()
    other.goto(f"{address}/scenarios?view=saved")
    other.get_by_role("heading", name="Changes never saved").wait_for()
    assert violations(other) == []
    other.get_by_role("button", name="Go on with these changes to bristol-2025").first.click()
    expect(other.get_by_role("spinbutton", name="Growth of requests")).to_have_value("19.0")
