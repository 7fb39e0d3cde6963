"""An expression of interest (EoI): places that a setting offers to open."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sufficiency.domain.problem import Finding
from sufficiency.scenario.figures import Code, Frozen, NonNegative, Share, Text
from sufficiency.scenario.scenario import Day
from sufficiency.scenario.shortlisting import Score
from sufficiency.scenario.supply import PlaceSetting
from sufficiency.scenario.tables import Needs, Phases, check_sum

STATUSES = ("submitted", "feasible", "potential", "agreed", "withdrawn")
"""Stages an expression of interest has reached: passed nothing yet, feasibility, quality review with DfE, legal agreement."""

STAGES = ("feasibility", "quality_review", "legal_agreement")
"""Stages that a bid must survive, in order; each status but the first and the last has passed one more of them."""

PUBLISHED_CHANCES = (0.63, 0.65, 0.41)
"""Share of bids that survived each stage in Bristol's first round: 78, 49, 32, 13 (press report, about January 2021)."""

OpeningTerm = Literal["september", "january", "april"]
Places = Annotated[int, Field(ge=1, le=1000)]
Months = Annotated[int, Field(ge=0, le=120)]


class Size(Frozen):
    """Another size at which a bid may be built."""

    places: Places
    """Places offered."""
    capital: NonNegative
    """Capital cost in £, before optimism bias."""


class ExpressionOfInterest(Frozen):
    """Places that a setting offers to open."""

    id: Code
    """Identifier, unique in the list."""
    title: Text
    """What is offered."""
    setting_name: Text
    """The setting that offers it; one setting may offer several."""
    area: Code
    """Area in which the places would be."""
    setting: PlaceSetting
    """resourced or special."""
    needs: Needs
    """Primary needs admitted."""
    phases: Phases
    """Phases admitted."""
    places: Places
    """Places offered."""
    capital: NonNegative
    """Capital cost in £, before optimism bias."""
    earliest_start: Day
    """First day on which work can begin."""
    lead_months: Months
    """Months from start to opening, most likely."""
    quality: Score
    """Quality score, 0 to 100."""
    top_up: NonNegative
    """Top-up a place and year in £, beside the place funding."""
    status: Literal["submitted", "feasible", "potential", "agreed", "withdrawn"]
    """Stage reached: submitted; feasible (passed its feasibility study); potential (passed the quality review with DfE); agreed
    (legally); or withdrawn."""
    chance_feasibility: Share
    """Chance of passing the feasibility study (1 where passed)."""
    chance_quality_review: Share
    """Chance of passing the quality review with DfE (1 where passed)."""
    chance_legal_agreement: Share
    """Chance of reaching a legal agreement (1 where reached)."""
    illustrative: bool = False
    """True where the bid is made up to show how the tool works."""
    note: str = ""
    group: Annotated[str, Field(max_length=200)] = ""
    """Trust or group that the setting belongs to, if any."""
    latitude: Annotated[float, Field(ge=49, le=61)] | None = None
    """Degrees north, where known: shown on maps; journeys are reckoned between areas."""
    longitude: Annotated[float, Field(ge=-9, le=2)] | None = None
    """Degrees east (west is negative), where known."""
    phase_shares: tuple[Share, ...] = ()
    """Share of the places in each phase, in the order of ``phases``; none given: any place may serve any of the phases."""
    lead_low: Months | None = None
    """Least lead time in months, where the bid tells: with ``lead_high`` it takes the place of the usual slippage."""
    lead_high: Months | None = None
    """Longest lead time in months."""
    opens: Day | None = None
    """Day on which the setting offers to open, where it is later than its start and lead time allow."""
    scores: dict[Code, Score] = Field(default_factory=dict)
    """Quality scores by criterion, 0 to 100."""
    place_funding: NonNegative | None = None
    """Place funding a place and year in £, paid whether filled or not; absent: the scenario's place rate."""
    study_cost: NonNegative = 0.0
    """Cost in £ of its feasibility study, spent once it is taken forward, whatever comes of it."""
    options: tuple[Size, ...] = ()
    """Other sizes, of which one may be chosen in place of ``places`` and ``capital``."""
    opening_terms: tuple[OpeningTerm, ...] = ()
    """Terms in which the places may open (september, january, april); none named: any that suits the setting."""
    exclusive_with: tuple[Code, ...] = ()
    """Bids of which none is taken forward together with this one."""
    requires: tuple[Code, ...] = ()
    """Bids that must be taken forward where this one is."""

    @model_validator(mode="after")
    def _check_stages(self) -> Self:
        passed = STATUSES.index(self.status) if self.status != "withdrawn" else 0
        for name, chance in zip(STAGES, self.chances[:passed], strict=False):
            if chance < 1:
                raise Finding(
                    f"a bid that is {self.status} has passed this stage",
                    at=f"chance_{name}",
                    value=chance,
                    allowed="1",
                    mend="write 1, or an earlier status",
                )
        return self

    @model_validator(mode="after")
    def _check_sizes(self) -> Self:
        places = [self.places, *(size.places for size in self.options)]
        if len(set(places)) < len(places):
            raise Finding("two sizes of the bid have the same places", at="options", mend="keep one of them")
        return self

    @model_validator(mode="after")
    def _check_phase_shares(self) -> Self:
        if self.phase_shares:
            check_sum(dict(zip(self.phases, self.phase_shares, strict=True)), "phases")
        return self

    @model_validator(mode="after")
    def _check_lead(self) -> Self:
        if (self.lead_low is None) != (self.lead_high is None):
            given, absent = ("lead_low", "lead_high") if self.lead_high is None else ("lead_high", "lead_low")
            raise Finding(f"{given} is given without {absent}", at=absent, mend=f"add {absent}, or remove {given}")
        if self.lead_low is not None and self.lead_high is not None:
            for at, months, wrong in (
                ("lead_low", self.lead_low, self.lead_low > self.lead_months),
                ("lead_high", self.lead_high, self.lead_high < self.lead_months),
            ):
                if wrong:
                    allowed = f"at {'most' if at == 'lead_low' else 'least'} {self.lead_months}, as lead_months says"
                    raise Finding("the lead times are not in order", at=at, value=months, allowed=allowed, mend="change one")
        if self.opens is not None and self.opens < self.ready:
            raise Finding(
                "the opening is before the lead time ends",
                at="opens",
                value=self.opens,
                allowed=f"{self.ready} (earliest_start and lead_months) or later",
                mend="change one of the three",
            )
        return self

    @model_validator(mode="after")
    def _check_coordinates(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            absent = "longitude" if self.longitude is None else "latitude"
            raise Finding("coordinates need two numbers", at=absent, mend=f"add {absent}, or remove the other")
        return self

    @property
    def chances(self) -> tuple[float, float, float]:
        """Chance of surviving each of the :data:`STAGES`."""
        return (self.chance_feasibility, self.chance_quality_review, self.chance_legal_agreement)

    @property
    def sizes(self) -> tuple[Size, ...]:
        """All sizes, that of the bid itself first."""
        return (Size(places=self.places, capital=self.capital), *self.options)

    def capital_for(self, places: float) -> float:
        """Capital as bid for the size of so many places; that of the bid itself where there is no such size."""
        return next((size.capital for size in self.sizes if size.places == places), self.capital)

    @property
    def shares_by_phase(self) -> dict[str, float]:
        """Share of the places in each phase, scaled to sum to 1; empty where any place may serve any phase."""
        total = math.fsum(self.phase_shares)
        return {phase: share / total for phase, share in zip(self.phases, self.phase_shares, strict=False)}

    @property
    def chance_of_opening(self) -> float:
        """Chance of surviving every stage still ahead; 0 where withdrawn."""
        return 0.0 if self.status == "withdrawn" else math.prod(self.chances)

    @property
    def expected_places(self) -> float:
        """Places expected to open."""
        return self.places * self.chance_of_opening

    @property
    def ready(self) -> dt.date:
        """First day on which the places can be ready: start and lead time."""
        month = self.earliest_start.month - 1 + self.lead_months
        year, month = self.earliest_start.year + month // 12, month % 12 + 1
        return dt.date(year, month, min(self.earliest_start.day, calendar.monthrange(year, month)[1]))

    @property
    def earliest_opening(self) -> dt.date:
        """First day on which the places can be open."""
        return self.ready if self.opens is None else max(self.ready, self.opens)
