"""Numbers, money and text as people read them."""

from __future__ import annotations

import pytest

from sufficiency.ui import formats


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1234, "1,234"), (-5, "−5"), (0, "0"), (-0.3, "0"), (12.34, "12")],
)
def test_numbers_have_commas_and_a_proper_minus(value: float, shown: str) -> None:
    assert formats.number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(12_345_678, "£12.3m"), (999_999, "£1.0m"), (123_456, "£123,456"), (-2_000_000, "−£2.0m"), (-0.2, "£0"), (0, "£0")],
)
def test_money_is_in_millions_from_a_million(value: float, shown: str) -> None:
    assert formats.money(value) == shown


def test_a_difference_carries_its_sign() -> None:
    assert [formats.signed(v) for v in (3, -3, 0, 0.2)] == ["+3", "−3", "0", "0"]
    assert [formats.signed_money(v) for v in (3e6, -3e6, 0.0)] == ["+£3.0m", "−£3.0m", "£0"]


def test_estimates_are_rounded_and_no_line_is_broken_after_a_sign() -> None:
    assert [formats.rough_money(v) for v in (-658_083.0, 12_345_678.0, 4_000.0)] == ["−\u2060£660,000", "£12.3m", "£0"]
    assert [formats.rough_change(v) for v in (658_083.0, -2e6, -4_000.0)] == ["+\u2060£660,000", "−\u2060£2.0m", "£0"]
    assert [formats.better(v) for v in (658_083.0, -2e6, -4_000.0)] == ["£660,000 better", "£2.0m worse", "the same"]


def test_a_gap_is_said_in_words() -> None:
    assert [formats.short(v) for v in (46.2, -3, 0.4)] == ["46 short", "3 to spare", "none short"]


def test_a_balance_is_said_in_words() -> None:
    assert formats.balance(-3.4e6) == "a deficit of £3.4m"
    assert formats.balance(2e5) == "a surplus of £200,000"


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "in none of the futures"),
        (0.3, "in 3 of 10 futures"),
        (0.01, "in fewer than 1 of 20 futures"),
        (0.99, "in more than 19 of 20 futures"),
        (1.0, "in every one of the futures"),
    ],
)
def test_a_probability_is_said_in_words(share: float, words: str) -> None:
    assert formats.in_ten(share) == words


def test_text_from_people_neither_styles_the_page_nor_loads_anything() -> None:
    shown = formats.plain("![x](http://example.org/p.png) **bold** :red[x] $a$ <b>")
    assert r"\!\[x\]\(http\://example\.org" in shown
    assert r"\*\*bold\*\*" in shown
    assert r"\:red\[x\]" in shown
    assert r"\<b\>" in shown
