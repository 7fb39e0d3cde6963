"""What a return shows of a number over futures: its mean, and the range that 8 in 10 futures lie between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Bands:
    """Mean, 10th and 90th percentile over futures of each cell, all of one shape. A sum's are taken of the sum itself."""

    mean: NDArray[np.float64]
    p10: NDArray[np.float64]
    p90: NDArray[np.float64]

    def at(self, *position: int) -> dict[str, float]:
        """The three of one cell, by name."""
        return {name: float(getattr(self, name)[position]) for name in ("mean", "p10", "p90")}


def bands(values: NDArray[Any]) -> Bands:
    """The bands of ``values`` (futures, ...)."""
    p10, p90 = np.percentile(values, [10, 90], axis=0)
    return Bands(values.mean(axis=0), p10, p90)
