"""Calibrates a scenario's ranges on published figures by approximate Bayesian computation.

A future's distance from what was published is the root of the sum, over fitted figures, of ((simulated - published) / spread)^2.
The particles whose futures come nearest, chance included, are the posterior. Other ranges of the scenario are drawn anew in every
future, so that their uncertainty is carried through. A future that lacks a fitted figure (a share on time where it issues no
plan) is infinitely far from it, as is one that fails.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.calibration.parameters import Parameter
from sufficiency.experiment.calibration.population import (
    FIRST_STEPS,
    MOST_STEPS,
    Population,
    copies,
    from_prior,
    proposed,
    steps_for,
)
from sufficiency.experiment.calibration.state import Generation, State, fingerprint, save, saved
from sufficiency.experiment.observed import Observation, Observed
from sufficiency.experiment.pathway_runs import Item, observed_futures
from sufficiency.experiment.runner import check_count
from sufficiency.scenario.numbers import with_numbers
from sufficiency.scenario.posterior import MOST_PARTICLES, Posterior
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.results import DEFAULT_BASE_SEED

DEFAULT_PARTICLES = 500
MOST_GENERATIONS = 30
LEAST_ACCEPTED = 0.06
"""The calibration stops after a generation in which a smaller share of the steps was accepted: below it too few copies move, and
the posterior would be many copies of few particles."""
_REPLICATIONS = 1_000_000
"""Replications of calibration begin here: those of checks afterwards, from 0, are others."""

Tell = Callable[[int, int, int, float], None]
"""Called with (generation, steps done in it, steps in it, tolerance)."""


@dataclass(frozen=True)
class Calibration:
    """What was calibrated and what came of it."""

    scenario: Scenario
    """The scenario before: without a posterior, with its ranges."""
    observed: Observed
    parameters: tuple[Parameter, ...]
    state: State
    finished: bool
    """Whether it stopped by itself rather than at the number of generations asked for."""

    @property
    def values(self) -> NDArray[np.float64]:
        """Values of the particles kept, shape (particles, parameters), whole numbers rounded."""
        z = self.state.population.z
        return np.stack([p.values(z[:, i]) for i, p in enumerate(self.parameters)], axis=1)

    @property
    def posterior(self) -> Posterior:
        """The posterior as scenarios use it; numbers have six significant digits."""
        fit = self.observed.used("fit")
        columns = {p.path: tuple(_short(x) for x in column) for p, column in zip(self.parameters, self.values.T, strict=True)}
        return Posterior(
            source=f"calibrated: {self.scenario.name} on {len(fit)} figures of {self.observed.name}",
            as_of=max([*(row.known_from for row in fit), dt.date(2000, 1, 1)]),
            weights=(1.0,) * len(self.values),
            particles=columns,
        )


def calibrate(
    scenario: Scenario,
    observed: Observed,
    parameters: Sequence[Parameter],
    *,
    particles: int = DEFAULT_PARTICLES,
    generations: int = MOST_GENERATIONS,
    least_accepted: float = LEAST_ACCEPTED,
    base_seed: int = DEFAULT_BASE_SEED,
    executor: Executor | None = None,
    folder: Path | None = None,
    tell: Tell | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Calibration:
    """Calibrate ``parameters`` of ``scenario`` on the rows of ``observed`` whose use is ``fit``.

    The first generation simulates one future a particle, each later one some for half of them. With ``folder`` the state is kept
    after every generation and taken up again where a calibration of the same inputs has been there before. The result depends
    on neither the executor nor on interruptions. A posterior that the scenario has is not used. Raises InputProblem for counts
    out of range, nothing to fit, and fitted figures outside the scenario's months or known only after its knowledge date;
    Cancelled once ``cancelled()`` is true.
    """
    check_count(particles, "number of particles", 20, MOST_PARTICLES)
    check_count(generations, "number of generations", 1, MOST_GENERATIONS)
    scenario = scenario.model_copy(update={"posterior": None})
    inside = observed.within(scenario, strict=("fit",))
    rows = inside.used("fit")
    if not rows:
        raise InputProblem(
            "no figure is to be fitted",
            where=observed.name,
            allowed="rows whose use is fit",
            mend="mark the rows to calibrate on",
        )
    _check_known(scenario, observed.name, rows)
    _check_ends(scenario, parameters)
    key = fingerprint(scenario, inside, parameters, particles, least_accepted, base_seed)
    state = saved(folder, key) if folder else None
    engine = _Engine(scenario, inside, rows, parameters, base_seed, executor, tell, cancelled)
    while state is None or (not _finished(state, least_accepted) and len(state.generations) < generations):
        state = engine.first(particles) if state is None else engine.next(state)
        if folder:
            save(state, folder, key)
    return Calibration(scenario, inside, tuple(parameters), state, _finished(state, least_accepted))


@dataclass(frozen=True)
class _Engine:
    """Simulates particles; everything that does not change between generations."""

    scenario: Scenario
    observed: Observed
    rows: tuple[Observation, ...]
    parameters: Sequence[Parameter]
    base_seed: int
    executor: Executor | None
    tell: Tell | None
    cancelled: Callable[[], bool] | None

    def first(self, particles: int) -> State:
        """The prior."""
        z = from_prior(particles, len(self.parameters), self.base_seed)
        population = Population(z, self._distances(z, 0, 0, float("inf"), (0, particles)))
        if np.isinf(population.distance).all():
            raise InputProblem(
                "no future has all the figures to be fitted: where no plan is issued or nothing is decided there is no share",
                where=", ".join(sorted({row.measure for row in self.rows})),
                mend="fit other figures or periods, or correct the scenario",
            )
        return State(population, (Generation(population.tolerance, 1.0, particles),))

    def next(self, state: State) -> State:
        """One generation more: the better half, and copies of it moved within its tolerance."""
        generation, before = len(state.generations), state.generations[-1]
        survivors = state.population.better_half()
        moving = copies(survivors, len(state.population.distance) - len(survivors.distance), generation, self.base_seed)
        steps = steps_for(before.accepted) if generation > 1 else FIRST_STEPS
        size, accepted, simulated = len(moving.distance), 0, 0
        for number in range(steps):
            step = proposed(moving, survivors, generation, number, self.base_seed)
            some = np.flatnonzero(step.allowed)
            found = np.full(size, np.inf)
            so_far = (number * size, steps * size)
            found[some] = self._distances(step.z[some], generation, number, survivors.tolerance, so_far)
            goes = found <= survivors.tolerance
            moving = Population(np.where(goes[:, None], step.z, moving.z), np.where(goes, found, moving.distance))
            accepted, simulated = accepted + int(goes.sum()), simulated + some.size
        this = Generation(survivors.tolerance, accepted / (steps * size), before.simulated + simulated)
        return State(survivors.with_more(moving), (*state.generations, this))

    def _distances(
        self, z: NDArray[np.float64], generation: int, step: int, tolerance: float, so_far: tuple[int, int]
    ) -> NDArray[np.float64]:
        """Distance of each particle's one future, shape (particles,)."""
        columns = [p.values(z[:, i]).tolist() for i, p in enumerate(self.parameters)]
        names = [p.path for p in self.parameters]
        first = _REPLICATIONS * (generation * MOST_STEPS + step + 1)
        items = [Item(dict(zip(names, row, strict=True)), first + i) for i, row in enumerate(zip(*columns, strict=True))]

        def progress(done: int, of: int) -> None:
            if self.tell:
                self.tell(generation, so_far[0] + done, so_far[1], tolerance)

        found = observed_futures(
            until(self.scenario, max(row.period.last for row in self.rows)),
            items,
            self.observed.targets(self.rows),
            base_seed=self.base_seed,
            executor=self.executor,
            progress=progress,
            cancelled=self.cancelled,
        )
        return distance(found, self.rows)


def distance(found: NDArray[np.float64], rows: Sequence[Observation]) -> NDArray[np.float64]:
    """Distance of each future from the published figures, shape (futures,); infinite where one failed or lacks a figure."""
    published, spread = np.array([row.value for row in rows]), np.array([row.scale for row in rows])
    squares = (((found - published) / spread) ** 2).sum(axis=1)
    return np.where(np.isnan(squares), np.inf, np.sqrt(squares))  # of an infinite figure too


def until(scenario: Scenario, month: int) -> Scenario:
    """The scenario with its horizon brought forward to a month (counted from year 0) where it reaches beyond it by long.

    Nothing up to that month changes. Known plans are begun so long before they are final: where there are any, the months in
    which those begun by then become final stay whole. A scenario must hold one whole financial year.
    """
    last = _after(month)
    if scenario.assessment_team.plans_by_month:
        final = last + dt.timedelta(weeks=_longest_to_finalise(scenario))
        last = _after(final.year * 12 + final.month - 1)
    earliest = dt.date(scenario.start.year + 1, 4, 5)
    horizon = max(last, earliest)
    return scenario.model_copy(update={"horizon": horizon}) if horizon < scenario.horizon else scenario


def _after(month: int) -> dt.date:
    """A day in the week after the last of a month (counted from year 0), whose week therefore is whole."""
    return dt.date((month + 1) // 12, (month + 1) % 12 + 1, 1) + dt.timedelta(days=6)


def _longest_to_finalise(scenario: Scenario) -> int:
    figure, path = scenario.assessment_team.weeks_to_finalise, "assessment_team.weeks_to_finalise"
    drawn = scenario.posterior.particles.get(path, ()) if scenario.posterior else ()
    return round(max(figure.value, figure.high or 0, *drawn))


def _finished(state: State, least_accepted: float) -> bool:
    return state.generations[-1].accepted < least_accepted or state.population.tolerance == 0.0


def _check_known(scenario: Scenario, name: str, rows: Sequence[Observation]) -> None:
    """A scenario takes no posterior that rests on what was not known at its knowledge date: better said before than after."""
    for row in rows:
        if row.known_from > scenario.knowledge_date:
            raise InputProblem(
                "a figure to be fitted was not known yet",
                where=f"{row.place or name}, {row.measure} {row.period.label}, column known_from",
                value=row.known_from,
                allowed=f"a day up to the knowledge_date of {scenario.name}, {scenario.knowledge_date}",
                mend="mark the row as validate, or move the scenario's knowledge_date",
                field="known_from",
            )


def _check_ends(scenario: Scenario, parameters: Sequence[Parameter]) -> None:
    """Both ends of all ranges together must make a scenario that is allowed: what is simulated is not checked again."""
    for end in ("low", "high"):
        changed = with_numbers(scenario, {p.path: getattr(p, end) for p in parameters})
        Scenario.model_validate(changed.model_dump(mode="python"))


def _short(x: float) -> float:
    return float(f"{x:.6g}")
