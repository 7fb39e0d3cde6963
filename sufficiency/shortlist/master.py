"""The choice alone, with planes for what the children cost: small enough to be asked again and again.

Minimise over z and theta, where each plane of the second stage (:mod:`linearised`) is a row theta >= value + slope . (z - at).
Planes are added where they are violated, until theta is what the second stage is (Van Slyke and Wets 1969). What was added for
one question serves every later one about the same bids and futures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pulp
from numpy.typing import NDArray

from sufficiency.shortlist.engines import EngineFailed, handed_over
from sufficiency.shortlist.formulation import constraint_of
from sufficiency.shortlist.linearised import Linearised
from sufficiency.shortlist.program import LEAST, Program
from sufficiency.shortlist.tails import Terms, mixed

Array = NDArray[np.float64]
Index = NDArray[np.int32]
VIOLATED = 1e-6
"""Share of the sum of thetas by which a plane must be violated to be added."""
ROUNDS = 60
_INWARD = 0.5
"""How far from the relaxation's choice towards the last one asked about planes are first drawn (Ben-Ameur and Neto 2007)."""


@dataclass(frozen=True, eq=False)
class Amount:
    """A linear expression of the master's columns: something to minimise, or to hold."""

    costs: Array
    """Shape (columns,)."""
    parts: tuple[str, ...]
    """Second stages that it needs planes of."""


class Master:
    """The master program: ways, the commitment's shortfall, and theta by second stage, bundle of futures and year."""

    def __init__(self, program: Program, parts: Mapping[str, Linearised], bundle_weights: Array) -> None:
        self.program = program
        self.parts = dict(parts)
        self._weights = bundle_weights
        self._prob = prob = pulp.LpProblem("master", pulp.LpMinimize)
        z = [prob.add_variable(way.name, 0, 1) for way in program.ways]
        for row in program.rows:
            prob.addConstraint(constraint_of(row, z))
        shortfall = prob.add_variable("shortfall", 0)
        by_day, missing, price = program.commitment or ((0.0,) * len(z), 0.0, 0.0)
        terms: Terms = [*zip(z, by_day, strict=True), (shortfall, 1.0)]
        prob.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(terms), pulp.LpConstraintGE, "commitment", missing))
        years = range(len(program.periods))
        theta = {
            name: [[prob.add_variable(f"theta_{name}_{b}_{t}", 0) for t in years] for b in range(len(bundle_weights))]
            for name in parts
        }
        mixes = {name: self._mix(name, each) for name, each in theta.items()}
        places = {name: self._places(name, z, part.given) for name, part in parts.items()}
        every = [*z, shortfall, *(v for rows in theta.values() for each in rows for v in each)]
        every += [v for columns in places.values() for v in columns.values()]
        prob.setObjective(pulp.LpAffineExpression([(v, 1.0) for v in every]))  # PuLP hands over only what is used
        self.highs = handed_over(prob)
        self.z: Index = np.array([variable.index for variable in z], dtype=np.int32)
        """Columns of the ways."""
        self._theta = {name: np.array([[v.index for v in each] for each in rows]) for name, rows in theta.items()}
        self._column_of_places = {
            name: np.array(
                [[columns[t, k].index if (t, k) in columns else -1 for k in range(parts[name].given.shape[2])] for t in years]
            )
            for name, columns in places.items()
        }
        own: Terms = [(v, way.cost) for v, way in zip(z, program.ways, strict=True)]
        self.amounts = {
            "shortfall": self._amount([(shortfall, 1.0)], ()),
            "own": self._amount(own, ()),
            **{name: self._amount(mix, (name,)) for name, mix in mixes.items()},
        }
        """Shortfall in places, cost of taking up the ways, and the mix over the futures of each second stage."""
        if "pounds" in parts:
            self.amounts["cost"] = self._amount([*own, *mixes["pounds"]], ("pounds",))
            self.amounts["all"] = self._amount([*own, *mixes["pounds"], (shortfall, price)], ("pounds",))
        self._held: dict[str, int] = {}
        self._minimised: Amount | None = None
        self._last: Array | None = None

    def _places(self, name: str, z: Sequence[Any], given: Array) -> dict[tuple[int, int], Any]:
        """Places of each kind in each year as columns: c_tk <= sum of places x z. Planes are sparse in them."""
        found = {}
        for t, k in np.argwhere((given > LEAST).any(axis=0)).tolist():
            c = found[t, k] = self._prob.add_variable(f"places_{name}_{t}_{k:03d}", 0)
            terms = [(c, 1.0), *((z[j], -float(given[j, t, k])) for j in np.flatnonzero(given[:, t, k] > LEAST).tolist())]
            row = pulp.LpConstraint(pulp.LpAffineExpression(terms), pulp.LpConstraintLE, f"places_{name}_{t}_{k:03d}", 0.0)
            self._prob.addConstraint(row)
        return found

    def _mix(self, name: str, theta: Sequence[Sequence[Any]]) -> Terms:
        """The mix over the futures; where the worst of them weigh, each bundle is one future."""
        by_bundle: list[Terms] = [[(v, 1.0 / float(w)) for v in each] for each, w in zip(theta, self._weights, strict=True)]

        def add_row(row_name: str, terms: Terms, bound: float) -> None:
            row = pulp.LpConstraint(pulp.LpAffineExpression(terms), pulp.LpConstraintLE, row_name, bound)
            self._prob.addConstraint(row)

        zeros, weights = [0.0] * len(by_bundle), self._weights.tolist()
        add = self._prob.add_variable
        terms, _ = mixed(name, by_bundle, zeros, weights, self.program.tail, lambda each: add(each, 0), add_row)
        return terms

    def _amount(self, terms: Terms, parts: tuple[str, ...]) -> Amount:
        costs = np.zeros(self.highs.getNumCol())
        for variable, coefficient in terms:
            costs[variable.index] += coefficient
        return Amount(costs, parts)

    def pressure(self, by_bundle: Array) -> Array:
        """How much each bundle's weighed sum moves the mix over the futures, shape (bundles,)."""
        moved: Array = self.program.tail.pressure(by_bundle / self._weights, self._weights) / self._weights
        return moved

    def hold(self, name: str, most: float, amount: Amount | None = None) -> None:
        """Keep an amount at most at ``most`` from now on; the same name again changes it."""
        if name in self._held:
            self.highs.changeRowBounds(self._held[name], -np.inf, most)
            return
        held = amount or self.amounts[name]
        index = np.flatnonzero(held.costs).astype(np.int32)
        self.highs.addRow(-np.inf, most, len(index), index, held.costs[index])
        self._held[name] = self.highs.getNumRow() - 1

    def let_go(self, name: str) -> None:
        """Hold an amount no longer."""
        if name in self._held:
            self.highs.changeRowBounds(self._held[name], -np.inf, np.inf)

    def relax(
        self, amount: Amount, also: Sequence[str] = (), rounds: int = ROUNDS, enough: float = np.inf
    ) -> tuple[float, Array]:
        """Least ``amount`` of the relaxation and its z, planes added until none is violated; infinite where there is none.

        ``also`` names second stages that are held. Stops after so many rounds, or once the bound reaches ``enough``.
        """
        parts = tuple(dict.fromkeys((*amount.parts, *also)))
        self.minimise(amount)
        asked = self._last
        for _ in range(rounds):
            value, x = self.run()
            if not np.isfinite(value) or value >= enough:
                return value, x[self.z] if len(x) else x
            z = np.clip(x[self.z], 0.0, 1.0)
            if asked is not None and len(asked) == len(z):
                asked = asked + _INWARD * (z - asked)
                if self.add_planes(asked, parts, x):
                    continue
            asked = z
            if not self.add_planes(z, parts, x):
                break
        self._last = asked
        value, x = self.run()
        return value, x[self.z] if len(x) else x

    def minimise(self, amount: Amount) -> None:
        """Make ``amount`` the objective."""
        if self._minimised is not amount:
            count = len(amount.costs)
            self.highs.changeColsCost(count, np.arange(count, dtype=np.int32), amount.costs)
            self._minimised = amount

    def minimise_worst(self, name: str, offsets: Sequence[float]) -> None:
        """Make the largest over the bundles of (mean of an amount in it - offset) the objective, by a column of its own."""
        amount = self.amounts[name]
        count = self.highs.getNumCol()
        self.highs.addCol(1.0, 0.0, np.inf, 0, [], [])
        common = amount.costs.copy()
        for part in amount.parts:
            common[self._theta[part].ravel()] = 0.0
        for bundle, (weight, offset) in enumerate(zip(self._weights.tolist(), offsets, strict=True)):
            costs = np.append(common, -1.0)
            for part in amount.parts:
                costs[self._theta[part][bundle]] = 1.0 / weight
            index = np.flatnonzero(costs).astype(np.int32)
            self.highs.addRow(-np.inf, offset, len(index), index, costs[index])
        self.minimise(Amount(np.append(np.zeros(count), 1.0), amount.parts))

    def run(self) -> tuple[float, Array]:
        """Value and columns of the relaxation as it is; infinite and none where it has no solution. Raises EngineFailed."""
        self.highs.run()
        status = str(self.highs.modelStatusToString(self.highs.getModelStatus()))
        if "nfeasible" in status:
            return np.inf, np.zeros(0)
        if status != "Optimal":
            raise EngineFailed(f"highs did not solve the master program ({status})")
        return float(self.highs.getObjectiveValue()), np.asarray(self.highs.getSolution().col_value)

    def add_planes(self, at: Array, parts: Sequence[str], x: Array | None = None) -> int:
        """Add the planes at a choice of the ``parts`` where the columns ``x`` violate them (all where none are given)."""
        added = 0
        for name in parts:
            part, columns = self.parts[name], self._column_of_places[name]
            plane, capacity = part.at(at), np.einsum("j,jtk->tk", at, part.given)
            scale = VIOLATED * max(1e-9, float(plane.value.sum())) / plane.value.size
            for b, t in np.ndindex(plane.value.shape):
                kinds = np.flatnonzero((plane.worth[b, t] > 0) & (columns[t] >= 0))
                ways = np.flatnonzero(plane.excess[b, t])
                worth, excess = plane.worth[b, t, kinds], plane.excess[b, t, ways]
                bound = float(plane.value[b, t] + worth @ capacity[t, kinds] - excess @ at[ways])
                theta = self._theta[name][b, t]
                index = np.concatenate([[theta], columns[t, kinds], self.z[ways]]).astype(np.int32)
                values = np.concatenate([[1.0], worth, -excess])
                if x is None or values @ x[index] < bound - scale:
                    self.highs.addRow(bound, np.inf, len(index), index, values)
                    added += 1
        return added

    def whole(self) -> Any:
        """A copy with whole numbers, for branch and bound; the relaxation keeps its state."""
        import highspy

        lp = self.highs.getLp()
        kinds = [highspy.HighsVarType.kContinuous] * self.highs.getNumCol()
        for column in self.z.tolist():
            kinds[column] = highspy.HighsVarType.kInteger
        lp.integrality_ = kinds
        copy = highspy.Highs()  # type: ignore[no-untyped-call]
        copy.setOptionValue("output_flag", False)
        copy.passModel(lp)
        return copy
