"""Assumptions about the Dedicated Schools Grant and about interventions."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from sufficiency.domain.problem import Finding
from sufficiency.scenario.assessment import Weeks
from sufficiency.scenario.deficit import Payment, PaymentDay, StabilityGrant
from sufficiency.scenario.figures import Code, Figure, Frozen, NonNegative, Number, Share, Text
from sufficiency.scenario.tables import (
    AreaCodes,
    BandShares,
    BandWeights,
    Needs,
    Phases,
    SettingCode,
    SettingMoney,
    Settings,
    Year,
)
from sufficiency.scenario.variant import Variant

Growth = Annotated[float, Field(ge=-0.5, le=0.5)]
Effect = Annotated[float, Field(ge=-0.95, le=1)]
TransferShare = Annotated[float, Field(ge=0, le=0.05)]
WeeksLate = Annotated[float, Field(ge=0, le=520)]
TRANSFER_RULE = 0.005
"""Largest share of the schools block that may go to high needs with the schools forum's agreement alone."""


class Money(Frozen):
    """The high-needs account, in £ of the first whole financial year."""

    place_rate: Figure[SettingMoney]
    """Place funding a place and year by setting, paid whether the place is filled or not."""
    other_places: Figure[SettingMoney]
    """Commissioned places outside the estate (children of no area, or without a plan), by setting."""
    top_up: Figure[SettingMoney]
    """Top-up a pupil-year by setting, the mean of its bands; for independent schools see ``independent_fee``."""
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
    """Yearly growth of the allocation after the last year in which it is known."""
    schools_block: Figure[NonNegative]
    """Schools block of the first whole financial year, which grows with ``income_growth``."""
    transfer_share: Figure[TransferShare]
    """Share of the schools block transferred to high needs (above 0.5 % only with the Secretary of State's approval)."""
    other_income: Figure[dict[Year, Number]]
    """Other income by financial year (key: its first calendar year), £."""
    opening_balance: Figure[Number]
    """Cumulative DSG balance brought into the first whole financial year, £ (a deficit is negative)."""
    transport_per_pupil: Figure[NonNegative]
    """Home-to-school transport a pupil in a specialist setting and year: the General Fund's, shown apart."""
    band_shares: Figure[BandShares] | None = None
    """Shares of a setting's pupils in each band of the council's funding matrix; a setting not named has one band."""
    band_weights: Figure[BandWeights] | None = None
    """Top-up of each band in proportion to the others: its level is set so that the setting's mean is ``top_up``."""
    known_income: Figure[dict[Year, NonNegative]] | None = None
    """High-needs allocations known for the years after the first (key: first calendar year), £: one for each year, no gaps."""
    income_growth_by_year: Figure[Annotated[dict[Year, Growth], Field(min_length=1)]] | None = None
    """Growth of the allocation into a named financial year in place of ``income_growth``: 0 where the formula is suspended."""
    transfer_share_by_year: Figure[dict[Year, TransferShare]] | None = None
    """Share of the schools block transferred in a named financial year, because each year's transfer is agreed by itself."""
    transfer_approval: Text | None = None
    """The Secretary of State's approval of a transfer above 0.5 %: when and by which letter."""
    net_imports: Figure[dict[Year, Number]] | None = None
    """Pupils with plans of other authorities in ours less ours in theirs, by financial year; years between are interpolated. The
    allocation holds the first whole year's already: what changes after it is adjusted at ``import_rate``."""
    import_rate: Figure[NonNegative] | None = None
    """What the national formula adjusts the allocation by for each net import, £."""
    other_blocks: Figure[dict[Year, Number]] | None = None
    """What the other blocks of the DSG add to its balance in a financial year, £ (an overspend is negative)."""
    stability_grant: StabilityGrant | None = None
    """The High Needs Stability Grant, where it is counted on."""
    payments: Annotated[dict[Code, Payment], Field(min_length=1)] | None = None
    """Payments towards the deficit by id."""
    override_ends: Figure[PaymentDay] | None = None
    """Last day of the statutory override, which keeps a DSG deficit out of the council's own reserves."""
    targets: Figure[dict[Year, Number]] | None = None
    """Cumulative balance that a plan is to reach by the end of a financial year (key: its first calendar year), £."""

    variant: Variant | None = None
    """By how many per cent pupils, activity and income differ from what is simulated and priced: what a saved variant holds."""

    @model_validator(mode="after")
    def _check_bands(self) -> Self:
        if (self.band_shares is None) != (self.band_weights is None):
            given, absent = ("shares", "weights") if self.band_shares else ("weights", "shares")
            raise Finding(f"bands have {given} without {absent}", at=f"band_{absent}", mend=f"add [money.band_{absent}]")
        if self.band_shares and self.band_weights:
            shares, weights = ({s: set(row) for s, row in f.value.items()} for f in (self.band_shares, self.band_weights))
            if shares != weights:
                odd = sorted(s for s in shares.keys() | weights.keys() if shares.get(s) != weights.get(s))
                raise Finding(
                    "shares and weights name different bands",
                    at="band_weights.value",
                    value=", ".join(odd),
                    allowed="the same settings and bands in both",
                )
        if (self.net_imports is None) != (self.import_rate is None):
            absent = "import_rate" if self.net_imports else "net_imports"
            raise Finding(f"net imports cannot be priced without {absent}", at=absent, mend=f"add [money.{absent}]")
        return self

    @model_validator(mode="after")
    def _check_transfers(self) -> Self:
        """A transfer above the rule is refused unless its approval is named."""
        figures = {"transfer_share": self.transfer_share, "transfer_share_by_year": self.transfer_share_by_year}
        for name, figure in figures.items():
            largest = _largest(figure)
            if largest > TRANSFER_RULE and not self.transfer_approval:
                raise Finding(
                    "the transfer is above the rule",
                    at=f"{name}.value",
                    value=largest,
                    allowed=f"0 to {TRANSFER_RULE} of the schools block, unless the Secretary of State approved more",
                    mend="lower it, or name the approval in transfer_approval",
                )
        return self


def _largest(figure: Figure[float] | Figure[dict[str, float]] | None) -> float:
    """The largest number that a figure may take."""
    if figure is None:
        return 0.0
    content = figure.value if figure.high is None else figure.high
    return max(content.values(), default=0.0) if isinstance(content, dict) else content


IN_SIMULATION = ("request_rate", "refusal", "specialist_need", "inflow_to_independent", "places")
"""Quantities that change what happens to children, and so act in the simulation."""
Quantity = Literal[
    "request_rate",
    "refusal",
    "specialist_need",
    "inflow_to_independent",
    "places",
    "independent_fee",
    "top_up",
    "no_plan_top_ups",
    "other_lines",
    "pupils",
    "income",
]


class Intervention(Frozen):
    """Something the council does to change a named quantity from a date, with a ramp and an uncertain effect.

    Need for specialist places answers from the next September on, when the year is drawn; the flow to independent schools for
    those who join the list from that day on. ``pupils`` moves pupil-years in the account from one setting to another (or out of
    the caseload): an approximation that follows no single child and frees no place. ``places`` are provisions that open only
    where the intervention is enabled; its effect is how far their number departs from the plan.
    """

    title: Text
    """The name people read."""
    theme: Literal["demand management", "supply management"]
    """The theme of the council's DSG plan under which it is shown."""
    quantity: Quantity
    """What it changes."""
    starts: dt.date
    """Day from which it works, as planned."""
    ramp: Weeks
    """Weeks until it works in full."""
    effect: Figure[Effect]
    """Relative change of the quantity in full effect (-0.1 is a tenth less; of pupils, a tenth of them move)."""
    enabled: bool = True
    """Whether the mitigated scenario contains it."""
    rating: Literal["red", "amber", "green"] = "amber"
    """How sure its delivery is."""
    confidence: Literal["low", "medium", "high"] = "low"
    """How sure the evidence of its effect is."""
    evidence: Text | None = None
    """What is known of its effect, and from where."""
    slippage: Figure[WeeksLate] | None = None
    """Weeks by which it starts later than planned."""
    delivered: Figure[Share] | None = None
    """Share of its designed effect that is delivered (its costs are paid in full)."""
    yearly_cost: Figure[NonNegative] | None = None
    """What it costs a year from its start, £."""
    one_off_cost: Figure[NonNegative] | None = None
    """What setting it up costs in the financial year of its start, £."""
    programme: Code | None = None
    """Id of the programme that it is part of: it is switched, paid for and valued together with the others."""
    needs: Needs | None = None
    """Primary needs that it reaches; all where none is named. Only requests can be reached in part."""
    phases: Phases | None = None
    """Phases (at the request) that it reaches; all where none is named."""
    areas: AreaCodes | None = None
    """Areas that it reaches; all where none is named."""
    settings: Settings | None = None
    """Settings whose top-ups it changes; all where none is named."""
    line: Code | None = None
    """The other line that it changes."""
    moves_from: SettingCode | None = None
    """Setting whose pupils it moves."""
    moves_to: SettingCode | None = None
    """Setting to which it moves them; absent where their plans end."""
    provisions: Annotated[tuple[Code, ...], Field(min_length=1)] | None = None
    """Provisions that open only where it is enabled."""

    @field_validator("provisions", mode="before")
    @classmethod
    def _as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

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

    @model_validator(mode="after")
    def _check_target(self) -> Self:
        """What each quantity needs to be named, and what names nothing for the others."""
        for quantity, name, is_needed in _NAMES:
            given = getattr(self, name) is not None
            if given and self.quantity != quantity:
                raise Finding(
                    f"an intervention on {self.quantity} names no {name}",
                    at=name,
                    allowed=f'{name} where the quantity is "{quantity}"',
                    mend=f"remove {name}",
                )
            if is_needed and not given and self.quantity == quantity:
                raise Finding(f"an intervention on {quantity} does not say which", at=name, mend=f"add {name}")
        if self.quantity == "pupils" and self.moves_from == self.moves_to:
            raise Finding("pupils move to where they are", at="moves_to", value=self.moves_to, mend="name another setting")
        if self.quantity == "pupils" and _largest(self.effect) > 0:
            raise Finding(
                "pupils would move the other way", at="effect.value", value=_largest(self.effect), allowed="-0.95 to 0",
                mend="lower it, or exchange moves_from and moves_to",
            )  # fmt: skip
        if self.quantity == "places" and self.slippage is not None:
            raise Finding(
                "places slip by estate.slippage", at="slippage", mend="remove it, and give the provisions status planned"
            )
        return self

    @property
    def reaches_all(self) -> bool:
        """Whether it reaches every need, phase and area."""
        return self.needs is None and self.phases is None and self.areas is None

    @property
    def is_simulated(self) -> bool:
        """Whether it changes what happens to children, rather than what is paid for them."""
        return self.quantity in IN_SIMULATION


_NAMES = (
    # quantity, what it names, and whether it must
    ("top_up", "settings", False),
    ("other_lines", "line", True),
    ("pupils", "moves_from", True),
    ("pupils", "moves_to", False),
    ("places", "provisions", True),
)
