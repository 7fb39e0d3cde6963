"""The shortlist as a PuLP model: one builder a family of limits, named by family.

Sets: candidate e, opening o of e, academic year t, kind of places k, group of children g, future s with probability p.
Variables: ``open`` z_eo (binary), ``shortfall`` (places), ``capacity`` c_kt (places), ``served`` u_stkg and ``unmet`` v_stg
(children, each for a year). Money is in thousands of pounds, so that coefficients lie within a few orders of magnitude.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pulp

from sufficiency.shortlist.problem import Candidate, ShortlistProblem

THOUSAND = 1000.0
_LEAST = 1e-9
"""Children or places below this make no variable."""


@dataclass
class Model:
    """The model under construction: the PuLP problem and its variables by index."""

    problem: ShortlistProblem
    prob: Any
    open: dict[tuple[int, int], Any] = field(default_factory=dict)
    """z by (candidate, opening)."""
    shortfall: Any = None
    capacity: dict[tuple[int, int], Any] = field(default_factory=dict)
    """c by (year, kind)."""
    served: dict[tuple[int, int, int, int], Any] = field(default_factory=dict)
    """u by (future, year, kind, group)."""
    unmet: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    """v by (future, year, group)."""

    def limit(self, name: str, terms: list[tuple[Any, float]], sense: int, bound: float) -> None:
        """Add sum of coefficient x variable <= or >= bound. No variable may occur twice: pairs are kept as a dictionary."""
        expression = pulp.LpAffineExpression(terms)
        self.prob.addConstraint(pulp.LpConstraint(expression, sense, name, bound))


def build(problem: ShortlistProblem) -> Model:
    """The whole model of a problem, without an objective."""
    model = Model(problem, pulp.LpProblem("shortlist", pulp.LpMinimize))
    for candidate in problem.candidates:
        for position, opening in enumerate(candidate.openings):
            name = f"open_{label(candidate)}_{opening.year}"
            model.open[candidate.position, position] = model.prob.add_variable(name, 0, 1, pulp.LpInteger)
    limit_one_opening(model)
    limit_capital(model)
    limit_projects_per_year(model)
    keep_commitment(model)
    define_capacity(model)
    serve_children(model)
    return model


def label(candidate: Candidate) -> str:
    """A name from a safe alphabet, distinct even where ids differ only in characters that PuLP rewrites."""
    return f"{candidate.position:03d}_{candidate.eoi.id.replace('-', '_')}"


def limit_one_opening(model: Model) -> None:
    """At most one opening a bid: sum over o of z_eo <= 1."""
    for candidate in model.problem.candidates:
        terms = [(model.open[candidate.position, o], 1.0) for o in range(len(candidate.openings))]
        model.limit(f"one_opening_{label(candidate)}", terms, pulp.LpConstraintLE, 1.0)


def limit_capital(model: Model) -> None:
    """Capital in total: sum of capital_e z_eo <= capital, in £ thousand with optimism bias."""
    terms = [(z, model.problem.candidates[e].capital / THOUSAND) for (e, _), z in model.open.items()]
    model.limit("capital_total", terms, pulp.LpConstraintLE, model.problem.capital / THOUSAND)


def limit_projects_per_year(model: Model) -> None:
    """Projects that open in one academic year: sum of z_eo with o in t <= projects a year."""
    by_year: dict[int, list[tuple[Any, float]]] = {}
    for (e, o), z in model.open.items():
        by_year.setdefault(model.problem.candidates[e].openings[o].year, []).append((z, 1.0))
    for year, terms in sorted(by_year.items()):
        model.limit(f"projects_{year}", terms, pulp.LpConstraintLE, float(model.problem.projects_per_year))


def keep_commitment(model: Model) -> None:
    """The commitment: sum of places expected by the day x z_eo + shortfall >= missing."""
    model.shortfall = model.prob.add_variable("shortfall", 0)
    terms = [(z, model.problem.candidates[e].expected_by(o)) for (e, o), z in model.open.items()]
    terms.append((model.shortfall, 1.0))
    model.limit("commitment", terms, pulp.LpConstraintGE, model.problem.commitment.missing)


def define_capacity(model: Model) -> None:
    """Places open, shared by all futures: c_kt <= sum over e of kind k of expected places x share of t open x z_eo."""
    terms: dict[tuple[int, int], list[tuple[Any, float]]] = {}
    for (e, o), z in model.open.items():
        candidate = model.problem.candidates[e]
        for t, places in enumerate(model.problem.capacity(candidate, o)):
            if places > _LEAST:
                terms.setdefault((t, candidate.kind), []).append((z, -float(places)))
    for (t, k), given in sorted(terms.items()):
        year = model.problem.years[t]
        variable = model.prob.add_variable(f"capacity_{year}_k{k}", 0)
        model.capacity[t, k] = variable
        model.limit(f"capacity_{year}_k{k}", [(variable, 1.0), *given], pulp.LpConstraintLE, 0.0)


def serve_children(model: Model) -> None:
    """The second stage, in each future and year.

    ``places``: sum over g of u_stkg <= c_kt, or, where a bid is larger than the demand T that can reach it, the tighter
    sum of min(places, T) z_eo. ``children``: sum over k of u_stkg + v_stg >= demand of g.
    """
    problem = model.problem
    largest = _largest_bids(model)
    takers: list[list[int]] = [np.flatnonzero(column).tolist() for column in problem.admits.T]
    for s, t, g in np.argwhere(problem.demand > _LEAST).tolist():
        kinds = [k for k in takers[g] if (t, k) in model.capacity]
        if not kinds:
            continue
        tag = f"f{s}_{problem.years[t]}"
        children = float(problem.demand[s, t, g])
        v = model.unmet[s, t, g] = model.prob.add_variable(f"unmet_{tag}_g{g}", 0, children)
        terms = [(v, 1.0)]
        for k in kinds:
            u = model.prob.add_variable(f"served_{tag}_k{k}_g{g}", 0)
            model.served[s, t, k, g] = u
            terms.append((u, 1.0))
        model.limit(f"children_{tag}_g{g}", terms, pulp.LpConstraintGE, children)
    flows: dict[tuple[int, int, int], list[tuple[Any, float]]] = {}
    for (s, t, k, _), u in model.served.items():
        flows.setdefault((s, t, k), []).append((u, 1.0))
    for (s, t, k), terms in flows.items():
        reach = float(problem.demand[s, t, problem.admits[k]].sum())
        if largest[t, k] > reach:
            terms = terms + [(z, -min(places, reach)) for z, places in _bids_of(model, t, k)]
        else:
            terms = [*terms, (model.capacity[t, k], -1.0)]
        model.limit(f"places_f{s}_{problem.years[t]}_k{k}", terms, pulp.LpConstraintLE, 0.0)


def _bids_of(model: Model, year: int, kind: int) -> list[tuple[Any, float]]:
    """Openings of a kind with the places they give in a year."""
    found = []
    for (e, o), z in model.open.items():
        candidate = model.problem.candidates[e]
        if candidate.kind == kind:
            found.append((z, float(model.problem.capacity(candidate, o)[year])))
    return [(z, places) for z, places in found if places > _LEAST]


def _largest_bids(model: Model) -> dict[tuple[int, int], float]:
    return {(t, k): max(places for _, places in _bids_of(model, t, k)) for t, k in model.capacity}


def shortfall_of(model: Model) -> Any:
    """First objective: the commitment's shortfall in places."""
    return pulp.LpAffineExpression([(model.shortfall, 1.0)])


def unmet_of(model: Model) -> Any:
    """Second objective: expected child-years of unmet need over the run.

    Children whom no candidate can reach are the constant. PuLP hands HiGHS no constant; bounds are put right afterwards.
    """
    problem = model.problem
    terms = [(v, float(problem.weights[s])) for (s, _, _), v in model.unmet.items()]
    modelled = sum(problem.weights[s] * problem.demand[s, t, g] for s, t, g in model.unmet)
    total = problem.weights @ (problem.demand.sum(axis=(1, 2)) + problem.out_of_reach.sum(axis=1))
    return pulp.LpAffineExpression(terms, constant=float(total - modelled))


def cost_of(model: Model) -> Any:
    """Third objective: whole cost in £ thousand, discounted."""
    candidates = model.problem.candidates
    return pulp.LpAffineExpression([(z, candidates[e].costs[o] / THOUSAND) for (e, o), z in model.open.items()])


def pin(model: Model, name: str, expression: Any, most: float) -> None:
    """Hold an earlier objective: expression <= most."""
    model.prob.addConstraint(pulp.LpConstraint(expression, pulp.LpConstraintLE, name, most))
