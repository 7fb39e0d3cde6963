"""The level of leaving: how far chances by age are scaled so that as many leave over the horizon as the baseline says.

A rate of leaving is a share of the plans at the beginning of a year; in the simulation chances by age meet plans that grow and
age. So the level is found on the expected caseload by NCY, carried through the horizon.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Shares = NDArray[np.float64]
_STEPS = 40


def level(plans: Shares, joiners: Shares, chances: Shares, leaving: float, moves_in: float, moves_out: float) -> float:
    """The factor on ``chances`` with which expected net leavers over the horizon are ``leaving`` of each year's opening plans.

    ``plans`` (25,) and ``joiners`` (years, 25) are children by NCY -4 to 20; ``chances`` (25,) of leaving in a year; ``moves_in``
    children a year, ``moves_out`` a share of plans. 0 where moves alone take as many, the largest possible where all leave.
    """
    low, high = 0.0, 1.0 / max(float(chances.max()), 1e-9)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        excess = _excess(plans, joiners, np.minimum(middle * chances, 1.0), leaving, moves_in, moves_out)
        low, high = (middle, high) if excess < 0 else (low, middle)
    return (low + high) / 2


def _excess(plans: Shares, joiners: Shares, chances: Shares, leaving: float, moves_in: float, moves_out: float) -> float:
    """Expected net leavers over the horizon less those that ``leaving`` says."""
    excess, stock = 0.0, plans.copy()
    mix = plans / plans.sum()
    for joining in joiners:
        opening = stock.sum()
        coming = joining + moves_in * mix
        # Eight months of a calendar year are spent in one NCY and four in the next; who comes is there half the year.
        older = np.append(0.0, stock[:-1])
        left = (chances + moves_out) * (2 / 3 * stock + 1 / 3 * older + coming / 2)
        aged_out = stock[-1] / 2
        closing = stock + coming - np.minimum(left, stock + coming)
        excess += left.sum() + aged_out - moves_in - leaving * opening
        closing[-1] -= min(aged_out, closing[-1])
        stock = np.append(0.0, closing[:-1])
        stock[-1] += closing[-1]
    return float(excess)
