"""The gap, the commitment and the invitation in sentences: number, range and condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from sufficiency.domain.dictionaries import NEED_GROUPS, NEEDS, PHASES
from sufficiency.experiment.run import Run
from sufficiency.places.gap import band, cut, gap, gap_rows
from sufficiency.places.invitation import Invitation
from sufficiency.places.spread import ASSUMPTIONS, Shares, Spread, verdict
from sufficiency.places.tracker import Tracker
from sufficiency.places.versions import VERSIONS
from sufficiency.report.words import count, counted, share
from sufficiency.scenario.scenario import Scenario

LARGEST = 6
"""Cells and lines shown in the terminal."""
KIND_WORDS = {"gap_all": "need less places, independent placements counted as unmet", "gap_waiting": "children who wait"}
DATE_WORDS = {"manifesto": "manifesto, three years on", "restated": "as restated", "commitment": "the scenario's own day"}


def gap_lines(runs: Mapping[str, Run], spread: Spread | None, year: str) -> Iterator[str]:
    """The gap of one academic year: the answer first; lines of a table begin with two spaces."""
    run = runs["with_pipeline"]
    at = run.labels("academic_year").index(year)
    need, places = (band(cut(run, run.tallies[name].astype(np.float64), ())[:, at]) for name in ("need", "places"))
    waiting = band(cut(run, gap(run, "gap_waiting"), ())[:, at])
    yield (
        f"By the January census of {year} {count(need.p50)} children need a specialist place and {count(places.p50)} places are "
        f"open to them. Missing: {counted(band(cut(run, gap(run, 'gap_all'), ())[:, at]))}; an independent placement counts as "
        f"unmet. Waiting: {counted(waiting)}."
    )
    for version, other in runs.items():
        if version != "with_pipeline":
            missing, wait = (band(cut(other, gap(other, name), ())[:, at]) for name in ("gap_all", "gap_waiting"))
            yield f"{VERSIONS.label(version)}: missing {counted(missing)}, waiting {counted(wait)}."
    if spread:
        yield "What the spread of the gap is made of: " + _made_of(
            spread.shares(lambda each: cut(each, gap(each, "gap_all"), ())[:, at]), ()
        )
    yield "By area:"
    labels = {code: area.label for code, area in run.scenario.areas.items()}
    shares = spread.shares(lambda each: cut(each, gap(each, "gap_all"), ("area",))[:, at]) if spread else None
    values = cut(run, gap(run, "gap_all"), ("area",))[:, at]
    for position, code in enumerate(run.labels("area")):
        rests = f"; {_made_of(shares, (position,))}" if shares else ""
        yield f"  {labels[code]}: {counted(band(values[:, position]))}{rests}"
    yield "Largest by area and need:"
    for row in gap_rows(run, "gap_all", year)[:LARGEST]:
        yield f"  {labels[row['area']]}, {NEEDS.label(row['need'])}: {_ranged(row['p50'], row['p10'], row['p90'])}"


def _made_of(shares: Shares, at: tuple[int, ...]) -> str:
    """``mostly assumption (58 %, give or take 6): area shares 22 %, ...``."""
    total, error = float(shares.assumption[at]), float(shares.error[at])
    if np.isnan(total):
        return verdict(total, error)
    parts = (
        f"{ASSUMPTIONS.label(c).lower()} {share(_bounded(shares.by_group[c][at]))}"
        for c in ASSUMPTIONS.codes
        if c in shares.by_group
    )
    return f"{verdict(total, error)} ({share(_bounded(total))}, give or take {100 * error:.0f}): {', '.join(parts)}"


def _ranged(middle: float, low: float, high: float) -> str:
    return f"{count(middle)} ({count(low)} to {count(high)})"


def _bounded(value: float) -> float:
    """A share as shown: estimates may by chance lie a little outside 0 to 1."""
    return min(max(float(value), 0.0), 1.0)


def commitment_lines(found: Tracker) -> Iterator[str]:
    """The promise by each of its dates."""
    yield (
        f"Of {count(found.promised)} places promised {count(found.delivered)} were delivered before the start, "
        f"{count(found.pipeline)} are in the pipeline and {count(found.shortlisted)} in the shortlist as bid."
    )
    for date in found.dates:
        parts = []
        for version, reached in date.reached.items():
            chance = share(reached.probability)
            parts.append(f"{VERSIONS.label(version).lower()} {counted(reached.opened)} open, promise kept in {chance} of futures")
        name = DATE_WORDS.get(date.name, date.name)
        yield f"  By {date.day:%-d %B %Y} ({name}): {'; '.join(parts)}."


def invitation_heading(found: Invitation) -> str:
    """What is wanted in all, and on which condition."""
    return (
        f"Expressions of interest (EoIs) wanted by {found.by:%B %Y}: {count(found.places)} places in {len(found.lines)} lines, "
        f"each missing in at least {found.confidence} of 10 futures ({KIND_WORDS[found.kind]}, after the pipeline). All together "
        f"{count(found.missing)} or more are missing as often; the rest is in lines too small or too unsure to ask for."
    )


def invitation_line(scenario: Scenario, row: Mapping[str, Any]) -> str:
    """``40 secondary places for social, emotional and mental health (SEMH) in South (missing in 80 % of futures; ...)``."""
    phase, group = PHASES.label(row["phase"]).lower(), NEED_GROUPS.label(row["need_group"])
    rests = f"; {row['verdict']}" if row["verdict"] else ""
    return (
        f"{row['places_wanted']} {phase} places for {group[0].lower()}{group[1:]} in {scenario.areas[row['area']].label} "
        f"(missing in {share(row['share_of_futures'])} of futures{rests})"
    )


def invitation_lines(scenario: Scenario, found: Invitation, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The invitation for the terminal: the largest lines, and how many more there are."""
    yield invitation_heading(found)
    for row in rows[:LARGEST]:
        yield f"  {invitation_line(scenario, row)}"
    if len(rows) > LARGEST:
        yield f"  and {len(rows) - LARGEST} smaller lines: see invitation.csv"


def invitation_page(scenario: Scenario, found: Invitation, rows: Sequence[Mapping[str, Any]], made: str) -> str:
    """The invitation as a page of Markdown."""
    text = [f"# Expressions of interest wanted by {found.by:%B %Y}", "", invitation_heading(found), ""]
    text += [f"- {invitation_line(scenario, row)}" for row in rows]
    text += [
        "",
        "| area | needs | phase | places wanted | by | missing in | gap (8 in 10 futures) | rests on |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = (
            scenario.areas[row["area"]].label,
            row["needs"].replace(";", ", "),
            PHASES.label(row["phase"]),
            str(row["places_wanted"]),
            f"{found.by:%B %Y}",
            f"{share(row['share_of_futures'])} of futures",
            _ranged(row["gap_p50"], row["gap_p10"], row["gap_p90"]),
            row["verdict"] or "not measured",
        )
        text.append(f"| {' | '.join(cells)} |")
    text += [
        "",
        "Places are rounded down to fives. What other areas have to spare for the same needs and phase is taken off first, and "
        f"no sum of lines asks for more than is missing that often. The gap is that of the January census of {found.year}. How "
        "need divides between the areas, and what each provision holds, is published by nobody: single areas rest on assumed "
        "shares.",
        "",
        made,
    ]
    return "\n".join(text) + "\n"
