"""Futures of a projection: rates drawn once a future, counts binomial and multinomial.

Vectorised over futures and censuses. A child is one NCY older at each census, so the children of an NCY at every census come from
the NCY below alone: the NCYs are taken in order, and each draws its rates once and uses them for all its censuses.

Every state has streams of its own, by the base seed, what is drawn, its NCY, need and setting, and the block of 1,000 futures:
another need or setting leaves the streams of the others as they were, and a future does not depend on how many there are. Where
rates are pooled, the states that share a rate share its stream.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.experiment.projection.expectation import FLOWS, Population, join_numbers
from sufficiency.experiment.projection.rates import Numbers, Rates, SharedMoves
from sufficiency.simulation.streams import name_key

BLOCK = 1000
"""Futures drawn together: bounds the memory."""

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ProjectedFutures:
    """Children and flows in each future."""

    years: tuple[int, ...]
    measures: dict[str, Numbers]
    """Total, cost (where given), ncy, need and setting: each of shape (futures, years, keys)."""
    flows: dict[str, Counts]
    """Each of :data:`~sufficiency.experiment.projection.expectation.FLOWS`: shape (futures, years)."""

    @property
    def futures(self) -> int:
        """How many."""
        return len(self.measures["total"])


def project_futures(
    rates: Rates,
    start: Counts,
    start_census: int,
    horizon: int,
    population: Population,
    futures: int,
    *,
    base_seed: int,
    redraw_yearly: bool = False,
    cost: Numbers | None = None,
) -> ProjectedFutures:
    """``futures`` futures of the children of ``start`` (NCYs, pairs) at ``start_census``, to the census of ``horizon``.

    ``redraw_yearly`` draws every rate anew at each census, for comparison: it makes long-run bands too narrow. ``cost`` is £ by
    pair. A population that is no whole number is rounded up with the chance of its fraction, so that its mean is kept.
    """
    years = tuple(range(start_census, horizon + 1))
    numbers = join_numbers(rates.space, years, population)
    blocks = []
    for first in range(0, futures, BLOCK):
        number = min(BLOCK, futures - first)
        blocks.append(_Block(rates, numbers, number, f"{base_seed}/project/{first}", redraw_yearly).run(start, cost))
    return ProjectedFutures(
        years,
        {name: np.concatenate([measures[name] for measures, _ in blocks]) for name in blocks[0][0]},
        {name: np.concatenate([flows[name] for _, flows in blocks]) for name in FLOWS},
    )


class _Block:
    """Some futures, drawn together. Arrays of children at one NCY have shape (pairs, futures, years)."""

    def __init__(self, rates: Rates, numbers: Numbers, futures: int, name: str, redraw_yearly: bool) -> None:
        self._rates, self._numbers, self._futures, self._name = rates, numbers, futures, name
        self._years = len(numbers)
        self._drawn = (futures, self._years - 1) if redraw_yearly else (futures, 1)
        """Shape in which a rate is drawn: over futures, and over the years to which one draw applies."""
        self._exist = rates.destination.exist(rates.space)
        self._flows = {flow: np.zeros((futures, self._years), dtype=np.int64) for flow in FLOWS}
        level, shared = rates.join_shape, rates.shared
        once = futures, 1
        self._level = np.ones(once) if level is None else self._named("join/level").gamma(level, 1 / level, once)
        self._multiplier = (
            np.zeros(once) if shared is None else self._named("multiplier").gamma(shared.shape, 1 / shared.rate, once)
        )

    def run(self, start: Counts, cost: Numbers | None) -> tuple[dict[str, Numbers], dict[str, Counts]]:
        """Measures and flows of these futures."""
        space = self._rates.space
        shape = (space.pairs, self._futures, self._years)
        by_pair = np.zeros(shape, dtype=np.int64)
        by_ncy = np.zeros((self._futures, self._years, space.ncys), dtype=np.int64)
        here = np.zeros(shape, dtype=np.int64)
        for ncy in range(space.ncys):
            here[:, :, 0] += start[ncy][:, None]
            self._join(ncy, here)
            by_pair += here
            by_ncy[:, :, ncy] = here.sum(axis=0)
            above = np.zeros(shape, dtype=np.int64)
            for pair in np.flatnonzero(here[:, :, :-1].any(axis=(1, 2))):
                self._age(ncy, int(pair), here[pair, :, :-1], above[:, :, 1:])
            here = above
        cells = by_pair.reshape(len(space.needs), len(space.settings), self._futures, self._years)
        found: dict[str, Numbers] = {"total": by_ncy.sum(axis=2, keepdims=True).astype(np.float64)}
        if cost is not None:
            found["cost"] = np.tensordot(cost, by_pair, axes=1)[:, :, None]
        found["ncy"] = by_ncy.astype(np.float64)
        found["need"] = np.moveaxis(cells.sum(axis=1), 0, -1).astype(np.float64)
        found["setting"] = np.moveaxis(cells.sum(axis=0), 0, -1).astype(np.float64)
        return found, self._flows

    def _stream(self, what: str, ncy: int, pair: int | None = None) -> np.random.Generator:
        space = self._rates.space
        state = "" if pair is None else "/".join(space.labels[pair])
        return self._named(f"{what}/{space.ncy_labels[ncy]}/{state}")

    def _named(self, name: str) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64(name_key(f"{self._name}/{name}")))

    def _pooled_stream(self, what: str, ncy: int, pair: int, setting: str) -> np.random.Generator:
        """The stream of a rate: the state's own, or where rates are pooled that of all states of the NCY (and ``setting``)."""
        if not self._rates.pooled:
            return self._stream(what, ncy, pair)
        return self._named(f"{what}/{self._rates.space.ncy_labels[ncy]}/{setting}")

    def _join(self, ncy: int, here: Counts) -> None:
        """Add the joiners at an NCY to the children there."""
        weights = self._rates.joiner_state[ncy]
        targets = np.flatnonzero(weights)
        alpha, beta = self._rates.join.alpha[ncy], self._rates.join.beta[ncy]
        if not len(targets) or alpha <= 0 or self._years == 1:
            return
        number = self._numbers[1:, ncy]
        if np.any(number % 1):
            number = np.floor(number + self._stream("population", ncy).random((self._futures, self._years - 1)))
        chance = np.minimum(_beta(self._stream("join/rate", ncy), alpha, beta, self._drawn) * self._level, 1.0)
        joiners = self._stream("join/count", ncy).binomial(number.astype(np.int64), chance, (self._futures, self._years - 1))
        self._flows["joiners"][:, 1:] += joiners
        self._spread("joiner_state", ncy, None, joiners, targets, weights[targets], here[:, :, 1:])

    def _age(self, ncy: int, pair: int, children: Counts, above: Counts) -> None:
        """Age the children of a state (futures, years before the last) into the NCY above; ``above`` is added to."""
        rates, flows, setting = self._rates, self._flows, self._rates.space.labels[pair][1]
        if not rates.ageing.carried[ncy, pair]:
            flows["dropped"][:, 1:] += children
            return
        stream = self._pooled_stream("leave/rate", ncy, pair, "")
        chance = _beta(stream, rates.leave.alpha[ncy, pair], rates.leave.beta[ncy, pair], self._drawn)
        leavers = self._stream("leave/count", ncy, pair).binomial(children, chance)
        flows["leavers"][:, 1:] += leavers
        rest = children - leavers
        if rates.shared is not None and rates.shared.hazard[ncy, pair] > 0:
            rest = rest - self._move_by_hazard(rates.shared, ncy, pair, rest, above)
        somewhere, must_move = self._exist[ncy, pair], rates.ageing.must_move[ncy, pair]
        if must_move and not somewhere:
            flows["forced_leavers"][:, 1:] += rest
            return
        if must_move:
            movers = rest
        elif somewhere and rates.ageing.may_move[ncy, pair]:
            alpha, beta = rates.move.alpha[ncy, pair], rates.move.beta[ncy, pair]
            chance = _beta(self._pooled_stream("move/rate", ncy, pair, setting), alpha, beta, self._drawn)
            movers = self._stream("move/count", ncy, pair).binomial(rest, chance)
        else:
            above[pair] += rest
            return
        flows["forced_movers" if must_move else "movers"][:, 1:] += movers
        above[pair] += rest - movers
        targets, weights = rates.destination.of(ncy * rates.space.pairs + pair)
        self._spread("destination", ncy, pair, movers, targets, weights, above)

    def _move_by_hazard(self, shared: SharedMoves, ncy: int, pair: int, children: Counts, above: Counts) -> Counts:
        """Move some children by the hazards that share the multiplier; how many, (futures, years before the last)."""
        chance = -np.expm1(-self._multiplier * shared.hazard[ncy, pair])
        movers: Counts = self._stream("shared/count", ncy, pair).binomial(children, chance)
        self._flows["movers"][:, 1:] += movers
        targets, weights = shared.destination.of(ncy * self._rates.space.pairs + pair)
        self._spread("shared", ncy, pair, movers, targets, weights, above)
        return movers

    def _spread(
        self, what: str, ncy: int, pair: int | None, numbers: Counts, targets: Counts, weights: Numbers, into: Counts
    ) -> None:
        """Spread numbers (futures, years) over target pairs by shares drawn once a future, or once a year."""
        future, year = np.nonzero(numbers)
        if not len(future):
            return
        if len(targets) == 1:
            into[targets[0]] += numbers
            return
        # Shares are drawn only for the futures (and years) that need them.
        drawn_for = future * self._drawn[1] + (year if self._drawn[1] > 1 else 0)
        needed, place = np.unique(drawn_for, return_inverse=True)
        shares = self._stream(f"{what}/rate", ncy, pair).dirichlet(weights, len(needed))[place]
        counts = self._stream(f"{what}/count", ncy, pair).multinomial(numbers[future, year], shares)
        into[targets[:, None], future, year] += counts.T


def _beta(stream: np.random.Generator, alpha: float, beta: float, shape: tuple[int, int]) -> Numbers:
    """Draws of a chance; where nothing speaks against (beta 0) it is 1."""
    return stream.beta(alpha, beta, shape) if beta > 0 else np.ones(shape)
