"""The families of limits on what is taken up: one small builder a family, its formula in the docstring.

z_j is 1 where way j is taken up. Builders give plain rows, so that they can be read and counted without a solver.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sufficiency.shortlist.program import Row, Way

Ways = Sequence[Way]
LE, GE, EQ = "<=", ">=", "="
ONE_WAY = "one opening"


def one_way(ways: Ways, label: Mapping[int, str]) -> list[Row]:
    """At most one size and opening an offer: sum of z_j over the ways j of an offer <= 1. Offers of one way need none."""
    by_offer: dict[int, list[int]] = {}
    for j, way in enumerate(ways):
        by_offer.setdefault(way.offer, []).append(j)
    return [
        Row(ONE_WAY, f"one_opening_{label[offer]}", tuple((j, 1.0) for j in mine), LE, 1.0)
        for offer, mine in by_offer.items()
        if len(mine) > 1
    ]


def budget(family: str, name: str, amounts: Mapping[int, float], most: float) -> Row:
    """Money: sum of amount_j z_j <= most."""
    return Row(family, name, tuple((j, amount) for j, amount in amounts.items() if amount), LE, most)


def number_chosen(family: str, name: str, members: Iterable[int], sense: str, number: float) -> Row:
    """A number of projects: sum of z_j over the members <= number, or = number, or >= number."""
    return Row(family, name, tuple((j, 1.0) for j in members), sense, number)


def least_places(family: str, name: str, places: Mapping[int, float], least: float) -> Row:
    """Places: sum of places_j z_j >= least."""
    return Row(family, name, tuple((j, p) for j, p in places.items() if p), GE, least)


def not_without(family: str, name: str, members: Iterable[int], others: Iterable[int]) -> Row:
    """A prerequisite: sum of z_j over the members - sum of z_j over the others <= 0."""
    return Row(family, name, (*((j, 1.0) for j in members), *((j, -1.0) for j in others)), LE, 0.0)
