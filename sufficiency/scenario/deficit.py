"""What happens to a deficit on named days: payments towards it, the stability grant, and the end of the statutory override."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Self

from pydantic import Field, model_validator

from sufficiency.domain.problem import Finding
from sufficiency.scenario.figures import Figure, Frozen, NonNegative, Share, Text

PaymentDay = Annotated[dt.date, Field(ge=dt.date(2000, 1, 1), le=dt.date(2060, 12, 31))]


class Payment(Frozen):
    """Money paid towards the deficit on a day: a safety-valve payment, or a contribution of the council's own."""

    title: Text
    """The name people read."""
    paid_on: PaymentDay
    """Day on which it is paid."""
    amount: Figure[NonNegative]
    """What is paid, £."""


class StabilityGrant(Frozen):
    """The High Needs Stability Grant: a share of the deficit standing on one day, paid later, where the plan is approved."""

    share: Figure[Share]
    """Share of the eligible deficit that is paid."""
    eligible: Figure[Share]
    """Share of the deficit that is eligible: what other blocks overspent is not, nor what returns disagree on."""
    deficit_on: PaymentDay
    """The 31 March whose deficit counts."""
    paid_on: PaymentDay
    """Day on which it is paid."""

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        if (self.deficit_on.month, self.deficit_on.day) != (3, 31):
            raise Finding(
                "the deficit is not that of a year's end",
                at="deficit_on",
                value=self.deficit_on,
                allowed="a 31 March",
                mend=f"write {self.deficit_on.year}-03-31",
            )
        if self.paid_on <= self.deficit_on:
            raise Finding(
                "the grant is paid before its deficit is known",
                at="paid_on",
                value=self.paid_on,
                allowed=f"after {self.deficit_on}",
            )
        return self
