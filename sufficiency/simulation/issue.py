"""Where a plan starts, and who needs a specialist place by the time it is issued."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import FIRST_NCY, LAST_NCY, NEEDS
from sufficiency.scenario.placement import Placements
from sufficiency.simulation.arrivals import NCYS
from sufficiency.simulation.caseload import NEVER, STATUTORY_WEEKS, Rows, S
from sufficiency.simulation.council import Council
from sufficiency.simulation.opening import WEEKS_A_YEAR

_POST_16, _ADULT = 12, 15
"""First NCYs after compulsory school age, and after the last year of school (at 19)."""


class Issue:
    """What issue would bring in the academic year at hand, laid out for everyone who may get a plan in it.

    Need does not wait for the plan: what would have emerged since the plan was due, by the yearly hazard and at the move to
    secondary, has emerged. Chances of *no* need multiply, so their logarithms are tabled by need and NCY and added:

        log P(none) = log(1 - at issue) + years late x log(1 - hazard) + log(1 - jump) where Year 7 began while it was late.

    It falls with every week, so that each child has one week from which issue finds a need. Interventions on specialist need
    act with the level that they have at the beginning of the academic year (or of the clock).
    """

    def __init__(self, council: Council) -> None:
        settings = council.scenario.placements
        latent = settings.latent.value
        self._council = council
        self._at_issue = np.array([settings.specialist_at_issue.value[n] for n in NEEDS.codes]) * latent
        self._hazard = np.array([settings.emergence_by_need.value[n] for n in NEEDS.codes]) * latent
        self._yearly = yearly_emergence(settings)
        self._jump, self._stay = settings.jump_at_secondary.value, settings.stay_special_post_16.value
        everyone = slice(None)
        u = council.uniforms("issue/post-16", everyone)
        college = np.where(u < settings.post_16_elsewhere.value, S["elsewhere"], S["further_education"])
        # Where a plan issued after Year 11 starts for those who need no specialist place.
        self._after_16 = np.where(u > 1 - settings.stay_mainstream_post_16.value, S["mainstream"], college).astype(np.int8)
        start = np.where(NCYS < 0, S["early_years"], S["mainstream"])
        self._by_ncy = np.where(NCYS < _ADULT, start, S["further_education"]).astype(np.int8)  # schools end at 19
        self._due = _ncy_when_due(council)
        self._log_u = np.log1p(-council.uniforms("issue/specialist", everyone))
        self.start = np.zeros(len(council.caseload), dtype=np.int8)
        """Setting in which a plan without specialist need starts, by row."""
        self.start_in_need = np.zeros(len(council.caseload), dtype=np.int8)
        """Setting in which a child who needs a specialist place starts, and waits."""
        self.need_from = np.full(len(council.caseload), NEVER, dtype=np.int16)
        """First week in which issue finds specialist need."""

    def school_place(self, ncy: NDArray[np.integer]) -> NDArray[np.int8]:
        """Setting in which children of given NCYs are while they hold no specialist place, the same shape."""
        setting: NDArray[np.int8] = self._by_ncy[np.clip(ncy, FIRST_NCY, LAST_NCY) - FIRST_NCY]
        return setting

    def plan_year(self, now: int, last_week: int) -> None:
        """Lay out the academic year seen in week ``now`` (-1 before the clock starts), for requests up to ``last_week``."""
        caseload = self._council.caseload
        rows = ((caseload.plan_week == NEVER) & (caseload.request_week <= last_week)).nonzero()[0]
        ncy = caseload.ncy[rows]
        self.start_in_need[rows] = school = self.school_place(ncy)
        self.start[rows] = np.where((ncy >= _POST_16) & (ncy < _ADULT), self._after_16[rows], school)
        self.need_from[rows] = self._need_from(max(now, 0), rows, ncy)

    def _need_from(self, week: int, rows: Rows, ncy: NDArray[np.int8]) -> NDArray[np.int16]:
        caseload, factor = self._council.caseload, float(self._council.factor["specialist_need"][week])
        # After Year 11 only those who stay in special provision need a place, and after the last year of school nobody does.
        stay = np.where(NCYS >= _ADULT, 0.0, np.where(NCYS >= _POST_16, self._stay, 1.0))
        at_issue = _log_none(np.minimum(self._at_issue * factor, 1.0)[:, None] * stay)
        jump = _log_none(np.minimum(self._hazard * factor * self._jump, 1.0))[:, None] * (NCYS < _ADULT)
        yearly = _log_none(np.minimum(self._hazard[:, None] * factor * self._yearly, 1.0)) * (1 / WEEKS_A_YEAR)
        # One cell for each need, NCY, and whether Year 7 began while the plan was late.
        none = np.concatenate((at_issue, at_issue + jump)).ravel()
        rate = np.minimum(np.concatenate((yearly, yearly)), -1e-12).ravel()
        cell = caseload.need[rows].astype(np.int64) * NCYS.size + (np.clip(ncy, FIRST_NCY, LAST_NCY) - FIRST_NCY)
        cell += ((ncy >= 7) & (self._due[rows] < 7)) * (len(NEEDS) * NCYS.size)
        # The child is in need once log(1 - u) > log P(none): find how many weeks late that comes about.
        missing = self._log_u[rows] - none[cell]
        late = np.floor(missing / rate[cell]) + (caseload.request_week[rows] + float(STATUTORY_WEEKS + 1))
        late[missing > 0] = -NEVER
        first: NDArray[np.int16] = np.clip(late, -NEVER, NEVER).astype(np.int16)
        return first


def yearly_emergence(settings: Placements) -> NDArray[np.float64]:
    """Yearly probability by NCY that a child in mainstream comes to need a specialist place, where need's own factor is 1."""
    primary, secondary = settings.emergence_primary.value, settings.emergence_secondary.value
    level = np.where(NCYS < 7, primary, np.where(NCYS < _POST_16, secondary, 0.0))
    if settings.emergence_by_ncy:
        level *= np.array([settings.emergence_by_ncy.value.get(str(n), 1.0) for n in NCYS])
    return np.minimum(level, 1.0)


def _ncy_when_due(council: Council) -> NDArray[np.int64]:
    """NCY of each row in the week in which its plan is due, 20 weeks after the request."""
    due = council.caseload.request_week.astype(np.int64) + STATUTORY_WEEKS
    year = council.calendar.academic_years[np.clip(due, 0, council.weeks - 1)] - (due < council.first_year_start)
    ncy: NDArray[np.int64] = year - council.caseload.reception_year
    return ncy


def _log_none(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    logs: NDArray[np.float64] = np.log(np.maximum(1 - chance, 1e-300))
    return logs
