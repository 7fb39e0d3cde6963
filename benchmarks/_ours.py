"""Our engine under the same rules: ``simulate`` as it stands, with a recorder that only remembers the council."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from unittest import mock

import numpy as np
from _rules import Rules
from _usual import Child, Draws
from numpy.typing import NDArray

from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation import future
from sufficiency.simulation.arrivals import requests
from sufficiency.simulation.caseload import NEVER, Rows
from sufficiency.simulation.council import NOBODY, Council
from sufficiency.simulation.pathway import pathway, run
from sufficiency.simulation.results import DEFAULT_BASE_SEED
from sufficiency.simulation.streams import Streams


class Remembering:
    """Stands where the recorder stands: the usual way counts nothing month by month either."""

    last: Council

    def __init__(self, council: Council, *services: Any) -> None:
        type(self).last = council

    def remember_opening(self) -> None:
        """Nothing is counted."""

    def step(self, week: int) -> None:
        """Nothing is counted."""

    def tallies(self) -> dict[str, NDArray[Any]]:
        """None."""
        return {}


def services(scenario: Scenario, replication: int) -> Council:
    """Every service of one future, wired and driven as :func:`sufficiency.simulation.future.simulate` does."""
    with mock.patch.object(future, "Recorder", Remembering):
        future.simulate(scenario, replication)
    return Remembering.last


def assessment_alone(scenario: Scenario, replication: int) -> Council:
    """The panel, the meeting with advice, and the team; nobody is placed."""
    streams = Streams(DEFAULT_BASE_SEED, replication)
    caseload = requests(scenario, streams)
    council = Council(scenario, streams, caseload)
    run(pathway(council, NOBODY, np.arange(len(caseload))))
    return council


def asked(council: Council) -> Rows:
    """Rows of those who ask within the horizon, in the order in which they ask."""
    week = council.caseload.request_week
    return np.flatnonzero((week >= 0) & (week < NEVER))


def measures(council: Council) -> dict[str, float]:
    """What the two engines are compared on."""
    caseload = council.caseload
    issued = np.flatnonzero(caseload.plan_week < NEVER)
    weeks = caseload.plan_week[issued] - caseload.request_week[issued].astype(np.int64)
    return {
        "plans issued": float(issued.size),
        "weeks to plan": float(weeks.mean()),
        "open at the end": float(_open_at_end(council).size),
        "waiting at the end": float(caseload.waiting.sum()),
        "in a place at the end": float((caseload.provision >= 0).sum()),
    }


def _open_at_end(council: Council) -> Rows:
    """Those who have asked and have neither a plan nor an answer that ends the matter."""
    caseload, rows = council.caseload, asked(council)
    turned_down = (caseload.refusal_week[rows] != NEVER) & (caseload.overturn_week[rows] == NEVER)
    ended = np.minimum.reduce([caseload.plan_week[rows], caseload.not_issued_week[rows], caseload.withdrawal_week[rows]])
    return rows[~turned_down & (ended == NEVER)]


def same_draws(rules: Rules, council: Council) -> Draws:
    """The requests and the draws that our engine used, for the usual way to use: child by child the same future."""
    caseload, rows = council.caseload, asked(council)
    flags = (
        council.uniforms("request/refused", rows) < rules.refused,
        caseload.priority[rows],
        council.uniforms("assessment/not-issued", rows) < rules.not_issued,
        council.uniforms("issue/specialist", rows) < rules.specialist,
    )
    children = [Child(*row) for row in np.column_stack(flags).tolist()]
    edges = np.searchsorted(caseload.request_week[rows], np.arange(council.weeks + 1))
    by_week: Sequence[Sequence[Child]] = [children[a:b] for a, b in pairwise(edges)]
    turnover = {
        september: council.streams.uniforms(f"step-down/{council.calendar.academic_years[september]}", caseload.key[rows])
        for september in council.calendar.september_weeks
    }
    return Draws(by_week, lambda number, september: float(turnover[september][number]))
