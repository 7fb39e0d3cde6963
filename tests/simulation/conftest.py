"""Bristol, and councils whose caseload is made up by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.caseload import HAS_PLAN, NEVER, Caseload, S
from sufficiency.simulation.council import Council
from sufficiency.simulation.streams import Streams, keys_of

MakeCouncil = Callable[..., Council]


@pytest.fixture(scope="session")
def bristol() -> Scenario:
    """The bundled scenario of January 2022."""
    return load("bristol-2022")


@pytest.fixture(scope="session")
def two_years(bristol: Scenario) -> Scenario:
    """Bristol to February 2024."""
    return bristol.changed("", horizon=dt.date(2024, 2, 29))


@pytest.fixture(scope="session")
def make_council() -> MakeCouncil:
    """A council whose children all have a plan; columns are given by name, one number or one a child."""

    def make(scenario: Scenario, rows: int, *, replication: int = 0, **columns: Any) -> Council:
        given: dict[str, Any] = {
            "area": 0, "need": 0, "reception_year": 2015, "request_week": NEVER, "setting": S["mainstream"], "state": HAS_PLAN,
            "priority": False} | columns  # fmt: skip
        kinds = {"reception_year": np.int16, "request_week": np.int16, "priority": np.bool_}
        caseload = Caseload(
            key=keys_of("made up", rows),
            **{name: np.broadcast_to(value, rows).astype(kinds.get(name, np.int8)) for name, value in given.items()},
        )
        council = Council(scenario, Streams(1, replication), caseload)
        caseload.age_to(int(council.calendar.academic_years[0]))
        return council

    return make
