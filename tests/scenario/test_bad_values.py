"""Scenarios with a mistake in them: each is answered with what is wrong, where, the value, what is allowed and how to mend it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest

from sufficiency.domain.problem import InputProblem, shown
from sufficiency.scenario import messages
from sufficiency.scenario.library import parsed, validated
from sufficiency.scenario.scenario import Scenario

ProblemOf = Callable[..., InputProblem]
ProblemWith = Callable[[str, Any], InputProblem]
ProblemIn = Callable[[str | bytes], InputProblem]

REQUESTS = "demand.requests_in_base_year.value"

GROWTH = {
    "value": 0.1,
    "low": 0.05,
    "high": 0.2,
    "unit": "a year",
    "source": "assumption",
    "known_from": dt.date(2022, 3, 7),
    "verified": False,
    "reason": "A test.",
}

# path, value, field named, what is wrong, a word of what is allowed, a word of how to mend it
WRONG = [
    # days
    ("start", "2022-01-03", "start", "not a date", "a date", "without quotes"),
    ("start", dt.datetime(2022, 1, 3), "start", "not a date", "a date", "time"),
    ("start", dt.time(1), "start", "not a date", "a date", "without quotes"),
    ("start", 2022, "start", "not a date", "a date", "without quotes"),
    ("start", dt.date(1999, 12, 31), "start", "out of range", "2000-01-01 to 2060-12-31", ""),
    ("horizon", dt.date(2021, 8, 31), "horizon", "horizon is not after the start", "after 2022-01-03", ""),
    ("horizon", dt.date(2022, 6, 30), "horizon", "too near", "25 years after", "later"),
    ("horizon", dt.date(2050, 1, 1), "horizon", "too far", "25 years after", "nearer"),
    ("horizon", dt.date(9999, 12, 31), "horizon", "out of range", "2060-12-31", ""),
    ("commitment.by", dt.date(2020, 1, 1), "commitment.by", "before it begins", "2020-09-01", ""),
    ("demand.growth.known_from", dt.date(2022, 3, 8), "demand.growth.known_from", "only after", "2022-03-07", "knowledge_date"),
    ("supply.pipeline-2022-09-north.opens", ..., "supply.pipeline-2022-09-north.opens", "no day of opening", "", "add opens"),
    ("supply.special-north.closes", "x", "supply.special-north.closes", "not a date", "", ""),
    # keys: unknown at every level, and missing
    ("titel", "x", "titel", "unknown key", "title", '"title"?'),
    ("demand.grwth", 1, "demand.grwth", "unknown key", "growth", '"growth"?'),
    ("demand.growth.vlaue", 1, "demand.growth.vlaue", "unknown key", "value", '"value"?'),
    ("supply.special-north.setings", "x", "supply.special-north.setings", "unknown key", "setting", '"setting"?'),
    ("supply.special-north.places.lo", 1, "supply.special-north.places.lo", "unknown key", "low", '"low"?'),
    ("interventions.price-negotiation.start", 1, "interventions.price-negotiation.start", "unknown key", "", '"starts"?'),
    ("areas.north.lable", "x", "areas.north.lable", "unknown key", "label", '"label"?'),
    ("qqqqqqqq", 1, "qqqqqqqq", "unknown key", "title", "remove it"),
    ("demand", ..., "demand", "key is missing", "", "[demand]"),
    ("demand.growth", ..., "demand.growth", "key is missing", "", "[demand.growth] with value, unit"),
    ("demand.growth.unit", ..., "demand.growth.unit", "key is missing", "", "add it"),
    ("start", ..., "start", "key is missing", "", "add it"),
    # kinds of value
    (REQUESTS, True, REQUESTS, "not a whole number", "whole", ""),
    (
        REQUESTS,
        850.0,
        REQUESTS,
        "not a whole number",
        "",
        "decimal point",
    ),
    (
        REQUESTS,
        "850",
        REQUESTS,
        "not a whole number",
        "",
        "without quotes",
    ),
    ("demand.growth.value", "0.1", "demand.growth.value", "not a number", "-0.5 to 0.5", "without quotes"),
    ("demand.growth.value", True, "demand.growth.value", "not a number", "a number", "without quotes"),
    ("demand.growth.value", [0.1], "demand.growth.value", "not a number but a list", "a number", ""),
    ("demand.growth.value", {"north": 0.1}, "demand.growth.value", "not a number but a table", "a number", ""),
    ("demand.growth.value", {"a": {"b": [1]}}, "demand.growth.value", "not a number but a table", "a number", ""),
    ("demand.growth", 0.1, "demand.growth", "not a table", "a table", "heading"),
    ("demand", [1], "demand", "not a table but a list", "a table", "heading"),
    ("demand.by_need.value", 0.1, "demand.by_need.value", "not a table", "a table", ""),
    ("demand.by_need.value", [0.1], "demand.by_need.value", "not a table but a list", "a table", ""),
    ("demand.growth.verified", 0, "demand.growth.verified", "neither true nor false", "true or false", "without quotes"),
    ("demand.growth.verified", "true", "demand.growth.verified", "neither true nor false", "true or false", "without quotes"),
    ("interventions.price-negotiation.enabled", 1, "interventions.price-negotiation.enabled", "neither true nor false", "", ""),
    ("title", 3, "title", "not text", "text", "in quotes"),
    ("title", ["a"], "title", "not text but a list", "text", "in quotes"),
    ("title", "", "title", "too short", "at least 1 character", ""),
    ("note", "x" * 2001, "note", "too long", "2,000 characters", ""),
    ("supply.special-north.needs", "ASD", "supply.special-north.needs", "not a list", "a list", '["ASD", "SEMH"]'),
    ("supply.special-north", 3, "supply.special-north", "not a table", "a table", ""),
    # ranges
    ("demand.growth.value", float("nan"), "demand.growth.value", "not a finite number", "-0.5 to 0.5", ""),
    ("demand.growth.value", float("inf"), "demand.growth.value", "not a finite number", "finite", ""),
    ("demand.growth.value", 10**400, "demand.growth.value", "not a number", "", ""),
    (REQUESTS, 10**30, REQUESTS, "out of range", "0 to 50,000", ""),
    (REQUESTS, 10**6000, REQUESTS, "out of range", "0 to 50,000", ""),
    ("supply.special-north.places.value", -1, "supply.special-north.places.value", "out of range", "0 to 10,000,000", ""),
    ("decisions.refused.value", 1.5, "decisions.refused.value", "out of range", "0 to 1", ""),
    ("decisions.refused.value", -0.01, "decisions.refused.value", "out of range", "0 to 1", ""),
    ("demand.by_need.value.ASD", 2.0, "demand.by_need.value.ASD", "out of range", "0 to 1", ""),
    ("placements.latent.value", 0.0, "placements.latent.value", "out of range", "above 0 to", ""),
    ("money.transfer_share.value", 0.006, "money.transfer_share.value", "above the rule", "0 to 0.005", "transfer_approval"),
    ("money.transfer_share.value", 0.06, "money.transfer_share.value", "out of range", "0 to 0.05", ""),
    ("demand.growth.low", ..., "demand.growth.low", "high is given without low", "", "add low, or remove high"),
    ("demand.growth.high", ..., "demand.growth.high", "low is given without high", "", "add high, or remove low"),
    ("demand.growth", {**GROWTH, "low": 0.15}, "demand.growth.value", "below low", "0.15 (low) to 0.2 (high)", "low"),
    ("demand.growth", {**GROWTH, "high": 0.08}, "demand.growth.value", "above high", "0.05 (low) to 0.08 (high)", "high"),
    ("demand.growth", {**GROWTH, "low": 0.3}, "demand.growth.value", "below low", "low below high", ""),
    ("demand.by_need.low.ASD", 1.0, "demand.by_need.value.ASD", "below low", "low below high", ""),
    ("demand.by_area.low.north", ..., "demand.by_area", "do not name the same entries", "", "all three"),
    ("demand.growth.reason", ..., "demand.growth.reason", "has no reason", "", "say why"),
    # words of the field
    ("demand.by_need.value.ASDD", 0.0, "demand.by_need.value", "unknown need", "ASD, HI, MLD", '"ASD"?'),
    ("demand.by_need.value.asd", 0.0, "demand.by_need.value", "unknown need", "ASD, HI, MLD", '"ASD"?'),
    ("demand.by_need.value.VI", ..., "demand.by_need.value", "lacks need VI", "ASD, HI, MLD", "add it"),
    ("demand.by_month.value.13", 1.0, "demand.by_month.value", "unknown month", "1, 2, 3", ""),
    ("demand.by_month.value", {str(m): 0.0 for m in range(1, 13)}, "demand.by_month.value", "all weights are 0", "", "above 0"),
    ("reviews.ceasing.value.21", 1.0, "reviews.ceasing.value", "unknown National Curriculum Year", "-4, -3", ""),
    ("caseload.by_setting.value.specal", 1, "caseload.by_setting.value", "unknown setting", "mainstream", '"special"?'),
    ("caseload.by_age.value.5_to_11", 1, "caseload.by_age.value", "unknown age band", "5_to_10", '"5_to_10"?'),
    ("caseload.setting_by_need.value.ASD.specal", 0.0, "caseload.setting_by_need.value.ASD", "unknown setting", "", '"special"?'),
    ("supply.special-north.needs", ["ASD", "SMEH"], "supply.special-north.needs", "unknown need", "SEMH", '"SEMH"?'),
    ("supply.special-north.needs", ["ASD", "ASD"], "supply.special-north.needs", "named twice", "", "once"),
    ("supply.special-north.needs", [], "supply.special-north.needs", "no need is named", "ASD", "at least one"),
    ("supply.special-north.phases", ["primry"], "supply.special-north.phases", "unknown phase", "primary", '"primary"?'),
    ("supply.special-north.setting", "specal", "supply.special-north.setting", "not one of those", "special", '"special"?'),
    ("supply.special-north.setting", 3, "supply.special-north.setting", "not one of those", "resourced", "use one"),
    ("supply.special-north.status", "opened", "supply.special-north.status", "not one of those", "firm", '"open"?'),
    ("interventions.price-negotiation.rating", "orange", "interventions.price-negotiation.rating", "not one of", "amber", ""),
    # areas
    ("supply.special-north.area", "nrth", "supply.special-north.area", "unknown area", "north, east-central", '"north"?'),
    ("demand.by_area.value", {"nrth": 1.0}, "demand.by_area", "do not name the same entries", "", ""),
    ("estate.distances.value.west", {"north": 1.0}, "estate.distances.value", "unknown area", "north", ""),
    ("estate.distances.value.north.west", 1.0, "estate.distances.value.north", "unknown area", "north", ""),
    ("estate.distances.value.north.south", ..., "estate.distances.value.north", "lacks area south", "", ""),
    ("areas", {}, "areas", "too few entries", "at least 1", ""),
    # sums
    ("demand.by_ncy.value.5", 0.5, "demand.by_ncy.value", "do not sum to 1", "a sum of 1", "change the shares"),
    ("caseload.setting_by_need.value.ASD.special", 0.9, "caseload.setting_by_need.value.ASD", "do not sum to 1", "", ""),
    # forms
    ("name", "../../etc/passwd", "name", "not of the form", "lower-case letters", ""),
    ("name", "Bristol 2022", "name", "not of the form", "lower-case letters", ""),
    ("areas.no rth", {"label": "x", "definition": "y"}, "areas.no rth", "the key is not of the form", "letters", ""),
    ("shortlist.eois", "../secret.csv", "shortlist.eois", "not of the form", "CSV or Excel file without a folder", ""),
    ("shortlist.eois", "/etc/passwd", "shortlist.eois", "not of the form", "CSV or Excel file without a folder", ""),
    ("population.births.value", {"twenty": 1.0}, "population.births.value.twenty", "the key is not of the form", "a year", ""),
    ("money.other_income.value", {"22": 1.0}, "money.other_income.value.22", "the key is not of the form", "a year", ""),
    ("estate.slippage.value", {"one": 1.0}, "estate.slippage.value.one", "the key is not of the form", "number of terms", ""),
]


@pytest.mark.parametrize(
    ("path", "value", "field", "what", "allowed", "mend"),
    WRONG,
    ids=[f"{path}={shown(value)[:12]}" for path, value, *_ in WRONG],
)
def test_a_mistake_is_named_with_its_field(
    problem_with: ProblemWith, path: str, value: Any, field: str, what: str, allowed: str, mend: str
) -> None:
    problem = problem_with(path, value)
    assert what in problem.what
    assert problem.field == field
    assert problem.where.startswith("mine.toml")
    assert field.rsplit(".", 1)[-1] in f"{problem.where} {problem.value}"
    assert allowed in problem.allowed
    assert mend in problem.mend


def test_the_value_found_is_shown(problem_with: ProblemWith) -> None:
    assert 'found "2022-01-03"' in str(problem_with("start", "2022-01-03"))
    assert "found 2022-01-03T00:00:00" in str(problem_with("start", dt.datetime(2022, 1, 3)))
    assert "found true" in str(problem_with("demand.growth.value", True))
    assert "found 1.5" in str(problem_with("decisions.refused.value", 1.5))
    assert "very many digits" in str(problem_with(REQUESTS, 10**6000))


KEYS = [1, None, 1.5, True, ("a",), b"x", dt.date(2022, 1, 1), object(), frozenset(), "", "\0", "a\nb", "x" * 10**6]
PLACES = ["", "demand", "demand.growth", "demand.by_need.value", "supply", "areas", "commitment.other_dates"]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: type(key).__name__)
@pytest.mark.parametrize("path", PLACES)
def test_bizarre_keys_are_answered_like_any_other(problem_of: ProblemOf, bristol: Scenario, path: str, key: Any) -> None:
    data = bristol.model_dump(exclude_none=True)
    node = data
    for part in path.split(".") if path else ():
        node = node[part]
    node[key] = 1.0
    problem_of(validated, data, where="mine.toml")


@pytest.mark.parametrize("data", [None, [], "text", 3, [("name", "x")]])
def test_what_is_no_table_at_all(problem_of: ProblemOf, data: Any) -> None:
    assert problem_of(validated, data, where="mine.toml").what == "a scenario is a table of sections"


def test_tables_nested_without_end_are_answered(problem_of: ProblemOf, bristol: Scenario) -> None:
    data = bristol.model_dump()
    data["demand"]["growth"]["value"] = data
    problem_of(validated, data, where="mine.toml")


def test_a_misspelt_key_is_named_rather_than_the_one_then_missing(problem_in_text: ProblemIn, bristol_text: str) -> None:
    problem = problem_in_text(bristol_text.replace("[demand.growth]", "[demand.grwth]"))
    assert (problem.what, problem.value, problem.where) == ("unknown key", "grwth", "mine.toml, demand")
    assert problem.mend == 'did you mean "growth"?'
    assert str(problem).endswith('did you mean "growth"? There is 1 more to mend in the same place.')


def test_keys_set_by_the_program(problem_with: ProblemWith, problem_in_text: ProblemIn, bristol_text: str) -> None:
    assert "overrides" not in problem_with("overides", []).allowed
    problem = problem_in_text('overrides = ["high-growth"]\n' + bristol_text)
    assert problem.what == "the key is set by the program, not in a file"


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e400"])
def test_numbers_that_no_planner_means(problem_in_text: ProblemIn, bristol_text: str, text: str) -> None:
    changed, count = re.subn(r"(?<=^\[demand\.growth\]\nvalue = ).+$", text, bristol_text, flags=re.MULTILINE)
    assert count == 1
    problem = problem_in_text(changed)
    assert problem.what == "the value is not a finite number"


def test_a_file_of_nothing_but_mistakes_is_described_once(monkeypatch: pytest.MonkeyPatch, bristol_text: str) -> None:
    described = []
    original = messages._problem
    monkeypatch.setattr(messages, "_problem", lambda *args: described.append(1) or original(*args))
    with pytest.raises(InputProblem) as caught:
        parsed(bristol_text + "\n[demand.zzz]\n" + "\n".join(f"a{i} = 1" for i in range(20_000)), where="x")
    assert len(described) == 1
    described.clear()
    with pytest.raises(InputProblem) as caught:
        parsed("\n".join(f"a{i} = 1" for i in range(20_000)), where="x")
    assert len(described) == 1
    assert caught.value.more > 20_000


def test_a_long_list_of_the_same_need_is_looked_through_once(problem_with: ProblemWith) -> None:
    class Counted(str):
        compared = 0

        def __eq__(self, other: object) -> bool:
            Counted.compared += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    from sufficiency.scenario.tables import first_repeated

    words = [Counted(f"need {i}") for i in range(5000)]
    assert first_repeated([*words, Counted("need 7")]) == "need 7"
    assert Counted.compared < 50
    assert "named twice" in problem_with("supply.special-north.needs", ["ASD"] * 60_000).what
