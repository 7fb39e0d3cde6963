"""The agenda of an academic year: what will happen to whom in which week, drawn once a child and year.

A yearly probability p becomes a week by one uniform u: it happens where u < p, at the fraction u / p of the year. For a child
who joins during the year what would have happened before does not.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import FIRST_NCY, NEEDS, SETTINGS
from sufficiency.simulation.arrivals import NCYS
from sufficiency.simulation.caseload import NEVER, Rows, S
from sufficiency.simulation.council import Council
from sufficiency.simulation.opening import WEEKS_A_YEAR

CEASE, TRANSFER_OUT, EMERGE, TO_ELSEWHERE, COLLEGE_TO_ELSEWHERE, STEP_DOWN = range(6)
_STREAMS = ("cease", "transfer-out", "emerge", "to-elsewhere", "college-to-elsewhere", "step-down")


class Agenda:
    """Weeks of the events above for every row, in this academic year."""

    def __init__(self, council: Council) -> None:
        placements, reviews = council.scenario.placements, council.scenario.reviews
        self._council = council
        self._weeks = np.full((len(_STREAMS), len(council.caseload)), NEVER, dtype=np.int16)
        self._year, self._u = -1, np.zeros((len(_STREAMS), 0))
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
        self._chance = chance

    def plan_year(self, rows: Rows, now: int, year_start: int) -> None:
        """Draw the agenda of ``rows`` for the academic year that began in week ``year_start``; only weeks after ``now`` count."""
        if not rows.size:
            return
        caseload, council = self._council.caseload, self._council
        chance = self._chance[:, np.clip(caseload.ncy[rows] - FIRST_NCY, 0, NCYS.size - 1), caseload.setting[rows]]
        chance[EMERGE] *= self._hazard[caseload.need[rows]] * council.factor["specialist_need"][max(now, 0)]
        u = self._uniforms_of(int(council.calendar.academic_years[max(now, 0)]))[:, rows]
        with np.errstate(divide="ignore", invalid="ignore"):  # a chance of 0 gives no week
            when = year_start + np.floor(u / chance * WEEKS_A_YEAR)
        self._weeks[:, rows] = np.where((u < chance) & (when > now), when, NEVER)

    def _uniforms_of(self, year: int) -> NDArray[np.float64]:
        """One uniform for each kind of event and row in an academic year, shape (kinds, rows)."""
        if self._year != year:
            streams, key = self._council.streams, self._council.caseload.key
            self._year = year
            self._u = np.stack([streams.uniforms(f"{stream}/{year}", key) for stream in _STREAMS])
        return self._u

    def due(self, week: int) -> Iterator[tuple[int, Rows]]:
        """The kinds of event that fall in ``week``, each with its rows in order."""
        hits = np.flatnonzero(self._weeks == week)
        if not hits.size:
            return
        rows = self._weeks.shape[1]
        edges = np.searchsorted(hits, np.arange(len(_STREAMS) + 1) * rows)
        for kind in range(len(_STREAMS)):
            if edges[kind] < edges[kind + 1]:
                yield kind, hits[edges[kind] : edges[kind + 1]] - kind * rows
