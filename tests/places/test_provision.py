"""Provision types: every plan in exactly one, settings split by shares to Year 11 and after."""

from __future__ import annotations

import numpy as np
import pytest

from sufficiency.domain.dictionaries import FIRST_NCY, NEEDS, PROVISION_OF_SETTING, PROVISION_TYPES, SETTINGS
from sufficiency.experiment.run import Run
from sufficiency.places.provision import plans_by_provision, provision_shares
from sufficiency.scenario.scenario import Scenario

TYPE = PROVISION_TYPES.index


def run_of(scenario: Scenario, caseload: np.ndarray) -> Run:
    return Run(scenario=scenario, base_seed=0, replications=tuple(range(len(caseload))), tallies={"caseload_by_ncy": caseload})


def test_every_setting_has_a_provision_type_to_year_11_and_after() -> None:
    assert set(PROVISION_OF_SETTING) == set(SETTINGS.codes)
    assert {code for pair in PROVISION_OF_SETTING.values() for code in pair} <= set(PROVISION_TYPES.codes)
    assert len(PROVISION_TYPES) == 14
    assert all(entry.label and entry.definition for entry in PROVISION_TYPES)


def test_no_plan_is_lost_or_counted_twice(bristol: Scenario) -> None:
    caseload = np.random.default_rng(3).integers(0, 9, (3, 2, len(NEEDS), 25, len(SETTINGS)))
    shares = provision_shares({"elsewhere": {"home_educated": 1, "other": 2}}, {"mainstream": {"nmss_funded": 1}})
    assert shares.sum(axis=2) == pytest.approx(1)
    found = plans_by_provision(run_of(bristol, caseload), shares)
    assert found.shape == (3, 2, 14, len(NEEDS))
    assert found.sum(axis=2) == pytest.approx(caseload.sum(axis=(3, 4)))


def test_shares_differ_to_year_11_and_after(bristol: Scenario) -> None:
    caseload = np.zeros((1, 1, len(NEEDS), 25, len(SETTINGS)), dtype=np.int32)
    elsewhere, base, sixth_form = SETTINGS.index("elsewhere"), SETTINGS.index("resourced"), SETTINGS.index("mainstream")
    caseload[0, 0, 0, 11 - FIRST_NCY, elsewhere] = 10
    caseload[0, 0, 0, 12 - FIRST_NCY, elsewhere] = 40
    caseload[0, 0, 1, 11 - FIRST_NCY, base] = 3
    caseload[0, 0, 1, 12 - FIRST_NCY, sixth_form] = 7
    split = {"elsewhere": {"home_educated": 1, "other": 4}}, {"elsewhere": {"arranged": 1, "other": 1}}
    found = plans_by_provision(run_of(bristol, caseload), provision_shares(*split))[0, 0]
    assert found[TYPE("home_educated"), 0] == 2
    assert found[TYPE("arranged"), 0] == 20
    assert found[TYPE("other"), 0] == 28
    assert found[TYPE("specialist_bases"), 1] == 3
    assert found[TYPE("mainstream_post_16"), 1] == 7
