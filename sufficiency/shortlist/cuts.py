"""Rows that the whole numbers imply and the linear relaxation does not, added where it violates them.

u_stkg <= sum over the ways of kind k of min(places, demand of g) z: a child cannot be served by places that are not opened. There
is one such row for each flow; only those that the relaxation violates are worth their weight (disaggregated constraints of
facility location: Balinski 1965; added as cuts: Van Roy 1986).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pulp
from numpy.typing import NDArray

from sufficiency.shortlist.formulation import Model, places_by_kind
from sufficiency.shortlist.program import joined

Array = NDArray[np.float64]
Index = NDArray[np.int64]
_VIOLATED = 1e-6
"""Share of its coefficient by which a row must be violated to be added."""


@dataclass
class _Family:
    """The flows of one kind in one period, and the ways that may carry them."""

    keys: list[tuple[int, int, int, int]]
    flows: Index
    """Columns of the flows, shape (flows,)."""
    binaries: list[Any]
    """The ways' z."""
    ways: Index
    """Their columns, shape (ways,)."""
    coefficients: Array
    """min(places, demand), shape (flows, ways)."""
    added: NDArray[np.bool_]


@dataclass(frozen=True)
class Relaxation:
    """What the last relaxation says."""

    rows: int
    """Rows added."""
    bound: float
    """No solution has less, in the units of the objective with its constant; infinite where there is none."""
    leaning: dict[tuple[int, int], float]
    """z by offer and option."""


def strengthen(model: Model, objective: Any, rounds: int = 30) -> Relaxation:
    """Solve the relaxation, add the violated rows to the model, and again until none is.

    Raises EngineFailed where HiGHS does not solve the relaxation.
    """
    from sufficiency.shortlist.engines import EngineFailed, relaxed

    model.prob.setObjective(objective)
    highs = relaxed(model)
    families = _families(model)
    rows, bound, x = 0, -np.inf, np.zeros(0)
    for _ in range(rounds):
        highs.run()
        status = str(highs.modelStatusToString(highs.getModelStatus()))
        if "nfeasible" in status:
            return Relaxation(rows, float(np.inf), {})
        if status != "Optimal":
            raise EngineFailed(f"highs did not solve the relaxation ({status})")
        bound = highs.getObjectiveValue() + float(model.prob.objective.constant)
        x = np.asarray(highs.getSolution().col_value)
        new = sum(_add_violated(model, highs, family, x) for family in families)
        rows += new
        if not new:
            break
    return Relaxation(rows, float(bound), {key: float(x[z.index]) for key, z in model.open.items()})


def add_all(model: Model) -> int:
    """Add every such row; the number added."""
    count = 0
    for family in _families(model):
        for row in range(len(family.keys)):
            _add(model, family, row)
            count += 1
    return count


def _families(model: Model) -> list[_Family]:
    for index, variable in enumerate(model.prob.variables()):
        variable.index = index
    by_kind: dict[tuple[int, int], list[tuple[int, int, int, int]]] = {}
    for key in model.served:
        by_kind.setdefault((key[1], key[2]), []).append(key)
    places = places_by_kind(model)
    found = []
    for (t, k), keys in by_kind.items():
        demand = np.array([model.program.demand[s, t, g] for s, _, _, g in keys])
        number = np.array([each for _, each in places[t, k]])
        found.append(
            _Family(
                keys,
                np.array([model.served[key].index for key in keys], dtype=np.int64),
                [z for z, _ in places[t, k]],
                np.array([z.index for z, _ in places[t, k]], dtype=np.int64),
                np.minimum(number[None, :], demand[:, None]),
                np.zeros(len(keys), dtype=np.bool_),
            )
        )
    return found


def _add_violated(model: Model, highs: Any, family: _Family, x: Array) -> int:
    largest = family.coefficients.max(axis=1)
    violated = (x[family.flows] - family.coefficients @ x[family.ways] > _VIOLATED * largest) & ~family.added
    columns = np.concatenate([[0], family.ways]).astype(np.int32)
    values = np.ones(len(columns))
    for row in np.flatnonzero(violated).tolist():
        _add(model, family, row)
        columns[0] = family.flows[row]
        values[1:] = -family.coefficients[row]
        highs.addRow(-np.inf, 0.0, len(columns), columns, values)
    family.added |= violated
    return int(violated.sum())


def _add(model: Model, family: _Family, row: int) -> None:
    s, t, k, g = key = family.keys[row]
    program = model.program
    terms = [(model.served[key], 1.0), *((z, -float(c)) for z, c in zip(family.binaries, family.coefficients[row], strict=True))]
    name = joined("open_first", program.tag(s, t), program.kind_names[k], program.group_names[g])
    model.limit(name, terms, pulp.LpConstraintLE, 0.0)
