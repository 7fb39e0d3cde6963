"""Places contracted in blocks with independent schools are supply; placements bought one by one are not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from sufficiency.domain.dictionaries import SETTINGS
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario

CONTRACTED, INDEPENDENT = 30, SETTINGS.index("independent")


@pytest.fixture(scope="module")
def contracted() -> Scenario:
    """Bristol from January 2025, to February 2027, with its block contract."""
    return load("bristol-2025").changed("", horizon=dt.date(2027, 2, 28))


@pytest.fixture(scope="module")
def bought_singly(contracted: Scenario) -> Scenario:
    supply = {key: p for key, p in contracted.supply.items() if not key.startswith("block-contract")}
    return contracted.model_copy(update={"supply": supply})


def test_on_the_first_day_children_are_where_they_were_and_supply_is_the_contract_more(
    contracted: Scenario, bought_singly: Scenario, futures: Any
) -> None:
    for replication in range(3):
        with_it, without = (futures(scenario, replication).tallies for scenario in (contracted, bought_singly))
        for name in ("caseload", "waiting", "need"):
            assert (with_it[name][0] == without[name][0]).all(), name
        assert with_it["caseload"][0, ..., INDEPENDENT].sum() == contracted.caseload.by_setting.value["independent"]
        assert with_it["places"][0].sum() - without["places"][0].sum() == pytest.approx(CONTRACTED)


def test_whoever_takes_a_contracted_place_later_counts_as_placed_in_an_independent_school(
    contracted: Scenario, bought_singly: Scenario, futures: Any
) -> None:
    more = []
    for replication in range(3):
        with_it, without = (futures(scenario, replication).tallies for scenario in (contracted, bought_singly))
        assert with_it["waiting"][-1].sum() <= without["waiting"][-1].sum()
        more.append(with_it["caseload"][-1, ..., INDEPENDENT].sum() - without["caseload"][-1, ..., INDEPENDENT].sum())
        assert with_it["places"][-1].sum() - without["places"][-1].sum() == pytest.approx(CONTRACTED)
    assert 0 <= np.mean(more) <= CONTRACTED
