"""The rules that both engines follow in the comparison, and the scenario that asks our engine for just these."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

from sufficiency.domain.dictionaries import NEEDS, PHASES, SETTINGS
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario

FIRST_YEAR = 2022
WEEKS_A_YEAR = 365.25 / 7


@dataclass(frozen=True)
class Rules:
    """Assessment and placement, reduced to what both engines can say. Capacities are cases a week, delays whole weeks."""

    name: str
    years: int = 10
    requests: float = 20.0
    """Requests a week in the first year."""
    growth: float = 0.12
    """Growth of requests from one calendar year to the next."""
    weeks_before_panel: int = 4
    decisions: int = 200
    refused: float = 0.084
    urgent: float = 0.15
    """Share of cases taken first, oldest request first, as are the others after them."""
    advice: int = 17
    weeks_to_advise: int = 6
    cases: int = 16
    not_issued: float = 0.078
    weeks_to_finalise: int = 6
    specialist: float = 0.25
    """Share of new plans that need a specialist place."""
    places: int = 300
    turnover: float = 0.15
    """Chance a year, drawn each September, that a child gives up its place, in a week spread evenly over the year."""


OVERRUN = Rules("requests outrun capacity")
STEADY = Rules("steady state", growth=0.0, advice=21, cases=20, places=1000)


UNUSED = ("drafts_per_week", "priority_by_ncy", "not_issued_overturned", "weeks_to_overturn_not_issued", "exception_at_closure")
"""Optional figures of the assessment team that the usual way does without."""


def reduced(rules: Rules) -> Scenario:
    """Bristol 2022 with every range and every share that is not in ``rules`` set to nothing."""
    base = load("bristol-2022")
    data = base.model_dump(mode="python")
    for path, _ in base.figures():
        _at(data, path).update(low=None, high=None)
    for path, value in _values(rules, base).items():
        _at(data, path)["value"] = value
    data["interventions"] = {}
    data["demand"]["early_register"] = None
    data["assessment_team"] |= dict.fromkeys(UNUSED)
    data["placements"]["panel"] = None  # the longest waiting first, and nobody before others
    data["start"], data["horizon"] = dt.date(FIRST_YEAR, 1, 3), dt.date(FIRST_YEAR + rules.years - 1, 12, 28)
    data["supply"] = {f"places-{area}": _provision(data, area, n) for area, n in _shared(rules.places, base.area_codes).items()}
    return Scenario.model_validate(data)


def _values(rules: Rules, base: Scenario) -> dict[str, Any]:
    ncys = tuple(base.demand.by_ncy.value)
    none = ("transfers_in", "national_shock", "authority_walk", "transitory_noise", "drift")
    no_emergence = ("emergence_primary", "emergence_secondary", "jump_at_reception", "jump_at_secondary")
    no_moves = ("to_independent", "to_alternative", "to_elsewhere", "to_out_of_area", "return_at_transfer")
    no_moves += ("mainstream_to_elsewhere", "college_to_elsewhere")
    return {
        **{f"demand.{name}": 0.0 for name in none},
        **{f"placements.{name}": 0.0 for name in (*no_emergence, *no_moves)},
        "population.births": {"1990": 6000.0, "2040": 6000.0},
        "population.migration": 0.0,
        # The base year is the one before the first.
        "demand.requests_in_base_year": round(rules.requests * WEEKS_A_YEAR / (1 + rules.growth)),
        "demand.growth": math.log1p(rules.growth),
        # In Year 1 when the clock starts, in Year 11 when it stops: no phase but primary and secondary is ever met.
        "demand.by_ncy": {ncy: float(ncy == "1") for ncy in ncys},
        "demand.by_month": {str(month): 1.0 for month in range(1, 13)},
        "demand.priority_share": rules.urgent,
        "decisions.decisions_per_week": float(rules.decisions),
        "decisions.weeks_before_panel": rules.weeks_before_panel,
        "decisions.refused": rules.refused,
        "decisions.withdrawn": 0.0,
        "decisions.overturned_by_mediation": 0.0,
        "decisions.overturned_by_tribunal": 0.0,
        "decisions.undecided_at_start": 0,
        "advice.advice_per_week": float(rules.advice),
        "advice.capacity_growth": 0.0,
        "advice.weeks_to_advise": rules.weeks_to_advise,
        "advice.follows_demand": 0.0,
        "advice.reused": 0.0,
        "assessment_team.cases_per_week": float(rules.cases),
        "assessment_team.capacity_growth": 0.0,
        "assessment_team.follows_demand": 0.0,
        # With every case in the backlog the meeting's rule is: urgent cases first, then the oldest request.
        "assessment_team.backlog_share": 1.0,
        "assessment_team.backlog_after": 0,
        "assessment_team.weeks_to_finalise": rules.weeks_to_finalise,
        "assessment_team.not_issued": rules.not_issued,
        "assessment_team.open_at_start": 0,
        # One plan in the opening stock, because a mix of none is no mix: it takes no place and is not counted.
        "caseload.by_setting": {setting: int(setting == "elsewhere") for setting in SETTINGS.codes},
        "caseload.waiting": 0,
        "placements.specialist_at_issue": dict.fromkeys(NEEDS.codes, rules.specialist),
        "placements.latent": 1.0,
        "placements.step_down": rules.turnover,
        "reviews.ceasing": dict.fromkeys(ncys, 0.0),
        "reviews.transfers_out": 0.0,
        "reviews.queue_at_start": 0,
        "estate.resident_share": 1.0,
    }


def _provision(data: dict[str, Any], area: str, places: int) -> dict[str, Any]:
    """Places in ``area`` that admit everyone: together with the other areas' they are one pool."""
    pattern = data["supply"]["special-north"]
    figure = {**pattern["places"], "value": places}
    return {**pattern, "title": f"Places, {area}", "area": area, "needs": NEEDS.codes, "phases": PHASES.codes, "places": figure}


def _shared(total: int, among: tuple[str, ...]) -> dict[str, int]:
    whole, left = divmod(total, len(among))
    return {name: whole + (i < left) for i, name in enumerate(among)}


def _at(data: dict[str, Any], path: str) -> dict[str, Any]:
    for key in path.split("."):
        data = data[key]
    return data
