"""Charts that look the same on every page. Every one has its numbers in a table beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from sufficiency.domain.dictionaries import NEEDS
from sufficiency.report.charts.colours import EVEN, FEW, FEWER, MANY, MORE, ON_CELL, SERIES, SHORT, SPARE, TOTAL
from sufficiency.report.charts.parts import NARROW
from sufficiency.report.charts.parts import axis as _axis
from sufficiency.report.charts.parts import ink as _ink
from sufficiency.report.charts.parts import quantile_tips as _quantile_tips
from sufficiency.report.charts.parts import zero as _zero

Rows = Sequence[Mapping[str, Any]]
MOST_POINTS = 16
"""Periods up to which each has a point of its own."""
KINDS = {"Total": TOTAL, "More": MORE, "Fewer": FEWER}
"""Bars of a waterfall."""
_BAND, _BELOW, _ABOVE = 56, 9, -12
"""Pixels of a bar with its name: the whole, and how far bar and name lie below and above its middle."""
_PERCENT = ".0%"
_POUNDS = "(datum.value < 0 ? '−' : '') + '£' + format(abs(datum.value), ',') + 'm'"
_SIGNED_POUNDS = "(datum.value < 0 ? '−' : datum.value > 0 ? '+' : '') + '£' + format(abs(datum.value), ',') + 'm'"


def fan(
    rows: Rows,
    *,
    money: bool = False,
    share: bool = False,
    height: int = 320,
    published: Rows = (),
    reaches: float = 0.0,
    colours: Mapping[str, str] = SERIES,
) -> Any:
    """Bands from p10 to p90 with the p50 line over periods, one colour a series, each named at the end of its line.

    Rows have ``period``, ``series``, ``p10``, ``p50`` and ``p90``; money is in £ million, shares are 0 to 1. Published figures
    (``period``, ``series`` and ``value``) are diamonds in the colour of their series, which ``colours`` gives by its name.
    ``reaches`` is a value that something else drawn into the chart has.
    """
    frame = pd.DataFrame(rows)
    names, periods = list(dict.fromkeys(frame["series"])), list(dict.fromkeys(frame["period"]))
    colour = alt.Color("series:N", scale=alt.Scale(domain=names, range=[colours[name] for name in names]), legend=None)
    tips = [
        alt.Tooltip("series:N", title="What"),
        alt.Tooltip("period:O", title="When"),
        *_quantile_tips(_PERCENT if share else ",.1f"),
    ]
    shown = periods[:: max(1, len(periods) // 8)]
    x = alt.X(
        "period:O", sort=periods, title=None, scale=alt.Scale(padding=0.2), axis=_axis(labelAngle=0, values=shown, grid=False)
    )
    axis = _axis(tickCount=5, labelExpr=_POUNDS) if money else _axis(tickCount=5, format=_PERCENT if share else ",d")
    middle = alt.Y("p50:Q", title=None, axis=axis)
    base = alt.Chart(frame)
    band = base.mark_area(opacity=0.22).encode(
        x=x, y=alt.Y("p10:Q", title=None, axis=axis), y2="p90:Q", color=colour, tooltip=tips
    )
    line = base.mark_line(strokeWidth=2.5).encode(x=x, y=middle, color=colour)
    points = base.mark_circle(size=45, opacity=1).encode(x=x, y=middle, color=colour, tooltip=tips)
    last = frame[frame["period"] == periods[-1]].sort_values("p50")
    span = max(float(frame["p90"].max()), reaches) - min(float(frame["p10"].min()), 0.0)
    last = last.assign(at=_apart(list(last["p50"]), span, height))
    ends = _names_at_ends(last, x, colour)
    layers = [_zero(vertical=False), band, line, *([points] if len(periods) <= MOST_POINTS else []), *ends]
    if published:
        tips = [
            alt.Tooltip("series:N", title="Published"),
            alt.Tooltip("period:O", title="When"),
            alt.Tooltip("value:Q", title="Value"),
        ]
        fill = alt.Fill("series:N", scale=alt.Scale(domain=names, range=[colours[name] for name in names]), legend=None)
        layers.append(
            _diamonds(alt.Chart(pd.DataFrame(published))).encode(x=x, y=alt.Y("value:Q", axis=axis), fill=fill, tooltip=tips)
        )
    return alt.layer(*layers).properties(height=height)


def heat_map(
    rows: Rows,
    columns: Sequence[str],
    lines: Sequence[str],
    *,
    value: str = "gap",
    titles: Sequence[str] = ("Area", "Need", "Gap"),
    quantiles: bool = True,
) -> Any:
    """Cells with number and word; rows have ``column``, ``line``, ``value`` and ``words``. Colour only repeats the words.

    ``titles`` are those of column, line and value. A gap may be below zero; other values are counts, or deficits that are darker
    the larger they are. Without ``quantiles`` a cell is one number.
    """
    frame = pd.DataFrame(rows)
    most = max(1.0, float(frame[value].abs().quantile(0.95)))
    if value == "gap":
        scale = alt.Scale(domain=[-most, 0, most], range=[SPARE, EVEN, SHORT], clamp=True)
    else:
        least = 0.0 if quantiles else float(frame[value].min())
        scale = alt.Scale(domain=[least, max(most, least + 1)], range=[FEW, MANY], clamp=True)
    bare = {"domain": False, "ticks": False}
    across = _axis(orient="top", labelAngle=0, labelFontWeight="bold", labelOverlap=False, labelLimit=_WITHIN_COLUMN, **bare)
    x = alt.X("column:N", sort=list(columns), title=None, axis=across)
    y = alt.Y("line:N", sort=list(lines), title=None, axis=_axis(labelLimit=320, labelExpr=_short_where_narrow(lines), **bare))
    tips = [alt.Tooltip(f"{name}:N", title=title) for name, title in zip(("column", "line", "words"), titles, strict=True)]
    tips += _quantile_tips(",.0f") if quantiles else []
    base = alt.Chart(frame).encode(x=x, y=y, tooltip=tips)
    cells = base.mark_rect(stroke="#fcfcfa", strokeWidth=2).encode(color=alt.Color(f"{value}:Q", scale=scale, legend=None))
    words = base.mark_text(fontSize=_LETTERS, color=ON_CELL).encode(text="words:N")
    return alt.layer(cells, words).properties(height=34 * len(lines) + 30)


def tornado(rows: Rows) -> Any:
    """Bars left and right of zero; rows have ``line``, ``change``, ``effect`` (£ million), ``words`` and ``order``."""
    frame = pd.DataFrame(rows)
    order = list(dict.fromkeys(frame.sort_values("order", ascending=False)["line"]))
    changes = list(dict.fromkeys(frame["change"]))
    most = 1.35 * (float(frame["effect"].abs().max()) or 1.0)
    y = _lines_of_bars(order)
    scale = alt.Scale(domain=[-most, most])
    x = alt.X("effect:Q", title=None, scale=scale, axis=_axis(tickCount=4, labelExpr=_SIGNED_POUNDS))
    legend = alt.Legend(title=None, orient="top", labelFontSize=13, labelColor=_ink())
    colours = alt.Scale(domain=changes, range=[SERIES["Places"], SERIES["Need"]])
    tips = [alt.Tooltip("line:N", title="What"), alt.Tooltip("change:N", title="Change"), alt.Tooltip("words:N", title="Balance")]
    bars = (
        alt.Chart(frame)
        .mark_bar(height=14, yOffset=_BELOW)
        .encode(x=x, y=y, color=alt.Color("change:N", scale=colours, legend=legend), tooltip=tips)
    )
    right = alt.Chart(frame[frame["effect"] > 0]).mark_text(align="left", dx=5, dy=_BELOW, fontSize=12, color=_ink())
    left = alt.Chart(frame[frame["effect"] < 0]).mark_text(align="right", dx=-5, dy=_BELOW, fontSize=12, color=_ink())
    words = [side.encode(x=x, y=y, text="words:N") for side in (left, right)]
    names = _names_above(order, y)
    return alt.layer(bars, *words, _zero(vertical=True), names).properties(height=_BAND * len(order) + 40)


def waterfall(rows: Rows, *, kinds: Mapping[str, str] = KINDS, money: bool = False) -> Any:
    """From one total to another by what is added and taken away; rows have ``line``, ``start``, ``end``, ``kind``, ``words``.

    Bars are in the order of the rows; ``kind`` is one of ``kinds``, which have a colour each. Money is in £ million.
    """
    frame = pd.DataFrame(rows).assign(right=lambda f: f[["start", "end"]].max(axis=1))
    y = _lines_of_bars(list(frame["line"]))
    most, least = max(0.0, float(frame["right"].max())), min(0.0, float(frame[["start", "end"]].min().min()))
    scale = alt.Scale(domain=[least, most + 0.25 * ((most - least) or 1.0)], nice=False)
    axis = _axis(tickCount=4, labelExpr=_SIGNED_POUNDS) if money else _axis(tickCount=4, format=",d")
    x = alt.X("start:Q", title=None, scale=scale, axis=axis)
    legend = alt.Legend(title=None, orient="top", labelFontSize=13, labelColor=_ink())
    colours = alt.Scale(domain=list(kinds), range=list(kinds.values()))
    tips = [
        alt.Tooltip("line:N", title="What"),
        alt.Tooltip("words:N", title="Change or total"),
        alt.Tooltip("range:N", title="8 in 10 futures"),
    ]
    bars = alt.Chart(frame).mark_bar(height=16, yOffset=_BELOW)
    bars = bars.encode(x=x, x2="end:Q", y=y, color=alt.Color("kind:N", scale=colours, legend=legend), tooltip=tips)
    words = alt.Chart(frame).mark_text(align="left", dx=6, dy=_BELOW, fontSize=13, color=_ink())
    words = words.encode(x=alt.X("right:Q", title=None, scale=scale), y=y, text="words:N")
    names = _names_above(list(frame["line"]), y)
    return alt.layer(bars, words, _zero(vertical=True), names).properties(height=_BAND * len(frame) + 40)


def stack(rows: Rows, *, height: int = 320) -> Any:
    """Means over periods stacked, the first series lowest, each named at its end; rows have ``period``, ``series``, ``mean``."""
    frame = pd.DataFrame(rows)
    names, periods = list(dict.fromkeys(frame["series"])), list(dict.fromkeys(frame["period"]))
    frame = frame.assign(order=frame["series"].map(names.index), top=frame.groupby("period")["mean"].cumsum())
    frame = frame.assign(bottom=frame["top"] - frame["mean"])
    colour = alt.Color("series:N", scale=alt.Scale(domain=names, range=[SERIES[name] for name in names]), legend=None)
    x = alt.X(
        "period:O", sort=periods, title=None, axis=_axis(labelAngle=0, values=periods[:: max(1, len(periods) // 8)], grid=False)
    )
    y = alt.Y("bottom:Q", title=None, axis=_axis(tickCount=5, format=",d"))
    tips = [
        alt.Tooltip("series:N", title="What"),
        alt.Tooltip("period:O", title="When"),
        alt.Tooltip("mean:Q", title="Mean", format=",.0f"),
    ]
    areas = alt.Chart(frame).mark_area(opacity=0.75).encode(x=x, y=y, y2="top:Q", color=colour, tooltip=tips)
    last = frame[frame["period"] == periods[-1]].sort_values("order")
    span = float(frame["top"].max())
    last = last.assign(at=_apart(list((last["top"] + last["bottom"]) / 2), span, height))
    ends = _names_at_ends(last, x, colour)
    return alt.layer(areas, *ends, _zero(vertical=False)).properties(height=height)


def in_bands(rows: Rows, *, share: bool = False, height: int = 260) -> Any:
    """Published figures as diamonds on bands from p5 to p95 with a mark at p50, each with ``inside`` or ``outside`` above it.

    Rows have ``period``, ``published``, ``p5``, ``p50``, ``p95`` and ``words``.
    """
    frame = pd.DataFrame(rows).assign(top=lambda f: f[["published", "p95"]].max(axis=1))
    shown = _PERCENT if share else ",.0f"
    x = alt.X("period:O", sort=list(frame["period"]), title=None, axis=_axis(labelAngle=0, grid=False))
    axis = _axis(tickCount=5, format=_PERCENT if share else ",d")
    titles = {
        "published": "Published",
        "p5": "1 in 20 futures is below",
        "p50": "Half of the futures are below",
        "p95": "19 in 20 futures are below",
    }
    tips = [
        alt.Tooltip("period:O", title="When"),
        *(alt.Tooltip(f"{name}:Q", title=t, format=shown) for name, t in titles.items()),
    ]
    base = alt.Chart(frame)
    bands = base.mark_bar(width=22, opacity=0.35, color=SERIES["Need"]).encode(
        x=x, y=alt.Y("p5:Q", title=None, axis=axis), y2="p95:Q", tooltip=tips
    )
    middles = base.mark_tick(width=22, thickness=2, color=_ink()).encode(
        x=x, y=alt.Y("p50:Q", title=None, axis=axis), tooltip=tips
    )
    points = _diamonds(base).encode(x=x, y=alt.Y("published:Q", title=None, axis=axis), tooltip=tips)
    words = base.mark_text(dy=-14, fontSize=12, color=_ink()).encode(x=x, y=alt.Y("top:Q", title=None, axis=axis), text="words:N")
    return alt.layer(_zero(vertical=False), bands, middles, points, words).properties(height=height)


def _lines_of_bars(order: Sequence[str]) -> alt.Y:
    return alt.Y("line:N", sort=list(order), title=None, axis=None)


def _names_above(order: Sequence[str], y: alt.Y) -> Any:
    """The name of each bar above it, from the left edge: beside the bars names would leave them no room on a telephone."""
    names = alt.Chart(pd.DataFrame({"line": list(order)}))
    names = names.mark_text(align="left", dy=_ABOVE, fontSize=13, color=_ink(), limit=alt.ExprRef("width"))
    return names.encode(x=alt.value(0), y=y, text="line:N")


def _names_at_ends(last: pd.DataFrame, x: alt.X, colour: alt.Color) -> list[Any]:
    """The name of each series in the colour of text, at the height ``at``, with a square in the series' own colour before it."""
    base = alt.Chart(last)
    squares = base.mark_text(align="left", dx=10, fontSize=14, text="■").encode(x=x, y="at:Q", color=colour)
    names = base.mark_text(align="left", dx=25, fontSize=13, fontWeight="bold", color=_ink())
    return [squares, names.encode(x=x, y="at:Q", text="series:N")]


def _diamonds(chart: Any) -> Any:
    return chart.mark_point(shape="diamond", filled=True, size=90, opacity=1, fill=_ink(), stroke=_ink(), strokeWidth=1.5)


_LETTERS = alt.ExprRef(f"{NARROW} ? 11 : 13")
_WITHIN_COLUMN = alt.ExprRef("bandwidth('x')")


def _short_where_narrow(lines: Sequence[str]) -> str:
    """An expression that shows a need by its code on a narrow screen, where its name would leave no room for the cells."""
    codes = {entry.label: entry.code for entry in NEEDS if entry.label in lines}
    return f"{NARROW} && {json.dumps(codes)}[datum.value] || datum.label"


def _apart(values: list[float], span: float, height: int) -> list[float]:
    """Heights for the names at line ends (values ascending) of a chart over ``span``, so that no two of them overlap."""
    least = span * 20 / height
    placed: list[float] = []
    for value in values:
        placed.append(value if not placed else max(value, placed[-1] + least))
    return placed
