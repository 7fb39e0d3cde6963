"""Placements: children join the caseload, come to need a specialist place, wait, are placed by the panel, or go elsewhere."""

from __future__ import annotations

import numpy as np

from sufficiency.domain.dictionaries import NEEDS
from sufficiency.simulation.agenda import Agenda
from sufficiency.simulation.caseload import CEASED, HAS_PLAN, NEVER, NO_PROVISION, Rows, S
from sufficiency.simulation.council import NOBODY, OUTSIDE, Council
from sufficiency.simulation.estate import Estate
from sufficiency.simulation.matching import Matching
from sufficiency.simulation.opening import WEEKS_A_YEAR


class PlacementPanel:
    """The weekly panel and every change of setting.

    A waiting child stays where they are, with support; by hazard they go to an independent school (and wait no longer), into
    alternative provision or out of school (and still wait).
    """

    def __init__(self, council: Council, estate: Estate, matching: Matching, agenda: Agenda) -> None:
        settings = council.scenario.placements
        rows = len(council.caseload)
        self._council, self._estate, self._matching, self._agenda = council, estate, matching, agenda
        self._at_issue = np.array([settings.specialist_at_issue.value[n] for n in NEEDS.codes]) * settings.latent.value
        self._stay_special, self._stay_mainstream = settings.stay_special_post_16.value, settings.stay_mainstream_post_16.value
        self._elsewhere = settings.post_16_elsewhere.value
        self._suitable = np.array([settings.resourced_suitable.value[n] for n in NEEDS.codes])
        self._to_independent = settings.to_independent.value
        self._breakdown = settings.to_alternative.value + settings.to_elsewhere.value
        self._to_alternative = settings.to_alternative.value / self._breakdown if self._breakdown > 0 else 0.0
        self._independent_week = np.full(rows, NEVER, dtype=np.int16)
        self._breakdown_week = np.full(rows, NEVER, dtype=np.int16)
        self._list, self._unsorted = NOBODY, False
        self._new: list[Rows] = []
        septembers = council.calendar.september_weeks
        self.first_year_start = septembers[0] - 52 if septembers else 0
        """The week (before the clock's first) in which the academic year of the start began."""
        starts = np.array([self.first_year_start, *septembers])
        self._year_start = starts[np.searchsorted(starts, np.arange(council.weeks), side="right") - 1]

    @property
    def waiting_list(self) -> Rows:
        """Those who wait, the longest waiting first."""
        waiting = self._council.caseload.waiting
        self._list = self._list[waiting[self._list]]
        if self._unsorted:
            order = np.lexsort((self._list, self._council.caseload.wait_since[self._list]))
            self._list, self._unsorted = self._list[order], False
        return self._list

    def join(self, week: int, rows: Rows) -> None:
        """Children whose plan has just been issued join the caseload, most of them in mainstream."""
        caseload, council = self._council.caseload, self._council
        ncy = caseload.ncy[rows]
        chance = self._at_issue[caseload.need[rows]] * council.factor["specialist_need"][week]
        chance = np.where(ncy >= 12, chance * self._stay_special, chance)
        specialist = council.uniforms("issue/specialist", rows) < np.minimum(chance, 1.0)
        u = council.uniforms("issue/post-16", rows)
        college = np.where(u < self._elsewhere, S["elsewhere"], S["further_education"])
        stays = specialist | (u > 1 - self._stay_mainstream)
        after_16 = np.where(stays, S["mainstream"], college)
        setting = np.where(ncy < 0, S["early_years"], np.where(ncy < 12, S["mainstream"], after_16))
        self._admit(week, rows, setting.astype(np.int8))
        self.start_waiting(week, rows[specialist & (ncy < 15)])
        self._new.append(rows)

    def move_in(self, week: int, rows: Rows) -> None:
        """Children who move in with a plan: those who held a state specialist place ask for one here."""
        caseload = self._council.caseload
        held = caseload.setting[rows].copy()
        seeks = (held == S["special"]) | (held == S["resourced"])
        ncy = caseload.ncy[rows]
        setting = np.where(seeks, np.where(ncy < 0, S["early_years"], S["mainstream"]), held)
        caseload.setting[rows] = OUTSIDE
        self._admit(week, rows, setting.astype(np.int8))
        self.start_waiting(week, rows[seeks])
        self._new.append(rows)

    def plan_new(self, week: int) -> None:
        """Draw the rest of the academic year for those who joined this week."""
        if self._new:
            self._agenda.plan_year(np.concatenate(self._new), week, int(self._year_start[week]))
            self._new.clear()

    def _admit(self, week: int, rows: Rows, setting: np.ndarray[tuple[int], np.dtype[np.int8]]) -> None:
        caseload = self._council.caseload
        caseload.state[rows] = HAS_PLAN
        before = np.full(rows.size, OUTSIDE, dtype=np.int8)
        caseload.setting[rows] = setting
        self._council.ledger.write(week, rows, before, setting)

    def start_waiting(self, week: int, rows: Rows, since: int | None = None) -> None:
        """``rows`` need a specialist place from ``week`` and go on the list (since an earlier week, where given)."""
        if not rows.size:
            return
        caseload, council = self._council.caseload, self._council
        caseload.waiting[rows] = True
        caseload.wait_since[rows] = week if since is None else since
        suitable = council.uniforms("resourced-suitable", rows) < self._suitable[caseload.need[rows]]
        caseload.resourced_suitable[rows] = suitable
        hazard = self._to_independent * council.factor["inflow_to_independent"][max(week, 0)]
        self._independent_week[rows] = self._ring("wait/independent", rows, max(week, 0), hazard)
        self._breakdown_week[rows] = self._ring("wait/breakdown", rows, max(week, 0), self._breakdown)
        self._list = np.concatenate((self._list, rows))
        self._unsorted = True

    def _ring(self, stream: str, rows: Rows, week: int, hazard: float) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
        """Week in which an exponential clock of yearly ``hazard`` rings for each row."""
        if hazard <= 0:
            return np.full(rows.size, NEVER, dtype=np.int16)
        years = -np.log(self._council.uniforms(stream, rows)) / hazard
        return np.minimum(week + 1 + years * WEEKS_A_YEAR, NEVER).astype(np.int16)

    def move(self, week: int, rows: Rows, to: int, *, keep_waiting: bool = False) -> None:
        """Move ``rows`` to another setting; they give up any place they hold and, unless told otherwise, stop waiting."""
        if not rows.size:
            return
        self._free(week, rows)
        if not keep_waiting:
            self._council.caseload.waiting[rows] = False
        self._council.move(week, rows, to)

    def leave(self, week: int, rows: Rows) -> None:
        """Plans end: the children leave the caseload and free their places."""
        if rows.size:
            self.move(week, rows, OUTSIDE)
            self._council.caseload.state[rows] = CEASED

    def _free(self, week: int, rows: Rows) -> None:
        provision = self._council.caseload.provision
        held = provision[rows]
        self._estate.release(held[held != NO_PROVISION].astype(np.int64), week)
        provision[rows] = NO_PROVISION

    def give_up_places(self, week: int, weeks_before: int) -> None:
        """At a phase transfer a child whose provision does not serve the new phase goes on the list, dated back by law."""
        caseload = self._council.caseload
        rows = np.flatnonzero(caseload.provision != NO_PROVISION)
        admitted = self._estate.admits[caseload.provision[rows], caseload.need[rows], caseload.phase[rows]]
        was = caseload.ncy[rows]
        # Only a change of phase ends a placement: who was admitted outside the designation stays.
        ending = rows[~admitted & ((was == 0) | (was == 7) | (was == 12))]
        self.move(week, ending, S["mainstream"])
        self.start_waiting(week, ending, since=week - weeks_before)

    def place(self, week: int, rows: Rows) -> Rows:
        """Give places to those of ``rows`` (in order of priority) for whom there are any; returns those placed."""
        placed, provision = self._matching.match(self._council.caseload, rows, self._estate.vacancies)
        if placed.size:
            caseload = self._council.caseload
            caseload.waiting[placed] = False
            caseload.provision[placed] = provision
            self._estate.take(provision)
            setting = self._estate.setting[provision]
            before = caseload.setting[placed]
            caseload.setting[placed] = setting
            self._council.ledger.write(week, placed, before, setting)
        return placed

    def step(self, week: int) -> None:
        """One weekly panel: places first, then those whom no place reached in time."""
        self.place(week, self.waiting_list)
        waiting = self.waiting_list
        if not waiting.size:
            return
        setting = self._council.caseload.setting
        independent = waiting[self._independent_week[waiting] <= week]
        self.move(week, independent, S["independent"])
        broken = waiting[(self._breakdown_week[waiting] == week) & (setting[waiting] == S["mainstream"])]
        if broken.size:
            to_alternative = self._council.uniforms("wait/destination", broken) < self._to_alternative
            self.move(week, broken[to_alternative], S["alternative"], keep_waiting=True)
            self.move(week, broken[~to_alternative], S["elsewhere"], keep_waiting=True)
