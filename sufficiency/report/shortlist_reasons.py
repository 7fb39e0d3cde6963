"""Tables of a shortlist's reasons: regret of every bid, and the commitment explained."""

from __future__ import annotations

from collections.abc import Sequence

from sufficiency.shortlist.commitment import Explanation
from sufficiency.shortlist.plan import ShortlistPlan
from sufficiency.shortlist.regret import NOTHING, Interval, Regret

_MEASURES = ("places", "child_years", "pounds")
REASON_COLUMNS = (
    "id", "decision", "standing", "decided_by", "opens",
    *(f"regret_{way}_{measure}_{end}" for way in ("in", "out") for measure in _MEASURES for end in ("low", "high")),
    "drops", "adds", "reason",
)  # fmt: skip
COMMITMENT_COLUMNS = ("kind", "family", "change", "shortfall", "closes", "child_years")


def reason_rows(plan: ShortlistPlan, regrets: Sequence[Regret]) -> list[tuple[object, ...]]:
    """One row a bid. Empty cells: no such plan is known, or the bid was screened out."""
    opens = {bid.eoi: bid.opens.isoformat() for bid in plan.chosen}
    rows: list[tuple[object, ...]] = []
    for regret in regrets:
        screened = regret.standing == "screened out"
        decision = "chosen" if regret.chosen else "screened out" if screened else "left out"
        none: tuple[Interval | None, ...] = (None,) * 3 if screened else (NOTHING,) * 3
        against = none if screened else (regret.places, regret.child_years, regret.pounds)
        ways = (none, against) if regret.chosen else (against, none)
        ends = [end for way in ways for interval in way for end in _ends(interval)]
        head = (regret.eoi, decision, regret.standing, regret.decided_by, opens.get(regret.eoi, ""))
        rows.append((*head, *ends, "; ".join(regret.drops), "; ".join(regret.adds), plan.reasons[regret.eoi]))
    return rows


def commitment_rows(explained: Explanation) -> list[tuple[object, ...]]:
    """The commitment's lines, and the earliest date as the last."""
    rows: list[tuple[object, ...]] = [
        (line.kind, line.family, line.change, _short(line.shortfall), _short(line.closes), _short(line.child_years))
        for line in explained.lines
    ]
    earliest = explained.earliest.isoformat() if explained.earliest else "never within these limits by the last day simulated"
    rows.append(("earliest date", "", earliest, "", "", ""))
    return rows


def standing_words(regrets: Sequence[Regret]) -> str:
    """How many bids are provably in or out."""
    number = {name: sum(regret.standing == name for regret in regrets) for name in ("core", "borderline", "exterior")}
    return (
        f"Certain whatever the gap left: {number['core']} bids belong in every plan as good as this one, {number['exterior']} in "
        f"none; {number['borderline']} are borderline."
    )


def commitment_words(explained: Explanation) -> str:
    """What keeps places missing, in one sentence."""
    steps = [line for line in explained.lines if line.kind == "one step" and line.closes > 0.5]
    if not steps:
        return "No single step of a limit closes a place of what is missing."
    best = max(steps, key=lambda line: line.closes)
    return f"The single step that closes most of what is missing: {best.change} ({best.closes:.0f} places)."


def _ends(interval: Interval | None) -> tuple[object, object]:
    return ("", "") if interval is None else (_short(interval.low), _short(interval.high))


def _short(number: float | None) -> object:
    return "" if number is None else round(number, 3)
