"""Shapley values: they sum to the whole, treat equals alike, and give nothing to whom nothing is owed."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sufficiency.dsg.shapley import Coalition, coalitions, exact, orders, prefixes, sampled

pytestmark = pytest.mark.law


def game(players: int, futures: int, seed: int) -> dict[Coalition, np.ndarray]:
    """A worth for every coalition, drawn at random: players overlap in every way."""
    rng = np.random.default_rng(seed)
    return {c: rng.normal(size=futures) * len(c) if c else np.zeros(futures) for c in coalitions(players)}


def by_hand(worth: dict[Coalition, np.ndarray], players: int) -> np.ndarray:
    """The mean marginal worth over every order."""
    values, every = np.zeros((players, len(worth[frozenset()]))), list(permutations(range(players)))
    for order in every:
        for position, player in enumerate(order):
            before = frozenset(order[:position])
            values[player] += worth[before | {player}] - worth[before]
    return values / len(every)


@given(st.integers(1, 5), st.integers(0, 1000))
def test_exact_values_are_the_mean_over_every_order_and_sum_to_the_whole(players: int, seed: int) -> None:
    worth = game(players, 3, seed)
    values = exact(worth.__getitem__, players)
    assert values == pytest.approx(by_hand(worth, players))
    assert values.sum(axis=0) == pytest.approx(worth[frozenset(range(players))] - worth[frozenset()])


def test_equal_players_are_worth_the_same_and_an_idle_one_nothing() -> None:
    def worth(coalition: Coalition) -> np.ndarray:
        # 0 and 1 do the same thing, of which more is worth less; 2 does nothing; 3 works alone.
        return np.array([10.0 * np.sqrt(len(coalition & {0, 1})) + 5.0 * (3 in coalition)])

    values = exact(worth, 4)[:, 0]
    assert values[0] == pytest.approx(values[1])
    assert values[2] == pytest.approx(0.0, abs=1e-12)
    assert values[3] == pytest.approx(5.0)


def test_sampled_values_sum_to_the_whole_in_every_future_and_come_near_the_exact_ones() -> None:
    players, futures = 5, 3000
    one = game(players, 1, 7)
    alike = {c: np.repeat(w, futures) for c, w in one.items()}
    chosen = orders(players, 11, range(futures))
    values, half = sampled(alike.__getitem__, chosen)
    whole = alike[frozenset(range(players))] - alike[frozenset()]
    assert values.sum(axis=0) == pytest.approx(whole)
    error = half.std(axis=1) / np.sqrt(futures)
    assert (np.abs(values.mean(axis=1) - exact(one.__getitem__, players)[:, 0]) < 4 * error + 1e-9).all()
    assert (error > 0).all()


def test_orders_are_orders_and_each_first_place_is_as_likely() -> None:
    chosen = orders(4, 3, range(4000))
    assert (np.sort(chosen, axis=1) == np.arange(4)).all()
    first = np.bincount(chosen[:, 0], minlength=4) / 4000
    assert first == pytest.approx(np.full(4, 0.25), abs=0.03)
    assert prefixes([2, 0, 1]) == [frozenset(), {2}, {0, 2}, {0, 1, 2}]


def test_a_sampled_worth_is_asked_only_of_coalitions_along_the_orders() -> None:
    chosen = np.array([[0, 1, 2, 3, 4, 5]])
    asked: set[Coalition] = set()

    def worth(coalition: Coalition) -> np.ndarray:
        asked.add(coalition)
        return np.array([float(len(coalition))])

    values, _ = sampled(worth, chosen)
    assert values == pytest.approx(np.ones((6, 1)))
    assert len(asked) == 2 * 5 + 2  # forwards and backwards share none and all
