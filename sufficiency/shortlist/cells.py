"""Which children which places can take: cells of demand, and their lossless merging into groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist.futures import NetDemand

Array = NDArray[np.float64]


class Cell(NamedTuple):
    """Children of one need and phase, parted by whether a SEN unit or resourced place would serve them."""

    need: str
    phase: str
    resourced: bool
    """True for those whom a resourced place would serve; a special school can take both."""


def cells_admitted(eoi: ExpressionOfInterest) -> frozenset[Cell]:
    """Cells whose children a bid's places can take. Area is no bar within the authority: it is weighed as cost of travel."""
    suits = (True,) if eoi.setting == "resourced" else (True, False)
    return frozenset(Cell(need, phase, suit) for need in eoi.needs for phase in eoi.phases for suit in suits)


def suitable_shares(scenario: Scenario) -> Mapping[str, float]:
    """Share of children with unmet need, by need, whom a resourced place would serve (middle value).

    The scenario gives it for all who need a specialist place; the tallies do not say how it differs among those unmet, so the
    same share stands in.
    """
    return scenario.placements.resourced_suitable.value


def groups_of(kinds: Sequence[frozenset[Cell]]) -> tuple[tuple[tuple[Cell, ...], ...], NDArray[np.bool_]]:
    """Cells merged where the same kinds can take them, and which kind (row) can take which group (column).

    Children of such cells are exchangeable in the second stage, so merging them changes neither children served nor unmet.
    """
    cells = sorted(set().union(*kinds), key=lambda c: (NEEDS.index(c.need), PHASES.index(c.phase), not c.resourced))
    by_takers: dict[tuple[bool, ...], list[Cell]] = {}
    for cell in cells:
        by_takers.setdefault(tuple(cell in kind for kind in kinds), []).append(cell)
    admits = np.array(list(by_takers), dtype=np.bool_).reshape(len(by_takers), len(kinds)).T
    return tuple(tuple(group) for group in by_takers.values()), admits


def demand_by_group(demand: NetDemand, groups: Sequence[Sequence[Cell]], suitable: Mapping[str, float]) -> tuple[Array, Array]:
    """Children unmet in each group, shape (futures, years, groups), and those in no group, shape (futures, years)."""
    children = demand.unmet.sum(axis=2)
    total: Array = children.sum(axis=(2, 3))
    found = np.zeros((*total.shape, len(groups)))
    for position, group in enumerate(groups):
        for cell in group:
            share = suitable[cell.need] if cell.resourced else 1 - suitable[cell.need]
            found[:, :, position] += share * children[:, :, demand.needs.index(cell.need), demand.phases.index(cell.phase)]
    return found, np.maximum(total - found.sum(axis=2), 0.0)
