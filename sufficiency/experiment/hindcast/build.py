"""A scenario of one authority from its baseline: the same model as everything else, with one area and no estate."""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.calendar import census_day
from sufficiency.domain.dictionaries import FIRST_NCY, NEEDS, SETTINGS
from sufficiency.evidence.dfe.panel import LAG_WEEKS, THIS_YEAR, Panel
from sufficiency.experiment.hindcast.baseline import Baseline, National
from sufficiency.experiment.hindcast.leavers import level
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.tables import AGE_BANDS

SLACK = 1.5
"""Weekly capacity of panel, advice and team over last year's output: enough for the seasons, not for a doubling of requests. It
follows requests a year later, as the authorities' output did."""
LEAST_CAPACITY = 2.0
"""Cases a week that the smallest authority can take: whole cases are counted week by week."""
RELEASE = "DfE, Education, health and care plans"
HALF_WIDTH = 6**0.5
"""Half the width of a symmetric triangle over its standard deviation."""
MOVES_SD = (1 / 6 + 7 / 18) ** 0.5
"""Standard deviation of moves out less moves in, over the mode of both: triangles from 0 to three and to two times the mode."""
MOST_MOVES = 1 / 3
"""Largest mode of moves out: three times it are all plans."""


def authority_scenario(base: Baseline, shapes: National, census: int, horizon: int) -> Scenario:
    """The scenario that projects ``base`` from January ``census`` to January ``census + horizon``.

    Raises pydantic's ValidationError where the baseline is not one a scenario can hold.
    """
    day = census_day(census)
    data: dict[str, Any] = _structure(day)
    start = _first_thursday(census)
    data |= {
        "name": "authority",
        "title": base.name,
        "note": f"{base.name} on the January census of {census}, from what was published of it by then.",
        "start": start,
        "horizon": max(census_day(census + horizon) + dt.timedelta(days=7), dt.date(census + 1, 4, 5)),
        "knowledge_date": day,
        "areas": {"all": {"label": base.name, "definition": "The whole authority."}},
    }
    for path, (value, spread, unit, reason) in _figures(base, shapes, day - start, horizon).items():
        section, entry = path.split(".")
        low_high = {} if spread is None else {"low": spread[0], "high": spread[1]}
        data[section][entry] = _figure(value, day, unit, f"derived: {RELEASE}, to January {census}", reason) | low_high
    return Scenario.model_validate(data)


Entry = tuple[Any, tuple[float, float] | None, str, str]
"""Value, range, unit and reason of a figure."""


def _figures(base: Baseline, shapes: National, to_census: dt.timedelta, horizon: int) -> dict[str, Entry]:
    panel = shapes.panel
    weekly = base.requests / 52
    refused = 1 - base.plans_a_request
    # Cases younger than the panel's weeks await its decision and may still be refused; the rest of the open cases end in a plan.
    undecided = round(weekly * 4)
    opened = round(max(base.open_cases - undecided * base.plans_a_request, 0.0))
    net = base.requests * base.plans_a_request - base.leaving * base.plans
    # The clock starts with the calendar year, the census is a fortnight or so later.
    opening = max(round(base.plans - net * to_census.days / 365), 1)
    # The spread of leaving is carried by moves in and out, which a scenario draws once a future.
    moves = min(panel.leaving_sd / MOVES_SD, MOST_MOVES)
    moves_in = moves * opening
    ceasing = shapes.ceasing_by_ncy * level(
        opening * _weights(base, shapes),
        _joiners(base, shapes, horizon),
        shapes.ceasing_by_ncy,
        base.leaving,
        moves_in,
        4 / 3 * moves,
    )
    shock, year, capacity = "standard deviation of the logarithm a year", "requests in the year before", _CAPACITY
    by_age = _whole_numbers(opening, base.plans_by_age)
    found: dict[str, Entry] = {
        "demand.requests_in_base_year": (round(base.requests), None, year, _LEVEL),
        "demand.growth": (base.growth, None, "change of the logarithm a year", _GROWTH),
        "demand.national_shock": (panel.national_sd, None, shock, _PANEL),
        "demand.authority_walk": (panel.walk, None, shock, _PANEL),
        "demand.transitory_noise": (base.noise, None, "standard deviation of the logarithm", _PANEL),
        "demand.by_ncy": (_by_ncy(shapes.requests_by_ncy), None, "share of requests", _AGES),
        "demand.transfers_in": (moves_in, (0.0, 2 * moves_in), "children a year", _MOVES),
        "decisions.decisions_per_week": (_capacity(weekly), None, "requests a week", capacity),
        "decisions.refused": (refused, _around_ratio(base, panel), "share of decisions", _REFUSED),
        "decisions.undecided_at_start": (undecided, None, "requests", "Four weeks of requests."),
        "advice.advice_per_week": (_capacity(base.output / 52), None, "reports a week", capacity),
        "assessment_team.cases_per_week": (_capacity(base.output / 52), None, "cases a week", capacity),
        "assessment_team.open_at_start": (opened, _around(opened, 2**0.5 * panel.ratio_sd), "assessments", _OPEN),
        "assessment_team.oldest_at_start": (LAG_WEEKS, None, "weeks", "The mean weeks from request to plan."),
        "caseload.by_setting": (_all_mainstream(0, opening), None, "plans", "All plans of the census: settings change no total."),
        "caseload.by_age": (by_age, None, "plans", _AGES),
        "caseload.within_age": (_by_ncy(shapes.plans_by_ncy), None, "share of plans by NCY", _AGES),
        "reviews.ceasing": (_by_ncy(np.minimum(ceasing, 1.0)), None, "share of the year's plans", _CEASING),
        "reviews.transfers_out": (moves, (0.0, 3 * moves), "share a year", _MOVES),
    }
    return found


_LEVEL = (
    "Requests as published, drawn a part of the way to the national requests a plan: what chance gave one year does not last."
)
_GROWTH = "National growth, less what an authority far from the national requests a plan loses of that distance in a year."
_PANEL = "Spread over the panel of authorities, by the tables given."
_AGES = "The authority's ages where the tables give them, else England's; requests half a year before new plans."
_REFUSED = "Requests that end without a plan, at whatever stage: new plans a request of the authority, drawn towards the panel's."
_OPEN = "New plans that last year's requests still lead to, mostly by the authority's own last ratio."
_CEASING = "England's chances by age, at the level at which as many leave over the horizon as the authority's rate says."
_CAPACITY = "Last year's output and half as much again: a surge waits."
_MOVES = "Moves in and out and corrections of the record: drawn once a future, for the spread of leaving in the panel."


def _whole_numbers(total: int, shares: Mapping[str, float]) -> dict[str, int]:
    """``total`` parted by ``shares`` (they add up to 1), rounded; by largest remainder where rounding would leave nobody.

    Elsewhere the sum may miss ``total`` by one or two: the opening stock scales the bands to it.
    """
    found = {name: round(total * share) for name, share in shares.items()}
    if not any(found.values()):  # no part is above a half, so every part is all remainder
        for name in sorted(shares, key=lambda name: -shares[name])[:total]:
            found[name] = 1
    return found


def _capacity(weekly: float) -> float:
    return max(SLACK * weekly, LEAST_CAPACITY)


def _around_ratio(base: Baseline, panel: Panel) -> tuple[float, float]:
    """Range of the share that ends without a plan, for the spread of plans a request."""
    half = HALF_WIDTH * panel.ratio_sd * base.plans_a_request
    refused = 1 - base.plans_a_request
    return max(refused - half, 0.0), min(refused + half, 1.0)


def _around(count: int, sd: float) -> tuple[int, int]:
    half = min(HALF_WIDTH * sd, 1.0) * count
    return round(count - half), round(count + half)


def _joiners(base: Baseline, shapes: National, horizon: int) -> NDArray[np.float64]:
    """Expected new plans by calendar year and NCY, shape (horizon, 25): of requests of the year and of the year before."""
    requests = [base.requests * math.exp(base.growth * year) for year in range(1, horizon + 1)]
    before = [base.open_cases, *(base.plans_a_request * (1 - THIS_YEAR) * r for r in requests[:-1])]
    yearly = [base.plans_a_request * THIS_YEAR * now + last for now, last in zip(requests, before, strict=True)]
    # Plans come half a year after requests: half of the children have moved up by then.
    ages = (shapes.requests_by_ncy + np.append(0.0, shapes.requests_by_ncy[:-1])) / 2
    return np.outer(yearly, ages)


def _weights(base: Baseline, shapes: National) -> NDArray[np.float64]:
    """Shares of the authority's plans by NCY, shape (25,): England's shape within its age bands."""
    weights = np.zeros(len(shapes.plans_by_ncy))
    for band, (first, last) in AGE_BANDS.items():
        span = slice(first - FIRST_NCY, last - FIRST_NCY + 1)
        shape = shapes.plans_by_ncy[span]
        weights[span] = base.plans_by_age[band] * (shape / shape.sum() if shape.sum() > 0 else 1 / shape.size)
    return weights


def _by_ncy(values: Any) -> dict[str, float]:
    return {str(FIRST_NCY + i): float(value) for i, value in enumerate(values)}


def _first_thursday(year: int) -> dt.date:
    """A day of the first week that counts as the calendar year's (weeks go by their Thursday)."""
    first = dt.date(year, 1, 1)
    return first + dt.timedelta(days=(3 - first.weekday()) % 7)


def _figure(value: Any, day: dt.date, unit: str, source: str, reason: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "source": source, "known_from": day, "verified": False, "reason": reason}


def _structure(day: dt.date) -> dict[str, Any]:
    """Everything that the forecast sets to nothing, as figures known on ``day``."""
    mixes = {
        "caseload.setting_by_need": {need: _all_mainstream() for need in NEEDS.codes},
        "caseload.setting_by_ncy": {ncy: _all_mainstream() for ncy in _by_ncy(range(25))},
    }
    data: dict[str, Any] = {}
    for section, entries in _bare().items():
        if section == "supply":
            data[section] = {k: p | {"places": _unused(p["places"], day)} for k, p in entries.items()}
        else:
            data[section] = {k: v if isinstance(v, dt.date | str) else _unused(v, day) for k, v in entries.items()}
    for path, value in mixes.items():
        section, entry = path.split(".")
        data[section][entry] = _unused(value, day)
    return data


def _unused(value: Any, day: dt.date) -> dict[str, Any]:
    return _figure(
        value, day, "as its section says", "assumption", "Set so that it does not touch requests, new plans and plans."
    )


def _all_mainstream(nobody: float = 0.0, all_of_them: float = 1.0) -> dict[str, float]:
    return dict.fromkeys(SETTINGS.codes, nobody) | {"mainstream": all_of_them}


@lru_cache(maxsize=1)
def _bare() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "structure.toml").read_text("utf-8"))
