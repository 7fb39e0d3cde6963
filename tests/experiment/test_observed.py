"""Published figures: bundled files agree with themselves, others are refused with the row, and DfE's counts are read off."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from sufficiency.domain.dictionaries import SETTINGS
from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.observables import OBSERVABLES, Target, observe
from sufficiency.experiment.observed import Observed, load_observed, parse_observed
from sufficiency.experiment.pathway_runs import Item, observed_futures
from sufficiency.experiment.periods import period
from sufficiency.scenario.library import folder, load
from sufficiency.simulation.future import simulate
from sufficiency.simulation.results import DEFAULT_BASE_SEED, WEEKS_COUNTED

TEXT = (folder() / "observed" / "bristol-2020.csv").read_text("utf-8")
ROW = "plans_on_time,2020-01,4,fit,"


def parse(text: str) -> Observed:
    return parse_observed(text, where="mine.csv", name="mine")


def test_the_bundled_files_hold_what_was_published() -> None:
    monthly, yearly = load_observed("bristol-2020"), load_observed("bristol-yearly")
    months = [f"2020-0{m}" for m in range(1, 8)]
    assert [monthly.value("requests", m) for m in months] == [65, 62, 84, 52, 55, 71, 54]
    assert [monthly.value("plans_issued", m) for m in months] == [38, 51, 50, 77, 81, 97, 101]
    assert [monthly.value("plans_in_cohort", m) for m in months] == [37, 48, 50, 76, 80, 94, 101]
    assert [monthly.value("plans_on_time", m) for m in months] == [4, 4, 2, 11, 13, 23, 28]
    assert [row.period.label for row in monthly.used("fit")] == months[:4]
    assert yearly.value("timeliness_20_week", "2021") == 0.339
    both = monthly.joined(yearly)
    assert len(both.rows) == len({(row.measure, row.period) for row in both.rows})
    assert all(row.source for row in both.rows)


def test_every_figure_lies_within_the_bundled_scenario() -> None:
    both = load_observed("bristol-2020").joined(load_observed("bristol-yearly"))
    scenario = load("bristol-2020")
    inside = both.within(scenario)
    assert {row.period.label for row in both.rows} - {row.period.label for row in inside.rows} == {"2019", "2019-12"}
    team, demand = scenario.assessment_team, scenario.demand
    assert team.plans_by_month is not None
    assert demand.known_requests is not None
    for year in range(2020, 2025):
        months = {m: n for m, n in team.plans_by_month.value.items() if m.startswith(str(year))}
        assert sum(months.values()) == both.value("plans_issued", str(year))
        assert demand.known_requests.value[str(year)] == both.value("requests", str(year))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("plans_on_time,2020-01", "plans_ontime,2020-01", ("row ", "plans_ontime", 'did you mean "plans_on_time"')),
        ("requests,2020-03,84", "requests,2020-13,84", ("2020-13", "2020-08/2020-12")),
        ("requests,2020-03,84", "requests,2020-03,85", ("728", "729", "contradicts its months")),
        ("requests,2020,728", "requests,2020,700", ("700", "728")),
        ("plans_on_time,2020-02,4", "plans_on_time,2020-02,49", ("49", "48", "plans_in_cohort")),
        ("timeliness_20_week,2020,0.219", "timeliness_20_week,2020,0.29", ("0.29", "145 plans on time of 661")),
        ("timeliness_20_week,2020,0.219", "timeliness_20_week,2020,21.9", ("21.9", "0 to 1")),
        ("plans_on_time,2020-02,4", "plans_on_time,2020-02,4.5", ("4.5", "whole number")),
        ("plans_on_time,2020-02,4", "plans_on_time,2020-02,-4", ("-4",)),
        ("plans_on_time,2020-02,4", "plans_on_time,2020-02,1e300", ("1e+300", "0 to 10,000,000")),
        ("plans_on_time,2020-02,4", "plans_on_time,2020-02,many", ("many", "column value")),
        ("plans_on_time,2020-02", "plans_on_time,2020-01", ("given twice", "plans_on_time 2020-01")),
        ("plans_on_time,2020-01,4,fit", "plans_on_time,2020-01,4,fitted", ("fitted", 'did you mean "fit"')),
        ("2020-08-31", "31/08/2020", ("31/08/2020", "2022-09-01")),
        ("measure,period", "measure,month", ("month", "unknown column")),
        (",known_from", "", ("known_from", "missing")),
        ("measure,period,value,use,source,known_from", "measure;period;value;use;source;known_from", ("commas",)),
    ],
)
def test_a_file_that_cannot_be_is_refused(old: str, new: str, words: tuple[str, ...]) -> None:
    assert old in TEXT
    with pytest.raises(InputProblem) as caught:
        parse(TEXT.replace(old, new, 1))
    assert "mine.csv" in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_a_month_that_is_missing_is_named() -> None:
    lines = [line for line in TEXT.splitlines() if not line.startswith("plans_on_time,2020-03")]
    with pytest.raises(InputProblem, match=r"months are missing.*2020-03.*every month between 2020-02 and 2020-04"):
        parse("\n".join(lines))


def test_periods_out_of_order_are_named() -> None:
    lines = TEXT.splitlines()
    here = next(i for i, line in enumerate(lines) if line.startswith("requests,2020-02"))
    lines[here], lines[here + 1] = lines[here + 1], lines[here]
    with pytest.raises(InputProblem, match=r"out of order.*2020-02.*later than 2020-03"):
        parse("\n".join(lines))


@pytest.mark.parametrize("text", ["measure,period,value,use,source,known_from", '"measure', "measure\nrequests"])
def test_no_figures_at_all_are_refused(text: str) -> None:
    with pytest.raises(InputProblem):
        parse(text)


def test_unknown_names_and_figures_outside_the_scenario_are_refused() -> None:
    with pytest.raises(InputProblem, match='did you mean "bristol-2020"'):
        load_observed("bristol-2o20")
    with pytest.raises(InputProblem, match=r"no observed file was found in none\.csv"):
        load_observed("none.csv")
    with pytest.raises(InputProblem, match=r"outside the scenario.*2022-01 to 2029-08"):
        load_observed("bristol-2020").within(load("bristol-2022"), strict=("fit",))
    assert not load_observed("bristol-2020").within(load("bristol-2022")).rows


def test_files_that_contradict_each_other_are_refused() -> None:
    other = parse(TEXT.replace("assessments_open,2020-12,367", "assessments_open,2020-12,376"))
    with pytest.raises(InputProblem, match="367 and 376"):
        load_observed("bristol-2020").joined(other)
    with pytest.raises(InputProblem, match=r"2020-01.*validate and fit.*one use"):
        parse(TEXT.replace("2020-01,4,fit", "2020-01,4,validate")).joined(load_observed("bristol-2020"))


HEAD = "measure,period,value,use,source,known_from"


def made_up(*figures: str) -> Observed:
    return parse("\n".join([HEAD, *(f"{figure},validate,made up,2021-01-01" for figure in figures)]))


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (("requests,2020,100",), ("requests,2020-03,101",), "at least 101"),
        (("requests,2020,100",), ("requests,2020-01/2020-12,99",), "100 and 99"),
        (("plans_in_cohort,2020-03,10",), ("plans_on_time,2020-03,11",), "at most 10"),
        (("plans_in_cohort,2020,10", "plans_on_time,2020,5"), ("timeliness_20_week,2020,0.6",), "0.500"),
    ],
)
def test_two_files_must_agree_as_one_does(one: tuple[str, ...], other: tuple[str, ...], words: str) -> None:
    for first, second in ((one, other), (other, one)):
        with pytest.raises(InputProblem, match="mine"):
            made_up(*first).joined(made_up(*second))
    with pytest.raises(InputProblem, match=words):
        made_up(*one).joined(made_up(*other))


def test_refusals_are_of_decisions_and_not_of_the_requests_of_the_same_period() -> None:
    assert len(made_up("requests,2020-03,10", "refusals,2020-03,12").rows) == 2
    with pytest.raises(InputProblem, match="at most 11, the decisions"):
        made_up("decisions,2020-03,11", "refusals,2020-03,12")


@pytest.mark.parametrize(("spread", "words"), [("0", "not above 0"), ("1e-300", "cannot be"), ("1e300", "10,000,000")])
def test_a_spread_that_cannot_be_is_refused(spread: str, words: str) -> None:
    with pytest.raises(InputProblem, match=words):
        parse(f"{HEAD},spread\nrequests,2020,5,fit,made up,2021-01-01,{spread}")


def test_a_share_of_nothing_is_no_share() -> None:
    calendar = load("bristol-2020").calendar
    wanted = [Target("timeliness_20_week", period("2021")), Target("plans_on_time", period("2021"), 546.0)]
    wanted.append(Target("plans_on_time", period("2021")))
    assert np.isnan(observe(tallies(len(calendar.months)), calendar, wanted)).tolist() == [True, True, False]


@pytest.mark.parametrize("text", ["2020-3", "2020-00", "20", "2020-05/2020-05", "2020-05/2020-04", "2020/2021", "1800", "२०२०"])
def test_other_forms_of_periods_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        period(text)


def tallies(months: int) -> dict[str, Any]:
    zero = np.zeros((months, 1, 1, 1), dtype=np.int64)
    names = ("requests", "plans_in_denominator", "plans_on_time_in_denominator", "assessments_open")
    return {
        **{name: zero.copy() for name in names},
        "assessments_open_by_age": np.zeros((months, WEEKS_COUNTED + 1), dtype=np.int64),
    }


def test_the_denominator_of_2021_gives_its_published_share() -> None:
    """DfE sen2_mi 2021, Bristol: 185 of 546 plans without exceptions within 20 weeks are 33.9 %."""
    calendar = load("bristol-2020").calendar
    made = tallies(len(calendar.months))
    inside = [i for i, month in enumerate(calendar.months) if month.startswith("2021")]
    for name, total in (("plans_in_denominator", 546), ("plans_on_time_in_denominator", 185)):
        for position, count in zip(inside, np.diff(np.arange(13) * total // 12), strict=True):
            made[name][position] = count
    wanted = [Target("timeliness_20_week", period("2021")), Target("plans_on_time", period("2021"), 546.0)]
    share, count = observe(made, calendar, wanted)
    assert round(share, 3) == 0.339
    assert count == pytest.approx(185)


def test_open_cases_are_told_by_the_calendar_year_of_their_request() -> None:
    calendar = load("bristol-2020").calendar
    made = tallies(len(calendar.months))
    july = calendar.months.index("2020-07")
    last = int(np.flatnonzero(calendar.month_of_week == july)[-1])
    # Ages at the end of July: the first week of 2020, the last of 2019, the first of 2019, the last of 2018.
    for age, count in ((last, 1), (last + 1, 2), (last + 52, 4), (last + 53, 8)):
        made["assessments_open_by_age"][july, age] = count
    wanted = [Target(name, period("2020-07")) for name in ("open_from_year_before", "open_from_earlier_years")]
    assert observe(made, calendar, wanted).tolist() == [6, 8]


def test_every_observable_says_what_it_is() -> None:
    for name, observable in OBSERVABLES.items():
        assert observable.kind in ("flow", "stock", "share"), name
        assert observable.meaning.endswith(".")


def test_placements_are_read_off_the_whole_chain() -> None:
    """Headcounts are those of the census in a period's January, the list that at the month's end."""
    scenario = load("bristol-2022").changed("", horizon=dt.date(2024, 3, 31))
    labels = {"special": "2023-01", "special_and_resourced": "2024-01", "waiting": "2022-09"}
    targets = [Target(measure, period(label)) for measure, label in labels.items()]
    found = observed_futures(scenario, [Item({}, 3)], targets, base_seed=DEFAULT_BASE_SEED)[0]
    tallies = simulate(scenario, 3).tallies
    special, resourced = SETTINGS.index("special"), SETTINGS.index("resourced")
    caseload = tallies["caseload"].sum(axis=(1, 2, 3))
    month = scenario.calendar.months.index("2022-09")
    assert found.tolist() == [
        caseload[1, special],
        caseload[2, special] + caseload[2, resourced],
        tallies["waiting_by_month"][month].sum(),
    ]


def test_a_headcount_of_a_month_without_a_census_is_not_there() -> None:
    scenario = load("bristol-2022").changed("", horizon=dt.date(2024, 3, 31))
    found = observe(simulate(scenario, 0).tallies, scenario.calendar, [Target("special", period("2023-05"))])
    assert np.isnan(found).all()
