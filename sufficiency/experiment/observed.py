"""Published figures typed in from papers and releases: a CSV file of measures by period, checked before it is used.

Columns: ``measure`` (a name of :data:`sufficiency.experiment.observables.OBSERVABLES`), ``period`` (2020-03, 2020-08/2020-12 or
2020), ``value``, ``use``, ``source``, ``known_from``; and, if wanted, ``spread``: how close a simulation need come to a fitted
value (default: the square root of a count, 0.05 for a share). Uses are ``fit``: calibrated on; ``validate``: compared with
afterwards; ``seen``: compared too, but the scenario was set with it in view, so that it is no validation; ``input``: given to the
scenario, or of a time before it starts.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sufficiency.domain.files import read_text
from sufficiency.domain.problem import InputProblem, suggestion
from sufficiency.experiment.observables import OBSERVABLES, Target
from sufficiency.experiment.observed_checks import check_order, check_totals
from sufficiency.experiment.periods import Period, covered, period
from sufficiency.scenario.cells import DAY, NUMBER, Kind, cell, named_cells, rows
from sufficiency.scenario.library import folder
from sufficiency.scenario.scenario import Scenario

COLUMNS = ("measure", "period", "value", "use", "source", "known_from")
USES = ("fit", "validate", "seen", "input")
MOST_ROWS = 2_000
LARGEST = 10_000_000
"""No council's figure comes near it; a larger one is a slip of the keyboard."""
LEAST_SPREAD = 1e-6
_KIND = "observed file"
_PERIOD = Kind(period, "a month (2020-03), a span of months (2020-08/2020-12) or a year (2020)", "write the period in that form")


@dataclass(frozen=True)
class Observation:
    """One published figure."""

    measure: str
    period: Period
    value: float
    use: str
    source: str
    known_from: dt.date
    spread: float | None = None
    place: str = field(default="", compare=False)
    """File and row that it was read from."""

    @property
    def scale(self) -> float:
        """What a difference from this figure is measured in."""
        if self.spread is not None:
            return self.spread
        return 0.05 if OBSERVABLES[self.measure].kind == "share" else max(self.value, 1.0) ** 0.5


@dataclass(frozen=True)
class Observed:
    """Published figures in the order of their file."""

    name: str
    rows: tuple[Observation, ...]

    def used(self, *uses: str) -> tuple[Observation, ...]:
        """The rows of those uses, in order."""
        return tuple(row for row in self.rows if row.use in uses)

    def value(self, measure: str, label: str) -> float | None:
        """The published value of a measure in the period of that label, or None."""
        return next((row.value for row in self.rows if row.measure == measure and row.period.label == label), None)

    def within(self, scenario: Scenario, *, strict: Sequence[str] = ()) -> Observed:
        """Without the rows that lie outside the scenario's months; raises InputProblem where one whose use is ``strict`` does."""
        months = covered(scenario.calendar)
        inside = []
        for row in self.rows:
            if set(months).issuperset(row.period.months):
                inside.append(row)
            elif row.use in strict:
                raise InputProblem(
                    "a published figure lies outside the scenario",
                    where=f"{row.place or self.name}, {row.measure}",
                    value=row.period.label,
                    allowed=f"{months[0]} to {months[-1]}",
                    mend="choose another scenario, move its horizon, or give the row another use",
                )
        return Observed(self.name, tuple(inside))

    def targets(self, chosen: Sequence[Observation]) -> tuple[Target, ...]:
        """What to read off each future for the rows ``chosen``."""
        cohorts = {row.period.label: row.value for row in self.used("input") if row.measure == "plans_in_cohort"}
        return tuple(Target(row.measure, row.period, cohorts.get(row.period.label)) for row in chosen)

    @property
    def digest(self) -> str:
        """Hash (16 hexadecimal digits of SHA-256) of what is used: measures, periods, values, uses and spreads."""
        text = "\n".join(f"{r.measure},{r.period.label},{r.value!r},{r.use},{r.spread!r}" for r in self.rows)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def joined(self, other: Observed) -> Observed:
        """Both files' rows; a figure in both must be the same with the same use, and is taken from the first.

        Raises InputProblem, also where a total of one file contradicts its parts in the other.
        """
        known = {(row.measure, row.period.first, row.period.last): row for row in self.rows}
        rows = list(self.rows)
        for row in other.rows:
            before = known.get((row.measure, row.period.first, row.period.last))
            if before is None:
                rows.append(row)
                continue
            where = f"{self.name} and {other.name}, {row.measure} {row.period.label}"
            if before.value != row.value:
                raise InputProblem(
                    "two observed files contradict each other",
                    where=where,
                    value=f"{before.value:g} and {row.value:g}",
                    mend="correct one of them",
                )
            if before.use != row.use:
                raise InputProblem(
                    "two observed files use a figure differently",
                    where=where,
                    value=f"{before.use} and {row.use}",
                    allowed="one use of each figure",
                    mend="give both the same use, or leave the row out of one file",
                )
        name = f"{self.name}+{other.name}"
        check_totals(rows, [row.place or name for row in rows])
        return Observed(name, tuple(rows))


def load_observed(name_or_path: str) -> Observed:
    """The observed file meant by a bundled name (``bristol-2020``) or a path to a ``.csv`` file; raises InputProblem."""
    path = Path(name_or_path)
    if path.suffix.lower() != ".csv":
        known = sorted(each.stem for each in (folder() / "observed").glob("*.csv"))
        if name_or_path not in known:
            raise InputProblem(
                f"there is no {_KIND} of that name",
                value=name_or_path,
                allowed=", ".join(known),
                mend=suggestion(name_or_path, known, "name one of these or a .csv file of your own"),
            )
        path = folder() / "observed" / f"{name_or_path}.csv"
    return parse_observed(read_text(path, kind=_KIND), where=str(path), name=path.stem)


def parse_observed(text: str, *, where: str, name: str) -> Observed:
    """The observed figures written in a CSV text; raises InputProblem for the first thing a person can mend."""
    found: list[Observation] = []
    places: list[str] = []
    header: list[str] | None = None
    for number, cells in rows(text, where):
        place = f"{where}, row {number}"
        if header is None:
            header = _checked_header(cells, place)
        elif any(cells):
            found.append(_observation(named_cells(header, cells, place), place))
            places.append(place)
        if len(found) > MOST_ROWS:
            raise InputProblem(f"the {_KIND} has too many rows", where=where, allowed=f"at most {MOST_ROWS:,}")
    if not found:
        raise InputProblem(f"the {_KIND} has no figures", where=where, mend="give at least one row beneath the header")
    check_order(found, places)
    check_totals(found, places)
    return Observed(name, tuple(found))


def _checked_header(cells: list[str], where: str) -> list[str]:
    known = (*COLUMNS, "spread")
    for column in cells:
        if column not in known:
            mend = suggestion(column, known, "name the columns as allowed")
            raise InputProblem("unknown column", where=where, value=column, allowed=", ".join(known), mend=mend)
        if cells.count(column) > 1:
            raise InputProblem("a column is given twice", where=where, value=column, mend="keep one of the two")
    if missing := [column for column in COLUMNS if column not in cells]:
        raise InputProblem("a column is missing", where=where, value=", ".join(missing), allowed=", ".join(known), mend="add it")
    return cells


def _observation(row: dict[str, str], where: str) -> Observation:
    measure, use = row["measure"], row["use"]
    for what, word, known in (("measure", measure, OBSERVABLES), ("use", use, USES)):
        if word not in known:
            mend = suggestion(word, known, "use one of these")
            raise InputProblem(
                f"unknown {what}", where=f"{where}, column {what}", value=word, allowed=", ".join(known), mend=mend, field=what
            )
    value = float(cell(row, "value", NUMBER, where))
    kind = OBSERVABLES[measure].kind
    share = kind == "share"
    if not 0 <= value <= (1 if share else LARGEST) or (not share and value != int(value)):
        allowed = "a share, 0 to 1 (33.9 % is 0.339)" if share else f"a whole number from 0 to {LARGEST:,}"
        raise InputProblem(
            "the value cannot be", where=f"{where}, column value", value=value, allowed=allowed, mend="correct it", field="value"
        )
    spread = None
    if row.get("spread"):
        spread = float(cell(row, "spread", NUMBER, where))
        if not LEAST_SPREAD <= spread <= LARGEST:
            raise InputProblem(
                "the spread cannot be" if spread > 0 else "the spread is not above 0",
                where=f"{where}, column spread",
                value=spread,
                allowed=f"{LEAST_SPREAD:f} to {LARGEST:,}",
                mend="leave it empty, or correct it",
            )
    if not row["source"]:
        raise InputProblem(
            "a figure has no source", where=f"{where}, column source", mend="say which paper or release it is from"
        )
    return Observation(
        measure=measure,
        period=cell(row, "period", _PERIOD, where),
        value=value,
        use=use,
        source=row["source"],
        known_from=cell(row, "known_from", DAY, where),
        spread=spread,
        place=where,
    )
