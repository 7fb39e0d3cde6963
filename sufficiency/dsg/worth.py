"""What each workstream of a plan is worth: savings by workstream that sum to the whole, however they overlap."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np

from sufficiency.dsg.account import draw_up
from sufficiency.dsg.basis import Basis, basis
from sufficiency.dsg.interventions import Effects
from sufficiency.dsg.players import Player, players, with_only
from sufficiency.dsg.prices import Array
from sufficiency.dsg.pupil_runs import Pupils, of_run, pupils_of
from sufficiency.dsg.shapley import Coalition, coalitions, exact, orders, prefixes, sampled
from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import Progress
from sufficiency.scenario.scenario import Scenario

MOST_SIMULATED, MOST_PLAYERS = 3, 8
"""Workstreams up to which every order is weighed: those that have to be simulated, and all."""


@dataclass(frozen=True)
class Worth:
    """Savings in £ by workstream, paired by future: they sum to the mitigated balance less the unmitigated one."""

    players: tuple[Player, ...]
    replications: tuple[int, ...]
    financial_years: tuple[str, ...]
    in_year: Array
    """[workstream, future, financial_year]: change of the year's balance, costs and payments towards the deficit included."""
    is_exact: bool
    """Whether every order of the workstreams was weighed."""
    error: Array
    """[workstream, financial_year]: standard error of the mean cumulative saving that comes from sampling orders; 0 if exact."""

    @property
    def cumulative(self) -> Array:
        """[workstream, future, financial_year]: saving to the end of each year."""
        return np.cumsum(self.in_year, axis=2)


def worth(
    unmitigated: Run,
    mitigated: Run,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    sample: bool | None = None,
) -> Worth:
    """What each workstream of ``mitigated`` is worth against ``unmitigated``, a run of the same scenario without any.

    Coalitions that change what happens to children are simulated in the same futures; the others are drawn up. ``sample`` says
    whether orders are sampled (default: where the workstreams are many). Raises Cancelled.
    """
    scenario, seed = mitigated.scenario, mitigated.base_seed
    found = players(scenario)
    many = sum(p.is_simulated for p in found) > MOST_SIMULATED or len(found) > MOST_PLAYERS
    sample = many if sample is None else sample
    common = [r for r in mitigated.replications if r in unmitigated.replications]
    order = dict(zip(common, orders(len(found), seed, common), strict=True))
    wanted = _wanted(len(found), order, sample=sample)
    none, every = frozenset[str](), _simulated(found, range(len(found)))
    at_hand = {none: of_run(unmitigated), every: of_run(mitigated)}
    pupils = _simulate(scenario, found, wanted, at_hand, seed, executor, progress, cancelled)
    common = [r for r in common if all(r in pupils[_simulated(found, c)] for c, futures in wanted.items() if r in futures)]
    prices = _prices(mitigated, common)
    balance = Balances(prices, found, pupils, common)
    if sample:
        values, half = sampled(balance, np.array([order[r] for r in common]))
        error = np.cumsum(half, axis=2).std(axis=1) / np.sqrt(max(len(common), 1))
    else:
        values = exact(balance, len(found)) if found else np.zeros((0, len(common), len(prices[0].years)))
        error = np.zeros((len(found), len(prices[0].years)))
    return Worth(found, tuple(common), prices[0].financial_years, values, not sample, error)


class Balances:
    """The yearly change of the balance with a coalition of workstreams on, [future, financial_year]; each drawn up once."""

    def __init__(
        self,
        prices: tuple[Basis, Effects],
        found: Sequence[Player],
        pupils: Mapping[frozenset[str], Mapping[int, Pupils]],
        replications: Sequence[int],
    ) -> None:
        self._basis, self._effects = prices
        self._players, self._pupils, self._replications = tuple(found), pupils, tuple(replications)

    def __call__(self, coalition: Coalition) -> Array:
        """Futures in which the coalition was not simulated hold no pupils, and are not to be read."""
        children = self._pupils[_simulated(self._players, coalition)]
        shape = self._basis.pupil_years.shape[1:]
        nobody = Pupils(np.zeros(shape), np.zeros(shape))
        rows = [children.get(r, nobody) for r in self._replications]
        on = [key for p in coalition for key in self._players[p].interventions]
        here = replace(
            self._basis,
            policy=self._effects.policy(on),
            pupil_years=np.array([row.pupil_years for row in rows]),
            place_years=np.array([row.place_years for row in rows]),
        )
        account = draw_up(here, mitigated=True)
        change: Array = account.in_year_balance + account.deficit_grants
        return change


def _prices(run: Run, replications: Sequence[int]) -> tuple[Basis, Effects]:
    """Prices and effects of some futures of a run."""
    at = [run.replications.index(r) for r in replications]
    tallies = {name: run.tallies[name][at] for name in ("pupil_years", "place_years")}
    some = replace(run, replications=tuple(replications), tallies=tallies)
    scenarios = some.drawn_scenarios()
    found = basis(some, scenarios)
    return found, Effects(scenarios, found.prices.other_line_codes, found.years)


def _wanted(number: int, orders: Mapping[int, Sequence[int]], *, sample: bool) -> dict[Coalition, set[int]]:
    """The coalitions whose worth is asked for, with the futures in which it is; ``orders`` by replication."""
    if not sample:
        return {coalition: set(orders) for coalition in coalitions(number)}
    wanted: dict[Coalition, set[int]] = {}
    for replication, order in orders.items():
        for coalition in (*prefixes(order), *prefixes(order[::-1])):
            wanted.setdefault(coalition, set()).add(replication)
    return wanted


def _simulated(found: Sequence[Player], coalition: Iterable[int]) -> frozenset[str]:
    """Ids of the simulated workstreams of a coalition: those that differ in nothing else have the same children."""
    return frozenset(found[p].id for p in coalition if found[p].is_simulated)


def _simulate(
    scenario: Scenario,
    found: Sequence[Player],
    wanted: Mapping[Coalition, set[int]],
    at_hand: Mapping[frozenset[str], dict[int, Pupils]],
    seed: int,
    executor: Executor | None,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
) -> dict[frozenset[str], dict[int, Pupils]]:
    needed: dict[frozenset[str], set[int]] = {}
    for coalition, replications in wanted.items():
        needed.setdefault(_simulated(found, coalition), set()).update(replications)
    keys = [key for key in needed if key not in at_hand]
    of = {p.id: p.interventions for p in found}
    work = [(with_only(scenario, {name for p in key for name in of[p]}), needed[key]) for key in keys]
    done = pupils_of(work, seed, executor=executor, progress=progress, cancelled=cancelled)
    return {**at_hand, **dict(zip(keys, done, strict=True))}
