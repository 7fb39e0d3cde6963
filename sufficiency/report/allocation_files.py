"""Files of an allocation: plan.csv, flows.csv, result.json."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pulp

from sufficiency import __version__
from sufficiency.report.results import write_json, write_table
from sufficiency.scenario.allocation import AllocationTables
from sufficiency.shortlist.allocation import Allocation
from sufficiency.shortlist.plan import in_words

FILES = ("plan.csv", "flows.csv", "result.json")
PLAN_COLUMNS = ("id", "places", "fixed_cost", "children", "places_left")
FLOW_COLUMNS = ("cell", "id", "children", "cost_per_child", "cost")


def write_allocation(tables: AllocationTables, answer: Allocation, folder: Path) -> tuple[str, ...]:
    """Write :data:`FILES` into ``folder`` and return their names; without a plan the two tables have no rows."""
    import pandas as pd

    write_table(pd.DataFrame(plan_rows(answer), columns=list(PLAN_COLUMNS)), folder / FILES[0])
    write_table(pd.DataFrame(flow_rows(answer), columns=list(FLOW_COLUMNS)), folder / FILES[1])
    write_json(result(tables, answer), folder / FILES[2])
    return FILES


def plan_rows(answer: Allocation) -> list[tuple[object, ...]]:
    """A row for each offer chosen, in the order of the table."""
    if answer.found is None:
        return []
    rows: list[tuple[object, ...]] = []
    for i in answer.found.chosen:
        offer, children = answer.found.tables.offers[i], float(answer.found.flows[i].sum())
        rows.append((offer.id, offer.places, offer.fixed_cost, _plain(children), _plain(max(0.0, offer.places - children))))
    return rows


def flow_rows(answer: Allocation) -> list[tuple[object, ...]]:
    """A row for each cell and offer between which children travel, in the order of the table of demand."""
    if answer.found is None:
        return []
    tables, flows = answer.found.tables, answer.found.flows
    rows: list[tuple[object, ...]] = []
    for cell, offer in np.argwhere(flows.T > 0).tolist():
        children, cost = float(flows[offer, cell]), float(tables.cost_per_child[offer, cell])
        rows.append((tables.cells[cell].cell, tables.offers[offer].id, _plain(children), cost, _plain(children * cost)))
    return rows


def result(tables: AllocationTables, answer: Allocation) -> dict[str, Any]:
    """What was found and how far it is proven, in the units of the tables; nothing in it depends on the machine's speed."""
    found, clashes = answer.found, answer.clashes
    content: dict[str, Any] = {
        "status": in_words(answer.status),
        "objective": _plain(answer.objective),
        "bound": _plain(answer.bound),
        "gap": _plain(answer.gap),
        "chosen": [] if found is None else [tables.offers[i].id for i in found.chosen],
        "unserved": None if found is None else _plain(float(found.unserved.sum())),
        "solver": answer.solver,
        "solver_version": answer.solver_version,
        "pulp_version": pulp.__version__,
        "model_version": __version__,
        "seed": answer.seed,
        "notes": [*tables.notes, *answer.notes],
    }
    if found is not None:
        left = found.unserved
        content |= {
            "unserved_by_cell": {tables.cells[i].cell: _plain(float(left[i])) for i in np.flatnonzero(left)},
            "fixed_cost": _plain(found.fixed_cost),
            "travel_cost": _plain(found.travel_cost),
            "unserved_cost": _plain(found.unserved_cost),
            "re_check": {
                "kept": found.kept,
                "limits": [{"family": c.family, "what": c.what, "kept": c.kept} for c in found.checks],
            },
        }
    if clashes is not None:
        content["clashes"] = [list(families) for families in clashes.families]
        content["least_unserved"] = _plain(clashes.least_unserved)
    return content


def allocation_words(tables: AllocationTables, answer: Allocation) -> list[str]:
    """The allocation in a few lines."""
    if answer.clashes is not None:
        lines = ["No allocation keeps every limit. What clashes:"]
        lines += [f"  {' and '.join(families)}" for families in answer.clashes.families]
        if answer.clashes.least_unserved:
            lines.append(f"At least {answer.clashes.least_unserved:,.6g} children would stay unserved.")
        return lines
    if answer.found is None:
        return ["Stopped at the limit of time before any allocation was found."]
    found = answer.found
    chosen, offers = len(found.chosen), len(tables.offers)
    lines = [
        f"{chosen} of {offers} offers are chosen; {found.served.sum():,.6g} children are served, "
        f"{found.unserved.sum():,.6g} are not.",
        f"Cost {found.objective:,.10g}: {found.fixed_cost:,.10g} to open, {found.travel_cost:,.10g} for journeys, "
        f"{found.unserved_cost:,.10g} for children not served.",
        f"Answer: {in_words(answer.status)}, gap {answer.gap:,.6g} ({answer.solver} {answer.solver_version}).",
    ]
    return lines


def _plain(number: float | None) -> float | None:
    """Twelve significant digits: what lies beyond is the arithmetic's rounding."""
    return None if number is None else float(f"{number:.12g}")
