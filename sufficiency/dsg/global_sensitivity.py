"""What the spread of the balance comes from, over the whole chain: Sobol' indices of groups of inputs.

A first-order index is the share of the variance that would go if an input were known; a total one the share that would stay if
all others were (Saltelli and others 2010, as ``scipy.stats.sobol_indices`` has it). Inputs that change only what is paid redraw
the account from the same children; the others are simulated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.calendar import financial_year_label
from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import draw_up
from sufficiency.dsg.balances import check_year
from sufficiency.dsg.basis import Basis
from sufficiency.dsg.chain_inputs import Drawing, Input, Inputs
from sufficiency.dsg.changes import changes_in
from sufficiency.dsg.fees import standard_normals
from sufficiency.dsg.interventions import Effects, enabled
from sufficiency.dsg.prices import Array, prices
from sufficiency.experiment.pathway_runs import in_order
from sufficiency.experiment.runner import Progress
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.future import simulate
from sufficiency.simulation.results import DEFAULT_BASE_SEED

if TYPE_CHECKING:
    import pandas as pd

SAMPLES = 64
_BATCH = 8
_RESAMPLES, _CONFIDENCE = 300, 0.8


class Children(NamedTuple):
    """What a simulated point leaves behind for money and places."""

    pupil_years: Array
    """[financial_year, setting]."""
    place_years: Array
    """[financial_year, setting]."""
    gap: float
    """Places short of all need on the last census."""


@dataclass(frozen=True)
class Indices:
    """Sobol' indices with the range in which 8 in 10 bootstrap samples lie; arrays are [output, input]."""

    inputs: tuple[Input, ...]
    outputs: tuple[str, ...]
    first: Array
    total: Array
    first_range: Array
    """[2, output, input]."""
    total_range: Array
    """[2, output, input]."""
    mean: Array
    """[output]: mean of each output over the sample."""
    spread: Array
    """[output]: its standard deviation."""
    samples: int
    simulated: int
    """Futures simulated for it."""


def global_sensitivity(
    scenario: Scenario,
    samples: int = SAMPLES,
    *,
    year: str | None = None,
    base_seed: int = DEFAULT_BASE_SEED,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Indices:
    """Indices of the last cumulative balance, of the in-year balance of ``year`` (default: the middle one) and of the gap.

    ``samples`` is a power of two; inputs that are simulated cost so many futures each. Raises InputProblem, and Cancelled.
    """
    from scipy.stats import qmc

    check_samples(samples)
    labels = tuple(financial_year_label(y) for y in scenario.calendar.whole_financial_years)
    year = labels[len(labels) // 2] if year is None else year
    check_year(labels, year)
    found = Inputs(scenario)
    count = len(found.inputs)
    points = qmc.Sobol(2 * count, scramble=True, rng=np.random.default_rng(base_seed)).random(samples)
    matrices = _matrices(points[:, :count], points[:, count:])
    simulated = [True, True, *(i.is_simulated for i in found.inputs)]
    at = labels.index(year)
    first = [m for m, yes in zip(matrices, simulated, strict=True) if yes]
    values, children = _evaluate(scenario, found, first, None, at, base_seed, executor, progress, cancelled)
    # What changes only what is paid is paid for the children of the first sample.
    rest = [m for m, yes in zip(matrices, simulated, strict=True) if not yes]
    redrawn, _ = _evaluate(scenario, found, rest, children[:samples], at, base_seed, executor, None, cancelled)
    one, other = iter(values), iter(redrawn)
    of = [next(one) if yes else next(other) for yes in simulated]
    outputs = (f"cumulative balance {labels[-1]}", f"in-year balance {year}", "places short at the end")
    return indices(found.inputs, outputs, of[0], of[1], np.array(of[2:]), base_seed, samples * len(first))


def indices(
    inputs: Sequence[Input], outputs: Sequence[str], at_a: Array, at_b: Array, at_ab: Array, seed: int, simulated: int = 0
) -> Indices:
    """Indices from outputs at two independent samples ``at_a`` and ``at_b``, [output, sample], and at ``at_ab``, [input, output,
    sample]: the first with one input from the second."""
    from scipy.stats import sobol_indices

    samples = at_a.shape[1]
    found = sobol_indices(func={"f_A": at_a, "f_B": at_b, "f_AB": at_ab}, n=samples)
    ends = _bootstrap(at_a, at_b, at_ab, seed)
    shape = (len(outputs), len(inputs))
    both = np.concatenate([at_a, at_b], axis=1)
    return Indices(
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        first=np.reshape(found.first_order, shape),
        total=np.reshape(found.total_order, shape),
        first_range=ends[0],
        total_range=ends[1],
        mean=both.mean(axis=1),
        spread=both.std(axis=1),
        samples=samples,
        simulated=simulated,
    )


def check_samples(samples: int, where: str = "") -> None:
    """Raise InputProblem where the number of samples is no power of two within bounds."""
    if not 16 <= samples <= 4096 or samples & (samples - 1):
        raise InputProblem(
            "the number of samples is not usable", where=where, value=samples,
            allowed="a power of two, 16 to 4096", mend="take 64 for a quick look, 256 for firmer figures",
        )  # fmt: skip


def indices_table(found: Indices) -> pd.DataFrame:
    """Columns: output, input, label, how it could become known, first-order and total index with ranges; largest first."""
    import pandas as pd

    rows = []
    for o, output in enumerate(found.outputs):
        for i in np.argsort(-found.total[o]):
            item = found.inputs[i]
            first = (found.first[o, i], *found.first_range[:, o, i])
            total = (found.total[o, i], *found.total_range[:, o, i])
            rows.append((output, item.name, item.label, item.known, *first, *total))
    named = [
        "output",
        "input",
        "label",
        "known",
        "first_order",
        "first_low",
        "first_high",
        "total_order",
        "total_low",
        "total_high",
    ]
    return pd.DataFrame(rows, columns=named)


def _matrices(a: Array, b: Array) -> list[Array]:
    """A, B, and A with each column from B; all [sample, input]."""
    mixed = []
    for column in range(a.shape[1]):
        one = a.copy()
        one[:, column] = b[:, column]
        mixed.append(one)
    return [a, b, *mixed]


def _points(found: Inputs, matrix: Array) -> list[dict[str, float]]:
    # Kept off 0 and 1, at which a quantile may be infinite.
    inner = np.clip(matrix, 1e-9, 1 - 1e-9)
    return [dict(zip((i.name for i in found.inputs), row.tolist(), strict=True)) for row in inner]


def _evaluate(
    scenario: Scenario,
    found: Inputs,
    matrices: Sequence[Array],
    children: Sequence[Children] | None,
    year: int,
    base_seed: int,
    executor: Executor | None,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
) -> tuple[list[NDArray[Any]], list[Children]]:
    """Outputs [output, sample] of each matrix, and what every point left behind; simulated unless ``children`` are given."""
    points = [point for matrix in matrices for point in _points(found, matrix)]
    given = None if children is None else list(children) * len(matrices)
    parts = [slice(start, start + _BATCH) for start in range(0, len(points), _BATCH)]
    work = ((_evaluated, scenario, points[part], None if given is None else given[part], year, base_seed) for part in parts)
    values, left = [], []
    for outputs, of_part in in_order(executor, work, cancelled):
        values.append(outputs)
        left += of_part
        if progress:
            progress(len(left), len(points))
    if not matrices:
        return [], []
    return np.split(np.concatenate(values, axis=1), len(matrices), axis=1), left


def _evaluated(
    scenario: Scenario, points: Sequence[dict[str, float]], children: Sequence[Children] | None, year: int, base_seed: int
) -> tuple[NDArray[Any], list[Children]]:
    """In a worker process: outputs [output, point] of some points, and what each left behind."""
    found = Inputs(scenario)
    drawings = [found.at(point) for point in points]
    left = [_simulated(drawing, base_seed) for drawing in drawings] if children is None else list(children)
    scenarios = [drawing.scenario for drawing in drawings]
    years = scenario.calendar.whole_financial_years
    drawn = prices(scenarios, years)
    policy = Effects(scenarios, drawn.other_line_codes, years).policy(enabled(scenario))
    replications = tuple(drawing.replication for drawing in drawings)
    here = Basis(
        base_seed=base_seed,
        replications=replications,
        years=years,
        pupil_years=np.array([c.pupil_years for c in left]),
        place_years=np.array([c.place_years for c in left]),
        normals=standard_normals(base_seed, replications, years),
        prices=drawn,
        policy=policy,
        neutral=policy,
        variant=changes_in(scenario.money.variant),
    )
    account = draw_up(here, mitigated=True)
    return np.array([account.cumulative_balance[:, -1], account.in_year_balance[:, year], [c.gap for c in left]]), left


def _simulated(drawing: Drawing, base_seed: int) -> Children:
    tallies = simulate(drawing.scenario, drawing.replication, base_seed=base_seed).tallies
    gap = float(tallies["need"][-1].sum() - tallies["places"][-1].sum())
    return Children(tallies["pupil_years"].sum(axis=1), tallies["place_years"], gap)


def _bootstrap(at_a: Array, at_b: Array, at_ab: Array, seed: int) -> tuple[Array, Array]:
    """p10 and p90 of first-order and total indices over bootstrap samples, each [2, output, input]."""
    from scipy.stats import sobol_indices

    rng = np.random.default_rng(seed)
    samples = at_a.shape[1]
    first, total = [], []
    for _ in range(_RESAMPLES):
        at = rng.integers(0, samples, samples)
        found = sobol_indices(func={"f_A": at_a[:, at], "f_B": at_b[:, at], "f_AB": at_ab[:, :, at]}, n=samples)
        first.append(np.reshape(found.first_order, (at_a.shape[0], at_ab.shape[0])))
        total.append(np.reshape(found.total_order, (at_a.shape[0], at_ab.shape[0])))
    tails = [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2]
    return np.quantile(first, tails, axis=0), np.quantile(total, tails, axis=0)
