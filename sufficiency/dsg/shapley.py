"""Shapley values: what each of several players that overlap is worth, so that the worths sum to the whole.

A player's value is its marginal worth averaged over every order in which the players could be switched on (Shapley 1953). All
orders are weighed exactly where the players are few; else each future takes one order of its own and its reverse (antithetic,
as in Mitchell and others 2022), so that the values still sum to the whole in every single future.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from math import factorial

import numpy as np
from numpy.typing import NDArray

from sufficiency.simulation.streams import Streams

Array = NDArray[np.float64]
Coalition = frozenset[int]
Worth = Callable[[Coalition], Array]
"""What a coalition of players (by position) is worth, [future, ...]."""


def coalitions(players: int) -> Iterator[Coalition]:
    """Every set of players, smallest first."""
    for size in range(players + 1):
        for members in combinations(range(players), size):
            yield frozenset(members)


def exact(worth: Worth, players: int) -> Array:
    """Shapley values [player, future, ...] from the worth of every coalition."""
    of = {coalition: worth(coalition) for coalition in coalitions(players)}
    values = []
    for player in range(players):
        value = np.zeros_like(of[frozenset()])
        for coalition in of:
            if player not in coalition:
                weight = factorial(len(coalition)) * factorial(players - len(coalition) - 1) / factorial(players)
                value += weight * (of[coalition | {player}] - of[coalition])
        values.append(value)
    return np.array(values)


def orders(players: int, base_seed: int, replications: Iterable[int]) -> NDArray[np.int64]:
    """One order of the players a future, [future, player], every order as likely as any other."""
    keys = np.arange(players, dtype=np.uint64)
    return np.array([np.argsort(Streams(base_seed, r).uniforms("shapley/order", keys)) for r in replications])


def prefixes(order: Sequence[int]) -> list[Coalition]:
    """The coalitions that grow along an order, from none to all."""
    return [frozenset(int(p) for p in order[:size]) for size in range(len(order) + 1)]


def sampled(worth: Worth, chosen: NDArray[np.int64]) -> tuple[Array, Array]:
    """Values [player, future, ...] along each future's order and its reverse, and half the difference of the two.

    ``worth`` is asked of coalitions along ``chosen`` (see :func:`orders`) and read in the futures that need it. Half the
    difference is, per future, about the standard deviation that comes from not having taken every order.
    """
    futures, players = chosen.shape
    whole = worth(frozenset(range(players)))
    both = np.zeros((2, players, *whole.shape))
    kept: dict[Coalition, Array] = {}
    for future in range(futures):
        for direction, order in enumerate((chosen[future], chosen[future][::-1])):
            for before, after in pairwise(prefixes(order)):
                for coalition in (before, after):
                    if coalition not in kept:
                        kept[coalition] = worth(coalition)
                (player,) = after - before
                both[direction, player, future] = kept[after][future] - kept[before][future]
    return both.mean(axis=0), (both[0] - both[1]) / 2
