"""Laws of the content: text and tables agree, assumptions are all there, charts have words and an equal table."""

from __future__ import annotations

import datetime as dt
import json
import re

import numpy as np
import pytest

from sufficiency.domain.dictionaries import DSG_CATEGORIES
from sufficiency.places.gap import Band
from sufficiency.places.invitation import invitation as asked
from sufficiency.report.chain import Chain
from sufficiency.report.charts.timeline import ADDED, OPEN
from sufficiency.report.papers.content import CUT, LONGEST, Paper, Section, Table, about, about_range, chance, note_of, shown
from sufficiency.report.papers.equality import GAINS, LOSES, SAME, verdict
from sufficiency.report.papers.report import report_paper
from sufficiency.report.place_timeline import timeline_rows
from sufficiency.report.summary import headline_year


def table(paper: Paper, key: str) -> Table:
    return next(each for each in paper.tables() if each.key == key)


def section(paper: Paper, heading: str) -> Section:
    return next(each for each in paper.sections if each.heading.startswith(heading))


def printed(paper: Paper, key: str, row: str) -> dict[str, str]:
    found = table(paper, key)
    headings = [column.title for column in found.printed_columns()]
    return next(dict(zip(headings, cells, strict=True)) for cells in found.printed_rows() if cells[0] == row)


@pytest.mark.parametrize(
    ("value", "words"), [(0.0, "0"), (2.4, "0"), (-2.4, "0"), (2.6, "5"), (1_187, "1,185"), (-13, "−15"), (12_344, "12,345")]
)
def test_estimates_are_shown_to_the_nearest_5(value: float, words: str) -> None:
    assert about(value) == shown(value, "estimate") == words


def test_what_was_never_seen_is_not_called_impossible() -> None:
    assert chance(0.0, 40) == "in none of the 40 futures simulated"
    assert chance(1.0, 40) == "in every one of the 40 futures simulated"
    assert chance(0.012, 400) == "in 1 % of futures"
    assert chance(0.31, 400) == "in about 3 of 10 futures"


def test_every_figure_in_the_answers_is_in_a_table(report: Paper, chain: Chain) -> None:
    """The sentence on the gap, the waiting list, plans and the promise say what the table beneath says, digit by digit."""
    year = headline_year(chain.run)
    row = printed(report, "places", year)
    ranged = "about {} (8 in 10 futures: {} to {})"

    def spelt(cell: str) -> str:
        return ranged.format(*re.fullmatch(r"(\S+) \((\S+) to (\S+)\)", cell).groups())  # type: ignore[union-attr]

    places = section(report, "How many places").answer
    assert spelt(row["Missing"]) in places
    assert spelt(row["Missing with the bids"]) in places
    assert row["Need"].split(" ")[0] in places
    assert f"{row['Places']} places are" in places
    assert spelt(row["Missing"]) in report.answer
    waiting = printed(report, "waiting", year)
    assert spelt(waiting["Waiting"]) in section(report, "Who waits").answer
    assert spelt(waiting["Waiting with the bids"]) in section(report, "Who waits").answer
    promised = list(table(report, "commitment").printed_rows())[-1]
    assert spelt(promised[-2]) in section(report, "Is the commitment").answer
    requests = list(table(report, "requests").printed_rows())[-1]
    assert spelt(requests[1]) in section(report, "How many requests").answer
    balances = list(table(report, "balance").printed_rows())[-1]
    assert balances[-1].split(" ")[0].removeprefix("−") in section(report, "What happens to the deficit").answer


def test_charts_say_in_words_what_their_table_says(report: Paper) -> None:
    """Each number of the caption stands in the table of the chart."""
    for chart in report.charts():
        cells = " ".join(" ".join(cells) for cells in table(report, chart.table).printed_rows())
        caption = re.sub(r"\d{4}/\d\d|\d{4}-\d\d|8 in 10|\d+ [A-Z][a-z]+ \d{4}|In \d{4}|^20\d\d", "", chart.caption)
        numbers = re.findall(r"£?[\d,.]*\d(?:m|k)?", caption)
        promised = ["450"] if chart.key == "commitment" else []
        assert [number for number in numbers if number not in cells and number not in promised] == [], chart.key


def test_every_chart_has_alt_text_and_an_equal_table(report: Paper) -> None:
    charts = list(report.charts())
    assert {chart.key for chart in charts} >= {"places-and-need", "gap-by-need-and-area", "waiting", "commitment", "balance"}
    keys = {each.key for each in report.tables()}
    for chart in charts:
        assert len(chart.alt) > 40
        assert chart.table in keys
        assert json.loads(chart.spec)["$schema"]


def test_every_unverified_assumption_is_listed_with_its_reason(report: Paper, chain: Chain) -> None:
    """Those of the scenario and those that the chosen bids bring."""
    scenario = chain.with_shortlist.scenario
    assert chain.plan.chosen, "a chain without chosen bids would not test this"
    rows = table(report, "unverified").rows
    listed = {re.search(r"\[(.+)\]$", str(row[0])).group(1): row for row in rows}  # type: ignore[union-attr]
    assert set(listed) >= set(scenario.unverified())
    assert any(path.startswith("supply.eoi-") for path in listed)
    assert all(row[3] and row[4] and row[4] != "none needed" for row in rows)
    verified = {path for path, figure in scenario.figures() if figure.verified}
    assert {re.search(r"\[(.+)\]$", str(row[0])).group(1) for row in table(report, "verified").rows} == verified  # type: ignore[union-attr]


def test_tables_are_whole(report: Paper, invitation: Paper) -> None:
    for paper in (report, invitation):
        keys = [each.key for each in paper.tables()]
        assert len(set(keys)) == len(keys)
        for each in paper.tables():
            assert each.rows, each.key
            assert all(len(row) == len(each.columns) for row in each.rows), each.key
            assert all(column.meaning for column in each.columns), each.key


def test_need_less_places_is_what_is_missing(report: Paper) -> None:
    """Means add up, as the workbook holds them."""
    for key, need, places, missing in (("places", 1, 4, 5), ("gap-by-cell", 3, 4, 5)):
        numbers = np.array([[row[need], row[places], row[missing]] for row in table(report, key).rows], dtype=float)
        np.testing.assert_allclose(numbers[:, 0] - numbers[:, 1], numbers[:, 2], atol=1e-9)


def test_bars_of_the_timeline_add_up_to_the_places_in_the_table(report: Paper, chain: Chain) -> None:
    bars, need = timeline_rows(chain.run, chain.with_shortlist)
    rows = {str(row[0]): row for row in table(report, "places").rows}
    assert {bar["series"] for bar in bars} == {OPEN, ADDED}
    for line in need:
        opened = sum(bar["mean"] for bar in bars if bar["period"] == line["period"])
        assert opened == pytest.approx(float(rows[line["period"]][8]))  # type: ignore[arg-type]
        assert line["p10"] <= line["p50"] <= line["p90"]
    assert {bar["series"] for bar in timeline_rows(chain.run, None)[0]} == {OPEN}
    assert {bar["series"] for bar in timeline_rows(chain.run, chain.run)[0]} == {OPEN}, "no bids, no empty series"


def test_groups_of_the_equality_duty_add_up_to_the_same(report: Paper) -> None:
    sums = {key: [sum(float(row[at]) for row in table(report, key).rows) for at in (1, 2, 3, 6)]  # type: ignore[arg-type]
            for key in ("equality-by-need", "equality-by-phase", "equality-by-area")}  # fmt: skip
    first = sums["equality-by-need"]
    for found in sums.values():
        np.testing.assert_allclose(found, first, atol=1e-9)


def test_the_sensitivity_is_the_difference_of_two_accounts(report: Paper, chain: Chain) -> None:
    """A tenth more activity in a category costs a tenth of what is spent in it up to the last year, and the answer names the
    longest bar."""
    rows = {tuple(row[:3]): row for row in table(report, "sensitivity").rows}
    spent = chain.mitigated_account.amounts.sum(axis=3).mean(axis=0).sum(axis=0)
    for position, entry in enumerate(DSG_CATEGORIES):
        if spent[position] < 100:
            continue
        more = rows[f"{entry.label}: activity or unit cost", "supply management", "10 % more"]
        less = rows[f"{entry.label}: activity or unit cost", "supply management", "10 % less"]
        middle, low, high = more[3:6]
        assert low <= middle <= high < 0
        assert middle == pytest.approx(-0.1 * spent[position], rel=0.03)  # the middle future for the mean
        assert less[3] == pytest.approx(-middle, rel=1e-6)
    longest = max(rows.values(), key=lambda row: abs(row[3]))
    words = section(report, "What does the deficit hang on").answer
    assert str(longest[0]).split(":")[0].lower() in words.lower()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Band(-8.0, -12.0, -8.0, -2.0), GAINS),
        (Band(-8.0, -20.0, -8.0, 1.0), SAME),
        (Band(-1.0, -2.0, -1.0, 0.0), SAME),
        (Band(8.0, 0.0, 8.0, 12.0), LOSES),
        (Band(8.0, -1.0, 8.0, 12.0), SAME),
        (Band(0.0, 0.0, 0.0, 0.0), SAME),
    ],
)
def test_who_gains_and_who_loses(change: Band, words: str) -> None:
    assert verdict(change) == words


def test_the_invitation_asks_for_what_the_rules_ask_for(invitation: Paper, chain: Chain) -> None:
    found = asked(chain.run, headline_year(chain.run))
    rows = table(invitation, "lots").rows
    assert [row[4] for row in rows] == [line.places for line in found.lines]
    assert sum(int(row[4]) for row in rows) == found.places  # type: ignore[arg-type]
    assert all(row[5] == found.by for row in rows)
    assert f"{found.places:,} places" in invitation.answer
    assert not [row for row in rows if re.search(r"\(([^)]+)\) \(\1\)", str(row[1]))], "codes are given once"


def test_the_run_record_says_how_to_make_it_again(report: Paper, chain: Chain) -> None:
    record = dict(table(report, "run-record").rows)
    assert record["Scenario hash"] == chain.scenario.digest
    assert record["Base seed"] == str(chain.run.base_seed)
    assert record["Futures"] == str(chain.run.futures)
    assert record["Scenario with the chosen bids, hash"] == chain.with_shortlist.scenario.digest


def test_nothing_is_promised_that_was_not_done(report: Paper) -> None:
    quality = section(report, "How has its quality")
    assert quality.answer.startswith("No independent assurance")
    assert "20 or more" in " ".join(report.cautions), "few futures are said to be rough"


def test_the_same_chain_gives_the_same_paper(chain: Chain, report: Paper, made: dt.date) -> None:
    assert report_paper(chain, made) == report


def test_ranges_are_explained_beneath_their_table(report: Paper) -> None:
    for each in report.tables():
        assert ("8 in 10 futures" in note_of(each)) == each.has_ranges
        for row in each.rows:
            for at, column in enumerate(each.columns):
                if column.end == "low":
                    assert float(row[at]) <= float(row[at + 1])  # type: ignore[arg-type]


def test_the_longest_values_are_cut_in_print_and_whole_in_the_workbook(report: Paper) -> None:
    found = table(report, "unverified")
    whole = [str(row[1]) for row in found.rows]
    printed_values = [row[1] for row in found.printed_rows()]
    assert max(map(len, whole)) > LONGEST >= max(len(words.removesuffix(CUT)) for words in printed_values)
    for words, value in zip(printed_values, whole, strict=True):
        assert words == value or (words.endswith(CUT) and value.startswith(words.removesuffix(CUT)))


def test_a_range_in_words() -> None:
    assert about_range(Band(577.0, 411.0, 580.0, 674.0)) == "about 575 (8 in 10 futures: 410 to 675)"
