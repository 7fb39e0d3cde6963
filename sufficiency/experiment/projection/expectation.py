"""The exact expectation of a projection: no simulation and no randomness.

The mean of every draw is linear in the number it is drawn from, so means follow a linear recursion with mean rates. It is the
mean of the futures exactly, whether parameters are drawn once a future or every year: a child passes each NCY once, so along its
way no parameter is used twice, and parameters of different states are independent. What drawing once a future changes is the
spread: children of different cohorts meet the same parameter.

A multiplier that moves of all NCYs share is the exception. Given its value the recursion is linear, so the expectation is its
mean over the multiplier's distribution, by quadrature.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sufficiency.experiment.projection.rates import Destinations, Numbers, Positions, Rates, StateSpace

FLOWS = ("joiners", "leavers", "movers", "forced_movers", "forced_leavers", "dropped")
"""Since the census before. ``movers`` chose to move; ``forced_movers`` and ``forced_leavers`` are children whose setting does not
serve the new NCY; ``dropped`` are those whom legacy states do not carry on. Joiners less leavers of all three kinds is the change
of the total."""

Population = Mapping[tuple[int, int], float]
"""Children of (calendar year, NCY)."""


@dataclass(frozen=True, eq=False)
class Expectation:
    """Expected children by census."""

    space: StateSpace
    years: tuple[int, ...]
    """Censuses: the start, and every projected one."""
    stock: Numbers
    """Children; shape (years, NCYs, pairs)."""
    flows: dict[str, Numbers]
    """Each of :data:`FLOWS` by state, zeros at the start; shape (years, NCYs, pairs). Joiners by the state they arrive in, the
    others by the state they left, before ageing."""


def expectation(rates: Rates, start: Numbers, start_census: int, horizon: int, population: Population) -> Expectation:
    """Projects ``start`` (NCYs, pairs), the children at ``start_census``, to the census of ``horizon``.

    ``population`` needs every projected year at the NCYs at which children join; where it has none, nobody joins.
    """
    space = rates.space
    years = tuple(range(start_census, horizon + 1))
    arrive = join_numbers(space, years, population) * rates.join.mean
    joiners = np.zeros((len(years), *space.shape))
    joiners[1:] = arrive[1:, :, None] * rates.joiner_share
    values, weights = (np.ones(1), np.ones(1)) if rates.shared is None else rates.shared.nodes()
    stock = np.zeros(joiners.shape)
    flows = {name: np.zeros(joiners.shape) for name in FLOWS}
    for value, weight in zip(values, weights, strict=True):
        children, changes = _given(rates, start, joiners, float(value))
        stock += weight * children
        for name, change in changes.items():
            flows[name] += weight * change
    return Expectation(space, years, stock, flows)


def _given(rates: Rates, start: Numbers, joiners: Numbers, multiplier: float) -> tuple[Numbers, dict[str, Numbers]]:
    """Stock and flows where the multiplier of shared moves is known; joiners by census and state they arrive in."""
    space, ageing = rates.space, rates.ageing
    stock = np.zeros(joiners.shape)
    stock[0] = start
    flows = {name: np.zeros(stock.shape) for name in FLOWS}
    flows["joiners"] = joiners
    leave, move, share = rates.leave.mean, rates.move.mean, rates.destination.mean
    somewhere = rates.destination.exist(space)
    chance = np.where(ageing.must_move, somewhere, np.where(ageing.may_move & somewhere, move, 0.0))
    lost = ageing.must_move & ~somewhere
    arrival = _arrival(rates.destination, space)
    shared = rates.shared
    first = np.zeros(space.shape) if shared is None else -np.expm1(-multiplier * shared.hazard)
    for at in range(1, len(stock)):
        aged = np.where(ageing.carried, stock[at - 1], 0.0)
        flows["dropped"][at] = stock[at - 1] - aged
        leavers = flows["leavers"][at] = aged * leave
        by_hazard = (aged - leavers) * first
        rest = aged - leavers - by_hazard
        movers = rest * chance
        flows["forced_leavers"][at] = np.where(lost, rest, 0.0)
        flows["forced_movers"][at] = np.where(ageing.must_move, movers, 0.0)
        flows["movers"][at] = by_hazard + np.where(ageing.must_move, 0.0, movers)
        stay = np.where(lost, 0.0, rest - movers)
        stock[at] = _arrived(movers.ravel()[rates.destination.state] * share, arrival, space)
        if shared is not None:
            moved = by_hazard.ravel()[shared.destination.state] * shared.destination.mean
            stock[at] += _arrived(moved, _arrival(shared.destination, space), space)
        stock[at, 1:] += stay[:-1]
        stock[at] += joiners[at]
    return stock, flows


def _arrival(to: Destinations, space: StateSpace) -> Positions:
    """The state in which each entry's movers arrive: a mover of NCY a arrives among the pairs of NCY a + 1."""
    arrival: Positions = (to.state // space.pairs + 1) * space.pairs + to.target
    return arrival


def _arrived(moved: Numbers, arrival: Positions, space: StateSpace) -> Numbers:
    """Movers by the state they arrive in; past the last NCY nobody has a destination."""
    number = space.ncys * space.pairs
    return np.bincount(arrival, weights=moved, minlength=number)[:number].astype(np.float64).reshape(space.shape)


def join_numbers(space: StateSpace, years: Sequence[int], population: Population) -> Numbers:
    """The population from which children join, by census and arrival NCY, nobody at the first; shape (years, NCYs)."""
    numbers = [[population.get((year, ncy), 0.0) for ncy in space.ncy_labels] for year in years]
    found = np.array(numbers)
    found[0] = 0.0
    return found


def cost_of_pairs(space: StateSpace, costs: Mapping[tuple[str, str], float] | None) -> Numbers | None:
    """£ a child and year of each pair, 0 where a pair has no cost; shape (pairs,). None where no costs are given."""
    return None if costs is None else np.array([costs.get(label, 0.0) for label in space.labels])


def measures(projected: Expectation, cost: Numbers | None) -> dict[str, Numbers]:
    """Total, cost (where given), ncy, need and setting, each of shape (years, keys); total and cost have one key."""
    space, stock = projected.space, projected.stock
    by_pair = stock.sum(axis=1)
    cells = by_pair.reshape(len(by_pair), len(space.needs), len(space.settings))
    found = {"total": by_pair.sum(axis=1, keepdims=True)}
    if cost is not None:
        found["cost"] = (by_pair @ cost)[:, None]
    return {**found, "ncy": stock.sum(axis=2), "need": cells.sum(axis=2), "setting": cells.sum(axis=1)}


def keys(space: StateSpace) -> dict[str, tuple[str, ...] | tuple[int, ...]]:
    """The keys of each measure, in order."""
    return {
        "total": ("",),
        "cost": ("",),
        "ncy": space.ncy_labels,
        "need": space.needs,
        "setting": space.settings,
    }
