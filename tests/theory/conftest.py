"""A council in a steady state, driven service by service, so that queueing theory can be asked what to expect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import numpy as np
import pytest
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEEDS, SETTINGS
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.tables import NCYS
from sufficiency.simulation import future
from sufficiency.simulation.arrivals import requests, weekly_mean
from sufficiency.simulation.caseload import Caseload
from sufficiency.simulation.council import NOBODY, Council
from sufficiency.simulation.pathway import pathway, run
from sufficiency.simulation.streams import Streams

WEEKS_A_YEAR = 365.25 / 7
AMPLE = 1000.0
LONGEST_YEARS = 24

STEADY: dict[str, Any] = {
    **{f"demand.{name}": 0.0 for name in ("growth", "national_shock", "authority_walk", "transitory_noise", "drift")},
    "population.births": {"1980": 6000.0, "2060": 6000.0},
    "population.migration": 0.0,
    "demand.by_month": {str(month): 1.0 for month in range(1, 13)},
    "demand.priority_share": 0.0,
    "decisions.decisions_per_week": AMPLE,
    "decisions.weeks_before_panel": 0,
    "decisions.refused": 0.0,
    "decisions.withdrawn": 0.0,
    "decisions.overturned_by_mediation": 0.0,
    "decisions.overturned_by_tribunal": 0.0,
    "advice.advice_per_week": AMPLE,
    "advice.capacity_growth": 0.0,
    "advice.follows_demand": 0.0,
    "advice.weeks_to_advise": 6,
    "advice.reused": 0.0,
    "assessment_team.cases_per_week": AMPLE,
    "assessment_team.capacity_growth": 0.0,
    "assessment_team.follows_demand": 0.0,
    # Every case is backlog: the oldest request goes first.
    "assessment_team.backlog_share": 1.0,
    "assessment_team.backlog_after": 0,
    "assessment_team.weeks_to_finalise": 6,
    "assessment_team.not_issued": 0.0,
    "decisions.undecided_at_start": 0,
    "assessment_team.open_at_start": 0,
    # One child, because a mix of none is no mix; out of school, with nothing that could happen.
    "caseload.by_setting": {setting: int(setting == "elsewhere") for setting in SETTINGS.codes},
    "caseload.waiting": 0,
    "demand.transfers_in": 0.0,
    **{f"placements.{name}": 0.0 for name in ("emergence_primary", "emergence_secondary")},
    **{f"placements.{name}": 0.0 for name in ("jump_at_reception", "jump_at_secondary", "step_down")},
    **{
        f"placements.{name}": 0.0
        for name in ("to_independent", "to_alternative", "to_elsewhere", "to_out_of_area", "return_at_transfer")
    },
    **{f"placements.{name}": 0.0 for name in ("mainstream_to_elsewhere", "college_to_elsewhere")},
    "placements.specialist_at_issue": dict.fromkeys(NEEDS.codes, 0.0),
    "placements.latent": 1.0,
    "reviews.ceasing": dict.fromkeys(NCYS, 0.0),
    "reviews.transfers_out": 0.0,
    "reviews.queue_at_start": 0,
}


@dataclass
class Observed:
    """One future, with the length of each queue at the end of each week (after that week's meeting)."""

    council: Council
    means: NDArray[np.float64]
    """Mean requests of each week."""
    lengths: dict[str, list[int]] = field(default_factory=lambda: {"decision": [], "advice": [], "team": []})

    @property
    def caseload(self) -> Caseload:
        """The children."""
        return self.council.caseload

    def length(self, queue: str) -> NDArray[np.int64]:
        """Length of ``queue`` at the end of each week, shape (weeks,)."""
        return np.array(self.lengths[queue])


def steady(bristol: Scenario, changes: dict[str, Any], requests_a_week: float, years: int) -> Scenario:
    """``bristol`` with nothing uncertain, no growth, no season and, unless ``changes`` say otherwise, ample capacity."""
    data = bristol.model_dump(mode="python")

    def at(path: str) -> dict[str, Any]:
        node = data
        for key in path.split("."):
            node = node[key]
        return node

    for path, _ in bristol.figures():
        at(path).update(low=None, high=None)
    data["demand"]["early_register"] = None
    data["assessment_team"] |= dict.fromkeys(UNUSED)
    base = {"demand.requests_in_base_year": round(requests_a_week * 52)}
    for path, value in {**STEADY, **base, **changes}.items():
        at(path)["value"] = value
    data["interventions"] = {}
    data["start"], data["horizon"] = dt.date(2022, 1, 3), dt.date(2021 + years, 12, 28)
    return Scenario.model_validate(data)


def observe(scenario: Scenario, replication: int) -> Observed:
    """Run the services of the assessment pathway from empty queues."""
    streams = Streams(7, replication)
    council = Council(scenario, streams, requests(scenario, streams))
    council.caseload.age_to(int(council.calendar.academic_years[0]))
    seen = Observed(council, weekly_mean(scenario, streams)[0])
    services = pathway(council, NOBODY, np.arange(len(council.caseload)))

    def count(week: int) -> None:
        seen.lengths["decision"].append(services.panel.undecided(week).size)
        seen.lengths["advice"].append(services.meeting.waiting)
        seen.lengths["team"].append(services.team.waiting)

    run(services, count)
    return seen


UNUSED = ("drafts_per_week", "priority_by_ncy", "not_issued_overturned", "weeks_to_overturn_not_issued", "exception_at_closure")
"""Optional figures of the assessment team that a steady state does without."""


class CountsPlaces:
    """Stands where the recorder stands: counts at the end of each week those who wait for a place and those who have one."""

    last: CountsPlaces

    def __init__(self, council: Council, *services: Any) -> None:
        self.council = council
        self.lengths: dict[str, list[int]] = {"waiting": [], "placed": []}
        type(self).last = self

    def remember_opening(self) -> None:
        """The opening stock is not asked about."""

    def step(self, week: int) -> None:
        """Count (week -1 is before the clock starts)."""
        if week >= 0:
            self.lengths["waiting"].append(int(self.council.caseload.waiting.sum()))
            self.lengths["placed"].append(int((self.council.caseload.provision >= 0).sum()))

    def tallies(self) -> dict[str, NDArray[Any]]:
        """None."""
        return {}


def observe_places(scenario: Scenario, replication: int) -> Observed:
    """Run a whole future, with all services as they are wired, and count those who wait for a place or have one."""
    with mock.patch.object(future, "Recorder", CountsPlaces):
        future.simulate(scenario, replication, base_seed=7)
    council = CountsPlaces.last.council
    return Observed(council, weekly_mean(scenario, council.streams)[0], CountsPlaces.last.lengths)


@pytest.fixture(scope="session")
def bristol() -> Scenario:
    return load("bristol-2022")


@pytest.fixture(scope="session")
def run_steady(bristol: Scenario) -> Callable[..., list[Observed]]:
    """Replications of a steady state: ``run_steady(changes, requests_a_week=…, futures=…, years=…, places=…)``."""

    def call(
        changes: dict[str, Any], *, requests_a_week: float, futures: int = 6, years: int = LONGEST_YEARS, places: bool = False
    ) -> list[Observed]:
        scenario = steady(bristol, changes, requests_a_week, years)
        return [(observe_places if places else observe)(scenario, replication) for replication in range(futures)]

    return call
