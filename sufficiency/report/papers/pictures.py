"""Charts as pictures, drawn by Vega on this machine: nothing is asked of another, and the same chart gives the same bytes."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

WIDTH = 640
"""Pixels of a chart's plot on paper."""
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
_CONFIG = {"font": _FONT, "background": "#ffffff", "view": {"stroke": None}, "axis": {"labelFont": _FONT, "gridColor": "#e3e7e8"}}
_SCALE = 2.0
MOST_KEPT = 64


def specification(chart: Any) -> str:
    """An Altair chart as it is drawn on paper: Vega-Lite as JSON."""
    return str(chart.properties(width=WIDTH).to_json(indent=None, sort_keys=True))


@lru_cache(maxsize=MOST_KEPT)
def png(spec: str) -> bytes:
    """The chart as PNG at twice its size."""
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(spec, scale=_SCALE, config=_CONFIG))


def png_address(spec: str) -> str:
    """The chart as PNG inside an address (data:), so that a page holds it whole.

    Not SVG: its words would be set in whatever letters the reader's machine has, and cut off where those are wider.
    """
    return "data:image/png;base64," + base64.b64encode(png(spec)).decode()
