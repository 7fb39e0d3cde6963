"""Answers, comparison, staleness and sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.places.commitment import commitment
from sufficiency.ui.answers import Answer, Kept, key_of, named_as
from sufficiency.ui.comparison import check_alike, paired, side_by_side, values
from sufficiency.ui.headlines import balance_sentence, commitment_sentence, council, key_year, places_sentence, totals
from sufficiency.ui.waiting import stale_reason


def test_the_headline_adds_up(answer: Answer) -> None:
    found = totals(answer, "2024/25")
    sentence = places_sentence(answer)
    need, places = round(found.need), round(found.places)
    assert f"**{need:,} specialist places**" in sentence
    assert f"**{abs(need - places):,} " in sentence
    assert sentence.startswith("By the January census of 2024/25 Bristol needs")
    assert "in 8 of 10 futures between" in sentence


def test_the_commitment_is_said_with_its_parts(answer: Answer) -> None:
    sentence = commitment_sentence(commitment(answer.run), "January 2022")
    for words in ("450 places promised", "82 were delivered", "60 are in the pipeline", "308 to find"):
        assert words in sentence


def test_the_balance_is_that_of_the_commitments_year(answer: Answer) -> None:
    assert key_year(answer) == "2024/25"
    assert "on 31 March 2025" in balance_sentence(answer, answer.account, "without interventions")


def test_a_scenario_differs_from_itself_by_nothing(answer: Answer) -> None:
    for found in paired(answer, answer, "2024/25").values():
        assert (found.mean, found.p10, found.p90) == (0, 0, 0)


def test_growth_shows_in_the_paired_difference(answer: Answer, high_growth: Answer) -> None:
    assert paired(answer, high_growth, "2028/29")["Places needed"].mean > 0


def test_scenarios_stand_side_by_side(answer: Answer, high_growth: Answer) -> None:
    levels, changes, numbers = side_by_side({"as it is": answer, "growing": high_growth}, "2024/25")
    assert [row["Scenario"] for row in levels] == ["as it is", "growing"]
    assert [row["Scenario"] for row in changes] == ["growing"]
    assert {row["kind"] for row in numbers} == {"level", "difference from the first"}
    assert len(numbers) == 2 * 2 * len(values(answer, "2024/25"))


@pytest.mark.parametrize(
    ("entry", "words"), [("seed", "base seeds"), ("futures", "numbers of futures"), ("version", "model versions")]
)
def test_unlike_runs_are_refused_in_words(answer: Answer, entry: str, words: str) -> None:
    changed = {"seed": 8, "futures": 4, "version": "9"}[entry]
    other = replace(answer, key=answer.key._replace(**{entry: changed}))
    with pytest.raises(InputProblem, match=words):
        check_alike(answer, other)


def test_unlike_horizons_are_refused_in_words(answer: Answer) -> None:
    sooner = answer.scenario.changed("", horizon=answer.scenario.horizon.replace(year=2028))
    other = replace(answer, run=replace(answer.run, scenario=sooner))
    with pytest.raises(InputProblem, match="horizons"):
        check_alike(answer, other)


def test_different_published_data_are_refused_and_assumptions_are_compared(answer: Answer) -> None:
    counted = answer.scenario.figure("caseload.by_setting").value
    changed = {**counted, "special": counted["special"] + 1}
    for verified in (True, False):
        scenario = answer.scenario.changed("caseload.by_setting", value=changed, verified=verified, reason="another census")
        other = replace(answer, run=replace(answer.run, scenario=scenario))
        if verified:
            with pytest.raises(InputProblem, match="different data"):
                check_alike(answer, other)
        else:
            check_alike(answer, other)


def test_a_better_reason_makes_no_result_stale(answer: Answer) -> None:
    scenario = answer.scenario.changed("demand.growth", reason="Asked the schools.", source="survey")
    assert key_of(scenario, 3, 7) == answer.key
    assert named_as(answer, scenario).scenario.figure("demand.growth").source == "survey"


def test_only_a_baselines_title_names_the_council(answer: Answer) -> None:
    titles = {"Bristol, January 2022": "Bristol", "Bristol, January 2022, high growth": "Bristol", "North, faster": "the council"}
    for title, name in titles.items():
        assert council(answer.scenario.model_copy(update={"title": title})) == name


def test_a_stale_result_says_what_changed(answer: Answer) -> None:
    scenario = answer.scenario.changed("demand.requests_in_base_year", value=900)
    words = stale_reason(answer, scenario, key_of(scenario, 50, answer.key.seed))
    assert "850 before, 900 now" in words
    assert "3 futures and seed 7 before, 50 futures and seed 7 now" in words


def test_little_is_kept_of_a_run(answer: Answer) -> None:
    kept = sum(values.nbytes for values in answer.run.tallies.values())
    assert kept < 25_000 * answer.run.futures


def test_answers_in_memory_are_bounded() -> None:
    kept = Kept(most=2)
    for name in "abc":
        kept.put(name, name)
    assert [kept.get(name) for name in "abc"] == [None, "b", "c"]
