"""Wires the services of one future together and runs the clock."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import simpy

from sufficiency.domain.dictionaries import NEEDS
from sufficiency.scenario.draws import drawn
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.academic_year import AcademicYear
from sufficiency.simulation.agenda import Agenda
from sufficiency.simulation.arrivals import NCYS, requests
from sufficiency.simulation.caseload import NEVER, NO_PROVISION, Rows, S, phase_of
from sufficiency.simulation.caseload import joined as joined_caseload
from sufficiency.simulation.council import Council, undisturbed, weekly
from sufficiency.simulation.estate import Estate, vacancy_weights
from sufficiency.simulation.joining import Joining
from sufficiency.simulation.matching import offers_of
from sufficiency.simulation.opening import first_to_ring, joint, open_cases, stock, transfers
from sufficiency.simulation.pathway import pathway, run
from sufficiency.simulation.pathway_recorder import PathwayRecorder
from sufficiency.simulation.placements import PlacementPanel
from sufficiency.simulation.recorder import Recorder
from sufficiency.simulation.results import DEFAULT_BASE_SEED, Future
from sufficiency.simulation.reviews import Reviews
from sufficiency.simulation.streams import Streams


@undisturbed()
def simulate(scenario: Scenario, replication: int, *, base_seed: int = DEFAULT_BASE_SEED) -> Future:
    """One future of ``scenario``: ranges drawn, opening stock laid out, services run week by week to the horizon.

    The same scenario, base seed and replication (whole numbers of at least 0) always give the same tallies.
    """
    streams = Streams(base_seed, replication)
    scenario = drawn(scenario, streams.uniform)
    table = joint(scenario)
    plans, cases, arriving = stock(scenario, streams, table), open_cases(scenario, streams), requests(scenario, streams)
    movers, weeks_in = transfers(scenario, streams, table)
    caseload = joined_caseload([plans, cases, arriving, movers])
    edges = np.cumsum([0, len(plans), len(cases), len(arriving), len(movers)])
    held, opened, coming, moving = (np.arange(a, b) for a, b in pairwise(edges))
    council = Council(scenario, streams, caseload)
    caseload.age_to(int(council.calendar.academic_years[0]))

    services = pathway(council, opened, coming)
    run(services)

    estate = Estate(council)
    placements = PlacementPanel(council, estate, offers_of(scenario, estate))
    _seat(council, estate, placements, held)
    _start_waiting_list(council, placements, held)
    joining = Joining(council, placements, moving, weeks_in)
    agenda = Agenda(council, joining.week)
    agenda.plan_year(-1, council.first_year_start)
    joining.begin()
    reviews = Reviews(council, placements, agenda, _due_to_cease(council, held))
    counts = PathwayRecorder(services)
    recorder = Recorder(council, counts, placements, estate, vacancy_weights(estate, table, phase_of(NCYS)))
    recorder.remember_opening()
    recorder.step(-1)

    environment = simpy.Environment()
    # Processes that wake in the same week run in this order.
    environment.process(estate.process(environment))
    environment.process(AcademicYear(council, placements, agenda).process(environment))
    weekly(environment, joining.step, reviews.step, placements.step, recorder.step)
    environment.run(until=council.weeks)
    return Future(replication=replication, tallies=recorder.tallies())


def _seat(council: Council, estate: Estate, placements: PlacementPanel, held: Rows) -> None:
    """Seat the children already in special schools and resource bases; a school's number is at least those it has.

    Children in independent schools take what places are contracted in blocks; for the others places were bought one by one.
    """
    caseload = council.caseload
    contracted = (estate.setting == S["independent"]) & (estate.opens <= 0)
    if contracted.any():
        rows = held[caseload.setting[held] == S["independent"]]
        placements.seat(rows, np.where(contracted, estate.vacancies, 0), resourced=False)
    for code in ("special", "resourced"):
        rows = held[caseload.setting[held] == S[code]]
        options = (estate.setting == S[code]) & (estate.opens <= 0)
        # Those for whom there is no vacancy are over the number of the school that they would have gone to.
        for room in (np.where(options, estate.vacancies, 0), np.where(options, rows.size, 0)):
            left = rows[caseload.provision[rows] == NO_PROVISION]
            placements.seat(left, room, resourced=code == "resourced")
        left = rows[caseload.provision[rows] == NO_PROVISION]
        if left.size and options.any():  # no school is for them, yet they are in one
            schools = np.argsort(np.where(options, estate.tie, NEVER))[: options.sum()]
            near = np.argmax(estate.area[schools][None, :] == caseload.area[left][:, None], axis=1)
            caseload.provision[left] = schools[near]
            estate.take(schools[near].tolist())
    estate.raise_to_held()


def _start_waiting_list(council: Council, placements: PlacementPanel, held: Rows) -> None:
    caseload, scenario = council.caseload, council.scenario
    hazard = np.array([scenario.placements.emergence_by_need.value[n] for n in NEEDS.codes])
    setting, ncy = caseload.setting[held], caseload.ncy[held]
    at_risk = (setting == S["mainstream"]) | (setting == S["alternative"]) | (setting == S["elsewhere"])
    weights = np.where(at_risk & (ncy < 12), hazard[caseload.need[held]], 0.0)
    chosen = held[first_to_ring(weights, council.uniforms("opening/waiting", held), scenario.caseload.waiting.value)]
    waited = np.floor(council.uniforms("opening/wait", chosen) * scenario.reviews.longest_wait.value).astype(np.int16)
    placements.list.start(0, chosen, since=-1 - waited)
    placements.list.enter(0)


def _due_to_cease(council: Council, held: Rows) -> Rows:
    """Plans already due to cease on the first day: older ones, longest due first in no particular order."""
    caseload, reviews = council.caseload, council.scenario.reviews
    chance = np.array([reviews.ceasing.value[str(n)] for n in NCYS])
    weights = chance[np.clip(caseload.ncy[held] - NCYS[0], 0, NCYS.size - 1)]
    return held[first_to_ring(weights, council.uniforms("opening/cease", held), reviews.queue_at_start.value)]
