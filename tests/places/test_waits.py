"""Waits of the whole cohort: competing endings, those still waiting censored."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sufficiency.places.waits import ENDINGS, waits
from sufficiency.simulation.results import MONTHS_COUNTED, WAIT_OUTCOMES


def run_of(*futures: dict[tuple[str, int], int]) -> Any:
    """A run with one need and one academic year: counts by outcome and months, a future each."""
    tally = np.zeros((len(futures), 1, 1, len(WAIT_OUTCOMES), MONTHS_COUNTED + 1), dtype=np.int32)
    for future, counts in enumerate(futures):
        for (outcome, months), count in counts.items():
            tally[future, 0, 0, WAIT_OUTCOMES.index(outcome), months] = count
    labels = {"academic_year": ("2022/23",), "need": ("ASD",)}
    return SimpleNamespace(tallies={"waits": tally}, labels=labels.__getitem__)


def test_without_censoring_shares_are_those_of_the_cohort() -> None:
    found = waits(run_of({("placed", 0): 30, ("placed", 5): 20, ("independent", 5): 10, ("left", 12): 40}), ["2022/23"])
    assert found.begun.mean == 100
    assert found.within("placed", 0).mean == pytest.approx(0.3)
    assert found.within("placed", 11).mean == pytest.approx(0.5)
    assert found.within("independent", 12).mean == pytest.approx(0.1)
    assert found.within("left", 36).mean == pytest.approx(0.4)
    assert found.waiting[0, 4] == pytest.approx(0.7)
    assert found.waiting[0, 12] == pytest.approx(0)
    assert found.median().mean == 5  # by then 60 of 100 wait no more


def test_those_still_waiting_are_censored_by_hand() -> None:
    """10 begin; 2 placed in month 1 of 10 at risk; 4 still waiting at month 2; 3 placed in month 3 of the 4 left."""
    found = waits(run_of({("placed", 1): 2, ("waiting", 2): 4, ("placed", 3): 3, ("left", 3): 1}), ["2022/23"])
    assert found.within("placed", 1).mean == pytest.approx(0.2)
    assert found.within("placed", 2).mean == pytest.approx(0.2)
    assert found.within("placed", 3).mean == pytest.approx(0.2 + 0.8 * 3 / 4)
    assert found.within("left", 3).mean == pytest.approx(0.8 * 1 / 4)
    # Of those placed alone it would look as if 5 of 6 had waited no longer; of all who began, 4 are still waiting.
    assert found.waiting[0, 2] == pytest.approx(0.8)


def test_shares_of_all_endings_and_of_those_waiting_sum_to_one() -> None:
    generator = np.random.default_rng(3)
    futures = [
        {(outcome, int(month)): int(generator.integers(0, 6)) for outcome in WAIT_OUTCOMES for month in range(0, 30, 3)}
        for _ in range(5)
    ]
    found = waits(run_of(*futures), ["2022/23"], need="ASD")
    total = sum(found.ended[name] for name in ENDINGS) + found.waiting
    assert np.allclose(total, 1)
    assert (np.diff(found.waiting, axis=1) <= 1e-12).all()


def test_a_median_that_is_not_reached_is_the_longest_counted_and_no_waits_are_none() -> None:
    assert waits(run_of({("waiting", 20): 10}), ["2022/23"]).median().mean == MONTHS_COUNTED
    nothing = waits(run_of({}, {}), ["2022/23"])
    assert nothing.begun.mean == 0
    assert nothing.waiting.shape[0] == 0
    with pytest.raises(ValueError, match="not in tuple"):
        waits(run_of({}), ["2031/32"])
