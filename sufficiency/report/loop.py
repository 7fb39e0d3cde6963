"""The loop closed: what simulation says of a shortlist, paired future by future, and where it differs from the optimiser.

The optimiser reckons with expected places and sends each child to the best one; in a simulated future a bid opens late or falls
through, children wait, some go to independent schools meanwhile and do not come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import Account
from sufficiency.experiment.run import Run
from sufficiency.places.commitment import opened_by
from sufficiency.places.gap import Band, band, gap, unmet
from sufficiency.report.results import write_table
from sufficiency.shortlist import ShortlistPlan

Array = NDArray[np.float64]
WITHIN = 12
"""Months after which those still waiting are counted."""
GAP, NEED, PLACES, WAITING, STILL = "gap", "need", "places", "waiting", "still_waiting"
INDEPENDENT, DISTANCE, OPENED, UNMET, BALANCE = "independent", "distance", "opened", "unmet", "balance"
LABELS: Mapping[str, tuple[str, str]] = {
    WAITING: ("Children waiting for a specialist place", "children"),
    STILL: (f"Still waiting {WITHIN} months after they began to", "share"),
    INDEPENDENT: ("Children in independent schools", "children"),
    DISTANCE: ("Distance to the places given", "km"),
    NEED: ("Need for specialist places", "children"),
    PLACES: ("Places open to residents", "places"),
    GAP: ("Gap, all need", "places"),
    UNMET: ("Need without a place", "child-years"),
    OPENED: ("Places opened for the commitment", "places"),
    BALANCE: ("Balance of the DSG, cumulative", "£"),
}
"""Words and unit of each measure."""
SHOWN = (GAP, WAITING, STILL, INDEPENDENT, DISTANCE, BALANCE)
LOOP_COLUMNS = (
    "measure",
    "unit",
    "words",
    "period",
    *(f"{w}_{q}" for w in ("before", "after", "change") for q in ("mean", "p10", "p90")),
)
DIFFERENCE_COLUMNS = ("what", "unit", "optimiser", "simulated", "simulated_p10", "simulated_p90", "simulated_mean_95", "why")


@dataclass(frozen=True, eq=False)
class Measured:
    """A measure of a run by period: values [future, period], not a number where a future has none."""

    periods: tuple[str, ...]
    values: Array


def measured(run: Run) -> dict[str, Measured]:
    """The measures of a run that money does not enter, by the names of :data:`LABELS`."""
    tallies, years = run.tallies, run.labels("academic_year")
    waits = tallies["waits"].sum(axis=2)  # every need: [future, year, outcome, months]
    leaving = waits.sum(axis=2).astype(np.float64)
    at_risk = leaving[..., ::-1].cumsum(axis=-1)[..., ::-1]
    ended = waits[:, :, :-1].sum(axis=2)
    hazard = np.divide(ended, at_risk, out=np.zeros_like(leaving), where=at_risk > 0)
    still = np.where(leaving.sum(axis=-1) > 0, np.cumprod(1 - hazard, axis=-1)[..., WITHIN - 1], np.nan)
    given = tallies["placed"].sum(axis=-1).astype(np.float64)
    apart = run.scenario.estate.distances.value
    kilometres = np.array([[apart[home][place] for place in run.labels("area")] for home in run.labels("area")])
    number = given.sum(axis=(2, 3))
    far = np.divide((given * kilometres).sum(axis=(2, 3)), number, out=np.full(number.shape, np.nan), where=number > 0)
    independent = tallies["caseload"][..., run.labels("setting").index("independent")].sum(axis=(2, 3, 4))
    lacking = gap(run, "gap_all")
    opened = tallies["commitment_opened"]
    return {
        GAP: Measured(years, lacking.sum(axis=(2, 3, 4))),
        WAITING: Measured(years, tallies["waiting"].sum(axis=(2, 3, 4)).astype(np.float64)),
        STILL: Measured(years, still),
        INDEPENDENT: Measured(run.labels("census"), independent.astype(np.float64)),
        DISTANCE: Measured(years, far),
        NEED: Measured(years, tallies["need"].sum(axis=(2, 3, 4)).astype(np.float64)),
        PLACES: Measured(years, tallies["places"].sum(axis=(2, 3, 4))),
        UNMET: Measured(years, unmet(lacking).sum(axis=(2, 3, 4))),
        OPENED: Measured(
            ("by the day", "by the horizon"),
            np.stack([opened_by(run, run.scenario.commitment.by), opened[:, -1]], axis=1).astype(np.float64),
        ),
    }


def of_account(account: Account) -> Measured:
    """The balance by financial year."""
    return Measured(tuple(account.financial_years), np.asarray(account.cumulative_balance, dtype=np.float64))


@dataclass(frozen=True)
class Change:
    """A measure in one period without and with the shortlist, and the paired change."""

    name: str
    period: str
    before: Band
    after: Band
    change: Band

    @property
    def words(self) -> str:
        """What is measured."""
        return LABELS[self.name][0]

    @property
    def unit(self) -> str:
        """children, share, km, places or £."""
        return LABELS[self.name][1]


@dataclass(frozen=True)
class Loop:
    """A shortlist simulated: what it changes, and where optimiser and simulation differ."""

    changes: tuple[Change, ...]
    differences: tuple[Difference, ...]
    futures: int
    """Pairs of futures."""

    def at(self, name: str, period: str | None = None) -> Change:
        """The change of a measure in a period, by default the last; KeyError where there is none."""
        found = [change for change in self.changes if change.name == name and period in (None, change.period)]
        if not found:
            raise KeyError(name, period)
        return found[-1]


@dataclass(frozen=True)
class Difference:
    """What the optimiser reckoned, what the simulation shows, and why they need not agree."""

    what: str
    unit: str
    optimiser: float
    simulated: Band
    sure: float
    """Half of the 95 % interval of the simulated mean: with few futures the two need not agree for that alone."""
    why: str


def loop(
    plan: ShortlistPlan,
    before: tuple[tuple[int, ...], Mapping[str, Measured]],
    after: tuple[tuple[int, ...], Mapping[str, Measured]],
) -> Loop:
    """The loop from measures without and with the shortlist, each with the replications of its futures.

    Futures that either lacks are left out; raises InputProblem where none is common to both.
    """
    common, mine, theirs = np.intersect1d(before[0], after[0], return_indices=True)
    if not common.size:
        raise InputProblem("the two results have no future in common", mend="run both anew")
    changes = []
    pairs: dict[str, tuple[Array, Array]] = {}
    for name, first in before[1].items():
        pairs[name] = one, other = first.values[mine], after[1][name].values[theirs]
        for i, period in enumerate(first.periods):
            both = ~np.isnan(one[:, i]) & ~np.isnan(other[:, i])
            if both.any():
                a, b = one[both, i], other[both, i]
                changes.append(Change(name, period, band(a), band(b), band(b - a)))
    return Loop(tuple(changes), _differences(plan, pairs), int(common.size))


def _differences(plan: ShortlistPlan, pairs: Mapping[str, tuple[Array, Array]]) -> tuple[Difference, ...]:
    def more(name: str) -> Array:
        before, after = pairs[name]
        change: Array = after - before
        return change

    opened, need = more(OPENED), float(more(NEED).sum(axis=1).mean())
    reckoned = plan.unmet_before - plan.unmet_after
    moved = "falls" if need < 0 else "rises"
    return (
        _difference(
            "Places of the chosen bids open by the day of the commitment",
            "places",
            plan.closed,
            opened[:, 0],
            "The optimiser counts each bid by its chance and its usual delay; in a future it opens whole, late or not at all.",
        ),
        _difference(
            "Places of the chosen bids open by the horizon",
            "places",
            plan.places_expected,
            opened[:, 1],
            "The same; what is delayed beyond the horizon is missing in the simulation.",
        ),
        _difference(
            "Need met that had no place, over all years",
            "child-years",
            reckoned,
            -more(UNMET).sum(axis=1),
            f"The simulation gives {more(PLACES).sum(axis=1).mean():,.0f} more place-years open to residents, each counted under "
            "the need of the child in it; the optimiser fills a place only with children whom the bid admits and who lack one. "
            f"Need itself {moved} by {abs(need):,.0f} child-years, which the optimiser takes as given.",
        ),
        _difference(
            "Years in independent schools spared",
            "child-years",
            reckoned,
            -more(INDEPENDENT).sum(axis=1),
            "The optimiser reckons that every child without a place costs an independent fee. In the simulation most "
            "of them wait "
            "in mainstream, and those placed in independent schools stay there.",
        ),
    )


def _difference(what: str, unit: str, optimiser: float, simulated: Array, why: str) -> Difference:
    sure = 1.96 * float(simulated.std(ddof=1)) / float(np.sqrt(len(simulated))) if len(simulated) > 1 else float("inf")
    return Difference(what, unit, optimiser, band(simulated), sure, why)


def loop_rows(found: Loop) -> list[tuple[object, ...]]:
    """A row a measure and period."""
    rows: list[tuple[object, ...]] = []
    for each in found.changes:
        bands = [round(v, 4) for b in (each.before, each.after, each.change) for v in (b.mean, b.p10, b.p90)]
        rows.append((each.name, each.unit, each.words, each.period, *bands))
    return rows


def difference_rows(found: Loop) -> list[tuple[object, ...]]:
    """A row for each thing in which optimiser and simulation may differ."""
    return [
        (
            d.what,
            d.unit,
            round(d.optimiser, 2),
            *(round(v, 2) for v in (d.simulated.mean, d.simulated.p10, d.simulated.p90)),
            round(d.sure, 2) if np.isfinite(d.sure) else "",
            d.why,
        )
        for d in found.differences
    ]


def write_loop(found: Loop, folder: Path) -> tuple[str, ...]:
    """Write simulated.csv (before and after) and differences.csv (optimiser and simulation) into ``folder``; their names."""
    import pandas as pd

    tables = {"simulated.csv": (LOOP_COLUMNS, loop_rows(found)), "differences.csv": (DIFFERENCE_COLUMNS, difference_rows(found))}
    for name, (columns, rows) in tables.items():
        write_table(pd.DataFrame(rows, columns=list(columns)), folder / name)
    return tuple(tables)


def loop_words(found: Loop) -> list[str]:
    """What simulation said of the shortlist, in a few sentences."""

    def said(name: str, show: Any) -> str:
        each = found.at(name)
        return (
            f"{each.words} ({each.period}): {show(each.before.mean)} without, {show(each.after.mean)} with it; the change is "
            f"{show(each.change.mean)}, in 8 of 10 futures {show(each.change.p10)} to {show(each.change.p90)}."
        )

    lines = [f"Simulated in the same {found.futures} futures without and with the chosen bids:"]
    lines += [said(name, _SHOW[LABELS[name][1]]) for name in SHOWN if any(c.name == name for c in found.changes)]
    for each in found.differences:
        lines.append(
            f"{each.what}: the optimiser reckons {each.optimiser:,.0f}, the simulation shows {each.simulated.mean:,.0f} "
            f"({each.simulated.p10:,.0f} to {each.simulated.p90:,.0f} in 8 of 10 futures; the mean is known to ± "
            f"{each.sure:,.0f}). "
            f"{each.why}"
        )
    return lines


_SHOW = {
    "children": lambda x: f"{x:,.0f}",
    "places": lambda x: f"{x:,.0f}",
    "share": lambda x: f"{100 * x:.0f} %",
    "km": lambda x: f"{x:.1f} km",
    "£": lambda x: f"£{x / 1e6:,.1f}m",
}
