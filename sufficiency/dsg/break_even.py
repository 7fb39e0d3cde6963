"""How many fewer pupils in a provision would balance a year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sufficiency.domain.dictionaries import CATEGORY_OF_SETTING, DSG_CATEGORIES, SETTINGS
from sufficiency.domain.problem import InputProblem, suggestion
from sufficiency.dsg.account import draw_up
from sufficiency.dsg.balances import check_year
from sufficiency.dsg.basis import Basis
from sufficiency.dsg.changes import NOTHING, Changes
from sufficiency.dsg.interventions import Move
from sufficiency.dsg.prices import Array
from sufficiency.dsg.sensitivity import changes_of
from sufficiency.scenario.tables import MOST_PERCENT

PROVISIONS = ("mainstream", "resourced", "special", "independent", "alternative", "post_16")
"""Categories whose pupils can be fewer."""


@dataclass(frozen=True)
class BreakEven:
    """The change of pupil numbers in one category at which the mean in-year balance of a year is nothing."""

    category: str
    financial_year: str
    instead: str | None
    """Setting in which the pupils are educated instead; None where nothing is paid for them elsewhere."""
    pupils: float
    """Mean pupil-years in the category in that year."""
    balance: float
    """Mean in-year balance as it is, £."""
    with_none: float
    """Mean in-year balance without any pupil in the category, £."""
    fewer: float | None
    """Share of the pupils fewer at which the mean balance is nothing (negative: more); None where no number reaches it."""
    possible: float
    """Share of the futures in which some number of pupils fewer balances the year."""
    range: tuple[float, float] | None
    """p10 and p90 of the pupils fewer over those futures; None where there are none."""

    @property
    def pupils_fewer(self) -> float | None:
        """Pupil-years fewer; negative where there may be more."""
        return None if self.fewer is None else self.fewer * self.pupils


def break_even(
    found: Basis, category: str, financial_year: str, *, mitigated: bool, instead: str | None = None, base: Changes = NOTHING
) -> BreakEven:
    """The break-even number of pupils in a ``category`` in a year, by root finding (Brent) on the mean in-year balance.

    Raises InputProblem for a category without pupils, and for a year or setting that the account does not have.
    """
    from scipy.optimize import brentq

    check_provision(category)
    check_year(found.financial_years, financial_year)
    if instead is not None:
        _check_setting(instead)
    at = found.financial_years.index(financial_year)
    balance = _with_fewer(found, category, at, mitigated, instead, base)
    here, none = balance(0.0), balance(1.0)
    settings = [SETTINGS.index(setting) for setting, its in CATEGORY_OF_SETTING.items() if its == category]
    pupils = draw_up(found, mitigated=mitigated, changes=base).pupil_years[:, at][:, settings].sum(axis=1)
    more = 1 + base.pupils.get(category, 0.0) / 100
    # Each future's balance is a straight line in the pupils but for the sampling of fees, which moves it little.
    slope = none - here
    share = np.divide(-here, slope, out=np.full_like(here, np.inf), where=np.abs(slope) > 1e-9)
    reached = (share > 0) & (share <= 1)
    fewer = (share * pupils)[reached]
    # Pupils may be more as far as changes go; those who are educated elsewhere can only be fewer.
    low, high = 0.0 if instead else 1 - (1 + MOST_PERCENT / 100) / more, 1.0
    mean = {end: float(balance(end).mean()) for end in (low, high)}
    root = None if mean[low] * mean[high] > 0 else float(brentq(lambda x: float(balance(x).mean()), low, high, xtol=1e-10))
    return BreakEven(
        category=category,
        financial_year=financial_year,
        instead=instead,
        pupils=float(pupils.mean()),
        balance=float(here.mean()),
        with_none=float(none.mean()),
        fewer=root,
        possible=float(reached.mean()),
        range=(float(np.quantile(fewer, 0.1)), float(np.quantile(fewer, 0.9))) if fewer.size else None,
    )


def _with_fewer(
    found: Basis, category: str, at: int, mitigated: bool, instead: str | None, base: Changes
) -> Callable[[float], Array]:
    """The in-year balance of every future, [future], by the share of the category's pupils that are fewer."""
    leaving = [setting for setting, its in CATEGORY_OF_SETTING.items() if its == category and setting != instead]

    def balance(share: float) -> Array:
        if instead is None:
            changes = changes_of("pupil numbers", category, -100 * share, base)
            return np.asarray(draw_up(found, mitigated=mitigated, changes=changes).in_year_balance[:, at])
        policy = found.policy if mitigated else found.neutral
        moves = tuple(Move(setting, instead, np.full(found.normals.shape, share)) for setting in leaving)
        moved = replace(policy, moves=(*policy.moves, *moves))
        here = replace(found, policy=moved, neutral=moved)
        return np.asarray(draw_up(here, mitigated=mitigated, changes=base).in_year_balance[:, at])

    return balance


def check_provision(category: str, where: str = "") -> None:
    """Raise InputProblem where a category is none whose pupils can be fewer."""
    if category not in PROVISIONS:
        raise InputProblem(
            "the category is no provision with pupils" if category in DSG_CATEGORIES else "unknown category",
            where=where,
            value=category,
            allowed=", ".join(PROVISIONS),
            mend=suggestion(category, PROVISIONS, "use one of these"),
            field="category",
        )


def _check_setting(setting: str) -> None:
    if setting not in SETTINGS:
        raise InputProblem(
            "unknown setting",
            value=setting,
            allowed=", ".join(SETTINGS.codes),
            mend=suggestion(setting, SETTINGS.codes, "use one of these"),
            field="instead",
        )
