"""The shortlist as data: candidates, limits, the commitment and sampled demand, before any solver sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.calendar import academic_year, academic_year_label
from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist.cells import Cell, cells_admitted, demand_by_group, groups_of, suitable_shares
from sufficiency.shortlist.further import NO_FURTHER_LIMITS, FurtherLimits
from sufficiency.shortlist.futures import NetDemand
from sufficiency.shortlist.openings import ON_TIME, Opening, Slippage, open_by, slippage_of
from sufficiency.shortlist.screening import Screened, forced_ids, screen

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """A bid that may be chosen."""

    eoi: ExpressionOfInterest
    position: int
    """Position among the candidates: the stable number in the names of the solver's variables."""
    kind: int
    """Position in :attr:`ShortlistProblem.admits`: which children the places can take."""
    capital: float
    """Capital in £ of the bid itself, optimism bias included. It is set aside in full, whatever the chance of opening."""
    places_expected: float
    """Places of the bid itself times the chance of surviving every stage still ahead."""
    openings: tuple[Opening, ...]
    costs: tuple[float, ...]
    """Whole cost of each opening in £, discounted: capital, and place rate, top-up and travel to the horizon."""
    optimism_bias: float = 0.0
    """Share added to bid capital."""

    def expected_by(self, opening: int) -> float:
        """Places expected to be open by the commitment's day with that opening, slippage included."""
        return self.expected_at(opening) * self.openings[opening].by_commitment

    def places_at(self, opening: int) -> int:
        """Places of the size of an opening."""
        return self.eoi.sizes[self.openings[opening].size].places

    def expected_at(self, opening: int) -> float:
        """Places of the size of an opening, expected to open."""
        return self.places_expected * self.places_at(opening) / self.eoi.places

    def capital_at(self, opening: int) -> float:
        """Capital in £ of the size of an opening, optimism bias included."""
        size = self.openings[opening].size
        return self.capital if size == 0 else self.eoi.sizes[size].capital * (1 + self.optimism_bias)

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

    @property
    def missing(self) -> float:
        """Places still to be found."""
        return max(0.0, self.promised - self.delivered - self.pipeline)


@dataclass(frozen=True, eq=False)
class ShortlistProblem:
    """Everything that decides a shortlist.

    A *kind* is a set of bids that can take the same children, a *group* a set of children whom the same kinds can take. Neither
    loses anything: children served and unmet are the same as bid by bid and cell by cell.
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
    groups: tuple[tuple[Cell, ...], ...]
    admits: NDArray[np.bool_]
    """Whether a kind can take a group, shape (kinds, groups)."""
    demand: Array
    """Children unmet without the shortlist, shape (futures, years, groups); each stands for a year."""
    out_of_reach: Array
    """Children unmet whom no candidate can take, shape (futures, years)."""
    weights: Array
    """Probability of each future, shape (futures,); futures with equal demand are one."""
    replications: tuple[int, ...]
    """Replications of the run that were sampled."""
    base_seed: int
    scenario_digest: str
    slippage: Slippage
    """Probability of opening so many terms late."""
    area_labels: Mapping[str, str]
    forced_in: tuple[int, ...] = ()
    """Positions of candidates that must be chosen."""
    further: FurtherLimits = NO_FURTHER_LIMITS
    """Limits that a scenario may have besides."""

    @property
    def year_labels(self) -> tuple[str, ...]:
        """Labels such as ``2022/23``."""
        return tuple(academic_year_label(year) for year in self.years)

    def capacity(self, candidate: Candidate, opening: int) -> Array:
        """Expected places open to residents in each academic year, shape (years,)."""
        shares = np.array(candidate.openings[opening].open_shares)
        return shares * candidate.expected_at(opening) * self.resident_share

    def capacities(self, chosen: dict[int, int]) -> Array:
        """The same by kind for a whole choice (candidate position to opening), shape (years, kinds)."""
        total = np.zeros((len(self.years), len(self.admits)))
        for position, opening in chosen.items():
            candidate = self.candidates[position]
            total[:, candidate.kind] += self.capacity(candidate, opening)
        return total


def shortlist_problem(
    scenario: Scenario,
    eois: Sequence[ExpressionOfInterest],
    demand: NetDemand,
    *,
    force_in: Sequence[str] = (),
    force_out: Sequence[str] = (),
) -> ShortlistProblem:
    """The problem of choosing among ``eois`` under the limits of ``scenario`` over sampled ``demand``.

    The bids ``force_in`` must be chosen, those of ``force_out`` must not. Raises InputProblem where two bids share an id, a bid
    lies in no area of the scenario, the demand is another authority's, or a forced bid is unknown, screened out or forced both
    ways.
    """
    _check(scenario, eois, demand)
    forced = forced_ids(eois, force_in, force_out)
    kept, screened = screen(scenario, tuple(eois), demand.years, forced)
    cells = [cells_admitted(eoi) for eoi, _ in kept]
    kinds = list(dict.fromkeys(cells))
    groups, admits = groups_of(kinds)
    by_group, out_of_reach = demand_by_group(demand, groups, suitable_shares(scenario))
    by_group, out_of_reach, weights = _distinct(by_group, out_of_reach, demand.weights)
    travel = _travel(scenario, demand, kinds)
    candidates = tuple(
        _candidate(scenario, eoi, position, kinds.index(admitted), openings, demand.years, travel[admitted][eoi.area])
        for position, ((eoi, openings), admitted) in enumerate(zip(kept, cells, strict=True))
    )
    limits = scenario.shortlist
    return ShortlistProblem(
        candidates=candidates,
        screened=tuple(screened),
        years=demand.years,
        capital=max(0.0, limits.capital.value - _committed(scenario, eois)),
        projects_per_year=limits.projects_per_year.value,
        lowest_quality=limits.lowest_quality.value,
        commitment=commitment_gap(scenario),
        unmet_child_year=limits.unmet_child_year.value,
        resident_share=scenario.estate.resident_share.value,
        groups=groups,
        admits=admits,
        demand=by_group,
        out_of_reach=out_of_reach,
        weights=weights,
        replications=demand.replications,
        base_seed=demand.base_seed,
        scenario_digest=scenario.digest,
        slippage=slippage_of(scenario),
        area_labels={code: area.label for code, area in scenario.areas.items()},
        further=FurtherLimits.of(scenario),
        forced_in=tuple(c.position for c in candidates if forced.get(c.eoi.id) == "in"),
    )


def _committed(scenario: Scenario, eois: Sequence[ExpressionOfInterest]) -> float:
    """Capital in £, with optimism bias, of the bids that are in the scenario's supply already."""
    adopted = {provision.eoi: provision.places.value for provision in scenario.supply.values() if provision.eoi is not None}
    bid = sum(eoi.capital_for(adopted[eoi.id]) for eoi in eois if eoi.id in adopted)
    return bid * (1 + scenario.shortlist.optimism_bias.value)


def commitment_gap(scenario: Scenario) -> CommitmentGap:
    """Places promised, delivered and in the pipeline; the pipeline counts as far as it is expected to be open by the day."""
    promise = scenario.commitment
    slippage = slippage_of(scenario)
    pipeline = 0.0
    for provision in scenario.supply.values():
        if provision.counts_towards_commitment and provision.opens is not None:
            late = slippage if provision.status == "planned" else ON_TIME
            on_time = open_by(provision.opens, promise.by, late)
            pipeline += provision.places.value * provision.chance_of_opening * on_time
    return CommitmentGap(promise.by, float(promise.places.value), float(promise.delivered.value), pipeline)


def _check(scenario: Scenario, eois: Sequence[ExpressionOfInterest], demand: NetDemand) -> None:
    seen: set[str] = set()
    for eoi in eois:
        if eoi.id.casefold() in seen:
            raise InputProblem("two expressions of interest have the same id", value=eoi.id, mend="give each its own")
        seen.add(eoi.id.casefold())
        if eoi.area not in scenario.areas:
            known = ", ".join(scenario.area_codes)
            raise InputProblem(f"the bid {eoi.id} lies in no area of the scenario", value=eoi.area, allowed=known)
    if demand.areas != scenario.area_codes:
        raise InputProblem(
            "the run has other areas than the scenario",
            value=", ".join(demand.areas),
            allowed=", ".join(scenario.area_codes),
            mend="run this scenario",
        )


def _candidate(
    scenario: Scenario,
    eoi: ExpressionOfInterest,
    position: int,
    kind: int,
    openings: tuple[Opening, ...],
    years: tuple[int, ...],
    travel: float,
) -> Candidate:
    """Costs: capital falls in the year of opening; running cost = expected places x share of the year open x (place rate +
    top-up + travel), real terms, discounted yearly to the start's academic year."""
    limits = scenario.shortlist
    capital = eoi.capital * (1 + limits.optimism_bias.value)
    base = academic_year(scenario.start)
    factors = {year: (1 + limits.discount_rate.value) ** -max(0, year - base) for year in years}
    yearly = eoi.chance_of_opening * (scenario.money.place_rate.value[eoi.setting] + eoi.top_up + travel)
    costs = tuple(
        eoi.sizes[opening.size].capital * (1 + limits.optimism_bias.value) * factors[opening.year]
        + sum(
            eoi.sizes[opening.size].places * yearly * share * factors[year]
            for share, year in zip(opening.open_shares, years, strict=True)
        )
        for opening in openings
    )
    return Candidate(eoi, position, kind, capital, eoi.expected_places, openings, costs, limits.optimism_bias.value)


def _travel(scenario: Scenario, demand: NetDemand, kinds: list[frozenset[Cell]]) -> dict[frozenset[Cell], dict[str, float]]:
    """Travel in £ a pupil and year to a place of each kind in each area.

    The scenario's transport per pupil is for a typical journey (the mean of its distances); a journey costs in proportion to its
    kilometres, and children come from areas in proportion to the expected unmet need of the kind.
    """
    distances = scenario.estate.distances.value
    km = np.array([[distances[home][place] for place in demand.areas] for home in demand.areas])
    pounds = scenario.money.transport_per_pupil.value / km.mean() if km.mean() > 0 else 0.0
    expected = np.einsum("s,syanp->anp", demand.weights, demand.unmet)
    found = {}
    for kind in kinds:
        pairs = {(cell.need, cell.phase) for cell in kind}
        homes = sum(expected[:, demand.needs.index(n), demand.phases.index(p)] for n, p in sorted(pairs))
        total = float(np.sum(homes))
        shares = homes / total if total > 0 else np.full(len(km), 1 / len(km))
        found[kind] = dict(zip(demand.areas, (float(x) for x in pounds * (shares @ km)), strict=True))
    return found


def _distinct(by_group: Array, out_of_reach: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Futures with equal demand as one with the sum of their weights, in the order of their first appearance."""
    futures = len(weights)
    flat = np.concatenate([by_group.reshape(futures, -1), out_of_reach], axis=1)
    _, first, inverse = np.unique(flat, axis=0, return_index=True, return_inverse=True)
    summed: Array = np.bincount(inverse.ravel(), weights=weights).astype(np.float64)
    order = np.argsort(first)
    return by_group[first[order]], out_of_reach[first[order]], summed[order]
