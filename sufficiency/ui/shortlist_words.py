"""The shortlist in words and rows, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sufficiency.domain.dictionaries import PHASES
from sufficiency.shortlist import ShortlistPlan, Status
from sufficiency.ui.formats import money, number, plain

_STATUS = {
    Status.PROVEN: "It is proven: no other choice within the limits does better.",
    Status.WITHIN_GAP: "It is as good as proven: no other choice within the limits does noticeably better",
    Status.AT_LIMIT: "It keeps every limit but is not proven best: the solver stopped at its own limit",
    Status.INFEASIBLE: "There is none: the limits clash.",
}
_STAGE_STATUS = {
    Status.PROVEN: "proven",
    Status.WITHIN_GAP: "proven within the gap asked for",
    Status.AT_LIMIT: "stopped at a limit, not proven",
}
_SETTING = {"special": "special school", "resourced": "resourced"}


def status_words(plan: ShortlistPlan) -> str:
    """What is known of the plan, with the gap in money."""
    words = _STATUS[plan.status]
    return words if words.endswith(".") else f"{words} (at most {money(plan.gap)} of unmet need, priced, and cost)."


def bid_rows(
    rows: Sequence[Mapping[str, Any]], areas: Mapping[str, str], told: Mapping[str, tuple[str, str]], *, chosen: bool
) -> list[dict[str, str]]:
    """Rows of the shortlist's table for reading; what comes from the bids is shown as it was written.

    ``areas`` gives the label of an area's code, ``told`` the standing (empty where not studied) and the reason of a bid.
    """
    shown = []
    for row in rows:
        needs = row["needs"].replace(";", ", ")
        area, setting = areas.get(row["area"], row["area"]), _SETTING.get(row["setting"], row["setting"])
        what = f"{row['places_bid']} {setting} places: {needs}, {_phases(row['phases'])}, {area}"
        cells = {"Bid": f"{plain(row['id'])}: {plain(row['title'])}", "Offers": plain(what), "Capital": money(row["capital"])}
        standing, reason = told[row["id"]]
        cells["Expected"] = number(row["places_expected"], 1)
        if chosen:
            cells["Opens"] = f"{row['opens']:%b\u00a0%Y}" if row["opens"] else "not known"
            reason = _beyond_columns(reason)
        if standing:
            cells["Standing"] = standing
        shown.append({**cells, "Why": plain(reason)})
    return shown


def _beyond_columns(reason: str) -> str:
    """The reason of a chosen bid without its first clause, which says again what the columns say."""
    first, parted, rest = reason.partition("; ")
    return f"{rest[:1].upper()}{rest[1:]}" if parted and first.startswith("Chosen:") else reason


def _phases(codes: str) -> str:
    return " and ".join(PHASES.label(code).lower() for code in codes.split(";"))


def stage_rows(plan: ShortlistPlan) -> list[dict[str, str]]:
    """The three stages, each with its value and how far it is proven."""
    return [
        {
            "In this order": f"{i}. {stage.name}",
            "Value": _in_unit(stage.value, stage.unit),
            "Least possible, as far as proven": _in_unit(stage.bound, stage.unit),
            "How sure": _STAGE_STATUS.get(stage.status, str(stage.status)),
        }
        for i, stage in enumerate(plan.stages, start=1)
    ]


def _in_unit(value: float, unit: str) -> str:
    return money(value) if unit == "£" else f"{number(value)} {unit}"
