"""Bristol over short horizons, ways to change it, and a witness who watches the services of one future at work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import sufficiency.simulation.future as future_module
from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.council import Council
from sufficiency.simulation.estate import Estate
from sufficiency.simulation.future import simulate
from sufficiency.simulation.pathway_recorder import PathwayRecorder
from sufficiency.simulation.placements import PlacementPanel
from sufficiency.simulation.recorder import Recorder
from sufficiency.simulation.results import Future

CAPACITIES = (
    "decisions.decisions_per_week", "advice.advice_per_week", "assessment_team.cases_per_week", "assessment_team.drafts_per_week",
)  # fmt: skip

Scale = Callable[[Scenario, str, float], Scenario]
Fix = Callable[[Scenario, str, Any], Scenario]
Simulate = Callable[..., Future]


def scaled(scenario: Scenario, path: str, factor: float) -> Scenario:
    """The figure at ``path`` times ``factor``, with its range: it is drawn at the same point of it."""
    figure = scenario.figure(path)
    ends = ("value",) if figure.low is None else ("value", "low", "high")
    return scenario.changed(path, **{end: type(figure.value)(getattr(figure, end) * factor) for end in ends})


def certain(scenario: Scenario, path: str, value: Any) -> Scenario:
    """The figure at ``path`` set to ``value``, without a range."""
    return scenario.changed(path, value=value, low=None, high=None)


def without(scenario: Scenario, path: str) -> Scenario:
    """The scenario without an optional figure."""
    section, name = path.split(".")
    return scenario.model_copy(update={section: getattr(scenario, section).model_copy(update={name: None})})


@pytest.fixture(scope="session")
def drop() -> Callable[[Scenario, str], Scenario]:
    """Leaves an optional figure out."""
    return without


@pytest.fixture(scope="session")
def scale() -> Scale:
    """Multiplies a figure and its range."""
    return scaled


@pytest.fixture(scope="session")
def fix() -> Fix:
    """Sets a figure to one value, without a range."""
    return certain


@pytest.fixture(scope="session")
def bristol() -> Scenario:
    """The bundled scenario of January 2022."""
    return load("bristol-2022")


@pytest.fixture(scope="session")
def until(bristol: Scenario) -> Callable[[int], Scenario]:
    """Bristol to the end of February of a year."""
    return lambda year: bristol.changed("", horizon=dt.date(year, 2, 28))


@pytest.fixture(scope="session")
def ample(until: Callable[[int], Scenario]) -> Scenario:
    """Bristol to February 2025 with more assessment capacity than it can use."""
    scenario = until(2025)
    for path in CAPACITIES:
        scenario = scaled(scenario, path, 20.0)
    return scenario


@pytest.fixture(scope="session")
def one_kind_of_place(until: Callable[[int], Scenario]) -> Scenario:
    """Bristol to February 2026 where every place serves every child, and nobody steps down from one."""
    scenario = certain(until(2026), "placements.step_down", 0.0)
    for key in scenario.supply:
        scenario = scenario.changed(f"supply.{key}", setting="special", needs=NEEDS.codes, phases=PHASES.codes)
    return scenario


@pytest.fixture(scope="session")
def futures() -> Simulate:
    """Simulates one future, once: laws compare the same ones again and again."""
    known: dict[tuple[str, int], Future] = {}

    def of(scenario: Scenario, replication: int) -> Future:
        key = scenario.digest + "".join(scenario.areas), replication
        if key not in known:
            known[key] = simulate(scenario, replication)
        return known[key]

    return of


class Witness(Recorder):
    """A recorder that also checks, at the end of every week, what must hold of children and places."""

    def __init__(
        self,
        council: Council,
        pathway: PathwayRecorder,
        placements: PlacementPanel,
        estate: Estate,
        vacancies: np.ndarray[Any, Any],
    ) -> None:
        super().__init__(council, pathway, placements, estate, vacancies)
        self.council, self.placements, self.estate = council, placements, estate
        self.weeks_seen = 0
        self.check: Callable[[Witness, int], None] = lambda witness, week: None

    def step(self, week: int) -> None:
        """Count as a recorder does, then check."""
        super().step(week)
        self.weeks_seen += 1
        self.check(self, week)


Witnessing = Callable[..., tuple[Future, Witness]]


@pytest.fixture(scope="session")
def witnessed() -> Witnessing:
    """Simulates one future with a witness, whose check is called at the end of every week."""

    @contextmanager
    def watching(check: Callable[[Witness, int], None] | None) -> Iterator[list[Witness]]:
        seen: list[Witness] = []

        class Watching(Witness):
            def __init__(self, *args: Any) -> None:
                super().__init__(*args)
                seen.append(self)
                if check is not None:
                    self.check = check

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(future_module, "Recorder", Watching)
            yield seen

    def simulate_watched(
        scenario: Scenario, replication: int = 0, check: Callable[[Witness, int], None] | None = None
    ) -> tuple[Future, Witness]:
        with watching(check) as seen:
            future = simulate(scenario, replication)
        return future, seen[0]

    return simulate_watched
