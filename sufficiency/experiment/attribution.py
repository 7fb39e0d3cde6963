"""Attribution: a change in requests, plans issued, plans and specialist need split into what drives it.

Parts are **population** (number of children), **rate** (base-year requests and the growth path), **mix** (make-up of requests by
age, area and need), **policy** (interventions and the register), **everything else** (staff, decisions, reviews,
places, and what would have happened anyway with demand standing still) and their **interaction**. Each part is what its factor
alone would change, taken one at a time from the first side; the interaction is what is left. So in every future, and so in the
mean, before + parts = after. Bands of parts do not add up: they are quantiles over futures.

Requests are attributed by their expected number, which is a product of the factors; the rest by simulating the same (paired)
futures with one factor switched at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.comparison import check_comparable
from sufficiency.experiment.measure import by_calendar_year
from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import DEFAULT_FUTURES, MOST_FUTURES, check_count, run_futures
from sufficiency.experiment.switching import FACTORS, alike, has_policy, standing_still, switched
from sufficiency.scenario.draws import drawn
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.demand import Expected, expected
from sufficiency.simulation.results import DEFAULT_BASE_SEED
from sufficiency.simulation.streams import Streams

PARTS = (*FACTORS, "everything_else", "interaction")
"""Parts of a change, in the order in which tables show them."""
MEASURES = {"requests": "requests", "plans_issued": "plans", "caseload": "plans", "need": "children"}
"""What can be attributed, with its unit: flows of a calendar year, and caseload and specialist need on the January census."""
Values = NDArray[np.float64]
"""One number a future."""
Progress = Callable[[str, int, int], None]
"""Called with (what is simulated, futures done, futures asked for)."""


@dataclass(frozen=True)
class Row:
    """One line of an attribution: ``before``, ``after``, their ``change``, or one of :data:`PARTS`."""

    measure: str
    start: str
    end: str
    part: str
    mean: float
    p10: float
    p90: float


@dataclass(frozen=True)
class Attribution:
    """A change of one measure, future by future: ``before`` + the sum of ``parts`` = ``after``."""

    measure: str
    start: str
    end: str
    before: Values
    after: Values
    parts: Mapping[str, Values]
    """One array for each of :data:`PARTS`."""

    def rows(self) -> list[Row]:
        """Means over futures and the range of 8 in 10 of them."""
        lines = {"before": self.before, **self.parts, "change": self.after - self.before, "after": self.after}
        return [
            Row(self.measure, self.start, self.end, part, float(v.mean()), *np.quantile(v, [0.1, 0.9]).tolist())
            for part, v in lines.items()
        ]


def between_years(
    scenario: Scenario,
    first: int,
    last: int,
    futures: int = DEFAULT_FUTURES,
    *,
    base_seed: int = DEFAULT_BASE_SEED,
    measures: Sequence[str] = tuple(MEASURES),
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Attribution]:
    """The change of each measure from calendar year ``first`` to ``last`` (censuses of those Januaries) in one scenario.

    A factor stands still by repeating the first year, week by week, in every later one. Raises InputProblem for years that the
    scenario does not cover whole, for unknown measures, and as :func:`run_futures` does.
    """
    _check(measures, scenario, (first, last), futures, base_seed)
    if first >= last:
        raise InputProblem("the first year is not before the last", value=f"{first} to {last}", mend="give a later last year")
    names = (str(first), str(last))
    found: dict[str, Attribution] = {}
    if "requests" in measures:
        pairs = [_of_years(e, scenario, (first, last)) for e in _expected(scenario, base_seed, range(futures))]
        found["requests"] = _of_requests(*names, pairs)
    simulated = [m for m in measures if m != "requests"]
    if simulated:
        moving = [factor for factor in FACTORS if factor != "policy" or has_policy(scenario)]
        variants = {"as it is": scenario, "demand still": standing_still(scenario, first, FACTORS)}
        variants |= {factor: standing_still(scenario, first, [f for f in FACTORS if f != factor]) for factor in moving}
        values = _simulated(variants, simulated, (first, last), futures, base_seed, executor, progress)
        for measure, of in values.items():
            before, after = of["as it is"].T
            base = of["demand still"][:, 1]
            parts = {factor: of[factor][:, 1] - base for factor in moving} | {"everything_else": base - before}
            found[measure] = _attribution(measure, *names, before, after, parts)
    return [found[measure] for measure in measures]


def between_scenarios(
    a: Scenario,
    b: Scenario,
    years: Sequence[int],
    futures: int = DEFAULT_FUTURES,
    *,
    base_seed: int = DEFAULT_BASE_SEED,
    measures: Sequence[str] = tuple(MEASURES),
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Attribution]:
    """The difference of each measure in each of ``years`` from scenario ``a`` to ``b``, by measure, then year.

    A factor is switched by taking its assumptions from ``b`` into ``a``. Raises InputProblem where the scenarios cannot be
    compared, for years they do not cover whole, for unknown measures, and as :func:`run_futures` does.
    """
    check_comparable(a, b)
    for scenario in (a, b):
        _check(measures, scenario, years, futures, base_seed)
    start, end = ("+".join((s.name, *s.overrides)) for s in (a, b))
    parts = {part: switched(a, b, part) for part in (*FACTORS, "everything_else")}
    # What is the same on both sides is not computed again: its part is 0.
    variants = {"before": a, **{part: s for part, s in parts.items() if not alike(a, s)}, "after": b}
    values: dict[str, dict[str, NDArray[np.float64]]] = {}
    if "requests" in measures:
        found = {name: _expected(variant, base_seed, range(futures)) for name, variant in variants.items()}
        values["requests"] = {
            name: np.array([[e.mean[a.calendar.calendar_years == y].sum() for y in years] for e in each])
            for name, each in found.items()
        }
    simulated = [m for m in measures if m != "requests"]
    if simulated:
        values |= _simulated(variants, simulated, years, futures, base_seed, executor, progress)
    return [
        _attribution(
            measure,
            f"{start}, {year}",
            f"{end}, {year}",
            of["before"][:, i],
            of["after"][:, i],
            {part: of[part][:, i] - of["before"][:, i] for part in parts if part in of},
        )
        for measure in measures
        for of in (values[measure],)
        for i, year in enumerate(years)
    ]


def _attribution(measure: str, start: str, end: str, before: Values, after: Values, parts: Mapping[str, Values]) -> Attribution:
    """Parts not named are 0, and the interaction is what the others leave."""
    whole = {part: parts.get(part, np.zeros_like(before)) for part in PARTS[:-1]}
    whole["interaction"] = after - before - np.sum(list(whole.values()), axis=0)
    return Attribution(measure, start, end, before, after, whole)


def _of_requests(start: str, end: str, pairs: Sequence[tuple[dict[str, float], dict[str, float]]]) -> Attribution:
    """Attribution of expected requests between two years from their factors, future by future."""
    before, after = (np.array([_product(pair[side]) for pair in pairs]) for side in (0, 1))
    parts = {
        part: np.array([_product(old | {k: new[k] for k in _FACTORS_OF_YEAR[part]}) for old, new in pairs]) - before
        for part in FACTORS
    }
    return _attribution("requests", start, end, before, after, parts)


_FACTORS_OF_YEAR = {"population": ("population",), "rate": ("rate",), "mix": ("mix",), "policy": ("policy", "register")}


def _product(factors: dict[str, float]) -> float:
    return factors["base"] * factors["population"] * factors["rate"] * factors["mix"] * factors["policy"] + factors["register"]


def _of_years(found: Expected, scenario: Scenario, years: tuple[int, int]) -> tuple[dict[str, float], dict[str, float]]:
    """The factors of two whole calendar years, each the mean of its weeks as the factors before it weigh them.

    Their product telescopes to the year's requests without rounding beyond that of floating point.
    """
    pair = []
    for year in years:
        here = scenario.calendar.calendar_years == year
        weights = found.season[here]
        factors = {"base": found.base * float(weights.sum()), "register": float((found.register + found.alternative)[here].sum())}
        for name in ("population", "mix", "rate", "policy"):
            weighted = weights * getattr(found, name)[here]
            factors[name] = float(weighted.sum() / weights.sum())
            weights = weighted
        pair.append(factors)
    return pair[0], pair[1]


def _expected(scenario: Scenario, base_seed: int, replications: range) -> list[Expected]:
    streams = [Streams(base_seed, r) for r in replications]
    return [expected(drawn(scenario, s.uniform), s) for s in streams]


def _simulated(
    variants: Mapping[str, Scenario],
    measures: Sequence[str],
    years: Sequence[int],
    futures: int,
    base_seed: int,
    executor: Executor | None,
    progress: Progress | None,
) -> dict[str, dict[str, NDArray[np.float64]]]:
    """Each measure of each variant, shape (futures, years); raises InputProblem where a future failed."""
    values: dict[str, dict[str, NDArray[np.float64]]] = {measure: {} for measure in measures}
    for name, variant in variants.items():
        tell = None if progress is None else _telling(progress, name)
        run = run_futures(variant, futures, base_seed=base_seed, executor=executor, progress=tell)
        if run.failed:
            first = run.failed[0]
            raise InputProblem(
                "a future could not be simulated, so that the change cannot be attributed",
                where=f"{name}, future {first.replication}",
                value=f"{first.error}: {first.message}",
                mend="run it again; where that fails too, undo the last change of the scenario",
            )
        for measure in measures:
            values[measure][name] = _totals(run, measure, years)
    return values


def _telling(progress: Progress, name: str) -> Callable[[int, int], None]:
    return lambda done, of: progress(f"Attribution: {name}", done, of)


def _totals(run: Run, measure: str, years: Sequence[int]) -> NDArray[np.float64]:
    """A measure over all areas, needs and ages, shape (futures, years)."""
    if measure == "plans_issued":
        labels, values = by_calendar_year(run, measure)
    else:
        labels, values = run.labels("census"), run.tallies[measure]
    total = values.sum(axis=tuple(range(2, values.ndim)))
    found: NDArray[np.float64] = total[:, [labels.index(str(y)) for y in years]].astype(np.float64)
    return found


def _check(measures: Sequence[str], scenario: Scenario, years: Sequence[int], futures: int, base_seed: int) -> None:
    check_count(futures, "number of futures", 1, MOST_FUTURES)
    check_count(base_seed, "base seed", 0, 2**63 - 1)
    unknown = [m for m in measures if m not in MEASURES]
    if unknown or not measures:
        raise InputProblem("unknown measure", value=", ".join(unknown), allowed=", ".join(MEASURES))
    if "requests" in measures and scenario.demand.known_requests:
        raise InputProblem(
            "known requests cannot be attributed",
            where=scenario.title,
            mend="remove demand.known_requests, or name other measures",
        )
    covered = whole_years(scenario)
    if not years:
        raise InputProblem(
            "no year is named", allowed=f"{covered[0]} to {covered[-1]}", mend="name a last year not before the first"
        )
    for year in years:
        if year not in covered:
            raise InputProblem(
                "the scenario does not cover the whole year",
                where=scenario.title,
                value=year,
                allowed=f"{covered[0]} to {covered[-1]}" if covered else "none",
                mend="choose another year",
            )


def whole_years(scenario: Scenario) -> tuple[int, ...]:
    """Calendar years that the clock covers from their first month to their last, in order."""
    months = set(scenario.calendar.months)
    years = sorted({int(month[:4]) for month in months})
    return tuple(y for y in years if {f"{y}-01", f"{y}-12"} <= months)
