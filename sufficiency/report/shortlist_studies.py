"""Tables of what lies around a shortlist: the trade-off front, plans nearly as good, regret under each growth, reserves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sufficiency.report.words import count, pounds
from sufficiency.shortlist.evaluation import Evaluation
from sufficiency.shortlist.growth import LEAST_WORST, RECOMMENDED
from sufficiency.shortlist.study import Study

Tables = dict[str, tuple[tuple[str, ...], list[tuple[object, ...]]]]
FRONTIER, ALTERNATIVES, GROWTH, RESERVES = "frontier.csv", "alternatives.csv", "regret-by-growth.csv", "reserves.csv"
FRONTIER_COLUMNS = (
    "plan", "sought", "most_unmet", "cost_of_places", "unmet_child_years", "child_kilometres", "whole_cost", "capital",
    "shortfall", "places_bid", "places_expected", "gap", "gap_unit", "chosen",
)  # fmt: skip
ALTERNATIVE_COLUMNS = (
    "plan", "differs_in", "drops", "adds", "shortfall", "unmet_child_years", "whole_cost", "capital", "places_bid",
    "places_expected", "chosen",
)  # fmt: skip
GROWTH_COLUMNS = ("plan", "growth", "unit", "value", "whole_cost", "regret_low", "regret_high", "worst_regret", "expected_value")
RESERVE_COLUMNS = ("order", "id", "places_bid", "places_expected", "worth", "stands_in_for")


def study_tables(study: Study) -> Tables:
    """The tables by file name."""
    return {
        FRONTIER: (FRONTIER_COLUMNS, _frontier(study)),
        ALTERNATIVES: (ALTERNATIVE_COLUMNS, _alternatives(study)),
        GROWTH: (GROWTH_COLUMNS, _growth(study)),
        RESERVES: (RESERVE_COLUMNS, _reserves(study)),
    }


def _frontier(study: Study) -> list[tuple[object, ...]]:
    at_hand = study.re_check
    three = (round(at_hand.own_cost), round(at_hand.unmet_weighed, 2), round(at_hand.kilometres))
    rows: list[tuple[object, ...]] = [
        ("recommended", "", "", *three, *_plan(at_hand, ("cost", "capital", "shortfall")), "", "", _ids(at_hand))
    ]
    for number, point in enumerate(study.front, 1):
        plan, (cost, unmet, kilometres) = point.plan, point.measures
        three = (round(cost), round(unmet, 2), round(kilometres))
        unit = "£" if point.sought == "cheapest" else "child-kilometres"
        head = (f"F{number:02d}", point.sought, round(point.most_unmet, 2))
        rows.append((*head, *three, *_plan(plan, ("cost", "capital", "shortfall")), round(point.gap, 2), unit, _ids(plan)))
    return rows


def _alternatives(study: Study) -> list[tuple[object, ...]]:
    at_hand = study.re_check
    rows: list[tuple[object, ...]] = [("recommended", 0, "", "", *_plan(at_hand), _ids(at_hand))]
    for number, each in enumerate(study.near, 1):
        differs = len(each.drops) + len(each.adds)
        changes = (_ids(at_hand, each.drops), _ids(at_hand, each.adds))
        rows.append((f"A{number}", differs, *changes, *_plan(each.plan), _ids(each.plan)))
    return rows


def _plan(plan: Evaluation, names: Sequence[str] = ("shortfall", "unmet", "cost", "capital")) -> tuple[object, ...]:
    """Some amounts of a plan, and its places."""
    amounts = {"shortfall": round(plan.shortfall, 2), "unmet": round(plan.unmet, 2)}
    pounds_of = {"cost": round(plan.cost), "capital": round(plan.capital)}
    return (*((amounts | pounds_of)[name] for name in names), plan.places_bid, round(plan.places_expected, 2))


def _growth(study: Study) -> list[tuple[object, ...]]:
    found = study.growth
    growths = len({line.growth for line in found.lines})
    mean = {name: sum(line.value for line in found.lines if line.plan == name) / growths for name in found.choices}
    rows: list[tuple[object, ...]] = []
    for line in found.lines:
        regret = (round(line.regret.low, 2), round(line.regret.high or 0.0, 2), round(found.worst(line.plan), 2))
        values = (found.unit, round(line.value, 2), round(line.cost))
        rows.append((line.plan, line.growth, *values, *regret, round(mean[line.plan], 2)))
    return rows


def _reserves(study: Study) -> list[tuple[object, ...]]:
    return [
        (n, each.eoi, each.places_bid, round(each.places_expected, 2), round(each.worth, 2), "; ".join(each.stands_in_for))
        for n, each in enumerate(study.reserves.order, 1)
    ]


def _ids(plan: Evaluation, positions: Sequence[int] | None = None) -> str:
    """Ids of the bids at some positions; without, of those of the plan."""
    at = plan.chosen if positions is None else positions
    return "; ".join(plan.problem.candidates[e].eoi.id for e in sorted(at))


def of_study(study: Study) -> dict[str, Any]:
    """What a study adds to the result."""
    standings = ("core", "borderline", "exterior")
    worth, fresh, held = study.worth, study.worth.fresh, study.reserves
    return {
        "standing": {name: [each.eoi for each in study.regrets if each.standing == name] for name in standings},
        "certified_share": _certified(study),
        "commitment_met_at_the_earliest": study.commitment.earliest.isoformat() if study.commitment.earliest else None,
        "re_check": {
            "kept": study.re_check.kept,
            "limits": [
                {"family": c.family, "what": c.what, "used": c.used, "allowed": c.allowed, "kept": c.kept}
                for c in study.re_check.limits
                if c.family in ("capital", "projects_per_year", "must_have", "number_of_bids", "least_places") or not c.kept
            ],
            "shortfall": study.re_check.shortfall,
            "unmet_child_years": study.re_check.unmet,
            "cost": study.re_check.cost,
            "placement_optimality_gap": study.placement_proven,
        },
        "worth": {
            "unit": worth.unit,
            "pounds_a_unit": worth.pounds_a_unit,
            "value_of_stochastic_solution": worth.stochastic_solution,
            "value_of_stochastic_solution_on_fresh_futures_95": _ends(worth.stochastic_solution_fresh),
            "value_of_perfect_information": _ends(worth.perfect_information),
        },
        "fresh_futures": None
        if fresh is None
        else {
            "futures": fresh.futures,
            "saved": fresh.saved,
            "half_width_95": fresh.half_width,
            "saved_in_sample": fresh.saved_in_sample,
            "batches": fresh.batches,
            "sampling_gap": fresh.sampling_gap,
            "sampling_gap_at_most_95": fresh.sampling_gap_at_most,
        },
        "plans_under_other_weights": {name: sorted(ids) for name, ids in study.by_weight.items()},
        "reserves": {
            "order": [each.eoi for each in held.order],
            "places_expected_without": held.expected_without,
            "places_expected_with": held.expected_with,
            "half_width_95": held.half_width,
        },
    }


def _certified(study: Study) -> float:
    """Share of the candidates that are provably in or out."""
    asked = [each for each in study.regrets if each.standing in ("core", "borderline", "exterior")]
    return sum(each.standing != "borderline" for each in asked) / len(asked) if asked else 1.0


def _ends(interval: Any) -> list[float | None] | None:
    return None if interval is None else [interval.low, interval.high]


def study_words(study: Study) -> list[str]:
    """What lies around the plan, in a few sentences."""
    worth, unit = study.worth, study.worth.unit
    lines = []
    if worth.fresh is not None:
        fresh = worth.fresh
        saved, in_sample, half = (_amount(x, unit) for x in (fresh.saved, fresh.saved_in_sample, fresh.half_width))
        lines.append(
            f"On {fresh.futures} fresh futures it saves {saved} (± {half}), in the futures it was chosen over {in_sample}."
        )
        if fresh.sampling_gap_at_most is not None:
            most = _amount(fresh.sampling_gap_at_most, unit)
            lines.append(f"Chosen over more futures, no plan would save more than {most} more (95 % sure).")
    low, high = worth.perfect_information.low, worth.perfect_information.high or 0.0
    lines.append(f"Knowing the future beforehand would be worth {_amount(low, unit)} to {_amount(high, unit)}.")
    held = study.reserves
    if held.order:
        first = ", ".join(each.eoi for each in held.order[:3])
        lines.append(
            f"With reserves taken up in order (first {first}) {count(held.expected_with)} places are expected to open, "
            f"{count(held.expected_without)} without."
        )
    worst = study.growth.worst(RECOMMENDED)
    other = study.growth.worst(LEAST_WORST)
    lines.append(
        f"Whatever growth comes, it loses at most {_amount(worst, unit)} against the best for that growth (the plan that loses "
        f"least at worst: {_amount(other, unit)})."
    )
    return lines


def _amount(value: float, unit: str) -> str:
    return pounds(value) if unit == "£" else f"{value:,.0f} {unit}"
