"""Published counts as arrays by primary need, NCY and setting.

A plan counted on the January census at age a is in NCY a - 4: settings change at 11 and 16 without a trace at 10 and 15, so the
ages of stocks are those on 31 August before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEEDS, SETTINGS
from sufficiency.evidence.dfe.cells import OLDEST, Ages

Numbers = NDArray[np.float64]
FIRST_NCY, LAST_NCY = -2, 21
"""Ages 2 and under, which releases give together, to 25."""
NCYS = np.arange(FIRST_NCY, LAST_NCY + 1)
AGES = np.arange(OLDEST + 1)
SETTING = {code: at for at, code in enumerate(SETTINGS.codes)}
SPECIALIST = [SETTING[code] for code in ("resourced", "special", "independent")]
ALL_NEEDS = "ALL"
"""The need of rates from tables that give none."""
_ROUNDS = 100


def position(ncy: int) -> int:
    """Position of an NCY on the axis of NCYs; those beyond its ends count at its ends."""
    return min(max(ncy, FIRST_NCY), LAST_NCY) - FIRST_NCY


def ncy_of_ages(by_age: Numbers) -> Numbers:
    """Counts by age on the census, axis 0 of length 26, as counts by NCY, axis 0 of length 24."""
    found = np.zeros((NCYS.size, *by_age.shape[1:]))
    np.add.at(found, [position(int(age) - 4) for age in AGES], by_age)
    return found


def recorded(counts: Numbers) -> Numbers:
    """Counts by setting and, last, not recorded (..., settings + 1) with the latter spread in proportion: (..., settings)."""
    by_setting, total = counts[..., :-1], counts.sum(axis=-1, keepdims=True)
    known = by_setting.sum(axis=-1, keepdims=True)
    spread: Numbers = by_setting * np.divide(total, known, out=np.zeros(total.shape), where=known > 0)
    return spread


def share_not_recorded(counts: Numbers) -> float:
    """Share of plans without a recorded placement among counts by setting and not recorded."""
    total = float(counts.sum())
    return float(counts[..., -1].sum()) / total if total > 0 else 1.0


def by_single_age(groups: Mapping[Ages, Numbers], within: Numbers) -> Numbers:
    """Counts by age 0 to 25, (26, ...): groups of several ages are parted by the weights ``within``."""
    first = next(iter(groups.values()))
    found = np.zeros((AGES.size, *np.shape(first)))
    for (low, high), counts in groups.items():
        span = slice(low, min(high, OLDEST) + 1)
        weights = within[span] if within[span].sum() > 0 else np.ones_like(within[span])
        found[span] += np.multiply.outer(weights / weights.sum(), counts)
    return found


def scaled(counts: Numbers, total: float) -> Numbers:
    """``counts`` in proportion, with the sum ``total``."""
    whole = counts.sum()
    return counts * (total / whole) if whole > 0 else counts


def raked(kernel: Numbers, margins: Sequence[tuple[int | tuple[int, ...], Numbers]], rounds: int = _ROUNDS) -> Numbers:
    """``kernel`` fitted to margins, each the sum over an axis or axes, by iterative proportional fitting.

    What the margins do not say stays as in the kernel: no interaction of higher order is added. The last margin is met exactly.
    """
    table = kernel.astype(np.float64)
    for _ in range(rounds):
        for axes, target in margins:
            now = table.sum(axis=axes)
            ratio = np.divide(target, now, out=np.zeros(np.shape(target)), where=now > 0)
            table = table * np.expand_dims(ratio, axes)
    return table


def by_need(table: Numbers, needs_by_age: Numbers | None, needs_by_setting: Numbers | None) -> Numbers:
    """A table (ages, settings) by need too: (needs, ages, settings).

    ``needs_by_age`` (ages, needs) and ``needs_by_setting`` (needs, settings) are the published margins; without them there is one
    need. The three margins have no interaction of all three.
    """
    if needs_by_age is None or needs_by_setting is None:
        return table[None]
    rows = table.sum(axis=1, keepdims=True)
    ages = needs_by_age + 1e-9  # an age whose needs are not given has those of nobody in particular
    ages = ages / ages.sum(axis=1, keepdims=True) * rows
    settings = raked(needs_by_setting + 1e-9, [(1, ages.sum(axis=0)), (0, table.sum(axis=0))])
    kernel = np.ones((len(NEEDS), *table.shape))
    return raked(kernel, [(1, settings), (2, ages.T), (0, table)])
