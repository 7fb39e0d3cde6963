"""A choice of offers valued and checked from the plain tables alone: nothing is taken over from the model or its solver.

Given which offers open, the children are assigned at least cost by a transport problem (scipy's simplex on the tables' own
numbers); then every limit and every sum is checked again from the flows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.scenario.allocation import AllocationTables

Array = NDArray[np.float64]

TOLERANCE = 1e-7
"""Share of a limit (or of the largest cell) within which a limit counts as kept: the arithmetic's rounding."""


@dataclass(frozen=True)
class Check:
    """One family of limits: by how much the worst case of it is broken."""

    family: str
    what: str
    used: float
    allowed: float
    scale: float

    @property
    def kept(self) -> bool:
        """Whether the limit is kept."""
        return self.used <= self.allowed + TOLERANCE * max(self.scale, abs(self.allowed))


@dataclass(frozen=True, eq=False)
class Assessment:
    """What a choice costs at best, and whether it keeps every limit."""

    tables: AllocationTables
    chosen: tuple[int, ...]
    """Positions of the offers."""
    flows: Array
    """Children served, shape (offers, cells)."""

    @property
    def served(self) -> Array:
        """Children served by cell, shape (cells,)."""
        result: Array = self.flows.sum(axis=0)
        return result

    @property
    def unserved(self) -> Array:
        """Children not served by cell, shape (cells,); rounding is nothing."""
        children = _children(self.tables)
        left = children - self.served
        result: Array = np.where(left > TOLERANCE * max(1e-300, float(children.max(initial=0.0))), left, 0.0)
        return result

    @property
    def fixed_cost(self) -> float:
        """Fixed costs of the offers chosen."""
        return float(sum(self.tables.offers[i].fixed_cost for i in self.chosen))

    @property
    def travel_cost(self) -> float:
        """Sum of cost a child x children."""
        cost = np.where(self.flows > 0, self.tables.cost_per_child, 0.0)
        return float((cost * self.flows).sum())

    @property
    def unserved_cost(self) -> float:
        """Cost of the children not served."""
        return float(self.unserved.sum()) * (self.tables.limits.unserved_cost_per_child or 0.0)

    @property
    def objective(self) -> float:
        """Fixed costs + journeys + children not served."""
        return self.fixed_cost + self.travel_cost + self.unserved_cost

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every family of limits, from the tables and the flows."""
        return tuple(_checks(self))

    @property
    def kept(self) -> bool:
        """Whether every limit is kept."""
        return all(check.kept for check in self.checks)


def assess(tables: AllocationTables, chosen: Collection[int]) -> Assessment:
    """The choice with the children assigned at least cost; where not all who must be can be served, as many as possible are.

    Offers that serve nobody are dropped, unless their number is laid down: they can only cost.
    """
    positions = sorted(chosen)
    flows = _transport(tables, positions)
    if tables.limits.choose_exactly is None:
        positions = [i for i in positions if flows[i].any()]
    return Assessment(tables, tuple(positions), flows)


def _children(tables: AllocationTables) -> Array:
    return np.array([each.children for each in tables.cells], dtype=np.float64)


def _transport(tables: AllocationTables, chosen: list[int]) -> Array:
    """Least-cost flows from the chosen offers to the cells, shape (offers, cells).

    Minimise sum of cost x flow - worth x flow, subject to sum over cells of flow <= places and sum over offers of flow <=
    children; the worth of serving a child is the cost of not doing so, or more than any difference of journeys where every child
    must be served.
    """
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    shape = tables.cost_per_child.shape
    flows = np.zeros(shape)
    children = _children(tables)
    allowed = np.isfinite(tables.cost_per_child[chosen]) & (children > 0)[None, :]
    rows, cells = np.nonzero(allowed)
    if not len(rows):
        return flows
    cost = tables.cost_per_child[chosen][rows, cells]
    # A path that frees a place for one more child changes each journey at most once: the sum of all spans bounds its cost.
    unserved = tables.limits.unserved_cost_per_child
    worth = 1.0 + cost.max() * 2 * min(len(chosen), len(children)) if unserved is None else unserved
    unit = float(children.max())
    money = max(float(cost.max()), worth, 1e-300)
    count = len(rows)
    ones, index = np.ones(2 * count), np.arange(count)
    matrix = coo_array((ones, (np.concatenate([rows, len(chosen) + cells]), np.concatenate([index, index]))))
    most = np.concatenate([np.array([tables.offers[i].places for i in chosen]), children]) / unit
    found = linprog((cost - worth) / money, A_ub=matrix.tocsr(), b_ub=most[: matrix.shape[0]], method="highs-ds")
    if found.x is None:
        raise ArithmeticError(f"the transport problem was not solved ({found.message})")
    children_moved = np.where(found.x > 1e-11, found.x, 0.0) * unit
    flows[np.array(chosen)[rows], cells] = children_moved
    return flows


def _checks(found: Assessment) -> list[Check]:
    tables, limits = found.tables, found.tables.limits
    children = _children(tables)
    largest = float(children.max(initial=0.0))
    places = np.zeros(len(tables.offers))
    for i in found.chosen:
        places[i] = tables.offers[i].places
    over = found.flows.sum(axis=1) - places
    barred = float(found.flows[~np.isfinite(tables.cost_per_child)].sum())
    checks = [
        Check("places", "children above an offer's places, or at one not chosen", float(over.max(initial=0.0)), 0.0, largest),
        Check("demand", "children served above a cell's", float((found.served - children).max(initial=0.0)), 0.0, largest),
        Check("travel", "children on journeys that are not in the table", barred, 0.0, largest),
        Check("flows", "children below zero", float(-found.flows.min(initial=0.0)), 0.0, largest),
    ]
    if limits.unserved_cost_per_child is None:
        checks.append(Check("demand", "children not served", float(found.unserved.sum()), 0.0, largest))
    if limits.budget is not None:
        checks.append(Check("budget", "fixed costs", found.fixed_cost, limits.budget, 0.0))
    if limits.choose_exactly is not None:
        off = abs(len(found.chosen) - limits.choose_exactly)
        checks.append(Check("choose_exactly", "offers above or below the number", float(off), 0.0, 0.0))
    if limits.choose_at_most is not None:
        checks.append(Check("choose_at_most", "offers chosen", float(len(found.chosen)), float(limits.choose_at_most), 0.0))
    return checks
