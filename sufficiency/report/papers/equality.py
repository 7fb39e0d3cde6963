"""Who gains and who loses by need, phase and area: what the public sector equality duty asks a council to have regard to."""

from __future__ import annotations

from typing import Any

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.places.gap import Band, band, cut, gap
from sufficiency.report.chain import Chain
from sufficiency.report.papers.content import Cell, Column, Section, Table, listed
from sufficiency.report.papers.places import ASSUMED_SHARES

CUTS = {"need": "Need", "phase": "Phase", "area": "Area"}
MANY = {"need": "needs", "phase": "phases", "area": "areas"}
NOTICEABLE = 2.5
"""Children: a mean change that rounds to less than this is none (estimates are to the nearest 5)."""
GAINS, LOSES, SAME = "gains", "loses", "no clear change"
LEGAL = (
    "The public sector equality duty (section 149 of the Equality Act 2010) asks the council to have due regard to disabled "
    "children and to age. The tables show which primary needs (disability), phases (age) and areas gain places by the chosen "
    "bids, and which do not. The simulation knows nothing of sex, race, religion or the other protected "
    "characteristics: this is evidence for an equality impact assessment, and does not replace one."
)


def verdict(change: Band) -> str:
    """``gains``, ``loses`` or ``no clear change`` of a change in children waiting (fewer is a gain).

    Clear is a change that is noticeable on average and of that sign in at least 9 of 10 futures.
    """
    if change.mean <= -NOTICEABLE and change.p90 <= 0:
        return GAINS
    if change.mean >= NOTICEABLE and change.p10 >= 0:
        return LOSES
    return SAME


def equality_section(chain: Chain) -> Section:
    """Children waiting before and after, by need, phase and area, on the last January census simulated."""
    year = chain.run.labels("academic_year")[-1]
    tables = {axis: _table(chain, axis, year) for axis in CUTS}
    verdicts = {axis: [row[-1] for row in table.rows] for axis, table in tables.items()}
    better = [f"{found.count(GAINS)} of {len(found)} {MANY[axis]}" for axis, found in verdicts.items()]
    worse = [str(row[0]) for table in tables.values() for row in table.rows if row[-1] == LOSES]
    loses = f"More wait in these groups: {'; '.join(worse)}" if worse else "No group clearly loses"
    answer = (
        f"By the January census of {year} clearly fewer children wait with the chosen bids in {listed(better)}. {loses}; the "
        "rest sees no clear change."
    )
    words = [LEGAL, ASSUMED_SHARES]
    unhelped = [
        str(row[0])
        for axis in ("need", "phase")
        for row in tables[axis].rows
        if row[-1] != GAINS and isinstance(row[1], float) and row[1] >= NOTICEABLE
    ]
    if unhelped:
        words.append(f"Children wait in these groups and are not clearly helped: {'; '.join(unhelped)}.")
    return Section("Who gains and who loses?", answer, (*words, *tables.values()))


def _table(chain: Chain, axis: str, year: str) -> Table:
    run, after = chain.run, chain.with_shortlist
    at = run.labels("academic_year").index(year)
    before, later = (cut(one, gap(one, "gap_waiting"), (axis,))[:, at] for one in (run, after))
    need = cut(run, run.tallies["need"], (axis,))[:, at]
    rows: list[tuple[Cell, ...]] = []
    for i, code in enumerate(run.labels(axis)):
        change = band(later[:, i] - before[:, i])
        rows.append(
            (
                _label(chain, axis, code), float(before[:, i].mean()), float(later[:, i].mean()), change.mean, change.p10,
                change.p90, float(need[:, i].mean()), verdict(change),
            )
        )  # fmt: skip
    columns = (
        Column(CUTS[axis], f"{CUTS[axis]} of the child."),
        Column("Waiting", f"Mean of children waiting in {year} without the chosen bids.", "estimate", "children"),
        Column("Waiting with the bids", "The same with the chosen bids.", "estimate", "children"),
        Column("Change", "Mean of with less without, future by future; fewer is a gain.", "estimate", "children"),
        Column("8 in 10 futures, from", "In 1 of 10 futures the change is lower.", "estimate", "children", "low"),
        Column("to", "In 1 of 10 futures the change is higher.", "estimate", "children", "high"),
        Column("Children in need", "Mean of children who need a specialist place, for scale.", "estimate", "children"),
        Column("Verdict", f"gains or loses: {NOTICEABLE:g} children or more on average, and of that sign in at "
               "least 9 of 10 futures; else no clear change."),
    )  # fmt: skip
    note = "Estimates to the nearest 5, paired future by future; they may not add up exactly."
    return Table(f"equality-by-{axis}", f"Children waiting by {CUTS[axis].lower()}, {year}", columns, tuple(rows), note)


def _label(chain: Chain, axis: str, code: str) -> str:
    labels: dict[str, Any] = {"need": NEEDS, "phase": PHASES}
    return chain.scenario.areas[code].label if axis == "area" else str(labels[axis].label(code))
