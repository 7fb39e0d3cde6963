"""Assumptions about the Dedicated Schools Grant and about interventions."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sufficiency.domain.problem import Finding
from sufficiency.scenario.assessment import Weeks
from sufficiency.scenario.figures import Code, Figure, Frozen, NonNegative, Number, Text
from sufficiency.scenario.tables import AreaCodes, Needs, Phases, SettingMoney, Year

Growth = Annotated[float, Field(ge=-0.5, le=0.5)]
Effect = Annotated[float, Field(ge=-0.95, le=1)]


class Money(Frozen):
    """The high-needs account, in £ of the first whole financial year."""

    place_rate: Figure[SettingMoney]
    """Place funding a place and year by setting, paid whether the place is filled or not."""
    other_places: Figure[SettingMoney]
    """Commissioned places outside the estate (children of no area, or without a plan), by setting."""
    top_up: Figure[SettingMoney]
    """Top-up a pupil-year by setting; for independent schools see ``independent_fee``."""
    independent_fee: Figure[NonNegative]
    """Mean fee of an independent or non-maintained placement a year."""
    fee_spread: Figure[Annotated[float, Field(ge=0, le=2)]]
    """Spread of single fees (standard deviation of the logarithm)."""
    inflation: Figure[Growth]
    """Yearly growth of top-ups and other lines; place rates are fixed nationally and do not grow."""
    fee_inflation: Figure[Growth]
    """Yearly growth of independent fees."""
    no_plan_top_ups: Figure[NonNegative]
    """Top-ups a year for children without a plan."""
    other_lines: Figure[dict[Code, NonNegative]]
    """Lines that follow neither places nor pupils, £ a year."""
    high_needs_income: Figure[NonNegative]
    """High-needs allocation of the first whole financial year."""
    income_growth: Figure[Growth]
    """Yearly growth of the allocation."""
    schools_block: Figure[NonNegative]
    """Schools block of the first whole financial year, which grows with the allocation."""
    transfer_share: Figure[Annotated[float, Field(ge=0, le=0.005)]]
    """Share of the schools block transferred to high needs (at most 0.5 % without the Secretary of State)."""
    other_income: Figure[dict[Year, Number]]
    """Other income by financial year (key: its first calendar year), £."""
    opening_balance: Figure[Number]
    """Cumulative DSG balance brought into the first whole financial year, £ (a deficit is negative)."""
    transport_per_pupil: Figure[NonNegative]
    """Home-to-school transport a pupil in a specialist setting and year: the General Fund's, shown apart."""


Quantity = Literal["request_rate", "refusal", "specialist_need", "independent_fee", "top_up", "inflow_to_independent"]


class Intervention(Frozen):
    """Something the council does to change a named quantity from a date, with a ramp and an uncertain effect.

    Need for specialist places answers from the next September on, when the year is drawn; the flow to independent schools for
    those who join the list from that day on.
    """

    title: Text
    """The name people read."""
    theme: Literal["demand management", "supply management"]
    """The theme of the council's DSG plan under which it is shown."""
    quantity: Quantity
    """What it changes."""
    starts: dt.date
    """Day from which it works."""
    ramp: Weeks
    """Weeks until it works in full."""
    effect: Figure[Effect]
    """Relative change of the quantity in full effect (-0.1 is a tenth less)."""
    enabled: bool = True
    """Whether the mitigated scenario contains it."""
    rating: Literal["red", "amber", "green"] = "amber"
    """Confidence in delivery."""
    yearly_cost: Figure[NonNegative] | None = None
    """What it costs a year, £."""
    needs: Needs | None = None
    """Primary needs that it reaches; all where none is named. Only requests can be reached in part."""
    phases: Phases | None = None
    """Phases (at the request) that it reaches; all where none is named."""
    areas: AreaCodes | None = None
    """Areas that it reaches; all where none is named."""

    @model_validator(mode="after")
    def _check_reach(self) -> Self:
        for name in ("needs", "phases", "areas"):
            if getattr(self, name) is not None and self.quantity != "request_rate":
                raise Finding(
                    f"an intervention on {self.quantity} reaches everyone",
                    at=name,
                    allowed='a part of the needs, phases or areas where the quantity is "request_rate"',
                    mend=f"remove {name}",
                )
        return self

    @property
    def reaches_all(self) -> bool:
        """Whether it reaches every need, phase and area."""
        return self.needs is None and self.phases is None and self.areas is None
