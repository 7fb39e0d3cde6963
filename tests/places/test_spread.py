"""What a spread is made of: every unverified range that bears on places is in one group, and shares are of the variance."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import run_futures
from sufficiency.places.gap import cut, gap
from sufficiency.places.spread import ASSUMPTIONS, Spread, groups, measure_spread
from sufficiency.scenario.posterior import Posterior
from sufficiency.scenario.scenario import Scenario

PAIRS = 4_000


def test_every_unverified_range_that_bears_on_places_is_in_exactly_one_group(bristol: Scenario) -> None:
    found = groups(bristol)
    assert tuple(found) == ASSUMPTIONS.codes
    paths = [path for group in found.values() for path in group]
    assert len(paths) == len(set(paths))
    ranges = {path for path, figure in bristol.figures() if figure.is_range and not figure.verified}
    assert ranges - set(paths) == {path for path in ranges if path.startswith(("money.", "shortlist."))}
    assert found["area_shares"] == {"demand.by_area", "caseload.by_area"}
    assert "estate.resident_share" in found["capacities"]
    assert sum(path.startswith("supply.") for path in found["capacities"]) == 18
    assert {"placements.latent", "caseload.by_need"} <= found["need_and_placement"]
    assert {"demand.growth", "estate.slippage", "assessment_team.cases_per_week"} <= found["other_ranges"]


def test_verified_ranges_are_no_assumption(bristol: Scenario) -> None:
    assert "demand.growth" not in groups(bristol.changed("demand.growth", verified=True))["other_ranges"]


def test_what_calibration_left_open_is_a_group_of_its_own(bristol: Scenario) -> None:
    particles = {"demand.growth": (0.1, 0.12)}
    posterior = Posterior(source="made up", as_of=bristol.knowledge_date, weights=(1.0, 1.0), particles=particles)
    found = groups(bristol.model_copy(update={"posterior": posterior}))
    assert found["calibrated"] == {"posterior"}


@pytest.fixture(scope="module")
def additive(bristol: Scenario) -> Spread:
    """Need = a + b + e in each area, with a of the area shares and b of the capacities, made up: variances 4, 1 and 3."""
    rng = np.random.default_rng(4)
    a, b, e = (sd * rng.standard_normal((2 * PAIRS, 3)) for sd in (2.0, 1.0, 3**0.5))
    neighbour = np.arange(2 * PAIRS).reshape(-1, 2)[:, ::-1].ravel()

    def run(a: Any, b: Any, e: Any) -> Run:
        zero = np.zeros((2 * PAIRS, 1, 3, 1, 1))
        tallies = {"need": (a + b + e)[:, None, :, None, None], "places": zero, "waiting": zero}
        return Run(bristol, 0, tuple(range(2 * PAIRS)), tallies)

    return Spread(run(a, b, e), {"area_shares": run(a[neighbour], b, e), "capacities": run(a, b[neighbour], e)})


def test_shares_are_those_of_the_variance(additive: Spread) -> None:
    found = additive.shares(lambda run: gap(run, "gap_all")[:, 0, :, 0, 0])
    assert found.by_group["area_shares"] == pytest.approx([4 / 8] * 3, abs=0.04)
    assert found.by_group["capacities"] == pytest.approx([1 / 8] * 3, abs=0.02)
    assert found.assumption == pytest.approx([5 / 8] * 3, abs=0.05)
    assert (found.assumption == found.by_group["area_shares"] + found.by_group["capacities"]).all()
    assert (found.area_figures == found.assumption).all()
    assert (np.abs(found.assumption - 5 / 8) < 4 * found.error).all()


def test_a_cell_without_spread_has_no_share(additive: Spread) -> None:
    found = additive.shares(lambda run: gap(run, "gap_waiting")[:, 0, :, 0, 0])
    assert np.isnan(found.assumption).all()


def test_a_simulated_run_is_taken_apart(bristol: Scenario) -> None:
    scenario = bristol.changed("", horizon=dt.date(2023, 4, 30))
    run = run_futures(scenario, 6)
    told: list[tuple[int, int]] = []
    spread = measure_spread(run, 4, progress=lambda done, of: told.append((done, of)))
    assert spread is not None
    assert tuple(spread.crossed) == ASSUMPTIONS.codes
    assert spread.futures == 4
    assert told[-1] == (16, 16)
    shares = spread.shares(lambda each: cut(each, gap(each, "gap_all"), ("area",)))
    assert shares.assumption.shape == (2, 3)
    # Waiting children of the whole city do not depend on how they divide between areas on the first day.
    first = spread.shares(lambda each: cut(each, gap(each, "gap_waiting"), ())[:, 0])
    assert first.by_group["area_shares"] == 0
    assert measure_spread(run, 3) is None
