"""How much of a spread some figures explain: exact where the answer is known, and nothing where they have no part in it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from sufficiency.experiment.crossed import crossed, explained
from sufficiency.experiment.runner import run_futures
from sufficiency.scenario.draws import drawn, fixed
from sufficiency.scenario.library import load
from sufficiency.scenario.posterior import Posterior
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.streams import Streams

PIPELINE = "pipeline-2022-09-south"
NAMES = ("need", "places", "commitment_opened")


@pytest.fixture(scope="module")
def short() -> Scenario:
    """Bristol to April 2023, where the places of one scheme are a range and no scheme is late."""
    scenario = load("bristol-2022").changed("", horizon=dt.date(2023, 4, 30))
    scenario = scenario.changed("estate.slippage", value={"0": 1.0}, low=None, high=None)
    return scenario.changed(f"supply.{PIPELINE}.places", value=20, low=2, high=40)


def interplay(g: np.ndarray, e: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """f(g, e) = 3 g + 2 e + g e + what chance does, with Var(E[f | g]) = 9 for standard normal g and e."""
    return 3 * g + 2 * e + g * e + chance


def test_the_variance_explained_is_that_of_the_mean_given_the_figures() -> None:
    rng = np.random.default_rng(1)
    pairs = 200_000
    g, e = rng.standard_normal((2, pairs, 2))
    # Chance falls differently whenever anything differs: it must not be counted with the figures.
    own = interplay(g, e, rng.standard_normal((pairs, 2)))
    over = interplay(g[:, ::-1], e, rng.standard_normal((pairs, 2)))
    variance, error = explained(own.ravel(), over.ravel())
    assert error == pytest.approx(0.035, abs=0.015)
    assert variance == pytest.approx(9.0, abs=4 * error)
    assert own.var() == pytest.approx(9 + 4 + 1 + 1, rel=0.02)


def test_figures_that_change_nothing_explain_nothing() -> None:
    rng = np.random.default_rng(2)
    own = rng.standard_normal((40, 3))
    variance, error = explained(own, own)
    assert (variance == 0).all() and (error == 0).all()


def test_each_cell_is_estimated_by_itself() -> None:
    rng = np.random.default_rng(3)
    own, over = rng.standard_normal((2, 40, 2, 3))
    variance, error = explained(own, over)
    assert variance.shape == error.shape == (2, 3)
    one, its_error = explained(own[:, 1, 2], over[:, 1, 2])
    assert (variance[1, 2], error[1, 2]) == pytest.approx((one, its_error))


def test_a_future_with_its_own_figures_fixed_is_the_same_future(short: Scenario) -> None:
    uniform = Streams(5, 3).uniform
    everything = frozenset(path for path, figure in short.figures() if figure.is_range)
    for paths in ({f"supply.{PIPELINE}.places"}, everything):
        again, before = drawn(fixed(short, uniform, paths), uniform), drawn(short, uniform)
        assert again.supply[PIPELINE].places.value == before.supply[PIPELINE].places.value
        assert again.demand.growth.value == pytest.approx(before.demand.growth.value, rel=1e-12)
        assert again.demand.by_area.value == pytest.approx(before.demand.by_area.value, rel=1e-12)
    untouched = fixed(short, uniform, {f"supply.{PIPELINE}.places"})
    assert untouched.demand == short.demand


def test_what_calibration_left_open_is_fixed_as_one_particle(short: Scenario) -> None:
    particles = {"demand.growth": (0.08, 0.1, 0.12), "placements.latent": (1.8, 2.0, 2.2)}
    posterior = Posterior(source="made up", as_of=short.knowledge_date, weights=(1.0, 1.0, 1.0), particles=particles)
    scenario = short.model_copy(update={"posterior": posterior})
    seen = set()
    for replication in range(12):
        uniform, other = Streams(5, replication).uniform, Streams(5, replication + 100).uniform
        own = drawn(scenario, uniform)
        again = drawn(fixed(scenario, uniform, {"posterior"}), other)
        together = (own.demand.growth.value, own.placements.latent.value)
        assert (again.demand.growth.value, again.placements.latent.value) == together
        assert again.placements.to_independent.value == drawn(scenario, other).placements.to_independent.value
        # Without it the particle is the other future's.
        assert drawn(fixed(scenario, uniform, {"demand.by_area"}), other).demand.growth == drawn(scenario, other).demand.growth
        seen.add(together)
    assert seen <= set(zip(*particles.values(), strict=True)) and len(seen) > 1


def test_places_are_explained_by_their_own_figure_wholly_and_by_no_other(short: Scenario) -> None:
    run = run_futures(short, 7)
    over = crossed(run, 100, {f"supply.{PIPELINE}.places"}, NAMES)
    assert over.replications == run.replications[:6]
    last = run.tallies["commitment_opened"][:6, -1].astype(float)
    assert len(np.unique(last)) > 2
    # The neighbour's figure is all that counts.
    assert over.tallies["commitment_opened"][:, -1].tolist() == last.reshape(3, 2)[:, ::-1].ravel().tolist()
    variance, _ = explained(last, over.tallies["commitment_opened"][:, -1])
    assert variance == pytest.approx(np.mean((last[::2] - last[1::2]) ** 2 / 2))
    other = crossed(run, 4, {"demand.by_area", "caseload.by_area"}, NAMES)
    assert other.futures == 4
    assert (other.tallies["commitment_opened"] == run.tallies["commitment_opened"][:4]).all()
    assert (other.tallies["need"] != run.tallies["need"][:4]).any()


def test_progress_is_told_and_one_future_alone_has_no_neighbour(short: Scenario) -> None:
    run = run_futures(short, 3)
    told: list[tuple[int, int]] = []
    crossed(run, 2, {"demand.growth"}, ("need",), progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (2, 2)
    assert crossed(run, 1, {"demand.growth"}, ("need",)).tallies["need"].shape[0] == 0
