"""Which children which places can take: cells of demand by area, and their lossless merging into groups."""

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
Admits = NDArray[np.bool_]


class Cell(NamedTuple):
    """Children of one need and phase, parted by whether a SEN unit or resourced place would serve them."""

    need: str
    phase: str
    resourced: bool
    """True for those whom a resourced place would serve; a special school can take both."""


class Kind(NamedTuple):
    """Places that can take the same children."""

    cells: frozenset[Cell]
    area: int
    """Position of the area in which the places are."""


class Group(NamedTuple):
    """Children of one area whom the same kinds of places can take."""

    cells: tuple[Cell, ...]
    area: int


def kinds_offered(eoi: ExpressionOfInterest, area: int) -> tuple[tuple[Kind, float], ...]:
    """The kinds of a bid's places with their shares: one for each phase where the bid parts them, else one in all."""
    shares = eoi.shares_by_phase
    if not shares:
        return ((Kind(_cells(eoi, eoi.phases), area), 1.0),)
    return tuple((Kind(_cells(eoi, (phase,)), area), share) for phase, share in shares.items() if share > 0)


def _cells(eoi: ExpressionOfInterest, phases: Sequence[str]) -> frozenset[Cell]:
    """Cells whose children the places can take. Area is no bar within the authority: it is weighed as cost of travel."""
    suits = (True,) if eoi.setting == "resourced" else (True, False)
    return frozenset(Cell(need, phase, suit) for need in eoi.needs for phase in phases for suit in suits)


def suitable_shares(scenario: Scenario) -> Mapping[str, float]:
    """Share of children with unmet need, by need, whom a resourced place would serve (middle value).

    The scenario gives it for all who need a specialist place; the tallies do not say how it differs among those unmet, so the
    same share stands in.
    """
    return scenario.placements.resourced_suitable.value


def groups_of(kinds: Sequence[Kind], areas: int) -> tuple[tuple[Group, ...], Admits]:
    """Cells of each area merged where the same kinds can take them, and which kind (row) can take which group (column).

    Children of such cells are exchangeable in the second stage, so merging them changes neither children served nor what their
    places and journeys cost.
    """
    cells = sorted(
        frozenset[Cell]().union(*(kind.cells for kind in kinds)),
        key=lambda c: (NEEDS.index(c.need), PHASES.index(c.phase), not c.resourced),
    )
    by_takers: dict[tuple[bool, ...], list[Cell]] = {}
    for cell in cells:
        by_takers.setdefault(tuple(cell in kind.cells for kind in kinds), []).append(cell)
    groups = tuple(Group(tuple(merged), area) for merged in by_takers.values() for area in range(areas))
    takers = [column for column in by_takers for _ in range(areas)]
    return groups, np.array(takers, dtype=np.bool_).reshape(len(groups), len(kinds)).T


def demand_by_group(demand: NetDemand, groups: Sequence[Group], suitable: Mapping[str, float]) -> tuple[Array, Array]:
    """Children unmet in each group, shape (futures, years, groups), and those in no group, shape (futures, years)."""
    children = demand.unmet
    total: Array = children.sum(axis=(2, 3, 4))
    found = np.zeros((*total.shape, len(groups)))
    for position, group in enumerate(groups):
        for cell in group.cells:
            share = suitable[cell.need] if cell.resourced else 1 - suitable[cell.need]
            at = (group.area, demand.needs.index(cell.need), demand.phases.index(cell.phase))
            found[:, :, position] += share * children[:, :, *at]
    return found, np.maximum(total - found.sum(axis=2), 0.0)


def merged(admits: Admits, demand: Array) -> tuple[NDArray[np.int64], Admits, Array]:
    """Kinds that admit the same groups as one, then groups admitted by the same kinds as one.

    Gives the new position of each kind, which new kind takes which new group, and the demand of the new groups. What it costs to
    serve a child is lost, children served and unmet are not.
    """
    rows, new_kind = np.unique(admits, axis=0, return_inverse=True)
    columns, new_group = np.unique(rows, axis=1, return_inverse=True)
    pooled = np.zeros((*demand.shape[:2], columns.shape[1]))
    for group, to in enumerate(new_group.ravel().tolist()):
        pooled[:, :, to] += demand[:, :, group]
    return new_kind.ravel().astype(np.int64), columns, pooled
