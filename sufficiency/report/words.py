"""Numbers as people read them: 1,234; £12.3m; ranges that 8 in 10 futures lie between."""

from __future__ import annotations

import re

from sufficiency.places.gap import Band


def count(value: float) -> str:
    """A whole number with thousands separated; minus sign for a surplus."""
    rounded = round(value)
    return f"{rounded:,}" if rounded >= 0 else f"−{-rounded:,}"


def unbroken(text: str) -> str:
    """Text in which no line is broken between a sign and its number."""
    return re.sub(r"([+−])(?=[£0-9])", "\\1\u2060", text)


def within(label: str) -> str:
    """A label inside a sentence: its first letter small, its abbreviations as they are."""
    return label[:1].lower() + label[1:]


def pounds(value: float) -> str:
    """£ in millions with one decimal from a million up, in thousands below."""
    sign = "−" if value < 0 else ""
    size = abs(value)
    if size >= 999_500:
        return f"{sign}£{size / 1e6:,.1f}m"
    return f"{sign}£{size / 1e3:,.0f}k" if size >= 1000 else f"{sign}£{size:,.0f}"


def share(value: float) -> str:
    """A share as a percentage without decimals; nothing that happened in some futures is called 0 % or 100 %."""
    if 0 < value < 0.005:
        return "under 1 %"
    if 0.995 < value < 1:
        return "over 99 %"
    return f"{100 * value:.0f} %"


def counted(found: Band) -> str:
    """A band of whole numbers: the middle future and the range of 8 in 10."""
    return f"{count(found.p50)} (8 in 10 futures: {count(found.p10)} to {count(found.p90)})"


def priced(found: Band) -> str:
    """A band in £."""
    return f"{pounds(found.p50)} (8 in 10 futures: {pounds(found.p10)} to {pounds(found.p90)})"
