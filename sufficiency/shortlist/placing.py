"""The second stage at least cost: children of each future and year assigned to places, one small linear program at a time.

The program is handed to HiGHS once and kept warm: from one future to the next only the children change, from one plan to the next
only the places, and the dual simplex needs a few steps.

    minimise sum of cost_kg u_kg + alternative x (children - sum of u_kg) + dearer x w
    sum over g of u_kg <= places_k, sum over k of u_kg <= children_g, w >= children - sum of u_kg - limit
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pulp
from numpy.typing import NDArray

from sufficiency.shortlist.problem import ShortlistProblem

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Placed:
    """What given places do in every future and year; flows and prices are None where not asked for."""

    cost: Array
    """In the unit of the costs, shape (futures, years)."""
    flows: Array | None = None
    """Children in places, shape (futures, years, arcs), arcs as in :attr:`Placing.arcs`."""
    prices: Array | None = None
    """Prices of the rows (places, children, limit), shape (futures, years, rows)."""


@dataclass(frozen=True, eq=False)
class Placing:
    """The second stage of one problem: arrays of it, and the program in HiGHS."""

    admits: NDArray[np.bool_]
    demand: Array
    beyond: Array
    """Children whom nobody can serve, shape (futures, years)."""
    arcs: NDArray[np.int64]
    """Kind and group of each arc, shape (arcs, 2)."""
    cost: Array
    """Cost of a child in a place less that of the alternative, shape (arcs,)."""
    alternative: float
    dearer: float
    limit: float | None
    highs: Any
    """The program in HiGHS; None where highspy is missing or unusable: scipy's own then solves it, more slowly."""

    @classmethod
    def of(
        cls,
        admits: NDArray[np.bool_],
        demand: Array,
        beyond: Array,
        cost: Array,
        alternative: float,
        dearer: float = 0.0,
        limit: float | None = None,
    ) -> Placing:
        """The second stage with ``cost`` of a child in a place, shape (kinds, groups)."""
        arcs = np.argwhere(admits)
        net = cost[arcs[:, 0], arcs[:, 1]] - alternative
        return cls(admits, demand, beyond, arcs, net, alternative, dearer, limit, _built(admits, arcs, net, dearer))

    @property
    def children(self) -> Array:
        """All children without a planned place, shape (futures, years)."""
        total: Array = self.demand.sum(axis=2) + self.beyond
        return total

    def solved(self, s: int, t: int, places: Array, most: Array | None = None) -> tuple[float, Any]:
        """Cost and HiGHS's solution of one future and year with so many ``places`` by kind and, where given, ``most`` children on
        each arc."""
        kinds, groups = self.admits.shape
        rows, children = kinds + groups + 1, float(self.demand[s, t].sum() + self.beyond[s, t])
        upper = np.full(rows, np.inf)
        upper[:kinds], upper[kinds:-1] = places, self.demand[s, t]
        if self.limit is not None:
            upper[-1] = self.limit - children
        limits = np.full(len(self.arcs), np.inf) if most is None else most
        if self.highs is None:
            value, solution = _by_scipy(self, upper, limits)
            return children * self.alternative + value, solution
        self.highs.changeRowsBounds(rows, np.arange(rows, dtype=np.int32), np.full(rows, -np.inf), upper)
        self.highs.changeColsBounds(len(limits), np.arange(len(limits), dtype=np.int32), np.zeros(len(limits)), limits)
        self.highs.run()
        return children * self.alternative + float(self.highs.getObjectiveValue()), self.highs.getSolution()

    def __call__(self, capacity: Array, detail: bool = False) -> Placed:
        """Places ``capacity``, shape (years, kinds), in every future."""
        futures, years, _ = self.demand.shape
        arcs, rows = len(self.arcs), sum(self.admits.shape) + 1
        cost = np.zeros((futures, years))
        flows, prices = np.zeros((futures, years, arcs)), np.zeros((futures, years, rows))
        for t in range(years):
            for s in range(futures):
                cost[s, t], solution = self.solved(s, t, capacity[t])
                if detail:
                    flows[s, t] = np.asarray(solution.col_value)[:arcs]
                    prices[s, t] = np.asarray(solution.row_dual)
        return Placed(cost, flows, prices) if detail else Placed(cost)

    def above_limit(self, unserved: Array) -> Array:
        """What those beyond the limit cost besides, shape of ``unserved``."""
        if self.limit is None:
            return np.zeros_like(unserved)
        found: Array = self.dearer * np.maximum(0.0, unserved - self.limit)
        return found

    def optimality_gap(self, placed: Placed, capacity: Array) -> float:
        """By how much flows and prices fail to prove each other best, as a share of the cost.

        Uses nothing of the solver but the two: flows must keep places and children, prices must leave no arc that costs less than
        they say, and both must come to the same amount (duality of linear programs).
        """
        if placed.flows is None or placed.prices is None:
            raise ValueError("the placement was made without its flows and prices")
        kinds, groups = self.admits.shape
        k, g = self.arcs[:, 0], self.arcs[:, 1]
        used, served = np.zeros((*placed.cost.shape, kinds)), np.zeros((*placed.cost.shape, groups))
        for arc in range(len(self.arcs)):
            used[:, :, k[arc]] += placed.flows[:, :, arc]
            served[:, :, g[arc]] += placed.flows[:, :, arc]
        price, children = -placed.prices, self.children
        extra = price[:, :, -1] if self.limit is not None else np.zeros_like(children)
        primal = placed.flows @ self.cost + self.above_limit(children - placed.flows.sum(axis=2))
        dual = -(price[:, :, :kinds] * capacity).sum(axis=2) - (price[:, :, kinds:-1] * self.demand).sum(axis=2)
        dual -= extra * ((self.limit or 0.0) - children)
        reduced = self.cost + price[:, :, k] + price[:, :, kinds + g] - extra[:, :, None]
        scale = 1.0 + float(np.abs(primal).max(initial=0.0))
        return max(
            float((used - capacity).max(initial=0.0)),
            float((served - self.demand).max(initial=0.0)),
            float(-placed.flows.min(initial=0.0)),
            float(-price.min(initial=0.0)) / scale,
            float((extra - self.dearer).max(initial=0.0)) / scale,
            float(-reduced.min(initial=0.0)) / scale,
            float(np.abs(primal - dual).max(initial=0.0)) / scale,
        )


@dataclass(frozen=True)
class _Solution:
    """As HiGHS gives it."""

    col_value: Array
    col_dual: Array
    row_dual: Array


def _by_scipy(placing: Placing, upper: Array, most: Array) -> tuple[float, _Solution]:
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    kinds, arcs = len(placing.admits), len(placing.arcs)
    index = np.arange(arcs)
    rows = np.concatenate([placing.arcs[:, 0], kinds + placing.arcs[:, 1], np.full(arcs + 1, len(upper) - 1)])
    columns = np.concatenate([index, index, index, [arcs]])
    values = np.concatenate([np.ones(2 * arcs), -np.ones(arcs + 1)])
    matrix = coo_array((values, (rows, columns)), shape=(len(upper), arcs + 1)).tocsr()
    bounds = np.column_stack((np.zeros(arcs + 1), np.append(most, np.inf)))
    cost = np.append(placing.cost, placing.dearer)
    kept = np.isfinite(upper)
    found = linprog(cost, A_ub=matrix[kept], b_ub=upper[kept], bounds=bounds, method="highs-ds")
    if found.x is None:
        raise ArithmeticError(f"the children could not be placed ({found.message})")
    duals = np.zeros(len(upper))
    duals[kept] = found.ineqlin.marginals
    return float(found.fun), _Solution(found.x, found.upper.marginals + found.lower.marginals, duals)


def _built(admits: NDArray[np.bool_], arcs: NDArray[np.int64], cost: Array, dearer: float) -> Any:
    """The program with no places and no children, handed to HiGHS; None where it is unusable. Rows: kinds, groups, limit."""
    from sufficiency.shortlist.engines import EngineFailed, handed_over

    kinds, groups = admits.shape
    prob = pulp.LpProblem("placing", pulp.LpMinimize)
    u = [prob.add_variable(f"u{n:06d}", 0) for n in range(len(arcs))]  # PuLP sorts columns by name
    w = prob.add_variable("w", 0)
    prob.setObjective(pulp.LpAffineExpression([*zip(u, cost.tolist(), strict=True), (w, dearer)]))
    by_row: list[list[tuple[Any, float]]] = [[] for _ in range(kinds + groups)]
    for variable, (k, g) in zip(u, arcs.tolist(), strict=True):
        by_row[k].append((variable, 1.0))
        by_row[kinds + g].append((variable, 1.0))
    by_row.append([*((variable, -1.0) for variable in u), (w, -1.0)])
    for number, terms in enumerate(by_row):
        prob.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(terms), pulp.LpConstraintLE, f"r{number}", 0.0))
    try:
        return handed_over(prob)
    except EngineFailed:
        return None


_KEPT: WeakKeyDictionary[ShortlistProblem, dict[str, Placing]] = WeakKeyDictionary()


def placing_of(problem: ShortlistProblem, unit: str = "pounds") -> Placing:
    """The second stage of a problem in £ or in kilometres, made once."""
    kept = _KEPT.setdefault(problem, {})
    if unit not in kept:
        prices = problem.prices
        parts = (problem.admits, problem.demand, problem.out_of_reach)
        if unit == "kilometres":
            kept[unit] = Placing.of(*parts, problem.kilometres, prices.kilometres_without)
        else:
            in_pounds = (problem.cost_per_child, prices.alternative, prices.dearer)
            kept[unit] = Placing.of(*parts, *in_pounds, prices.independent_places)
    return kept[unit]
