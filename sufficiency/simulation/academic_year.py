"""1 September: children move up a year, phase transfers ask for new places, and the oldest plans end."""

from __future__ import annotations

import numpy as np
import simpy
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import LAST_NCY, NEEDS
from sufficiency.simulation.agenda import Agenda
from sufficiency.simulation.caseload import HAS_PLAN, NO_PROVISION, OUT_OF_AREA, Rows, S
from sufficiency.simulation.council import Clock, Council
from sufficiency.simulation.placements import PlacementPanel

WEEKS_BEFORE_SEPTEMBER, WEEKS_BEFORE_POST_16 = 28, 22
"""Children whose place ends at a phase transfer are on the list from 15 February, and from 31 March where post-16 provision
follows (SEND Regulations 2014, regulation 18)."""


class AcademicYear:
    """Wakes on the first week of each academic year."""

    def __init__(self, council: Council, placements: PlacementPanel, agenda: Agenda) -> None:
        self._council, self._placements, self._agenda = council, placements, agenda
        settings = council.scenario.placements
        self._hazard = np.array([settings.emergence_by_need.value[n] for n in NEEDS.codes]) * settings.latent.value
        self._at_reception, self._at_secondary = settings.jump_at_reception.value, settings.jump_at_secondary.value
        self._stay_special, self._stay_mainstream = settings.stay_special_post_16.value, settings.stay_mainstream_post_16.value
        self._elsewhere = settings.post_16_elsewhere.value
        self._returns = settings.return_at_transfer.value if settings.return_at_transfer else 0.0

    def process(self, environment: simpy.Environment) -> Clock:
        """The SimPy process."""
        for week in self._council.calendar.september_weeks:
            yield environment.timeout(week - environment.now)
            self.step(week)

    def step(self, week: int) -> None:
        """Move everyone up a year and let phase transfers ask for places."""
        caseload = self._council.caseload
        year = int(self._council.calendar.academic_years[week])
        caseload.age_to(year)
        plans = np.flatnonzero(caseload.state == HAS_PLAN)
        ncy = caseload.ncy[plans]
        self._placements.leave(week, plans[ncy > LAST_NCY])
        self._enter_reception(week, plans[ncy <= 0])
        self._enter_secondary(week, plans[ncy == 7], year)
        self._leave_school(week, plans[ncy == 12], year)
        self._leave_at_19(week, plans[(ncy >= 15) & (ncy <= LAST_NCY)], year)
        self._placements.change_phases()
        self._placements.give_up_places(week, week - WEEKS_BEFORE_SEPTEMBER, week - WEEKS_BEFORE_POST_16)
        self._ask_to_return(week, plans[ncy == 7], year)
        self._agenda.plan_year(week, week)

    def _uniforms(self, stream: str, rows: Rows) -> NDArray[np.float64]:
        """One uniform for each of ``rows``, drawn for them only: a stream of one September is not asked again."""
        return self._council.streams.uniforms(stream, self._council.caseload.key[rows])

    def _ask_to_return(self, week: int, rows: Rows, year: int) -> None:
        """At the move to secondary a place here is asked for some of those in independent schools or out of the area."""
        if self._returns <= 0:
            return
        caseload = self._council.caseload
        provision = caseload.provision[rows]
        # Who has a place contracted here has one here.
        away = ((caseload.setting[rows] == S["independent"]) & (provision == NO_PROVISION)) | (provision == OUT_OF_AREA)
        rows = rows[away & ~caseload.waiting[rows]]
        asks = rows[self._uniforms(f"return/{year}", rows) < self._returns]
        self._placements.list.ask_to_return(week, asks, since=week - WEEKS_BEFORE_SEPTEMBER)

    def _enter_reception(self, week: int, rows: Rows) -> None:
        caseload = self._council.caseload
        rows = rows[(caseload.ncy[rows] == 0) & (caseload.setting[rows] == S["early_years"])]
        self._placements.move(week, rows, S["mainstream"], keep_waiting=True)
        self._jump(week, rows, self._at_reception, "jump/reception")

    def _enter_secondary(self, week: int, rows: Rows, year: int) -> None:
        rows = rows[self._council.caseload.setting[rows] == S["mainstream"]]
        self._jump(week, rows, self._at_secondary, f"jump/secondary/{year}")

    def _jump(self, week: int, rows: Rows, chance: float, stream: str) -> None:
        caseload = self._council.caseload
        rows = rows[~caseload.waiting[rows]]
        hazard = self._hazard[caseload.need[rows]] * chance * self._council.factor["specialist_need"][week]
        self._placements.list.start(week, rows[self._uniforms(stream, rows) < hazard])

    def _leave_school(self, week: int, rows: Rows, year: int) -> None:
        """After Year 11: some stay in special provision or a sixth form, most go to further education."""
        caseload = self._council.caseload
        setting = caseload.setting[rows]
        u = self._uniforms(f"post-16/{year}", rows)
        special = (setting == S["special"]) | (setting == S["independent"]) | caseload.waiting[rows]
        school = special | (setting == S["mainstream"]) | (setting == S["resourced"]) | (setting == S["alternative"])
        stays = np.where(special, u < self._stay_special, (u < self._stay_mainstream) & (setting != S["alternative"]))
        into_sixth_form = rows[school & stays & (setting == S["resourced"]) & ~special]
        self._placements.move(week, into_sixth_form, S["mainstream"])
        self._to_college(week, rows[school & ~stays], year)

    def _leave_at_19(self, week: int, rows: Rows, year: int) -> None:
        """At 19 schools end: everyone still in one goes to further education or elsewhere."""
        setting = self._council.caseload.setting[rows]
        gone = (setting == S["further_education"]) | (setting == S["elsewhere"])
        self._to_college(week, rows[~gone], year)

    def _to_college(self, week: int, rows: Rows, year: int) -> None:
        out = self._uniforms(f"post-16/elsewhere/{year}", rows) < self._elsewhere
        self._placements.move(week, rows[out], S["elsewhere"])
        self._placements.move(week, rows[~out], S["further_education"])
