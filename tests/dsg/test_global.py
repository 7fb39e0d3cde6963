"""Global sensitivity: indices of functions whose indices are known, and inputs that hold every uncertain figure once."""

from __future__ import annotations

import datetime as dt
from types import ModuleType

import numpy as np
import pytest
from scipy.stats import qmc

from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.chain_inputs import CHANCE, INPUTS, SHOCKS, Input, Inputs, owner
from sufficiency.dsg.global_sensitivity import check_samples, global_sensitivity, indices, indices_table
from sufficiency.scenario.draws import settled
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.demand import growth_path
from sufficiency.simulation.future import simulate
from sufficiency.simulation.streams import Streams

ISHIGAMI_FIRST, ISHIGAMI_TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)
"""Published: Ishigami and Homma 1990, as in Saltelli and others 2008, with a = 7 and b = 0.1."""


def ishigami(u: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * u - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def additive(u: np.ndarray) -> np.ndarray:
    """Variances 1, 4 and 9 of uniforms, without interaction."""
    return np.sqrt(12) * (u @ np.array([1.0, 2.0, 3.0]))


@pytest.mark.theory
def test_indices_of_functions_that_are_known() -> None:
    inputs = tuple(Input(name, name, (), "from records") for name in "abc")
    points = qmc.Sobol(6, scramble=True, rng=np.random.default_rng(1)).random(4096)
    a, b = points[:, :3], points[:, 3:]
    mixed = [np.where(np.arange(3) == i, b, a) for i in range(3)]
    at = [np.array([f(m) for f in (ishigami, additive)]) for m in (a, b, *mixed)]
    found = indices(inputs, ("ishigami", "additive"), at[0], at[1], np.array(at[2:]), 1)
    assert found.first[0] == pytest.approx(ISHIGAMI_FIRST, abs=0.02)
    assert found.total[0] == pytest.approx(ISHIGAMI_TOTAL, abs=0.02)
    shares = np.array([1, 4, 9]) / 14
    assert found.first[1] == pytest.approx(shares, abs=0.01)
    assert found.total[1] == pytest.approx(shares, abs=0.01)
    assert (found.total_range[0] <= found.total + 1e-9).all() and (found.total <= found.total_range[1] + 1e-9).all()
    assert (found.total_range[1] - found.total_range[0]).max() < 0.1
    table = indices_table(found)
    assert list(table[table["output"] == "ishigami"]["input"]) == ["a", "b", "c"]


@pytest.mark.theory
def test_indices_agree_with_salib(salib_sobol: ModuleType) -> None:
    """The same sample and outputs, given to the library most analysts would take, have the same indices."""
    samples, inputs = 512, tuple(Input(name, name, (), "from records") for name in "abc")
    points = qmc.Sobol(6, scramble=True, rng=np.random.default_rng(2)).random(samples)
    a, b = points[:, :3], points[:, 3:]
    mixed = [np.where(np.arange(3) == i, b, a) for i in range(3)]
    at_a, at_b, *at_ab = (ishigami(m) for m in (a, b, *mixed))
    ours = indices(inputs, ("ishigami",), at_a[None], at_b[None], np.array(at_ab)[:, None], 1)
    in_its_order = np.column_stack([at_a, *at_ab, at_b]).ravel()  # a sample after the other, as Saltelli's sampler gives them
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0, 1]] * 3}
    theirs = salib_sobol.analyze(problem, in_its_order, calc_second_order=False, seed=1)
    assert ours.first[0] == pytest.approx(theirs["S1"], abs=1e-6)  # centred a little differently
    assert ours.total[0] == pytest.approx(theirs["ST"], abs=1e-6)
    # Its 95 % intervals and our ranges of 8 in 10 come from bootstraps of their own: alike once brought to one level.
    half_widths = (ours.total_range[1] - ours.total_range[0])[0] / 2 * (1.96 / 1.2816)
    assert half_widths == pytest.approx(theirs["ST_conf"], rel=0.35)


@pytest.mark.law
@pytest.mark.parametrize("name", ["bristol-2022", "bristol-2025", "bristol-2020", "bristol-2025+reforms-2026"])
def test_every_uncertain_figure_belongs_to_one_input(name: str) -> None:
    scenario = load(name)
    for path, figure in scenario.figures():
        if figure.is_range and not path.startswith("shortlist."):
            assert owner(path) in {i.name for i in INPUTS}, path
    assert owner("money.income_growth") == "income_growth"
    assert owner("money.inflation") == "inflation"
    assert owner("placements.latent") == "latent"
    assert owner("placements.step_down") == "moves"
    assert len({i.name for i in INPUTS}) == len(INPUTS)
    with pytest.raises(LookupError, match="weather"):
        owner("weather.rain")


@pytest.fixture(scope="module")
def point() -> dict[str, float]:
    return {i.name: 0.1 + 0.03 * n for n, i in enumerate(INPUTS)}


@pytest.mark.law
def test_a_point_moves_only_the_figures_of_the_input_that_differs(bristol: Scenario, point: dict[str, float]) -> None:
    inputs = Inputs(bristol)
    before = dict(inputs.at(point).scenario.figures())
    for item in inputs.inputs:
        after = dict(inputs.at(point | {item.name: 0.77}).scenario.figures())
        changed = {path for path in before if before[path] != after[path]}
        if item.name in (SHOCKS, CHANCE):
            assert changed == ({"demand.known_growth"} if item.name == SHOCKS else set())
        else:
            assert changed - {"demand.known_growth"}, item.name
            assert all(owner(path) == item.name for path in changed - {"demand.known_growth"}), item.name
            assert ("demand.known_growth" in changed) == (item.name in ("growth",))


def test_a_single_number_has_the_quantile_of_its_input(bristol: Scenario, point: dict[str, float]) -> None:
    figure = bristol.money.fee_inflation
    found = Inputs(bristol).at(point | {"fee_inflation": 0.5}).scenario.money.fee_inflation
    assert found.value == figure.drawn(np.array([0.5])).value
    assert not found.is_range


@pytest.mark.law
def test_what_a_point_gives_is_certain_and_its_growth_is_the_path_drawn(bristol: Scenario, point: dict[str, float]) -> None:
    short = bristol.changed("", horizon=dt.date(2024, 4, 30))
    drawing = Inputs(short).at(point)
    assert not any(figure.is_range for path, figure in drawing.scenario.figures() if not path.startswith("shortlist."))
    paths = [growth_path(drawing.scenario, Streams(seed, 0)) for seed in (1, 2)]
    assert list(paths[0].values()) == pytest.approx(list(paths[1].values()), abs=1e-12)
    assert any(paths[0].values())
    one, other = (simulate(drawing.scenario, drawing.replication, base_seed=5).tallies for _ in range(2))
    assert all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("samples", [0, 8, 100, 8192, -16])
def test_samples_are_powers_of_two(samples: int) -> None:
    with pytest.raises(InputProblem, match="not usable"):
        check_samples(samples, "--samples")


@pytest.mark.integration
def test_the_whole_chain_gives_indices_in_which_money_has_its_part(bristol: Scenario) -> None:
    """Few samples of a short clock, with nothing uncertain but shocks, chance and money."""
    short = bristol.changed("", horizon=dt.date(2023, 4, 30))
    found = global_sensitivity(settled(short).model_copy(update={"money": short.money}), 16, base_seed=3)
    assert found.outputs[0] == "cumulative balance 2022-23"
    assert {i.name for i in found.inputs if i.is_simulated} == {SHOCKS, CHANCE}
    assert found.simulated == 16 * 4
    gap = found.outputs.index("places short at the end")
    for i, item in enumerate(found.inputs):
        assert item.is_simulated or found.total[gap, i] == 0
    of_balance = {item.name: found.total[0, i] for i, item in enumerate(found.inputs)}
    # One year in, the balance hangs on income, lines and the opening, not on the course of single children.
    assert of_balance["income"] > of_balance[CHANCE]
    assert found.mean[0] < 0 < found.spread[0]
