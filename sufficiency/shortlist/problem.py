"""The shortlist as data: candidates, limits, the commitment and sampled demand, before any solver sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.shortlist.cells import Admits, Group, Kind, merged
from sufficiency.shortlist.further import NO_FURTHER_LIMITS, FurtherLimits
from sufficiency.shortlist.openings import Opening
from sufficiency.shortlist.prices import Prices, Tail
from sufficiency.shortlist.screening import Screened, day

Array = NDArray[np.float64]
Choice = Mapping[int, int]
"""Opening by position of the candidate."""


@dataclass(frozen=True)
class Version:
    """A bid at a size and on a day of opening; what is None is left open."""

    places: int | None = None
    opens: dt.date | None = None


@dataclass(frozen=True)
class Candidate:
    """A bid that may be chosen."""

    eoi: ExpressionOfInterest
    position: int
    """Position among the candidates: the stable number in the names of the solver's variables."""
    gives: tuple[tuple[int, float], ...]
    """Kinds of places (positions in :attr:`ShortlistProblem.kinds`) with their share of the bid's places."""
    chance: float
    """Chance of surviving every stage still ahead."""
    openings: tuple[Opening, ...]
    costs: tuple[float, ...]
    """Cost of taking each opening up in £, discounted: study, capital, place funding and dearer top-ups to the horizon."""
    places: tuple[int, ...]
    """Places as bid, by opening."""
    capital: tuple[float, ...]
    """Capital in £, optimism bias included, by opening. It is set aside in full, whatever the chance of opening."""
    quality: float
    """The quality score that counts."""

    def expected_by(self, opening: int) -> float:
        """Places expected to be open by the commitment's day with that opening, slippage included."""
        return self.expected_at(opening) * self.openings[opening].by_commitment

    def places_at(self, opening: int) -> int:
        """Places of the size of an opening, as bid."""
        return self.places[opening]

    def expected_at(self, opening: int) -> float:
        """Places of the size of an opening, expected to open."""
        return self.chance * self.places_at(opening)

    def capital_at(self, opening: int) -> float:
        """Capital in £ of the size of an opening, optimism bias included."""
        return self.capital[opening]

    def of_version(self, version: Version) -> tuple[int, ...]:
        """The openings of a version, in order; raises InputProblem where there is none."""
        found = tuple(
            o
            for o, opening in enumerate(self.openings)
            if version.places in (None, self.places_at(o)) and version.opens in (None, opening.day)
        )
        if found:
            return found
        sizes = ", ".join(str(places) for places in sorted({self.places_at(o) for o in range(len(self.openings))}))
        days = ", ".join(day(opens) for opens in sorted({opening.day for opening in self.openings}))
        raise InputProblem(
            f"the bid {self.eoi.id} has no such version",
            value=f"{version.places or 'any'} places, {day(version.opens) if version.opens else 'any day'}",
            allowed=f"{sizes} places; opening on {days}",
            mend="choose one of these, or change the list of bids",
        )

    def narrowed(self, version: Version) -> Candidate:
        """The candidate with the openings of a version only; raises InputProblem where there is none."""
        kept = self.of_version(version)
        return replace(
            self,
            openings=tuple(self.openings[o] for o in kept),
            costs=tuple(self.costs[o] for o in kept),
            places=tuple(self.places[o] for o in kept),
            capital=tuple(self.capital[o] for o in kept),
        )

    @property
    def most(self) -> int:
        """The opening that gives the most places soonest."""
        return max(range(len(self.openings)), key=lambda o: (self.places_at(o), -o))


@dataclass(frozen=True)
class CommitmentGap:
    """The commitment before the shortlist, in places."""

    by: dt.date
    promised: float
    delivered: float
    pipeline: float
    """Places of the scenario's supply that count, expected to be open by the day (chance of opening and slippage included)."""
    price: float = 0.0
    """£ set on a missing place, where all is weighed in pounds."""

    @property
    def missing(self) -> float:
        """Places still to be found."""
        return max(0.0, self.promised - self.delivered - self.pipeline)


@dataclass(frozen=True, eq=False)
class ShortlistProblem:
    """Everything that decides a shortlist.

    A *kind* is a set of places that can take the same children from the same place, a *group* a set of children of one area whom
    the same kinds can take. Neither loses anything: what happens to the children is the same as bid by bid and cell by cell.
    """

    candidates: tuple[Candidate, ...]
    screened: tuple[Screened, ...]
    years: tuple[int, ...]
    """Academic years of the run, by the calendar year in which they began."""
    capital: float
    """Capital in £ for the whole shortlist."""
    projects_per_year: int
    """Projects that can open in one academic year."""
    lowest_quality: float
    commitment: CommitmentGap
    unmet_child_year: float
    """£ set on a child-year of unmet need: turns a gap in child-years into £."""
    resident_share: float
    """Share of places open to the authority's residents (middle value)."""
    kinds: tuple[Kind, ...]
    groups: tuple[Group, ...]
    admits: Admits
    """Whether a kind can take a group, shape (kinds, groups)."""
    cost_per_child: Array
    """£ a child and year in a place of a kind: usual top-up and journey, shape (kinds, groups)."""
    demand: Array
    """Children unmet without the shortlist, shape (futures, years, groups); each stands for a year."""
    out_of_reach: Array
    """Children unmet whom no candidate can take, shape (futures, years)."""
    weights: Array
    """Probability of each future, shape (futures,); futures with equal demand are one."""
    prices: Prices
    tail: Tail
    order: str
    """in turn or in pounds."""
    replications: tuple[int, ...]
    """Replications of the run that were sampled."""
    base_seed: int
    scenario_digest: str
    area_labels: Mapping[str, str]
    invited: bool = False
    """Whether the criteria of a targeted invitation screened the bids."""
    forced_in: tuple[int, ...] = ()
    """Positions of candidates that must be chosen."""
    further: FurtherLimits = NO_FURTHER_LIMITS
    """Limits that a scenario may have besides."""

    def capacity(self, candidate: Candidate, opening: int) -> Array:
        """Expected places open to residents, shape (years, kinds)."""
        total = np.zeros((len(self.years), len(self.kinds)))
        shares = np.array(candidate.openings[opening].open_shares)
        for kind, share in candidate.gives:
            total[:, kind] += shares * candidate.expected_at(opening) * self.resident_share * share
        return total

    def capacities(self, chosen: Choice) -> Array:
        """The same for a whole choice, shape (years, kinds)."""
        total = np.zeros((len(self.years), len(self.kinds)))
        for position, opening in chosen.items():
            total += self.capacity(self.candidates[position], opening)
        return total

    @property
    def kilometres(self) -> Array:
        """Journey in km of a child of a group to a place of a kind, shape (kinds, groups)."""
        between = self.prices.kilometres
        return np.array([[between[group.area, kind.area] for group in self.groups] for kind in self.kinds]).reshape(
            len(self.kinds), len(self.groups)
        )

    @cached_property
    def pooled(self) -> tuple[NDArray[np.int64], Admits, Array]:
        """Kinds and groups merged as far as children served and unmet are concerned: see :func:`cells.merged`."""
        return merged(self.admits, self.demand)

    @cached_property
    def ids(self) -> dict[str, int]:
        """Position of each candidate by its bid's id."""
        return {candidate.eoi.id: candidate.position for candidate in self.candidates}
