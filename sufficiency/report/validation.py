"""Results of validations as small files inside the package: written by the scripts in ``benchmarks/``, read by the app.

A file is a CSV table beneath comment lines that say how it came about: command, date, futures, seed and model version. No number
of the Evidence page has another origin.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sufficiency import __version__
from sufficiency.report.results import write_atomically

FOLDER = Path(__file__).parent / "validations"
REASONS = FOLDER / "reasons.toml"
_DIGITS = 6


@dataclass(frozen=True)
class Result:
    """One validation as it was measured."""

    name: str
    about: Mapping[str, str]
    """How it came about: ``command``, ``date``, ``futures``, ``seed``, ``model_version`` and what else was written."""
    rows: tuple[Mapping[str, str], ...]

    def limited(self, **entries: str) -> tuple[Mapping[str, str], ...]:
        """The rows that have those entries."""
        return tuple(row for row in self.rows if all(row[key] == value for key, value in entries.items()))


@dataclass(frozen=True)
class Point:
    """One published figure beside the simulation's band of 5 to 95 %."""

    measure: str
    period: str
    use: str
    """fit, validate, seen (in view when the scenario was set: neither) or input."""
    published: float
    p5: float
    p50: float
    p95: float
    as_last_time: float | None = None

    @property
    def inside(self) -> bool:
        """Whether the published figure lies within the band."""
        return self.p5 <= self.published <= self.p95


def points(rows: Sequence[Mapping[str, str]]) -> tuple[Point, ...]:
    """Rows with the columns of :class:`Point` as such; ``use`` is ``validate`` and ``as_last_time`` empty where not given."""
    return tuple(
        Point(
            measure=row["measure"],
            period=row["period"],
            use=row.get("use", "validate"),
            **{name: float(row[name]) for name in ("published", "p5", "p50", "p95")},
            as_last_time=float(row["as_last_time"]) if row.get("as_last_time") else None,
        )
        for row in rows
    )


def read(name: str) -> Result | None:
    """The validation of that name, or None where it has not been measured yet."""
    path = FOLDER / f"{name}.csv"
    if not path.is_file():
        return None
    lines = path.read_text(encoding="utf-8").splitlines()
    about = {}
    while lines and lines[0].startswith("#"):
        key, _, value = lines.pop(0)[1:].partition(":")
        about[key.strip()] = value.strip()
    return Result(name, about, tuple(csv.DictReader(lines)))


def write(name: str, rows: Sequence[Mapping[str, Any]], *, command: str, **about: object) -> Path:
    """Put a validation in its place: ``rows`` with the keys of the first, and how they came about. Gives back the file."""
    head = {"command": command, "date": dt.date.today().isoformat(), "model_version": __version__, **about}
    text = io.StringIO()
    for key, value in head.items():
        text.write(f"# {key}: {value}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([_cell(row[key]) for key in rows[0]] for row in rows)
    path = FOLDER / f"{name}.csv"
    write_atomically(path, lambda file: file.write(text.getvalue()))
    return path


def reasons() -> Iterator[tuple[str, str, str, str]]:
    """Why published figures are not matched: validation, measure, period ("" for all of them) and the reason."""
    for name, entries in tomllib.loads(REASONS.read_text(encoding="utf-8")).items():
        for place, reason in entries.items():
            measure, _, period = place.partition(" ")
            yield name, measure, period, reason


def reason(name: str, point: Point) -> str:
    """Why a published figure is not matched, as far as is known; that of its own period first."""
    found = {(measure, period): why for each, measure, period, why in reasons() if each == name}
    return found.get((point.measure, point.period)) or found.get((point.measure, "")) or "Not explained."


def _cell(value: Any) -> Any:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.{_DIGITS}g}" if isinstance(value, float) else value
