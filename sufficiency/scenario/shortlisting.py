"""What a shortlist of expressions of interest must keep to, what it weighs, and whom a targeted invitation asked."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from sufficiency.domain.problem import Finding
from sufficiency.scenario.figures import Code, Count, Figure, FileName, Frozen, NonNegative, Share, Slug, Text
from sufficiency.scenario.supply import PlaceSetting
from sufficiency.scenario.tables import AreaCodes, Needs, Phases, Year, some_weight

Score = Annotated[float, Field(ge=0, le=100)]
OfWhat = Literal["setting", "group", "type", "area", "all"]
TailShare = Annotated[float, Field(gt=0, le=1)]


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class Invitation(Frozen):
    """Criteria of a targeted invitation: a bid that does not answer it is screened out, with the reason."""

    needs: Needs | None = None
    """Types of need invited: a bid must offer places for at least one of them."""
    phases: Phases | None = None
    """Phases invited: a bid must offer places in at least one of them."""
    areas: AreaCodes | None = None
    """Areas invited."""
    settings: Annotated[tuple[PlaceSetting, ...], BeforeValidator(_tuple), Field(min_length=1)] | None = None
    """Types of setting invited: resourced, special or both."""
    lowest_scores: dict[Code, Score] | None = None
    """Least score in single criteria of quality; a bid without a score in one of them is screened out."""
    source: Text = "decision of the council"
    """Where the criteria were published."""


class Cap(Frozen):
    """How many bids of a setting, a group, a type or an area may be taken forward."""

    of: OfWhat
    """setting (the one that offers), group (or trust), type (resourced or special), area, or all bids together."""
    name: Text | None = None
    """Which one; absent: each of them."""
    at_most: Count | None = None
    """Most bids."""
    exactly: Count | None = None
    """Number of bids, neither more nor fewer."""
    reason: Text = "decision of the council"
    """Why."""

    @model_validator(mode="after")
    def _check_one(self) -> Self:
        if (self.at_most is None) == (self.exactly is None):
            raise Finding("a cap needs one number", allowed="at_most or exactly", mend="give one of the two")
        if self.of == "all" and self.name is not None:
            raise Finding("a cap of all bids names one", at="name", value=self.name, mend="remove name")
        return self


class ShortlistLimits(Frozen):
    """What a shortlist of expressions of interest must keep to, and what it weighs."""

    eois: FileName
    """File of expressions of interest (CSV or Excel), beside the scenario or bundled: a name without a folder."""
    capital: Figure[NonNegative]
    """Capital in £ that the shortlist may cost in total: a decision, not drawn."""
    lowest_quality: Figure[Score]
    """Quality score (0 to 100) below which a bid is screened out."""
    projects_per_year: Figure[Count]
    """Projects that can be under construction to open in one academic year."""
    unmet_child_year: Figure[NonNegative]
    """Cost in £ set on a year in which a child's need for a specialist place is met by no planned place."""
    discount_rate: Figure[Annotated[float, Field(ge=0, le=0.2)]]
    """Yearly real discount rate (Green Book: 3.5 %)."""
    optimism_bias: Figure[Share]
    """Share added to bid capital (Green Book upper bound for standard buildings: 24 %)."""
    order: Literal["in turn", "in pounds"] = "in turn"
    """in turn: first the commitment, then unmet need, then cost; in pounds: all of it as one sum of money."""
    invitation: Invitation | None = None
    """Criteria of a targeted invitation; absent: everybody was invited."""
    quality_weights: Figure[Annotated[dict[Code, NonNegative], AfterValidator(some_weight)]] | None = None
    """Weight of each criterion in the quality score; absent: the score as it stands in the list."""
    capital_by_year: Figure[dict[Year, NonNegative]] | None = None
    """Most capital in £ that can be spent in a financial year (key: its first calendar year); years not named have no limit."""
    construction_slots: Figure[Count] | None = None
    """Most projects under construction in any one academic year, whenever they open."""
    most_per_setting: Figure[Count] | None = None
    """Most bids taken forward from one setting."""
    caps: Annotated[dict[Slug, Cap], Field(default_factory=dict)]
    """Further caps on the number of bids, by a name of their own."""
    least_places: Figure[dict[Code, NonNegative]] | None = None
    """Least places, of those expected to open, by area."""
    independent_places: Figure[Count] | None = None
    """Children a year whom independent schools can take at their fee; absent: any number. Those above it cost the fee and
    ``unmet_child_year`` besides."""
    missing_place: Figure[NonNegative] | None = None
    """£ set on a place of the commitment that stays missing, where all is weighed in pounds; absent: ``unmet_child_year``."""
    tail_weight: Figure[Share] | None = None
    """Weight of the worst futures: 0 (or absent) weighs the mean of all, 1 the worst alone (conditional value at risk)."""
    tail_share: Figure[TailShare] | None = None
    """Share of futures that count as the worst; absent: a tenth."""
