"""What the model is built from, whoever asks: offers that may be taken up, the rows that limit them, and the children they serve.

A shortlist over many futures and an allocation of plain tables are both put in this form; the formulation reads nothing else. So
there is one model, and what is tested on small allocations holds for shortlists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sufficiency.shortlist.cells import merged
from sufficiency.shortlist.prices import Tail

Array = NDArray[np.float64]

LEAST = 1e-9
"""Children or places below this make no variable."""
MEAN = Tail(0.0, 1.0)


@dataclass(frozen=True)
class Way:
    """One way of taking up an offer: a size and an opening. Its binary is z."""

    offer: int
    """Position of the offer."""
    option: int
    """Position among the offer's ways."""
    name: str
    """Name of the binary, from the solvers' alphabet."""
    gives: tuple[tuple[int, tuple[float, ...]], ...]
    """Kinds of places (rows of :attr:`Program.admits`, each once) with the children they can take, by period."""
    cost: float
    """Cost of taking it up, in the unit of the objective."""


@dataclass(frozen=True)
class Row:
    """A limit on what is taken up: sum of coefficient x z, ``sense`` (<=, >= or =), ``bound``."""

    family: str
    """The family of limits, in words a planner would use."""
    name: str
    terms: tuple[tuple[int, float], ...]
    """Position of the way and its coefficient."""
    sense: str
    bound: float


@dataclass(frozen=True)
class Overflow:
    """What a child costs who is not served: ``cost``, and ``dearer`` besides for those of a period above ``limit``."""

    cost: float = 0.0
    dearer: float = 0.0
    limit: float | None = None


@dataclass(frozen=True, eq=False)
class Program:
    """A model before any solver sees it.

    Places of a *kind* can take the same children at the same cost; children of a *group* can be taken by the same kinds.
    """

    name: str
    ways: tuple[Way, ...]
    rows: tuple[Row, ...]
    admits: NDArray[np.bool_]
    """Whether a kind can take a group, shape (kinds, groups)."""
    demand: Array
    """Children to serve, shape (futures, periods, groups)."""
    weights: Array
    """Probability of each future, shape (futures,)."""
    periods: tuple[str, ...]
    """Labels of the periods, from the solvers' alphabet; one period may be nameless."""
    kind_names: tuple[str, ...]
    group_names: tuple[str, ...]
    commitment: tuple[tuple[float, ...], float, float] | None = None
    """Places towards the commitment by way, places missing, and the price of one that stays missing."""
    travel: Array | None = None
    """Cost of serving a child, shape (kinds, groups); None where nothing is paid for it."""
    must_serve: bool = False
    """Whether every child must be served; otherwise those who are not are counted."""
    overflow: Overflow = Overflow()
    beyond: Array | None = None
    """Children besides whom nobody can serve, shape (futures, periods); None where there are none."""
    factors: tuple[float, ...] | None = None
    """Weight of the costs of each period; None: 1 each."""
    tail: Tail = MEAN
    """How the worst futures weigh in what is minimised."""

    @cached_property
    def by_key(self) -> Mapping[tuple[int, int], int]:
        """Position of a way by offer and option."""
        return {(way.offer, way.option): position for position, way in enumerate(self.ways)}

    @cached_property
    def factor(self) -> Array:
        """Weight of the costs of each period, shape (periods,)."""
        return np.ones(len(self.periods)) if self.factors is None else np.array(self.factors)

    def tag(self, future: int, period: int) -> str:
        """A future and a period as part of a name; empty where there is only one of each and the period is nameless."""
        label = self.periods[period]
        return f"f{future}_{label}" if len(self.weights) > 1 or label else ""

    def pooled(self) -> Program:
        """The same as far as children served and unmet are concerned, as small as can be: what serving costs is left out."""
        new_kind, admits, demand = merged(self.admits, self.demand)

        def gives(way: Way) -> tuple[tuple[int, tuple[float, ...]], ...]:
            total: dict[int, Array] = {}
            for kind, places in way.gives:
                total[int(new_kind[kind])] = total.get(int(new_kind[kind]), 0.0) + np.array(places)
            return tuple((kind, tuple(places.tolist())) for kind, places in sorted(total.items()))

        return replace(
            self,
            ways=tuple(replace(way, gives=gives(way)) for way in self.ways),
            admits=admits,
            demand=demand,
            kind_names=tuple(f"k{k}" for k in range(len(admits))),
            group_names=tuple(f"g{g}" for g in range(admits.shape[1])),
            travel=None,
        )


def safe_name(position: int, text: str) -> str:
    """A name from the solvers' alphabet, distinct by position even where texts differ only in characters that are rewritten."""
    return f"{position:03d}_{re.sub(r'[^A-Za-z0-9_]', '_', text)[:40]}"


def joined(*parts: str) -> str:
    """Parts of a name joined, empty ones left out."""
    return "_".join(part for part in parts if part)
