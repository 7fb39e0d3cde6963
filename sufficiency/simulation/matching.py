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


_MOST_REMEMBERED = 4096


class Preferences:
    """Provisions in order of preference for each class of child: area, need, phase, and whether a resourced place would serve.

    Nearest first; at equal distance a resourced place before a special school for those it would serve.
    """

    def __init__(self, distance: NDArray[np.float64], estate: Estate) -> None:
        resourced = estate.setting == S["resourced"]
        nearest = [np.lexsort((estate.tie, ~resourced, row)) for row in distance[:, estate.area]]
        cost = np.argsort(nearest, axis=1).astype(np.float64)
        admits = estate.admits.transpose(1, 2, 0)[:, :, None, :] & (~resourced | np.array([[False], [True]]))
        full = np.where(admits[None], cost[:, None, None, None, :], np.inf).reshape(-1, len(estate))
        rank = np.argsort(np.argsort(full, axis=1), axis=1).astype(np.int32)
        self._rank = np.where(np.isfinite(full), rank, _NEVER)
        self._choices: dict[bytes, tuple[NDArray[np.int64], NDArray[np.bool_]]] = {}

    def among(self, vacant: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Each class's vacant provisions from the most to the least preferred, then ``NO_PROVISION``; and who has any."""
        key = vacant.tobytes()
        if key not in self._choices:
            if len(self._choices) >= _MOST_REMEMBERED:
                self._choices.clear()
            open_now = vacant.nonzero()[0]
            rank = self._rank[:, open_now]
            order = np.argsort(rank, axis=1, kind="stable")
            chosen = np.where(np.take_along_axis(rank, order, axis=1) < _NEVER, open_now[order], NO_PROVISION)
            choices = np.full((len(chosen), open_now.size + 1), NO_PROVISION, dtype=np.int64)
            choices[:, :-1] = chosen
            self._choices[key] = choices, choices[:, 0] != NO_PROVISION
        return self._choices[key]


_preferences: dict[bytes, Preferences] = {}


def preferences_of(scenario: Scenario, estate: Estate) -> Preferences:
    """The preferences of an estate; the last ones used are kept, because a run asks for the same ones for every future."""
    areas = scenario.area_codes
    distance = np.array([[scenario.estate.distances.value[a][b] for b in areas] for a in areas])
    parts = (distance, estate.area, estate.setting, estate.tie, estate.admits)
    key = b"/".join(part.tobytes() for part in parts)
    if key not in _preferences:
        _preferences.clear()
        _preferences[key] = Preferences(distance, estate)
    return _preferences[key]


class Matching:
    """The classes of one future's children, and the matching of those who wait."""

    def __init__(self, preferences: Preferences, caseload: Caseload) -> None:
        self._preferences, self._caseload = preferences, caseload
        self._class = np.zeros(len(caseload), dtype=np.int64)

    def classify(self, rows: Rows) -> None:
        """Note the class of each of ``rows``; to be called again when their phase changes."""
        caseload = self._caseload
        cell = caseload.area[rows].astype(np.int64) * len(NEEDS) + caseload.need[rows]
        self._class[rows] = (cell * len(PHASES) + caseload.phase[rows]) * 2 + caseload.resourced_suitable[rows]

    def match(self, rows: Rows, vacancies: NDArray[np.int64]) -> tuple[Rows, NDArray[np.int64]]:
        """Those of ``rows`` (in order of priority) who get one of ``vacancies`` (by provision), and the provision of each."""
        vacant = vacancies > 0
        choices, has_choice = self._preferences.among(vacant)
        child = self._class[rows]
        able = has_choice[child]
        rows, child = rows[able], child[able]
        if not rows.size:
            return rows, rows
        if choices.shape[1] == 2:  # one provision has all the vacancies
            target = choices[child, 0]
            taken = int(vacancies[target[0]])
            return rows[:taken], target[:taken]
        # A child's place depends on those before it only, so the first few are enough where they take all there is.
        few = 4 * int(vacancies.sum()) + 16
        if few < rows.size:
            first, target = _accepted(rows[:few], child[:few], choices, vacancies)
            if first.size == vacancies[vacant].sum():
                return first, target
        return _accepted(rows, child, choices, vacancies)


def _accepted(
    rows: Rows, child: NDArray[np.int64], choices: NDArray[np.int64], vacancies: NDArray[np.int64]
) -> tuple[Rows, NDArray[np.int64]]:
    """Deferred acceptance: each claims its best choice not yet lost, and each provision keeps its first claims."""
    room = np.empty(vacancies.size + 1, dtype=np.int64)
    room[:-1] = vacancies
    room[-1] = rows.size  # position -1, no provision, has room for all
    position = np.arange(rows.size)
    tried = np.zeros(rows.size, dtype=np.int64)
    while True:
        target = choices[child, tried]
        order = target.argsort(kind="stable")
        ordered = target[order]
        within = position - ordered.searchsorted(ordered) < room[ordered]
        if within.all():
            placed = target != NO_PROVISION
            return rows[placed], target[placed]
        tried[order[~within]] += 1
