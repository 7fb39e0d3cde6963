"""The bars of a tornado chart from the changes of the sensitivity analysis, for the app and for papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sufficiency.domain.dictionaries import DSG_CATEGORIES
from sufficiency.dsg.sensitivity import Change
from sufficiency.places.gap import band


def tornado_rows(changes: Sequence[Change], said: Callable[[float], str]) -> list[dict[str, Any]]:
    """A row for each change; ``said`` puts an amount of £ in words.

    Effects on the last cumulative balance: ``effect`` is the mean in £ million, ``words`` the same and ``range`` 8 in 10 futures.
    """
    return [_bar(change, said) for change in changes]


def nothing_matters(percent: float) -> str:
    """What is said where there is no bar to draw, because ``percent`` of any one thing hardly moves the balance."""
    return f"{percent:g} % more or less of any one thing moves the balance by less than £1."


def _bar(change: Change, said: Callable[[float], str]) -> dict[str, Any]:
    found = band(change.cumulative)
    return {
        "line": f"{DSG_CATEGORIES.label(change.category)}: {change.changed}",
        "theme": change.theme,
        "change": f"{abs(change.percent):g} % {'more' if change.percent > 0 else 'less'}",
        "effect": found.mean / 1e6,
        "words": said(found.mean),
        "range": f"{said(found.p10)} to {said(found.p90)}",
        "order": change.size,
    }
