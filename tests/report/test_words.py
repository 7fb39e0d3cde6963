"""Numbers as people read them."""

from __future__ import annotations

import pytest

from sufficiency.places.gap import Band
from sufficiency.report.results import plain_cell
from sufficiency.report.words import count, counted, pounds, priced, share


@pytest.mark.parametrize(("value", "words"), [(1234.4, "1,234"), (-46.0, "−46"), (0.2, "0"), (-0.2, "0")])
def test_counts(value: float, words: str) -> None:
    assert count(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(12_340_000, "£12.3m"), (-999_500, "−£1.0m"), (999_000, "£999k"), (850, "£850"), (-1500, "−£2k"), (0, "£0")],
)
def test_pounds(value: float, words: str) -> None:
    assert pounds(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [(0.0, "0 %"), (0.001, "under 1 %"), (0.5, "50 %"), (0.999, "over 99 %"), (1.0, "100 %")]
)
def test_shares_never_round_to_never_or_always(value: float, words: str) -> None:
    assert share(value) == words


def test_bands_say_eight_in_ten() -> None:
    assert counted(Band(100.0, 80.0, 99.0, 120.0)) == "99 (8 in 10 futures: 80 to 120)"
    assert priced(Band(-1e6, -2e6, -1e6, 0.0)) == "−£1.0m (8 in 10 futures: −£2.0m to £0)"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_text_that_would_be_a_formula_is_made_plain(text: str) -> None:
    assert plain_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", [-5, -5.5, "plain", "a=b", ""])
def test_numbers_and_plain_text_stay(value: object) -> None:
    assert plain_cell(value) == value
