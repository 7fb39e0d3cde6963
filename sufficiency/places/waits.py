"""What became of those who waited: the whole cohort of an academic year, month by month, never the placed alone.

A wait that had not ended at the horizon is censored. Shares are therefore given only for as many months as every child of the
cohort is followed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.opening import WEEKS_A_YEAR
from sufficiency.simulation.results import MONTHS_COUNTED, WAIT_OUTCOMES

WAITING = WAIT_OUTCOMES.index("waiting")
OUTCOME_WORDS = {
    "placed": "Placed here",
    "independent": "Independent school",
    "out_of_area": "School of another authority",
    "left": "Left or plan ended",
    "waiting": "Still waiting",
}
REASON_WORDS = {
    "full": "Places that admit the child are full",
    "too_far": "Places that admit the child are too far",
    "no_such_place": "No place admits the child",
}


def followed_months(scenario: Scenario, year: str) -> int:
    """Whole months for which everyone who began to wait in an academic year (2023/24) is followed at the least: those of its last
    week until the horizon; at most 36."""
    calendar = scenario.calendar
    within = np.flatnonzero(calendar.academic_years == int(year[:4]))
    if not within.size:
        return 0
    months = int((calendar.weeks - within[-1]) * 12 // WEEKS_A_YEAR)
    return min(months, MONTHS_COUNTED)


def outcomes_by_month(waits: NDArray[Any], months: int) -> NDArray[np.int64]:
    """Children of a cohort by what had become of them so many months after each began to wait.

    ``waits`` has shape (..., outcomes, whole months waited); the result (..., 0 to ``months``, outcomes), each month adding up to
    the cohort. Whoever waited less than 12 months had ended by month 12; nobody has by month 0.
    """
    ended = np.zeros((*waits.shape[:-2], months + 1, waits.shape[-2]), dtype=np.int64)
    ended[..., 1:, :] = np.cumsum(waits, axis=-1, dtype=np.int64)[..., :months].swapaxes(-1, -2)
    cohort = waits.sum(axis=(-1, -2))[..., None]
    ended[..., WAITING] = cohort - np.delete(ended, WAITING, axis=-1).sum(axis=-1)
    return ended


def distances(scenario: Scenario) -> NDArray[np.float64]:
    """Typical distance in km between the areas of home and place, shape (areas, areas)."""
    table = scenario.estate.distances.value
    return np.array([[table[home][place] for place in scenario.area_codes] for home in scenario.area_codes], dtype=np.float64)


def mean_distance(scenario: Scenario, placed: NDArray[Any]) -> NDArray[np.float64]:
    """Mean distance in km of places given, shape (...); ``placed`` has shape (..., home, place); NaN where none is given."""
    given = placed.sum(axis=(-1, -2)).astype(np.float64)
    total = (placed * distances(scenario)).sum(axis=(-1, -2))
    found: NDArray[np.float64] = np.divide(total, given, out=np.full(given.shape, np.nan), where=given > 0)
    return found
