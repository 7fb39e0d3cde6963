"""Criteria for a targeted invitation: how many places are wanted for which needs, phases and areas, by when, and how surely.

A line asks for no more places than are missing in at least so many of ten futures, rounded down to fives. What other areas have
to spare is taken off first, and lines are cut until no sum of them (all, an area, a need, a phase) asks for more than that many
futures lack together. So asking for more certainty never asks for more places.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEED_GROUPS, NEEDS, NEEDS_OF_GROUP
from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.places.gap import gap, unmet

STEP = 5
"""Places wanted are multiples of this."""
SURE_ENOUGH = 7
"""Futures in ten, by default."""
CONFIDENCES = (5, 6, 7, 8, 9)
_ROUNDING = 1e-9
"""Of floating point: 5 places missing are 5 however they were added up."""
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Wanted:
    """One line of an invitation."""

    area: str
    group: str
    """Code of the need group (:data:`~sufficiency.domain.dictionaries.NEED_GROUPS`)."""
    phase: str
    places: int
    """Places wanted, a multiple of :data:`STEP`."""
    share: float
    """Share of the futures in which at least so many are missing, other areas' places to spare taken off."""
    p10: float
    p50: float
    p90: float
    """The gap of the line over futures, before anything is taken off."""


@dataclass(frozen=True)
class Invitation:
    """The lines, largest first, and what they add up to."""

    year: str
    by: dt.date
    """The first day of the academic year: the places must be open by then."""
    kind: str
    """``gap_all`` or ``gap_waiting``."""
    confidence: int
    """Futures in ten."""
    lines: tuple[Wanted, ...]
    missing: int
    """Whole places missing in at least so many futures, all lines together: those too small to be asked for too."""

    @property
    def places(self) -> int:
        """Places wanted in all."""
        return sum(line.places for line in self.lines)


def check_confidence(confidence: int) -> None:
    """Raise InputProblem where a confidence is none of :data:`CONFIDENCES`."""
    if confidence not in CONFIDENCES:
        allowed = f"{CONFIDENCES[0]} to {CONFIDENCES[-1]} futures in ten"
        raise InputProblem(
            "the confidence is out of range", value=confidence, allowed=allowed, mend="write 7 for 7 futures in ten"
        )


def by_group(run: Run, kind: str) -> Values:
    """A gap with needs in groups, shape (futures, academic years, areas, need groups, phases)."""
    values = gap(run, kind)
    groups = (values[:, :, :, [NEEDS.index(need) for need in NEEDS_OF_GROUP[code]]].sum(axis=3) for code in NEED_GROUPS.codes)
    return np.stack(list(groups), axis=3)


def invitation(run: Run, year: str, kind: str = "gap_all", confidence: int = SURE_ENOUGH) -> Invitation:
    """What ``run`` lacks in an academic year; raises InputProblem for a confidence that is none of :data:`CONFIDENCES`.

    A year that is not simulated is a ValueError.
    """
    check_confidence(confidence)
    raw = by_group(run, kind)[:, run.labels("academic_year").index(year)]
    lacking = _lacking(raw)
    # More certainty never asks for more: a line is at most what each lower confidence leaves of it.
    wanted = np.min([_cut(lacking, each) for each in CONFIDENCES if each <= confidence], axis=0)
    lines = []
    for cell in np.argwhere(wanted > 0):
        at = (slice(None), *cell.tolist())
        p10, p50, p90 = (float(q) for q in np.percentile(raw[at], [10, 50, 90]))
        places = int(wanted[tuple(cell)])
        codes = (run.labels("area")[cell[0]], NEED_GROUPS.codes[cell[1]], run.labels("phase")[cell[2]])
        lines.append(Wanted(*codes, places, float(_reached(lacking[at], places)), p10, p50, p90))
    lines.sort(key=lambda line: -line.places)
    missing = _at_least(lacking.sum(axis=(1, 2, 3)), confidence)
    return Invitation(year, dt.date(int(year[:4]), 9, 1), kind, confidence, tuple(lines), math.floor(missing + _ROUNDING))


def _lacking(raw: Values) -> Values:
    """Places missing by cell in each future, never below 0, which add up to the total gap (or to 0 where there is a surplus)."""
    lacking = unmet(raw)
    parts = lacking.sum(axis=(1, 2, 3))
    total = np.clip(raw.sum(axis=(1, 2, 3)), 0.0, parts)
    scale = np.divide(total, parts, out=np.zeros_like(total), where=parts > 0)
    found: Values = lacking * scale[:, None, None, None]
    return found


def _at_least(values: Values, confidence: int) -> Values:
    """The number that at least ``confidence`` of ten futures (first axis) reach, cell by cell."""
    futures = len(values)
    found: Values = np.sort(values, axis=0)[futures - math.ceil(futures * confidence / 10)]
    return found


def _reached(lacking: Values, places: int | NDArray[np.int64]) -> Values:
    """Share of the futures (first axis) in which so many places are missing, cell by cell."""
    share: Values = (lacking >= places - _ROUNDING).mean(axis=0)
    return share


def _cut(lacking: Values, confidence: int) -> NDArray[np.int64]:
    """Places wanted by cell, in steps, such that no sum of them is more than the futures lack together."""
    wanted = np.floor(_at_least(lacking, confidence) / STEP + _ROUNDING).astype(np.int64) * STEP
    sure = _reached(lacking, wanted)
    for part in _sums(wanted.shape):
        most = float(_at_least(lacking[:, part].sum(axis=1), confidence))
        while wanted[part].sum() > most + _ROUNDING:
            # Of the lines that ask for something the least sure gives way, the smallest of them first.
            candidates = np.argwhere(part & (wanted > 0))
            least = min(candidates.tolist(), key=lambda cell: (sure[tuple(cell)], wanted[tuple(cell)], cell))
            wanted[tuple(least)] -= STEP
    return wanted


def _sums(shape: tuple[int, ...]) -> Iterator[NDArray[np.bool_]]:
    """The sets of cells whose sums are held: each area, need group and phase, each pair of the last two, and all."""
    position = np.indices(shape)
    for group in range(shape[1]):
        for phase in range(shape[2]):
            yield (position[1] == group) & (position[2] == phase)
    for axis, length in enumerate(shape):
        for at in range(length):
            yield position[axis] == at
    yield np.ones(shape, dtype=np.bool_)
