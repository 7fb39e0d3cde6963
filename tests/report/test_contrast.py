"""Contrast of the theme and of the charts' colours, reckoned as WCAG 2.2 does: 4.5 to 1 for text, 3 to 1 for graphics."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from sufficiency.report.charts import colours

TEXT, GRAPHICS = 4.5, 3.0
SCHEMES = ("light", "dark")


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2, definition of relative luminance)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(scope="module")
def theme(repo: Path) -> dict[str, Any]:
    return tomllib.loads((repo / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]


def test_the_reckoning_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#0b5563", "#0b5563") == 1.0


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_and_borders_of_the_theme(theme: dict[str, Any], scheme: str) -> None:
    found = theme[scheme]
    for ground in (found["backgroundColor"], found["secondaryBackgroundColor"]):
        assert contrast(found["textColor"], ground) >= TEXT
        assert contrast(found["linkColor"], ground) >= TEXT
        assert contrast(found["borderColor"], ground) >= GRAPHICS
        assert contrast(found["primaryColor"], ground) >= GRAPHICS
    assert contrast("#ffffff", found["primaryColor"]) >= TEXT, "white words on the main button"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_lines_and_marks_of_charts(theme: dict[str, Any], scheme: str) -> None:
    ground = theme[scheme]["backgroundColor"]
    used = {*colours.SERIES.values(), *colours.SPREAD.values(), *colours.OPTIONS, colours.GREY, colours.TOTAL}
    used |= {colours.MORE, colours.FEWER, colours.WORSE, colours.BETTER}
    faint = {colour: round(contrast(colour, ground), 2) for colour in used if contrast(colour, ground) < GRAPHICS}
    assert not faint
    assert contrast(colours.INK if scheme == "light" else colours.INK_ON_DARK, ground) >= TEXT


def test_words_on_the_cells_of_a_heat_map() -> None:
    for cell in (colours.SHORT, colours.EVEN, colours.SPARE, colours.FEW, colours.MANY):
        assert contrast(colours.ON_CELL, cell) >= TEXT


def test_the_colours_of_paper(repo: Path) -> None:
    """Every colour of text in the web page's style on each of its grounds."""
    style = (repo / "sufficiency" / "report" / "papers" / "paper.css").read_text("utf-8")
    texts = set(re.findall(r"(?<![-a-z])color: (#[0-9a-f]{6})", style))
    grounds = set(re.findall(r"background: (#[0-9a-f]{6})", style))
    assert texts
    assert grounds
    for ground in grounds:
        assert all(contrast(text, ground) >= TEXT for text in texts)
        used = {*colours.SERIES.values()} if ground == "#ffffff" else set()
        assert all(contrast(colour, ground) >= GRAPHICS for colour in used)
    for border in set(re.findall(r"(?:border[-a-z]*|outline): \d+px solid (#[0-9a-f]{6})", style)):
        assert all(contrast(border, ground) >= GRAPHICS for ground in grounds)
