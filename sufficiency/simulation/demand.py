"""Expected requests, week by week, as a product of what drives them.

Requests a week have the mean

    base-year requests x season x population x mix x rate x policy + register,

where **population** is the number of children (all ages to 25) over that of the base year; **mix** is what the make-up by age
and area does on top (each age and area has its own rate of requests); **rate** is ``exp`` of a growth path drawn once a future;
**policy** is what interventions leave; and the **register** of early identification adds requests of its own. Need is that of
the plans later issued: none is published for requests, so need is inferred and never changes how many requests come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.calendar import Calendar
from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.caseload import phase_of
from sufficiency.simulation.effects import multiplier, multiplier_in_part, policy_weeks, repeating
from sufficiency.simulation.population import NCYS, children
from sufficiency.simulation.streams import Streams

Weekly = NDArray[np.float64]
WEEKS_A_YEAR = 365.25 / 7
WEEKS_TO_ASK = 4
"""Weeks over which requests are made for those who had to leave alternative provision."""
PHASE_OF_NCY = phase_of(NCYS)
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Expected:
    """Mean requests of one future and what they are made of; arrays of shape (weeks,) unless they say otherwise."""

    base: int
    """Requests of the base year."""
    season: Weekly
    """Share of its calendar year's requests that falls in each week."""
    population: Weekly
    mix: Weekly
    rate: Weekly
    policy: Weekly
    register: Weekly
    """Requests a week that the register adds."""
    alternative: Weekly
    """Requests a week that come of places closed or added in alternative provision."""
    cells: NDArray[np.float64]
    """Mean requests by area, need and week where every phase has the policy that reaches all; shape (areas, needs, weeks)."""
    in_part: NDArray[np.float64] | None
    """Factor of the policies that reach a part, shape (areas or 1, needs or 1, phases or 1, weeks)."""
    by_age: NDArray[np.float64]
    """Requests by area, need, academic year and NCY, over those of the base year; shape (areas, needs, academic years, NCYs)."""
    mix_year: NDArray[np.int64]
    """Position, on the axis of academic years, of the year whose make-up each week has."""

    @property
    def mean(self) -> Weekly:
        """Mean requests in each week."""
        mean: Weekly = self.base * self.season * self.population * self.mix * self.rate * self.policy + self.register
        return mean + self.alternative

    def without(self, weeks: NDArray[np.bool_]) -> Expected:
        """The same with no requests to draw in some ``weeks``, shape (weeks,)."""
        cells = np.where(weeks, 0.0, self.cells)
        season, register, alternative = (np.where(weeks, 0.0, part) for part in (self.season, self.register, self.alternative))
        return replace(self, season=season, register=register, alternative=alternative, cells=cells)


def expected(scenario: Scenario, streams: Streams) -> Expected:
    """Mean requests of one future of ``scenario``, whose ranges are drawn already."""
    calendar, demand = scenario.calendar, scenario.demand
    years = np.unique(calendar.academic_years)
    by_age, total = _by_age(scenario, years)
    size = by_age.sum(axis=(0, 1, 3))
    still = demand.still
    of_population, of_mix = (
        calendar.academic_years[repeating(calendar, year)] - years[0]
        for year in ((still.population, still.mix) if still else (None, None))
    )
    path = growth_path(scenario, streams)
    rate = np.exp([path[int(y)] for y in calendar.calendar_years])
    months = tuple(demand.by_month.value[str(m)] for m in range(1, 13))
    share = season(calendar, months)
    policy = multiplier(scenario, "request_rate")
    # The same year for both leaves exactly 1, so that a scenario that repeats nothing has no rounding from it.
    weekly = demand.requests_in_base_year.value * share * rate * policy * (total[of_population] / total[of_mix])
    cells = by_age.sum(axis=-1)[:, :, of_mix] * weekly
    in_part = multiplier_in_part(scenario, "request_rate")
    if in_part is not None:
        policy = policy * _mean_factor(by_age, in_part, of_mix)
    return Expected(
        base=demand.requests_in_base_year.value,
        season=share,
        population=total[of_population],
        mix=size[of_mix] / total[of_mix],
        rate=rate,
        policy=policy,
        register=_from_register(scenario, share),
        alternative=_from_alternative(scenario),
        cells=cells,
        in_part=in_part,
        by_age=by_age,
        mix_year=of_mix,
    )


def growth_path(scenario: Scenario, streams: Streams) -> dict[int, float]:
    """Logarithm of the request level by calendar year, 0 in the base year (the last whole year before the start).

    The level that persists moves by mean growth, drift, the national shock and the authority's own walk; what is seen of it in a
    year has the noise of that year as well. That holds of the base year too, and of each year whose growth is known: the noise
    seen in the last of them does not persist, and goes out again in the first year drawn. So the spread between any two years
    h apart is sqrt(h walk² + 2 noise²), as it is between published years of the panel.
    """
    demand = scenario.demand
    known = demand.known_growth.value if demand.known_growth else {}
    noise = demand.single_year_noise
    base = scenario.calendar.monday.year - (scenario.calendar.monday.month < 12)
    last = int(scenario.calendar.calendar_years[-1])
    drift = demand.drift.value * _normal(streams, "growth/drift")
    path = {base: 0.0}
    level = -noise * _normal(streams, f"growth/transitory/{base}")
    for year in range(base + 1, last + 1):
        this_year = noise * _normal(streams, f"growth/transitory/{year}")
        if str(year) in known:
            path[year] = path[year - 1] + known[str(year)]
            level = path[year] - this_year
            continue
        level += demand.growth.value + drift
        level += demand.national_shock.value * _normal(streams, f"growth/national/{year}")
        level += demand.authority_walk.value * _normal(streams, f"growth/authority/{year}")
        path[year] = level + this_year
    if demand.still and demand.still.rate:
        repeated = int(demand.still.rate)
        path = {year: path[min(year, repeated)] for year in path}
    return path


@lru_cache(maxsize=64)
def season(calendar: Calendar, weights: tuple[float, ...]) -> NDArray[np.float64]:
    """Share of a calendar year's requests that fall in each week, shape (weeks,); the shares of a whole year sum to 1."""
    weight = np.array(weights)[calendar.month_number - 1]
    total = {}
    for year in np.unique(calendar.calendar_years):
        days = np.arange(np.datetime64(f"{year}-01-01"), np.datetime64(f"{year + 1}-01-01"))
        thursdays = days[(days.astype("datetime64[D]").view("int64") - 0) % 7 == 0]  # 1 January 1970 was a Thursday
        months = thursdays.astype("datetime64[M]").astype(np.int64) % 12
        total[int(year)] = float(np.array(weights)[months].sum())
    share: NDArray[np.float64] = weight / np.array([total[int(y)] for y in calendar.calendar_years])
    return share


def weekly_mean(scenario: Scenario, streams: Streams) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean requests a week over all cells, shape (weeks,), and each NCY's share of them, shape (academic years, NCYs).

    The shares are those before policies that reach a part only.
    """
    found = expected(scenario, streams)
    by_ncy = found.by_age.sum(axis=(0, 1))
    return found.mean, by_ncy / by_ncy.sum(axis=1, keepdims=True)


def _by_age(scenario: Scenario, years: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Requests over those of the base year by area, need, academic year and NCY at the base year's rates, and children over
    those of the base year by academic year."""
    demand = scenario.demand
    now, base = children(scenario, years)
    area = np.array([demand.by_area.value[a] for a in scenario.area_codes])
    age = np.array([demand.by_ncy.value[str(n)] for n in NCYS])
    if demand.need_by_phase:
        by_phase = np.array([[demand.need_by_phase.value[p][n] for p in PHASES.codes] for n in NEEDS.codes])
        need_and_age = by_phase[:, PHASE_OF_NCY] * age
    else:
        need_and_age = np.array([demand.by_need.value[n] for n in NEEDS.codes])[:, None] * age
    requests = area[:, None, None, None] * need_and_age[None, :, None, :] * (now / base)[:, None]
    return requests, now.sum(axis=(0, 2)) / base.sum()


def _mean_factor(by_age: NDArray[np.float64], in_part: NDArray[np.float64], of_mix: NDArray[np.int64]) -> Weekly:
    """Mean of the factors of policies that reach a part, over all requests of each week."""
    kept = tuple(axis for axis in range(3) if in_part.shape[axis] > 1)
    by_phase = by_age.sum(axis=tuple(axis for axis in (0, 1) if axis not in kept), keepdims=True)
    if 2 in kept:
        by_phase = np.stack([by_phase[..., p == PHASE_OF_NCY].sum(axis=-1) for p in range(len(PHASES))], axis=2)
    else:
        by_phase = by_phase.sum(axis=-1)[:, :, None]
    weights = by_phase / by_phase.sum(axis=(0, 1, 2))
    mean: Weekly = (weights[..., of_mix] * in_part).sum(axis=(0, 1, 2))
    return mean


def _from_register(scenario: Scenario, share: Weekly) -> Weekly:
    """Requests a week added by the register of early identification, in the season of all requests.

    Names N follow dN/dt = new - (conversion + diverted) N from the day they were counted; ``additional`` x ``conversion`` x N
    requests a year are added.
    """
    register = scenario.demand.early_register
    if register is None:
        return np.zeros(scenario.calendar.weeks)
    weeks = policy_weeks(scenario)
    time = (weeks - scenario.calendar.week_of(register.counted_on) + 0.5) / WEEKS_A_YEAR
    leaving = register.conversion.value + register.diverted.value
    gone = -np.expm1(-leaving * np.maximum(time, 0.0))
    joined = register.new_names.value * (gone / leaving if leaving > 0 else np.maximum(time, 0.0))
    names = register.names.value * (1 - gone) + joined
    added: Weekly = np.where(time > 0, register.additional.value * register.conversion.value * names, 0.0) * share
    return added


def _from_alternative(scenario: Scenario) -> Weekly:
    """Requests a week on top of the base year's, of children without a plan who leave alternative provision.

    Of pupils N(t): those for whom there is no place any more, max(0, N(t - 1) - N(t)), in the four weeks after it closed; and the
    usual share of those above the number at the start, leaving x max(0, N(t) - N(0)).
    """
    alternative = scenario.demand.alternative
    if alternative is None or alternative.pupils_from is None:
        return np.zeros(scenario.calendar.weeks)
    changes, months = alternative.pupils_from.value, scenario.calendar.thursdays.astype("datetime64[M]")
    known = sorted(changes)
    counts = np.array([alternative.pupils.value, *(changes[month] for month in known)], dtype=np.float64)
    pupils = counts[np.array(known, dtype="datetime64[M]").searchsorted(months, side="right")][policy_weeks(scenario)]
    closed = np.maximum(-np.diff(pupils, prepend=counts[0]), 0.0)
    leaving = np.convolve(closed, np.full(WEEKS_TO_ASK, 1 / WEEKS_TO_ASK))[: closed.size]
    leaving += alternative.leaving.value * np.maximum(pupils - counts[0], 0.0) / WEEKS_A_YEAR
    added: Weekly = alternative.asking.value * leaving
    return added


def _normal(streams: Streams, name: str) -> float:
    return _NORMAL.inv_cdf(streams.uniform(name))
