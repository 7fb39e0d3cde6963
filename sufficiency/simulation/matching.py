"""Matching children to vacant places: by the longest wait, each to the nearest place that admits the child, or by distance.

With one common order of priority, deferred acceptance (Gale and Shapley 1962) gives each child in turn the best place left:
serial dictatorship. Where the nearest goes first, it is played in rounds, one a distance: in each the places are those so far
away. Who cannot be given any of the places left is found for all who wait at once, so that the loop runs over the places that
are filled and never over those who wait in vain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.caseload import Caseload, Rows, S
from sufficiency.simulation.council import NOBODY
from sufficiency.simulation.estate import Estate, Room

_WORD = 2**64 - 1
_AT_ONCE = 32
"""Children gone through one by one before those left without a place are put aside: most weeks free fewer places."""


class Preferences:
    """Provisions in order of preference for each class of child: area, need, phase, and whether a resourced place would serve.

    Nearest first; at equal distance a resourced place before a special school for those it would serve. ``distance`` is between
    areas, ``offered`` (areas, provisions) which provisions are offered to children of each area: all unless given.
    """

    def __init__(self, distance: NDArray[np.float64], estate: Estate, offered: NDArray[np.bool_] | None = None) -> None:
        resourced = estate.setting == S["resourced"]
        away = distance[:, estate.area]
        nearest = [np.lexsort((estate.tie, ~resourced, row)) for row in away]
        cost = np.argsort(nearest, axis=1).astype(np.float64)
        if offered is not None:
            cost[~offered] = np.inf
        admits = estate.admits.transpose(1, 2, 0)[:, :, None, :] & (~resourced | np.array([[False], [True]]))
        full = np.where(admits[None], cost[:, None, None, None, :], np.inf).reshape(-1, len(estate))
        order, admitted = np.argsort(full, axis=1), np.isfinite(full)
        self.order = [row[:count] for row, count in zip(order.tolist(), admitted.sum(axis=1).tolist(), strict=True)]
        """The provisions that admit each class, from the most to the least preferred."""
        self.bits = [sum(1 << provision for provision in row) for row in self.order]
        """The same as the bits of one number."""
        # Those bits, 64 to a word: to ask about many children at once.
        self._words = [_bits(admitted[:, first : first + 64]) for first in range(0, len(estate), 64)]

    def able(self, child: NDArray[np.int64], vacant: int) -> NDArray[np.int64]:
        """Positions of those (given by their class) whom a vacant provision admits; bit p of ``vacant`` is provision p."""
        common = self._words[0][child] & np.uint64(vacant & _WORD)
        for position, word in enumerate(self._words[1:], start=1):
            common |= word[child] & np.uint64(vacant >> 64 * position & _WORD)
        return common.nonzero()[0]


def _bits(flags: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Each row's flags (at most 64) as the bits of one number; shape (rows,)."""
    powers = np.uint64(1) << np.arange(flags.shape[1], dtype=np.uint64)
    bits: NDArray[np.uint64] = np.where(flags, powers, np.uint64(0)).sum(axis=1, dtype=np.uint64)
    return bits


@dataclass(frozen=True)
class Offers:
    """Which places are offered to whom, in which rounds."""

    everywhere: Preferences
    """All places, however far."""
    rounds: tuple[Preferences, ...]
    """What the panel plays, one after the other."""


_offers: dict[bytes, Offers] = {}


def offers_of(scenario: Scenario, estate: Estate) -> Offers:
    """The offers of an estate; the last ones used are kept, because a run asks for the same ones for every future."""
    areas, rules = scenario.area_codes, scenario.placements.panel
    distance = np.array([[scenario.estate.distances.value[a][b] for b in areas] for a in areas])
    farthest = rules.farthest.value if rules and rules.farthest else np.inf
    by_distance = rules is not None and rules.policy.value == "nearest"
    parts = (distance, estate.area, estate.setting, estate.tie, estate.admits, np.array([farthest, by_distance]))
    key = b"/".join(part.tobytes() for part in parts)
    if key not in _offers:
        _offers.clear()
        _offers[key] = laid_out(distance, estate, farthest, by_distance=by_distance)
    return _offers[key]


def laid_out(distance: NDArray[np.float64], estate: Estate, farthest: float, *, by_distance: bool) -> Offers:
    """The offers where places up to ``farthest`` km away are offered, the nearest in a round of their own where ``by_distance``.

    ``distance`` is in km between areas, shape (areas, areas).
    """
    away = distance[:, estate.area]
    if by_distance:
        levels = np.unique(away[away <= farthest]).tolist()
        rounds = tuple(Preferences(distance, estate, away == level) for level in levels)
    else:
        rounds = (Preferences(distance, estate, away <= farthest),)
    return Offers(Preferences(distance, estate), rounds)


PHASE_STEP = 2
"""What one phase more adds to a class."""


def classes(caseload: Caseload, resourced_suitable: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The class of every row: area, need, phase at present, and whether a resourced place would serve; shape (rows,)."""
    cell = caseload.area.astype(np.int64) * len(NEEDS) + caseload.need
    found: NDArray[np.int64] = (cell * len(PHASES) + caseload.phase) * PHASE_STEP + resourced_suitable
    return found


def with_resourced(classes: NDArray[np.int64], resourced: bool) -> NDArray[np.int64]:
    """The same classes, all of them of children whom a resourced place would serve, or would not; the same shape."""
    found: NDArray[np.int64] = classes // PHASE_STEP * PHASE_STEP + resourced
    return found


def match(
    preferences: Preferences,
    rows: Rows,
    class_of: NDArray[np.int64],
    room: Room,
    turns: Callable[[Rows], Iterable[Rows]] | None = None,
) -> tuple[Rows, NDArray[np.int64]]:
    """Those of ``rows`` who get a place where there is ``room``, from which it is taken, and the provision of each.

    ``rows`` are in order of priority, or ``turns`` puts any of them in it, group by group: most weeks free so few places that
    only the first of those whom they admit need be asked. ``class_of`` is the class of every row of the caseload.
    """
    if not room.vacant or not rows.size:
        return NOBODY, NOBODY
    left, order, bits = room.places, preferences.order, preferences.bits
    placed: list[int] = []
    provision: list[int] = []
    vacant = room.vacant
    able = rows[preferences.able(class_of[rows], vacant)]
    for group in turns(able) if turns is not None else (able,):
        known = room.vacant  # where the group was asked about
        while group.size and vacant:
            if vacant != known:
                group, known = group[preferences.able(class_of[group], vacant)], vacant
            now, group = group[:_AT_ONCE], group[_AT_ONCE:]
            for row, kind in zip(now.tolist(), class_of[now].tolist(), strict=True):
                if not bits[kind] & vacant:
                    continue
                for nearest in order[kind]:
                    if left[nearest] > 0:
                        break
                placed.append(row)
                provision.append(nearest)
                left[nearest] -= 1
                if not left[nearest]:
                    vacant &= ~(1 << nearest)
                    if not vacant:
                        break
        if not vacant:
            break
    room.vacant = vacant
    return np.array(placed, dtype=np.int64), np.array(provision, dtype=np.int64)
