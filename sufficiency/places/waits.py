"""How long children wait for a specialist place, and how their waits end: of the whole cohort, not of those placed alone.

Those still waiting at the horizon are censored. The ends of a wait compete, so that shares by time are cumulative incidences
(Aalen and Johansen 1978): at each month those who leave the list are taken from those still on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.experiment.run import Run
from sufficiency.places.gap import Band, band
from sufficiency.simulation.results import WAIT_OUTCOMES

ENDINGS = WAIT_OUTCOMES[:-1]
"""How a wait can end; the last outcome is that it has not."""


@dataclass(frozen=True)
class Waits:
    """The waits that began in some academic years, of some needs."""

    begun: Band
    """Waits begun, a future."""
    ended: dict[str, NDArray[np.float64]]
    """Share of them ended so, by whole months since the beginning: shape (futures, months + 1), by ending."""
    waiting: NDArray[np.float64]
    """Share still waiting after so many whole months, shape (futures, months + 1)."""

    def within(self, ending: str, months: int) -> Band:
        """Share whose wait ended so within ``months``; KeyError for another ending."""
        return band(self.ended[ending][:, months])

    def median(self) -> Band:
        """Months until half of them waited no more, however the wait ended; the longest counted where that is not reached."""
        below = self.waiting <= 0.5
        months = np.where(below.any(axis=1), below.argmax(axis=1), self.waiting.shape[1] - 1)
        return band(months.astype(np.float64))


def waits(run: Run, academic_years: Sequence[str], need: str | None = None) -> Waits:
    """Waits that began in ``academic_years`` (labels), of one need or all; ValueError for a label that the run does not have.

    Futures without any wait are left out.
    """
    years = [run.labels("academic_year").index(year) for year in academic_years]
    counts = run.tallies["waits"][:, years].sum(axis=1)
    counts = counts[:, run.labels("need").index(need)] if need else counts.sum(axis=1)
    counts = counts[counts.sum(axis=(1, 2)) > 0]  # (futures, outcomes, months)
    leaving = counts.sum(axis=1)
    at_risk = leaving[:, ::-1].cumsum(axis=1)[:, ::-1].astype(np.float64)
    hazard = np.divide(counts[:, :-1], at_risk[:, None], out=np.zeros(counts[:, :-1].shape), where=at_risk[:, None] > 0)
    after = np.cumprod(1 - hazard.sum(axis=1), axis=1)
    before = np.concatenate((np.ones((len(after), 1)), after[:, :-1]), axis=1)
    ended = np.cumsum(before[:, None] * hazard, axis=2)
    begun = band(counts.sum(axis=(1, 2))) if len(counts) else Band(0.0, 0.0, 0.0, 0.0)
    return Waits(begun, {name: ended[:, position] for position, name in enumerate(ENDINGS)}, after)
