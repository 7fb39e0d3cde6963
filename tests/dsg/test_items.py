"""Items of the account: bands of the funding matrix, and pupils whom interventions move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sufficiency.domain.dictionaries import DSG_CATEGORIES, SETTINGS
from sufficiency.dsg.account import Account, account
from sufficiency.dsg.items import LINES
from sufficiency.experiment.run import Run
from sufficiency.scenario.delivery import as_planned
from sufficiency.scenario.scenario import Scenario

Fix = Callable[..., Scenario]
MakeRun = Callable[..., Run]
CERTAIN = {"low": None, "high": None}


@pytest.mark.law
def test_bands_share_out_the_pupils_and_leave_the_mean_top_up(bristol: Scenario, make_run: MakeRun) -> None:
    run = make_run(bristol)
    banded = account(run, mitigated=False)
    plain = replace(run, scenario=bristol.changed("money", band_shares=None, band_weights=None))
    alone = account(plain, mitigated=False)
    assert banded.amounts == pytest.approx(alone.amounts)
    special = [i for i, item in enumerate(banded.items) if item.line == "top_ups" and item.code.startswith("special/")]
    assert len(special) == 5
    pupils = run.tallies["pupil_years"].sum(axis=2)[:, :, SETTINGS.index("special")]
    assert banded.quantities[:, :, special].sum(axis=2) == pytest.approx(pupils)
    costs = banded.unit_costs[0, 0, special]
    assert (np.diff(costs) > 0).all()
    assert costs[-1] / costs[0] == pytest.approx(1.7 / 0.51)


def moved(bristol: Scenario, enable: Fix, make_run: MakeRun, key: str, **changes: object) -> tuple[Account, Account, Run]:
    scenario = as_planned(enable(bristol, key)).changed(f"interventions.{key}", ramp=0, **changes)
    scenario = scenario.changed(f"interventions.{key}.effect", value=-0.1, **CERTAIN)
    run = make_run(scenario, places={"special": 1220.0, "resourced": 230.0, "alternative": 10.0})
    return account(run, mitigated=False), account(run, mitigated=True), run


@pytest.mark.law
def test_pupils_who_return_cost_a_place_and_a_top_up_where_they_go(bristol: Scenario, enable: Fix, make_run: MakeRun) -> None:
    before, after, run = moved(bristol, enable, make_run, "repatriation")  # independent to special, from September 2023
    going = 0.1 * run.tallies["pupil_years"].sum(axis=2)[:, 2:, SETTINGS.index("independent")]

    def quantity(of: Account, line: str, setting: str) -> np.ndarray:
        here = [i for i, item in enumerate(of.items) if item.line == line and item.code.split("/")[0] == setting]
        return of.quantities[:, 2:, here].sum(axis=2)

    for line, setting, sign in (("fees", "independent", -1), ("top_ups", "special", 1), ("places", "special", 1)):
        assert quantity(after, line, setting) - quantity(before, line, setting) == pytest.approx(sign * going)
    assert after.pupil_years.sum(axis=2) == pytest.approx(before.pupil_years.sum(axis=2))
    assert np.array_equal(quantity(after, "places", "resourced"), quantity(before, "places", "resourced"))


@pytest.mark.law
def test_plans_that_end_take_the_places_bought_by_pupil_with_them(bristol: Scenario, enable: Fix, make_run: MakeRun) -> None:
    before, after, _ = moved(bristol, enable, make_run, "timely-ceasing")  # from further education to nowhere, September 2022
    post_16 = DSG_CATEGORIES.index("post_16")
    for line in ("places", "top_ups"):
        ratio = after.amounts[:, 1:, post_16, LINES.index(line)] / before.amounts[:, 1:, post_16, LINES.index(line)]
        assert ratio == pytest.approx(np.full(ratio.shape, 0.9))
    settings = [i for i, code in enumerate(SETTINGS.codes) if code != "further_education"]
    assert np.array_equal(after.pupil_years[:, :, settings], before.pupil_years[:, :, settings])


def test_a_commissioned_place_that_a_pupil_leaves_is_still_paid_for(bristol: Scenario, enable: Fix, make_run: MakeRun) -> None:
    before, after, _ = moved(bristol, enable, make_run, "repatriation", moves_from="special", moves_to="mainstream")
    special = (DSG_CATEGORIES.index("special"), LINES.index("places"))
    assert np.array_equal(after.amounts[:, :, *special], before.amounts[:, :, *special])
    assert (after.spend[:, 2:] < before.spend[:, 2:]).all()


@pytest.mark.law
def test_two_moves_from_one_setting_never_move_a_child_twice(bristol: Scenario, enable: Fix, make_run: MakeRun) -> None:
    second = bristol.interventions["repatriation"].model_copy(update={"moves_to": "resourced"})
    both = bristol.model_copy(update={"interventions": {**bristol.interventions, "step-down": second}})
    both = as_planned(enable(both, "repatriation", "step-down"))
    for key in ("repatriation", "step-down"):
        both = both.changed(f"interventions.{key}", ramp=0).changed(f"interventions.{key}.effect", value=-0.5, **CERTAIN)
    run = make_run(both)
    after = account(run, mitigated=True).pupil_years[:, 2:]
    before = run.tallies["pupil_years"].sum(axis=2)[:, 2:]
    independent = SETTINGS.index("independent")
    assert after[..., independent] == pytest.approx(0.25 * before[..., independent])
    assert after.sum(axis=2) == pytest.approx(before.sum(axis=2))


def test_a_line_an_income_and_single_settings_can_be_acted_on(bristol: Scenario, enable: Fix, make_run: MakeRun) -> None:
    def ratio(key: str, **changes: object) -> Account:
        scenario = as_planned(enable(bristol, key)).changed(f"interventions.{key}", ramp=0, **changes)
        return account(make_run(scenario.changed(f"interventions.{key}.effect", value=-0.2, **CERTAIN)), mitigated=True)

    plain = account(make_run(enable(bristol)), mitigated=True)
    lines = ratio("ap-recommissioning")
    item = next(i for i, item in enumerate(plain.items) if item.code == "alternative_learning")
    assert lines.item_amounts[:, 5:, item] == pytest.approx(0.8 * plain.item_amounts[:, 5:, item])
    income = ratio("price-negotiation", quantity="income")
    assert income.income[:, 2:, 0] == pytest.approx(0.8 * plain.income[:, 2:, 0])
    some = ratio("price-negotiation", quantity="top_up", settings=("resourced",))
    for i, found in enumerate(some.items):
        expected = 0.8 if found.line == "top_ups" and found.code.startswith("resourced") else 1.0
        assert some.unit_costs[:, 2:, i] == pytest.approx(expected * plain.unit_costs[:, 2:, i])
