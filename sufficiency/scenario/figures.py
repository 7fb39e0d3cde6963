"""A figure: one number (or one small table of numbers) with its unit, source, date and whether it is verified.

A figure without a range is used as it stands. What nobody has published is an **unverified range**: ``low`` and ``high`` beside
the value, drawn once a future by inverse probability from a triangle whose mode is ``value``. Tables are drawn entry by entry;
those that are distributions are then scaled to their former sum.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sufficiency.domain.problem import Finding


class Frozen(BaseModel):
    """Base of every scenario model: frozen, strict, no unknown keys, no NaN or infinity."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=True, ser_json_inf_nan="null"
    )


Number = Annotated[float, Field(ge=-1e12, le=1e12)]
NonNegative = Annotated[float, Field(ge=0, le=1e12)]
Positive = Annotated[float, Field(gt=0, le=1e12)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Distance = Annotated[float, Field(ge=0, le=500)]
"""Kilometres."""
Rate = Annotated[float, Field(ge=0, le=10)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _-]{0,63}\.(csv|xlsx)$")]
Text = Annotated[str, Field(min_length=1, max_length=2000)]

V = TypeVar("V")
Spans = dict[str, tuple[float, float, float]]
"""Least, most likely and largest value of each leaf of a range, by its name."""


class Figure(Frozen, Generic[V]):
    """A value with its provenance. ``low`` and ``high`` have the shape of ``value`` and enclose it."""

    # Nobody is shown these descriptions, and pydantic would look for them in the source anew for each type of value.
    model_config = ConfigDict(use_attribute_docstrings=False)

    value: V
    """The value used, or the most likely one where a range is given."""
    unit: Text
    """Unit of the value, in words."""
    source: Text
    """Where the value comes from: a document, a table, or "assumption"."""
    known_from: dt.date
    """The date from which the value was known (or, for an assumption, made)."""
    verified: bool
    """True where the source was read and says so; false for an assumption or a stand-in."""
    low: V | None = None
    """Least plausible value; given together with ``high``, it is drawn once a future."""
    high: V | None = None
    """Largest plausible value."""
    reason: Text | None = None
    """Why this value, and what it stands in for. Asked for whenever the figure is not verified."""

    @model_validator(mode="after")
    def _check_range(self) -> Self:
        if (self.low is None) != (self.high is None):
            given, absent = ("low", "high") if self.high is None else ("high", "low")
            raise Finding(f"{given} is given without {absent}", at=absent, mend=f"add {absent}, or remove {given}")
        if not self.verified and self.reason is None:
            raise Finding("an unverified figure has no reason", at="reason", mend="say why this value, and what it stands in for")
        if self.low is not None:
            low, value, high = (_leaves(v) for v in (self.low, self.value, self.high))
            if not low.keys() == value.keys() == high.keys():
                odd = sorted(low.keys() ^ value.keys() | high.keys() ^ value.keys())
                raise Finding(
                    "low, value and high do not name the same entries", value=", ".join(odd), mend="give each entry in all three"
                )
            for name, middle in value.items():
                end = ("low" if middle < low[name] else "high") if not low[name] <= middle <= high[name] else ""
                if end:
                    raise Finding(
                        f"the value is {'below low' if end == 'low' else 'above high'}",
                        at=f"value.{name}" if name else "value",
                        value=middle,
                        allowed=f"{low[name]:g} (low) to {high[name]:g} (high)" if low[name] <= high[name] else "low below high",
                        mend=f"change the value or {end}",
                    )
        return self

    @property
    def is_range(self) -> bool:
        """Whether the figure is drawn once a future."""
        return self.low is not None

    @property
    def spans(self) -> Spans:
        """The span of each leaf, in order of their names; none where the value is certain."""
        if self.low is None:
            return {}
        low, value, high = (_leaves(v) for v in (self.low, self.value, self.high))
        return {name: (low[name], middle, high[name]) for name, middle in value.items()}

    def drawn(self, uniforms: Iterable[float], *, distribution: bool = False, spans: Spans | None = None) -> Self:
        """The figure with its value drawn: one uniform on (0, 1) for each leaf of the value, in order of their names.

        The numbers of a ``distribution`` are scaled to their former sum after drawing. ``spans`` are the figure's own, where
        they are known already.
        """
        if spans is None:
            spans = self.spans
        if not spans:
            return self
        drawn = {name: triangular(u, *span) for u, (name, span) in zip(uniforms, spans.items(), strict=True)}
        total = sum(drawn.values())
        if distribution and total > 0:
            former = sum(value for _, value, _ in spans.values())
            drawn = {name: x * former / total for name, x in drawn.items()}
        return self.model_copy(update={"value": _rebuilt(self.value, drawn)})

    @property
    def leaves(self) -> tuple[str, ...]:
        """Names of the single numbers in the value; ("",) for a plain number."""
        return tuple(_leaves(self.value))


def triangular(u: float, low: float, mode: float, high: float) -> float:
    """Inverse distribution function of the triangular distribution at ``u`` (the mode where the range is a point)."""
    width = high - low
    if width <= 0:
        return mode
    rising = (mode - low) / width
    if u < rising:
        return float(low + (u * width * (mode - low)) ** 0.5)
    return float(high - ((1 - u) * width * (high - mode)) ** 0.5)


def _leaves(value: Any, name: str = "") -> dict[str, float]:
    """The single numbers of a (nested) table, by dotted name, sorted."""
    if isinstance(value, dict):
        found: dict[str, float] = {}
        for key in sorted(value, key=str):
            found |= _leaves(value[key], f"{name}.{key}" if name else str(key))
        return found
    return {name: float(value)} if isinstance(value, int | float) else {}


def _rebuilt(value: Any, drawn: dict[str, float], name: str = "") -> Any:
    """A copy of ``value`` with its numbers replaced by those of ``drawn``, whole numbers rounded."""
    if isinstance(value, dict):
        return {key: _rebuilt(v, drawn, f"{name}.{key}" if name else str(key)) for key, v in value.items()}
    number = drawn[name]
    return round(number) if isinstance(value, int) else number
