"""The panel of authorities: what each moved, lost and gained against what England's rates would have it, record by record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sufficiency.evidence.dfe.ages import WITHIN_NEW
from sufficiency.evidence.dfe.placed import NEW, STOCK, Placed
from sufficiency.evidence.dfe.published import ENGLAND, Published, Series
from sufficiency.experiment.published_rates.arrays import NCYS, SETTING, Numbers, by_single_age, recorded, scaled
from sufficiency.experiment.published_rates.balance import Nation, part_of_year
from sufficiency.experiment.published_rates.hazards import SCHOOL, Hazards
from sufficiency.experiment.published_rates.shrinkage import Multiplier, Spread, multiplier_of, spread_of
from sufficiency.experiment.published_rates.sources import needs_of, settings_by_ncy, settings_of, total_of

FIRST_YEAR = 2019
"""First year of flows used: until early 2018 statements became plans, which some tables count and others do not."""
MOST_CHANGE = 0.3
"""Change of an authority's plans in a year (logarithm) beyond which its boundary or its record changed."""
LEAST_PLANS = 300
"""Plans below which an authority says nothing of how authorities differ."""
SPECIAL = [SETTING["special"], SETTING["independent"]]
ORDINARY = [SETTING["mainstream"], SETTING["resourced"]]
"""For the multiplier, resourced places and units count as mainstream: authorities' coding of them flips from year to year."""


@dataclass(frozen=True, eq=False)
class Records:
    """Events observed and expected at England's rates, of each authority and record; 0 expected where one is missing."""

    names: tuple[str, ...]
    what: tuple[str, ...]
    """What each record counts, for people."""
    observed: Numbers
    expected: Numbers
    """(authorities, records)."""
    table: str
    years: str
    relative_sd: Numbers | None = None
    """Standard deviation of the panel's rate over that rate, from how authorities differ; (NCYs at school,)."""

    def spread(self) -> Spread:
        """How authorities differ."""
        return spread_of(self.observed, self.expected)

    def of(self, name: str) -> tuple[float, float]:
        """Observed and expected events of an authority over its records; nothing where it has none."""
        if name not in self.names:
            return 0.0, 0.0
        at = self.names.index(name)
        there = self.expected[at] > 0
        return float(self.observed[at][there].sum()), float(self.expected[at][there].sum())

    def multiplier(self, name: str) -> Multiplier:
        """An authority's multiplier, shrunk to the panel."""
        return multiplier_of(self.spread(), *self.of(name))


def net_moves(placed: Placed, published: Published, nation: Nation, found: Hazards) -> Records | None:
    """Net moves into special and independent places at school between two censuses; None where ages are not given at both.

    The records of an authority are its odd and its even NCYs: what they share is the authority's, not a cohort's. What is
    expected is the panel's rate at each NCY on the authority's own children, times how far the needs of its mainstream differ
    from England's.
    """
    year, census = nation.before.year, nation.after.year
    names, moved, exposed = [], [], []
    for name in published.authorities:
        earlier, later = (total_of(published, STOCK, name, each) or 0.0 for each in (year, census))
        arrays = _of_both(placed, published, name, nation)
        if arrays is not None and min(earlier, later) >= LEAST_PLANS and abs(np.log(later / earlier)) < MOST_CHANGE:
            names.append(name)
            moved.append(arrays[0])
            exposed.append(arrays[1] * _need_factor(placed, name, nation, found))
    if not names:
        return None
    move, risk = np.array(moved)[:, SCHOOL], np.array(exposed)[:, SCHOOL]
    rate = np.maximum(move.sum(axis=0), 0.0) / np.maximum(risk.sum(axis=0), 1e-9)
    halves = [NCYS[SCHOOL] % 2 == odd for odd in (0, 1)]
    observed = np.stack([move[:, half].sum(axis=1) for half in halves], axis=1)
    expected = np.stack([(risk * rate)[:, half].sum(axis=1) for half in halves], axis=1)
    what = ("net moves at even NCYs", "net moves at odd NCYs")
    sd = np.sqrt(((move - risk * rate) ** 2).sum(axis=0)) / np.maximum(np.abs(move.sum(axis=0)), 1e-9)
    return Records(tuple(names), what, observed, expected, "caseload, newplans", f"January {year} to January {census}", sd)


def _of_both(placed: Placed, published: Published, name: str, nation: Nation) -> tuple[Numbers, Numbers] | None:
    """Net moves into special places and children exposed to them by NCY before, (NCYs,) each."""
    year, census = nation.before.year, nation.after.year
    totals = [total_of(published, measure, name, at) for measure, at in ((STOCK, year), (STOCK, census), (NEW, year))]
    split = placed.by_age.get(NEW, {}).get(name, {}).get(year)
    if None in totals or not split or settings_of(placed, NEW, name, year) is None:
        return None
    before, after = (settings_by_ncy(placed, name, at, total or 0.0) for at, total in zip((year, census), totals, strict=False))
    if before is None or after is None:
        return None
    starts = by_single_age({ages: recorded(counts) for ages, counts in split.items()}, WITHIN_NEW)
    new = nation.starts @ scaled(starts, totals[2] or 0.0)
    came = _share(nation.transfers_in, nation.after.table.sum(axis=(0, 2)))[:, None] * after
    stayed = np.maximum((after - new - came).sum(axis=1)[1:], 0.0)
    survivors = stayed[:, None] * _share(before, before.sum(axis=1, keepdims=True))[:-1]
    moved, exposed = np.zeros(NCYS.size), np.zeros(NCYS.size)
    moved[:-1] = ((after - new - came)[1:] - survivors)[:, SPECIAL].sum(axis=1)
    moved[:-1] += nation.step_down * survivors[:, SPECIAL].sum(axis=1)
    exposed[:-1] = (survivors + part_of_year()[:-1, None] * new[1:])[:, ORDINARY].sum(axis=1)
    return moved, exposed


def _need_factor(placed: Placed, name: str, nation: Nation, found: Hazards) -> float:
    """Mean need effect of an authority's mainstream children over England's; 1 where needs are not given."""
    own, whole = (needs_of(placed, STOCK, each, nation.after.year) for each in (name, ENGLAND))
    if own is None or whole is None or len(found.need) == 1:
        return 1.0
    of_own, of_all = (each[1][:, SETTING["mainstream"]] for each in (own, whole))
    mean = [float((found.need * each).sum() / max(each.sum(), 1e-9)) for each in (of_own, of_all)]
    return mean[0] / mean[1] if mean[1] > 0 and mean[0] > 0 else 1.0


def recorded_moves(placed: Placed, published: Published, census: int) -> Records | None:
    """Moves from mainstream to special schools as authorities recorded them, against England's share of plans in mainstream."""
    return _yearly(
        placed.flows.get("to_special", {}),
        {name: _mainstream(placed, name) for name in (*published.authorities, ENGLAND)},
        published.authorities, census, "moves from mainstream to special schools", "sen2_mi",
    )  # fmt: skip


def ended(placed: Placed, published: Published, census: int) -> Records | None:
    """Plans that ended, against England's share of plans in the same year and by the same count."""
    names = (*published.authorities, ENGLAND)
    plans = {name: dict(published.series(STOCK, name)) for name in names}
    gone = {name: _ended(placed, published, name) for name in names}
    return _yearly(gone, plans, published.authorities, census, "plans that ended", "sen2_mi, ceased_plans")


def arrivals(placed: Placed, published: Published, census: int) -> Records | None:
    """Those who came otherwise than by a new plan (transfers in, revisions), against England's share of plans.

    Plans of the next January less those of this one, less new plans, with those that ended; by the fuller count of endings.
    """
    endings = {name: _ended(placed, published, name) for name in (*published.authorities, ENGLAND)}
    plans = {name: dict(published.series(STOCK, name)) for name in endings}
    came = {}
    for name, gone in endings.items():
        new = published.series(NEW, name)
        came[name] = {
            year: plans[name][year + 1] - plans[name][year] - new[year] + count
            for year, count in gone.items()
            if year + 1 in plans[name] and year in plans[name] and year in new
            and abs(np.log(max(plans[name][year + 1], 1) / max(plans[name][year], 1))) < MOST_CHANGE
        }  # fmt: skip
    years = max((max(of) for of in came.values() if of), default=0)
    # A break in the series: from 2022 on endings are counted child by child, with moves to other authorities.
    came = {name: {year: n for year, n in of.items() if (year >= 2022) == (years >= 2022)} for name, of in came.items()}
    what, tables = "plans that came otherwise than new", "caseload, newplans, ceased_plans or sen2_mi"
    return _yearly(came, plans, published.authorities, census, what, tables)


def _ended(placed: Placed, published: Published, name: str) -> dict[int, int]:
    return {**placed.flows.get("discontinued", {}).get(name, {}), **published.series("ceased", name)}


def _mainstream(placed: Placed, name: str) -> dict[int, int]:
    """Plans in mainstream schools, units and resourced places with them, of the years in which placements are recorded."""
    years = placed.by_setting.get(STOCK, {}).get(name, {})
    found = {year: settings_of(placed, STOCK, name, year) for year in years}
    return {year: round(float(counts[ORDINARY].sum())) for year, counts in found.items() if counts is not None}


def _yearly(
    events: dict[str, Series] | dict[str, dict[int, int]],
    exposed: dict[str, dict[int, int]],
    names: Sequence[str],
    census: int,
    what: str,
    table: str,
) -> Records | None:
    """A record a year: events against England's events over exposed, times the authority's exposed."""
    of_all, at_risk = events.get(ENGLAND, {}), exposed.get(ENGLAND, {})
    years = [year for year in sorted(of_all) if FIRST_YEAR <= year < census and at_risk.get(year)]
    if not years or sum(of_all[year] for year in years) <= 0:
        return None
    kept = tuple(name for name in names if any(year in events.get(name, {}) for year in years))
    observed, expected = np.zeros((len(kept), len(years))), np.zeros((len(kept), len(years)))
    for i, name in enumerate(kept):
        for j, year in enumerate(years):
            count, number = events.get(name, {}).get(year), exposed.get(name, {}).get(year)
            if count is not None and number:
                observed[i, j], expected[i, j] = count, number * of_all[year] / at_risk[year]
    return Records(kept, tuple(f"{what}, {year}" for year in years), observed, expected, table, f"{years[0]} to {years[-1]}")


def _share(above: Numbers, below: Numbers) -> Numbers:
    return np.divide(above, below, out=np.zeros(np.broadcast(above, below).shape), where=below > 0)
