"""The assessment pathway: decision panel, allocation meeting with advice, and assessment team, wired together and driven."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import simpy

from sufficiency.scenario.draws import drawn
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.advice import AllocationMeeting
from sufficiency.simulation.arrivals import requests
from sufficiency.simulation.assessments import AssessmentTeam, drafted_at_start
from sufficiency.simulation.caseload import UNDECIDED, Rows
from sufficiency.simulation.caseload import joined as joined_caseload
from sufficiency.simulation.council import Council, undisturbed, weekly
from sufficiency.simulation.decisions import DecisionPanel
from sufficiency.simulation.opening import open_cases
from sufficiency.simulation.pathway_recorder import PathwayRecorder
from sufficiency.simulation.queues import AllocationRule, Queue, rows_of, sides, turns
from sufficiency.simulation.results import DEFAULT_BASE_SEED, Future
from sufficiency.simulation.services import Pathway
from sufficiency.simulation.streams import Streams


def pathway(council: Council, opened: Rows, coming: Rows) -> Pathway:
    """The services for cases open on the first day and for those to come, each in order of request."""
    undecided = opened[council.caseload.state[opened] == UNDECIDED]
    under_way = opened[council.caseload.state[opened] != UNDECIDED]
    awaiting, advising, ready, drafting = _under_way(council, under_way)
    team = AssessmentTeam(council, ready, drafting)
    meeting = AllocationMeeting(council, team, awaiting, advising)
    panel = DecisionPanel(council, meeting, np.concatenate((undecided, coming)))
    return Pathway(council, panel, meeting, team, under_way)


def run(services: Pathway, *watchers: Callable[[int], None]) -> None:
    """Run the pathway's clock to the horizon, after which every case has its weeks; ``watchers`` are called each week.

    Nothing that happens once a plan is issued comes back to the pathway, so that it need not share a clock with what follows:
    who joins the caseload when is known before that begins.
    """
    environment = simpy.Environment()
    weekly(environment, services.meeting.step, *watchers)
    environment.run(until=services.council.weeks)
    services.team.finish()


@undisturbed()
def simulate_assessment(scenario: Scenario, replication: int, *, base_seed: int = DEFAULT_BASE_SEED) -> Future:
    """One future of the assessment pathway of ``scenario`` alone: plans are not followed once issued.

    Gives the tallies of :data:`sufficiency.simulation.results.PATHWAY_TALLIES`, the same numbers as
    :func:`sufficiency.simulation.future.simulate` gives for them.
    """
    streams = Streams(base_seed, replication)
    scenario = drawn(scenario, streams.uniform)
    cases, arriving = open_cases(scenario, streams), requests(scenario, streams)
    council = Council(scenario, streams, joined_caseload([cases, arriving]))
    opened, coming = (np.arange(a, b) for a, b in pairwise((0, len(cases), len(council.caseload))))
    services = pathway(council, opened, coming)
    run(services)
    return Future(replication=replication, tallies=PathwayRecorder(services).tallies())


def _under_way(council: Council, rows: Rows) -> tuple[Rows, Rows, Rows, Rows]:
    """The assessments open on the first day: those that wait for advice, have it under way, wait for the team, are written.

    Those older than the pathway's usual weeks are with the team; of the others the oldest have their advice under way. Plans
    being written are those that the meeting's rule would have taken.
    """
    caseload, scenario = council.caseload, council.scenario
    advice, settings = scenario.advice, scenario.assessment_team
    usual = scenario.decisions.weeks_before_panel.value + advice.weeks_to_advise.value
    with_team = -caseload.request_week[rows].astype(np.int64) >= usual
    in_advice, ready = rows[~with_team], Queue(turns(caseload.priority)[rows[with_team]])
    advising = int(advice.advice_per_week.value * advice.weeks_to_advise.value)
    boundary = int(council.first_row_after(np.array([-settings.backlog_after.value]))[0])
    drafts = int(drafted_at_start(council).sum())
    drafting = rows_of(AllocationRule().take(ready, sides(boundary), drafts, settings.backlog_share.value))
    return in_advice[advising:], in_advice[:advising], np.sort(rows_of(ready.waiting)), np.sort(drafting)
