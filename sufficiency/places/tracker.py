"""The commitment month by month: what was delivered, what is due as promised, and what has opened by then in the futures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.experiment.run import Run
from sufficiency.places.commitment import opened_by
from sufficiency.places.gap import Band, band
from sufficiency.scenario.scenario import Scenario

COMMITMENT_DAY = "commitment"
"""Name of the commitment's own day among its dates."""


@dataclass(frozen=True)
class Reached:
    """Places opened by one day, over futures."""

    opened: Band
    still_missing: Band
    """Promised less opened, at least 0."""
    probability: float
    """Share of futures in which the commitment is met by then."""


@dataclass(frozen=True)
class ByDate:
    """The commitment by one of its dates."""

    name: str
    day: dt.date
    due: int
    """Places delivered, or due by then as promised."""
    reached: Mapping[str, Reached]
    """By version."""


@dataclass(frozen=True)
class Tracker:
    """The S-curve of a commitment; arrays have one entry a month."""

    promised: int
    delivered: int
    """Opened since the commitment's first day and before the clock starts."""
    pipeline: int
    """Places under way at the start, whenever they open."""
    shortlisted: int
    """Places of expressions of interest, as bid."""
    months: tuple[str, ...]
    due: NDArray[np.int64]
    """Delivered, and due by the end of each month as promised, without delay."""
    curves: Mapping[str, tuple[Reached, ...]]
    """By version, at the end of each month."""
    dates: tuple[ByDate, ...]
    """The dates by which the promise can be read, in their order."""


def tracker(runs: Mapping[str, Run]) -> Tracker:
    """The commitment of paired runs, by version; the last of them holds whatever is due."""
    last = list(runs.values())[-1].scenario
    promise = last.commitment
    promised = promise.places.value
    months = last.calendar.months
    dates = sorted([*promise.other_dates.items(), (COMMITMENT_DAY, promise.by)], key=lambda item: (item[1], item[0]))
    counted = [p for p in last.supply.values() if p.counts_towards_commitment]
    return Tracker(
        promised=promised,
        delivered=promise.delivered.value,
        pipeline=sum(p.places.value for p in counted if p.eoi is None),
        shortlisted=sum(p.places.value for p in counted if p.eoi is not None),
        months=months,
        due=np.array([due_by(last, month) for month in months], dtype=np.int64),
        curves={
            name: tuple(_reached(run.tallies["commitment_opened"][:, i], promised) for i in range(len(months)))
            for name, run in runs.items()
        },
        dates=tuple(
            ByDate(
                name,
                day,
                due_by(last, f"{day:%Y-%m}"),
                {version: _reached(opened_by(run, day), promised) for version, run in runs.items()},
            )
            for name, day in dates
        ),
    )


def due_by(scenario: Scenario, month: str) -> int:
    """Places that count, delivered or due by the end of a month (2024-09) as promised: whole bids, and no delay."""
    counted = (p for p in scenario.supply.values() if p.counts_towards_commitment)
    due = sum(p.places.value for p in counted if p.opens is None or f"{p.opens:%Y-%m}" <= month)
    return scenario.commitment.delivered.value + due


def _reached(opened: NDArray[np.int32], promised: int) -> Reached:
    return Reached(band(opened), band(np.maximum(promised - opened, 0)), float((opened >= promised).mean()))
