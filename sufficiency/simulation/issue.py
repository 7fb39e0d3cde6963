"""Who needs a specialist place by the time the plan is issued."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import FIRST_NCY, LAST_NCY, NEEDS
from sufficiency.simulation.arrivals import NCYS
from sufficiency.simulation.caseload import STATUTORY_WEEKS, Rows
from sufficiency.simulation.council import Council
from sufficiency.simulation.opening import WEEKS_A_YEAR


class IssueChances:
    """The chance that a child needs a specialist place when the plan is issued.

    Need does not wait for the plan: what would have emerged since the plan was due, by the yearly hazard and at the move to
    secondary, has emerged. Chances of *no* need multiply, so their logarithms are tabled by need and NCY and added:

        log P(none) = log(1 - at issue) + years late x log(1 - hazard) + log(1 - jump) where Year 7 began while it was late.
    """

    def __init__(self, council: Council) -> None:
        settings = council.scenario.placements
        latent = settings.latent.value
        self._council = council
        self._at_issue = np.array([settings.specialist_at_issue.value[n] for n in NEEDS.codes]) * latent
        self._hazard = np.array([settings.emergence_by_need.value[n] for n in NEEDS.codes]) * latent
        primary, secondary = settings.emergence_primary.value, settings.emergence_secondary.value
        self._yearly = np.where(NCYS < 7, primary, np.where(NCYS < 12, secondary, 0.0))
        self._jump, self._stay = settings.jump_at_secondary.value, settings.stay_special_post_16.value
        self._log_u = np.log1p(-council.uniforms("issue/specialist", slice(None)))
        self._ncy_when_due = _ncy_when_due(council)
        self._factor, self._tables = -1.0, self._tabled(1.0)

    def need_specialist(self, week: int, rows: Rows, ncy: NDArray[np.int8]) -> NDArray[np.bool_]:
        """Which of ``rows``, whose plans are issued in ``week`` at ``ncy``, need a specialist place; shape (n,)."""
        factor = float(self._council.factor["specialist_need"][week])
        if factor != self._factor:
            self._factor, self._tables = factor, self._tabled(factor)
        at_issue, yearly, jump = self._tables
        caseload = self._council.caseload
        need, column = caseload.need[rows], np.minimum(ncy, LAST_NCY) - FIRST_NCY
        late = np.maximum((week - STATUTORY_WEEKS) - caseload.request_week[rows], 0) * (1 / WEEKS_A_YEAR)
        none = at_issue[need, column] + late * yearly[need, column]
        moved_up = (ncy >= 7) & (self._ncy_when_due[rows] < 7)
        none += moved_up * jump[need]
        needs: NDArray[np.bool_] = self._log_u[rows] > none
        return needs

    def _tabled(self, factor: float) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Logarithms of the chance of no need: at issue and a year late, by need and NCY, and at the jump, by need."""
        # After Year 11 only those who stay in special provision need a place.
        stay = np.where(NCYS >= 12, self._stay, 1.0)
        at_issue = np.minimum(self._at_issue * factor, 1.0)[:, None] * stay
        yearly = np.minimum(self._hazard[:, None] * factor * self._yearly, 1.0)
        jump = np.minimum(self._hazard * factor * self._jump, 1.0)
        return _log_none(at_issue), _log_none(yearly), _log_none(jump)


def _ncy_when_due(council: Council) -> NDArray[np.int64]:
    """NCY of each row in the week in which its plan is due, 20 weeks after the request."""
    due = council.caseload.request_week.astype(np.int64) + STATUTORY_WEEKS
    year = council.calendar.academic_years[np.clip(due, 0, council.weeks - 1)] - (due < council.first_year_start)
    ncy: NDArray[np.int64] = year - council.caseload.reception_year
    return ncy


def _log_none(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    logs: NDArray[np.float64] = np.log(np.maximum(1 - chance, 1e-300))
    return logs
