"""A scenario: frozen, checked as a whole, and known by the digest of what its results depend on."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
import tomllib
from typing import Any

import pytest
from pydantic import ValidationError

from sufficiency.scenario.library import load, validated
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.tables import POLICIES


@pytest.fixture
def data(bristol_text: str) -> dict[str, Any]:
    return tomllib.loads(bristol_text)


def reversed_keys(node: Any) -> Any:
    return {key: reversed_keys(node[key]) for key in reversed(node)} if isinstance(node, dict) else node


def nudged(value: Any) -> Any:
    """The value with its first number moved a little and, in a table, another to balance it; another rule, one group less."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value * (1 - 1e-6) if value else 1e-6
    if isinstance(value, str):
        return next(policy for policy in POLICIES if policy != value)
    if isinstance(value, tuple):
        return value[:-1]
    if isinstance(value, dt.date):
        return value + dt.timedelta(days=1)
    changed = dict(value)
    key = max(value, key=lambda k: str(value[k]) if isinstance(value[k], dict) else f"{float(value[k]):030.9f}")
    changed[key] = nudged(value[key])
    return changed


def test_the_digest_is_the_same_from_run_to_run_and_file_to_file(bristol: Scenario) -> None:
    assert bristol.digest == load("bristol-2022").digest
    assert len(bristol.digest) == 16
    assert bristol.digest != load("bristol-2025").digest
    assert pickle.loads(pickle.dumps(bristol)).digest == bristol.digest  # noqa: S301 (our own bytes)


def test_the_digest_does_not_depend_on_names_notes_or_the_order_of_keys(bristol: Scenario, data: dict[str, Any]) -> None:
    assert validated(reversed_keys(data), where="x").digest == bristol.digest
    data.update(name="other", title="Other", note="Another note.")
    assert validated(data, where="x").digest == bristol.digest


def test_a_whole_number_may_be_written_without_its_point(bristol: Scenario, data: dict[str, Any]) -> None:
    whole, pointed = (bristol.changed("demand.transfers_in", value=value, low=None, high=None) for value in (60, 60.0))
    assert whole.digest == pointed.digest
    data["demand"]["transfers_in"] |= {"value": 60, "low": 60, "high": 60.0}
    assert validated(data, where="x").demand.transfers_in.value == 60.0


@pytest.mark.parametrize("path", [path for path, _ in load("bristol-2022").figures()])
def test_the_digest_changes_with_any_figure(bristol: Scenario, path: str) -> None:
    figure = bristol.figure(path)
    changed = bristol.changed(path, value=nudged(figure.value), low=None, high=None)
    unranged = bristol.changed(path, low=None, high=None)
    assert changed.digest not in (bristol.digest, unranged.digest)
    assert changed.assumed_digest not in (bristol.assumed_digest, unranged.assumed_digest)


def test_words_of_figures_change_the_digest_and_no_result(bristol: Scenario) -> None:
    def reworded(node: Any) -> Any:
        if not isinstance(node, dict):
            return node
        words = {"source": "another", "reason": "another", "unit": "another", "verified": False}
        return {key: reworded(item) for key, item in node.items()} | (words if "known_from" in node else {})

    other = Scenario.model_validate(reworded(bristol.model_dump(mode="python")))
    assert other.digest != bristol.digest
    assert (other.assumed_digest, other.simulated_digest) == (bristol.assumed_digest, bristol.simulated_digest)


def test_the_digest_changes_with_dates_and_choices(bristol: Scenario) -> None:
    digests = {
        bristol.digest,
        bristol.changed("", horizon=dt.date(2028, 8, 31)).digest,
        bristol.changed("", start=dt.date(2022, 1, 10)).digest,
        bristol.changed("interventions.price-negotiation", enabled=True).digest,
        bristol.changed("supply.special-north", needs=("ASD",)).digest,
        bristol.changed("commitment", by=dt.date(2026, 3, 31)).digest,
        bristol.changed("shortlist", eois="other.csv").digest,
    }
    assert len(digests) == 7


def test_a_change_gives_a_new_scenario_and_leaves_the_old(bristol: Scenario) -> None:
    before = bristol.model_dump()
    changed = bristol.changed("demand.growth", value=0.2, low=0.1, high=0.3)
    assert (changed.demand.growth.value, changed.demand.growth.low, changed.demand.growth.high) == (0.2, 0.1, 0.3)
    assert changed.demand.growth.source == bristol.demand.growth.source
    assert bristol.demand.growth.value != 0.2
    assert bristol.model_dump() == before


def test_a_change_is_checked(bristol: Scenario) -> None:
    with pytest.raises(ValidationError, match="below low"):
        bristol.changed("demand.growth", value=0.0)
    with pytest.raises(ValidationError, match="do not sum to 1"):
        bristol.changed("demand.by_area", value={"north": 0.3, "east-central": 0.3, "south": 0.3}, low=None, high=None)
    with pytest.raises(ValidationError):
        bristol.changed("demand.growth", nonsense=1)
    with pytest.raises(KeyError):
        bristol.changed("demand.nonsense", value=1)


def test_a_scenario_is_frozen_at_every_level(bristol: Scenario) -> None:
    for node, name in (
        (bristol, "title"),
        (bristol.demand, "growth"),
        (bristol.demand.growth, "value"),
        (bristol.supply["special-north"], "area"),
        (bristol.supply["special-north"].places, "value"),
    ):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(node, name, None)


def test_every_figure_can_be_found_by_its_path(bristol: Scenario) -> None:
    paths = [path for path, _ in bristol.figures()]
    assert len(paths) == len(set(paths)) > 100
    assert paths == sorted(paths, key=lambda p: list(Scenario.model_fields).index(p.split(".")[0]))
    assert bristol.figure("supply.pipeline-2022-09-north.places").value == 8
    assert set(bristol.unverified()) < set(paths)
    assert "demand.requests_in_base_year" not in bristol.unverified()
    with pytest.raises(KeyError):
        bristol.figure("demand.nonsense")


def test_every_field_says_what_it_means() -> None:
    def undescribed(model: Any, path: str) -> list[str]:
        return [f"{path}.{name}" for name, field in model.model_fields.items() if not field.description]

    sections = {"areas", "supply", "interventions"}
    for name, field in Scenario.model_fields.items():
        model = field.annotation
        if name not in sections and isinstance(model, type) and hasattr(model, "model_fields"):
            assert not undescribed(model, name)


def test_loading_leaves_the_tables_it_was_given(data: dict[str, Any]) -> None:
    before = copy.deepcopy(data)
    validated(data, where="x")
    assert data == before
