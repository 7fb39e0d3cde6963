"""Poses the problem: from a scenario, its expressions of interest and net demand to candidates, limits and prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist.cells import Admits, Group, Kind, demand_by_group, groups_of, kinds_offered, suitable_shares
from sufficiency.shortlist.further import FurtherLimits
from sufficiency.shortlist.futures import NetDemand
from sufficiency.shortlist.openings import ON_TIME, Opening, open_by, slippage_of
from sufficiency.shortlist.prices import Prices, Tail, own_cost, prices_of
from sufficiency.shortlist.problem import Candidate, CommitmentGap, ShortlistProblem, Version
from sufficiency.shortlist.screening import forced_ids, quality_of, screen

Array = NDArray[np.float64]
Kept = list[tuple[ExpressionOfInterest, tuple[Opening, ...]]]


def shortlist_problem(
    scenario: Scenario,
    eois: Sequence[ExpressionOfInterest],
    demand: NetDemand,
    *,
    force_in: Sequence[str] = (),
    force_out: Sequence[str] = (),
    every_term: bool | None = None,
    versions: Mapping[str, Version] | None = None,
) -> ShortlistProblem:
    """The problem of choosing among ``eois`` under the limits of ``scenario`` over sampled ``demand``.

    The bids ``force_in`` must be chosen, those of ``force_out`` must not, those of ``versions`` must be chosen as these say;
    ``every_term`` offers every term of a year whatever the limits. Raises InputProblem where two bids share an id, a bid lies in
    no area of the scenario, the demand is another authority's, a cap names what no bid has, or a forced bid is unknown, screened
    out or forced both ways.
    """
    _check(scenario, eois, demand)
    forced = forced_ids(eois, (*force_in, *(versions or {})), force_out)
    kept, screened = screen(scenario, tuple(eois), demand.years, forced, every_term)
    given = [kinds_offered(eoi, demand.areas.index(eoi.area)) for eoi, _ in kept]
    kinds = tuple(dict.fromkeys(kind for offered in given for kind, _ in offered))
    groups, admits = groups_of(kinds, len(demand.areas))
    by_group, out_of_reach = demand_by_group(demand, groups, suitable_shares(scenario))
    by_group, out_of_reach, weights = _distinct(by_group, out_of_reach, demand.weights)
    prices = prices_of(scenario, demand.areas, demand.years)
    top_ups = _usual_top_ups(kept, given, kinds)
    cost = _cost_per_child(prices, kinds, groups, top_ups)
    candidates = tuple(
        _candidate(
            scenario, eoi, position, tuple((kinds.index(kind), share) for kind, share in offered), openings, demand, top_ups
        )
        for position, ((eoi, openings), offered) in enumerate(zip(kept, given, strict=True))
    )
    if versions:
        candidates = tuple(c.narrowed(versions.get(c.eoi.id, Version())) for c in candidates)
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
        kinds=kinds,
        groups=groups,
        admits=_worth_having(admits, cost, prices),
        cost_per_child=cost,
        demand=by_group,
        out_of_reach=out_of_reach,
        weights=weights,
        prices=prices,
        tail=Tail.of(scenario),
        order=limits.order,
        replications=demand.replications,
        base_seed=demand.base_seed,
        scenario_digest=scenario.digest,
        area_labels={code: area.label for code, area in scenario.areas.items()},
        invited=limits.invitation is not None,
        further=FurtherLimits.of(scenario, eois),
        forced_in=tuple(c.position for c in candidates if forced.get(c.eoi.id) == "in"),
    )


def _committed(scenario: Scenario, eois: Sequence[ExpressionOfInterest]) -> float:
    """Capital in £, with optimism bias, of the bids that are in the scenario's supply already."""
    adopted: dict[str, int] = {}
    for provision in scenario.supply.values():
        if provision.eoi is not None:
            adopted[provision.eoi] = adopted.get(provision.eoi, 0) + provision.places.value
    bid = sum(eoi.capital_for(adopted[eoi.id]) for eoi in eois if eoi.id in adopted)
    return bid * (1 + scenario.shortlist.optimism_bias.value)


def commitment_gap(scenario: Scenario) -> CommitmentGap:
    """Places promised, delivered and in the pipeline; the pipeline counts as far as it is expected to be open by the day."""
    promise = scenario.commitment
    usual = slippage_of(scenario)
    pipeline = 0.0
    for provision in scenario.supply.values():
        if provision.counts_towards_commitment and provision.opens is not None:
            own = provision.slippage
            late = {int(terms): share for terms, share in own.items()} if own else usual
            on_time = open_by(provision.opens, promise.by, late if provision.status == "planned" else ON_TIME)
            pipeline += provision.places.value * provision.chance_of_opening * on_time
    limits = scenario.shortlist
    price = limits.missing_place or limits.unmet_child_year
    return CommitmentGap(promise.by, float(promise.places.value), float(promise.delivered.value), pipeline, price.value)


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


def _usual_top_ups(kept: Kept, given: Sequence[Sequence[tuple[Kind, float]]], kinds: tuple[Kind, ...]) -> Array:
    """The least top-up that bids of each kind of place ask, £ a place and year, shape (kinds,)."""
    found = np.full(len(kinds), np.inf)
    for (eoi, _), offered in zip(kept, given, strict=True):
        for kind, _ in offered:
            found[kinds.index(kind)] = min(found[kinds.index(kind)], eoi.top_up)
    return found


def _cost_per_child(prices: Prices, kinds: tuple[Kind, ...], groups: tuple[Group, ...], top_ups: Array) -> Array:
    """Usual top-up and journey, £ a child and year, shape (kinds, groups)."""
    cost = np.empty((len(kinds), len(groups)))
    for k, kind in enumerate(kinds):
        for g, group in enumerate(groups):
            cost[k, g] = top_ups[k] + prices.per_kilometre * prices.kilometres[group.area, kind.area]
    return cost


def _worth_having(admits: Admits, cost: Array, prices: Prices) -> Admits:
    """Places dearer for a child than doing without are no places for it."""
    worth: Admits = admits & (cost < prices.dearest)
    return worth


def _candidate(
    scenario: Scenario,
    eoi: ExpressionOfInterest,
    position: int,
    gives: tuple[tuple[int, float], ...],
    openings: tuple[Opening, ...],
    demand: NetDemand,
    top_ups: Array,
) -> Candidate:
    usual = float(sum(share * top_ups[kind] for kind, share in gives))
    costs = tuple(own_cost(scenario, eoi, opening, demand.years, usual) for opening in openings)
    dearer = 1 + scenario.shortlist.optimism_bias.value
    sizes = eoi.sizes
    return Candidate(
        eoi=eoi,
        position=position,
        gives=gives,
        chance=eoi.chance_of_opening,
        openings=openings,
        costs=costs,
        places=tuple(sizes[opening.size].places for opening in openings),
        capital=tuple(sizes[opening.size].capital * dearer for opening in openings),
        quality=float(quality_of(eoi, scenario)),  # no text: a bid without a score was screened out
    )


def _distinct(by_group: Array, out_of_reach: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Futures with equal demand as one with the sum of their weights, in the order of their first appearance."""
    futures = len(weights)
    flat = np.concatenate([by_group.reshape(futures, -1), out_of_reach], axis=1)
    _, first, inverse = np.unique(flat, axis=0, return_index=True, return_inverse=True)
    summed: Array = np.bincount(inverse.ravel(), weights=weights).astype(np.float64)
    order = np.argsort(first)
    return by_group[first[order]], out_of_reach[first[order]], summed[order]
