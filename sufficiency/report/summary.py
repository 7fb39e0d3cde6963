"""The plan in words: Requests, Plans, Gap, Shortlist, DSG balance, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency import __version__
from sufficiency.domain.dictionaries import NEEDS
from sufficiency.experiment.measure import by_calendar_year
from sufficiency.experiment.run import Run
from sufficiency.places.commitment import commitment, missing_places, pipeline_places
from sufficiency.places.gap import band, cut, gap, gap_rows, leans_on_area_shares
from sufficiency.report.chain import Chain
from sufficiency.report.words import count, counted, pounds, priced, share

LARGEST_GAPS = 6
FEWEST_FOR_A_RANGE = 20


@dataclass(frozen=True)
class Section:
    """A heading, a sentence that answers, and lines that support it."""

    heading: str
    answer: str
    lines: tuple[str, ...]


def sections(chain: Chain) -> tuple[Section, ...]:
    """The plan of a chain, section by section."""
    return (
        _requests(chain.run),
        _plans(chain.run),
        _gap(chain),
        _shortlist(chain),
        _balance(chain),
        _rests_on(chain),
    )


def _yearly(run: Run, tally: str) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Totals of the whole calendar years of a monthly flow: labels, and (futures, years)."""
    years, values = by_calendar_year(run, tally)
    months = run.labels("month")
    whole = [i for i, y in enumerate(years) if f"{y}-12" in months and f"{y}-01" in months]
    return tuple(years[i] for i in whole), values.sum(axis=(2, 3, 4))[:, whole]


def _requests(run: Run) -> Section:
    years, totals = _yearly(run, "requests")
    base = run.scenario.demand.requests_in_base_year
    answer = (
        f"Requests for an education, health and care (EHC) needs assessment go from {count(base.value)} in the base year "
        f"to {counted(band(totals[:, -1]))} in {years[-1]}."
    )
    return Section("Requests", answer, tuple(f"{y}: {counted(band(totals[:, i]))}" for i, y in enumerate(years)))


def _plans(run: Run) -> Section:
    years, issued = _yearly(run, "plans_issued")
    _, on_time = _yearly(run, "plans_on_time_in_denominator")
    _, counts = _yearly(run, "plans_in_denominator")
    stock = run.tallies["caseload"].sum(axis=(2, 3, 4, 5))
    censuses = run.labels("census")
    opened = run.tallies["assessments_open"].sum(axis=(2, 3, 4))
    december = [i for i, m in enumerate(run.labels("month")) if m.endswith("-12")]
    answer = (
        f"Plans in force go from {count(band(stock[:, 0]).p50)} in January {censuses[0]} "
        f"to {counted(band(stock[:, -1]))} in January {censuses[-1]}."
    )
    lines = []
    for i, year in enumerate(years):
        some = counts[:, i] > 0  # a future without any plan in the denominator has no share
        timely = band(on_time[some, i] / counts[some, i]) if some.any() else band(np.zeros(1))
        lines.append(
            f"{year}: issued {counted(band(issued[:, i]))}; within 20 weeks {share(timely.p50)} "
            f"({share(timely.p10)} to {share(timely.p90)}); open at year end {count(band(opened[:, december[i]]).p50)}"
        )
    return Section("Plans", answer, tuple(lines))


def headline_year(run: Run) -> str:
    """The academic year that answers lead with: that of the commitment's day, or the last one simulated."""
    years = run.labels("academic_year")
    by = run.scenario.commitment.by
    wanted = f"{by.year - (by.month < 9)}/"
    return next((y for y in years if y.startswith(wanted)), years[-1])


def _gap(chain: Chain) -> Section:
    run, after = chain.run, chain.with_shortlist
    year = headline_year(run)
    position = run.labels("academic_year").index(year)
    need, places = (band(cut(run, run.tallies[name], ())[:, position]) for name in ("need", "places"))
    missing = band(cut(run, gap(run, "gap_all"), ())[:, position])
    waiting = band(cut(run, gap(run, "gap_waiting"), ())[:, position])
    left = band(cut(after, gap(after, "gap_all"), ())[:, position])
    answer = (
        f"In {year} {counted(need)} children need a specialist place and {count(places.p50)} places are open to them: "
        f"{counted(missing)} are missing (independent placements counted as unmet). {counted(waiting)} children wait."
    )
    areas = run.scenario.areas
    lines = [f"With the shortlist: {counted(left)} missing in {year}."]
    caution = " (area shares are unpublished and assumed)" if leans_on_area_shares(run) else ""
    lines.append(f"Largest gaps in {year} by area and need{caution}:")
    for row in gap_rows(run, "gap_all", year)[:LARGEST_GAPS]:
        name = f"{areas[row['area']].label}, {NEEDS.label(row['need'])}"
        lines.append(f"  {name}: {count(row['p50'])} ({count(row['p10'])} to {count(row['p90'])})")
    return Section("Gap", answer, tuple(lines))


def _shortlist(chain: Chain) -> Section:
    scenario, plan = chain.scenario, chain.plan
    promise = scenario.commitment
    before, after = commitment(chain.run), commitment(chain.with_shortlist)
    illustrative = " (illustrative bids)" if any(eoi.illustrative for eoi in chain.eois) else ""
    answer = (
        f"Of {count(promise.places.value)} places promised, {count(promise.delivered.value)} are delivered and "
        f"{count(pipeline_places(scenario))} in the pipeline: {count(missing_places(scenario))} to find. "
        f"{len(plan.chosen)} of {len(chain.eois)} expressions of interest (EoIs){illustrative} are chosen: "
        f"{count(plan.places_bid)} places bid, {count(plan.places_expected)} expected to open, "
        f"{count(plan.closed)} of them by {plan.commitment_by:%-d %B %Y}; {count(plan.shortfall)} still missing."
    )
    lines = [
        f"Chance of meeting the commitment by {after.by:%-d %B %Y}: {share(before.probability)} without, "
        f"{share(after.probability)} with the shortlist.",
        f"Capital: {pounds(plan.capital)} of {pounds(plan.capital_limit)}. Unmet child-years to the horizon: "
        f"{count(plan.unmet_before)} before, {count(plan.unmet_after)} after.",
        f"Solver's answer: {plan.status.value.replace('_', ' ')}, gap {pounds(plan.gap)} ({plan.solver} {plan.solver_version}).",
    ]
    setting = {eoi.id: eoi for eoi in chain.eois}
    for bid in sorted(plan.chosen, key=lambda b: (b.opens, b.eoi)):
        eoi = setting[bid.eoi]
        lines.append(
            f"  {bid.eoi} {eoi.setting_name}, {scenario.areas[eoi.area].label}: {bid.places_bid} places "
            f"({bid.places_expected:.1f} expected), {eoi.title[0].lower()}{eoi.title[1:]}, opens {bid.opens:%B %Y}"
        )
    return Section("Shortlist", answer, tuple(lines))


def _balance(chain: Chain) -> Section:
    without, with_all = chain.unmitigated_account, chain.mitigated_account
    years = without.financial_years
    answer = (
        f"The Dedicated Schools Grant (DSG) balance on 31 March {_end(years[-1])} is "
        f"{priced(band(without.cumulative_balance[:, -1]))} unmitigated and "
        f"{priced(band(with_all.cumulative_balance[:, -1]))} with interventions and shortlist."
    )
    spend, income = without.spend, without.income.sum(axis=2)
    lines = []
    for i, year in enumerate(years):
        lines.append(
            f"{year}: spend {pounds(band(spend[:, i]).p50)}, income {pounds(band(income[:, i]).p50)}, in-year "
            f"{priced(band(without.in_year_balance[:, i]))}, cumulative {pounds(band(without.cumulative_balance[:, i]).p50)}; "
            f"with interventions and shortlist {pounds(band(with_all.cumulative_balance[:, i]).p50)}"
        )
    return Section("DSG balance", answer, tuple(lines))


def _rests_on(chain: Chain) -> Section:
    run = chain.run
    figures = dict(run.scenario.figures())
    unverified = run.scenario.unverified()
    ranges = sum(figures[path].is_range for path in unverified)
    answer = (
        f"{len(unverified)} of {len(figures)} figures are unverified defaults, {ranges} of them ranges drawn once a future; "
        f"every result above leans on some of them."
    )
    lines = [
        f"Scenario {run.scenario.name} ({run.scenario.title}), hash {run.scenario.digest}, "
        f"standing at {run.scenario.knowledge_date:%-d %B %Y}; model {__version__}, seed {run.base_seed}, {run.futures} futures.",
        "sufficiency assumptions SCENARIO lists each figure with its source.",
    ]
    lines += rough_words(run)
    if run.failed:
        lines.append(f"{len(run.failed)} futures failed and are left out: {run.failed[0].message}")
    return Section("What this rests on", answer, tuple(lines))


def _end(financial_year: str) -> int:
    return int(financial_year[:4]) + 1


def compared(base: Run, others: list[Run]) -> list[str]:
    """What differs from the first scenario, in the last census year: paired differences."""
    years = base.labels("academic_year")
    shown = dict.fromkeys((headline_year(base), years[-1]))
    lines = [f"Less {base.scenario.title}, paired over {base.futures} futures:"]
    for other in others:
        lines.append(f"  {other.scenario.title}")
        for year in shown:
            at = years.index(year)
            for name in ("need", "places", "gap_all", "waiting"):
                after, before = (_total(run, name)[:, at] for run in (other, base))
                lines.append(f"    {year} {name}: {_signed(after - before)}")
    return lines + rough_words(base)


def _total(run: Run, name: str) -> NDArray[np.float64]:
    values = gap(run, name) if name == "gap_all" else run.tallies[name].astype(np.float64)
    total: NDArray[np.float64] = cut(run, values, ())
    return total


def rough_words(run: Run) -> list[str]:
    """A caution where the futures are too few for a range of 8 in 10."""
    if run.futures >= FEWEST_FOR_A_RANGE:
        return []
    return [f"Futures simulated: {run.futures}. The ranges are rough; ask for {FEWEST_FOR_A_RANGE} or more."]


def _signed(change: NDArray[np.float64]) -> str:
    found = band(change)
    low, middle, high = (f"+{count(v)}" if round(v) > 0 else count(v) for v in (found.p10, found.p50, found.p90))
    return f"{middle} (8 in 10 futures: {low} to {high})"
