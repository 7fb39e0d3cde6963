"""The opening stock is what was published; what was not is drawn in proportion."""

from __future__ import annotations

import numpy as np
import pytest

from sufficiency.domain.dictionaries import FIRST_NCY, LAST_NCY, NEEDS, SETTINGS, phase_of_ncy
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.tables import AGE_BANDS
from sufficiency.simulation.arrivals import NCYS
from sufficiency.simulation.caseload import HAS_PLAN, NEVER, NOT_YET, UNDECIDED, S, joined, phase_of
from sufficiency.simulation.opening import WEEKS_A_YEAR, first_to_ring, joint, open_cases, stock, transfers
from sufficiency.simulation.streams import Streams, keys_of


def test_the_joint_table_has_the_published_margins(bristol: Scenario) -> None:
    """Raked: settings exactly, ages and needs to within a few plans."""
    table = joint(bristol)
    assert table.shape == (len(NEEDS), NCYS.size, len(SETTINGS))
    assert (table >= 0).all()
    by_setting = [bristol.caseload.by_setting.value[s] for s in SETTINGS.codes]
    assert np.allclose(table.sum(axis=(0, 1)), by_setting, rtol=1e-9)
    total = sum(by_setting)
    by_need = np.array([bristol.caseload.by_need.value[n] for n in NEEDS.codes])
    assert np.allclose(table.sum(axis=(1, 2)), by_need / by_need.sum() * total, rtol=0.01, atol=1)
    by_ncy = table.sum(axis=(0, 2))
    scale = total / sum(bristol.caseload.by_age.value.values())
    for band, (first, last) in AGE_BANDS.items():
        inside = (first <= NCYS) & (last >= NCYS)
        assert by_ncy[inside].sum() == pytest.approx(bristol.caseload.by_age.value[band] * scale, rel=0.01)


def test_units_hold_children_of_school_age_only(bristol: Scenario) -> None:
    table = joint(bristol)
    assert table[:, (NCYS < 0) | (NCYS > 11), S["resourced"]].sum() == 0


@pytest.mark.parametrize("replication", [0, 1, 2])
def test_the_opening_stock_has_exactly_the_published_plans_by_setting_and_about_those_by_age(
    bristol: Scenario, replication: int
) -> None:
    found = stock(bristol, Streams(1, replication), joint(bristol))
    assert np.bincount(found.setting, minlength=8).tolist() == [bristol.caseload.by_setting.value[s] for s in SETTINGS.codes]
    assert (found.state == HAS_PLAN).all()
    assert (found.request_week == NEVER).all()
    ncy = int(bristol.calendar.academic_years[0]) - found.reception_year.astype(int)
    assert ncy.min() >= FIRST_NCY
    assert ncy.max() <= LAST_NCY
    for band, (first, last) in AGE_BANDS.items():
        expected = bristol.caseload.by_age.value[band]
        assert abs(((ncy >= first) & (ncy <= last)).sum() - expected) < 4 * np.sqrt(expected) + 0.01 * expected, band
    assert np.unique(found.key).size == len(found)


def test_open_cases_are_those_published_the_oldest_first(bristol: Scenario) -> None:
    found = open_cases(bristol, Streams(1, 0))
    undecided, opened = bristol.decisions.undecided_at_start.value, bristol.assessment_team.open_at_start.value
    assert (found.state == UNDECIDED).sum() == undecided
    assert (found.state == NOT_YET).sum() == opened
    assert (np.diff(found.request_week) >= 0).all()
    age = -found.request_week.astype(int)
    panel, oldest = bristol.decisions.weeks_before_panel.value, bristol.assessment_team.oldest_at_start.value
    assert age[found.state == UNDECIDED].min() >= 1
    assert age[found.state == UNDECIDED].max() <= panel + 1
    assert panel <= age[found.state == NOT_YET].min()
    assert age.max() <= oldest
    assert age[found.state == NOT_YET].mean() == pytest.approx((panel + oldest) / 2, abs=3)


def test_families_move_in_over_the_whole_horizon_with_the_settings_of_the_caseload(bristol: Scenario) -> None:
    scenario = bristol.changed("demand.transfers_in", value=2000.0, low=None, high=None)
    table = joint(scenario)
    found, week = transfers(scenario, Streams(1, 0), table)
    expected = 2000 * scenario.calendar.weeks / WEEKS_A_YEAR
    assert abs(len(found) - expected) < 4 * np.sqrt(expected)
    assert (np.diff(week) >= 0).all()
    share = np.bincount(found.setting, minlength=8) / len(found)
    p = table.sum(axis=(0, 1)) / table.sum()
    assert (np.abs(share - p) < 4 * np.sqrt(p * (1 - p) / len(found))).all()


def test_those_drawn_without_replacement_are_in_proportion_to_their_weights() -> None:
    """The first to ring is each with a chance in proportion to its weight; who has none never rings."""
    weights = np.array([0.0, 1.0, 2.0, 5.0, 0.0, 12.0])
    draws = 20_000
    uniforms = Streams(1, 0).uniforms("rings", keys_of("x", draws * weights.size)).reshape(draws, weights.size)
    first = np.array([first_to_ring(weights, u, 1)[0] for u in uniforms])
    share = np.bincount(first, minlength=6) / draws
    p = weights / weights.sum()
    assert (np.abs(share - p) <= 4 * np.sqrt(p * (1 - p) / draws)).all()


def test_as_many_are_drawn_as_asked_for_or_as_can_be() -> None:
    weights, uniforms = np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.9, 0.5, 0.6, 0.7])
    assert first_to_ring(weights, uniforms, 0).size == 0
    assert first_to_ring(np.zeros(4), uniforms, 3).size == 0
    assert first_to_ring(weights, uniforms, 3).tolist() == [1, 2, 3]
    assert first_to_ring(weights, uniforms, 9).tolist() == [1, 2, 3]
    two = first_to_ring(weights, uniforms, 2)
    assert set(first_to_ring(weights, uniforms, 1)) <= set(two)  # one more is an addition


def test_phases_are_those_of_the_dictionary() -> None:
    from sufficiency.domain.dictionaries import PHASES

    expected = [PHASES.index(phase_of_ncy(int(ncy))) for ncy in NCYS]
    assert phase_of(NCYS).tolist() == expected


def test_caseloads_are_joined_in_the_order_given_and_age_by_the_year(bristol: Scenario) -> None:
    streams, table = Streams(1, 0), joint(bristol)
    parts = [stock(bristol, streams, table), open_cases(bristol, streams)]
    whole = joined(parts)
    assert len(whole) == sum(len(part) for part in parts)
    assert (whole.key == np.concatenate([part.key for part in parts])).all()
    assert whole.setting.dtype == np.int8
    whole.age_to(2021)
    before = whole.ncy.copy()
    whole.age_to(2022)
    assert (whole.ncy == before + 1).all()
    assert (whole.phase == phase_of(whole.ncy)).all()
