"""Charts of the Shortlist page: when places open, how surely each bid is in, and what costs and unmet need trade for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from sufficiency.report.charts.colours import AMBER, BLUE, GREEN, GREY, ORANGE, SKY
from sufficiency.report.charts.parts import axis, ink
from sufficiency.report.charts.shapes import Rows

BID, EXPECTED = "As bid", "Expected to open"
STANDINGS = {"core": GREEN, "borderline": AMBER, "exterior": GREY}
SOUGHT = {"Recommended": ORANGE, "Cheapest": BLUE, "Shortest journeys": GREEN}


def _legend() -> alt.Legend:
    return alt.Legend(title=None, orient="top", labelFontSize=13, labelColor=ink())


def openings(rows: Rows, order: Sequence[str]) -> Any:
    """Places by date of opening, as bid beside expected to open; rows have ``period``, ``kind`` and ``places``."""
    frame = pd.DataFrame(rows)
    colours = alt.Scale(domain=[BID, EXPECTED], range=[SKY, BLUE])
    x = alt.X("period:N", sort=list(order), title=None, axis=axis(labelAngle=0, labelLimit=120))
    bars = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=x,
            xOffset=alt.XOffset("kind:N", sort=[BID, EXPECTED]),
            y=alt.Y("places:Q", title=None, axis=axis(tickCount=5, format=",d")),
            color=alt.Color("kind:N", scale=colours, legend=_legend()),
            tooltip=[
                alt.Tooltip("period:N", title="Opens"),
                alt.Tooltip("kind:N", title="Places"),
                alt.Tooltip("places:Q", title="Number", format=",.0f"),
            ],
        )
    )
    words = bars.mark_text(dy=-8, fontSize=12, color=ink()).encode(
        text=alt.Text("places:Q", format=",.0f"), color=alt.value(ink())
    )
    return alt.layer(bars, words).properties(height=260)


def core_index(rows: Rows) -> Any:
    """A bar a bid from 0 to 1, coloured by its standing, in the order given; rows have ``bid``, ``index``, ``standing``."""
    frame = pd.DataFrame(rows)
    names = [name for name in STANDINGS if name in set(frame["standing"])]
    colours = alt.Scale(domain=names, range=[STANDINGS[name] for name in names])
    y = alt.Y(
        "bid:N",
        sort=list(frame["bid"]),
        title=None,
        scale=alt.Scale(padding=0.25),
        axis=axis(labelLimit=260, labelOverlap=False, labelFlush=False, domain=False, ticks=False),
    )
    bars = (
        alt.Chart(frame)
        .mark_bar(height=12)
        .encode(
            x=alt.X("index:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=axis(format=".0%", tickCount=5, orient="top")),
            y=y,
            color=alt.Color("standing:N", scale=colours, legend=_legend()),
            tooltip=[
                alt.Tooltip("bid:N", title="Bid"),
                alt.Tooltip("standing:N", title="Standing"),
                alt.Tooltip("index:Q", title="In so many of the good plans", format=".0%"),
            ],
        )
    )
    return bars.properties(height=19 * len(frame) + 70)


def front(rows: Rows) -> Any:
    """Cost of the places (£ million) against unmet need; rows have ``plan``, ``sought``, ``cost``, ``unmet`` and ``km``."""
    frame = pd.DataFrame(rows)
    names = [name for name in SOUGHT if name in set(frame["sought"])]
    colour = alt.Color("sought:N", scale=alt.Scale(domain=names, range=[SOUGHT[name] for name in names]), legend=_legend())
    shape = alt.Shape(
        "sought:N", scale=alt.Scale(domain=names, range=["diamond", "circle", "triangle-up"][: len(names)]), legend=_legend()
    )
    base = alt.Chart(frame).encode(
        x=alt.X(
            "cost:Q",
            title="Cost of taking the bids up (£ million)",
            scale=alt.Scale(zero=False),
            axis=axis(titleColor=ink(), titleFontSize=13, tickCount=6),
        ),
        y=alt.Y(
            "unmet:Q",
            title="Unmet child-years",
            scale=alt.Scale(zero=False),
            axis=axis(titleColor=ink(), titleFontSize=13, tickCount=5, format=",d"),
        ),
    )
    tips = [
        alt.Tooltip("plan:N", title="Plan"),
        alt.Tooltip("sought:N", title="Sought"),
        alt.Tooltip("cost:Q", title="£ million", format=",.1f"),
        alt.Tooltip("unmet:Q", title="Unmet child-years", format=",.0f"),
        alt.Tooltip("km:Q", title="Child-kilometres", format=",.0f"),
    ]
    marks = base.mark_point(size=110, filled=True, opacity=1).encode(color=colour, shape=shape, tooltip=tips)
    # A plan with the shortest journeys lies beside the cheapest of its row: their names part above and below.
    beside = base.transform_filter("datum.sought === 'Shortest journeys'").mark_text(
        align="left", dx=4, dy=16, fontSize=12, color=ink()
    )
    others = base.transform_filter("datum.sought !== 'Shortest journeys'").mark_text(
        align="right", dx=-4, dy=-12, fontSize=12, color=ink()
    )
    words = [each.encode(text="plan:N") for each in (beside, others)]
    return alt.layer(marks, *words).properties(height=340)
