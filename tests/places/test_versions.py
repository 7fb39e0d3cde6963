"""Versions: the same futures with more and more of the places that are to come."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import run_futures
from sufficiency.places.commitment import missing_places, pipeline_places
from sufficiency.places.gap import gap
from sufficiency.places.tracker import due_by, tracker
from sufficiency.places.versions import has_bids, without_bids, without_pipeline
from sufficiency.scenario.scenario import Scenario

PROMISED, DELIVERED, PIPELINE, BID = 450, 82, 60, 40


@pytest.fixture(scope="module")
def with_bid(bristol: Scenario) -> Scenario:
    """Bristol to February 2025 with a bid of 40 places for September 2023 that opens in every other future."""
    provision = bristol.supply["pipeline-2022-09-south"]
    figure = provision.places.model_copy(update={"value": BID})
    changes = {"places": figure, "opens": dt.date(2023, 9, 1), "eoi": "E01", "chance_of_opening": 0.5, "title": "A bid"}
    supply = bristol.supply | {"eoi-e01": provision.model_copy(update=changes)}
    return bristol.model_copy(update={"supply": supply, "horizon": dt.date(2025, 2, 28)})


@pytest.fixture(scope="module")
def runs(with_bid: Scenario) -> dict[str, Run]:
    pipeline = without_bids(with_bid)
    versions = {"without_pipeline": without_pipeline(with_bid), "with_pipeline": pipeline, "with_shortlist": with_bid}
    return {version: run_futures(scenario, 5) for version, scenario in versions.items()}


def test_bids_and_pipeline_can_be_left_out(bristol: Scenario, with_bid: Scenario) -> None:
    assert has_bids(with_bid) and not has_bids(bristol)
    assert pipeline_places(with_bid) == pipeline_places(without_bids(with_bid)) == PIPELINE
    assert due_by(without_bids(with_bid), "2030-01") == DELIVERED + PIPELINE
    assert due_by(without_pipeline(with_bid), "2030-01") == DELIVERED
    assert missing_places(without_pipeline(bristol)) == PROMISED - DELIVERED


def test_nothing_to_leave_out_gives_the_same_scenario(bristol: Scenario) -> None:
    assert without_bids(bristol) is bristol
    bare = without_pipeline(bristol)
    assert without_pipeline(bare) == bare


def test_versions_are_paired_and_places_come_one_after_another(runs: dict[str, Run]) -> None:
    bare, pipeline, shortlist = runs.values()
    for name in ("requests", "plans_issued", "need"):
        first = bare.tallies[name][:, 0]
        assert (first == pipeline.tallies[name][:, 0]).all() and (first == shortlist.tallies[name][:, 0]).all()
    totals = [gap(run, "gap_all").sum(axis=(2, 3, 4))[:, -1] for run in (bare, pipeline, shortlist)]
    assert (totals[0] > totals[1]).all()
    assert (totals[1] >= totals[2] - 1e-9).all()
    assert (totals[1] > totals[2] + 1).any()


def test_the_s_curve_counts_what_has_opened_by_each_month(runs: dict[str, Run]) -> None:
    found = tracker({name: runs[name] for name in ("with_pipeline", "with_shortlist")})
    assert (found.promised, found.delivered, found.pipeline, found.shortlisted) == (PROMISED, DELIVERED, PIPELINE, BID)
    assert found.months == runs["with_pipeline"].labels("month")
    due = dict(zip(found.months, found.due.tolist(), strict=True))
    assert (due["2022-08"], due["2022-09"], due["2023-01"], due["2023-08"], due["2023-09"]) == (82, 106, 142, 142, 182)
    for version, curve in found.curves.items():
        opened = runs[version].tallies["commitment_opened"]
        assert [reached.opened.mean for reached in curve] == pytest.approx(opened.mean(axis=0).tolist())
        assert [reached.opened.p90 for reached in curve] == pytest.approx(np.percentile(opened, 90, axis=0).tolist())
        assert all(reached.opened.p90 <= limit for reached, limit in zip(curve, found.due.tolist(), strict=True))
        assert (np.diff([reached.opened.mean for reached in curve]) >= 0).all()
    last = found.curves["with_shortlist"][-1]
    assert last.opened.mean > found.curves["with_pipeline"][-1].opened.mean
    assert last.still_missing.mean == pytest.approx(PROMISED - last.opened.mean)


def test_the_promise_is_read_by_three_dates_in_their_order(runs: dict[str, Run]) -> None:
    found = tracker({"with_pipeline": runs["with_pipeline"]})
    assert [(date.name, date.day.isoformat()) for date in found.dates] == [
        ("manifesto", "2024-05-01"),
        ("restated", "2024-11-30"),
        ("commitment", "2025-03-31"),
    ]
    assert [date.due for date in found.dates] == [142, 142, 142]
    assert all(date.reached["with_pipeline"].probability == 0 for date in found.dates)


def test_a_smaller_promise_is_kept_as_often_as_it_is(with_bid: Scenario) -> None:
    promise = with_bid.commitment
    small = promise.model_copy(update={"places": promise.places.model_copy(update={"value": DELIVERED + PIPELINE})})
    run = run_futures(with_bid.model_copy(update={"commitment": small}), 5)
    found = tracker({"with_shortlist": run})
    for month in (0, 20, -1):
        kept = (run.tallies["commitment_opened"][:, month] >= DELIVERED + PIPELINE).mean()
        assert found.curves["with_shortlist"][month].probability == kept
    assert 0 < found.curves["with_shortlist"][-1].probability <= 1
