"""Charts of the Places page: the map of areas as tiles, the commitment's S-curve, and what a spread is made of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from sufficiency.report.charts.colours import EVEN, GREY, ON_CELL, SHORT, SPARE, SPREAD
from sufficiency.report.charts.parts import NARROW, axis, ink, quantile_tips
from sufficiency.report.charts.shapes import Rows, fan

TILE = 112
"""Pixels of a tile's height."""


def tile_columns(areas: int) -> int:
    """Tiles in a row: all of up to three areas beside each other, else as near to a square as they go."""
    return areas if areas <= 3 else math.ceil(math.sqrt(areas))


def tile_map(rows: Rows) -> Any:
    """One tile an area, in the council's order, row by row; no map server is asked.

    Rows have ``name``, ``gap``, ``words`` (such as ``46 short``), ``range``, ``p10``, ``p50`` and ``p90``. Colour only repeats
    the words.
    """
    wide = tile_columns(len(rows))
    frame = pd.DataFrame(rows).assign(column=lambda f: f.index % wide, row=lambda f: f.index // wide)
    most = max(1.0, float(frame["gap"].abs().max()))
    scale = alt.Scale(domain=[-most, 0, most], range=[SPARE, EVEN, SHORT], clamp=True)
    tips = [alt.Tooltip("name:N", title="Area"), alt.Tooltip("words:N", title="Gap"), *quantile_tips(",.0f")]
    bare = alt.Axis(labels=False, ticks=False, domain=False, grid=False)
    apart = alt.Scale(paddingInner=0.03, paddingOuter=0)
    x, y = (alt.X("column:O", axis=bare, scale=apart, title=None), alt.Y("row:O", axis=bare, scale=apart, title=None))
    base = alt.Chart(frame).encode(x=x, y=y, tooltip=tips)
    tiles = base.mark_rect(cornerRadius=8)
    layers = [tiles.encode(color=alt.Color("gap:Q", scale=scale, legend=None))]
    for field, dy, size, weight in (("name", -28, 15, 700), ("words", 0, 20, 700), ("range", 28, 13, 400)):
        text = base.mark_text(dy=dy, fontSize=size, fontWeight=weight, color=ON_CELL)  # type: ignore[arg-type]
        layers.append(text.encode(text=f"{field}:N"))
    return alt.layer(*layers).properties(height=TILE * math.ceil(len(frame) / wide))


def s_curve(rows: Rows, promised: int, dates: Mapping[str, str], *, height: int = 340) -> Any:
    """Places opened by month as a fan, the promise as a level, and its dates as lines.

    ``dates`` are words by month (``2024-05``).
    """
    level = pd.DataFrame({"promised": [promised], "words": [f"{promised:,} promised"]})
    line = alt.Chart(level).mark_rule(strokeDash=[6, 4], strokeWidth=1.5, color=ink()).encode(y="promised:Q")
    words = alt.Chart(level).mark_text(align="left", x=6, dy=-8, fontSize=13, fontWeight="bold", color=ink())
    layers = [fan(rows, height=height, reaches=promised), line, words.encode(y="promised:Q", text="words:N")]
    if dates:
        frame = pd.DataFrame({"period": list(dates), "words": list(dates.values())})
        layers.append(alt.Chart(frame).mark_rule(strokeDash=[2, 3], strokeWidth=1.2, color=GREY).encode(x="period:O"))
        for lower, (month, name) in enumerate(dates.items()):
            day = alt.Chart(pd.DataFrame({"period": [month], "words": [name]}))
            text = day.mark_text(align="right", dx=-4, y=28 + 18 * lower, fontSize=12, color=ink())
            layers.append(text.encode(x="period:O", text="words:N"))
    return alt.layer(*layers).properties(height=height)


def made_of(rows: Rows, lines: Sequence[str]) -> Any:
    """Bars from 0 to 1, one a line, parted into what a spread is made of; rows have ``line``, ``part`` and ``share``.

    Parts are drawn in the order of :data:`~sufficiency.report.charts.colours.SPREAD`; shares are 0 to 1.
    """
    frame = pd.DataFrame(rows)
    parts = [part for part in SPREAD if part in set(frame["part"])]
    frame = frame.assign(order=frame["part"].map(parts.index))
    colours = alt.Scale(domain=parts, range=[SPREAD[part] for part in parts])
    columns = alt.ExprRef(f"{NARROW} ? 2 : {len(parts)}")
    legend = alt.Legend(title=None, orient="top", labelFontSize=13, labelColor=ink(), columns=columns, labelLimit=260)
    bars = alt.Chart(frame).mark_bar(stroke="#fcfcfa", strokeWidth=1)
    bars = bars.encode(
        x=alt.X("share:Q", title=None, stack="zero", scale=alt.Scale(domain=[0, 1]), axis=axis(format=".0%", tickCount=5)),
        y=alt.Y(
            "line:N",
            sort=list(lines),
            title=None,
            scale=alt.Scale(padding=0.25),
            axis=axis(labelLimit=220, labelOverlap=False, domain=False, ticks=False),
        ),
        color=alt.Color("part:N", scale=colours, legend=legend),
        order="order:Q",
        tooltip=[
            alt.Tooltip("line:N", title="Gap of"),
            alt.Tooltip("part:N", title="Part"),
            alt.Tooltip("share:Q", title="Share of the spread", format=".0%"),
        ],
    )
    return bars.properties(height=34 * len(lines) + 140)
