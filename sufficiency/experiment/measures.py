"""The simulation's own measures, as ``docs/measures.md`` lists them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.experiment.measure import Measure, whole_years, year_ends
from sufficiency.experiment.run import Run
from sufficiency.simulation.results import ROUTES, UNPLACED_REASONS, WAIT_OUTCOMES, WEEKS_COUNTED


def measures(run: Run) -> list[Measure]:
    """Every measure of the simulation: requests and assessment first, then the caseload, places and the commitment."""
    return [*_pathway(run), *_times(run), *_work(run), *_caseload(run), *_places(run)]


def _pathway(run: Run) -> list[Measure]:
    """Flows, stocks and shares of the assessment pathway, and the waiting list by month."""
    areas, needs, phases = (run.labels(axis) for axis in ("area", "need", "phase"))
    by_month: dict[str, tuple[str, ...]] = {"area": areas, "need": needs}
    by_year: dict[str, tuple[str, ...]] = {**by_month, "phase": phases}
    months, found = run.labels("month"), []
    for name, unit in _FLOWS.items():
        found.append(Measure(name, unit, "month", months, by_month, run.tallies[name].sum(axis=-1)))
        years, values = whole_years(run, name)
        found.append(Measure(name, unit, "calendar_year", years, by_year, values))
    for name, (tally, unit) in _STOCKS.items():
        found.append(Measure(name, unit, "month", months, by_month, run.tallies[tally].sum(axis=-1)))
        years, values = year_ends(run, tally)
        found.append(Measure(name, unit, "calendar_year", years, by_year, values))
    for name, (top, bottom) in _RATIOS.items():
        years, above = whole_years(run, top)
        _, below = whole_years(run, bottom)
        dimensions = {"area": areas, "phase": phases}
        found.append(Measure(name, "share", "calendar_year", years, dimensions, above.sum(axis=3), below.sum(axis=3)))
        above, below = (run.tallies[tally].sum(axis=(2, 3, 4)) for tally in (top, bottom))
        found.append(Measure(name, "share", "month", months, {}, above, below))
    return found


def _times(run: Run) -> list[Measure]:
    """How long plans took, from the weeks from request to plan of all plans issued; and the age of open assessments."""
    week, found = np.arange(WEEKS_COUNTED + 1), []
    for kind, periods, plans in (
        ("month", run.labels("month"), run.tallies["plans_by_weeks"]),
        ("calendar_year", *whole_years(run, "plans_by_weeks")),
    ):
        issued = plans.sum(axis=-1)
        for name, (first, last) in _BANDS.items():
            share = plans[..., first:last].sum(axis=-1)
            found.append(Measure(f"plans_{name}", "share", kind, periods, {}, share, issued))
        found.append(Measure("weeks_to_plan_mean", "weeks", kind, periods, {}, (plans * week).sum(axis=-1), issued))
        for percent in (50, 90):
            weeks = _percentile(plans, percent)
            some = (issued > 0).astype(np.int64)
            found.append(Measure(f"weeks_to_plan_p{percent}", "weeks", kind, periods, {}, weeks * some, some))
    ages = run.tallies["assessments_open_by_age"]
    for name, (first, last) in {"up_to_20_weeks": (0, 21), **_BANDS}.items():
        stock = ages[..., first:last].sum(axis=-1)
        found.append(Measure(f"assessments_open_{name}", "assessments", "month", run.labels("month"), {}, stock))
    return found


def _percentile(counts: NDArray[Any], percent: float) -> NDArray[np.int64]:
    """The least whole number up to which ``percent`` of the counts (last axis) lie; 0 where there are none."""
    below = np.cumsum(counts, axis=-1)
    weeks: NDArray[np.int64] = (below < below[..., -1:] * (percent / 100)).sum(axis=-1)
    return weeks


def _work(run: Run) -> list[Measure]:
    """Capacity used by each service that is limited, as a share of what it could have done."""
    found = []
    for name in ("advice", "cases", "drafts"):
        for kind, periods, done, able in (
            ("month", run.labels("month"), run.tallies[f"{name}_done"], run.tallies[f"{name}_capacity"]),
            ("calendar_year", *whole_years(run, f"{name}_done"), whole_years(run, f"{name}_capacity")[1]),
        ):
            found.append(Measure(f"{name}_utilisation", "share", kind, periods, {}, np.where(able > 0, done, 0), able))
    return found


def _caseload(run: Run) -> list[Measure]:
    areas, needs, phases, settings = (run.labels(axis) for axis in ("area", "need", "phase", "setting"))
    by_year: dict[str, tuple[str, ...]] = {"area": areas, "need": needs, "phase": phases}
    censuses, caseload = run.labels("census"), run.tallies["caseload"]
    found = [Measure("caseload", "plans", "census", censuses, {**by_year, "setting": settings}, caseload)]
    for name in ("joiners", "leavers", "movers_in", "movers_out"):
        dims = {"area": areas, "need": needs, "setting": settings}
        found.append(Measure(name, "children", "census", censuses[1:], dims, run.tallies[name][:, 1:]))
    moved = run.tallies["movers_in"][:, 1:].sum(axis=-1)
    found.append(Measure("movers", "children", "census", censuses[1:], {"area": areas, "need": needs}, moved))
    independent = caseload[..., settings.index("independent")]
    found.append(Measure("independent", "children", "census", censuses, by_year, independent))
    found.append(Measure("waiting", "children", "census", censuses, by_year, run.tallies["waiting"]))
    return found


def _places(run: Run) -> list[Measure]:
    areas, needs, phases = (run.labels(axis) for axis in ("area", "need", "phase"))
    by_year: dict[str, tuple[str, ...]] = {"area": areas, "need": needs, "phase": phases}
    waiting, need, places = (run.tallies[name] for name in ("waiting", "need", "places"))
    years, found = run.labels("academic_year"), []
    for name, unit, values in (
        ("need", "children", need),
        ("places", "places", places),
        ("gap_all", "places", need - places),
        ("gap_waiting", "places", waiting),
    ):
        found.append(Measure(name, unit, "academic_year", years, by_year, values))
    found += _placing(run)
    opened = run.tallies["commitment_opened"]
    found.append(Measure("commitment_opened", "places", "month", run.labels("month"), {}, opened))
    return found


def _placing(run: Run) -> list[Measure]:
    """How children came to places: places given, how far away; waits begun and their endings; why others wait."""
    areas, needs, settings = (run.labels(axis) for axis in ("area", "need", "setting"))
    years, placed = run.labels("academic_year"), run.tallies["placed"]
    estate = run.scenario.estate.distances.value
    distance = np.array([[estate[home][place] for place in areas] for home in areas])
    by_home = {"area": areas}
    given, elsewhere = placed.sum(axis=(3, 4)), placed.sum(axis=4) * ~np.eye(len(areas), dtype=np.bool_)
    found = [
        Measure("placed", "children", "academic_year", years, {"area": areas, "setting": settings}, placed.sum(axis=3)),
        Measure("distance_to_place", "km", "academic_year", years, by_home, (placed.sum(axis=4) * distance).sum(axis=3), given),
        Measure("placed_in_another_area", "share", "academic_year", years, by_home, elsewhere.sum(axis=3), given),
    ]
    waits = run.tallies["waits"].sum(axis=-1)
    found.append(Measure("waits_begun", "children", "academic_year", years, {"need": needs}, waits.sum(axis=-1)))
    for position, outcome in enumerate(WAIT_OUTCOMES):
        ended = waits[..., position]
        found.append(Measure(f"waits_{outcome}", "children", "academic_year", years, {"need": needs}, ended))
    for position, reason in enumerate(UNPLACED_REASONS):
        why = run.tallies["unplaced_reason"][..., position]
        found.append(Measure(f"waiting_{reason}", "children", "academic_year", years, {"need": needs}, why))
    for position, route in enumerate(ROUTES):
        gone = run.tallies["to_elsewhere"][..., position]
        found.append(Measure(f"to_elsewhere_{route}", "children", "academic_year", years, {}, gone))
    found.append(Measure("out_of_area", "children", "academic_year", years, {"need": needs}, run.tallies["out_of_area"]))
    return found


_FLOWS = {
    "requests": "requests",
    "decisions": "requests",
    "refusals": "requests",
    "overturned": "requests",
    "withdrawals": "requests",
    "not_issued": "assessments",
    "plans_issued": "plans",
    "plans_issued_on_time": "plans",
}
_STOCKS = {
    "requests_undecided": ("requests_undecided", "requests"),
    "assessments_open": ("assessments_open", "assessments"),
    "waiting": ("waiting_by_month", "children"),
}
_RATIOS = {
    "decisions_within_6_weeks": ("decisions_within_6_weeks", "decisions"),
    "timeliness_20_week": ("plans_on_time_in_denominator", "plans_in_denominator"),
    "timeliness_20_week_with_exceptions": ("plans_with_exceptions_on_time", "plans_with_exceptions_in_denominator"),
}
_BANDS = {"20_to_52_weeks": (21, 53), "over_52_weeks": (53, WEEKS_COUNTED + 1)}
"""Weeks from the request, from the first to before the last: later than 20 weeks and up to a year, and later than that."""
