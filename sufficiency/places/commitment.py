"""The commitment: places promised, delivered, in the pipeline, shortlisted and still missing. A promise, not need."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.experiment.run import Run
from sufficiency.places.gap import Band, band
from sufficiency.scenario.scenario import Scenario


@dataclass(frozen=True)
class Commitment:
    """The commitment of a run by one day."""

    by: dt.date
    promised: int
    delivered: int
    pipeline: int
    """Places under way when the scenario starts, whenever they open."""
    shortlisted: int
    """Places of expressions of interest taken into the scenario, as bid."""
    missing: int
    """Promised less delivered and pipeline: what a shortlist has to find; never below 0."""
    opened: Band
    """Places opened by the day, over futures."""
    still_missing: Band
    """Promised less opened by the day, at least 0, over futures."""
    probability: float
    """Share of futures in which the commitment is met by the day."""


def pipeline_places(scenario: Scenario) -> int:
    """Places under way that count towards the commitment, without expressions of interest."""
    places = (p for p in scenario.supply.values() if p.counts_towards_commitment and p.eoi is None)
    return sum(p.places.value for p in places)


def missing_places(scenario: Scenario) -> int:
    """Places promised less delivered and pipeline, at least 0."""
    promise = scenario.commitment
    return max(0, promise.places.value - promise.delivered.value - pipeline_places(scenario))


def commitment(run: Run, by: dt.date | None = None) -> Commitment:
    """The commitment of ``run`` by a day (its own by default)."""
    scenario = run.scenario
    by = by or scenario.commitment.by
    opened = opened_by(run, by)
    promised = scenario.commitment.places.value
    shortlisted = sum(p.places.value for p in scenario.supply.values() if p.counts_towards_commitment and p.eoi is not None)
    return Commitment(
        by=by,
        promised=promised,
        delivered=scenario.commitment.delivered.value,
        pipeline=pipeline_places(scenario),
        shortlisted=shortlisted,
        missing=missing_places(scenario),
        opened=band(opened),
        still_missing=band(np.maximum(promised - opened, 0)),
        probability=float((opened >= promised).mean()),
    )


def opened_by(run: Run, by: dt.date) -> NDArray[np.int32]:
    """Places opened by the end of the month of ``by`` in each future, shape (futures,).

    Before the clock starts that is what had been delivered by then (no more is known); after the horizon, what had opened by it.
    """
    months = run.labels("month")
    position = int(np.searchsorted(np.array(months), f"{by:%Y-%m}", side="right")) - 1
    if position < 0:
        return np.full(run.futures, run.scenario.commitment.delivered.value, dtype=np.int32)
    opened: NDArray[np.int32] = run.tallies["commitment_opened"][:, position]
    return opened
