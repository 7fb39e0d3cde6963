"""Law 4: the names and order of areas mean nothing, and twice the council is twice the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.future import simulate
from sufficiency.simulation.results import TALLIES

DOUBLED = (
    "demand.requests_in_base_year",
    "demand.transfers_in",
    "demand.early_register.names",
    "demand.early_register.new_names",
    "decisions.decisions_per_week",
    "decisions.undecided_at_start",
    "advice.advice_per_week",
    "assessment_team.cases_per_week",
    "assessment_team.drafts_per_week",
    "assessment_team.open_at_start",
    "caseload.waiting",
    "reviews.ceases_per_week",
    "reviews.queue_at_start",
    "commitment.delivered",
    "commitment.places",
)
REPLICATIONS = range(16)


@pytest.mark.parametrize("replication", [0, 1])
@pytest.mark.parametrize("order", [("south", "north", "east-central"), ("east-central", "south", "north")])
def test_areas_in_another_order_permute_the_results_exactly(
    until: Callable[[int], Scenario], futures: Any, order: tuple[str, ...], replication: int
) -> None:
    """Bit for bit, with areas given in another order and all tables the same."""
    scenario = until(2025)
    other = scenario.model_copy(update={"areas": {code: scenario.areas[code] for code in order}})
    assert other.area_codes != scenario.area_codes
    before, after = (futures(s, replication).tallies for s in (scenario, other))
    _assert_permuted(scenario.area_codes, before, order, after)


def test_areas_by_another_name_give_the_same_totals_in_law(until: Callable[[int], Scenario], futures: Any) -> None:
    """Another name is another stream: totals differ by chance alone, here by far less than a tenth."""
    scenario = until(2024)
    renamed = _renamed(scenario, {"north": "nord"})
    before, after = (np.mean([futures(s, r).tallies["caseload"][-1].sum() for r in range(6)]) for s in (scenario, renamed))
    assert after == pytest.approx(before, rel=0.03)


def test_the_order_of_tables_and_provisions_in_the_file_means_nothing(until: Callable[[int], Scenario], futures: Any) -> None:
    """Provisions and the entries of tables in the opposite order give the same tallies."""
    scenario = until(2025)
    data = scenario.model_dump(mode="python")
    areas = data["areas"]
    turned = {**_turned(data), "areas": areas}
    other = Scenario.model_validate(turned)
    assert tuple(other.supply) == tuple(scenario.supply)[::-1]
    before, after = futures(scenario, 0).tallies, simulate(other, 0).tallies
    for name, values in before.items():
        assert np.allclose(after[name], values, rtol=1e-12, atol=1e-9), name


def test_twice_the_council_is_twice_the_mean(until: Callable[[int], Scenario], futures: Any) -> None:
    """Requests, stock, queues, staff and places doubled: means double within Monte-Carlo error."""
    scenario = _without_shocks(until(2024))
    double = _doubled(scenario)
    for name, total in {
        "requests": lambda t: t["requests"].sum(),
        "refusals": lambda t: t["refusals"].sum(),
        "plans_issued": lambda t: t["plans_issued"].sum(),
        "plans_issued_on_time": lambda t: t["plans_issued_on_time"].sum(),
        "assessments_open": lambda t: t["assessments_open"][-1].sum(),
        "requests_undecided": lambda t: t["requests_undecided"][-1].sum(),
        "caseload": lambda t: t["caseload"][-1].sum(),
        "joiners": lambda t: t["joiners"].sum(),
        "leavers": lambda t: t["leavers"].sum(),
        "movers": lambda t: t["movers_in"].sum(),
        "waiting": lambda t: t["waiting"][-1].sum(),
        "need": lambda t: t["need"][-1].sum(),
        "places": lambda t: t["places"][-1].sum(),
        "pupil_years": lambda t: t["pupil_years"].sum(),
        "commitment": lambda t: t["commitment_opened"][-1],
        "independent": lambda t: t["caseload"][-1][..., 3].sum(),
    }.items():
        one = np.array([total(futures(scenario, r).tallies) for r in REPLICATIONS], dtype=float)
        two = np.array([total(futures(double, r).tallies) for r in REPLICATIONS], dtype=float)
        error = (two - 2 * one).std(ddof=1) / np.sqrt(one.size)
        # Whole places, cases and children a week cost a little rounding besides.
        assert abs((two - 2 * one).mean()) <= 4 * error + 0.004 * two.mean() + 1, name


def _assert_permuted(codes: tuple[str, ...], before: Any, order: tuple[str, ...], after: Any) -> None:
    position = [codes.index(code) for code in order]
    for name, axes in TALLIES.items():
        values = before[name]
        for axis in ("area", "place_area"):
            if axis in axes:
                values = np.take(values, position, axis=axes.index(axis))
        assert (after[name] == values).all(), name
        assert after[name].dtype == values.dtype


def _turned(node: Any) -> Any:
    return {key: _turned(node[key]) for key in reversed(node)} if isinstance(node, dict) else node


def _renamed(scenario: Scenario, names: dict[str, str]) -> Scenario:
    def rename(node: Any) -> Any:
        if isinstance(node, dict):
            return {names.get(key, key): rename(value) for key, value in node.items()}
        return names.get(node, node) if isinstance(node, str) else node

    return Scenario.model_validate(rename(scenario.model_dump(mode="python")))


def _without_shocks(scenario: Scenario) -> Scenario:
    """Growth without its shocks: what is doubled is then compared at the same level."""
    for name in ("national_shock", "authority_walk", "transitory_noise", "drift"):
        scenario = scenario.changed(f"demand.{name}", value=0.0)
    return scenario


def _doubled(scenario: Scenario) -> Scenario:
    paths = [*DOUBLED, "caseload.by_setting", "caseload.by_age", *(f"supply.{key}.places" for key in scenario.supply)]
    for path in paths:
        figure = scenario.figure(path)
        ends = ("value",) if figure.low is None else ("value", "low", "high")
        scenario = scenario.changed(path, **{end: _twice(getattr(figure, end)) for end in ends})
    return scenario


def _twice(value: Any) -> Any:
    return {key: _twice(entry) for key, entry in value.items()} if isinstance(value, dict) else 2 * value
