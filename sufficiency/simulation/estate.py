"""The estate: places that open and close on dates, with construction slippage; no place is ever over its number.

They are state-funded, or contracted in blocks with independent schools; placements bought one by one have no place here.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import simpy
from numpy.typing import NDArray

from sufficiency.domain.calendar import terms_later
from sufficiency.domain.dictionaries import NEEDS, PHASES, SETTINGS
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.caseload import NEVER, S
from sufficiency.simulation.council import Clock, Council
from sufficiency.simulation.streams import Streams, name_key


class Room:
    """Places not taken, by provision: a list of numbers, and the provisions that have any as the bits of one whole number.

    Plain numbers, because a week changes a few of them and asks for all: NumPy would cost more than the loop.
    """

    def __init__(self, places: list[int]) -> None:
        self.places = places
        self.vacant = sum(1 << provision for provision, left in enumerate(places) if left > 0)
        """Bit p is set where provision p has a place left."""

    def change(self, provision: int, places: int) -> None:
        """Add ``places`` (or take some away, below 0) to a provision's."""
        self.places[provision] = left = self.places[provision] + places
        if left > 0:
            self.vacant |= 1 << provision
        else:
            self.vacant &= ~(1 << provision)


class Estate:
    """Provisions as columns; ``number`` is the places open to residents now, ``room`` those of them not taken.

    ``commissioned`` is all places of a provision once open, ``opens`` and ``closes`` the weeks (0 for those open at the start,
    ``NEVER`` for those that do not open, or do not close, within the horizon).
    """

    def __init__(self, council: Council) -> None:
        scenario, calendar = council.scenario, council.calendar
        self._council = council
        self.ids = tuple(scenario.supply)
        provisions = list(scenario.supply.values())
        count = len(provisions)
        self.setting = np.array([S[p.setting] for p in provisions], dtype=np.int8)
        self.area = np.array([scenario.area_codes.index(p.area) for p in provisions], dtype=np.int8)
        self.commissioned = np.array([p.places.value for p in provisions], dtype=np.int64)
        self.counts = np.array([p.counts_towards_commitment for p in provisions], dtype=np.bool_)
        self.admits = np.zeros((count, len(NEEDS), len(PHASES)), dtype=np.bool_)
        for i, p in enumerate(provisions):
            self.admits[np.ix_([i], [NEEDS.index(n) for n in p.needs], [PHASES.index(h) for h in p.phases])] = True
        share = np.where(self.setting == S["independent"], 1.0, scenario.estate.resident_share.value)
        self.residents = np.floor(self.commissioned * share + 0.5).astype(np.int64)
        self.opens = np.array([_opening_week(scenario, council.streams, key) for key in self.ids], dtype=np.int64)
        self.closes = np.array(
            [NEVER if p.closes is None else max(calendar.week_of(p.closes), 0) for p in provisions], dtype=np.int64
        )
        # Places so late that they would have closed by the day on which they open do not open.
        self.opens[(self.opens > 0) & (self.opens >= self.closes)] = NEVER
        self._closes: list[int] = self.closes.tolist()
        self.number = np.where(self.opens <= 0, self.residents, 0)
        self.room = Room(self.number.tolist())
        # An order of provisions that does not depend on the order in the file: the tie-break between equally near places.
        self.tie = np.argsort(np.argsort([name_key(key) for key in self.ids]))

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def vacancies(self) -> NDArray[np.int64]:
        """Places open to residents and not taken, by provision."""
        return np.array(self.room.places, dtype=np.int64)

    @property
    def held(self) -> NDArray[np.int64]:
        """Places taken, by provision."""
        taken: NDArray[np.int64] = self.number - self.vacancies
        return taken

    def process(self, environment: simpy.Environment) -> Clock:
        """The SimPy process: wakes on each day on which places open or close."""
        days = np.concatenate((self.opens[self.opens > 0], self.closes))
        for week in np.unique(days[days < self._council.weeks]):
            yield environment.timeout(int(week) - environment.now)
            self.open_and_close(int(week))

    def open_and_close(self, week: int) -> None:
        """Open and close what is due in ``week``; a closing provision keeps the children it has and admits no more."""
        for provision in np.flatnonzero((self.opens == week) & (self.opens > 0)).tolist():
            self._change_number(provision, int(self.residents[provision]))
        for provision in np.flatnonzero(self.closes == week).tolist():
            self._change_number(provision, int(self.held[provision]))

    def _change_number(self, provision: int, number: int) -> None:
        self.room.change(provision, number - int(self.number[provision]))
        self.number[provision] = number

    def take(self, provisions: Iterable[int]) -> None:
        """Fill a place in each of ``provisions`` (repeats allowed)."""
        for provision in provisions:
            self.room.change(provision, -1)

    def release(self, provisions: Iterable[int], week: int) -> None:
        """Free a place in each of ``provisions``; where a provision has closed the place goes with the child."""
        for provision in provisions:
            if self._closes[provision] <= week:
                self.number[provision] -= 1
            else:
                self.room.change(provision, 1)

    def raise_to_held(self) -> None:
        """On the first day a school's number is at least the children it already has (most schools are full or over)."""
        for provision in np.flatnonzero(self.vacancies < 0).tolist():
            self._change_number(provision, int(self.held[provision]))


def _opening_week(scenario: Scenario, streams: Streams, key: str) -> int:
    """Week in which a provision opens: on its day if firm, terms late if planned, never where its bid falls through."""
    provision = scenario.supply[key]
    if provision.status == "open" or provision.opens is None:
        return 0
    if provision.eoi is not None:
        key = f"eoi-{provision.eoi.lower()}"  # the parts of one bid open or fall through together
    if streams.uniform(f"opens/{key}/survives") >= provision.chance_of_opening:
        return NEVER
    week = scenario.calendar.week_of(provision.opens)
    if provision.status == "planned":
        u, late = streams.uniform(f"opens/{key}/late"), 0
        slippage = provision.slippage or scenario.estate.slippage.value
        for terms, share in sorted(slippage.items(), key=lambda item: int(item[0])):
            late = int(terms)
            u -= share
            if u < 0:
                break
        week = scenario.calendar.week_of(terms_later(provision.opens, late))
    return min(max(week, 0), NEVER)


def vacancy_weights(estate: Estate, joint: NDArray[np.float64], phase_of_column: NDArray[np.int8]) -> NDArray[np.float64]:
    """How an empty place is counted by need and phase: like the children such settings hold, among those it admits.

    ``joint`` is expected plans by need x NCY x setting; returns shape (provisions, needs, phases), each summing to 1.
    """
    mix = np.zeros((len(SETTINGS), len(NEEDS), len(PHASES)))
    for phase in range(len(PHASES)):
        mix[:, :, phase] = joint[:, phase_of_column == phase, :].sum(axis=1).T
    weights = estate.admits * (mix[estate.setting] + 1e-9)
    result: NDArray[np.float64] = weights / weights.sum(axis=(1, 2), keepdims=True)
    return result
