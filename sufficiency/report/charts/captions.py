"""What to see in a chart, in one plain sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any


def fan_caption(rows: Sequence[Mapping[str, Any]], series: str, words: Callable[[float], str], *, what: str = "") -> str:
    """``In 2028/29, 8 in 10 futures lie between 1,810 and 2,080 requests.`` for the last period; ``what`` is counted."""
    last = [row for row in rows if row["series"] == series][-1]
    return f"In {last['period']}, 8 in 10 futures lie between {words(last['p10'])} and {words(last['p90'])}{what and ' ' + what}."
