"""What the tables say of one authority, or of England, around a January census, as arrays.

Where a table gives no ages by setting, an assumed shape says which settings serve which NCY; where it gives no needs there is
one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sufficiency.evidence.dfe.ages import WITHIN_NEW, WITHIN_PLANS
from sufficiency.evidence.dfe.placed import NEW, STOCK, Placed
from sufficiency.evidence.dfe.published import ENGLAND, ByAge, Published
from sufficiency.experiment.published_rates.arrays import (
    AGES,
    NCYS,
    SETTING,
    Numbers,
    by_need,
    by_single_age,
    ncy_of_ages,
    position,
    raked,
    recorded,
    scaled,
    share_not_recorded,
)

MOST_NOT_RECORDED = 0.1
"""Share of placements not recorded beyond which a census, or a year's new plans, says nothing of settings."""

NEED_TABLE_BEHIND = 1
"""Years by which ages of new plans in the table by need lie behind those on the census: in 2024 it has 17,696 at age 3, 9,562 at
4 and 4,006 at 11, where the table by age at start has 2,134, 13,245 and 8,126, and England's balance 18,086 in Reception, 9,557
in Year 1 and 4,077 in Year 8. Read so, the two agree at every NCY from 0 to 12 within 5 %."""


def _assumed() -> Numbers:
    """Assumed weights of settings by NCY, (NCYs, settings), where no release gives settings by age: what each is for by law."""
    weights = np.zeros((NCYS.size, len(SETTING)))
    school, sixth_form, adult = (NCYS >= 0) & (NCYS <= 11), (NCYS >= 12) & (NCYS <= 14), NCYS >= 15
    for setting, before, at_school, after, later in (
        ("mainstream", 0.3, 1.0, 0.15, 0.02),
        ("resourced", 0.1, 1.0, 0.05, 0.0),
        ("special", 0.2, 1.0, 0.6, 0.05),
        ("independent", 0.1, 1.0, 0.6, 0.1),
        ("alternative", 0.1, 1.0, 0.2, 0.02),
        ("further_education", 0.0, 0.0, 1.0, 1.0),
        ("early_years", 1.0, 0.0, 0.0, 0.0),
        ("elsewhere", 0.3, 0.3, 1.0, 1.0),
    ):
        weights[:, SETTING[setting]] = before * (NCYS < 0) + at_school * school + after * sixth_form + later * adult
    weights[NCYS == 0, SETTING["early_years"]] = 0.05
    return weights


ASSUMED_SETTINGS = _assumed()


@dataclass(frozen=True, eq=False)
class Stock:
    """Plans on a January census."""

    year: int
    table: Numbers
    """(needs, NCYs, settings)."""
    settings_by_age: bool
    """Whether the tables give settings by age; otherwise the shape is assumed, or that of another census."""
    by_need: bool
    """Whether the tables give needs."""


def groups_by_age(placed: Placed, published: Published, measure: str, name: str, year: int) -> ByAge:
    """Counts by first and last age; empty where none are given."""
    given = published.ages(measure, name).get(year)
    if given and sum(given.values()) > 0:
        return dict(given)
    split = placed.by_age.get(measure, {}).get(name, {}).get(year, {})
    return {ages: round(float(counts.sum())) for ages, counts in split.items()}


def settings_of(placed: Placed, measure: str, name: str, year: int) -> Numbers | None:
    """Counts by setting of a year, those not recorded spread; None where too many are not recorded, or none is given."""
    split = placed.by_age.get(measure, {}).get(name, {}).get(year)
    counts = (
        sum(split.values(), np.zeros(len(SETTING) + 1)) if split else placed.by_setting.get(measure, {}).get(name, {}).get(year)
    )
    if counts is None or share_not_recorded(counts) > MOST_NOT_RECORDED:
        return None
    return recorded(counts)


def settings_by_ncy(placed: Placed, name: str, year: int, total: float) -> Numbers | None:
    """Plans on a census by NCY and setting, (NCYs, settings), those not recorded spread within each age; None as above."""
    split = placed.by_age.get(STOCK, {}).get(name, {}).get(year)
    if not split or settings_of(placed, STOCK, name, year) is None:
        return None
    return scaled(ncy_of_ages(by_single_age({ages: recorded(counts) for ages, counts in split.items()}, WITHIN_PLANS)), total)


def needs_of(placed: Placed, measure: str, name: str, year: int) -> tuple[Numbers, Numbers] | None:
    """Counts by single age and need (26, needs), and by need and setting (needs, settings); None where none are given."""
    ages = placed.needs_by_age.get(measure, {}).get(name, {}).get(year)
    settings = placed.needs_by_setting.get(measure, {}).get(name, {}).get(year)
    if not ages or settings is None:
        return None
    return by_single_age(ages, WITHIN_PLANS if measure == STOCK else WITHIN_NEW), recorded(settings)


def total_of(published: Published, measure: str, name: str, year: int) -> float | None:
    """An authority's count of a year; None where none is given."""
    found = published.series(measure, name).get(year)
    return None if found is None else float(found)


def national_stock(placed: Placed, published: Published, year: int) -> Stock | None:
    """England's plans on a census; None where the tables do not count them."""
    found = _national_table(placed, published, year, ASSUMED_SETTINGS)
    if found is None:
        return None
    table, detailed = found
    needs = needs_of(placed, STOCK, ENGLAND, year)
    if needs is None:
        return Stock(year, table[None], detailed, False)
    return Stock(year, by_need(table, ncy_of_ages(needs[0]), needs[1]), detailed, True)


def earlier_stock(placed: Placed, published: Published, after: Stock) -> Stock | None:
    """England's plans a year before ``after``, needs as in it: within an NCY and setting they are taken to be the same."""
    year = after.year - 1
    found = _national_table(placed, published, year, after.table.sum(axis=0))
    if found is None:
        return None
    table, detailed = found
    of_after, of_all = after.table.sum(axis=0), after.table.sum(axis=(1, 2))
    needs = np.broadcast_to((of_all / of_all.sum())[:, None, None], after.table.shape).copy()
    needs = np.divide(after.table, of_after[None], out=needs, where=of_after[None] > 0)
    return Stock(year, needs * table, detailed, after.by_need)


def _national_table(placed: Placed, published: Published, year: int, kernel: Numbers) -> tuple[Numbers, bool] | None:
    """England's plans by NCY and setting on a census; and whether published so, else ``kernel`` raked to the margins."""
    total = total_of(published, STOCK, ENGLAND, year)
    if total is None:
        return None
    table = settings_by_ncy(placed, ENGLAND, year, total)
    if table is not None:
        return table, True
    table = _from_margins(placed, published, ENGLAND, year, total, kernel)
    return None if table is None else (table, False)


def _from_margins(
    placed: Placed, published: Published, name: str, year: int, total: float, kernel: Numbers, settings_year: int | None = None
) -> Numbers | None:
    """Plans by NCY and setting raked from totals by setting and, where given, by groups of ages; None without settings."""
    settings = settings_of(placed, STOCK, name, settings_year or year)
    if settings is None:
        return None
    groups = groups_by_age(placed, published, STOCK, name, year)
    if groups:
        parted = {ages: np.array(float(count)) for ages, count in groups.items()}
        ages = ncy_of_ages(by_single_age(parted, WITHIN_PLANS))
    else:
        ages = kernel.sum(axis=1)
    return raked(kernel, [(1, scaled(ages, total)), (0, scaled(settings, total))])


def local_stock(placed: Placed, published: Published, name: str, year: int, national: Numbers) -> Stock | None:
    """An authority's plans on a census: England's table raked to what is published of the authority.

    Where too many of its placements are not recorded, the settings of the last census at which they were stand in, scaled.
    """
    total = total_of(published, STOCK, name, year)
    if total is None:
        return None
    kernel = national.sum(axis=0)
    table = settings_by_ncy(placed, name, year, total)
    detailed = table is not None
    if table is None:
        known = [y for y in range(year, year - 4, -1) if settings_of(placed, STOCK, name, y) is not None]
        if not known:
            return None
        table = _from_margins(placed, published, name, year, total, kernel, known[0])
    if table is None:
        return None
    needs = needs_of(placed, STOCK, name, year) if len(national) > 1 else None
    if needs is None:
        ratio = np.divide(table, kernel, out=np.zeros(table.shape), where=kernel > 0)
        return Stock(year, scaled(national * ratio, total), detailed, False)
    margins = by_need(table, ncy_of_ages(needs[0]), needs[1])
    # England's table says what the authority's three margins leave open.
    whole = raked(national + 1e-9, [(1, margins.sum(axis=1)), (2, margins.sum(axis=2)), (0, table)])
    return Stock(year, whole, detailed, True)


def new_plans(placed: Placed, published: Published, name: str, year: int) -> Numbers | None:
    """New plans of a calendar year by age at start and setting at start, (26, settings); None where they are not given."""
    total = total_of(published, NEW, name, year)
    groups = groups_by_age(placed, published, NEW, name, year)
    settings = settings_of(placed, NEW, name, year)
    if total is None or not groups or settings is None:
        return None
    if split := placed.by_age.get(NEW, {}).get(name, {}).get(year):
        return scaled(by_single_age({ages: recorded(counts) for ages, counts in split.items()}, WITHIN_NEW), total)
    ages = by_single_age({ages: np.array(float(count)) for ages, count in groups.items()}, WITHIN_NEW)
    shape = ASSUMED_SETTINGS[np.clip(AGES - 4 - NCYS[0], 0, NCYS.size - 1)]
    return scaled(raked(shape, [(1, ages), (0, scaled(settings, float(ages.sum())))]), total)


def new_plans_by_need(placed: Placed, name: str, year: int, table: Numbers) -> Numbers | None:
    """New plans by NCY at the census after and setting, (NCYs, settings), by need too; None where no needs are given.

    Their table by need counts ages a year behind those of the census (:data:`NEED_TABLE_BEHIND`).
    """
    needs = needs_of(placed, NEW, name, year)
    if needs is None:
        return None
    by_ncy = np.zeros((NCYS.size, needs[0].shape[1]))
    np.add.at(by_ncy, [position(int(age) - 4 + NEED_TABLE_BEHIND) for age in AGES], needs[0])
    return by_need(table, by_ncy, needs[1])
