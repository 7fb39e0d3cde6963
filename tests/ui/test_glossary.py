"""Words are linked to where they are explained: once each, in whatever form they stand."""

from __future__ import annotations

import pytest

from sufficiency.ui.glossary import WORDS, anchor, linked


def test_the_first_occurrence_of_each_word_is_linked_in_its_own_form() -> None:
    text = "Specialist places are missing. A specialist place is wanted by SENs; EoIs and a second EoI offer them."
    assert linked(text, "Specialist place", "EoI", "SEN") == (
        "[Specialist places](#word-specialist-place) are missing. A specialist place is wanted by [SENs](#word-sen); "
        "[EoIs](#word-eoi) and a second EoI offer them."
    )


@pytest.mark.parametrize("text", ["in 8 of 10 futures", "in 8 in 10 futures"])
def test_a_word_within_a_longer_one_is_not_linked_twice(text: str) -> None:
    found = linked(f"{text}, not one future", "Future", "8 in 10 futures")
    assert found == f"in [{text[3:]}](#word-8-in-10-futures), not one [future](#word-future)"


def test_a_gap_is_linked_to_the_gap_that_is_meant() -> None:
    assert linked("the largest gap", "Gap (waiting)") == "the largest [gap](#word-gap-waiting)"


def test_parts_of_other_words_and_words_not_asked_for_stay_as_they_are() -> None:
    text = "SENCO, nosen and the DSG"
    assert linked(text, "SEN") == text


def test_every_word_has_a_place_of_its_own() -> None:
    assert len({anchor(word) for word in WORDS}) == len(WORDS)
