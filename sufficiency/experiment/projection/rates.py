"""Rates by NCY, need and setting: one object, whatever the source it was learned from.

A state is (NCY, need, setting). Arrays over states have shape (NCYs, pairs); a pair is need x settings + setting, by position.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Positions = NDArray[np.int64]


@dataclass(frozen=True)
class StateSpace:
    """All states that can occur in a projection: a run of NCYs by every need and setting."""

    first_ncy: int
    ncys: int
    """How many NCYs, from ``first_ncy``."""
    needs: tuple[str, ...]
    settings: tuple[str, ...]

    @property
    def pairs(self) -> int:
        """Number of needs by settings."""
        return len(self.needs) * len(self.settings)

    @property
    def shape(self) -> tuple[int, int]:
        """(NCYs, pairs)."""
        return self.ncys, self.pairs

    @cached_property
    def labels(self) -> tuple[tuple[str, str], ...]:
        """(need, setting) of each pair, in order."""
        return tuple((need, setting) for need in self.needs for setting in self.settings)

    @cached_property
    def ncy_labels(self) -> tuple[int, ...]:
        """The NCYs, in order."""
        return tuple(range(self.first_ncy, self.first_ncy + self.ncys))


@dataclass(frozen=True, eq=False)
class Betas:
    """Beta distributions of chances, one a cell; ``alpha`` and ``beta`` have the same shape.

    Where both are 0 nothing is known, and the chance is 0.
    """

    alpha: Numbers
    beta: Numbers

    @property
    def mean(self) -> Numbers:
        """alpha / (alpha + beta), 0 where nothing is known."""
        total = self.alpha + self.beta
        mean: Numbers = np.divide(self.alpha, total, out=np.zeros(total.shape), where=total > 0)
        return mean


@dataclass(frozen=True, eq=False)
class Destinations:
    """Dirichlet weights of where a state's movers go, one entry a state and destination, ordered by both.

    ``state`` is NCY x pairs + pair, by position (the child's state before ageing); ``target`` is the pair moved to; ``weight`` is
    above 0. Each has shape (entries,). A state without entries has no destination.
    """

    state: Positions
    target: Positions
    weight: Numbers

    def exist(self, space: StateSpace) -> Flags:
        """Whether each state has a destination; shape (NCYs, pairs)."""
        there = np.zeros(space.ncys * space.pairs, dtype=np.bool_)
        there[self.state] = True
        return there.reshape(space.shape)

    @property
    def mean(self) -> Numbers:
        """Expected share of each entry among its state's movers; shape (entries,)."""
        if not len(self.state):
            return np.zeros(0)
        total = np.bincount(self.state, weights=self.weight)
        share: Numbers = self.weight / total[self.state]
        return share

    def of(self, state: int) -> tuple[Positions, Numbers]:
        """Targets and weights of one state."""
        low, high = np.searchsorted(self.state, (state, state + 1))
        return self.target[low:high], self.weight[low:high]


@dataclass(frozen=True, eq=False)
class SharedMoves:
    """Moves whose hazards are known up to one factor that all children of an authority share: its multiplier.

    The multiplier ~ Gamma(``shape``, ``rate``), drawn once a future. Of those who do not leave, a share
    1 - exp(-multiplier x hazard) moves in a year, before any other move.
    """

    hazard: Numbers
    """A year, by the state before, where the multiplier is 1; (NCYs, pairs)."""
    destination: Destinations
    """Where they go, by the state before."""
    shape: float
    rate: float

    def nodes(self, number: int = 20) -> tuple[Numbers, Numbers]:
        """Values of the multiplier and their weights, which sum to 1: Gauss-Laguerre quadrature of its Gamma distribution.

        By the eigenvalues of the Jacobi matrix (Golub and Welsch 1969). A mean of products of exponentials, which is all that an
        expectation takes of the multiplier, is exact to far more digits than are written.
        """
        order, alpha = np.arange(number), self.shape - 1.0
        between = np.sqrt(order[1:] * (order[1:] + alpha))
        value, vector = np.linalg.eigh(np.diag(2 * order + alpha + 1) + np.diag(between, 1) + np.diag(between, -1))
        weight: Numbers = vector[0] ** 2
        return value / self.rate, weight


@dataclass(frozen=True, eq=False)
class Ageing:
    """What happens to a state when its children age one NCY, apart from chance; each of shape (NCYs, pairs)."""

    carried: Flags
    """Its children are aged on; the others are dropped."""
    may_move: Flags
    """Its children may change setting."""
    must_move: Flags
    """Its children cannot stay: the state they would age into is not valid."""


@dataclass(frozen=True, eq=False)
class Rates:
    """Leave, move, destination and join rates with their uncertainty, whatever they were learned from.

    Every parameter is independent of every other, but for what is ``shared``.
    """

    space: StateSpace
    known: Flags
    """States that are valid or were observed; shape (NCYs, pairs). The others hold priors only and are not written out."""
    leave: Betas
    """Chance of leaving between one census and the next, by the state before; (NCYs, pairs)."""
    move: Betas
    """Chance of changing setting of those who do not leave, by the state before; (NCYs, pairs)."""
    destination: Destinations
    """Where movers go, by the state before."""
    join: Betas
    """Chance that a child of the population joins, by arrival NCY; (NCYs,)."""
    joiner_state: Numbers
    """Dirichlet weights of joiners' need and setting by arrival NCY; (NCYs, pairs). Nobody joins where all are 0."""
    ageing: Ageing
    shared: SharedMoves | None = None
    """Moves by hazards that share one multiplier: of published tables, which give no authority a rate for each state."""
    pooled: bool = False
    """Whether one draw serves all states alike: leaving those of an NCY, moving those of an NCY and setting."""
    join_shape: float | None = None
    """Shape of the Gamma factor of mean 1 on all joiners of a future; None for none."""

    @property
    def joiner_share(self) -> Numbers:
        """Expected share of each pair among the joiners at an NCY; (NCYs, pairs)."""
        total = self.joiner_state.sum(axis=1, keepdims=True)
        share: Numbers = np.divide(self.joiner_state, total, out=np.zeros(self.joiner_state.shape), where=total > 0)
        return share
