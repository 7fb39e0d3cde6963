"""Plain tables as a program: each offer is one way and a kind of its own, each cell a group."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sufficiency.scenario.allocation import AllocationTables
from sufficiency.shortlist.limits import EQ, LE, budget, number_chosen
from sufficiency.shortlist.program import Overflow, Program, Row, Way, safe_name

BUDGET, EXACTLY, AT_MOST = "budget", "choose_exactly", "choose_at_most"


@dataclass(frozen=True)
class Units:
    """What one unit of the model is in the reader's units.

    Solvers work with absolute tolerances, so that numbers should be neither huge nor tiny. Both units are powers of two: no
    number loses a digit by it.
    """

    children: float
    money: float

    @classmethod
    def of(cls, tables: AllocationTables) -> Units:
        """Units that make the largest cell about a hundred children and the largest cost about a thousand."""
        largest = max((each.children for each in tables.cells), default=0.0)
        cost = np.where(np.isfinite(tables.cost_per_child), tables.cost_per_child, 0.0)
        children = np.array([each.children for each in tables.cells])
        dearest = max(
            max((offer.fixed_cost for offer in tables.offers), default=0.0),
            float((cost * children).max(initial=0.0)),
            (tables.limits.unserved_cost_per_child or 0.0) * largest,
        )
        return cls(_power_of_two(largest / 100), _power_of_two(dearest / 1000))


def _power_of_two(size: float) -> float:
    return 2.0 ** round(math.log2(size)) if size > 0 else 1.0


def program_of(tables: AllocationTables, units: Units) -> Program:
    """The program of plain tables, in ``units``."""
    reach = np.isfinite(tables.cost_per_child) @ np.array([each.children for each in tables.cells])
    names = tuple(safe_name(i, offer.id) for i, offer in enumerate(tables.offers))
    ways = tuple(
        Way(
            i,
            0,
            f"open_{names[i]}",
            ((i, (min(offer.places, float(reach[i])) / units.children,)),),
            offer.fixed_cost / units.money,
        )
        for i, offer in enumerate(tables.offers)
    )
    admits = np.isfinite(tables.cost_per_child)
    unserved = tables.limits.unserved_cost_per_child
    per_child = units.children / units.money
    return Program(
        name="allocation",
        ways=ways,
        rows=rows_of(tables, units),
        admits=admits,
        demand=np.array([[[each.children / units.children for each in tables.cells]]]),
        weights=np.ones(1),
        periods=("",),
        kind_names=names,
        group_names=tuple(safe_name(i, each.cell) for i, each in enumerate(tables.cells)),
        travel=np.where(admits, tables.cost_per_child, 0.0) * per_child,
        must_serve=unserved is None,
        overflow=Overflow((unserved or 0.0) * per_child),
    )


def rows_of(tables: AllocationTables, units: Units) -> tuple[Row, ...]:
    """The limits that the reader gave."""
    limits, everyone = tables.limits, range(len(tables.offers))
    rows = []
    if limits.budget is not None:
        amounts = {i: offer.fixed_cost / units.money for i, offer in enumerate(tables.offers)}
        rows.append(budget(BUDGET, BUDGET, amounts, limits.budget / units.money))
    if limits.choose_exactly is not None:
        rows.append(number_chosen(EXACTLY, EXACTLY, everyone, EQ, float(limits.choose_exactly)))
    if limits.choose_at_most is not None:
        rows.append(number_chosen(AT_MOST, AT_MOST, everyone, LE, float(limits.choose_at_most)))
    return tuple(row for row in rows if row.terms)
