"""An authority's baseline at a January census: what was published of it by then, drawn towards the panel by what the panel shows.

New plans follow this year's and last year's requests. An authority's own ratio between the two, its level of requests and its
rate of leaving are each shrunk to the panel's by the share of such a distance that lasted from one year to the next.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.evidence.dfe.ages import (
    WITHIN_PLANS,
    by_ncy_of_chances,
    by_ncy_of_plans,
    by_ncy_of_requests,
    ceasing,
    latest,
    single_years,
)
from sufficiency.evidence.dfe.panel import THIS_YEAR, Panel, bounded_growth, bounded_ratio, followed, learn, leaving
from sufficiency.evidence.dfe.published import ENGLAND, ByAge, Published, Series

LEAST_TO_JUDGE = 20
"""Requests in a year below which nothing of the authority's own ratio or level is believed."""
OWN_SHARE_OF_OPEN_CASES = 0.8
"""Weight of the authority's own last ratio for the cases open at the census, for they are its own: a choice of structure."""
MOST_REQUESTS_A_PLAN = 2.0
"""Requests of a year over plans beyond which the panel's level is not believed; England's was about a fifth in 2022."""
BANDS = {(0, 4): "under_5", (5, 10): "5_to_10", (11, 15): "11_to_15", (16, 19): "16_to_19", (20, 25): "20_to_25"}


@dataclass(frozen=True)
class National:
    """What stands in for every authority: the panel's rates, and the shapes by age."""

    panel: Panel
    requests_a_plan: float
    """Requests of the last year over plans at the census, at most :data:`MOST_REQUESTS_A_PLAN`."""
    plans_by_ncy: NDArray[np.float64]
    """Shares of plans by NCY -4 to 20, shape (25,)."""
    requests_by_ncy: NDArray[np.float64]
    """Shares of requests by NCY at request, shape (25,)."""
    ceasing_by_ncy: NDArray[np.float64]
    """Relative chances of leaving by NCY, shape (25,)."""
    plans_by_age: ByAge
    """Groups of ages of England's plans."""


@dataclass(frozen=True)
class Baseline:
    """What the scenario of one authority starts from."""

    name: str
    plans: int
    """Plans on the census."""
    requests: float
    """Level of requests in the year before, without what chance gave that single year."""
    growth: float
    """Mean growth of requests a year (logarithm)."""
    noise: float
    """Standard deviation of what lasts a single year (logarithm)."""
    plans_a_request: float
    """New plans a request, from the census on."""
    open_cases: float
    """New plans that will come of requests made before the census, most of all by the authority's own last ratio."""
    output: float
    """New plans of the year before, a little of the way to what the panel would have issued on the same requests."""
    leaving: float
    """Share of plans that leave in a year, less those who come with a plan."""
    plans_by_age: dict[str, float]
    """Shares of plans by the scenario's age bands."""


def national(published: Published, census: int, stand_in: Mapping[str, ByAge]) -> National:
    """The panel and its shapes from tables already cut at the census; ``stand_in`` gives England's ages where they give none."""
    panel = learn(published)
    requests, plans = _last(published, "requests", census - 1), _last(published, "plans", census)
    both = requests.keys() & plans.keys() - {ENGLAND}
    held = sum(plans[name] for name in both)
    of_plans = latest(published, "plans", ENGLAND) or stand_in.get("plans") or {(0, 25): 1}
    of_new = latest(published, "new_plans", ENGLAND) or stand_in.get("new_plans") or {(0, 25): 1}
    return National(
        panel=panel,
        requests_a_plan=min(sum(requests[name] for name in both) / held, MOST_REQUESTS_A_PLAN) if held else 0.2,
        plans_by_ncy=by_ncy_of_plans(of_plans),
        requests_by_ncy=by_ncy_of_requests(of_new),
        ceasing_by_ncy=by_ncy_of_chances(ceasing(published)),
        plans_by_age=of_plans,
    )


def _last(published: Published, measure: str, year: int) -> dict[str, int]:
    return {name: series[year] for name, series in published.totals.get(measure, {}).items() if series.get(year, 0) > 0}


def lacking(published: Published, census: int, name: str) -> str | None:
    """What keeps an authority from having a baseline, in words; None where nothing does."""
    if not published.series("plans", name).get(census):
        return f"no plans in January {census}"
    if not any(published.series(measure, name).get(census - 1) for measure in ("requests", "new_plans")):
        return f"neither requests nor new plans in {census - 1}"
    return None


def baseline(published: Published, census: int, name: str, shapes: National) -> Baseline:
    """The baseline of an authority that lacks nothing (:func:`lacking`), from tables already cut at the census."""
    panel = shapes.panel
    plans = published.series("plans", name)
    new = published.series("new_plans", name)
    requests = _without_gap(published.series("requests", name), new, census - 1, panel)
    last, held = requests[census - 1], plans[census]
    own = _own_ratio(new, requests, census - 1, 2, panel.plans_a_request)
    last_own = _own_ratio(new, requests, census - 1, 1, own)
    # Two years of one lasting distance and two of chance are worth more than one of each (Spearman and Brown).
    weight = 2 * panel.ratio_persistence / (1 + panel.ratio_persistence)
    ratio = min(panel.plans_a_request * math.exp(weight * math.log(own / panel.plans_a_request)), 1.0)
    of_open = panel.plans_a_request * math.exp(OWN_SHARE_OF_OPEN_CASES * math.log(last_own / panel.plans_a_request))
    distance = math.log(last / held / shapes.requests_a_plan) if min(last, held) >= LEAST_TO_JUDGE else 0.0
    distance = min(max(distance, -1.0), 1.0)
    return Baseline(
        name=name,
        plans=held,
        requests=last * math.exp(-panel.reversion_once * distance),
        growth=bounded_growth(panel.growth - panel.reversion_yearly * distance),
        noise=panel.noise if last >= 300 else panel.noise_small,
        plans_a_request=ratio,
        open_cases=of_open * (1 - THIS_YEAR) * last,
        output=of_open * (followed(requests, census - 1) or last),
        leaving=_own_leaving(plans, new, panel),
        plans_by_age=_bands(latest(published, "plans", name) or shapes.plans_by_age),
    )


def whole(shapes: National, plans: int = 3000) -> Baseline:
    """An authority like all of the panel together, of a middling size."""
    panel, requests = shapes.panel, shapes.requests_a_plan * plans
    return Baseline(
        name="The panel",
        plans=plans,
        requests=requests,
        growth=panel.growth,
        noise=panel.noise,
        plans_a_request=min(panel.plans_a_request, 1.0),
        open_cases=panel.plans_a_request * (1 - THIS_YEAR) * requests,
        output=panel.plans_a_request * requests,
        leaving=panel.leaving,
        plans_by_age=_bands(shapes.plans_by_age),
    )


def _without_gap(requests: Series, new: Series, year: int, panel: Panel) -> dict[int, float]:
    """Requests with those of ``year`` and the year before, from the panel's growth or from new plans where they are not given."""
    filled: dict[int, float] = {y: float(count) for y, count in requests.items()}
    growth = math.exp(panel.growth)
    if not filled.get(year):
        filled[year] = new[year] / panel.plans_a_request
    if not filled.get(year - 1):
        filled[year - 1] = filled[year] / growth
    return filled


def _own_ratio(new: Series, requests: Mapping[int, float], last: int, years: int, otherwise: float) -> float:
    """New plans over the requests that they followed in the last ``years`` years; ``otherwise`` where too few say anything."""
    both = [(new[year], base) for year in range(last - years + 1, last + 1) if year in new and (base := followed(requests, year))]
    plans, base = sum(n for n, _ in both), sum(b for _, b in both)
    return bounded_ratio(plans, base) if base >= LEAST_TO_JUDGE and plans > 0 else otherwise


def _own_leaving(plans: Series, new: Series, panel: Panel) -> float:
    """The authority's own rate of leaving, shrunk to the panel's."""
    rates = [rate for year in sorted(plans) if (rate := leaving(plans, new, year)) is not None and abs(rate) < 0.3]
    lasting, years = panel.leaving_persistence, len(rates)
    if not years:
        return panel.leaving
    weight = years * lasting / (1 + (years - 1) * lasting)
    return panel.leaving + weight * (float(np.mean(rates)) - panel.leaving)


def _bands(groups: ByAge) -> dict[str, float]:
    counts = single_years(groups, WITHIN_PLANS)
    shares = {band: float(counts[first : last + 1].sum()) for (first, last), band in BANDS.items()}
    total = sum(shares.values())
    return {band: share / total for band, share in shares.items()}
