"""The second stage seen from a choice: what it costs, and a plane that it never lies below.

The second stage is convex in what is taken up, so that its value and prices at one choice bound it everywhere (Benders 1962; Van
Slyke and Wets 1969). The places that a way opens are cut to the children who can reach them, min(places, T) for a kind and
min(places, D) for a group: for whole choices this changes nothing, between them the planes lie higher (the strong rows of
facility location, as in :mod:`cuts`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.shortlist.placing import Placing
from sufficiency.shortlist.program import LEAST, Program

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plane:
    """Value of the second stage at a choice, and its slope: at any z it is at least value + slope . (z - at)."""

    value: Array
    """Shape (bundles, years): bundles of futures, weighed and summed."""
    worth: Array
    """What a place more of a kind saves at most, shape (bundles, years, kinds)."""
    excess: Array
    """What a way saves less than its places are worth, because not all of them can be filled, shape (bundles, years, ways)."""

    def slope(self, places: Array) -> Array:
        """Slope by way, shape (bundles, years, ways), where ways give ``places``, shape (ways, years, kinds)."""
        result: Array = self.excess - np.einsum("btk,jtk->btj", self.worth, places)
        return result


class Linearised:
    """The second stage of a program in one unit (£ thousand, children or child-kilometres)."""

    def __init__(self, program: Program, placing: Placing, bundle_of: NDArray[np.int64], factor: Array) -> None:
        self.placing = placing
        self._weights = program.weights
        self._bundle_of = bundle_of
        self._factor = factor
        years, kinds = len(program.periods), len(placing.admits)
        self._ways: list[list[NDArray[np.int64]]] = [[np.zeros(0, dtype=np.int64)] * kinds for _ in range(years)]
        self._places: list[list[Array]] = [[np.zeros(0)] * kinds for _ in range(years)]
        self.given = given = np.zeros((len(program.ways), years, kinds))
        """Places that each way gives, shape (ways, years, kinds)."""
        for j, way in enumerate(program.ways):
            for kind, by_year in way.gives:
                given[j, :, kind] += by_year
        for t in range(years):
            for k in range(kinds):
                self._ways[t][k] = np.flatnonzero(given[:, t, k] > LEAST)
                self._places[t][k] = given[self._ways[t][k], t, k]
        self._reach = np.einsum("kg,stg->stk", placing.admits, placing.demand)
        self._arcs_of = [np.flatnonzero(placing.arcs[:, 0] == k) for k in range(kinds)]

    def at(self, z: Array) -> Plane:
        """The plane at a choice, whole or not; ``z`` has shape (ways,)."""
        placing = self.placing
        futures, years, _ = placing.demand.shape
        bundles, kinds = int(self._bundle_of.max()) + 1, len(self._arcs_of)
        value, worth = np.zeros((bundles, years)), np.zeros((bundles, years, kinds))
        excess = np.zeros((bundles, years, len(z)))
        for t in range(years):
            places, most = self._opened(t, z)
            priced, priced_on = np.zeros_like(places), np.zeros_like(most)
            cost = np.zeros(futures)
            for s in range(futures):
                cost[s], solution = placing.solved(s, t, places[s], most[s])
                priced[s] = np.maximum(0.0, -np.asarray(solution.row_dual)[:kinds])
                priced_on[s] = np.maximum(0.0, -np.asarray(solution.col_dual)[: most.shape[1]])
            weights = self._weights * self._factor[t]
            np.add.at(value[:, t], self._bundle_of, weights * cost)
            self._worth_of(t, weights[:, None] * priced, weights[:, None] * priced_on, worth, excess)
        return Plane(value, worth, excess)

    def _opened(self, t: int, z: Array) -> tuple[Array, Array]:
        """Places of each kind, shape (futures, kinds), and children at most on each arc, shape (futures, arcs)."""
        demand = self.placing.demand[:, t]
        places = np.zeros((len(demand), len(self._arcs_of)))
        most = np.zeros((len(demand), len(self.placing.arcs)))
        for k, arcs in enumerate(self._arcs_of):
            taken = z[self._ways[t][k]]
            up = np.flatnonzero(taken > 0)
            given, taken = self._places[t][k][up], taken[up]
            places[:, k] = np.minimum(given, self._reach[:, t, k, None]) @ taken
            groups = self.placing.arcs[arcs, 1]
            most[:, arcs] = np.minimum(given, demand[:, groups, None]) @ taken
        return places, most

    def _worth_of(self, t: int, priced: Array, priced_on: Array, worth: Array, excess: Array) -> None:
        """Add what places are worth, and by how much ways bring less than that, by bundle.

        A way with p places saves priced x min(p, T) + sum over groups of priced_on x min(p, D): at most p x (priced + sum of
        priced_on), and less by what is cut off.
        """
        demand = self.placing.demand[:, t]
        for k, arcs in enumerate(self._arcs_of):
            ways, given = self._ways[t][k], self._places[t][k]
            total = priced[:, k] + priced_on[:, arcs].sum(axis=1)
            np.add.at(worth[:, t, k], self._bundle_of, total)
            if not len(ways):
                continue
            sizes, which = np.unique(given, return_inverse=True)
            lost = priced[:, k, None] * np.maximum(0.0, sizes - self._reach[:, t, k, None])
            for arc in arcs[priced_on[:, arcs].any(axis=0)]:
                lost += priced_on[:, arc, None] * np.maximum(0.0, sizes - demand[:, self.placing.arcs[arc, 1], None])
            if lost.any():
                by_bundle = np.zeros((len(excess), len(sizes)))
                np.add.at(by_bundle, self._bundle_of, lost)
                excess[:, t, ways] += by_bundle[:, which]
