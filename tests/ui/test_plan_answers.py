"""How near a plan is to the best that is possible, as it is told while the plan is sought."""

from __future__ import annotations

import math

from sufficiency.shortlist.levels import COST, UNMET
from sufficiency.ui.plan_answers import how_near


def test_the_gap_is_a_share_of_what_plans_can_save() -> None:
    assert how_near(UNMET, 4374.9, 4352.2, 5163.0) == (
        "Now: unmet need. Found 4,374.9 child-years, proven possible at best 4,352.2 child-years: a gap of 2.8 % of what can be "
        "saved."
    )
    # Money comes in pounds, whatever unit the model reckons in.
    assert how_near(COST, 265.0e6, 263.0e6, 283.0e6) == (
        "Now: cost. Found £265.0m, proven possible at best £263.0m: a gap of 10.0 % of what can be saved."
    )


def test_where_nothing_can_be_saved_the_gap_is_an_amount() -> None:
    assert how_near(COST, 2.5e6, 2.0e6, 0.0).endswith("Found £2.5m, proven possible at best £2.0m: a gap of £500,000.")
    assert how_near(COST, 2.5e6, 2.0e6, 2.0e6).endswith("a gap of £500,000.")


def test_before_a_plan_or_a_bound_is_known_only_the_aim_is_told() -> None:
    assert how_near(COST, 2.5e6, -math.inf, 0.0) == how_near(COST, math.inf, 0.0, 0.0) == "Now: cost."
