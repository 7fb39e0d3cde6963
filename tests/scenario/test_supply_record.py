"""The places of the bundled scenarios against the council's published record, each known on the day it was known."""

from __future__ import annotations

import datetime as dt

import pytest

from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario

WRITTEN = dt.date(2022, 3, 7)
"""The day of the scrutiny report on which bristol-2022 stands."""


def places_of(scenario: Scenario, prefix: str) -> int:
    return sum(p.places.value for key, p in scenario.supply.items() if key.startswith(prefix))


@pytest.fixture(scope="module")
def as_delivered() -> Scenario:
    return load("bristol-2022+as-delivered")


def test_the_baseline_holds_what_was_firm_or_planned_on_7_march_2022(bristol: Scenario) -> None:
    assert bristol.knowledge_date == WRITTEN
    assert bristol.commitment.delivered.value == 82
    later = {key: p for key, p in bristol.supply.items() if p.status != "open"}
    due = {day: sum(p.places.value for p in later.values() if p.opens == day) for day in {p.opens for p in later.values()}}
    assert due == {dt.date(2022, 9, 1): 24, dt.date(2023, 1, 3): 36}
    assert all(p.counts_towards_commitment for p in later.values())
    for key, provision in bristol.supply.items():
        assert provision.places.known_from <= WRITTEN, key
        assert provision.places.source, key


def test_as_delivered_adds_what_came_later_with_source_and_day(bristol: Scenario, as_delivered: Scenario) -> None:
    added = {key: p for key, p in as_delivered.supply.items() if key not in bristol.supply}
    for key, provision in added.items():
        assert provision.places.known_from > WRITTEN, key
        assert "assumption" not in provision.places.source, key
    assert places_of(as_delivered, "delivered-by-2023-12") == 288 - 142
    assert places_of(as_delivered, "under-way") == 130
    assert places_of(as_delivered, "block-contract") == 30
    assert places_of(as_delivered, "trym-valley") == 164
    assert sum(p.places.value for p in added.values()) == 146 + 130 + 30 + 164


@pytest.mark.parametrize(
    ("by", "published"), [("2022-12-23", 106), ("2023-04-30", 142), ("2023-12-31", 288), ("2025-01-31", 418)]
)
def test_places_delivered_are_those_published_day_by_day(as_delivered: Scenario, by: str, published: int) -> None:
    opened = [
        p.places.value
        for p in as_delivered.supply.values()
        if p.counts_towards_commitment and p.opens and p.opens <= dt.date.fromisoformat(by)
    ]
    assert as_delivered.commitment.delivered.value + sum(opened) == published
    # What is done does not slip any more.
    assert {p.status for p in as_delivered.supply.values() if p.counts_towards_commitment} == {"firm"}


def test_bristol_2025_stands_on_what_was_public_by_the_end_of_2025() -> None:
    scenario = load("bristol-2025")
    assert scenario.commitment.delivered.value == 288
    assert places_of(scenario, "under-way") == 130
    assert places_of(scenario, "block-contract") == 30
    assert places_of(scenario, "trym-valley") == 164
    for provision in scenario.supply.values():
        assert provision.places.known_from <= scenario.knowledge_date


@pytest.mark.parametrize("name", ["bristol-2022+as-delivered", "bristol-2025"])
def test_a_block_contract_is_supply_of_independent_schools_and_no_part_of_the_promise(name: str) -> None:
    block = [p for key, p in load(name).supply.items() if key.startswith("block-contract")]
    assert {p.setting for p in block} == {"independent"}
    assert {p.closes for p in block} == {dt.date(2028, 1, 1)}
    assert not any(p.counts_towards_commitment for p in block)
