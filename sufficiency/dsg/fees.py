"""What a year's independent placements cost on average, when single fees are skewed and few."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sufficiency.dsg.prices import Array
from sufficiency.simulation.streams import Streams


def standard_normals(base_seed: int, replications: Sequence[int], years: Sequence[int]) -> Array:
    """One standard normal a future and financial year, [future, financial_year].

    Keyed by the year itself, so that a longer horizon leaves the earlier years as they were; mitigated and unmitigated
    accounts of the same futures share them.
    """
    from scipy.special import ndtri

    keys = np.array(years, dtype=np.uint64)
    uniforms = np.array([Streams(base_seed, r).uniforms("independent_fees", keys) for r in replications])
    normals: Array = ndtri(uniforms.reshape(len(replications), len(years)))
    return normals


def sampling_factor(pupil_years: Array, spread: Array, normals: Array) -> Array:
    """Mean of the year's fees over the mean of all fees; its expectation is 1. All arrays are [future, financial_year].

    Single fees are lognormal with standard deviation ``spread`` of the logarithm ([future]). The mean of n of them has the
    relative variance (exp(spread²) - 1) / n and is taken as lognormal too (Fenton 1960), so it shrinks with the square root
    of the pupil-years and is never negative.
    """
    # A part of a pupil-year is still one child's fee: with fewer than one the spread is that of a single fee.
    fees = np.maximum(pupil_years, 1.0)
    variance = np.log1p(np.expm1(spread**2)[:, np.newaxis] / fees)
    factor: Array = np.exp(np.sqrt(variance) * normals - variance / 2)
    return factor
