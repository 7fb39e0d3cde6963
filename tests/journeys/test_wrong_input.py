"""What is wrong is said beside the field, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from .steps import enter, opened


def upload(page: Page, key: str, name: str, content: bytes) -> None:
    page.locator(f".st-key-{key} input[type=file]").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": content}]
    )


def test_a_number_out_of_range_is_told_by_the_field(page: Page, address: str) -> None:
    opened(page, address, "scenarios")
    enter(page, "Growth of requests", "900")
    message = page.get_by_text("900.0 is out of range")
    message.wait_for()
    expect(page.get_by_text("Not run.")).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Growth of requests")).to_have_value("900.0")

    # It is still there after a visit to another page, and so is what was right.
    enter(page, "Assessment team", "15")
    page.get_by_text("Changed; the baseline has").first.wait_for()
    page.get_by_role("link", name="Money", exact=True).first.click()
    page.get_by_role("heading", name="What happens to the high-needs deficit?").wait_for()
    page.get_by_role("link", name="Scenarios", exact=True).first.click()
    page.get_by_text("900.0 is out of range").wait_for()
    expect(page.get_by_role("spinbutton", name="Assessment team")).to_have_value("15.0")


def test_a_scenario_that_is_not_toml_is_told_and_changes_nothing(page: Page, address: str) -> None:
    page.goto(f"{address}/scenarios?view=saved")
    page.get_by_role("heading", name="Files").wait_for()
    upload(page, "scenario-file", "mine.toml", b"name = bristol\n")
    page.get_by_text("is not valid TOML").wait_for()
    expect(page.get_by_text("The scenario chosen before is kept.")).to_be_visible()
    page.get_by_text("Change and run", exact=True).click()
    page.get_by_text("Bristol, January 2022").first.wait_for()


def test_a_scenario_file_that_is_right_is_used(page: Page, address: str, repo: Path) -> None:
    page.goto(f"{address}/scenarios?view=saved")
    page.get_by_role("heading", name="Files").wait_for()
    text = (repo / "scenarios" / "bristol-2022.toml").read_text().replace("Bristol, January 2022", "Avonford, January 2022", 1)
    upload(page, "scenario-file", "avonford.toml", text.encode())
    page.get_by_text("Avonford, January 2022").first.wait_for()
    page.get_by_text("By the January census of 2024/25 Avonford needs").wait_for()
    assert "saved=avonford-january-2022" in page.url


def test_a_list_of_bids_with_a_repeated_id_is_told_and_the_old_one_kept(page: Page, address: str, repo: Path) -> None:
    opened(page, address, "bids")
    lines = (repo / "scenarios" / "bristol-eois.csv").read_text().splitlines()
    upload(page, "eoi-file", "bids.csv", "\n".join([*lines[:4], lines[1]]).encode())
    page.get_by_text("two rows have the same id").first.wait_for()
    expect(page.get_by_text("The list used before is kept")).to_be_visible()
    expect(page.get_by_text("the list that came with the scenario")).to_be_visible()
    expect(page.get_by_role("heading", name="78 expressions of interest")).to_be_visible()


def test_a_shorter_list_of_bids_is_used(page: Page, address: str, repo: Path) -> None:
    opened(page, address, "bids")
    lines = (repo / "scenarios" / "bristol-eois.csv").read_text().splitlines()
    bad = lines[2].replace("Secondary base for autism", "![x](http://example.org/x.png)", 1)
    upload(page, "eoi-file", "bids.csv", "\n".join([*lines[:2], bad, *lines[3:6]]).encode())
    page.get_by_text("your list bids.csv").wait_for()
    page.get_by_role("link", name="Shortlist", exact=True).first.click()
    page.get_by_text("of the 5 bids are made up").wait_for()
    # Markdown in a file is shown as it is: the page fixture fails if the picture was asked for.
    page.get_by_text("![x](http://example.org/x.png)").first.wait_for(state="attached")
