"""How far an authority's own figures count beside the panel's: by how much authorities truly differ, which the panel shows.

Methods of moments throughout: what two records of the same authority share is a difference between authorities; what they do not
share is chance, coding and single years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
LEAST_BETWEEN, MOST_BETWEEN = 0.001, 1.0
"""Bounds of the variance of true multipliers between authorities."""
LEAST_STRENGTH, MOST_STRENGTH = 2.0, 1e6
"""Bounds of the number of cases for which the national figure counts."""


@dataclass(frozen=True)
class Spread:
    """What the panel says of multipliers: observed over expected events of an authority."""

    between: float
    """Variance of the true multipliers, of mean 1."""
    dispersion: float
    """Variance of a record's events around their own mean, over that mean: 1 where they are independent."""
    records: int
    """Records of authorities from which it was learned."""
    authorities: int


@dataclass(frozen=True)
class Multiplier:
    """An authority's multiplier ~ Gamma(shape, rate)."""

    shape: float
    rate: float

    @property
    def mean(self) -> float:
        """Its mean."""
        return self.shape / self.rate

    def interval(self, share: float = 0.8) -> tuple[float, float]:
        """The central interval that holds ``share`` of it."""
        from scipy.special import gammaincinv

        low, high = gammaincinv(self.shape, [(1 - share) / 2, (1 + share) / 2]) / self.rate
        return float(low), float(high)


def spread_of(observed: Numbers, expected: Numbers) -> Spread:
    """The spread of multipliers from events ``observed`` and ``expected`` at mean 1, each (authorities, records).

    A record with nothing expected is missing. With y = observed/expected, Var(y) = between + dispersion/expected, and the
    covariance of two records of an authority is ``between``; records are weighted by what is expected.
    """
    there = expected > 0
    level = observed[there].sum() / expected[there].sum() if there.any() else 1.0
    away = np.where(there, np.divide(observed, np.where(there, expected * level, 1.0)) - 1, 0.0)
    weight = np.where(there, expected, 0.0)
    weighted = weight * away
    pairs = weighted.sum(axis=1) ** 2 - (weighted**2).sum(axis=1)
    whole = weight.sum(axis=1) ** 2 - (weight**2).sum(axis=1)
    several = whole > 0
    between = float(pairs[several].sum() / whole[several].sum()) if several.any() else 0.0
    between = min(max(between, LEAST_BETWEEN), MOST_BETWEEN)
    number = int(there.sum())
    dispersion = float((weight * (away**2 - between)).sum() / number) if number else 1.0
    return Spread(between, max(dispersion * float(level), 1.0), number, int(there.any(axis=1).sum()))


def multiplier_of(spread: Spread, observed: float, expected: float) -> Multiplier:
    """The posterior of one authority's multiplier: the panel's Gamma prior with its events, discounted by their dispersion."""
    prior = 1 / spread.between
    return Multiplier(prior + max(observed, 0.0) / spread.dispersion, prior + expected / spread.dispersion)


def strength_of(counts: Numbers, shares: Numbers) -> float:
    """For how many cases ``shares`` (categories,) count beside an authority's own ``counts`` (authorities, categories).

    The concentration of a Dirichlet distribution around ``shares``: with n cases, the expected squared distance of an authority's
    shares is the sum of q (1 - q) times (1/n + (1 - 1/n)/(strength + 1)).
    """
    number = counts.sum(axis=1)
    counts, number = counts[number > 1], number[number > 1]
    spread = float((shares * (1 - shares)).sum())
    if not len(counts) or spread <= 0:
        return MOST_STRENGTH
    away = ((counts / number[:, None] - shares) ** 2).sum(axis=1)
    chance = spread / number
    shared = float((number * (away - chance)).sum() / (number * (spread - chance)).sum())
    return min(max(1 / shared - 1, LEAST_STRENGTH), MOST_STRENGTH) if shared > 0 else MOST_STRENGTH


def shrunk(counts: Numbers, shares: Numbers, strength: float) -> Numbers:
    """An authority's shares: its ``counts`` and ``strength`` cases spread like ``shares``."""
    mixed: Numbers = (counts + strength * shares) / (counts.sum() + strength)
    return mixed
