"""What calibration has learnt: prior and posterior side by side, and which parameters move together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.experiment.calibration.parameters import Parameter
from sufficiency.scenario.posterior import Posterior

NOT_NARROWED = 0.25
"""A posterior whose standard deviation is less than this much below the prior's has not been narrowed: three times the spread of
this measure between calibrations of bristol-2020 that differ in nothing but their seed (about 0.08 with 500 particles)."""
TIED = 0.4
"""Correlation in the posterior from which two parameters cannot be told apart well."""
SHARES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


@dataclass(frozen=True)
class Learned:
    """One parameter before and after."""

    path: str
    unit: str
    prior: dict[str, float]
    """mean, sd, p10, p50 and p90."""
    posterior: dict[str, float]

    @property
    def narrowing(self) -> float:
        """1 less the posterior's standard deviation over the prior's; below 0 where it is wider."""
        return 1 - self.posterior["sd"] / self.prior["sd"]

    @property
    def is_narrowed(self) -> bool:
        """Whether the published figures have taught anything about its width."""
        return self.narrowing >= NOT_NARROWED


def learned(parameters: Sequence[Parameter], posterior: Posterior) -> tuple[Learned, ...]:
    """Each parameter that the posterior holds, in order; parameters it does not hold are left out."""
    weight = np.array(posterior.weights)
    found = []
    for parameter in parameters:
        if (column := posterior.particles.get(parameter.path)) is None:
            continue
        values = np.array(column)
        mean = float(np.average(values, weights=weight))
        after = {"mean": mean, "sd": float(np.sqrt(np.average((values - mean) ** 2, weights=weight)))}
        after |= {name: posterior.quantile(parameter.path, share) for name, share in SHARES.items()}
        grid = parameter.grid
        before = {"mean": float(grid.mean()), "sd": float(grid.std())}
        before |= {name: float(grid[int(share * grid.size)]) for name, share in SHARES.items()}
        found.append(Learned(parameter.path, parameter.unit, before, after))
    return tuple(found)


def tied(parameters: Sequence[Parameter], posterior: Posterior) -> tuple[tuple[str, str, float], ...]:
    """Pairs of parameters with a correlation of at least :data:`TIED` (in size) in the posterior, strongest first."""
    paths = [p.path for p in parameters if p.path in posterior.particles]
    if len(paths) < 2:
        return ()
    table: NDArray[np.float64] = np.array([posterior.particles[path] for path in paths])
    covariance = np.cov(table, aweights=np.array(posterior.weights))
    sd = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    correlation = covariance / sd[:, None] / sd[None, :]
    pairs = [
        (paths[i], paths[j], float(correlation[i, j]))
        for i in range(len(paths))
        for j in range(i)
        if abs(correlation[i, j]) >= TIED
    ]
    return tuple(sorted(pairs, key=lambda pair: -abs(pair[2])))
