"""Types of the small tables that figures hold: by need, setting, NCY, month, phase, category or area."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from sufficiency.domain.dictionaries import DSG_CATEGORIES, FIRST_NCY, LAST_NCY, NEEDS, PHASES, SETTINGS
from sufficiency.domain.problem import Finding, suggestion
from sufficiency.scenario.figures import Code, Count, NonNegative, Rate, Share

T = TypeVar("T")

Year = Annotated[str, Field(pattern=r"^(19|20)[0-9]{2}$")]
"""A year as the key of a table."""
Month = Annotated[str, Field(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$")]
"""A month (2022-09) as the key of a table."""
Terms = Annotated[str, Field(pattern=r"^[0-9]{1,2}$")]
"""A number of terms as the key of a table."""
LARGEST_ROUNDING = 0.02
MOST_PERCENT = 300.0
"""Largest change of pupils, activity or income, %: four times as much. Nothing can be less than nothing."""

MONTHS = tuple(str(m) for m in range(1, 13))
NCYS = tuple(str(n) for n in range(FIRST_NCY, LAST_NCY + 1))
AGE_BANDS = {"under_5": (-4, 0), "5_to_10": (1, 6), "11_to_15": (7, 11), "16_to_19": (12, 15), "20_to_25": (16, 20)}
"""DfE's age bands of the January census as first and last NCY.

A census age band is read on the age on 31 August before the school year (NCY = age - 4), so that "5 to 10" is Year 1 to Year 6;
the release does not state the basis (unverified).
"""


def check_keys(keys: Iterable[str], known: Iterable[str], name: str, *, complete: bool, at: str = "") -> None:
    """Raise a Finding where a key is unknown (naming the nearest) or, if ``complete``, where a known one is missing.

    ``at`` is the dotted path of the table within the model that checks.
    """
    known = tuple(known)
    given = set(keys)
    for key in sorted(given):
        if key not in known:
            mend = suggestion(key, known, "use one of these")
            raise Finding(f"unknown {name}", at=at, value=key, allowed=", ".join(known), mend=mend)
    missing = [key for key in known if key not in given]
    if complete and missing:
        raise Finding(
            f"the table lacks {name} {', '.join(missing)}", at=at, allowed=", ".join(known), mend="add it with its number"
        )


def first_repeated(words: Iterable[str]) -> str | None:
    """The first word that has come before, or None."""
    seen: set[str] = set()
    for word in words:
        if word in seen:
            return word
        seen.add(word)
    return None


def check_sum(shares: dict[str, float], at: str) -> None:
    """Raise a Finding where ``shares`` do not sum to 1, give or take what rounding leaves."""
    total = sum(shares.values())
    if abs(total - 1) > LARGEST_ROUNDING:
        raise Finding("the shares do not sum to 1", at=at, value=round(total, 4), allowed="a sum of 1", mend="change the shares")


def _keyed(known: Iterable[str], name: str, *, complete: bool = True) -> AfterValidator:
    def check(table: dict[str, T]) -> dict[str, T]:
        check_keys(table, known, name, complete=complete)
        return table

    return AfterValidator(check)


def some_weight(table: dict[str, float]) -> dict[str, float]:
    """The table, of which at least one weight is above 0; raises Finding."""
    if not any(table.values()):
        raise Finding("all weights are 0", mend="give at least one a weight above 0")
    return table


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _codes(known: tuple[str, ...], name: str) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    def check(codes: tuple[str, ...]) -> tuple[str, ...]:
        check_keys(codes, known, name, complete=False)
        if not codes:
            raise Finding(f"no {name} is named", allowed=", ".join(known), mend=f"name at least one {name}")
        if twice := first_repeated(codes):
            raise Finding(f"a {name} is named twice", value=twice, mend="name it once")
        return codes

    return check


def _one_of(known: tuple[str, ...], name: str) -> Callable[[str], str]:
    def check(code: str) -> str:
        check_keys((code,), known, name, complete=False)
        return code

    return check


NeedShares = Annotated[dict[str, Share], _keyed(NEEDS.codes, "need")]
NeedRates = Annotated[dict[str, Rate], _keyed(NEEDS.codes, "need")]
NcyShares = Annotated[dict[str, Share], _keyed(NCYS, "National Curriculum Year")]
SomeNcyRates = Annotated[dict[str, Rate], _keyed(NCYS, "National Curriculum Year", complete=False)]
SomeNcyShares = Annotated[dict[str, Share], _keyed(NCYS, "National Curriculum Year", complete=False)]
MonthWeights = Annotated[dict[str, NonNegative], _keyed(MONTHS, "month"), AfterValidator(some_weight)]
SettingCounts = Annotated[dict[str, Count], _keyed(SETTINGS.codes, "setting")]
SettingMoney = Annotated[dict[str, NonNegative], _keyed(SETTINGS.codes, "setting")]
CategoryPercents = Annotated[
    dict[str, Annotated[float, Field(ge=-100, le=MOST_PERCENT)]],
    Field(min_length=1),
    _keyed(DSG_CATEGORIES.codes, "DSG category", complete=False),
]
AgeBandCounts = Annotated[dict[str, Count], _keyed(AGE_BANDS, "age band")]
NeedSettingShares = Annotated[
    dict[str, Annotated[dict[str, Share], _keyed(SETTINGS.codes, "setting")]], _keyed(NEEDS.codes, "need")
]
NcySettingShares = Annotated[
    dict[str, Annotated[dict[str, Share], _keyed(SETTINGS.codes, "setting")]], _keyed(NCYS, "National Curriculum Year")
]
AreaShares = dict[Code, Share]
PhaseNeedShares = Annotated[dict[str, NeedShares], _keyed(PHASES.codes, "phase")]
Needs = Annotated[tuple[str, ...], BeforeValidator(_tuple), AfterValidator(_codes(NEEDS.codes, "need"))]
Phases = Annotated[tuple[str, ...], BeforeValidator(_tuple), AfterValidator(_codes(PHASES.codes, "phase"))]
POLICIES = ("longest_waiting", "nearest")
FIRST_GROUPS = ("in_care", "out_of_school")
Policy = Annotated[str, AfterValidator(_one_of(POLICIES, "matching policy"))]
"""Who is matched first at the placement panel."""
FirstGroups = Annotated[tuple[str, ...], BeforeValidator(_tuple), AfterValidator(_codes(FIRST_GROUPS, "group of children"))]
"""Groups of children whom the placement panel takes first."""
Settings = Annotated[tuple[str, ...], BeforeValidator(_tuple), AfterValidator(_codes(SETTINGS.codes, "setting"))]
SettingCode = Annotated[str, AfterValidator(_one_of(SETTINGS.codes, "setting"))]
_Bands = Annotated[dict[Code, Share], Field(min_length=1), AfterValidator(some_weight)]
BandShares = Annotated[dict[str, _Bands], _keyed(SETTINGS.codes, "setting", complete=False)]
BandWeights = Annotated[
    dict[str, Annotated[dict[Code, NonNegative], Field(min_length=1), AfterValidator(some_weight)]],
    _keyed(SETTINGS.codes, "setting", complete=False),
]
AreaCodes = Annotated[tuple[Code, ...], BeforeValidator(_tuple), Field(min_length=1)]
