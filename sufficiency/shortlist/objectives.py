"""What is minimised: the commitment's shortfall, unmet need, cost; each over the futures as the program weighs them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pulp

from sufficiency.shortlist.formulation import Model, unreached
from sufficiency.shortlist.tails import Terms, mixed


def shortfall_of(model: Model) -> Any:
    """The commitment's shortfall in places."""
    return pulp.LpAffineExpression([(model.shortfall, 1.0)])


def unmet_of(model: Model) -> Any:
    """Child-periods of unmet need: Y_s = sum over t, g of v_stg, and children for whom there is no variable.

    These are a constant. PuLP hands HiGHS no constant; bounds are put right afterwards.
    """
    by_future: list[Terms] = [[] for _ in model.program.weights]
    for (s, _, _), v in model.unmet.items():
        by_future[s].append((v, 1.0))
    return _mixed(model, "unmet", by_future, unreached(model).sum(axis=1), [])


def cost_of(model: Model) -> Any:
    """What the ways alone cost: sum of cost_j z_j."""
    return pulp.LpAffineExpression([(z, way.cost) for z, way in zip(model.z, model.program.ways, strict=True)])


def whole_cost_of(model: Model) -> Any:
    """Whole cost: sum of cost_j z_j + the mix of Y_s, with f_t the factor of the period and Y_s = sum over t of f_t (sum of
    travel_kg u_stkg + overflow cost x sum of v_stg + dearer x w_st)."""
    program, overflow, factor = model.program, model.program.overflow, model.program.factor
    by_future: list[Terms] = [[] for _ in program.weights]
    if program.travel is not None:
        for (s, t, k, g), u in model.served.items():
            by_future[s].append((u, float(factor[t] * program.travel[k, g])))
    for (s, t, _), v in model.unmet.items():
        by_future[s].append((v, float(factor[t]) * overflow.cost))
    for (s, t), w in model.dearer.items():
        by_future[s].append((w, float(factor[t]) * overflow.dearer))
    own = [(z, way.cost) for z, way in zip(model.z, program.ways, strict=True)]
    return _mixed(model, "cost", by_future, unreached(model) @ factor * overflow.cost, own)


def pounds_of(model: Model) -> Any:
    """All in one sum of money: the whole cost + price of a missing place x shortfall."""
    found = whole_cost_of(model)
    if model.program.commitment is not None:
        found += pulp.LpAffineExpression([(model.shortfall, model.program.commitment[2])])
    return found


def _mixed(model: Model, name: str, by_future: list[Terms], constants: Any, own: Terms) -> Any:
    """``own`` + the program's mix over the futures of terms + constant; adds the rows that the worst futures need."""
    program = model.program
    terms, constant = mixed(
        name,
        by_future,
        np.asarray(constants).tolist(),
        program.weights.tolist(),
        program.tail,
        lambda each: model.prob.add_variable(each, 0),
        lambda each, row, bound: model.limit(each, row, pulp.LpConstraintLE, bound),
    )
    return pulp.LpAffineExpression([*own, *terms], constant=constant)
