"""The front door: this week's requests arrive, and this week's families with a plan move in."""

from __future__ import annotations

import numpy as np

from sufficiency.simulation.caseload import UNDECIDED, Rows
from sufficiency.simulation.council import Council
from sufficiency.simulation.placements import PlacementPanel


class FrontDoor:
    """Takes in each week's new requests, for the decision panel, and transfers in, for the placement panel."""

    def __init__(self, council: Council, requests: Rows, movers_in: Rows, weeks_in: Rows, placements: PlacementPanel) -> None:
        self._state, self._placements = council.caseload.state, placements
        weeks = np.arange(council.weeks + 1)
        self._requests = requests
        self._edges: list[int] = council.caseload.request_week[requests].searchsorted(weeks).tolist()
        self._movers_in = movers_in
        self._edges_in: list[int] = weeks_in.searchsorted(weeks).tolist()
        if movers_in.size:
            placements.expect(movers_in, weeks_in)

    def step(self, week: int) -> None:
        """One week at the front door."""
        self._state[self._requests[self._edges[week] : self._edges[week + 1]]] = UNDECIDED
        first, last = self._edges_in[week], self._edges_in[week + 1]
        if last > first:
            self._placements.move_in(week, self._movers_in[first:last])
