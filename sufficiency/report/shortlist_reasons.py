"""Tables of a shortlist's reasons: regret and standing of every bid, and the commitment explained."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sufficiency.report.words import pounds
from sufficiency.shortlist.commitment import Explanation
from sufficiency.shortlist.core import CoreIndex
from sufficiency.shortlist.plan import ShortlistPlan
from sufficiency.shortlist.regret import NOTHING, SCREENED, Interval, Regret

_MEASURES = ("places", "child_years", "pounds")
REASON_COLUMNS = (
    "id", "decision", "standing", "decided_by", "opens", "places_bid", "places_expected",
    *(f"regret_{way}_{measure}_{end}" for way in ("in", "out") for measure in _MEASURES for end in ("low", "high")),
    "drops", "adds", "binds", "core_index", "core_futures", "core_weights", "core_near", "reason",
)  # fmt: skip
COMMITMENT_COLUMNS = ("kind", "family", "change", "shortfall", "closes", "child_years", "pounds")


def reason_rows(plan: ShortlistPlan, regrets: Sequence[Regret], core: Sequence[CoreIndex] = ()) -> list[tuple[object, ...]]:
    """One row a bid. Empty cells: no such plan is known, an earlier objective decides, or the bid was screened out."""
    chosen = {bid.eoi: bid for bid in plan.chosen}
    indices = {index.eoi: index for index in core}
    rows: list[tuple[object, ...]] = []
    for regret in regrets:
        screened = regret.standing == SCREENED
        decision = "chosen" if regret.chosen else "screened out" if screened else "left out"
        none: tuple[Interval | None, ...] = (None,) * 3 if screened else (NOTHING,) * 3
        against = none if screened else (regret.places, regret.child_years, regret.pounds)
        ways = (none, against) if regret.chosen else (against, none)
        ends = [end for way in ways for interval in way for end in _ends(interval)]
        bid = chosen.get(regret.eoi)
        size = (bid.opens.isoformat(), bid.places_bid, _short(bid.places_expected)) if bid else ("", "", "")
        head = (regret.eoi, decision, regret.standing, regret.decided_by, *size)
        lists = ("; ".join(regret.drops), "; ".join(regret.adds), "; ".join(regret.binds))
        rows.append((*head, *ends, *lists, *_core(indices.get(regret.eoi)), _sentence(plan, regret)))
    return rows


def _core(index: CoreIndex | None) -> tuple[object, ...]:
    if index is None:
        return ("",) * 4
    return tuple(_short(share) for share in (index.index, index.futures, index.weights, index.near))


def _sentence(plan: ShortlistPlan, regret: Regret) -> str:
    """The reason of the plan, and what forcing the bid the other way would do."""
    parts = [plan.reasons[regret.eoi]]
    if regret.standing == SCREENED:
        return parts[0]
    if regret.chosen and regret.adds:
        parts.append(f"If it falls through, the next best: {', '.join(regret.adds)}.")
    if not regret.chosen and regret.drops:
        parts.append(f"Taking it up would displace {', '.join(regret.drops)}.")
    parts.append(_losses(regret, f"Every plan {'without' if regret.chosen else 'with'} it"))
    if regret.binds:
        parts.append(f"Limits that keep it out as things stand: {', '.join(regret.binds)}.")
    return " ".join(parts)


def _losses(regret: Regret, every_plan: str) -> str:
    """What every plan loses that decides the other way, in the objective in which that is proven."""
    if regret.decided_by == "commitment" and regret.places is not None:
        return f"{every_plan} leaves {_range(regret.places, _places)} more places of the commitment missing."
    if regret.child_years is not None and regret.child_years.low > 0.05:
        worth = f", {_range(regret.pounds, pounds)}" if regret.pounds is not None else ""
        years = _range(regret.child_years, _places)
        return f"{every_plan} that keeps as near to the commitment leaves {years} more child-years unmet{worth}."
    if regret.pounds is not None and regret.pounds.low > 500:
        return f"{every_plan} that does as well otherwise costs {_range(regret.pounds, pounds)} more."
    return "No loss is proven: a plan as good that decides the other way may exist."


def _places(number: float) -> str:
    return f"{number:.1f}"


def _range(interval: Interval, words: Callable[[float], str]) -> str:
    """At least so much, and what the best plan known loses."""
    low = f"at least {words(interval.low)}"
    return low if interval.high is None else f"{low} (the best one known {words(interval.high)})"


def commitment_rows(explained: Explanation) -> list[tuple[object, ...]]:
    """The commitment's lines, and the earliest date as the last."""
    rows: list[tuple[object, ...]] = [
        (
            line.kind,
            line.family,
            line.change,
            _short(line.shortfall),
            _short(line.closes),
            _short(line.child_years),
            "" if line.pounds is None else round(line.pounds),
        )
        for line in explained.lines
    ]
    earliest = explained.earliest.isoformat() if explained.earliest else "never within these limits by the last day simulated"
    rows.append(("earliest date", "", earliest, "", "", "", ""))
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
