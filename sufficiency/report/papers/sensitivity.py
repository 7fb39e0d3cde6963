"""What the deficit hangs on, in a paper: one thing a tenth more or less at a time."""

from __future__ import annotations

from sufficiency.domain.dictionaries import DSG_CATEGORIES
from sufficiency.dsg.basis import basis
from sufficiency.dsg.sensitivity import sensitivity
from sufficiency.places.gap import band
from sufficiency.report.chain import Chain
from sufficiency.report.charts.shapes import tornado
from sufficiency.report.papers.content import Chart, Column, Section, Table, band_columns, banded
from sufficiency.report.papers.pictures import specification
from sufficiency.report.tornado_rows import nothing_matters, tornado_rows
from sufficiency.report.words import pounds, within

PERCENT = 10.0
_HEADING = "What does the deficit hang on?"
BARS = 10
"""Longest bars in the chart; the table has all."""


def sensitivity_section(chain: Chain) -> Section:
    """The balance with interventions and shortlist where pupils, or activity and cost, of one category differ."""
    changes = [c for c in sensitivity(basis(chain.with_shortlist), mitigated=True, percent=PERCENT) if c.size >= 1]
    if not changes:
        return Section(_HEADING, nothing_matters(PERCENT), ())
    worst = next(change for change in changes if change.percent > 0)
    ends = int(worst.financial_years[-1][:4]) + 1
    mean = float(worst.cumulative.mean())
    answer = (
        f"{PERCENT:g} % more {worst.changed} in {within(DSG_CATEGORIES.label(worst.category))} moves the balance most of all: by "
        f"{pounds(mean)} on 31 March {ends} (8 in 10 futures: {pounds(band(worst.cumulative).p10)} to "
        f"{pounds(band(worst.cumulative).p90)}; with a minus it is worse)."
    )
    rows = tornado_rows(changes[: 2 * BARS], pounds)
    chart = Chart(
        "sensitivity",
        f"What {PERCENT:g} % more or less of one thing does to the balance on 31 March {ends}",
        f"The {len({row['line'] for row in rows})} changes that matter most, with interventions and shortlist; all else stays as "
        "it is.",
        f"Tornado chart. The longest bar is {within(rows[0]['line'])}: {rows[0]['change']}, {rows[0]['words']}. Numbers in the "
        "table below.",
        specification(tornado(rows)),
        "sensitivity",
    )
    columns = (
        Column("What differs", "DSG category, and whether pupil numbers or activity and unit cost differ."),
        Column("Theme", "Theme of the DSG management plan: demand or supply management."),
        Column("Change", "How much more or less."),
        *band_columns("Balance", "£", "pounds", f"the change of the cumulative balance on 31 March {ends}"),
    )
    every = zip(changes, tornado_rows(changes, pounds), strict=True)
    table = Table(
        "sensitivity",
        "Change of the balance where one thing differs",
        columns,
        tuple((row["line"], row["theme"], row["change"], *banded(band(change.cumulative))) for change, row in every),
        "Drawn up again from the pupil-years simulated; nothing is simulated again. With a minus the balance is worse.",
    )
    return Section(_HEADING, answer, (chart, table))
