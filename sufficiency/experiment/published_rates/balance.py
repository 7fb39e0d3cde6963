"""England's balance from one January census to the next: who left, who joined, and how many must have changed setting.

By NCY and setting: plans of the January before, less leavers, and new plans, with net moves between settings, are the plans of
the January after. Only net moves follow from that: where a setting loses and others gain, its losers are spread over those in
proportion. The gross moves back from special schools to mainstream, which releases to 2022 count, are laid on both directions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sufficiency.evidence.dfe.ages import CEASING_SHAPE
from sufficiency.evidence.dfe.cells import OLDEST, Ages
from sufficiency.evidence.dfe.placed import STOCK, Placed
from sufficiency.evidence.dfe.published import ENGLAND, ByAge, Published
from sufficiency.experiment.published_rates.arrays import (
    AGES,
    NCYS,
    SETTING,
    SPECIALIST,
    Numbers,
    ncy_of_ages,
    position,
    raked,
    scaled,
)
from sufficiency.experiment.published_rates.sources import (
    Stock,
    earlier_stock,
    national_stock,
    new_plans,
    new_plans_by_need,
    total_of,
)

PART_OF_YEAR = 0.5
"""Share of a year's moves that a plan issued within it still meets: issued evenly over the year."""
PART_AT_TRANSFER = 2 / 3
"""The same where most moves come in September: at Reception, Year 7, Year 12 and 19."""
TRANSFERS = (-1, 6, 11, 14)
"""NCYs in January after which a school's phase ends in the summer."""
LAST_SCHOOL_NCY = 10
"""The last NCY in January from which moves into specialist settings are taken as need that arises: Year 11 follows."""
MOST_MOVE = 0.9999
"""Largest share of a setting that is taken to move in a year, so that a hazard stays finite."""
LEAVERS_AGE_LATER = 5
"""A plan that ends at age a ends for a child of NCY a - 5 in the January before: most end with the school year, when nearly all
have had the birthday since. England's stocks by age of January 2024 and 2025 bear that out."""
STARTERS = {-1: 1 / 18, 0: 13 / 18, 1: 2 / 9}
"""Where plans that start at an age, evenly over the calendar year and birthdays, are at the January census after: age on the
31 August before, less the age at start. Used where the census gives no single ages."""


@dataclass(frozen=True, eq=False)
class Nation:
    """England between two January censuses. Axes: needs, NCYs (24), settings (8); a transition is placed at the NCY before it."""

    before: Stock
    after: Stock
    new: Numbers
    """New plans by need, NCY at the census after, and setting at start."""
    new_by_age: Numbers
    """New plans by age at start: (ages,)."""
    starts: Numbers
    """Where new plans of each age at start are at the census: shares over NCYs, (NCYs, ages)."""
    leavers: Numbers
    """Plans that ended, by NCY at the census before: (NCYs,)."""
    transfers_out: Numbers
    """Of those, who moved to another authority."""
    transfers_in: Numbers
    """What balances the plans by NCY at the census after: those who came from another authority, and revisions."""
    flows: Numbers
    """Moves between settings by NCY at the census before, (NCYs, from, to): net ones, and the gross moves back."""
    exposed: Numbers
    """Children who could have moved, by need, NCY before and setting: those who stayed, and a part of the new plans."""
    step_down: float
    """Share of special schools' children a year who go back to mainstream; 0 where no table counts them."""
    detailed: bool
    """Whether leavers, new plans and the plans at the later census are published by age; otherwise their shapes are assumed."""

    @property
    def leave(self) -> Numbers:
        """Chance of leaving by NCY at the census before, transfers out included: (NCYs,)."""
        return _ratio(self.leavers, self.before.table.sum(axis=(0, 2)))

    @property
    def leave_without_transfers(self) -> Numbers:
        """The same without those who moved to another authority."""
        return _ratio(self.leavers - self.transfers_out, self.before.table.sum(axis=(0, 2)))


def nation(placed: Placed, published: Published, census: int) -> Nation | None:
    """England's balance of the year to January ``census``; None where plans, new plans or leavers are not given."""
    after = national_stock(placed, published, census)
    before = earlier_stock(placed, published, after) if after else None
    plans = new_plans(placed, published, ENGLAND, census - 1)
    if after is None or before is None or plans is None:
        return None
    by_age = plans.sum(axis=1)
    left = _leavers(placed, published, before, after, float(plans.sum()), by_age)
    if left is None:
        return None
    leavers, transfers, ages_given = left
    detailed = after.settings_by_age and ages_given
    came = max(float(after.table.sum() - before.table.sum() - plans.sum() + leavers.sum()), 0.0)
    starts, arriving = _starts(before, after, leavers, transfers, by_age, came, detailed)
    joined = _at_ncys(plans, starts, after.table.sum(axis=0))
    new = new_plans_by_need(placed, ENGLAND, census - 1, joined) if after.by_need else None
    if new is None:  # without needs of both plans and new plans there are none
        new = joined[None]
        after, before = (Stock(one.year, one.table.sum(axis=0)[None], one.settings_by_age, False) for one in (after, before))
    step_down = _step_down(placed, census)
    survivors = before.table * (1 - _ratio(leavers, before.table.sum(axis=(0, 2))))[None, :, None]
    flows, exposed = _moves(survivors, new, after.table, arriving, step_down)
    return Nation(before, after, new, by_age, starts, leavers, transfers, arriving, flows, exposed, step_down, detailed)


def part_of_year() -> Numbers:
    """Share of a year's moves that new plans still meet, by NCY before: (NCYs,)."""
    return np.where(np.isin(NCYS, TRANSFERS), PART_AT_TRANSFER, PART_OF_YEAR)


def ncys_of_leavers(ages: Ages) -> slice:
    """Positions of the NCYs in the January before whose children leave at these ages; the oldest have no age above them."""
    low, high = ages
    last = NCYS.size - 1 if high >= OLDEST else position(high - LEAVERS_AGE_LATER)
    return slice(position(low - LEAVERS_AGE_LATER), last + 1)


def leavers_by_ncy(groups: ByAge, fall: Numbers) -> Numbers:
    """Plans that ended by NCY in the January before, (NCYs,); within a group of ages as each cohort's plans fell in the year."""
    found = np.zeros(NCYS.size)
    for ages, count in groups.items():
        at = ncys_of_leavers(ages)
        found[at] += scaled(np.maximum(fall[at], 1e-9), float(count))
    return found


def _leavers(
    placed: Placed, published: Published, before: Stock, after: Stock, new: float, starts: Numbers
) -> tuple[Numbers, Numbers, bool] | None:
    """Leavers and those who moved to another authority by NCY before, and whether their ages are published."""
    year, plans = before.year, before.table.sum(axis=(0, 2))
    total, moved = (total_of(published, measure, ENGLAND, year) for measure in ("ceased", "transferred"))
    ceased = published.ages("ceased", ENGLAND).get(year)
    if total is not None and ceased:
        fall = plans.copy()
        fall[:-1] += ncy_of_ages(starts)[1:] - after.table.sum(axis=(0, 2))[1:]
        leavers = _up_to(scaled(leavers_by_ncy(ceased, fall), total), plans)
        transfers = leavers_by_ncy(published.ages("transferred", ENGLAND).get(year, {}), fall)
        return leavers, scaled(transfers, float(transfers.sum()) if moved is None else moved), True
    if total is None:
        discontinued = placed.flows.get("discontinued", {}).get(ENGLAND, {}).get(year)
        total = plans.sum() + new - after.table.sum() if discontinued is None else float(discontinued)
    # Nobody's age at moving away is published by then: at every age alike.
    transfers = scaled(plans, min(moved or 0.0, total))
    others = scaled(plans * CEASING_SHAPE[np.minimum(NCYS + LEAVERS_AGE_LATER, OLDEST)], max(total - transfers.sum(), 0.0))
    return _up_to(transfers + others, plans), transfers, False


def _up_to(leavers: Numbers, plans: Numbers) -> Numbers:
    """At most everybody leaves; who is 25 does. What is over is spread over the NCYs below."""
    found = np.minimum(leavers, plans)
    found[-1] = plans[-1]
    over = leavers.sum() - found.sum()
    room = np.where(NCYS >= LAST_SCHOOL_NCY + 3, plans - found, 0.0)
    room[-1] = 0.0
    return np.maximum(found + scaled(room, 1.0) * over, 0.0) if room.sum() > 0 else found


def _starts(
    before: Stock, after: Stock, leavers: Numbers, transfers: Numbers, by_age: Numbers, came: float, detailed: bool
) -> tuple[Numbers, Numbers]:
    """Where new plans of each age are at the census, (NCYs, ages), and who came otherwise by NCY, (NCYs,).

    With single ages at both censuses the plans of each NCY must balance, and new plans keep their order of age.
    """
    older = np.concatenate(([0.0], transfers[:-1] if transfers.sum() > 0 else before.table.sum(axis=(0, 2))[:-1]))
    came_by_ncy = scaled(older, came) if came > 0 else np.zeros(NCYS.size)
    shares = np.zeros((NCYS.size, AGES.size))
    if not detailed:
        for age in AGES:
            for later, part in STARTERS.items():
                shares[position(int(age) + later - 4), age] += part
        return shares, came_by_ncy
    joined = after.table.sum(axis=(0, 2))
    joined[1:] -= (before.table.sum(axis=(0, 2)) - leavers)[:-1]
    shares[:] = in_order(by_age, scaled(np.maximum(joined - came_by_ncy, 0.0), float(by_age.sum())))
    return shares, np.maximum(came_by_ncy, 0.0)


def _at_ncys(plans: Numbers, starts: Numbers, stock: Numbers) -> Numbers:
    """New plans (ages, settings) by NCY at the census: (NCYs, settings).

    Those of an age that fall to two NCYs are parted by setting as the ``stock`` (NCYs, settings) of these NCYs is: further
    education to the older, early years settings to the younger.
    """
    found = np.zeros(stock.shape)
    mix = _ratio(stock, np.broadcast_to(stock.sum(axis=1, keepdims=True), stock.shape)) + 1e-6
    for age in AGES:
        if plans[age].sum() > 0:
            found += raked(starts[:, age, None] * mix, [(0, plans[age]), (1, starts[:, age] * plans[age].sum())])
    return found


def in_order(of_ages: Numbers, of_ncys: Numbers) -> Numbers:
    """Shares of each age in each NCY, (NCYs, ages), where both are filled in order: the youngest into the lowest."""
    high_age, high_ncy = np.cumsum(of_ages), np.cumsum(of_ncys)
    low_age, low_ncy = high_age - of_ages, high_ncy - of_ncys
    shared = np.minimum(high_age[None, :], high_ncy[:, None]) - np.maximum(low_age[None, :], low_ncy[:, None])
    shared = np.maximum(shared, 0.0)
    empty = shared.sum(axis=0) <= 0
    shared[[position(int(age) - 4) for age in AGES[empty]], np.flatnonzero(empty)] = 1.0
    shares: Numbers = shared / shared.sum(axis=0)
    return shares


def _step_down(placed: Placed, census: int) -> float:
    """Children back from special to mainstream over those in special schools, England, all years counted since 2019."""
    back, held = 0.0, 0.0
    for year, count in placed.flows.get("to_mainstream", {}).get(ENGLAND, {}).items():
        stock = placed.by_setting.get(STOCK, {}).get(ENGLAND, {}).get(year)
        if stock is not None and 2019 <= year < census:
            back += count
            held += stock[SETTING["special"]] + stock[SETTING["independent"]]
    return back / held if held > 0 else 0.0


def _moves(survivors: Numbers, new: Numbers, after: Numbers, came: Numbers, step_down: float) -> tuple[Numbers, Numbers]:
    """Moves between settings, (NCYs, settings, settings), and the children exposed to them, (needs, NCYs, settings)."""
    exposed = survivors.copy()
    exposed[:, :-1] += part_of_year()[None, :-1, None] * new[:, 1:]
    stayed, joined, found = survivors.sum(axis=0), new.sum(axis=0), after.sum(axis=0)
    flows = np.zeros((NCYS.size, len(SETTING), len(SETTING)))
    at_risk = exposed.sum(axis=0)
    special = [SETTING["special"], SETTING["independent"]]
    for at in range(NCYS.size - 1):
        of_came = came[at + 1] * _ratio(found[at + 1], np.full(len(SETTING), found[at + 1].sum()))
        # New plans start where they start; what the settings hold beyond them and those who came were there before.
        left = scaled(np.maximum(found[at + 1] - joined[at + 1] - of_came, 0.0), float(stayed[at].sum()))
        net = left - stayed[at]
        gain, loss = np.maximum(net, 0.0), np.maximum(-net, 0.0)
        if gain.sum() > 0:
            flows[at] = np.outer(loss, gain) / gain.sum()
        if 0 <= NCYS[at] <= LAST_SCHOOL_NCY:
            back = step_down * at_risk[at, special]
            flows[at, special, SETTING["mainstream"]] += back
            flows[at, SETTING["mainstream"], special] += back
        most = MOST_MOVE * at_risk[at]
        flows[at] *= np.minimum(_ratio(most, flows[at].sum(axis=1), otherwise=1.0), 1.0)[:, None]
    return flows, exposed


def _ratio(above: Numbers, below: Numbers, otherwise: float = 0.0) -> Numbers:
    return np.divide(above, below, out=np.full(np.shape(below), otherwise, dtype=np.float64), where=below > 0)


def into_specialist(flows: Numbers) -> Numbers:
    """Moves from other settings into specialist ones up to Year 11, (NCYs, settings)."""
    found: Numbers = flows[:, :, SPECIALIST].sum(axis=2)
    found[:, SPECIALIST] = 0.0
    found[NCYS > LAST_SCHOOL_NCY] = 0.0
    return found
