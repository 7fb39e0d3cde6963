"""Crossed futures: some of the drawn figures as in one future, everything else as in its neighbour.

They tell how much of a spread over futures comes from those figures. With f(g, e) a result of the figures g and of everything
else e, and two futures i and j,

    (f(g_i, e_i) - f(g_j, e_i)) (f(g_i, e_j) - f(g_j, e_j)) / 2

has the mean Var(E[f | g]), the variance that the figures explain by themselves: Sobol's index of first order before it is
divided by the whole variance (Sobol' 1993; a product of differences, as in Owen 2013, needs no mean to be known). What chance
does to single children differs in the two factors, so it is not counted with the figures, however much they stir it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.experiment.pathway_runs import in_order
from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import Progress
from sufficiency.scenario.draws import fixed
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.future import simulate
from sufficiency.simulation.streams import Streams

_BATCH = 5


def crossed(
    run: Run,
    most: int,
    paths: Collection[str],
    tallies: Sequence[str],
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Run:
    """The first futures of ``run`` (an even number, at most ``most``), each with the figures at ``paths`` as in its neighbour.

    Neighbours are the first and the second, the third and the fourth, and so on. The result has the named tallies only. Raises
    Cancelled once ``cancelled()`` is true, and what made a future fail.
    """
    own = run.replications[: min(run.futures, most) // 2 * 2]
    neighbours = [pair for i in range(0, len(own), 2) for pair in ((own[i], own[i + 1]), (own[i + 1], own[i]))]
    parts = [neighbours[start : start + _BATCH] for start in range(0, len(neighbours), _BATCH)]
    work: Iterator[tuple[Any, ...]] = (
        (_crossed, run.scenario, frozenset(paths), part, run.base_seed, tuple(tallies)) for part in parts
    )
    done: list[dict[str, NDArray[Any]]] = []
    for part in in_order(executor, work, cancelled):
        done.extend(part)
        if progress:
            progress(len(done), len(neighbours))
    stacked = {name: np.stack([each[name] for each in done]) if done else run.tallies[name][:0] for name in tallies}
    return Run(run.scenario, run.base_seed, own, stacked)


def explained(own: NDArray[Any], crossed_over: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The variance that the crossed figures explain by themselves, and its standard error, cell by cell; shape (*cells,).

    ``crossed_over`` is a quantity in the futures of :func:`crossed` and ``own`` the same in the run they come from, of shapes
    (futures, *cells). The estimate has no bias; by chance it may lie below 0. At least two pairs are needed.
    """
    pairs = crossed_over.reshape(len(crossed_over) // 2, 2, *crossed_over.shape[1:])
    before = own[: len(crossed_over)].reshape(pairs.shape)
    products = (before[:, 0] - pairs[:, 0]) * (pairs[:, 1] - before[:, 1]) / 2
    variance: NDArray[np.float64] = products.mean(axis=0)
    error: NDArray[np.float64] = products.std(axis=0, ddof=1) / np.sqrt(len(products))
    return variance, error


def _crossed(
    scenario: Scenario, paths: frozenset[str], pairs: Sequence[tuple[int, int]], base_seed: int, tallies: Sequence[str]
) -> list[dict[str, NDArray[Any]]]:
    """Some futures, each given as its replication and that of the crossed figures, in the calling process."""
    found = []
    for replication, neighbour in pairs:
        figures = fixed(scenario, Streams(base_seed, neighbour).uniform, paths)
        future = simulate(figures, replication, base_seed=base_seed)
        found.append({name: future.tallies[name] for name in tallies})
    return found
