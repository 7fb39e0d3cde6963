"""The commitment and the shortlist in a paper."""

from __future__ import annotations

from typing import Any

from sufficiency.places.commitment import missing_places, pipeline_places
from sufficiency.places.tracker import COMMITMENT_DAY, Tracker, tracker
from sufficiency.report.chain import Chain
from sufficiency.report.charts.places import s_curve
from sufficiency.report.gap_words import DATE_WORDS
from sufficiency.report.papers.content import (
    Cell,
    Chart,
    Column,
    Section,
    Table,
    about,
    about_range,
    band_columns,
    banded,
    chance,
    day,
)
from sufficiency.report.papers.pictures import specification
from sufficiency.report.words import count, pounds
from sufficiency.shortlist.plan import Status, table, what_is_offered

SERIES = {"with_pipeline": "With the pipeline", "with_shortlist": "With the chosen bids"}
ILLUSTRATIVE = (
    "The bids are illustrative: made up from published totals to show how the tool works, of no real school. No school should be "
    "judged by them."
)
PROOFS = {
    Status.PROVEN: "it is the best within these limits",
    Status.WITHIN_GAP: "the solver ended by itself, within the gap it was asked for",
    Status.AT_LIMIT: "the solver stopped at its limit before the gap it was asked for was closed",
}
BID = Column("Bid", "Identifier of the expression of interest, and the setting that offers it.")
CAPITAL = Column("Capital", "Capital as bid, without optimism bias.", "pounds", "£")
CHANCE = Column("Chance", "Chance that it opens at all.", "share", "share")
CHOSEN = (
    BID,
    Column("Opens", "Day on which it is planned to open.", "day"),
    Column("Places", "Places as bid.", "count", "places"),
    CHANCE,
    CAPITAL,
    Column("What and why", "What is offered, and why it is chosen."),
)
OTHERS = (
    BID,
    Column("Offer", "What is offered: places, kind, needs, phases and area."),
    CHANCE,
    CAPITAL,
    Column("Why not", "Why it is not chosen."),
)


def commitment_section(chain: Chain) -> Section:
    """What was promised, what is open by when, and how likely the promise is kept."""
    runs = {"with_pipeline": chain.run}
    if chain.plan.chosen:
        runs["with_shortlist"] = chain.with_shortlist
    found = tracker(runs)
    version = list(runs)[-1]
    own = next(date for date in found.dates if date.name == COMMITMENT_DAY)
    reached = own.reached[version]
    with_bids = " with the chosen bids" if version == "with_shortlist" else ""
    futures = chain.run.futures
    answer = (
        f"Of {count(found.promised)} places promised, {count(found.delivered)} were delivered before {day(chain.scenario.start)} "
        f"and {count(pipeline_places(chain.scenario))} are in the pipeline, so that {count(missing_places(chain.scenario))} are "
        f"to find. By {day(own.day)} {about_range(reached.opened)} are open{with_bids}; the promise is kept "
        f"{chance(reached.probability, futures)}."
    )
    chart = Chart(
        "commitment",
        "Places opened by month against those promised",
        f"By {day(own.day)}, 8 in 10 futures lie between {about(reached.opened.p10)} and {about(reached.opened.p90)} places open"
        f"{with_bids}; {count(found.promised)} were promised.",
        f"S-curve of places opened by month. By {day(own.day)} {about(reached.opened.mean)} of {count(found.promised)} promised "
        f"are open{with_bids}. The numbers by date are in the table below.",
        specification(_curve(found)),
        "commitment",
    )
    rows: list[tuple[Cell, ...]] = [
        (
            f"{day(date.day)} ({DATE_WORDS.get(date.name, date.name)})",
            date.due,
            *(cell for name in runs for cell in (*banded(date.reached[name].opened), date.reached[name].probability)),
        )
        for date in found.dates
    ]
    columns = [
        Column("By", "A date by which the promise can be read."),
        Column("Due as promised", "Places delivered, or due by then without delay, every chosen bid whole.", "count", "places"),
    ]
    for name in runs:
        words = SERIES[name][0].lower() + SERIES[name][1:]
        columns += band_columns(f"Open {words}", "places", meaning=f"places opened by then {words}")
        columns.append(Column(f"Kept {words}", "Share of futures in which as many are open as promised.", "share", "share"))
    note = "A promise of delivery, reported apart from need. Places open late, and bids may fall through; both are simulated."
    shown = Table("commitment", "Places open by the dates of the commitment", tuple(columns), tuple(rows), note)
    return Section("Is the commitment kept?", answer, (chart, shown))


def _curve(found: Tracker) -> object:
    rows: list[dict[str, object]] = [
        {"period": month, "series": SERIES[name], "p10": one.opened.p10, "p50": one.opened.p50, "p90": one.opened.p90}
        for name, curve in found.curves.items()
        for month, one in zip(found.months, curve, strict=True)
    ]
    rows += [
        {"period": month, "series": "Due as promised", "p10": due, "p50": due, "p90": due}
        for month, due in zip(found.months, found.due.tolist(), strict=True)
    ]
    names = {f"{date.day:%Y-%m}": DATE_WORDS.get(date.name, date.name) for date in found.dates}
    return s_curve(rows, found.promised, {month: words for month, words in names.items() if month in found.months})


def shortlist_section(chain: Chain) -> Section:
    """Which bids are chosen and why, which are not and why, and how far the choice is proven."""
    plan = chain.plan
    if plan.status is Status.INFEASIBLE:
        return Section("Which bids are chosen?", "No choice of bids keeps every limit.", plan.notes)
    answer = (
        f"{len(plan.chosen)} of {len(chain.eois)} expressions of interest (EoIs) are chosen within {pounds(plan.capital_limit)} "
        f"of capital: {count(plan.places_bid)} places bid, of which {about(plan.places_expected)} are expected to open, because "
        f"bids fall through on the way; {about(plan.closed)} of them by {day(plan.commitment_by)}."
    )
    proven = (
        f"How far this is proven: {PROOFS[plan.status]}; unmet need and cost are at most {pounds(plan.gap)} from the best "
        f"possible ({plan.solver} {plan.solver_version}). Capital used: {pounds(plan.capital)}."
    )
    rows = table(plan, chain.eois)
    chosen = tuple(_chosen(row) for row in rows if row["decision"] == "chosen")
    offers = {eoi.id: what_is_offered(eoi, chain.scenario.areas[eoi.area].label) for eoi in chain.eois}
    others = tuple(_other(row, offers[str(row["id"])]) for row in rows if row["decision"] != "chosen")
    tables = [Table("bids-chosen", f"Bids chosen ({len(chosen)})", CHOSEN, chosen)] if chosen else []
    tables += [Table("bids-not-chosen", f"Bids not chosen ({len(others)})", OTHERS, others)] if others else []
    illustrative = (ILLUSTRATIVE,) if any(eoi.illustrative for eoi in chain.eois) else ()
    return Section("Which bids are chosen, and why?", answer, (*illustrative, proven, *plan.notes, *tables))


def _chosen(row: dict[str, Any]) -> tuple[Cell, ...]:
    return (_named(row), row["opens"], row["places_bid"], row["chance_of_opening"], row["capital"], row["reason"])


def _other(row: dict[str, Any], offer: str) -> tuple[Cell, ...]:
    return (_named(row), offer, row["chance_of_opening"], row["capital"], row["reason"])


def _named(row: dict[str, Any]) -> str:
    return f"{row['id']}, {row['setting_name']}"
