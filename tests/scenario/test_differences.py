"""What changed between two scenarios, told in words."""

from __future__ import annotations

import datetime as dt

from sufficiency.scenario.differences import Difference, differences
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario


def test_a_scenario_does_not_differ_from_itself_or_by_its_names(bristol: Scenario) -> None:
    assert differences(bristol, bristol) == []
    assert differences(bristol, bristol.changed("", name="other", title="Other", note="Other.", overrides=("x",))) == []


def test_a_figure_with_its_range(bristol: Scenario) -> None:
    before = bristol.changed("demand.growth", value=0.113, low=0.05, high=0.17)
    assert differences(before, before.changed("demand.growth", value=0.2, low=0.15, high=0.26)) == [
        Difference(
            path="demand.growth",
            meaning="Mean yearly change of the logarithm of the request rate, before shocks.",
            before="0.113 (0.05 to 0.17)",
            after="0.2 (0.15 to 0.26)",
            unit="change of the logarithm a year",
        )
    ]


def test_of_a_table_only_the_entries_that_differ(bristol: Scenario) -> None:
    before = bristol.changed("population.births", value={"2011": 6832.0, "2016": 6300.0}, low=None, high=None)
    after = before.changed("population.births", value={"2011": 6832.0, "2016": 6350.0})
    (found,) = differences(before, after)
    assert (found.before, found.after) == ("2016 = 6,300", "2016 = 6,350")
    wide = {"low": {"0": 0.3, "1": 0.4}, "high": {"0": 0.5, "1": 0.6}}
    before = bristol.changed("estate.slippage", value={"0": 0.4, "1": 0.6}, **wide)
    (found,) = differences(before, bristol.changed("estate.slippage", value={"0": 0.4, "3": 0.6}, low=None, high=None))
    assert found.before == "0 = 0.4 (0.3 to 0.5), 1 = 0.6 (0.4 to 0.6), 3 = absent"
    assert found.after == "0 = 0.4, 1 = absent, 3 = 0.6"


def test_entries_of_a_table_within_a_table(bristol: Scenario) -> None:
    distances = {a: dict(row) for a, row in bristol.estate.distances.value.items()}
    distances["north"]["south"] = 12.0
    bristol = bristol.changed("estate.distances", value=distances)
    distances["north"]["south"] = 13.0
    (found,) = differences(bristol, bristol.changed("estate.distances", value=distances))
    assert (found.path, found.before, found.after) == ("estate.distances", "north.south = 12", "north.south = 13")


def test_dates_and_switches_in_words(bristol: Scenario) -> None:
    later = bristol.changed("", horizon=dt.date(2030, 8, 31)).changed("interventions.price-negotiation", enabled=True)
    horizon, enabled = differences(bristol, later)
    assert (horizon.path, horizon.before, horizon.after) == ("horizon", "31 August 2029", "31 August 2030")
    assert horizon.meaning == "Last day simulated."
    assert (enabled.path, enabled.before, enabled.after) == ("interventions.price-negotiation.enabled", "no", "yes")
    assert enabled.meaning.startswith("Price negotiation with independent schools: whether")


def test_what_is_new_or_gone_is_told_whole(bristol: Scenario) -> None:
    supply = bristol.model_dump()["supply"]
    extra = {**supply["pipeline-2022-09-north"], "title": "A new base"}
    more = bristol.changed("supply", **{"new-base": extra})
    assert differences(bristol, more) == [
        Difference("supply.new-base", "Provision", "absent", "A new base: 8 resourced places in north, opens 1 September 2022")
    ]
    (gone,) = differences(more, bristol)
    assert (gone.before, gone.after) == ("A new base: 8 resourced places in north, opens 1 September 2022", "absent")
    bristol = bristol.changed("interventions.price-negotiation.effect", value=-0.03, low=-0.06, high=0.0)
    without = bristol.model_dump()
    del without["interventions"]["price-negotiation"]
    (gone,) = differences(bristol, Scenario.model_validate(without))
    assert gone.before.startswith(
        "Price negotiation with independent schools: independent fee -0.03 (-0.06 to 0) from 1 April 2023"
    )


def test_a_figure_that_only_one_has(bristol: Scenario) -> None:
    found = {d.path: d for d in differences(bristol, load("bristol-2022+as-delivered"))}
    known = found["demand.known_growth"]
    assert known.before == "absent"
    assert known.after.startswith("2022 = 0.1")
    assert known.unit == "change of the logarithm by calendar year"


def test_provenance_is_told_where_the_value_stays(bristol: Scenario) -> None:
    bristol = bristol.changed("demand.growth", verified=False, source="Counted once", reason="A test.")
    found = differences(bristol, bristol.changed("demand.growth", verified=True, source="Counted anew"))
    assert [(d.path, d.before, d.after) for d in found] == [
        ("demand.growth.source", "Counted once", "Counted anew"),
        ("demand.growth.verified", "no", "yes"),
    ]


def test_differences_come_in_the_order_of_the_models_and_are_the_digests_business(bristol: Scenario) -> None:
    other = load("bristol-2025")
    found = differences(bristol, other)
    sections = [d.path.split(".")[0] for d in found]
    assert sections == sorted(sections, key=list(Scenario.model_fields).index)
    assert len({d.path for d in found}) == len(found)
    assert all(d.before != d.after for d in found)
    assert all(d.meaning for d in found)
    assert {d.path for d in differences(other, bristol)} == {d.path for d in found}
