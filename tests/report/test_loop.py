"""The loop closed: paired changes, each measure by hand, and what is said where optimiser and simulation differ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import account
from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import run_futures
from sufficiency.report.loop import (
    BALANCE,
    DISTANCE,
    GAP,
    INDEPENDENT,
    NEED,
    OPENED,
    PLACES,
    STILL,
    UNMET,
    WAITING,
    Measured,
    difference_rows,
    loop,
    loop_rows,
    loop_words,
    measured,
    of_account,
)
from sufficiency.scenario.eoi_list import load_eois
from sufficiency.scenario.library import load
from sufficiency.shortlist import ShortlistPlan, adopt, solve_shortlist

pytestmark = pytest.mark.integration
FUTURES = 3


@pytest.fixture(scope="module")
def before() -> Run:
    return run_futures(load("bristol-2022"), FUTURES)


@pytest.fixture(scope="module")
def plan(before: Run) -> ShortlistPlan:
    return solve_shortlist(before.scenario, load_eois(before.scenario)[:20], before, sample=1)


@pytest.fixture(scope="module")
def after(before: Run, plan: ShortlistPlan) -> Run:
    return run_futures(adopt(before.scenario, load_eois(before.scenario), plan), FUTURES)


def measures(run: Run) -> tuple[tuple[int, ...], dict[str, Measured]]:
    return run.replications, {**measured(run), BALANCE: of_account(account(run, mitigated=True))}


def test_nothing_changed_changes_nothing(before: Run, plan: ShortlistPlan) -> None:
    found = loop(plan, measures(before), measures(before))
    assert all((each.change.mean, each.change.p10, each.change.p90) == (0, 0, 0) for each in found.changes)
    assert all(each.simulated.mean == 0 for each in found.differences)


def test_measures_are_those_counted_by_hand(before: Run) -> None:
    found, tallies = measured(before), before.tallies
    assert np.array_equal(found[GAP].values, found[NEED].values - found[PLACES].values)
    assert np.array_equal(found[WAITING].values, tallies["waiting"].sum(axis=(2, 3, 4)))
    assert (found[UNMET].values >= np.maximum(found[GAP].values, 0) - 1e-6).all()
    at = before.labels("setting").index("independent")
    assert found[INDEPENDENT].values[1, 2] == tallies["caseload"][1, 2, :, :, :, at].sum()
    assert np.array_equal(found[OPENED].values[:, 1], tallies["commitment_opened"][:, -1])
    apart, areas = before.scenario.estate.distances.value, before.labels("area")
    given = tallies["placed"][0, 1].sum(axis=-1)
    far = sum(given[i, j] * apart[h][p] for i, h in enumerate(areas) for j, p in enumerate(areas)) / given.sum()
    assert found[DISTANCE].values[0, 1] == pytest.approx(far)


def test_the_share_still_waiting_is_the_product_over_the_months(before: Run) -> None:
    counts = before.tallies["waits"][0, 2].sum(axis=0)  # outcome, months
    left, still = counts.sum(), 1.0
    for month in range(12):
        still *= 1 - counts[:-1, month].sum() / left
        left -= counts[:, month].sum()
    assert measured(before)[STILL].values[0, 2] == pytest.approx(still)


def test_with_the_plan_more_places_open_and_fewer_are_missing(before: Run, after: Run, plan: ShortlistPlan) -> None:
    found = loop(plan, measures(before), measures(after))
    opened = after.tallies["commitment_opened"][:, -1] - before.tallies["commitment_opened"][:, -1]
    assert found.at(OPENED, "by the horizon").change.mean == pytest.approx(opened.mean())
    assert opened.sum() > 0
    assert found.at(GAP).change.mean < 0
    by_day, by_horizon, met, spared = found.differences
    assert (by_day.optimiser, by_horizon.optimiser) == (plan.closed, plan.places_expected)
    assert met.optimiser == spared.optimiser == pytest.approx(plan.unmet_before - plan.unmet_after)
    assert by_horizon.sure == pytest.approx(1.96 * opened.std(ddof=1) / np.sqrt(FUTURES))
    assert len(loop_rows(found)) == len(found.changes) and len(difference_rows(found)) == 4
    words = " ".join(loop_words(found))
    assert "without" in words and "the optimiser reckons" in words and "nan" not in words


def test_futures_are_paired_by_their_number(before: Run, after: Run, plan: ShortlistPlan) -> None:
    fewer = replace(
        after, replications=after.replications[1:], tallies={name: values[1:] for name, values in after.tallies.items()}
    )
    found = loop(plan, measures(before), measures(fewer))
    assert found.futures == FUTURES - 1
    change = measured(after)[GAP].values[1:] - measured(before)[GAP].values[1:]
    assert found.at(GAP).change.mean == pytest.approx(change[:, -1].mean())
    with pytest.raises(InputProblem, match="no future in common"):
        loop(plan, measures(before), (tuple(n + 1000 for n in after.replications), measures(after)[1]))
