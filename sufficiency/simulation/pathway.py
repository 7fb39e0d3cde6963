"""The assessment pathway: front door, decision panel, allocation meeting with advice, and assessment team, wired together."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import simpy

from sufficiency.scenario.draws import drawn
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.advice import AllocationMeeting
from sufficiency.simulation.arrivals import requests
from sufficiency.simulation.assessments import AssessmentTeam, drafted_at_start
from sufficiency.simulation.caseload import HAS_PLAN, UNDECIDED, Rows
from sufficiency.simulation.caseload import joined as joined_caseload
from sufficiency.simulation.council import NOBODY, Clock, Council, undisturbed, weekly
from sufficiency.simulation.decisions import DecisionPanel
from sufficiency.simulation.front_door import FrontDoor
from sufficiency.simulation.opening import open_cases
from sufficiency.simulation.pathway_recorder import PathwayRecorder
from sufficiency.simulation.queues import AllocationRule, Queue, turns
from sufficiency.simulation.results import DEFAULT_BASE_SEED, Future
from sufficiency.simulation.services import Pathway
from sufficiency.simulation.streams import Streams


class NoPlacements:
    """Where the pathway ends when it is simulated alone: nobody is placed."""

    def __init__(self, council: Council) -> None:
        self._state = council.caseload.state

    def join(self, week: int, rows: Rows) -> None:
        """The plans are issued, and that is all."""
        self._state[rows] = HAS_PLAN


def pathway(
    council: Council,
    opened: Rows,
    coming: Rows,
    placements: Any,
    movers_in: Rows = NOBODY,
    weeks_in: Rows = NOBODY,
) -> Pathway:
    """The services for cases open on the first day and for those to come, each in order of request.

    Issued plans go to ``placements``, which also takes those who move in with a plan (``movers_in``, in ``weeks_in``).
    """
    undecided = opened[council.caseload.state[opened] == UNDECIDED]
    under_way = opened[council.caseload.state[opened] != UNDECIDED]
    awaiting, advising, ready, drafting = _under_way(council, under_way)
    team = AssessmentTeam(council, placements, ready, drafting)
    meeting = AllocationMeeting(council, team, awaiting, advising)
    panel = DecisionPanel(council, meeting, np.concatenate((undecided, coming)))
    door = FrontDoor(council, movers_in, weeks_in, placements)
    return Pathway(council, panel, meeting, team, under_way, (door.step, meeting.step, team.step))


@undisturbed()
def simulate_assessment(scenario: Scenario, replication: int, *, base_seed: int = DEFAULT_BASE_SEED) -> Future:
    """One future of the assessment pathway of ``scenario`` alone: nobody is placed, and plans are not followed once issued.

    Gives the tallies of :data:`sufficiency.simulation.results.PATHWAY_TALLIES`, the same numbers as
    :func:`sufficiency.simulation.future.simulate` gives for them.
    """
    streams = Streams(base_seed, replication)
    scenario = drawn(scenario, streams.uniform)
    cases, arriving = open_cases(scenario, streams), requests(scenario, streams)
    council = Council(scenario, streams, joined_caseload([cases, arriving]))
    council.caseload.age_to(int(council.calendar.academic_years[0]))
    opened, coming = (np.arange(a, b) for a, b in pairwise((0, len(cases), len(council.caseload))))
    services = pathway(council, opened, coming, NoPlacements(council))
    recorder = PathwayRecorder(services)
    environment = simpy.Environment()
    environment.process(_moving_up(council, environment))
    weekly(environment, *services.steps)
    environment.run(until=council.weeks)
    return Future(replication=replication, tallies=recorder.tallies())


def _moving_up(council: Council, environment: simpy.Environment) -> Clock:
    """On 1 September everyone moves up a year: all that the academic year means to the pathway."""
    for week in council.calendar.september_weeks:
        yield environment.timeout(week - environment.now)
        council.caseload.age_to(int(council.calendar.academic_years[week]))


def _under_way(council: Council, rows: Rows) -> tuple[Rows, Rows, Rows, Rows]:
    """The assessments open on the first day: those that wait for advice, have it under way, wait for the team, are written.

    Those older than the pathway's usual weeks are with the team; of the others the oldest have their advice under way. Plans
    being written are those that the meeting's rule would have taken.
    """
    caseload, scenario = council.caseload, council.scenario
    advice, settings = scenario.advice, scenario.assessment_team
    usual = scenario.decisions.weeks_before_panel.value + advice.weeks_to_advise.value
    with_team = -caseload.request_week[rows].astype(np.int64) >= usual
    in_advice, ready = rows[~with_team], Queue(turns(caseload.priority), rows[with_team])
    advising = int(advice.advice_per_week.value * advice.weeks_to_advise.value)
    boundary = int(council.first_row_after(np.array([-settings.backlog_after.value]))[0])
    drafts = int(drafted_at_start(council).sum())
    drafting = np.sort(AllocationRule().take(ready, boundary, drafts, settings.backlog_share.value))
    return in_advice[advising:], in_advice[:advising], np.sort(ready.rows), drafting
