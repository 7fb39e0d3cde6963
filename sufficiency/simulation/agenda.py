"""The agenda of an academic year: what will happen to whom in which week, drawn once a child and year.

A yearly probability p becomes a week by one uniform u: it happens where u < p, at the fraction u / p of the year.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import FIRST_NCY, NEEDS, SETTINGS
from sufficiency.simulation.arrivals import NCYS
from sufficiency.simulation.caseload import CEASED, NEVER, WITHDRAWN, Rows, S
from sufficiency.simulation.council import NOBODY, Council

CEASE, TRANSFER_OUT, EMERGE, TO_ELSEWHERE, COLLEGE_TO_ELSEWHERE, STEP_DOWN = range(6)
WEEKS_OF_AGENDA = 52
"""Weeks over which a year's events are spread: those of the shortest academic year, so that none falls into the next."""
_COLLEGE = S["further_education"]
_IS_OVER = np.isin(np.arange(CEASED + 1), [CEASED, WITHDRAWN])
_STREAMS = ("cease", "transfer-out", "emerge", "to-elsewhere", "college-to-elsewhere", "step-down")


class Agenda:
    """Kind and row of the events of the academic year at hand, by week.

    The year is drawn for everyone who has a plan or may get one before it ends: until they have one their events pass them by,
    so that a child who joins in a week has the rest of that year's agenda and no more.
    """

    def __init__(self, council: Council) -> None:
        placements, reviews = council.scenario.placements, council.scenario.reviews
        self._council = council
        self._kind, self._row = NOBODY, NOBODY
        self._edges, self._year_start = [0] * (WEEKS_OF_AGENDA + 1), 0
        self._hazard = np.array([placements.emergence_by_need.value[n] for n in NEEDS.codes]) * placements.latent.value
        # Chances by kind, NCY and setting; emergence is multiplied by the need's hazard.
        chance = np.zeros((len(_STREAMS), NCYS.size, len(SETTINGS)))
        chance[CEASE] = np.array([reviews.ceasing.value[str(n)] for n in NCYS])[:, None]
        chance[TRANSFER_OUT] = reviews.transfers_out.value
        chance[EMERGE, NCYS < 7, S["mainstream"]] = placements.emergence_primary.value
        chance[EMERGE, (NCYS >= 7) & (NCYS < 12), S["mainstream"]] = placements.emergence_secondary.value
        chance[TO_ELSEWHERE, (NCYS >= 7) & (NCYS < 12), S["mainstream"]] = placements.mainstream_to_elsewhere.value
        chance[COLLEGE_TO_ELSEWHERE, :, S["further_education"]] = placements.college_to_elsewhere.value
        chance[STEP_DOWN, :, S["special"]] = chance[STEP_DOWN, :, S["resourced"]] = placements.step_down.value
        self._chance = chance.reshape(len(_STREAMS), -1)
        self._is_possible = self._chance > 0
        self._kinds = [(kind, _STREAMS[kind]) for kind in np.flatnonzero(self._is_possible.any(axis=1)).tolist()]

    def plan_year(self, now: int, year_start: int) -> None:
        """Draw the academic year that began in week ``year_start``, as seen in week ``now`` (-1 before the clock starts)."""
        caseload, council = self._council.caseload, self._council
        coming = caseload.request_week < year_start + WEEKS_OF_AGENDA + 2
        coming |= caseload.request_week == NEVER  # came, or will move in, with a plan
        rows = (coming & ~_IS_OVER[caseload.state]).nonzero()[0]
        # As int64: the cell numbers below do not fit the caseload's int8.
        ncy = np.clip(caseload.ncy[rows].astype(np.int64) - FIRST_NCY, 0, NCYS.size - 1)
        setting = caseload.setting[rows]
        # Who has no setting yet will join mainstream, an early years setting or further education, by age.
        joins = np.where(ncy + FIRST_NCY < 0, S["early_years"], np.where(ncy + FIRST_NCY < 12, S["mainstream"], _COLLEGE))
        cell = ncy * len(SETTINGS) + np.where(setting < 0, joins, setting)
        emergence = self._hazard[caseload.need[rows]] * council.factor["specialist_need"][max(now, 0)]
        year = int(council.calendar.academic_years[max(now, 0)])
        key = caseload.key[rows]
        kinds, weeks, found = [], [], []
        for kind, stream in self._kinds:
            at_risk = self._is_possible[kind][cell].nonzero()[0]
            chance = self._chance[kind][cell[at_risk]]
            if kind == EMERGE:
                chance *= emergence[at_risk]
            u = council.streams.uniforms(f"{stream}/{year}", key[at_risk])
            happens = (u < chance).nonzero()[0]
            kinds.append(np.full(happens.size, kind))
            weeks.append((u[happens] / chance[happens] * WEEKS_OF_AGENDA).astype(np.int64))
            found.append(rows[at_risk[happens]])
        kind_of, week, row = np.concatenate([NOBODY, *kinds]), np.concatenate([NOBODY, *weeks]), np.concatenate([NOBODY, *found])
        order = np.lexsort((kind_of, row, week))
        kind_of, row, week = kind_of[order], row[order], week[order]
        # A child for whom two changes fall in one week makes the first of them.
        first = np.ones(row.size, dtype=np.bool_)
        first[1:] = (row[1:] != row[:-1]) | (week[1:] != week[:-1])
        self._kind, self._row, self._year_start = kind_of[first], row[first], year_start
        self._edges = week[first].searchsorted(np.arange(WEEKS_OF_AGENDA + 1)).tolist()

    def due(self, week: int) -> tuple[NDArray[np.int64], Rows]:
        """Kind and row of each event of ``week``, in order of row."""
        position = week - self._year_start
        if not 0 <= position < WEEKS_OF_AGENDA:
            return NOBODY, NOBODY
        first, last = self._edges[position], self._edges[position + 1]
        if first == last:
            return NOBODY, NOBODY
        events = slice(first, last)
        return self._kind[events], self._row[events]
