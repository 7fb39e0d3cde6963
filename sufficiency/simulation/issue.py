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

_POST_16, ADULT = 12, 15
"""First NCYs after compulsory school age, and after the last year of school (at 19)."""


class Issue:
    """What issue brings: the setting in which a plan starts, and whether a specialist place is needed by then.

    Need does not wait for the plan: what would have emerged since the plan was due, by the yearly hazard and at the move to
    secondary, has emerged. Chances of *no* need multiply, so their logarithms are tabled by need and NCY and added:

        log P(none) = log(1 - at issue) + years late x log(1 - hazard) + log(1 - jump) where Year 7 began while it was late.

    It falls with every week, so that each child has one week from which issue finds a need. As nothing after issue changes when
    that is, all plans of the horizon are looked at together. Interventions on specialist need act with the level that they have
    at the beginning of the academic year (or of the clock).
    """

    def __init__(self, council: Council) -> None:
        settings = council.scenario.placements
        latent = settings.latent.value
        self._council = council
        self._at_issue = np.array([settings.specialist_at_issue.value[n] for n in NEEDS.codes]) * latent
        self._hazard = np.array([settings.emergence_by_need.value[n] for n in NEEDS.codes]) * latent
        self._yearly = yearly_emergence(settings)
        self._jump, self._stay = settings.jump_at_secondary.value, settings.stay_special_post_16.value
        start = np.where(NCYS < 0, S["early_years"], S["mainstream"])
        self._by_ncy = np.where(NCYS < ADULT, start, S["further_education"]).astype(np.int8)  # schools end at 19

    def school_place(self, ncy: NDArray[np.integer]) -> NDArray[np.int8]:
        """Setting in which children of given NCYs are while they hold no specialist place, the same shape."""
        setting: NDArray[np.int8] = self._by_ncy[np.clip(ncy, FIRST_NCY, LAST_NCY) - FIRST_NCY]
        return setting

    def found(self, rows: Rows, weeks: NDArray[np.int64]) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
        """Of ``rows``, whose plans are issued in ``weeks``: where each plan starts, and who needs a specialist place and waits
        for it there; all of shape (n,)."""
        council = self._council
        begins = np.array([0, *council.calendar.september_weeks])
        year = begins[1:].searchsorted(weeks, side="right")  # everyone moves up in the first week that lies wholly in September
        ncy = council.calendar.academic_years[begins][year] - council.caseload.reception_year[rows]
        needs = self._need_from(rows, ncy, year, council.factor["specialist_need"][begins]) <= weeks
        school = self.school_place(ncy)
        college = (ncy >= _POST_16) & (ncy < ADULT) & ~needs
        return np.where(college, self._after_16(rows), school), needs

    def _after_16(self, rows: Rows) -> NDArray[np.int8]:
        """Where a plan issued after Year 11 starts for those who need no specialist place."""
        settings = self._council.scenario.placements
        u = self._council.streams.uniforms("issue/post-16", self._council.caseload.key[rows])
        college = np.where(u < settings.post_16_elsewhere.value, S["elsewhere"], S["further_education"])
        return np.where(u > 1 - settings.stay_mainstream_post_16.value, S["mainstream"], college).astype(np.int8)

    def _need_from(
        self, rows: Rows, ncy: NDArray[np.int64], year: NDArray[np.int64], factors: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """First week in which issue finds a specialist need, where each is of ``ncy`` in an academic year that has its factor."""
        council, caseload, factor = self._council, self._council.caseload, factors[:, None]
        # After Year 11 only those who stay in special provision need a place, and after the last year of school nobody does.
        stay = np.where(NCYS >= ADULT, 0.0, np.where(NCYS >= _POST_16, self._stay, 1.0))
        at_issue = _log_none(np.minimum(self._at_issue * factor, 1.0)[..., None] * stay)
        jump = _log_none(np.minimum(self._hazard * factor * self._jump, 1.0))[..., None] * (NCYS < ADULT)
        yearly = _log_none(np.minimum(self._hazard[:, None] * factor[..., None] * self._yearly, 1.0)) * (1 / WEEKS_A_YEAR)
        # One cell for each academic year, whether Year 7 began while the plan was late, need, and NCY.
        none = np.stack((at_issue, at_issue + jump), axis=1).ravel()
        rate = np.minimum(np.stack((yearly, yearly), axis=1), -1e-12).ravel()
        cell = year * 2 + ((ncy >= 7) & (_ncy_when_due(council, rows) < 7))
        cell = (cell * len(NEEDS) + caseload.need[rows]) * NCYS.size + (np.clip(ncy, FIRST_NCY, LAST_NCY) - FIRST_NCY)
        # The child is in need once log(1 - u) > log P(none): find how many weeks late that comes about.
        missing = np.log1p(-council.streams.uniforms("issue/specialist", caseload.key[rows])) - none[cell]
        late: NDArray[np.float64] = np.floor(missing / rate[cell]) + (caseload.request_week[rows] + float(STATUTORY_WEEKS + 1))
        late[missing > 0] = -NEVER
        return late


def yearly_emergence(settings: Placements) -> NDArray[np.float64]:
    """Yearly probability by NCY that a child in mainstream comes to need a specialist place, where need's own factor is 1."""
    primary, secondary = settings.emergence_primary.value, settings.emergence_secondary.value
    level = np.where(NCYS < 7, primary, np.where(NCYS < _POST_16, secondary, 0.0))
    if settings.emergence_by_ncy:
        level *= np.array([settings.emergence_by_ncy.value.get(str(n), 1.0) for n in NCYS])
    return np.minimum(level, 1.0)


def _ncy_when_due(council: Council, rows: Rows) -> NDArray[np.int64]:
    """NCY of each of ``rows`` in the week in which its plan is due, 20 weeks after the request."""
    due = council.caseload.request_week[rows].astype(np.int64) + STATUTORY_WEEKS
    year = council.calendar.academic_years[np.clip(due, 0, council.weeks - 1)] - (due < council.first_year_start)
    ncy: NDArray[np.int64] = year - council.caseload.reception_year[rows]
    return ncy


def _log_none(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    logs: NDArray[np.float64] = np.log(np.maximum(1 - chance, 1e-300))
    return logs
