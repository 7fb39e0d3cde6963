"""Two ways to work the app: by mouse alone, and by keyboard alone. A journey is walked by either."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from playwright.sync_api import Locator, Page

from .steps import drawn

MOST_STOPS = 250


class Hand(Protocol):
    """How a planner acts on the page."""

    def press(self, control: Locator) -> None: ...
    def write(self, field: Locator, text: str, leave: str = "Enter") -> None: ...
    def pick(self, box: Locator, text: str) -> None: ...
    def choose(self, radio: Locator) -> None: ...
    def tick(self, box: Locator) -> None: ...
    def slide(self, slider: Locator, steps: int) -> None: ...
    def to_first_title(self, grid: Locator) -> None: ...


def bring(page: Page, hand: Hand, uploader: Locator, file: Path) -> None:
    """Choose a file in the machine's own dialogue, which the uploader's last button opens; any before it remove files."""
    with page.expect_file_chooser() as chooser:
        hand.press(uploader.locator("button").last)
    chooser.value.set_files(file)


def saved(page: Page, hand: Hand, button: Locator, folder: Path) -> Path:
    """The file that a button saves, under the name the app gives it."""
    with page.expect_download() as download:
        hand.press(button)
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def _there(target: Locator) -> None:
    """Wait until the target is there and the page stands still: while it is drawn anew, a control may be there twice."""
    drawn(target.page)
    target.wait_for(state="attached")
    drawn(target.page)


def _picked(page: Page) -> None:
    """Close the list of options where it stays open after a pick, as that of a field for several does: it hides the page."""
    drawn(page)
    if page.get_by_role("listbox").count():
        page.keyboard.press("Escape")


class Mouse:
    """Clicks and drags; the keyboard only types."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def on(self, target: Locator) -> Locator:
        """The target, once the page stands still."""
        _there(target)
        return target

    def in_view(self, target: Locator) -> Locator:
        """The target, once the page has scrolled to it: a list of options that is opened before is closed by that."""
        self.on(target).scroll_into_view_if_needed()
        self.page.wait_for_timeout(150)
        return target

    def press(self, control: Locator) -> None:
        self.on(control).click()

    def write(self, field: Locator, text: str, leave: str = "Enter") -> None:
        self.on(field).click(click_count=3)
        self.page.keyboard.type(text)
        self.page.keyboard.press(leave)

    def pick(self, box: Locator, text: str) -> None:
        self.in_view(box).click()
        self.page.get_by_role("option").filter(has_text=text).first.click()
        _picked(self.page)

    def choose(self, radio: Locator) -> None:
        self.on(radio).locator("xpath=ancestor::label").click()

    def tick(self, box: Locator) -> None:
        self.on(box).locator("xpath=ancestor::label").click()

    def slide(self, slider: Locator, steps: int) -> None:
        """Drag the thumb along its track, by so many of the slider's steps of 1."""
        self.in_view(slider)
        thumb, track = (slider.locator(f"xpath={above}").bounding_box() for above in ("../..", "../../.."))
        assert thumb is not None and track is not None
        least, most = (float(slider.get_attribute(end) or "nan") for end in ("min", "max"))
        x, y = thumb["x"] + thumb["width"] / 2, thumb["y"] + thumb["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + steps * track["width"] / (most - least), y, steps=4)
        self.page.mouse.up()

    def to_first_title(self, grid: Locator) -> None:
        box = self.in_view(grid).bounding_box()
        assert box is not None
        self.page.wait_for_timeout(500)  # until the cells are drawn on their canvas
        self.page.mouse.click(box["x"] + 150, box["y"] + 52)


# 0 where the focus is within the target, else -1 or 1: the target is before or after it on the page; and whether it is in a grid.
WAY = """it => { const at = document.activeElement;
  if (!it.isConnected) return null;
  const back = at !== document.body && it.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING;
  return [it.contains(at) ? 0 : back ? -1 : 1, at.matches('canvas')]; }"""


class Keyboard:
    """Tab, or Shift and Tab, to what is wanted; then keys."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, target: Locator) -> None:
        """Go from stop to stop until the focus is on (or inside) the target."""
        _there(target)
        element = target.element_handle()  # looked for once: that goes through the whole page
        for _ in range(MOST_STOPS):
            found = element.evaluate(WAY)
            if found is None:  # drawn anew meanwhile
                element = target.element_handle()
                continue
            way, in_grid = found
            if way == 0:
                return
            if in_grid:
                self.page.keyboard.press("Escape")  # a grid keeps Tab to itself until then, as the page says
            self.page.keyboard.press("Tab" if way > 0 else "Shift+Tab")
        raise AssertionError(f"Tab never came to {target}")

    def press(self, control: Locator) -> None:
        self.to(control)
        self.page.keyboard.press("Enter")

    def write(self, field: Locator, text: str, leave: str = "Enter") -> None:
        self.to(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        self.page.keyboard.press(leave)

    def pick(self, box: Locator, text: str) -> None:
        self.to(box)
        self.page.keyboard.type(text)
        self.page.get_by_role("option").filter(has_text=text).first.wait_for()
        self.page.keyboard.press("Enter")
        _picked(self.page)

    def choose(self, radio: Locator) -> None:
        """Tab comes to the option chosen; arrows go from option to option."""
        group = radio.locator("xpath=ancestor::*[@role='radiogroup']")
        self.to(group)
        for _ in range(group.get_by_role("radio").count()):
            if radio.is_checked():
                return
            self.page.keyboard.press("ArrowRight")
            drawn(self.page)
        assert radio.is_checked()

    def tick(self, box: Locator) -> None:
        self.to(box)
        self.page.keyboard.press("Space")

    def slide(self, slider: Locator, steps: int) -> None:
        self.to(slider)
        for _ in range(abs(steps)):
            self.page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")

    def to_first_title(self, grid: Locator) -> None:
        self.to(grid.get_by_test_id("data-grid-canvas"))
        self.page.wait_for_timeout(500)  # the first cell is then marked, on the canvas
        self.page.keyboard.press("ArrowRight")


HANDS = {"mouse": Mouse, "keyboard": Keyboard}
