"""Limits of the shortlist set in the app: what they do to scenario and bids, and what is refused in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from sufficiency.domain.problem import InputProblem, InputProblems
from sufficiency.scenario.eoi_list import load_eois
from sufficiency.scenario.library import load
from sufficiency.shortlist.further import FurtherLimits
from sufficiency.shortlist.problem import Version
from sufficiency.ui.further_limits import FurtherSettings, Pair, paired_bids, pairs_text, read_pairs, under
from sufficiency.ui.limits_form import in_force

pytestmark = pytest.mark.unit
IDS = ["E01", "E02", "E03"]
ALL = FurtherSettings(
    capital_by_year=(("2023", 5e6),), construction_slots=6, most_per_setting=2, most_per_group=3, most_special=4,
    most_resourced=20, number=13, number_is_exact=True, least_places=(("south", 40.0),), order="in pounds", tail_weight=0.5,
    must_have=("E01",), must_not=("E02",), versions=(("E03", Version(12, dt.date(2024, 9, 1))),),
    pairs=(Pair("E04", "not with", "E05"), Pair("E06", "only with", "E07")),
)  # fmt: skip


def test_every_limit_reaches_the_optimiser() -> None:
    scenario = under(load("bristol-2022"), ALL)
    eois = paired_bids(load_eois(scenario), ALL.pairs)
    found = FurtherLimits.of(scenario, eois)
    assert found.capital_by_year == {2023: 5e6} and found.construction_slots == 6 and found.least_places == {"south": 40.0}
    numbers = {(limit.of, limit.who): (limit.number, limit.exactly) for limit in found.numbers}
    assert numbers["all", ""] == (13, True) and numbers["type", "special"] == (4, False)
    assert numbers["type", "resourced"] == (20, False)
    assert {number for (of, _), (number, _) in numbers.items() if of == "setting"} == {2}
    assert {number for (of, _), (number, _) in numbers.items() if of == "group"} == {3}
    assert scenario.shortlist.order == "in pounds"
    assert scenario.shortlist.tail_weight is not None and scenario.shortlist.tail_weight.value == 0.5
    by_id = {eoi.id: eoi for eoi in eois}
    assert by_id["E04"].exclusive_with == ("E05",) and by_id["E06"].requires == ("E07",)


def test_no_limit_leaves_scenario_and_bids_as_they_are() -> None:
    scenario = load("bristol-2022")
    assert under(scenario, FurtherSettings()) is scenario
    assert under(scenario, FurtherSettings(number_is_exact=True)) is scenario
    assert paired_bids(load_eois(scenario), ()) == load_eois(scenario)


def test_each_limit_is_told_in_words() -> None:
    words = " ".join(in_force(ALL, load("bristol-2022"))).replace("\\", "")
    for part in (
        "£5m in 2023-24",
        "a year: at most 6",
        "bids from one setting: at most 2",
        "trust or group: at most 3",
        "special school bids: at most 4",
        "resourced bids: at most 20",
        "bids in all: exactly 13",
        "40 places in South",
        "one sum of money",
        "weigh 50 %",
        "E01 must be in",
        "E02 must stay out",
        "E03 must be in with 12 places, opening 1 September 2024",
        "E04 not with E05",
        "E06 only with E07",
    ):
        assert part in words


def test_pairs_are_read_as_they_are_written() -> None:
    found = read_pairs("\n e01  NOT with E02 \n\nE03 only with e01", IDS)
    assert found == (Pair("E01", "not with", "E02"), Pair("E03", "only with", "E01"))
    assert read_pairs(pairs_text(found), IDS) == found


def test_every_wrong_pair_is_told_with_its_line() -> None:
    with pytest.raises(InputProblems) as told:
        read_pairs("E01 and E02\nE01 not with E20", IDS)
    assert [problem.where for problem in told.value.problems] == ["line 1", "line 2"]
    assert "did you mean" in told.value.problems[1].mend


@pytest.mark.parametrize(
    "pairs",
    [
        (Pair("E01", "not with", "E01"),),
        (Pair("E01", "only with", "E02"), Pair("E02", "only with", "E01")),
        (Pair("E01", "only with", "E02"), Pair("E01", "not with", "E02")),
    ],
)
def test_pairs_that_cannot_be_are_refused(pairs: tuple[Pair, ...]) -> None:
    with pytest.raises(InputProblem):
        paired_bids(load_eois(load("bristol-2022")), pairs)


def test_forcing_a_bid_replaces_what_was_said_of_it_before() -> None:
    out = ALL.forced("E01", "out")
    assert "E01" not in out.must_have and out.must_not == ("E02", "E01")
    again = out.forced("E01", "in", Version(8))
    assert again.must_not == ("E02",) and again.versions[-1] == ("E01", Version(8))
    assert again.forced("E03", "in").versions == (("E01", Version(8)),)
    assert replace(ALL, must_have=(), versions=()).forced("E01", "in").must_have == ("E01",)
