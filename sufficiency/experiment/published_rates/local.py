"""An authority's own figures, each drawn towards the panel by what the panel shows of how authorities differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sufficiency.evidence.dfe.ages import WITHIN_PLANS
from sufficiency.evidence.dfe.panel import spreads
from sufficiency.evidence.dfe.placed import NEW, STOCK, Placed
from sufficiency.evidence.dfe.published import ENGLAND, Published
from sufficiency.experiment.published_rates.arrays import AGES, NCYS, Numbers, by_single_age, ncy_of_ages, raked, scaled
from sufficiency.experiment.published_rates.balance import Nation, ncys_of_leavers, part_of_year
from sufficiency.experiment.published_rates.panel import LEAST_PLANS, arrivals, ended
from sufficiency.experiment.published_rates.shrinkage import MOST_STRENGTH, Multiplier, shrunk, strength_of
from sufficiency.experiment.published_rates.sources import groups_by_age, local_stock, needs_of, settings_of, total_of

YEARS_OF_NEW_PLANS = 3
"""Years whose new plans are pooled for their ages."""
LEAST_SPREAD = 0.05
PRIOR_SPREAD = 0.2
"""Standard deviation of an authority's new plans from one year to the next (logarithm), where no panel shows it."""


@dataclass(frozen=True, eq=False)
class Leaving:
    """An authority's chances of leaving by NCY in January, transfers out included; each of shape (NCYs,)."""

    mean: Numbers
    strength: Numbers
    """Cases that the chance stands on: it is Beta(mean x strength, (1 - mean) x strength)."""
    national: Numbers
    national_without_transfers: Numbers
    observed: Numbers
    """Plans of the authority that ended; NaN where no ages are given."""
    children: Numbers
    """Its plans in the January before."""
    level: Multiplier | None
    """Its multiplier on England's chances, where only totals are given."""
    table: str


@dataclass(frozen=True, eq=False)
class Joining:
    """An authority's joiners of a year by the January census after."""

    new: Numbers
    """New plans by need, NCY at the census and setting at start: (needs, NCYs, settings)."""
    came: Numbers
    """Those who came otherwise: with a plan from another authority, and revisions; the same shape."""
    spread: float
    """Standard deviation of new plans from one year to the next beside England's, which a future draws once (logarithm)."""
    arrivals: Multiplier
    strengths: dict[str, float]
    """Cases for which England's shares by age, need and setting count."""
    counted: float
    """New plans of the authority in the year."""


def leaving(placed: Placed, published: Published, nation: Nation, name: str, census: int, before: Numbers) -> Leaving:
    """Chances of leaving of the authority whose plans in the January before ``census``, by NCY, are ``before``."""
    national, without = nation.leave, nation.leave_without_transfers
    if nation.detailed and published.ages("ceased", name).get(census - 1):
        mean, strength, observed = _by_group(published, nation, name, census - 1, before)
        return Leaving(mean, strength, national, without, observed, before, None, "ceased_plans")
    records = ended(placed, published, census)
    level = records.multiplier(name) if records else None
    mean = np.minimum(national * (level.mean if level else 1.0), 1.0)
    mean[-1] = 1.0
    unknown = np.full(NCYS.size, np.nan)
    return Leaving(mean, np.maximum(before, 1.0), national, without, unknown, before, level, records.table if records else "none")


def _by_group(published: Published, nation: Nation, name: str, year: int, before: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Chances by NCY from the groups of ages that are published: each group is a Beta around England's, parted as England's."""
    national = nation.leave
    mean, strength, observed = national.copy(), np.maximum(before, 1.0), np.zeros(NCYS.size)
    panel = [each for each in published.authorities if published.ages("ceased", each).get(year)]
    aged = sum(published.ages("ceased", name)[year].values())
    whole = (total_of(published, "ceased", name, year) or aged) / max(aged, 1)  # some leavers' ages are not known
    for low, high in published.ages("ceased", ENGLAND)[year]:
        at = ncys_of_leavers((low, high))
        rate = _pooled(national, before, at)
        gone = {each: float(published.ages("ceased", each)[year].get((low, high), 0)) for each in panel}
        held = {each: _plans_at(published, nation, each, year, at) for each in panel}
        counts = np.array([[gone[each], max(held[each] - gone[each], 0.0)] for each in panel if held[each] >= 1])
        cases = strength_of(counts, np.array([rate, 1 - rate])) if len(counts) and rate > 0 else MOST_STRENGTH
        own = whole * float(published.ages("ceased", name)[year].get((low, high), 0))
        found = (own + cases * rate) / (max(float(before[at].sum()), own) + cases)
        mean[at] = np.minimum(national[at] * (found / rate if rate > 0 else 1.0), 1.0)
        strength[at] = cases + before[at]
        observed[at] += scaled(before[at] * national[at], own)
    mean[-1] = 1.0
    return mean, strength, observed


def _pooled(rates: Numbers, children: Numbers, at: slice) -> float:
    number = float(children[at].sum())
    return float((rates * children)[at].sum()) / number if number > 0 else float(np.mean(rates[at]))


def _plans_at(published: Published, nation: Nation, name: str, year: int, at: slice) -> float:
    """An authority's plans on a census at some NCYs; with England's ages where its own are not given singly."""
    groups, total = published.ages(STOCK, name).get(year), total_of(published, STOCK, name, year)
    if groups and all(low == high or high <= 2 for low, high in groups):
        found = ncy_of_ages(by_single_age({ages: np.array(float(n)) for ages, n in groups.items()}, WITHIN_PLANS))
        return float(found[at].sum())
    shape = nation.before.table.sum(axis=(0, 2))
    return float(total or 0.0) * float(shape[at].sum() / shape.sum())


def joining(placed: Placed, published: Published, nation: Nation, name: str, census: int, stock: Numbers) -> Joining:
    """Joiners of the authority whose plans at the census are ``stock``, (needs, NCYs, settings)."""
    year = census - 1
    total = total_of(published, NEW, name, year) or 0.0
    ages, age_cases = _ages(placed, published, nation, name, year)
    settings, setting_cases = _settings(placed, published, nation, name, year)
    needs, need_cases = _needs(placed, published, nation, name, year)
    margins: list[tuple[int | tuple[int, ...], Numbers]] = [
        ((1, 2), needs * total), ((0, 1), settings * total), ((0, 2), nation.starts @ ages * total)
    ]  # fmt: skip
    new = raked(nation.new, margins)
    records = arrivals(placed, published, census)
    level = records.multiplier(name) if records else Multiplier(1.0, 1.0)
    plans = total_of(published, STOCK, name, year) or 0.0
    expected = plans * float(nation.transfers_in.sum() / nation.before.table.sum())
    at_ncy = scaled(nation.transfers_in, expected * level.mean)
    held = stock.sum(axis=(0, 2))
    came = stock * np.divide(at_ncy, held, out=np.zeros(NCYS.size), where=held > 0)[None, :, None]
    strengths = {"age": age_cases, "setting": setting_cases, "need": need_cases}
    return Joining(new, came, _spread(published), level, strengths, total)


def _spread(published: Published) -> float:
    """Spread over authorities of the growth of new plans in a year, year effects removed."""
    large = {
        name: series
        for name, series in published.totals.get(NEW, {}).items()
        if name != ENGLAND and series and min(series.values()) >= LEAST_PLANS / 3
    }
    return max(spreads(large, longest=1).get(1, PRIOR_SPREAD), LEAST_SPREAD)


def _ages(placed: Placed, published: Published, nation: Nation, name: str, year: int) -> tuple[Numbers, float]:
    """Shares of new plans by single age at start: the authority's of up to three years, drawn towards England's."""
    shape = scaled(nation.new_by_age, 1.0)

    def counts(of: str, years: range) -> Numbers:
        found = np.zeros(AGES.size)
        for each in years:
            if groups := groups_by_age(placed, published, NEW, of, each):
                found += by_single_age({ages: np.array(float(n)) for ages, n in groups.items()}, shape)
        return found

    last = range(year, year + 1)
    whole = counts(ENGLAND, last)
    panel = np.array([counts(each, last) for each in published.authorities])
    cases = strength_of(panel, scaled(whole, 1.0)) if whole.sum() > 0 else MOST_STRENGTH
    years = last if name == ENGLAND else range(year - YEARS_OF_NEW_PLANS + 1, year + 1)
    return shrunk(counts(name, years), shape, cases), cases


def _settings(placed: Placed, published: Published, nation: Nation, name: str, year: int) -> tuple[Numbers, float]:
    """Shares of new plans by setting at start: the authority's of the last year that records them, drawn towards England's."""
    shape = scaled(nation.new.sum(axis=(0, 1)), 1.0)
    whole = settings_of(placed, NEW, ENGLAND, year)
    given = [found for each in published.authorities if (found := settings_of(placed, NEW, each, year)) is not None]
    cases = MOST_STRENGTH if whole is None or not given else strength_of(np.array(given), scaled(whole, 1.0))
    own = [settings_of(placed, NEW, name, each) for each in range(year, year - YEARS_OF_NEW_PLANS, -1)]
    last = next((found for found in own if found is not None), np.zeros(len(shape)))
    return shrunk(last, shape, cases), cases


def _needs(placed: Placed, published: Published, nation: Nation, name: str, year: int) -> tuple[Numbers, float]:
    """Shares of new plans by need: the authority's, drawn towards England's; England's alone where its own are not given."""
    shape = scaled(nation.new.sum(axis=(1, 2)), 1.0)
    own = needs_of(placed, NEW, name, year) if len(shape) > 1 else None
    if own is None:
        return shape, MOST_STRENGTH
    given = [found for each in published.authorities if (found := needs_of(placed, NEW, each, year)) is not None]
    cases = strength_of(np.array([each[0].sum(axis=0) for each in given]), shape)
    return shrunk(own[0].sum(axis=0), shape, cases), cases


def at_census(new: Numbers, chance: Numbers) -> Numbers:
    """New plans (needs, NCYs, settings) moved on from their setting at start to that at the census.

    ``chance`` (needs, NCYs before, settings, settings) is that of a whole year's move; a plan meets a part of the year.
    """
    part = part_of_year()[None, :-1, None, None] * chance[:, :-1]
    found = new.copy()
    found[:, 1:] += np.einsum("nax,naxy->nay", new[:, 1:], part) - new[:, 1:] * part.sum(axis=3)
    return found


def stock_of(placed: Placed, published: Published, nation: Nation, name: str, census: int) -> tuple[Numbers, Numbers] | None:
    """An authority's plans at the census by need, NCY and setting, and by NCY in the January before; None without settings."""
    after = local_stock(placed, published, name, census, nation.after.table)
    before = local_stock(placed, published, name, census - 1, nation.before.table)
    if after is None:
        return None
    earlier = after.table if before is None else before.table
    return after.table, earlier.sum(axis=(0, 2))
