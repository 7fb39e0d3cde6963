"""The Bids and Shortlist pages in a test of their logic: lists with mistakes, limits, what-ifs and the loop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sufficiency.ui.workshop import workshop

from .shown import unlinked
from .single import bids, shortlist

SECONDS = 200
pytestmark = pytest.mark.integration
SHORT = 7
"""Bids of a list that is solved quickly."""


def text_of(at: AppTest) -> str:
    shown = [*at.markdown, *at.title, *at.header, *at.subheader, *at.warning, *at.error, *at.info]
    return unlinked("\n".join(str(element.value) for element in shown))


def labelled(elements: Any, words: str) -> Any:
    [found] = [element for element in elements if element.label.replace("\\", "").startswith(words)]
    return found


def lines(repo: Path) -> list[str]:
    return (repo / "scenarios" / "bristol-eois.csv").read_text().splitlines()


@pytest.fixture
def page(app: AppTest) -> Callable[[Callable[[], None]], AppTest]:
    """A page on its own, with the workers of ``app``'s fixture."""
    return lambda show: AppTest.from_function(show, default_timeout=SECONDS)


@pytest.fixture
def short(page: Callable[..., AppTest], repo: Path) -> AppTest:
    """The Shortlist page with a short list of bids."""
    at = page(shortlist)
    at.session_state["eois"] = ("short.csv", "\n".join(lines(repo)[: SHORT + 1]).encode())
    return at.run().run().run()


def test_the_list_is_shown_with_what_to_look_at(page: Callable[..., AppTest]) -> None:
    at = page(bids).run()
    assert not at.exception
    text = text_of(at)
    assert "78 expressions of interest (EoIs, here: bids) from 30 settings offer 954 places" in text
    assert "**Illustrative.**" in text
    assert "**9 bids cannot be chosen** under the limits as they stand, each for the reason below; something about" in text
    totals = at.table[0].value
    assert list(totals["Bids"])[-1] == "All bids" and totals["Places bid"].iloc[-1] == "954"


def test_a_list_with_mistakes_is_kept_told_and_mended_in_place(page: Callable[..., AppTest], repo: Path) -> None:
    head, first, second, *_ = lines(repo)
    wrong = [head, first.replace(",8,480000,", ",eight,480000,", 1), second.replace(",south,", ",souht,", 1)]
    at = page(bids).run()
    at.file_uploader[0].upload("mine.csv", "\n".join(wrong).encode(), "text/csv").run()
    assert not at.exception
    text = text_of(at)
    assert "2 things to mend in mine.csv" in text and "**Not accepted yet.**" in text
    assert "the list that came with the scenario" in text
    told = next(table.value for table in at.table if "To mend it" in table.value.columns)
    assert list(told["Row"]) == ["2", "3"] and list(told["Column"]) == ["places", "area"]
    assert labelled(at.text_input, "Row 2, column places").value == "eight"
    labelled(at.text_input, "Row 2").set_value("8")
    labelled(at.text_input, "Row 3").set_value("south")
    labelled(at.button, "Check again").click().run()
    text = text_of(at)
    assert "to mend" not in text and "your list mine.csv" in text
    assert "2 expressions of interest" in text


def test_a_file_that_is_no_list_leaves_the_one_before(page: Callable[..., AppTest]) -> None:
    at = page(bids).run()
    at.file_uploader[0].upload("mine.csv", b"id,title\nE1,One\n", "text/csv").run()
    text = text_of(at)
    assert "columns are missing" in text and "The list used before is kept." in text
    assert "78 expressions of interest" in text


def test_limits_are_told_by_the_field_and_make_the_plan_stale(short: AppTest) -> None:
    at = short
    assert not at.exception and "Chosen:" in text_of(at)
    labelled(at.number_input, "Number of bids in all").set_value(-3)
    labelled(at.text_area, "Pairs of bids").set_value("E01 and E02")
    labelled(at.button, "Use these limits").click().run()
    errors = [error.value.replace("\\", "") for error in at.error]
    assert any("out of range in Number of bids in all" in error and "found -3" in error for error in errors)
    assert any("line 1" in error for error in errors)
    assert "**Out of date.**" not in text_of(at)
    labelled(at.number_input, "Number of bids in all").set_value(1)
    labelled(at.text_area, "Pairs of bids").set_value("E01 not with E02")
    labelled(at.button, "Use these limits").click().run().run()
    text = text_of(at)
    assert "**Out of date.**" in text and "In force: bids in all: at most 1" in text
    labelled(at.button, "Choose again").click().run().run()
    assert "**Out of date.**" not in text_of(at)
    assert any(header.value == "Chosen: 1" for header in at.header)


def test_what_if_answers_with_bounds_and_the_plan_can_be_taken(short: AppTest) -> None:
    at = short
    at.radio[0].set_value("What if?").run()
    labelled(at.selectbox, "Bid").set_value(at.selectbox[0].options and _id(at.selectbox[0].options[0])).run()
    first = _id(at.selectbox[0].options[0])
    labelled(at.button, "Ask").click().run().run().run()
    assert not at.exception
    text = text_of(at)
    assert f"Without {first}" in text
    assert "The best plan then differs in" in text
    bounds = next(table.value for table in at.table if "At best, proven" in table.value.columns)
    assert len(bounds) == 3
    labelled(at.button, "Take this plan").click().run().run()
    at.radio[0].set_value("Which bids?").run().run()
    assert f"In force: {first} must stay out." in text_of(at)
    chosen = next(table.value for table in at.table if "Opens" in table.value.columns)
    assert not any(row.startswith(f"{first}:") for row in chosen["Bid"])


def _id(option: str) -> str:
    return option.partition(":")[0]


def test_the_plan_is_simulated_and_taken_into_the_scenario(short: AppTest) -> None:
    at = short
    at.radio[0].set_value("What would they do?").run()
    labelled(at.button, "Simulate with the chosen bids").click().run().run()
    assert not at.exception
    text = text_of(at)
    assert "With the chosen bids the gap in" in text and "The DSG stands at" in text
    whole = next(table.value for table in at.table if "Change" in table.value.columns and "What" in table.value.columns)
    assert {"Gap, all need", "Children waiting for a specialist place", "Distance to the places given"} <= set(whole["What"])
    differ = next(table.value for table in at.table if "Optimiser" in table.value.columns)
    assert len(differ) == 4
    labelled(at.button, "Use this scenario on every page").click().run().run()
    choice = at.session_state["choice"]
    assert choice.base == "bristol-january-2022-with-the-shortlist" and "eoi-e" in choice.text
    kept = workshop().workspace.versions(choice.base)
    assert [version.number for version in kept] == [2, 1] and choice.version == 2  # with the bids, and before that the baseline
    assert "Bids that the shortlist chose" in str(kept[0])
