"""Sequential Monte Carlo with moves that leave the posterior as it is: the steps of a calibration, but for its simulations.

The replenishment algorithm of Drovandi and Pettitt (2011, Biometrics 67, 225-233): particles from the prior; then each
generation keeps the better half, which sets the tolerance, fills up with copies of it, and moves each copy by some steps of a
Markov chain that accepts what stays within the tolerance. All particles weigh the same, so that none comes to stand for many
however many parameters there are. All randomness is from named streams, one a particle and step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.simulation.streams import Streams, keys_of

FIRST_STEPS, MOST_STEPS = 4, 30
_UNMOVED = 0.05
"""Share of the copies that may be left where they were: the number of steps is chosen by it."""
_OPTIMAL = 2.38
"""Scale of a random walk's steps over the square root of its dimensions (Roberts, Gelman and Gilks 1997)."""
_RIDGE = 1e-4
"""Added to the variance of the steps, so that a parameter on which all particles agree can still move."""


@dataclass(frozen=True)
class Population:
    """Particles of equal weight."""

    z: NDArray[np.float64]
    """Normal scores, shape (particles, parameters)."""
    distance: NDArray[np.float64]
    """Distance of each particle's simulated figures from the published ones, shape (particles,)."""

    def better_half(self) -> Population:
        """The particles nearest to what was published; among equals the first."""
        order = np.argsort(self.distance, kind="stable")[: len(self.distance) // 2]
        return Population(self.z[order], self.distance[order])

    def with_more(self, other: Population) -> Population:
        """These particles and others."""
        return Population(np.concatenate((self.z, other.z)), np.concatenate((self.distance, other.distance)))

    @property
    def tolerance(self) -> float:
        """The largest distance."""
        return float(self.distance.max())


@dataclass(frozen=True)
class Step:
    """One step of the chains: where each copy would go, and which of them may go there as far as the prior is concerned."""

    z: NDArray[np.float64]
    allowed: NDArray[np.bool_]


def from_prior(count: int, parameters: int, base_seed: int) -> NDArray[np.float64]:
    """Normal scores drawn from the prior, shape (count, parameters)."""
    return _normals("calibration/first", 0, 0, count, parameters, base_seed)


def copies(survivors: Population, count: int, generation: int, base_seed: int) -> Population:
    """``count`` particles copied from the survivors, each as likely as another."""
    u = Streams(base_seed, generation).uniforms("calibration/copy", keys_of("calibration/particle", count))
    chosen = np.minimum((u * len(survivors.distance)).astype(np.int64), len(survivors.distance) - 1)
    return Population(survivors.z[chosen], survivors.distance[chosen])


def proposed(moving: Population, survivors: Population, generation: int, step: int, base_seed: int) -> Step:
    """A step for each of ``moving``: normal, with the survivors' covariance scaled to the number of parameters.

    The prior's part of the acceptance, min(1, phi(z') / phi(z)), is decided here, before anything is simulated.
    """
    count, parameters = moving.z.shape
    covariance = np.atleast_2d(np.cov(survivors.z, rowvar=False)) + _RIDGE * np.eye(parameters)
    root = np.linalg.cholesky(covariance) * _OPTIMAL / np.sqrt(parameters)
    z = moving.z + _normals("calibration/move", generation, step, count, parameters, base_seed) @ root.T
    keys = keys_of("calibration/particle", count)
    u = Streams(base_seed, generation).uniforms(f"calibration/accept/{step}", keys)
    return Step(z, np.log(u) < ((moving.z**2).sum(axis=1) - (z**2).sum(axis=1)) / 2)


def steps_for(accepted: float) -> int:
    """Steps after which all but few copies have moved, where each step is accepted with that chance."""
    if accepted >= 1:
        return 1
    if accepted <= 0:
        return MOST_STEPS
    return int(np.clip(np.ceil(np.log(_UNMOVED) / np.log1p(-accepted)), 1, MOST_STEPS))


def _normals(name: str, generation: int, step: int, count: int, parameters: int, base_seed: int) -> NDArray[np.float64]:
    from scipy.special import ndtri

    streams, keys = Streams(base_seed, generation), keys_of("calibration/particle", count)
    return np.stack([ndtri(streams.uniforms(f"{name}/{step}/{i}", keys)) for i in range(parameters)], axis=1)
