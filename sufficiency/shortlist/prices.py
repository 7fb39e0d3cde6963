"""What the second stage costs: a place for a child in each area, and what a child without a planned place costs instead.

All in real £ of the start, discounted by academic year. Top-up: the least that bids of a kind of place ask is paid for each child
served; what a bid asks above it is paid for each of its places (in the first stage), because children are assigned to kinds of
places, not to bids. Where places are full, as they are where children wait, the two add up to each bid's own top-up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.calendar import academic_year
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist.building import spend_profile
from sufficiency.shortlist.openings import Opening

Array = NDArray[np.float64]

USUAL_TAIL = 0.1
"""Share of futures that count as the worst unless the scenario says otherwise."""


@dataclass(frozen=True)
class Tail:
    """How the worst futures weigh: (1 - weight) x mean + weight x mean of the worst ``share`` (conditional value at risk)."""

    weight: float
    share: float

    @classmethod
    def of(cls, scenario: Scenario) -> Tail:
        """The scenario's."""
        weight, share = scenario.shortlist.tail_weight, scenario.shortlist.tail_share
        return cls(weight.value if weight else 0.0, share.value if share else USUAL_TAIL)

    def mix(self, values: Array, weights: Array) -> float:
        """The mix of a value by future (the more the worse)."""
        mean = float(weights @ values)
        return mean if self.weight == 0 else (1 - self.weight) * mean + self.weight * worst_mean(values, weights, self.share)

    def pressure(self, values: Array, weights: Array) -> Array:
        """How much each future's value moves the mix, shape (futures,)."""
        if self.weight == 0:
            return weights
        result: Array = (1 - self.weight) * weights + self.weight * _worst(values, weights, self.share)
        return result


def worst_mean(values: Array, weights: Array, share: float) -> float:
    """Mean of the worst ``share`` of futures: conditional value at risk (Rockafellar and Uryasev 2000)."""
    return float(_worst(values, weights, share) @ values)


def _worst(values: Array, weights: Array, share: float) -> Array:
    """Probability of each future among the worst ``share``, shape (futures,)."""
    order = np.argsort(-values, kind="stable")
    taken = np.minimum(np.cumsum(weights[order]), share)
    found = np.zeros(len(values))
    found[order] = np.diff(taken, prepend=0.0) / share
    return found


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices of the second stage."""

    kilometres: Array
    """Typical journey in km, shape (home areas, place areas)."""
    per_kilometre: float
    """£ a pupil and year for each kilometre of the journey."""
    alternative: float
    """£ a year for a child without a planned place: the independent fee and a typical journey."""
    dearer: float
    """£ a year above that for those beyond ``independent_places``."""
    independent_places: float | None
    """Children a year whom independent schools can take; None: any number."""
    kilometres_without: float
    """Kilometres that a child without a planned place is taken to travel: twice the longest typical journey (assumption)."""
    discount: Array
    """Factor of each academic year of the run, shape (years,)."""

    @property
    def dearest(self) -> float:
        """£ a year up to which a place is worth having."""
        return self.alternative + (self.dearer if self.independent_places is not None else 0.0)


def prices_of(scenario: Scenario, areas: tuple[str, ...], years: tuple[int, ...]) -> Prices:
    """The scenario's prices.

    Its transport per pupil is for a typical journey (the mean of its distances); a journey costs in proportion to its kilometres.
    """
    distances, money, limits = scenario.estate.distances.value, scenario.money, scenario.shortlist
    km = np.array([[distances[home][place] for place in areas] for home in areas], dtype=np.float64)
    transport = money.transport_per_pupil.value
    return Prices(
        kilometres=km,
        per_kilometre=transport / float(km.mean()) if km.mean() > 0 else 0.0,
        alternative=money.independent_fee.value + transport,
        dearer=limits.unmet_child_year.value,
        independent_places=float(limits.independent_places.value) if limits.independent_places else None,
        kilometres_without=2 * float(km.max()),
        discount=np.array([discount(scenario, year) for year in years]),
    )


def discount(scenario: Scenario, year: int) -> float:
    """Factor of a year, by the calendar year in which it began."""
    return float((1 + scenario.shortlist.discount_rate.value) ** -max(0, year - academic_year(scenario.start)))


def place_funding(scenario: Scenario, eoi: ExpressionOfInterest) -> float:
    """Place funding of a bid, £ a place and year."""
    own = eoi.place_funding
    return float(scenario.money.place_rate.value[eoi.setting]) if own is None else own


def own_cost(
    scenario: Scenario, eoi: ExpressionOfInterest, opening: Opening, years: tuple[int, ...], usual_top_up: float
) -> float:
    """£ of taking a bid up, discounted, in real terms.

    Its study for sure; with the chance that it opens its capital (optimism bias included, spent over the building), its place
    funding, and its top-up above the usual one of its kind of place.
    """
    limits = scenario.shortlist
    size = eoi.sizes[opening.size]
    spent = sum(share * discount(scenario, year) for year, share in spend_profile(eoi, opening.day).items())
    yearly = place_funding(scenario, eoi) + scenario.estate.resident_share.value * (eoi.top_up - usual_top_up)
    open_years = sum(share * discount(scenario, year) for share, year in zip(opening.open_shares, years, strict=True))
    study = eoi.study_cost if eoi.status == "submitted" else 0.0
    capital = size.capital * (1 + limits.optimism_bias.value)
    return float(study + eoi.chance_of_opening * (capital * spent + size.places * yearly * open_years))
