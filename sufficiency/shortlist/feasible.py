"""A first choice that keeps every limit, or the families of limits that clash."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import combinations

import numpy as np

from sufficiency.shortlist.limits import ONE_WAY
from sufficiency.shortlist.program import MEAN, Overflow, Program


def on_choice_only(program: Program, families: Collection[str] | None = None) -> Program:
    """The program without its children, and with the rows of ``families`` only (all where none are named)."""
    rows = tuple(row for row in program.rows if families is None or row.family in families)
    nobody = np.zeros((1, 1, program.demand.shape[2]))
    bare = tuple(replace(way, gives=()) for way in program.ways)
    return replace(
        program,
        rows=rows,
        ways=bare,
        demand=nobody,
        weights=np.ones(1),
        periods=("",),
        commitment=None,
        must_serve=False,
        overflow=Overflow(),
        beyond=None,
        factors=None,
        tail=MEAN,
    )


def first_choice(program: Program, engine: str, families: Collection[str] | None = None) -> dict[int, int] | None:
    """The cheapest choice that keeps every row (or those of ``families``); None where there is none. Raises EngineFailed."""
    from sufficiency.shortlist import formulation, objectives
    from sufficiency.shortlist.engines import NoSolution, solve
    from sufficiency.shortlist.plan import Stops

    model = formulation.build(on_choice_only(program, families))
    try:
        return solve(engine, model, objectives.cost_of(model), 0.0, Stops()).chosen
    except NoSolution:
        return None


def clashing_families(program: Program, engine: str) -> tuple[tuple[str, ...], ...]:
    """The smallest sets of families of limits that cannot be kept together."""
    names = list(dict.fromkeys(row.family for row in program.rows))
    always = [name for name in names if name == ONE_WAY]
    others = [name for name in names if name not in always]
    found: list[tuple[str, ...]] = []
    for size in range(1, min(len(others), 4) + 1):
        for kept in combinations(others, size):
            if any(set(clash) <= set(kept) for clash in found):
                continue
            if first_choice(program, engine, {*always, *kept}) is None:
                found.append(kept)
    return tuple(found)
