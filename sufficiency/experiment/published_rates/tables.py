"""What was learned from published tables, as rows: hazards, the evidence behind each rate, the balance, the placements."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sufficiency.domain.dictionaries import NEEDS, SETTINGS
from sufficiency.evidence.dfe.placed import NEW, STOCK, Placed
from sufficiency.evidence.dfe.published import ENGLAND, Published
from sufficiency.experiment.published_rates.arrays import ALL_NEEDS, NCYS, SETTING, Numbers, position, share_not_recorded
from sufficiency.experiment.published_rates.hazards import SCHOOL, STAGES
from sufficiency.experiment.published_rates.learn import PublishedRates
from sufficiency.experiment.published_rates.sources import MOST_NOT_RECORDED

Row = tuple[object, ...]
HAZARD_COLUMNS = (
    "effect", "key", "unit", "national", "national-low", "national-high", "interval", "authority", "authority-low",
    "authority-high", "moves", "children", "source", "years",
)  # fmt: skip
EVIDENCE_COLUMNS = (
    "rate", "key", "unit", "national", "national-without-transfers", "counted", "of", "learned", "low", "high", "strength",
    "source", "years",
)  # fmt: skip
BALANCE_COLUMNS = ("area", "year", "plans-before", "new-plans", "ended", "of-which-moved", "came-otherwise", "plans-after")
PLACEMENT_COLUMNS = ("year", *SETTINGS.codes, "not-recorded", "plans", "share-not-recorded", "used", "remark")
EIGHTY = 1.2815515655446004
"""Standard deviations from the mean to the 90th percentile of a normal distribution."""
_LEAST_STEP, _FEW = 2.0, 30
_A_YEAR = "hazard a year, January to January"


def hazard_rows(found: PublishedRates) -> Iterator[Row]:
    """The pooled hazards with the authority's multiplier: rows of :data:`HAZARD_COLUMNS`."""
    low, high = found.multiplier.interval()
    mean, spread = found.multiplier.mean, found.records.spread() if found.records else None
    table, years = (found.records.table, found.records.years) if found.records else ("none", "")
    seen, expected = found.records.of(found.name) if found.records else (0.0, 0.0)
    differ = f"sd between authorities {spread.between**0.5:.2f}, dispersion {spread.dispersion:.1f}" if spread else "prior"
    yield (
        "multiplier", found.name, "authority over England", 1.0, None, None, f"80 % ({differ})", mean, low, high,
        seen, expected, table, years,
    )  # fmt: skip
    yield from _by_ncy(found, (low, mean, high))
    yield from _by_need(found)
    yield from _for_scenarios(found, (low, mean, high))


def _national(found: PublishedRates) -> tuple[str, str]:
    needs = "sen_needs_all_plans, sen_need_newplans, " if len(found.hazards.need) > 1 else ""
    years = f"January {found.nation.before.year} to January {found.nation.after.year}"
    return f"{needs}caseload, newplans, {'ceased_plans' if found.nation.detailed else 'assumed shapes by age'}", years


def _by_ncy(found: PublishedRates, multiplier: tuple[float, float, float]) -> Iterator[Row]:
    hazards, (source, years) = found.hazards, _national(found)
    sd = found.records.relative_sd if found.records else None
    for at in np.flatnonzero(hazards.movers > 0):
        value, ncy = float(hazards.by_ncy[at]), int(NCYS[at])
        away = None if sd is None or at not in SCHOOL else EIGHTY * float(sd[np.searchsorted(SCHOOL, at)])
        low, high = (None, None) if away is None else (max(value * (1 - away), 0.0), value * (1 + away))
        kind = "one value for all NCYs at school" if hazards.flat else "80 %, from how authorities differ" if away else "none"
        of_authority = [value * each for each in (multiplier[1], multiplier[0], multiplier[2])]
        exposed = float(hazards.exposed[:, at].sum())
        yield ("ncy", ncy, _A_YEAR, value, low, high, kind, *of_authority, float(hazards.movers[at]), exposed, source, years)


def _by_need(found: PublishedRates) -> Iterator[Row]:
    hazards, (source, years) = found.hazards, _national(found)
    if len(hazards.need) == 1:
        yield ("need", ALL_NEEDS, "effect, mean 1", 1.0, None, None, "not identified", *(None,) * 5, "none", "")
        return
    at_school = hazards.exposed[:, SCHOOL].sum(axis=1)
    for at, need in enumerate(NEEDS.codes):
        stages = np.array([hazards.by_stage[stage][at] for stage in STAGES])
        known = stages[np.isfinite(stages)]
        low, high = (float(known.min()), float(known.max())) if known.size else (None, None)
        kind = "range of the effects fitted in primary, at the transfer to Year 7 and in secondary alone"
        value = float(hazards.need[at])
        yield (
            "need", need, "effect, mean 1", value, low, high, kind, None, None, None, None, float(at_school[at]), source, years
        )  # fmt: skip


def scenario_figures(found: PublishedRates) -> dict[str, float]:
    """England's figures in the terms of a scenario, as chances of a child of average need.

    Those at the transfers are what comes on top of the year's, for a scenario applies both. That at Reception is of all children
    with a plan who enter it without a specialist place: a scenario has them all in early years settings.
    """
    nation, hazards = found.nation, found.hazards
    children = nation.exposed.sum(axis=0)[:, SETTING["mainstream"]]

    def share(ncys: tuple[int, ...]) -> float:
        at = [position(ncy) for ncy in ncys]
        return float(hazards.flows[at, SETTING["mainstream"]].sum() / max(children[at].sum(), 1e-9))

    figures = {
        "placements.emergence_primary": share(STAGES["in year, primary"]),
        "placements.emergence_secondary": share(STAGES["in year, secondary"]),
    }
    if not hazards.flat:
        figures["placements.jump_at_reception"] = float(hazards.by_ncy[position(-1)])
        figures["placements.jump_at_secondary"] = share((6,)) - (share((5,)) + share((7,))) / 2
    if nation.step_down > 0:
        figures["placements.step_down"] = nation.step_down
    return figures


def _for_scenarios(found: PublishedRates, multiplier: tuple[float, float, float]) -> Iterator[Row]:
    source, years = _national(found)
    for path, value in scenario_figures(found).items():
        gross = path.endswith("step_down")
        of_authority = (
            (None, None, None) if gross else tuple(value * each for each in (multiplier[1], multiplier[0], multiplier[2]))
        )
        table = ("sen2_mi", "2019 on") if gross else (source, years)
        yield ("scenario", path, "probability", value, None, None, "none", *of_authority, None, None, *table)
    for (what, year), (moved, held) in sorted(found.recorded.items()):
        share = moved / held if held > 0 else None
        yield ("recorded", what, "share of plans a year", share, None, None, "none", *(None,) * 3, moved, held, "sen2_mi", year)


def evidence_rows(found: PublishedRates) -> Iterator[Row]:
    """What each rate by NCY, need and setting stands on: rows of :data:`EVIDENCE_COLUMNS`."""
    from scipy.special import betaincinv

    leaving, year = found.leaving, found.census - 1
    for at, ncy in enumerate(NCYS.tolist()):
        mean, strength = float(leaving.mean[at]), float(leaving.strength[at])
        low, high = (mean, mean) if not 0 < mean < 1 else betaincinv(mean * strength, (1 - mean) * strength, [0.1, 0.9])
        counted = None if np.isnan(leaving.observed[at]) else float(leaving.observed[at])
        yield (
            "leave", ncy, "chance a year", float(leaving.national[at]), float(leaving.national_without_transfers[at]), counted,
            float(leaving.children[at]), mean, float(low), float(high), strength, leaving.table, year,
        )  # fmt: skip
    if leaving.level is not None:
        low, high = leaving.level.interval()
        yield (
            "leave",
            "level",
            "authority over England",
            1.0,
            *(None,) * 3,
            leaving.level.mean,
            low,
            high,
            None,
            leaving.table,
            year,
        )
    yield from _join_rows(found)


def _join_rows(found: PublishedRates) -> Iterator[Row]:
    joining, year = found.joining, found.census - 1
    joiners, national = found.joiners, found.nation.new
    tables = "newplans or sen2_age_new_plans"
    yield ("join", "all", "joiners a year", *(None,) * 2, joining.counted, None, float(joiners.sum()), *(None,) * 3, tables, year)
    unit = "sd of the logarithm of a factor on all joiners, drawn once a future"
    yield ("join", "spread", unit, *(None,) * 4, joining.spread, *(None,) * 3, tables, f"2019 to {year}")
    for at, ncy in enumerate(NCYS.tolist()):
        share = float(national[:, at].sum() / national.sum())
        value = float(joiners[:, at].sum())
        children = None if found.population is None else found.population.get((year, ncy))
        yield ("join", ncy, "joiners a year", share * joining.counted, *(None,) * 2, children, value, *(None,) * 3, tables, year)
    start = joining.new
    for axis, codes, what, key in (
        (2, SETTINGS.codes, "setting at start", "setting"),
        (0, found.rates.space.needs, "need at start", "need"),
    ):
        others = tuple({0, 1, 2} - {axis})
        own, whole = start.sum(axis=others), national.sum(axis=others)
        for at, code in enumerate(codes):
            learned = float(own[at] / max(own.sum(), 1e-9))
            strength = joining.strengths[key]
            yield (
                what, code, "share of new plans", float(whole[at] / whole.sum()), *(None,) * 3, learned, None, None, strength,
                "newplans, sen_need_newplans", year,
            )  # fmt: skip
    low, high = joining.arrivals.interval()
    yield (
        "came otherwise",
        "level",
        "authority over England",
        1.0,
        *(None,) * 3,
        joining.arrivals.mean,
        low,
        high,
        None,
        "balance",
        year,
    )


def balance_rows(published: Published, name: str, census: int) -> Iterator[Row]:
    """The published stock-flow identity of England and the authority, year by year: plans + new − ended + came otherwise = plans.

    What came otherwise (from another authority, and revisions) is what balances it; no table counts it.
    """
    known = published.until(census)
    for area in (ENGLAND, name):
        plans, new, ended = (known.series(measure, area) for measure in (STOCK, NEW, "ceased"))
        for year in sorted(ended):
            if year in plans and year + 1 in plans and year in new:
                came = plans[year + 1] - plans[year] - new[year] + ended[year]
                moved = known.series("transferred", area).get(year)
                yield area, year, plans[year], new[year], ended[year], moved, came, plans[year + 1]


def placement_rows(placed: Placed, name: str, census: int) -> Iterator[Row]:
    """An authority's placements by census, whether they are used, and what is odd about them: :data:`PLACEMENT_COLUMNS`."""
    by_year = placed.until(census).by_setting.get(STOCK, {}).get(name, {})
    for year, counts in sorted(by_year.items()):
        total, share = float(counts.sum()), share_not_recorded(counts)
        remarks = [f"{counts[-1]:,.0f} of {total:,.0f} placements are not recorded"] if share > MOST_NOT_RECORDED else []
        remarks += _artefacts(by_year, year)
        yield (year, *counts.tolist(), total, share, "no" if share > MOST_NOT_RECORDED else "yes", "; ".join(remarks))


def _artefacts(by_year: dict[int, Numbers], year: int) -> Iterator[str]:
    """Counts that leap up and back, or down and back, by more than children move."""
    now = by_year[year]
    before, after = by_year.get(year - 1), by_year.get(year + 1)
    for setting, code in enumerate(SETTINGS.codes):
        near = [each[setting] for each in (before, after) if each is not None and share_not_recorded(each) <= MOST_NOT_RECORDED]
        here = float(now[setting])
        if len(near) < 2 or share_not_recorded(now) > MOST_NOT_RECORDED:
            continue
        up, down = here > _LEAST_STEP * max(near), here * _LEAST_STEP < min(near)
        if (up or down) and abs(here - float(np.mean(near))) > _FEW:
            yield f"{code} {here:,.0f} between {near[0]:,.0f} and {near[1]:,.0f}: taken for coding, not for children"
