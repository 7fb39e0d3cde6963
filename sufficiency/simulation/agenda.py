"""The agenda of an academic year: what will happen to whom in which week, drawn once a child and year.

A yearly probability p becomes a week by one uniform u: it happens where u < p, at the fraction u / p of the year.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import FIRST_NCY, LAST_NCY, NEEDS, SETTINGS
from sufficiency.simulation.arrivals import NCYS
from sufficiency.simulation.caseload import CEASED, NO_SETTING, Rows, S
from sufficiency.simulation.council import NOBODY, Council
from sufficiency.simulation.issue import yearly_emergence

CEASE, TRANSFER_OUT, EMERGE, TO_ELSEWHERE, COLLEGE_TO_ELSEWHERE, STEP_DOWN, ASK_TO_RETURN = range(7)
WEEKS_OF_AGENDA = 52
"""Weeks over which a year's events are spread: those of the shortest academic year, so that none falls into the next."""
Due = tuple[NDArray[np.int64], NDArray[np.int64], Rows, NDArray[np.int8]]
IS_EMERGENCE, IS_CEASING, IS_MOVE = range(3)
_SORT = np.array([IS_CEASING, IS_MOVE, IS_EMERGENCE, IS_MOVE, IS_MOVE, IS_MOVE, IS_EMERGENCE])
"""The sort of each kind of event."""
SITUATIONS = 2 * (len(SETTINGS) + 1)
"""How a child may stand when an event comes: in a setting or in none, and waiting or not."""
_TO = np.full(len(_SORT), NO_SETTING, dtype=np.int8)
_TO[[TO_ELSEWHERE, COLLEGE_TO_ELSEWHERE]] = S["elsewhere"]
_TO[STEP_DOWN] = S["mainstream"]
# An event as one number, so that one sort puts them in order: week, sort, row, kind.
_ROW, _SORTED, _WEEK = 3, 40, 43
_KIND, _ROWS = (1 << _ROW) - 1, (1 << _SORTED - _ROW) - 1
_STREAMS = ("cease", "transfer-out", "emerge", "to-elsewhere", "college-to-elsewhere", "step-down", "return")


_NCY = np.clip(np.arange(256, dtype=np.uint8).view(np.int8).astype(np.int64), FIRST_NCY, LAST_NCY)
CELL = (_NCY - FIRST_NCY) * len(SETTINGS)
"""NCY and setting as one number, less the setting, by the NCY's byte."""
_JOINS = np.where(_NCY < 0, S["early_years"], np.where(_NCY < 12, S["mainstream"], S["further_education"])).astype(np.int8)
"""The setting that those of an NCY will join who have none yet, by its byte."""


class Agenda:
    """Kind and row of the events of the academic year at hand, by week.

    The year is drawn for everyone who has a plan or will get one before it ends (``joins`` is the week in which each row does):
    until they have one their events pass them by, so that a child who joins in a week has the rest of that year's agenda and no
    more.
    """

    def __init__(self, council: Council, joins: NDArray[np.int16]) -> None:
        placements, reviews = council.scenario.placements, council.scenario.reviews
        self._council, self._joins = council, joins
        self._kind = self._sort = self._row = NOBODY
        self._to = _TO[:0]
        self._edges, self._year_start = [0] * (WEEKS_OF_AGENDA + 1), 0
        self._hazard = np.array([placements.emergence_by_need.value[n] for n in NEEDS.codes]) * placements.latent.value
        # Chances by kind, NCY and setting; emergence is multiplied by the need's hazard.
        chance = np.zeros((len(_STREAMS), NCYS.size, len(SETTINGS)))
        chance[CEASE] = np.array([reviews.ceasing.value[str(n)] for n in NCYS])[:, None]
        chance[TRANSFER_OUT] = reviews.transfers_out.value
        chance[EMERGE, :, S["mainstream"]] = yearly_emergence(placements)
        chance[TO_ELSEWHERE, (NCYS >= 7) & (NCYS < 12), S["mainstream"]] = placements.mainstream_to_elsewhere.value
        chance[COLLEGE_TO_ELSEWHERE, :, S["further_education"]] = placements.college_to_elsewhere.value
        if placements.return_in_year:
            chance[ASK_TO_RETURN, NCYS < 12, S["independent"]] = placements.return_in_year.value
        chance[STEP_DOWN, :, S["special"]] = chance[STEP_DOWN, :, S["resourced"]] = placements.step_down.value
        self._chance = chance.reshape(len(_STREAMS), -1)
        self._is_possible = self._chance > 0
        self._kinds = [(kind, _STREAMS[kind]) for kind in np.flatnonzero(self._is_possible.any(axis=1)).tolist()]

    def plan_year(self, now: int, year_start: int) -> None:
        """Draw the academic year that began in week ``year_start``, as seen in week ``now`` (-1 before the clock starts)."""
        caseload, council = self._council.caseload, self._council
        rows = ((self._joins < year_start + WEEKS_OF_AGENDA) & (caseload.state != CEASED)).nonzero()[0]
        ncy, setting = caseload.ncy[rows].view(np.uint8), caseload.setting[rows]
        cell = CELL[ncy] + np.where(setting < 0, _JOINS[ncy], setting)
        emergence = self._hazard[caseload.need[rows]] * council.factor["specialist_need"][max(now, 0)]
        year = int(council.calendar.academic_years[max(now, 0)])
        key = caseload.key[rows]
        keys = [NOBODY]
        for kind, stream in self._kinds:
            at_risk = self._is_possible[kind][cell].nonzero()[0]
            chance = self._chance[kind][cell[at_risk]]
            if kind == EMERGE:
                chance *= emergence[at_risk]
            u = council.streams.uniforms(f"{stream}/{year}", key[at_risk])
            happens = (u < chance).nonzero()[0]
            week = (u[happens] / chance[happens] * WEEKS_OF_AGENDA).astype(np.int64)
            keys.append(week << _WEEK | rows[at_risk[happens]] << _ROW | kind)
        # A child for whom two changes fall in one week makes the first of them.
        events = np.sort(np.concatenate(keys))
        first = np.ones(events.size, dtype=np.bool_)
        np.not_equal(events[1:] >> _ROW, events[:-1] >> _ROW, out=first[1:])
        events = events[first]
        # Within a week those who come to need a place, then plans due to cease, then moves; each in order of row.
        events |= _SORT[events & _KIND] << _SORTED
        events.sort()
        happening, self._sort = events & _KIND, events >> _SORTED & _KIND
        self._kind, self._to = happening * SITUATIONS, _TO[happening]
        self._row, self._year_start = events >> _ROW & _ROWS, year_start
        self._edges = (events >> _WEEK).searchsorted(np.arange(WEEKS_OF_AGENDA + 1)).tolist()

    def due(self, week: int) -> Due | None:
        """Each event of ``week``, in order of sort and row; None where there is none.

        Its kind (times :data:`SITUATIONS`), its sort, its row, and where it takes the child: ``NO_SETTING`` is out of
        the caseload.
        """
        position = week - self._year_start
        if not 0 <= position < WEEKS_OF_AGENDA:
            return None
        first, last = self._edges[position], self._edges[position + 1]
        if first == last:
            return None
        return self._kind[first:last], self._sort[first:last], self._row[first:last], self._to[first:last]
