"""Assumptions about places: provisions, the pipeline, construction slippage and the commitment."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sufficiency.domain.problem import Finding
from sufficiency.scenario.figures import Code, Count, Distance, Figure, Frozen, Share, Text
from sufficiency.scenario.tables import Needs, Phases, Terms, check_sum

PlaceSetting = Literal["resourced", "special"]
"""Settings in which a school can offer new places."""
ProvisionSetting = Literal["resourced", "special", "independent"]


class Provision(Frozen):
    """Places of one kind in one area that the authority can count on, open from a date: state-funded or block-contracted."""

    title: Text
    """The name people read."""
    setting: ProvisionSetting
    """resourced (SEN unit or resourced provision), special (state special school) or independent (a block contract with
    independent or non-maintained special schools; placements bought one by one are no supply)."""
    area: Code
    """Area in which the places are."""
    needs: Needs
    """Primary needs admitted."""
    phases: Phases
    """Phases admitted."""
    places: Figure[Count]
    """Number of places."""
    opens: dt.date | None = None
    """Day on which the places open; absent for places already open at the start."""
    closes: dt.date | None = None
    """Day from which no further child is placed there; absent for places that stay open."""
    status: Literal["open", "firm", "planned"] = "open"
    """open at the start; firm (opens on its day); planned (may slip)."""
    counts_towards_commitment: bool = False
    """Whether the places are part of the commitment's pipeline."""
    chance_of_opening: Share = 1.0
    """Probability that the places open at all: the stages still ahead of an expression of interest."""
    eoi: Code | None = None
    """The expression of interest that these places come from, where they do."""
    slippage: dict[Terms, Share] | None = None
    """Probability that these places open so many terms late; absent: that of all planned places."""

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        if self.status != "open" and self.opens is None:
            raise Finding(
                f"places that are {self.status} have no day of opening", at="opens", mend="add opens, for example 2023-09-01"
            )
        if self.opens and self.closes and self.closes <= self.opens:
            raise Finding("the places close before they open", at="closes", value=self.closes, allowed=f"after {self.opens}")
        if self.slippage is not None:
            check_sum(self.slippage, "slippage")
        return self


class Estate(Frozen):
    """What holds for all places."""

    resident_share: Figure[Share]
    """Share of state-funded places that children resident in the authority can take; block contracts are for residents only."""
    slippage: Figure[dict[Terms, Share]]
    """Probability that planned places open so many terms late (key: terms late)."""
    distances: Figure[dict[Code, dict[Code, Distance]]]
    """Typical distance in km between the areas of home and place."""


class Commitment(Frozen):
    """The promise of places opened; reported apart from need."""

    places: Figure[Count]
    """Places promised."""
    since: dt.date
    """Places opened from this day count."""
    by: dt.date
    """The day by which they must be open."""
    other_dates: Annotated[dict[Code, dt.date], Field(default_factory=dict)]
    """Other readings of the promise, by name."""
    delivered: Figure[Count]
    """Places opened since then and before the start."""

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        if self.by < self.since:
            raise Finding("the promise ends before it begins", at="by", value=self.by, allowed=f"{self.since} or later")
        return self
