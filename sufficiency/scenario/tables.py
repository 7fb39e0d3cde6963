"""Types of the small tables that figures hold: by need, setting, NCY, month, phase, category or area."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator

from sufficiency.domain.dictionaries import FIRST_NCY, LAST_NCY, NEEDS, PHASES, SETTINGS
from sufficiency.domain.problem import nearest
from sufficiency.scenario.figures import Code, Count, NonNegative, Rate, Share

T = TypeVar("T")

MONTHS = tuple(str(m) for m in range(1, 13))
NCYS = tuple(str(n) for n in range(FIRST_NCY, LAST_NCY + 1))
AGE_BANDS = {"under_5": (-4, 0), "5_to_10": (1, 6), "11_to_15": (7, 11), "16_to_19": (12, 15), "20_to_25": (16, 20)}
"""DfE's age bands of the January census as first and last NCY.

A census age band is read on the age on 31 August before the school year (NCY = age - 4), so that "5 to 10" is Year 1 to Year 6;
the release does not state the basis (unverified).
"""


def check_keys(keys: Iterable[str], known: Iterable[str], name: str, *, complete: bool) -> None:
    """Raise ValueError where a key is unknown (naming the nearest) or, if ``complete``, where a known one is missing."""
    known = tuple(known)
    given = set(keys)
    for key in sorted(given):
        if key not in known:
            like = nearest(key, known)
            hint = f"; did you mean {like}?" if like else ""
            raise ValueError(f"unknown {name} {key!r}{hint} (allowed: {', '.join(known)})")
    missing = [key for key in known if key not in given]
    if complete and missing:
        raise ValueError(f"missing {name}: {', '.join(missing)}")


def _keyed(known: Iterable[str], name: str, *, complete: bool = True) -> AfterValidator:
    def check(table: dict[str, T]) -> dict[str, T]:
        check_keys(table, known, name, complete=complete)
        return table

    return AfterValidator(check)


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _codes(known: Iterable[str], name: str) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    def check(codes: tuple[str, ...]) -> tuple[str, ...]:
        check_keys(codes, known, name, complete=False)
        if not codes:
            raise ValueError(f"at least one {name} is needed")
        if len(set(codes)) != len(codes):
            raise ValueError(f"a {name} is named twice")
        return codes

    return check


NeedShares = Annotated[dict[str, Share], _keyed(NEEDS.codes, "need")]
NeedRates = Annotated[dict[str, Rate], _keyed(NEEDS.codes, "need")]
NcyShares = Annotated[dict[str, Share], _keyed(NCYS, "National Curriculum Year")]
MonthWeights = Annotated[dict[str, NonNegative], _keyed(MONTHS, "month")]
SettingCounts = Annotated[dict[str, Count], _keyed(SETTINGS.codes, "setting")]
SettingMoney = Annotated[dict[str, NonNegative], _keyed(SETTINGS.codes, "setting")]
AgeBandCounts = Annotated[dict[str, Count], _keyed(AGE_BANDS, "age band")]
NeedSettingShares = Annotated[
    dict[str, Annotated[dict[str, Share], _keyed(SETTINGS.codes, "setting")]], _keyed(NEEDS.codes, "need")
]
NcySettingShares = Annotated[
    dict[str, Annotated[dict[str, Share], _keyed(SETTINGS.codes, "setting")]], _keyed(NCYS, "National Curriculum Year")
]
AreaShares = dict[Code, Share]
Needs = Annotated[tuple[str, ...], BeforeValidator(_tuple), AfterValidator(_codes(NEEDS.codes, "need"))]
Phases = Annotated[tuple[str, ...], BeforeValidator(_tuple), AfterValidator(_codes(PHASES.codes, "phase"))]
