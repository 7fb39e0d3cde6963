"""Rows of the DSG management plan's pupil tables: plans on the January census by category and age group, and by need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.calendar import academic_year_label
from sufficiency.domain.dictionaries import (
    AGE_GROUPS,
    CATEGORY_OF_SETTING,
    DSG_CATEGORIES,
    FIRST_NCY,
    NEEDS,
    SETTINGS,
    Dictionary,
)
from sufficiency.experiment.run import Run
from sufficiency.report.returns.bands import bands
from sufficiency.report.returns.rounding import controlled, nearest, table_sums
from sufficiency.scenario.tables import AGE_BANDS

ALL = "all"
Row = dict[str, Any]


def dsg_pupils(runs: dict[str, Run]) -> Iterator[Row]:
    """Rows of ``dsg-pupils.csv`` for the runs by version (unmitigated, mitigated): every census, category and group.

    Each category is cut by age group and by need, and given whole (group ``all``); category ``all`` is their sum.
    """
    for version, run in runs.items():
        by_age, by_need = pupils_by_category(run)
        whole_age, whole_need = rounded(by_age.mean(axis=0), by_need.mean(axis=0))
        opening = run.scenario.calendar.census_weeks[:1] == (0,)
        for at, census in enumerate(run.scenario.calendar.census_years):
            status = "actual" if opening and at == 0 else "forecast"
            head = {"version": version, "census": census, "academic_year": academic_year_label(census - 1), "status": status}
            yield from _year(head, "age", AGE_GROUPS, by_age[:, at], whole_age[at])
            yield from _year(head, "need", NEEDS, by_need[:, at], whole_need[at])


def pupils_by_category(run: Run) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Plans by age group and category, and by need and category; shapes (futures, censuses, groups, categories).

    Age groups are DfE's of the January census: the age on 31 August before the school year (NCY + 4).
    """
    caseload = run.tallies["caseload_by_ncy"]
    categories = np.zeros((*caseload.shape[:4], len(DSG_CATEGORIES)), dtype=np.int64)
    for setting, category in CATEGORY_OF_SETTING.items():
        categories[..., DSG_CATEGORIES.index(category)] += caseload[..., SETTINGS.index(setting)]
    ncy = categories.sum(axis=2)
    ages = [ncy[:, :, first - FIRST_NCY : last - FIRST_NCY + 1].sum(axis=2) for first, last in AGE_BANDS.values()]
    by_age: NDArray[np.int64] = np.stack(ages, axis=2)
    by_need: NDArray[np.int64] = categories.sum(axis=3)
    return by_age, by_need


def rounded(
    by_age: NDArray[np.float64], by_need: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
    """Both tables of each year (censuses, groups, categories) rounded together: a category's total is the same in both."""
    ages, kinds = by_age.shape[1:]
    needs = by_need.shape[1]
    split = ages * kinds
    of_age, of_need = table_sums(ages, kinds), [positions + split for positions in table_sums(needs, kinds)]
    equal = list(zip(of_age[ages:], of_need[needs:], strict=True))
    one, other = [], []
    for age, need in zip(by_age, by_need, strict=True):
        cells = np.concatenate([age.ravel(), need.ravel()])
        found = controlled(cells, [*of_age, *of_need], equal=equal, total=2 * nearest(age.sum()))
        one.append(found[:split].reshape(ages, kinds))
        other.append(found[split:].reshape(needs, kinds))
    return np.array(one), np.array(other)


def _year(head: Row, cut_by: str, groups: Dictionary, futures: NDArray[Any], whole: NDArray[np.int64]) -> Iterator[Row]:
    """Rows of one census and cut; ``futures`` has shape (futures, groups, categories) and ``whole`` (groups, categories).

    The totals of categories are written once, with the cut by age.
    """
    with_all = np.concatenate([futures, futures.sum(axis=1, keepdims=True)], axis=1)
    with_all = np.concatenate([with_all, with_all.sum(axis=2, keepdims=True)], axis=2)
    shown = np.pad(whole, ((0, 1), (0, 1)))
    shown[-1] = shown.sum(axis=0)
    shown[:, -1] = shown.sum(axis=1)
    band = bands(with_all)
    codes, labels = (*groups.codes, ALL), (*(entry.label for entry in groups), "All")
    for category in (*DSG_CATEGORIES.codes, ALL):
        column = len(DSG_CATEGORIES) if category == ALL else DSG_CATEGORIES.index(category)
        named = {"category": category, "category_label": "All" if category == ALL else DSG_CATEGORIES.label(category)}
        for at, (code, label) in enumerate(zip(codes, labels, strict=True)):
            if code == ALL and cut_by == "need":
                continue
            group = {"cut_by": "none" if code == ALL else cut_by, "group": code, "group_label": label}
            yield {**head, **named, **group, "pupils": int(shown[at, column]), **band.at(at, column)}
