"""The timeline of places against need: what is open, what is added, and who needs a place."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from sufficiency.report.charts.colours import SERIES
from sufficiency.report.charts.parts import axis, ink
from sufficiency.report.charts.shapes import Rows

OPEN, ADDED, NEED = "Open or in the pipeline", "Added by the chosen bids", "Children who need a place"
_COLOURS = {OPEN: SERIES["Places"], ADDED: SERIES["With the chosen bids"]}


def timeline(places: Rows, need: Rows, *, height: int = 320) -> Any:
    """Places of each year as stacked bars, and need above them as a line with the band of 8 in 10 futures.

    ``places`` have ``period``, ``series`` (:data:`OPEN`, :data:`ADDED`) and ``mean``; ``need`` has ``period``, ``p10``, ``p50``,
    ``p90``.
    """
    frame, line = pd.DataFrame(places), pd.DataFrame(need).assign(series=NEED)
    names = [name for name in _COLOURS if name in set(frame["series"])]
    frame = frame.assign(order=frame["series"].map(names.index))
    colours = alt.Scale(domain=[*names, NEED], range=[*(_COLOURS[name] for name in names), SERIES["Need"]])
    legend = alt.Legend(title=None, orient="top", labelFontSize=13, labelColor=ink(), labelLimit=260)
    x = alt.X("period:O", sort=list(line["period"]), title=None, axis=axis(labelAngle=0, grid=False))
    y = axis(tickCount=5, format=",d")
    bars = alt.Chart(frame).mark_bar(opacity=0.75)
    bars = bars.encode(
        x=x,
        y=alt.Y("mean:Q", title=None, stack="zero", axis=y),
        color=alt.Color("series:N", scale=colours, legend=legend),
        order="order:Q",
        tooltip=[
            alt.Tooltip("series:N", title="What"),
            alt.Tooltip("period:O", title="When"),
            alt.Tooltip("mean:Q", title="Mean", format=",.0f"),
        ],
    )
    base = alt.Chart(line)
    colour = alt.Color("series:N", scale=colours, legend=legend)
    spread = base.mark_rule(strokeWidth=6, opacity=0.45).encode(x=x, y=alt.Y("p10:Q", axis=y), y2="p90:Q", color=colour)
    middle = base.mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(filled=True, size=50))
    return alt.layer(bars, spread, middle.encode(x=x, y=alt.Y("p50:Q", axis=y), color=colour)).properties(height=height)
