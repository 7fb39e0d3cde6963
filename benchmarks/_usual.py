"""The usual way: a SimPy process for each child, who queues for each service as for a ``simpy`` resource.

Written as a modeller who knows SimPy would, to the same rules as our engine: a slot of a service is held for a week, so that a
capacity of c slots is c cases a week, and a delay that contains that week is shortened by it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

import numpy as np
import simpy
from _rules import Rules
from numpy.typing import NDArray

LATER = 10_000_000
WEEKS_OF_TURNOVER = 52
Steps = Generator[simpy.Event, None, None]


@dataclass(frozen=True, slots=True)
class Child:
    """What will be decided about a child."""

    refused: bool
    urgent: bool
    not_issued: bool
    specialist: bool


@dataclass
class Draws:
    """The children who ask, week by week, and a uniform for each child's turnover in each September."""

    by_week: Sequence[Sequence[Child]]
    turnover: Callable[[int, int], float]


@dataclass
class Outcome:
    """What is left when the clock stops. ``weeks`` are those from request to plan of each plan, ``plan_week`` by child."""

    requests: int = 0
    refused: int = 0
    not_issued: int = 0
    weeks: list[int] = field(default_factory=list)
    plan_week: dict[int, int] = field(default_factory=dict)
    waiting: int = 0
    placed: int = 0

    @property
    def open(self) -> int:
        """Requests with neither a refusal nor a plan nor a decision not to issue."""
        return self.requests - self.refused - self.not_issued - len(self.weeks)


def own_draws(rules: Rules, means: NDArray[np.float64], seed: int) -> Draws:
    """Poisson requests with the given means a week, and everything else by the shares in ``rules``."""
    generator = np.random.default_rng(seed)
    counts = generator.poisson(means)
    shares = (rules.refused, rules.urgent, rules.not_issued, rules.specialist)
    columns = (generator.random((counts.sum(), len(shares))) < shares).tolist()
    children = iter([Child(*row) for row in columns])
    uniform = random.Random(seed).random  # noqa: S311 - a simulation, not a secret
    return Draws([[next(children) for _ in range(n)] for n in counts.tolist()], lambda number, september: uniform())


def simulate(rules: Rules, draws: Draws, septembers: Sequence[int], *, plain: bool = False, slot_weeks: int = 1) -> Outcome:
    """One future. ``plain`` uses first come, first served ``simpy.Resource`` throughout: no case is urgent.

    A slot of advice or of the team is held for ``slot_weeks``: with 2, half as many cases a week as there are slots.
    """
    environment = simpy.Environment()
    kind = simpy.Resource if plain else simpy.PriorityResource
    panel = simpy.Resource(environment, rules.decisions)
    psychologists = kind(environment, rules.advice)
    team = kind(environment, rules.cases)
    places = simpy.Resource(environment, max(rules.places, 1))
    outcome = Outcome()

    def child(number: int, case: Child) -> Steps:
        requested = int(environment.now)
        turn = {} if plain else {"priority": number if case.urgent else number + LATER}
        yield environment.timeout(rules.weeks_before_panel - 1)
        with panel.request() as slot:
            yield slot
            yield environment.timeout(1)
        if case.refused:
            outcome.refused += 1
            return
        with psychologists.request(**turn) as slot:
            yield slot
            yield environment.timeout(slot_weeks)
        yield environment.timeout(rules.weeks_to_advise - slot_weeks)
        with team.request(**turn) as slot:
            yield slot
            outcome.not_issued += case.not_issued
            yield environment.timeout(slot_weeks)
        if case.not_issued:
            return
        yield environment.timeout(rules.weeks_to_finalise - slot_weeks)
        issued = int(environment.now)
        outcome.weeks.append(issued - requested)
        outcome.plan_week[number] = issued
        if case.specialist and rules.places:
            yield from hold_a_place(number)
        else:
            outcome.waiting += case.specialist

    def hold_a_place(number: int) -> Steps:
        with places.request() as place:
            yield place
            for september in septembers:
                if september <= environment.now:
                    continue
                yield environment.timeout(september - environment.now)
                u = draws.turnover(number, september)
                if u < rules.turnover:
                    yield environment.timeout(int(u / rules.turnover * WEEKS_OF_TURNOVER))
                    return
            yield environment.timeout(len(draws.by_week))  # to the end of the clock and past it

    def arrivals() -> Steps:
        for week in draws.by_week:
            for case in week:
                environment.process(child(outcome.requests, case))
                outcome.requests += 1
            yield environment.timeout(1)

    environment.process(arrivals())
    environment.run(until=len(draws.by_week))
    outcome.waiting += len(places.queue)
    outcome.placed = places.count
    return outcome
