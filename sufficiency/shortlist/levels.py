"""What a shortlist minimises, in the order in which it counts.

In turn: first the commitment's shortfall, then unmet need, then cost, each held by the next; never one sum with a large weight.
In pounds: all of it as one sum of money.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sufficiency.shortlist.evaluation import Evaluation
from sufficiency.shortlist.feasible import on_choice_only
from sufficiency.shortlist.framing import THOUSAND, program_of
from sufficiency.shortlist.plan import Stops
from sufficiency.shortlist.problem import ShortlistProblem
from sufficiency.shortlist.program import Program

if TYPE_CHECKING:
    from sufficiency.shortlist.formulation import Model


ROUNDING = 1e-5
"""Places or child-years by which a solver's rows, kept to a ten-millionth each, may be exceeded together."""


@dataclass(frozen=True)
class Level:
    """One objective."""

    name: str
    unit: str
    """places, child-years or £."""
    scale: float
    """Units in one unit of the model."""
    of_choice: Callable[[Evaluation], float]
    """Its value for a choice, from the data."""
    second_stage: str
    """none, children (served or not, whoever pays) or pounds: what of the children it needs."""
    amount: str
    """Its name among the amounts of the master program."""


COMMITMENT = Level("commitment", "places", 1.0, lambda choice: choice.shortfall, "none", "shortfall")
UNMET = Level("unmet need", "child-years", 1.0, lambda choice: choice.unmet_weighed, "children", "children")
COST = Level("cost", "£", THOUSAND, lambda choice: choice.cost_weighed, "pounds", "cost")
POUNDS = Level("all in pounds", "£", THOUSAND, lambda choice: choice.pounds, "pounds", "all")
PLACES_COST = Level("cost of the places", "£", THOUSAND, lambda choice: choice.own_cost, "children", "own")
JOURNEYS = Level("journeys", "child-kilometres", 1.0, lambda choice: choice.kilometres, "children", "kilometres")

ORDERS = {"in turn": (COMMITMENT, UNMET, COST), "in pounds": (POUNDS,)}


def levels_of(problem: ShortlistProblem) -> tuple[Level, ...]:
    """The objectives of a problem in their order."""
    return ORDERS[problem.order]


@dataclass(frozen=True)
class Held:
    """What earlier levels may be at most, from the choice that a later one begins with."""

    shortfall: float | None = None
    """Places, of the shortfall."""
    unmet: float | None = None
    """Child-years, weighed, of unmet need."""
    own_cost: float | None = None
    """£, of taking up the bids."""

    def kept_by(self, choice: Evaluation) -> bool:
        """Whether a choice keeps them (what the arithmetic rounds apart)."""
        if self.shortfall is not None and choice.shortfall > self.shortfall + ROUNDING:
            return False
        if self.own_cost is not None and choice.own_cost > self.own_cost * (1 + 1e-9) + 0.01:
            return False
        return self.unmet is None or choice.unmet_weighed <= self.unmet * (1 + 1e-9) + ROUNDING


def held_before(level: Level, reached: Mapping[str, float], nothing: Evaluation, stops: Stops) -> Held:
    """What a level must hold of the earlier ones, which have ``reached`` these values (by name of the level)."""
    if level in (COMMITMENT, POUNDS) or COMMITMENT.name not in reached:
        return Held()
    shortfall = reached[COMMITMENT.name] + stops.shortfall_tolerance
    if level is UNMET or UNMET.name not in reached:
        return Held(shortfall)
    saved = max(0.0, nothing.unmet_weighed - reached[UNMET.name])
    return Held(shortfall, reached[UNMET.name] + stops.unmet_tolerance * saved + 1e-6)


def program_for(level: Level, problem: ShortlistProblem) -> Program:
    """As much of the problem as the level needs."""
    program = program_of(problem)
    if level.second_stage == "none":
        return replace(on_choice_only(program), commitment=program.commitment)
    return program.pooled() if level.second_stage == "children" else program


def model_for(level: Level, problem: ShortlistProblem, held: Held) -> tuple[Model, Any]:
    """The model of a level with what it must hold, and its objective."""
    from sufficiency.shortlist import formulation, objectives

    model = formulation.build(program_for(level, problem))
    if held.shortfall is not None:
        formulation.pin(model, "shortfall_kept", objectives.shortfall_of(model), held.shortfall)
    if held.unmet is not None:
        formulation.pin(model, "unmet_kept", objectives.unmet_of(model), held.unmet)
    objective: Callable[[Model], Any] = {
        COMMITMENT: objectives.shortfall_of,
        UNMET: objectives.unmet_of,
        COST: objectives.whole_cost_of,
        POUNDS: objectives.pounds_of,
    }[level]
    return model, objective(model)
