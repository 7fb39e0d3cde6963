"""The model in PuLP: one builder a part, named by family.

Sets: way j of taking up an offer, period t, kind of places k, group of children g, future s with probability p.
Variables: z_j (binary), ``shortfall`` of the commitment (places), ``capacity`` c_kt (places), ``served`` u_stkg and ``unmet``
v_stg (children, each for a period), ``dearer`` w_st (children above what independent schools can take). Units are those of the
program: money in thousands of pounds for shortlists, so that coefficients lie within a few orders of magnitude.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pulp

from sufficiency.shortlist.program import LEAST, Program, Row, joined
from sufficiency.shortlist.tails import Terms

_SENSES = {"<=": pulp.LpConstraintLE, ">=": pulp.LpConstraintGE, "=": pulp.LpConstraintEQ}


@dataclass
class Model:
    """The model under construction: the PuLP problem and its variables by index."""

    program: Program
    prob: Any
    open: dict[tuple[int, int], Any] = field(default_factory=dict)
    """z by (offer, option)."""
    shortfall: Any = None
    capacity: dict[tuple[int, int], Any] = field(default_factory=dict)
    """c by (period, kind)."""
    served: dict[tuple[int, int, int, int], Any] = field(default_factory=dict)
    """u by (future, period, kind, group)."""
    unmet: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    """v by (future, period, group)."""
    dearer: dict[tuple[int, int], Any] = field(default_factory=dict)
    """w by (future, period)."""
    limits: dict[str, Any] = field(default_factory=dict)
    """PuLP's constraints by name."""

    @property
    def z(self) -> list[Any]:
        """The binaries in the order of the ways."""
        return list(self.open.values())

    def limit(self, name: str, terms: Terms, sense: int, bound: float) -> None:
        """Add sum of coefficient x variable <= or >= bound. No variable may occur twice: pairs are kept as a dictionary."""
        constraint = self.limits[name] = pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, name, bound)
        self.prob.addConstraint(constraint)


def build(program: Program) -> Model:
    """The whole model of a program, without an objective."""
    model = Model(program, pulp.LpProblem(program.name, pulp.LpMinimize))
    for way in program.ways:
        model.open[way.offer, way.option] = model.prob.add_variable(way.name, 0, 1, pulp.LpInteger)
    keep_limits(model)
    keep_commitment(model)
    places = places_by_kind(model)
    define_capacity(model, places)
    serve_children(model)
    serve_within_places(model, places)
    serve_everyone(model)
    pay_dearer(model)
    return model


def keep_limits(model: Model) -> None:
    """Every row of the program: sum of coefficient x z <=, >= or = bound."""
    z = model.z
    for row in model.program.rows:
        constraint = model.limits[row.name] = constraint_of(row, z)
        model.prob.addConstraint(constraint)


def constraint_of(row: Row, z: Sequence[Any]) -> Any:
    """A row of a program in PuLP, ``z`` by position of the way."""
    terms = [(z[j], coefficient) for j, coefficient in row.terms]
    return pulp.LpConstraint(pulp.LpAffineExpression(terms), _SENSES[row.sense], row.name, row.bound)


def keep_commitment(model: Model) -> None:
    """The commitment: sum of places expected by the day x z + shortfall >= missing."""
    if model.program.commitment is None:
        return
    places, missing, _ = model.program.commitment
    model.shortfall = model.prob.add_variable("shortfall", 0)
    model.limit("commitment", [*zip(model.z, places, strict=True), (model.shortfall, 1.0)], pulp.LpConstraintGE, missing)


Places = dict[tuple[int, int], Terms]
"""By (period, kind): binaries with the places they give."""


def places_by_kind(model: Model) -> Places:
    """Which ways give places of a kind in a period, and how many."""
    found: Places = {}
    for z, way in zip(model.z, model.program.ways, strict=True):
        for kind, by_period in way.gives:
            for t, places in enumerate(by_period):
                if places > LEAST:
                    found.setdefault((t, kind), []).append((z, places))
    return dict(sorted(found.items(), key=lambda item: item[0]))


def define_capacity(model: Model, places: Places) -> None:
    """Places open, shared by all futures: c_kt <= sum over the ways of kind k of places in t x z. One future needs none."""
    if len(model.program.weights) == 1:
        return
    for (t, k), given in places.items():
        name = joined("capacity", model.program.periods[t], model.program.kind_names[k])
        variable = model.capacity[t, k] = model.prob.add_variable(name, 0)
        model.limit(name, [(variable, 1.0), *((z, -number) for z, number in given)], pulp.LpConstraintLE, 0.0)


def serve_children(model: Model) -> None:
    """The second stage, in each future and period: sum over k of u_stkg + v_stg >= children of g; without v_stg where every
    child must be served."""
    program = model.program
    takers: list[list[int]] = [np.flatnonzero(column).tolist() for column in program.admits.T]
    open_in = {
        (t, kind) for way in program.ways for kind, by_period in way.gives for t, places in enumerate(by_period) if places > LEAST
    }
    for s, t, g in np.argwhere(program.demand > LEAST).tolist():
        kinds = [k for k in takers[g] if (t, k) in open_in]
        if not kinds and not program.must_serve:
            continue
        end = program.group_names[g]
        tag = program.tag(s, t)
        children = float(program.demand[s, t, g])
        terms: Terms = []
        if not program.must_serve:
            v = model.unmet[s, t, g] = model.prob.add_variable(joined("unmet", tag, end), 0, children)
            terms.append((v, 1.0))
        for k in kinds:
            u = model.prob.add_variable(joined("served", tag, program.kind_names[k], end), 0)
            model.served[s, t, k, g] = u
            terms.append((u, 1.0))
        if not terms:
            terms = [(_impossible(model), 1.0)]
        model.limit(joined("children", tag, end), terms, pulp.LpConstraintGE, children)


def _impossible(model: Model) -> Any:
    """A variable that is zero: keeps a row that nothing can fill."""
    found = model.prob.variablesDict().get("nobody")
    return found if found is not None else model.prob.add_variable("nobody", 0, 0)


def serve_within_places(model: Model, places: Places) -> None:
    """Places in each future and period: sum over g of u_stkg <= c_kt, or, where a way is larger than the children T who can
    reach it (or there is one future), the tighter sum over the ways of kind k of min(places, T) z."""
    program = model.program
    flows: dict[tuple[int, int, int], Terms] = {}
    for (s, t, k, _), u in model.served.items():
        flows.setdefault((s, t, k), []).append((u, 1.0))
    for (s, t, k), terms in flows.items():
        reach = float(program.demand[s, t, program.admits[k]].sum())
        given = places[t, k]
        if (t, k) not in model.capacity or max(number for _, number in given) > reach:
            terms = terms + [(z, -min(number, reach)) for z, number in given]
        else:
            terms = [*terms, (model.capacity[t, k], -1.0)]
        name = joined("places", program.tag(s, t), program.kind_names[k])
        model.limit(name, terms, pulp.LpConstraintLE, 0.0)


def serve_everyone(model: Model) -> None:
    """Implied where every child must be served, and tighter for the solver: sum of min(places, T) z >= all children."""
    program = model.program
    if not program.must_serve:
        return
    for s, t in np.ndindex(program.demand.shape[:2]):
        children = float(program.demand[s, t].sum())
        reach = program.admits @ program.demand[s, t]
        able = [sum(min(by_period[t], float(reach[kind])) for kind, by_period in way.gives) for way in program.ways]
        terms = [(z, number) for z, number in zip(model.z, able, strict=True) if number > LEAST]
        if terms and children > LEAST:
            model.limit(joined("enough_places", program.tag(s, t)), terms, pulp.LpConstraintGE, children)


def pay_dearer(model: Model) -> None:
    """Children above what independent schools can take: w_st >= sum over g of v_stg + children nobody can serve - limit."""
    program = model.program
    if program.overflow.limit is None:
        return
    unmet: dict[tuple[int, int], Terms] = {}
    for (s, t, _), v in model.unmet.items():
        unmet.setdefault((s, t), []).append((v, 1.0))
    certain = unreached(model)
    for s, t in np.ndindex(program.demand.shape[:2]):
        w = model.dearer[s, t] = model.prob.add_variable(joined("dearer", program.tag(s, t)), 0)
        terms = [*unmet.get((s, t), []), (w, -1.0)]
        bound = program.overflow.limit - float(certain[s, t])
        model.limit(joined("independent", program.tag(s, t)), terms, pulp.LpConstraintLE, bound)


def unreached(model: Model) -> Any:
    """Children for whom there is no variable, shape (futures, periods): whom no way can reach, and those beyond."""
    program = model.program
    left = program.demand.copy()
    for s, t, g in model.unmet:
        left[s, t, g] = 0.0
    found = np.zeros(program.demand.shape[:2]) if program.must_serve else left.sum(axis=2)
    return found if program.beyond is None else found + program.beyond


def pin(model: Model, name: str, expression: Any, most: float) -> None:
    """Hold an earlier objective: expression <= most."""
    model.prob.addConstraint(pulp.LpConstraint(expression, pulp.LpConstraintLE, name, most))
