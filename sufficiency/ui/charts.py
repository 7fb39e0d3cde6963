"""Charts that look the same on every page. Every one has its numbers in a table beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from sufficiency.ui.colours import EVEN, GREY, INK, INK_ON_DARK, ON_CELL, SERIES, SHORT, SPARE

Rows = Sequence[Mapping[str, Any]]
MOST_POINTS = 16
"""Periods up to which each has a point of its own."""
_POUNDS = "(datum.value < 0 ? '−' : '') + '£' + format(abs(datum.value), ',') + 'm'"
_SIGNED_POUNDS = "(datum.value < 0 ? '−' : datum.value > 0 ? '+' : '') + '£' + format(abs(datum.value), ',') + 'm'"
_QUANTILES = (("p10", "1 in 10 futures is below"), ("p50", "Half of the futures are below"), ("p90", "9 in 10 futures are below"))


def fan(rows: Rows, *, money: bool = False, height: int = 320) -> Any:
    """Bands from p10 to p90 with the p50 line over periods, one colour a series, each named at the end of its line.

    Rows have ``period``, ``series``, ``p10``, ``p50`` and ``p90``; money is in £ million.
    """
    frame = pd.DataFrame(rows)
    names, periods = list(dict.fromkeys(frame["series"])), list(dict.fromkeys(frame["period"]))
    colour = alt.Color("series:N", scale=alt.Scale(domain=names, range=[SERIES[name] for name in names]), legend=None)
    tips = [alt.Tooltip("series:N", title="What"), alt.Tooltip("period:O", title="When"), *_quantile_tips(",.1f")]
    shown = periods[:: max(1, len(periods) // 8)]
    x = alt.X(
        "period:O", sort=periods, title=None, scale=alt.Scale(padding=0.2), axis=_axis(labelAngle=0, values=shown, grid=False)
    )
    axis = _axis(tickCount=5, labelExpr=_POUNDS) if money else _axis(tickCount=5, format=",d")
    middle = alt.Y("p50:Q", title=None, axis=axis)
    base = alt.Chart(frame)
    band = base.mark_area(opacity=0.22).encode(
        x=x, y=alt.Y("p10:Q", title=None, axis=axis), y2="p90:Q", color=colour, tooltip=tips
    )
    line = base.mark_line(strokeWidth=2.5).encode(x=x, y=middle, color=colour)
    points = base.mark_circle(size=45, opacity=1).encode(x=x, y=middle, color=colour, tooltip=tips)
    last = frame[frame["period"] == periods[-1]].sort_values("p50")
    last = last.assign(at=_apart(list(last["p50"]), frame, height))
    ends = alt.Chart(last).mark_text(align="left", dx=10, fontSize=13, fontWeight="bold")
    ends = ends.encode(x=x, y="at:Q", text="series:N", color=colour)
    layers = [_zero(vertical=False), band, line, *([points] if len(periods) <= MOST_POINTS else []), ends]
    room = {"left": 5, "top": 8, "bottom": 5, "right": 24 + 7 * max(len(name) for name in names)}
    return alt.layer(*layers).properties(height=height, padding=room)


def heat_map(rows: Rows, columns: Sequence[str], lines: Sequence[str]) -> Any:
    """Cells with number and word; rows have ``column``, ``line``, ``gap`` and ``words``. Colour only repeats the words."""
    frame = pd.DataFrame(rows)
    most = max(1.0, float(frame["gap"].abs().quantile(0.95)))
    scale = alt.Scale(domain=[-most, 0, most], range=[SPARE, EVEN, SHORT], clamp=True)
    bare = {"domain": False, "ticks": False}
    x = alt.X("column:N", sort=list(columns), title=None, axis=_axis(orient="top", labelAngle=0, labelFontWeight="bold", **bare))
    y = alt.Y("line:N", sort=list(lines), title=None, axis=_axis(labelLimit=320, **bare))
    tips = [alt.Tooltip("column:N", title="Area"), alt.Tooltip("line:N", title="Need"), alt.Tooltip("words:N", title="Gap")]
    tips += _quantile_tips(",.0f")
    base = alt.Chart(frame).encode(x=x, y=y, tooltip=tips)
    cells = base.mark_rect(stroke="#fcfcfa", strokeWidth=2).encode(color=alt.Color("gap:Q", scale=scale, legend=None))
    words = base.mark_text(fontSize=13, color=ON_CELL).encode(text="words:N")
    return alt.layer(cells, words).properties(height=34 * len(lines) + 30)


def tornado(rows: Rows) -> Any:
    """Bars left and right of zero; rows have ``line``, ``change``, ``effect`` (£ million), ``words`` and ``order``."""
    frame = pd.DataFrame(rows)
    order = list(dict.fromkeys(frame.sort_values("order", ascending=False)["line"]))
    changes = list(dict.fromkeys(frame["change"]))
    most = 1.35 * (float(frame["effect"].abs().max()) or 1.0)
    y = alt.Y("line:N", sort=order, title=None, axis=_axis(labelLimit=420, domain=False, ticks=False))
    scale = alt.Scale(domain=[-most, most])
    x = alt.X("effect:Q", title=None, scale=scale, axis=_axis(tickCount=5, labelExpr=_SIGNED_POUNDS))
    legend = alt.Legend(title=None, orient="top", labelFontSize=13, labelColor=_ink())
    colours = alt.Scale(domain=changes, range=[SERIES["Places"], SERIES["Need"]])
    tips = [alt.Tooltip("line:N", title="What"), alt.Tooltip("change:N", title="Change"), alt.Tooltip("words:N", title="Balance")]
    bars = (
        alt.Chart(frame)
        .mark_bar(height=14)
        .encode(x=x, y=y, color=alt.Color("change:N", scale=colours, legend=legend), tooltip=tips)
    )
    right = alt.Chart(frame[frame["effect"] > 0]).mark_text(align="left", dx=5, fontSize=12, color=_ink())
    left = alt.Chart(frame[frame["effect"] < 0]).mark_text(align="right", dx=-5, fontSize=12, color=_ink())
    words = [side.encode(x=x, y=y, text="words:N") for side in (left, right)]
    return alt.layer(bars, *words, _zero(vertical=True)).properties(height=30 * len(order) + 40)


def _ink() -> str:
    """The colour of text on the ground of the theme in use: the default grey is too faint to read."""
    try:
        dark = st.context.theme.type == "dark"
    except (AttributeError, RuntimeError):
        dark = False
    return INK_ON_DARK if dark else INK


def _axis(**settings: Any) -> alt.Axis:
    return alt.Axis(**{"labelFontSize": 13, "labelColor": _ink(), **settings})


def _quantile_tips(shown: str) -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{name}:Q", title=words, format=shown) for name, words in _QUANTILES]


def _zero(*, vertical: bool) -> Any:
    rule = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(strokeWidth=1, color=GREY)
    return rule.encode(x="zero:Q") if vertical else rule.encode(y="zero:Q")


def _apart(values: list[float], frame: pd.DataFrame, height: int) -> list[float]:
    """Heights for the names at line ends (values ascending), so that no two of them overlap."""
    least = (max(float(frame["p90"].max()), 0.0) - min(float(frame["p10"].min()), 0.0)) * 20 / height
    placed: list[float] = []
    for value in values:
        placed.append(value if not placed else max(value, placed[-1] + least))
    return placed
