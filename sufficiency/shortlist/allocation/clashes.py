"""Why nothing keeps every limit: the smallest sets of families that clash.

Families are taken away from the tables themselves (unlimited places, every journey allowed, no budget, any number), and what is
left is asked how many children must stay unserved. A set clashes where some must; it is smallest where none of its parts does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from sufficiency.scenario.allocation import AllocationTables
from sufficiency.shortlist.allocation.framing import AT_MOST, BUDGET, EXACTLY

EVERY_CHILD, PLACES, TRAVEL, OFFERS = "every child served", "places", "travel", "offers"
LeastUnserved = Callable[[AllocationTables], float]


@dataclass(frozen=True)
class Clashes:
    """Why an instance has no solution."""

    families: tuple[tuple[str, ...], ...]
    """Smallest sets of families that cannot be kept together; at least one family of each must give way."""
    least_unserved: float | None
    """Fewest children who stay unserved if that were allowed; None where limits on the choice alone clash."""


def on_the_choice(tables: AllocationTables) -> tuple[tuple[str, ...], ...]:
    """Clashes among limits on the choice, which no solver is needed for."""
    limits = tables.limits
    number = limits.choose_exactly
    if number is None:
        return ()
    if number > len(tables.offers):
        return ((EXACTLY, OFFERS),)
    cheapest = sum(sorted(offer.fixed_cost for offer in tables.offers)[:number])
    if limits.budget is not None and cheapest > limits.budget * (1 + 1e-12):
        return ((BUDGET, EXACTLY),)
    return ()


def find_clashes(tables: AllocationTables, least_unserved: LeastUnserved, most_unserved: float = 1e-7) -> Clashes:
    """The smallest clashing sets of an instance in which every child must be served and cannot be.

    ``least_unserved`` gives the fewest children left unserved by tables. At most 16 sets of families are asked about.
    """
    limits = tables.limits
    given = [PLACES, TRAVEL]
    given += [name for name in (BUDGET, EXACTLY, AT_MOST) if getattr(limits, name) is not None]
    allowed = most_unserved * max(1.0, max(each.children for each in tables.cells))
    found: list[tuple[str, ...]] = []
    for size in range(len(given) + 1):
        for kept in combinations(given, size):
            if any(set(clash) <= set(kept) for clash in found):
                continue
            if least_unserved(only(tables, kept)) > allowed:
                found.append(kept)
    families = tuple((EVERY_CHILD, *clash) for clash in found)
    return Clashes(families, least_unserved(tables))


def only(tables: AllocationTables, families: tuple[str, ...]) -> AllocationTables:
    """The tables with no limits but those of ``families``."""
    offers, cost, limits = tables.offers, tables.cost_per_child, tables.limits
    if PLACES not in families:
        everyone = sum(each.children for each in tables.cells)
        offers = tuple(replace(offer, places=everyone) for offer in offers)
    if TRAVEL not in families:
        cost = np.where(np.isfinite(cost), cost, 0.0)
    dropped = {name: None for name in (BUDGET, EXACTLY, AT_MOST) if name not in families}
    return replace(tables, offers=offers, cost_per_child=cost, limits=limits.model_copy(update=dropped))
