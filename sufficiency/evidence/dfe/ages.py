"""Ages of plans, new plans and leavers: single years from what the release gives, in groups or not at all.

Ages are mapped to National Curriculum Years as in the scenarios: a plan counted on the January census at age a is in NCY a - 4
(the release does not say on which day age is taken; see ``AGE_BANDS`` in the scenario's tables).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sufficiency.evidence.dfe.cells import OLDEST
from sufficiency.evidence.dfe.published import ENGLAND, ByAge, Published

AGES = np.arange(OLDEST + 1)
FIRST_NCY, LAST_NCY = -4, 20

WITHIN_PLANS = np.array(
    [0, 1, 4, 20, 75, 85, 92, 98, 104, 110, 115, 120, 120, 119, 117, 113, 105, 92, 70, 48, 33, 23, 15, 9, 5, 1], dtype=np.float64
)
"""Assumed weights of ages 0 to 25 within the groups of plans that a release gives: few before school, fewer after 19."""
WITHIN_NEW = np.array(
    [0, 0, 10, 35, 100, 80, 55, 50, 50, 50, 50, 60, 45, 42, 40, 35, 30, 15, 6, 3, 2, 1, 1, 0.5, 0.5, 0], dtype=np.float64
)
"""The same within the groups of new plans."""
CEASING_SHAPE = np.array([1.0] * 16 + [3.0, 6.0, 20.0, 35.0] + [50.0] * 5 + [100.0])
"""Assumed relative chances of leaving at ages 0 to 25 where no release gives leavers by age: seldom at school, often from 18."""

Shares = NDArray[np.float64]


def single_years(groups: ByAge, within: Shares) -> Shares:
    """Counts by single year of age, shape (26,): each group parted by the weights ``within``, evenly where it has none."""
    counts = np.zeros(AGES.size)
    for (first, last), count in groups.items():
        span = slice(first, min(last, OLDEST) + 1)
        weights = within[span] if within[span].sum() > 0 else np.ones_like(within[span])
        counts[span] += count * weights / weights.sum()
    return counts


def latest(published: Published, measure: str, name: str) -> ByAge | None:
    """The latest groups by age of a measure that count anybody; None where there are none."""
    by_year = published.ages(measure, name)
    return next((by_year[year] for year in sorted(by_year, reverse=True) if sum(by_year[year].values()) > 0), None)


def ceasing(published: Published) -> Shares:
    """England's chances of leaving by age in a year, shape (26,), from leavers by age; assumed shape where none are given.

    Leavers at age a (those who moved to another authority apart) over the plans of that age in the Januaries before and after, or
    in whichever of the two is given, pooled over the years given.
    """
    left, held = np.zeros(AGES.size), np.zeros(AGES.size)
    stocks = published.ages("plans", ENGLAND)
    moved = published.ages("transferred", ENGLAND)
    for year, groups in published.ages("ceased", ENGLAND).items():
        near = [single_years(stocks[y], WITHIN_PLANS) for y in (year, year + 1) if y in stocks]
        if near:
            left += single_years(groups, WITHIN_PLANS) - single_years(moved.get(year, {}), WITHIN_PLANS)
            held += np.mean(near, axis=0)
    if not held.any():
        assumed: Shares = CEASING_SHAPE / CEASING_SHAPE.max()
        return assumed
    of_all = left.sum() / held.sum()
    # A handful of children at an age says little: each age counts for ten more at the mean rate of all.
    chances: Shares = np.clip((left + 10 * of_all) / (held + 10), 0.0, 1.0)
    return chances


def by_ncy_of_plans(groups: ByAge) -> Shares:
    """Shares of plans by NCY -4 to 20, shape (25,), from ages on the census."""
    return _by_ncy(single_years(groups, WITHIN_PLANS), {4: 1.0})


def by_ncy_of_requests(groups: ByAge) -> Shares:
    """Shares of requests by NCY at request, shape (25,), from the ages at which new plans started.

    Half a year lies between the two, and age is taken on the day and NCY on 31 August before: of those whose plan starts at
    age a an eighth were in NCY a - 6 at request, three quarters in a - 5 and an eighth in a - 4 (birthdays and requests even).
    """
    return _by_ncy(single_years(groups, WITHIN_NEW), {6: 0.125, 5: 0.75, 4: 0.125})


def by_ncy_of_chances(chances: Shares) -> Shares:
    """Chances by age as chances by NCY -4 to 20, shape (25,); from age 25 on they are the last."""
    return np.array([chances[min(max(ncy + 4, 0), OLDEST)] for ncy in range(FIRST_NCY, LAST_NCY + 1)])


def _by_ncy(counts: Shares, shift: Mapping[int, float]) -> Shares:
    shares = np.zeros(LAST_NCY - FIRST_NCY + 1)
    for years, weight in shift.items():
        np.add.at(shares, np.clip(AGES - years, FIRST_NCY, LAST_NCY) - FIRST_NCY, weight * counts)
    total = shares.sum()
    result: Shares = shares / total if total > 0 else shares
    return result
