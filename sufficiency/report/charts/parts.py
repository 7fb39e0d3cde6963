"""What all charts share: the colour of text, axes that can be read, the words of quantiles, and the line at zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import altair as alt
import pandas as pd

from sufficiency.report.charts.colours import GREY, INK, INK_ON_DARK

NARROW = "containerSize()[0] < 600"
"""An expression of Vega: whether a chart is on a narrow screen, such as a phone's."""
_QUANTILES = (("p10", "1 in 10 futures is below"), ("p50", "Half of the futures are below"), ("p90", "9 in 10 futures are below"))


def _never() -> bool:
    return False


_dark: Callable[[], bool] = _never
"""Whether the ground under the chart is dark: on paper it never is."""


def use_ground(is_dark: Callable[[], bool]) -> None:
    """Ask ``is_dark`` from now on whether the ground under a chart is dark; the app does, because each session has its theme."""
    global _dark
    _dark = is_dark


def ink() -> str:
    """The colour of text on the ground in use: Vega's default grey is too faint to read."""
    return INK_ON_DARK if _dark() else INK


def axis(**settings: Any) -> alt.Axis:
    """An axis with labels that can be read."""
    return alt.Axis(**{"labelFontSize": 13, "labelColor": ink(), **settings})


def quantile_tips(shown: str) -> list[alt.Tooltip]:
    """Tooltips of p10, p50 and p90 in words; ``shown`` is their number format."""
    return [alt.Tooltip(f"{name}:Q", title=words, format=shown) for name, words in _QUANTILES]


def zero(*, vertical: bool) -> Any:
    """The line at zero."""
    rule = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(strokeWidth=1, color=GREY)
    return rule.encode(x="zero:Q") if vertical else rule.encode(y="zero:Q")
