"""Every assumption as a row, with its meaning and on whose word."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from sufficiency.scenario.library import load
from sufficiency.scenario.provenance import COLUMNS, assumptions, entries, in_words
from sufficiency.scenario.scenario import Scenario


@pytest.mark.parametrize("name", ["bristol-2022", "bristol-2025", "bristol-2022+as-delivered"])
def test_a_row_for_each_figure_in_the_order_of_the_models(name: str) -> None:
    scenario = load(name)
    rows = assumptions(scenario)
    assert [row["path"] for row in rows] == [path for path, _ in scenario.figures()]
    assert all(tuple(row) == COLUMNS for row in rows)
    assert all(row["meaning"] and row["source"] and row["unit"] for row in rows)
    assert all(row["verified"] or row["reason"] for row in rows)
    cells = (str | int | float | bool | dt.date | None,)
    assert all(isinstance(cell, cells[0]) for row in rows for cell in row.values()), "every cell can stand in a table"


def test_a_number_stays_a_number_and_a_table_is_told_in_words(bristol: Scenario) -> None:
    bristol = bristol.changed("demand.growth", value=0.113, low=0.05, high=0.17, source="assumption", reason="A test.")
    rows = {row["path"]: row for row in assumptions(bristol)}
    assert rows["demand.growth"] == {
        "path": "demand.growth",
        "meaning": "Mean yearly change of the logarithm of the request rate, before shocks.",
        "value": 0.113,
        "low": 0.05,
        "high": 0.17,
        "unit": "change of the logarithm a year",
        "source": "assumption",
        "known_from": dt.date(2022, 3, 7),
        "verified": False,
        "reason": "A test.",
    }
    assert re.fullmatch(r"north = 0\.\d+, east-central = 0\.\d+, south = 0\.\d+", rows["demand.by_area"]["value"])
    assert re.match(r"north: north = \d+, east-central = \d+, south = \d+; east-central: ", rows["estate.distances"]["value"])
    assert rows["demand.requests_in_base_year"]["low"] is None


def test_a_provision_or_intervention_names_itself(bristol: Scenario) -> None:
    rows = {row["path"]: row for row in assumptions(bristol)}
    assert (
        rows["supply.special-north.places"]["meaning"] == "State special schools, North: secondary departments: number of places."
    )
    effect = rows["interventions.price-negotiation.effect"]["meaning"]
    assert effect.startswith("Price negotiation with independent schools: relative change")


def test_entries_hold_everything_once(bristol: Scenario) -> None:
    paths = [entry.path for entry in entries(bristol)]
    assert len(paths) == len(set(paths))
    assert {"start", "areas.north.label", "commitment.by", "supply.special-north.needs", "demand.growth"} <= set(paths)
    assert all(entry.meaning for entry in entries(bristol))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "none"),
        (True, "yes"),
        (1047, "1,047"),
        (0.113, "0.113"),
        (2e-05, "2e-05"),
        (74_000_000.0, "74,000,000"),
        (-0.008, "-0.008"),
        (dt.date(2022, 9, 1), "1 September 2022"),
        ({"a": 0.5, "b": 0.5}, "a = 0.5, b = 0.5"),
        ({"a": {"x": 1}}, "a: x = 1"),
        ({}, "none"),
        (("ASD", "SEMH"), "ASD, SEMH"),
        ("text", "text"),
    ],
)
def test_values_in_words(content: object, words: str) -> None:
    assert in_words(content) == words
