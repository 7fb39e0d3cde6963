"""The invitation to bid as a paper: what is wanted in lots, by when, what a bid must say, and how bids are judged."""

from __future__ import annotations

import datetime as dt

from sufficiency.domain.dictionaries import NEED_GROUPS, NEEDS_OF_GROUP, PHASES
from sufficiency.experiment.run import Run
from sufficiency.places.invitation import SURE_ENOUGH, Invitation, invitation
from sufficiency.report.gap_tables import invitation_rows
from sufficiency.report.gap_words import invitation_heading
from sufficiency.report.papers.assumptions import assumptions_section, run_rows
from sufficiency.report.papers.content import Cell, Column, Paper, Points, Section, Table, day
from sufficiency.report.summary import headline_year, rough_words
from sufficiency.report.words import count, pounds
from sufficiency.scenario.eois import STATUSES, ExpressionOfInterest
from sufficiency.scenario.provenance import in_words
from sufficiency.scenario.scenario import Scenario

KEY = "invitation"
NOT_ASKED = ("id", "status", "illustrative", "note", "chance_feasibility", "chance_quality_review", "chance_legal_agreement")
"""Columns of a list of bids that the council fills in, not the school."""


def invitation_paper(run: Run, made: dt.date, *, confidence: int = SURE_ENOUGH, kind: str = "gap_all") -> Paper:
    """The invitation that follows from ``run`` for the year of the commitment; raises InputProblem for a bad confidence."""
    scenario = run.scenario
    found = invitation(run, headline_year(run), kind, confidence)
    unverified = len(scenario.unverified())
    cautions = (
        f"{unverified} of {sum(1 for _ in scenario.figures())} figures behind these numbers are unverified defaults; all are "
        "listed at the end.",
        "A draft for the council's own procurement and legal checks: it is no offer, and binds nobody.",
        *rough_words(run),
    )
    record = Table(
        "run-record", "Run record", (Column("What", "Entry of the run record."), Column("Value", "Its value.")),
        tuple(run_rows(run)),
    )  # fmt: skip
    return Paper(
        key=KEY,
        title=f"Invitation to bid for specialist places: {scenario.title}",
        question=f"Which specialist places are wanted by {found.by:%B %Y}?",
        answer=invitation_heading(found),
        cautions=cautions,
        sections=(
            _lots(run, found),
            _what_to_say(),
            _how_judged(scenario),
            Section("How was this made?", "From a simulation of need and places, future by future.", (record,)),
            assumptions_section(scenario),
        ),
        made=made,
    )


def _lots(run: Run, found: Invitation) -> Section:
    areas = run.scenario.areas
    columns = (
        Column("Lot", "Number of the lot, the largest first."),
        Column("Needs", "Group of primary needs, with DfE's codes."),
        Column("Phase", "Phase of education."),
        Column("Area", "Area in which the children live."),
        Column("Places wanted", "A multiple of 5, no more than are missing in so many futures.", "count", "places"),
        Column("Open by", "Day by which the places must be open.", "day"),
        Column("Missing in", "Share of futures in which at least so many are missing.", "share", "share"),
    )
    rows: list[tuple[Cell, ...]] = []
    for at, row in enumerate(invitation_rows(run, found, None), 1):
        needs = _named(row["need_group"])
        where = areas[row["area"]].label
        rows.append(
            (f"Lot {at}", needs, PHASES.label(row["phase"]), where, row["places_wanted"], found.by, row["share_of_futures"])
        )
    if not rows:
        words = (
            f"No need, phase and area is short of 5 places or more by {day(found.by)} in so many futures: nothing is asked for."
        )
        return Section("Which lots are there?", words)
    largest = found.lines[0]
    answer = (
        f"{count(found.places)} places in {count(len(rows))} lots, each missing in at least {found.confidence} of 10 futures. "
        f"The largest is of {count(largest.places)} places."
    )
    note = (
        "Places are rounded down to fives; what other areas have to spare for the same needs and phase is taken off first, and "
        f"no sum of lots asks for more than is missing that often. The gap is that of the January census of {found.year}. How "
        "need divides between the areas is published by nobody: lots rest on assumed shares."
    )
    return Section("Which lots are there?", answer, (Table("lots", "Lots", columns, tuple(rows), note),))


def _named(group: str) -> str:
    """A group of needs with the codes of its needs, where its name does not hold them."""
    label, codes = NEED_GROUPS.label(group), ", ".join(NEEDS_OF_GROUP[group])
    return label if f"({codes})" in label else f"{label} ({codes})"


def _what_to_say() -> Section:
    """The columns of a list of bids, from the model that reads them."""
    rows = tuple(
        (name.replace("_", " "), " ".join((field.description or "").replace("``", "").split()), _must(field.is_required()))
        for name, field in ExpressionOfInterest.model_fields.items()
        if name not in NOT_ASKED
    )
    columns = (
        Column("What", "Column of the list of expressions of interest."),
        Column("Meaning", "What is asked, and in which unit."),
        Column("Needed", "Whether a bid without it can be read."),
    )
    answer = "A bid says what is offered, to whom, where, by when, and at what cost; several sizes of one bid may be offered."
    return Section("What must a bid say?", answer, (Table("bid", "What a bid must say", columns, rows),))


def _must(required: bool) -> str:
    return "yes" if required else "if known"


def _how_judged(scenario: Scenario) -> Section:
    limits = scenario.shortlist
    turn = (
        "first the places that still miss the commitment, then the years in which children's need is unmet, then the whole cost"
        if limits.order == "in turn"
        else "all effects as one sum of money"
    )
    items = [
        f"Capital for all bids together: {pounds(limits.capital.value)} ({limits.capital.source}).",
        f"Least score of quality: {in_words(limits.lowest_quality.value)} of 100.",
        f"Projects that can open in one academic year: {in_words(limits.projects_per_year.value)}.",
        f"Bids are weighed over many futures: {turn}.",
        f"A bid passes these stages: {', '.join(STATUSES[:-1])}. Places count by their chance of opening.",
        "Every bid gets its decision with a reason.",
    ]
    return Section(
        "How are bids judged?", "By what they do for children within the limits, not by price alone.", (Points(tuple(items)),)
    )
