"""The shortlist as a result: what was chosen, what was not and why, and how far the answer is proven."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.scenario.eois import ExpressionOfInterest


class Status(StrEnum):
    """What is known of a plan; the weakest of its stages decides."""

    PROVEN = "proven"
    """Every stage solved to the end and our own gap closed."""
    WITHIN_GAP = "within_gap"
    """Every stage ended by itself with our own gap within the one asked for."""
    AT_LIMIT = "at_limit"
    """A stage stopped at a limit of nodes or time: a plan that keeps every limit, with the gap stated, not proven."""
    INFEASIBLE = "infeasible"
    """No plan keeps every limit. The commitment has a shortfall, so that limits alone never lead here."""


def in_words(status: Status) -> str:
    """proven, within gap, at limit or infeasible."""
    return status.value.replace("_", " ")


@dataclass(frozen=True)
class Stops:
    """When each solve may stop, and how much of a better stage a later one may give up."""

    gap: float = 0.01
    """Gap asked for in every stage, as a share of what the shortlist saves in it: building nothing less the bound.

    A share of the value itself would flatter: most unmet need and most fees are beyond any shortlist."""
    shortfall_tolerance: float = 0.5
    """Places of the commitment that are no difference: places are whole."""
    unmet_tolerance: float = 0.001
    """Share of the child-years saved that is no difference."""
    valued: int = 100
    """Plans that our own search values before each solve."""
    nodes: int = 20_000
    """Branch-and-bound nodes a stage."""
    seconds: float = 60.0
    """Guard a stage: a plan stopped by it is marked, because it may come out differently on another machine."""
    seed: int = 0
    """Random seed of the solver."""


EXACT = Stops(gap=0.0, shortfall_tolerance=1e-6, unmet_tolerance=1e-9)
"""Solve to the end, give up nothing: for small cases."""

CLOSED = 1e-6
"""Relative gap at which a stage counts as proven."""


@dataclass(frozen=True)
class Stage:
    """One solve: of the commitment's shortfall, of unmet need, of cost, or of all in pounds."""

    name: str
    unit: str
    """places, child-years or £."""
    value: float
    """Value of the stage's own plan, evaluated from the data."""
    bound: float
    """No plan that keeps the limits and the earlier stages can have less (as far as the solver proved)."""
    nothing: float
    """Value of building nothing."""
    finished: bool
    """Whether the solver ended by itself (``sol_status`` 1), not at a limit."""
    gap_asked: float
    """Gap asked for, as a share of what can be saved."""
    seconds: float = field(default=0.0, compare=False)

    @property
    def gap(self) -> float:
        """Value less bound, in the stage's unit."""
        return max(0.0, self.value - self.bound)

    @property
    def saving(self) -> float:
        """What the shortlist can save at most: building nothing less the bound."""
        return max(0.0, self.nothing - self.bound)

    @property
    def share_of_saving(self) -> float:
        """The gap as a share of what can be saved; 0 where there is none, infinite where nothing can be saved."""
        if self.gap <= CLOSED * max(abs(self.value), 1.0):
            return 0.0
        return self.gap / self.saving if self.saving > 0 else float("inf")

    @property
    def status(self) -> Status:
        """Only an end by itself together with our own gap is proof."""
        if not self.finished:
            return Status.AT_LIMIT
        if self.gap <= CLOSED * max(abs(self.value), 1.0):
            return Status.PROVEN
        return Status.WITHIN_GAP if self.share_of_saving <= self.gap_asked + CLOSED else Status.AT_LIMIT


def status_of(stages: Sequence[Stage]) -> Status:
    """The weakest status of the stages."""
    strength = (Status.PROVEN, Status.WITHIN_GAP, Status.AT_LIMIT)
    return max((stage.status for stage in stages), key=strength.index, default=Status.PROVEN)


@dataclass(frozen=True)
class Chosen:
    """A bid taken forward."""

    eoi: str
    opens: dt.date
    places_bid: int
    places_expected: float
    """Places times the chance of opening."""
    expected_by_commitment: float
    """Places expected to be open by the commitment's day."""
    capital: float
    """£, optimism bias included."""
    child_years: float
    """Child-years that would go unmet without this bid, the other chosen bids as they are."""
    reason: str


@dataclass(frozen=True)
class NotChosen:
    """A bid left out or screened out."""

    eoi: str
    screened: bool
    """True where it could not be chosen at all."""
    reason: str


@dataclass(frozen=True)
class ShortlistPlan:
    """A shortlist with what it does, how far it is proven, and a reason for every bid."""

    status: Status
    stages: tuple[Stage, ...]
    """Commitment's shortfall, unmet need, cost (or all in pounds): each with value, bound and gap of its own solve."""
    chosen: tuple[Chosen, ...]
    not_chosen: tuple[NotChosen, ...]
    places_bid: int
    places_expected: float
    commitment_by: dt.date
    commitment_missing: float
    """Places of the commitment missing before the shortlist: promised less delivered less pipeline."""
    closed: float
    """Places of the shortlist expected to be open by the commitment's day."""
    shortfall: float
    """Places still missing, in expectation."""
    met_on: dt.date | None
    """First term start on which the chosen bids are expected to fill what is missing; None where they never do."""
    capital: float
    """Capital used in £, optimism bias included."""
    capital_limit: float
    cost: float
    """Expected whole cost to the horizon in £, discounted, real terms: capital, studies, places, journeys, and the alternative
    (independent fee and journey) of every child without a planned place."""
    cost_before: float
    """The same without the shortlist: the alternative of every child."""
    own_cost: float
    """Of it, what taking the bids up costs: capital, studies, place funding, dearer top-ups."""
    unmet_before: float
    """Expected child-years of unmet need over the run without the shortlist."""
    unmet_after: float
    """The same with it."""
    bound: float
    """£: whole cost less :attr:`gap`."""
    gap: float
    """£ by which unmet need (priced by the scenario's unmet child-year) and cost may be above what is possible, as far as proven,
    given the commitment; what is weighed in pounds all in one."""
    solver: str
    solver_version: str
    seed: int
    """Random seed of the solver."""
    base_seed: int
    """Base seed of the run."""
    replications: tuple[int, ...]
    """Futures of the run over which the shortlist was chosen."""
    scenario_digest: str
    notes: tuple[str, ...] = ()
    """What a reader should know of how it was solved, such as a solver that had to be replaced."""

    @property
    def objective(self) -> float:
        """£: whole cost of the plan, weighed, or all in pounds; :attr:`bound` and :attr:`gap` belong to it."""
        return self.bound + self.gap

    @property
    def reasons(self) -> dict[str, str]:
        """The reason of every bid by id."""
        return {bid.eoi: bid.reason for bid in self.chosen} | {bid.eoi: bid.reason for bid in self.not_chosen}


TABLE_COLUMNS = (
    "id", "title", "setting_name", "area", "setting", "needs", "phases", "decision", "opens", "places_bid", "places_expected",
    "capital", "quality", "status", "chance_of_opening", "group", "reason", "illustrative",
)  # fmt: skip


def table(plan: ShortlistPlan, eois: Sequence[ExpressionOfInterest]) -> list[dict[str, object]]:
    """One row a bid in the order given, with the keys of :data:`TABLE_COLUMNS`.

    ``decision`` is chosen, left out or screened out; ``capital`` is as bid, in £, without optimism bias; ``opens`` is a date or
    None. ``needs`` and ``phases`` are codes parted by semicolons, as in the list of bids.
    """
    chosen = {bid.eoi: bid for bid in plan.chosen}
    others = {bid.eoi: bid for bid in plan.not_chosen}
    rows: list[dict[str, object]] = []
    for eoi in eois:
        pick = chosen.get(eoi.id)
        decision = "chosen" if pick else "screened out" if others[eoi.id].screened else "left out"
        places = pick.places_bid if pick else eoi.places
        values = (
            eoi.id, eoi.title, eoi.setting_name, eoi.area, eoi.setting, ";".join(eoi.needs), ";".join(eoi.phases), decision,
            pick.opens if pick else None, places, round(places * eoi.chance_of_opening, 2), eoi.capital_for(places), eoi.quality,
            eoi.status, round(eoi.chance_of_opening, 4), eoi.group, plan.reasons[eoi.id], eoi.illustrative,
        )  # fmt: skip
        rows.append(dict(zip(TABLE_COLUMNS, values, strict=True)))
    return rows


def what_is_offered(eoi: ExpressionOfInterest, area: str, places: int | None = None) -> str:
    """``12 special school places for SEMH, secondary, in South``: a bid in words.

    ``places`` where another size is meant; ``area`` is the area's label.
    """
    phases = " and ".join(PHASES.label(phase).lower() for phase in eoi.phases)
    needs = ", ".join(need for need in NEEDS.codes if need in eoi.needs)
    kind = "special school" if eoi.setting == "special" else "resourced"
    return f"{places or eoi.places} {kind} places for {needs}, {phases}, in {area}"
