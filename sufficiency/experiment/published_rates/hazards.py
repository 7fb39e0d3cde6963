"""The mover hazard, pooled on England: need effect x NCY effect, with a jump at the phase transfers.

A mover comes from mainstream, or another setting that is not specialist, into a resourced, special or independent place, up to
Year 11. Hazards are a year's, from January to January, so that of NCY -1 and 6 holds the transfer in September.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sufficiency.experiment.published_rates.arrays import NCYS, SETTING, SPECIALIST, Numbers, position
from sufficiency.experiment.published_rates.balance import LAST_SCHOOL_NCY, Nation, into_specialist, part_of_year

SOURCES = [at for at in SETTING.values() if at not in SPECIALIST]
STAGES = {
    "in year, primary": (0, 1, 2, 3, 4, 5),
    "transfer to Year 7": (6,),
    "in year, secondary": (7, 8, 9, 10),
}
"""NCYs in January by the kind of move: need effects are fitted on each alone to show how far they are the same."""
TRANSFER = 6
"""NCY in January before the transfer to Year 7."""
SCHOOL = np.flatnonzero((NCYS >= 0) & (NCYS <= LAST_SCHOOL_NCY))
LEAST_EFFECT, MOST_EFFECT = 0.05, 10.0
_ROUNDS = 200


@dataclass(frozen=True, eq=False)
class Hazards:
    """England's hazards of moving into a specialist place."""

    need: Numbers
    """Effect of each need, 1 on the average of the children exposed: (needs,)."""
    by_stage: dict[str, Numbers]
    """The same fitted on one stage alone; NaN where it says nothing of a need."""
    base: Numbers
    """Hazard a year by NCY in January and setting left, at need effect 1: (NCYs, settings)."""
    flows: Numbers
    """Net moves into specialist places, with the gross moves back laid on, by NCY and setting left: (NCYs, settings)."""
    exposed: Numbers
    """Children exposed by need and NCY: (needs, NCYs)."""
    flat: bool
    """Whether one hazard stands for all NCYs at school, because no release by then gave settings by age."""

    @property
    def movers(self) -> Numbers:
        """Moves into specialist places by NCY: (NCYs,)."""
        found: Numbers = self.flows.sum(axis=1)
        return found

    @property
    def by_ncy(self) -> Numbers:
        """Hazard by NCY over all settings left: (NCYs,)."""
        at_risk = self.exposed.sum(axis=0)
        return _over(self.movers, at_risk)


def hazards(nation: Nation) -> Hazards:
    """Need effects and NCY effects of England's moves.

    The hazards by NCY are such that the moves of the balance come about exactly, chance by chance 1 - exp(-hazard).
    """
    flows = into_specialist(nation.flows)
    exposed = nation.exposed[:, :, SOURCES].sum(axis=2) * (NCYS <= LAST_SCHOOL_NCY)
    flat = not nation.detailed
    if flat:
        flows = _flattened(flows, nation.exposed.sum(axis=0))
    need, by_stage = _need_effects(nation)
    base = np.zeros(flows.shape)
    for at, setting in zip(*np.nonzero(flows), strict=True):
        base[at, setting] = _hazard(float(flows[at, setting]), nation.exposed[:, at, setting], need)
    return Hazards(need, by_stage, base, flows, exposed, flat)


def _flattened(flows: Numbers, exposed: Numbers) -> Numbers:
    """Moves out of mainstream with one chance at every NCY at school; other settings keep theirs."""
    found, mainstream = flows.copy(), SETTING["mainstream"]
    at_risk = exposed[SCHOOL, mainstream]
    found[SCHOOL, mainstream] = at_risk * (flows[SCHOOL, mainstream].sum() / max(at_risk.sum(), 1e-9))
    return found


def _hazard(movers: float, exposed: Numbers, effect: Numbers) -> float:
    """The hazard at effect 1 from which ``movers`` of ``exposed`` (needs,) come, by bisection on a scale of logarithms."""
    low, high = 1e-9, 100.0
    for _ in range(80):
        middle = (low * high) ** 0.5
        found = float((exposed * -np.expm1(-effect * middle)).sum())
        low, high = (middle, high) if found < movers else (low, middle)
    return float((low * high) ** 0.5)


def _need_effects(nation: Nation) -> tuple[Numbers, dict[str, Numbers]]:
    """Effects of needs at school from the tables by need; 1 throughout where there are none.

    Needs are published at one census only. The children of a need who were there a year before are those of now less those who
    joined, and the settings they were in are taken from the younger NCY of the census before: a child's need is that of now. What
    a need's specialist places gained beyond its joiners, over its children in other settings, is its hazard; effects of need and
    NCY are fitted to these as a product, in turn, until both margins of the moves are met.

    They are fitted within the phases. The tables by need have no interaction of need, NCY and setting, so that every need seems
    to move alike in the year in which most moves come: effects of that year are drawn towards 1.
    """
    needs = len(nation.after.table)
    if needs == 1:
        return np.ones(1), {stage: np.ones(1) for stage in STAGES}
    after = nation.after.table
    came = after * _over(nation.transfers_in, after.sum(axis=(0, 2)))[None, :, None]
    stayed = np.maximum((after - nation.new - came).sum(axis=2)[:, 1:], 0.0)
    was = nation.before.table[:, :-1]
    survivors = stayed[:, :, None] * _over(was, was.sum(axis=2, keepdims=True))
    gained = (after - nation.new - came)[:, 1:, SPECIALIST].sum(axis=2) - survivors[:, :, SPECIALIST].sum(axis=2)
    special = survivors[:, :, [SETTING["special"], SETTING["independent"]]].sum(axis=2)
    movers = gained + nation.step_down * special
    exposed = survivors[:, :, SOURCES].sum(axis=2)
    exposed = exposed + part_of_year()[None, :-1] * nation.new[:, 1:, SOURCES].sum(axis=2)
    in_year = SCHOOL[position(TRANSFER) != SCHOOL]
    of_all, _ = _product(movers[:, in_year], exposed[:, in_year])
    of_all = of_all * exposed[:, SCHOOL].sum() / max(float((of_all * exposed[:, SCHOOL].sum(axis=1)).sum()), 1e-9)
    by_ncy = _over(movers[:, SCHOOL].sum(axis=0), (of_all[:, None] * exposed[:, SCHOOL]).sum(axis=0))
    by_stage = {}
    for stage, ncys in STAGES.items():
        at = [position(ncy) for ncy in ncys]
        expected = (exposed[:, at] * by_ncy[np.searchsorted(SCHOOL, at)]).sum(axis=1)
        by_stage[stage] = np.divide(movers[:, at].sum(axis=1), expected, out=np.full(needs, np.nan), where=expected > 0)
    return of_all, by_stage


def _product(movers: Numbers, exposed: Numbers) -> tuple[Numbers, Numbers]:
    """Effects of rows (mean 1 by exposure) and hazards of columns whose product meets both margins of ``movers``."""
    rows = np.ones(len(movers))
    columns = np.ones(movers.shape[1])
    for _ in range(_ROUNDS):
        columns = np.maximum(_over(movers.sum(axis=0), (rows[:, None] * exposed).sum(axis=0)), 0.0)
        rows = np.clip(_over(movers.sum(axis=1), (exposed * columns).sum(axis=1)), LEAST_EFFECT, MOST_EFFECT)
        rows = rows * exposed.sum() / max(float((rows * exposed.sum(axis=1)).sum()), 1e-9)
    return rows, columns


def _over(above: Numbers, below: Numbers) -> Numbers:
    return np.divide(above, below, out=np.zeros(np.broadcast(above, below).shape), where=below > 0)
