"""The front door: this week's requests arrive, and this week's families with a plan move in."""

from __future__ import annotations

import numpy as np

from sufficiency.simulation.caseload import UNDECIDED, Rows
from sufficiency.simulation.council import Council
from sufficiency.simulation.decisions import DecisionPanel
from sufficiency.simulation.placements import PlacementPanel


class FrontDoor:
    """Hands each week's new requests to the decision panel, and transfers in to the placement panel."""

    def __init__(
        self,
        council: Council,
        requests: Rows,
        movers_in: Rows,
        weeks_in: Rows,
        panel: DecisionPanel,
        placements: PlacementPanel,
    ) -> None:
        self._council, self._panel, self._placements = council, panel, placements
        weeks = np.arange(council.weeks + 1)
        self._requests = requests
        self._edges = np.searchsorted(council.caseload.request_week[requests], weeks)
        self._movers_in = movers_in
        self._edges_in = np.searchsorted(weeks_in, weeks)

    def step(self, week: int) -> None:
        """One week at the front door."""
        new = self._requests[self._edges[week] : self._edges[week + 1]]
        if new.size:
            self._council.caseload.state[new] = UNDECIDED
            self._panel.receive(new)
        moved = self._movers_in[self._edges_in[week] : self._edges_in[week + 1]]
        if moved.size:
            self._placements.move_in(week, moved)
