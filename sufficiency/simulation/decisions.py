"""The decision panel: whether to assess, by week 6 where capacity allows."""

from __future__ import annotations

from sufficiency.simulation.advice import AllocationMeeting
from sufficiency.simulation.caseload import IN_ADVICE, REFUSED, WITHDRAWN, Rows
from sufficiency.simulation.council import Council
from sufficiency.simulation.queues import Due, Queue


class DecisionPanel:
    """Takes the oldest requests whose papers are ready; some are withdrawn, some refused, and some refusals come back."""

    def __init__(self, council: Council, meeting: AllocationMeeting, undecided: Rows) -> None:
        settings = council.scenario.decisions
        self._council, self._meeting = council, meeting
        self._queue = Queue(undecided)
        self._ready_after = settings.weeks_before_panel.value
        self._capacity = council.capacity(settings.decisions_per_week.value, follows_demand=settings.follows_demand.value)
        self._refused, self._overturned = settings.refused.value, settings.overturned.value
        everyone = slice(None)
        self._withdrawn = council.uniforms("request/withdrawn", everyone) < settings.withdrawn.value
        self._refusal = council.uniforms("request/refused", everyone)
        self._weeks_to_overturn = settings.weeks_to_overturn.value
        self._returns = Due(council.weeks)

    def receive(self, rows: Rows) -> None:
        """New requests wait for the panel."""
        self._queue.add(rows)

    @property
    def undecided(self) -> Rows:
        """Requests that await a decision."""
        return self._queue.rows

    def step(self, week: int) -> None:
        """One weekly panel."""
        caseload = self._council.caseload
        back = self._returns.take(week)
        if back.size:
            caseload.overturn_week[back] = week
            caseload.state[back] = IN_ADVICE
            self._meeting.receive(week, back)
        ready = int(caseload.request_week[self._queue.rows].searchsorted(week - self._ready_after, side="right"))
        taken = self._queue.take_first(min(ready, int(self._capacity[week])))
        if not taken.size:
            return
        caseload.decision_week[taken] = week
        withdrawn = self._withdrawn[taken]
        refused = self._refusal[taken] < self._refused * self._council.factor["refusal"][week]
        refused &= ~withdrawn
        gone, turned_down = taken[withdrawn], taken[refused]
        if gone.size:
            caseload.state[gone] = WITHDRAWN
            caseload.withdrawal_week[gone] = week
        if turned_down.size:
            caseload.state[turned_down] = REFUSED
            caseload.refusal_week[turned_down] = week
            appealed = self._council.uniforms("request/overturned", turned_down) < self._overturned
            self._returns.add(week + max(self._weeks_to_overturn, 1), turned_down[appealed])
        accepted = taken[~(withdrawn | refused)]
        caseload.state[accepted] = IN_ADVICE
        self._meeting.receive(week, accepted)
