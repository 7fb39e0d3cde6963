"""The front door: families with a plan move in, in the week that was laid out for each.

Requests need nobody here: the decision panel finds them by their week.
"""

from __future__ import annotations

import numpy as np

from sufficiency.simulation.caseload import Rows
from sufficiency.simulation.council import Council
from sufficiency.simulation.placements import PlacementPanel


class FrontDoor:
    """Hands each week's transfers in to the placement panel."""

    def __init__(self, council: Council, movers_in: Rows, weeks_in: Rows, placements: PlacementPanel) -> None:
        self._placements, self._movers_in = placements, movers_in
        self._edges_in: list[int] = weeks_in.searchsorted(np.arange(council.weeks + 1)).tolist()
        if movers_in.size:
            placements.expect(movers_in, weeks_in)

    def step(self, week: int) -> None:
        """One week at the front door."""
        first, last = self._edges_in[week], self._edges_in[week + 1]
        if last > first:
            self._placements.move_in(week, self._movers_in[first:last])
