"""SCAP's numbers: types of settings, school years only, non-maintained schools with state special."""

from __future__ import annotations

import numpy as np
import pytest

from sufficiency.domain.dictionaries import FIRST_NCY, NEEDS, PHASES, SCAP_TYPES, SETTINGS
from sufficiency.experiment.run import Run, axis_labels
from sufficiency.places.scap import NCYS_OF_PHASE, SCAP_PHASES, scap_pupils
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.results import TALLIES

SETTING = SETTINGS.index


@pytest.fixture
def run(bristol: Scenario) -> Run:
    """Two futures without children."""
    names = ("caseload_by_ncy", "waiting")
    shapes = {name: [len(axis_labels(bristol, axis)) for axis in TALLIES[name]] for name in names}
    tallies = {name: np.zeros((2, *shape), dtype=np.int32) for name, shape in shapes.items()}
    return Run(scenario=bristol, base_seed=0, replications=(0, 1), tallies=tallies)


def put(run: Run, census: int, need: str, ncy: int, setting: str, counts: tuple[int, int]) -> None:
    run.tallies["caseload_by_ncy"][:, census, NEEDS.index(need), ncy - FIRST_NCY, SETTING(setting)] = counts


def test_types_are_in_the_order_of_the_return() -> None:
    assert SCAP_TYPES.codes == ("UR", "IN", "SS", "AP")
    assert list(NCYS_OF_PHASE["primary"]) == [0, 1, 2, 3, 4, 5, 6]
    assert list(NCYS_OF_PHASE["secondary"]) == [7, 8, 9, 10, 11]


def test_settings_are_counted_in_their_type_by_ncy_over_all_needs(run: Run) -> None:
    put(run, 1, "ASD", 0, "resourced", (3, 5))
    put(run, 1, "SEMH", 0, "resourced", (1, 1))
    put(run, 1, "SEMH", 11, "alternative", (2, 4))
    put(run, 2, "SLD", 6, "special", (7, 9))
    found = scap_pupils(run, 0.0)
    assert found.pupils[:, 1, 0, SCAP_TYPES.index("UR")].tolist() == [4, 6]
    assert found.pupils[:, 1, 11, SCAP_TYPES.index("AP")].tolist() == [2, 4]
    assert found.pupils[:, 2, 6, SCAP_TYPES.index("SS")].tolist() == [7, 9]
    assert found.pupils.sum() == 4 + 6 + 2 + 4 + 7 + 9


@pytest.mark.parametrize(
    ("ncy", "setting"), [(-1, "special"), (12, "special"), (20, "independent"), (3, "mainstream"), (9, "elsewhere")]
)
def test_nursery_post_16_and_other_settings_are_left_out(run: Run, ncy: int, setting: str) -> None:
    put(run, 0, "ASD", ncy, setting, (5, 5))
    assert scap_pupils(run, 0.1).pupils.sum() == 0


def test_non_maintained_special_schools_are_counted_with_state_special(run: Run) -> None:
    put(run, 0, "ASD", 8, "independent", (10, 20))
    put(run, 0, "ASD", 8, "special", (100, 100))
    found = scap_pupils(run, 0.2).pupils[:, 0, 8]
    assert found[:, SCAP_TYPES.index("IN")].tolist() == [8, 16]
    assert found[:, SCAP_TYPES.index("SS")].tolist() == [102, 104]


def test_those_who_wait_are_counted_beside_by_phase(run: Run) -> None:
    run.tallies["waiting"][:, 3, 1, 2, PHASES.index("secondary")] = (4, 8)
    run.tallies["waiting"][:, 3, 0, 0, PHASES.index("post_16")] = 50
    found = scap_pupils(run, 0.0)
    assert found.waiting[:, 3, SCAP_PHASES.index("secondary")].tolist() == [4, 8]
    assert found.waiting.sum() == 12
    assert found.pupils.sum() == 0


def test_the_base_year_is_the_opening_census(run: Run) -> None:
    found = scap_pupils(run, 0.0)
    assert found.censuses[0] == run.scenario.start.year
    assert found.base_is_opening
