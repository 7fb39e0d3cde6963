"""The decision panel: whether to assess, by week 6 where capacity allows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.simulation.advice import AllocationMeeting
from sufficiency.simulation.caseload import Rows
from sufficiency.simulation.council import Council


class DecisionPanel:
    """Takes the oldest requests whose papers are ready; some are withdrawn, some refused, and some refusals come back.

    Nothing later in the pathway changes what the panel does, so its decisions are laid out for the whole horizon at once.
    ``requests`` are all who await a decision on the first day and all who will ask, in order of request.
    """

    def __init__(self, council: Council, meeting: AllocationMeeting, requests: Rows) -> None:
        settings = council.scenario.decisions
        self._council, self._requests = council, requests
        capacity = council.capacity(settings.decisions_per_week.value, follows_demand=settings.follows_demand.value)
        asked = council.caseload.request_week[requests]
        weeks = np.arange(council.weeks)
        self._arrived = asked.searchsorted(weeks, side="right").tolist()
        ready = asked.searchsorted(weeks - settings.weeks_before_panel.value, side="right")
        decided = served(ready, capacity)
        self._decided = [0, *decided.tolist()]
        rows = requests[: decided[-1]]
        week = decided.searchsorted(np.arange(rows.size), side="right")
        changes = settings.refused_from.value if settings.refused_from else {}
        self._refused = council.since(changes, settings.refused.value) * council.factor["refusal"]
        entering, weeks_in = self._decide(rows, week)
        order = np.lexsort((entering, weeks_in))
        self.accepted, self.accepted_in = entering[order], weeks_in[order]
        """Who will be assessed, and the week in which each comes to the meeting."""
        meeting.expect(self.accepted, self.accepted_in)

    def _decide(self, rows: Rows, week: NDArray[np.int64]) -> tuple[Rows, NDArray[np.int64]]:
        """Decide on ``rows`` in their ``week``; returns who will be assessed, and the week in which each comes to the meeting."""
        council, caseload = self._council, self._council.caseload
        settings = council.scenario.decisions
        withdrawn = self._uniforms("request/withdrawn", rows) < settings.withdrawn.value
        refused = self._uniforms("request/refused", rows) < self._refused[week]
        refused &= ~withdrawn
        caseload.decision_week[rows[~withdrawn]] = week[~withdrawn]
        caseload.withdrawal_week[rows[withdrawn]] = week[withdrawn]
        turned_down, when = rows[refused], week[refused]
        caseload.refusal_week[turned_down] = when
        mediated = self._uniforms("request/mediation", turned_down) < settings.overturned_by_mediation.value
        appealed = self._uniforms("request/tribunal", turned_down) < settings.overturned_by_tribunal.value
        when = when + np.where(mediated, max(settings.weeks_to_mediation.value, 1), max(settings.weeks_to_tribunal.value, 1))
        back = (mediated | appealed) & (when < council.weeks)
        caseload.overturn_week[turned_down[back]] = when[back]
        accepted = ~(withdrawn | refused)
        return np.concatenate((rows[accepted], turned_down[back])), np.concatenate((week[accepted], when[back]))

    def _uniforms(self, stream: str, rows: Rows) -> NDArray[np.float64]:
        """One uniform for each of ``rows``, drawn for them only: nothing is asked twice."""
        return self._council.streams.uniforms(stream, self._council.caseload.key[rows])

    def undecided(self, week: int) -> Rows:
        """Requests that await a decision at the end of ``week``."""
        return self._requests[self._decided[week + 1] : self._arrived[week] if week >= 0 else self._at_start]

    @property
    def _at_start(self) -> int:
        """How many await a decision before the clock starts."""
        return int((self._council.caseload.request_week[self._requests] < 0).sum())


def served(ready: NDArray[np.int64], capacity: NDArray[np.int64]) -> NDArray[np.int64]:
    """Cases served by the end of each week, first come first served, shape (weeks,).

    ``ready`` is how many have become ready by then, ``capacity`` how many can be served in each week. By the recursion
    D(w) = min(ready(w), D(w - 1) + capacity(w)) from D(-1) = 0 (Lindley 1952), unrolled.
    """
    able = np.cumsum(capacity)
    done: NDArray[np.int64] = able + np.minimum(np.minimum.accumulate(ready - able), 0)
    return done
