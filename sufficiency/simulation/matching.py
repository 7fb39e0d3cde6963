"""Matching waiting children to vacant places: the longest waiting first, each to the nearest place that admits the child.

With one common order of priority, deferred acceptance (Gale and Shapley 1962) gives each child in turn the best place left:
serial dictatorship, computed for all children at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.caseload import NO_PROVISION, Caseload, Rows, S
from sufficiency.simulation.estate import Estate

_NEVER = np.iinfo(np.int32).max


class Matching:
    """Preferences of each class of child (area, need, phase, whether a resourced place would serve) over provisions."""

    def __init__(self, scenario: Scenario, estate: Estate) -> None:
        areas = scenario.area_codes
        distance = np.array([[scenario.estate.distances.value[a][b] for b in areas] for a in areas])
        resourced = estate.setting == S["resourced"]
        # Nearest first; at equal distance a resourced place before a special school for those it would serve.
        cost = distance[:, estate.area] * 1000.0 + np.where(resourced, 0.0, 500.0) + estate.tie
        admits = estate.admits.transpose(1, 2, 0)[:, :, None, :] & (~resourced | np.array([[False], [True]]))
        full = np.where(admits[None], cost[:, None, None, None, :], np.inf).reshape(-1, len(estate))
        rank = np.argsort(np.argsort(full, axis=1), axis=1).astype(np.int32)
        self._rank = np.where(np.isfinite(full), rank, _NEVER)
        self._choices: dict[bytes, NDArray[np.int16]] = {}

    def match(self, caseload: Caseload, rows: Rows, vacancies: NDArray[np.int64]) -> tuple[Rows, NDArray[np.int64]]:
        """Those of ``rows`` (in order of priority) who get one of ``vacancies`` (by provision), and the provision of each."""
        vacant = vacancies > 0
        if not rows.size or not vacant.any():
            return rows[:0], rows[:0]
        choices = self._choices_among(vacant)
        child = child_class(caseload, rows)
        able = choices[child, 0] != NO_PROVISION
        rows, child = rows[able], child[able]
        if not rows.size:
            return rows, rows
        tried = np.zeros(rows.size, dtype=np.int64)
        while True:
            target = choices[child, np.minimum(tried, choices.shape[1] - 1)].astype(np.int64)
            target[tried >= choices.shape[1]] = NO_PROVISION
            refused = (target != NO_PROVISION) & ~_within(target, vacancies)
            if not refused.any():
                placed = target != NO_PROVISION
                return rows[placed], target[placed]
            tried[refused] += 1

    def _choices_among(self, vacant: NDArray[np.bool_]) -> NDArray[np.int16]:
        """Each class's vacant provisions from the most to the least preferred, padded with ``NO_PROVISION``."""
        key = vacant.tobytes()
        if key not in self._choices:
            open_now = np.flatnonzero(vacant)
            rank = self._rank[:, open_now]
            order = np.argsort(rank, axis=1, kind="stable")
            chosen = np.where(np.take_along_axis(rank, order, axis=1) < _NEVER, open_now[order], NO_PROVISION)
            self._choices[key] = chosen.astype(np.int16)
        return self._choices[key]


def child_class(caseload: Caseload, rows: Rows) -> NDArray[np.int64]:
    """Class of each row: its position in the preference table."""
    cell = caseload.area[rows].astype(np.int64) * len(NEEDS) + caseload.need[rows]
    result: NDArray[np.int64] = (cell * len(PHASES) + caseload.phase[rows]) * 2 + caseload.resourced_suitable[rows]
    return result


def _within(target: NDArray[np.int64], vacancies: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each claim on ``target``, in order of priority, is among the first that its vacancies can take."""
    order = np.argsort(target, kind="stable")
    ordered = target[order]
    first = np.searchsorted(ordered, ordered, side="left")
    within = np.zeros(target.size, dtype=np.bool_)
    within[order] = np.arange(target.size) - first < vacancies[ordered]
    return within
