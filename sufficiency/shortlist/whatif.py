"""What if a bid were in or out, larger or smaller, earlier or later: an answer at once, with bounds.

The plan at hand is changed as little as the wish asks for and valued from the data; the master's relaxation says what no plan
that grants the wish can go below. A full solve with the wish forced closes the interval later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sufficiency.domain.problem import InputProblem, suggestion
from sufficiency.shortlist.evaluation import Evaluation
from sufficiency.shortlist.levels import COMMITMENT, COST, POUNDS, UNMET, Level
from sufficiency.shortlist.problem import ShortlistProblem, Version
from sufficiency.shortlist.regret import Interval, Questions


@dataclass(frozen=True, eq=False)
class WhatIf:
    """The answer. Each interval runs from a bound on every plan that grants the wish to the plan shown (None: there is none).

    The bound on unmet need holds for plans whose shortfall is as small as that of the plan at hand, the bound on cost for those
    with as little unmet need besides; an infinite lower end: no such plan grants the wish.
    """

    plan: Evaluation | None
    """The plan at hand, changed as little as is needed."""
    shortfall: Interval
    unmet: Interval | None
    """Child-years; None where all is weighed in pounds."""
    cost: Interval
    """Expected whole cost in £ (all in pounds where it is so weighed)."""
    drops: tuple[str, ...]
    adds: tuple[str, ...]


def what_if(
    questions: Questions,
    *,
    force_in: Sequence[str] = (),
    force_out: Sequence[str] = (),
    versions: Mapping[str, Version] | None = None,
) -> WhatIf:
    """What granting a wish does. Raises InputProblem where a bid cannot be chosen, or has no such version."""
    problem, at_hand = questions.problem, questions.at_hand
    wanted = {**dict.fromkeys(force_in, Version()), **(versions or {})}
    out = {_position(problem, id) for id in force_out}
    at = {_position(problem, id): version for id, version in wanted.items()}
    ways = {position: list(problem.candidates[position].of_version(version)) for position, version in at.items()}
    if both := out & set(ways):
        raise InputProblem("a bid is both in and out", value=problem.candidates[min(both)].eoi.id, mend="keep one of the two")
    into = {e: at_hand.chosen[e] if at_hand.chosen.get(e) in options else options[0] for e, options in ways.items()}
    plan = questions.repairs.changed(into, out)
    decided = [(e, -1, False) for e in sorted(out)]
    for e, options in ways.items():
        others = [o for o in range(len(problem.candidates[e].openings)) if o not in options]
        decided += [(e, -1, True), *((e, o, False) for o in others)]

    def interval(level: Level) -> Interval:
        least = questions.least(level, tuple(decided))
        if plan is None:
            return Interval(least, None)
        high = level.of_choice(plan)
        return Interval(min(least, high) if questions.held[level].kept_by(plan) else least, high)

    ids = [candidate.eoi.id for candidate in problem.candidates]
    now = {} if plan is None else plan.chosen
    drops = tuple(ids[e] for e in at_hand.chosen if plan is not None and e not in now and e not in out)
    adds = tuple(ids[e] for e in now if e not in at_hand.chosen and e not in ways)
    if problem.order == "in pounds":
        return WhatIf(plan, interval(COMMITMENT), None, interval(POUNDS), drops, adds)
    return WhatIf(plan, interval(COMMITMENT), interval(UNMET), interval(COST), drops, adds)


def _position(problem: ShortlistProblem, id: str) -> int:
    if id in problem.ids:
        return problem.ids[id]
    screened = next((bid.reason for bid in problem.screened if bid.eoi.id == id), None)
    if screened is not None:
        raise InputProblem("the bid cannot be chosen", where=f"{id}: {screened}", mend="mend the bid or the limit")
    mend = suggestion(id, problem.ids, "name a bid of the list")
    raise InputProblem("there is no bid of that id", value=id, mend=mend)
