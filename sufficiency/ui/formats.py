"""Numbers, money and text as the pages show them."""

from __future__ import annotations

import datetime as dt
import re

from sufficiency.report.words import unbroken

MINUS = "−"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$&^=@])")


def number(value: float, decimals: int = 0) -> str:
    """``1,234``, with a proper minus; what rounds to zero has no sign."""
    text = f"{abs(value):,.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def signed(value: float, decimals: int = 0) -> str:
    """``+1,234``, ``−5`` or ``0``."""
    text = number(value, decimals)
    return f"+{text}" if value > 0 and text.strip("0.,") else text


def money(value: float) -> str:
    """``£12.3m``; below a million ``£123,456``."""
    sign = MINUS if value < 0 else ""
    size = abs(value)
    if size >= 999_500:
        return f"{sign}£{size / 1e6:,.1f}m"
    return f"{sign if round(size) else ''}£{size:,.0f}"


def signed_money(value: float) -> str:
    """``+£1.2m``, ``−£3.4m`` or ``£0``."""
    text = money(value)
    return f"+{text}" if value > 0 and text != "£0" else text


def rough_money(value: float) -> str:
    """Money to the nearest ten thousand: an estimate is not known more closely."""
    return unbroken(money(round(value, -4)))


def rough_change(value: float) -> str:
    """The same with its sign."""
    return unbroken(signed_money(round(value, -4)))


def better(value: float) -> str:
    """A change of a balance in words: ``£1.2m better``, ``£3.4m worse`` or ``the same``."""
    rough = round(value, -4)
    return f"{money(abs(rough))} {'better' if rough > 0 else 'worse'}" if rough else "the same"


def percent(share: float, decimals: int = 0) -> str:
    """``37 %`` of a share of 0.37."""
    return f"{number(100 * share, decimals)} %"


def moment(value: dt.datetime) -> str:
    """``22 November 2026, 14:03`` on this machine's clock."""
    here = value.astimezone()
    return f"{day(here.date())}, {here:%H:%M}"


def day(value: dt.date) -> str:
    """``31 March 2025``."""
    return f"{value.day} {value:%B} {value.year}"


def month_words(label: str) -> str:
    """``January 2022`` of ``2022-01``."""
    return f"{dt.date.fromisoformat(f'{label}-01'):%B %Y}"


def short(gap: float) -> str:
    """A gap in words: ``46 short``, ``3 to spare`` or ``none short``."""
    whole = round(gap)
    if whole == 0:
        return "none short"
    return f"{whole:,} short" if whole > 0 else f"{-whole:,} to spare"


def balance(value: float) -> str:
    """A balance in words: ``a deficit of £3.4m`` or ``a surplus of £0.2m``."""
    return f"a {'deficit' if value < 0 else 'surplus'} of {money(abs(value))}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """``1 future``, ``40 futures``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def in_ten(share: float) -> str:
    """A probability as people say it: ``in no future``, ``in 3 of 10 futures``, ``in every future``."""
    if share <= 0:
        return "in none of the futures"
    if share >= 1:
        return "in every one of the futures"
    tenths = round(10 * share)
    if tenths == 0:
        return "in fewer than 1 of 20 futures"
    return f"in {tenths} of 10 futures" if tenths < 10 else "in more than 19 of 20 futures"


def plain(text: object) -> str:
    """Text from a file or a person, shown as it is: Markdown in it must neither style the page nor load anything."""
    return _MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))


def whole_label(label: str) -> str:
    """``2022-23`` with a hyphen at which no line is broken."""
    return label.replace("-", "\u2011")
