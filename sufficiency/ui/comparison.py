"""Scenarios side by side: paired future by future, or refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.problem import InputProblem
from sufficiency.places.commitment import opened_by
from sufficiency.places.gap import Band, band, cut, gap
from sufficiency.report.words import unbroken
from sufficiency.scenario.provenance import in_words
from sufficiency.ui.answers import Answer
from sufficiency.ui.formats import day, number, rough_change, rough_money, signed

MOST_COMPARED = 6
DATA = ("caseload.", "population.", "demand.requests_in_base_year")
"""Where a scenario's data are: of two verified figures that differ, both are published, so that the data are not the same."""


class Measure(NamedTuple):
    """A measure of the comparison: its name and whether it is money."""

    name: str
    money: bool = False


MEASURES = (
    Measure("Places needed"),
    Measure("Gap, all need"),
    Measure("Children waiting"),
    Measure("Places opened for the commitment"),
    Measure("Deficit or surplus at the end", money=True),
)


def values(answer: Answer, year: str) -> dict[str, NDArray[np.float64]]:
    """The measures of a run, one value a future; ``year`` is an academic year."""
    run = answer.run
    at = run.labels("academic_year").index(year)
    per_future = (
        cut(run, run.tallies["need"], ())[:, at],
        cut(run, gap(run, "gap_all"), ())[:, at],
        cut(run, gap(run, "gap_waiting"), ())[:, at],
        opened_by(run, run.scenario.commitment.by),
        answer.account.cumulative_balance[:, -1],
    )
    return {measure.name: np.asarray(found, dtype=np.float64) for measure, found in zip(MEASURES, per_future, strict=True)}


def check_alike(first: Answer, other: Answer) -> None:
    """Raise InputProblem, naming what differs, where two results must not be set side by side."""
    a, b = first.scenario, other.scenario
    unlike = (
        ("base seeds", first.key.seed, other.key.seed, "run both with the same seed, so that their futures are paired"),
        ("numbers of futures", first.key.futures, other.key.futures, "run both with the same number of futures"),
        ("model versions", first.key.version, other.key.version, "run both anew"),
        ("first days", day(a.start), day(b.start), "compare scenarios of the same baseline"),
        ("horizons", day(a.horizon), day(b.horizon), "give both the same horizon"),
        ("areas", ", ".join(a.areas), ", ".join(b.areas), "compare scenarios with the same areas"),
    )
    for what, mine, theirs, mend in unlike:
        if mine != theirs:
            raise InputProblem(f"“{a.title}” and “{b.title}” have different {what}", value=f"{mine} and {theirs}", mend=mend)
    theirs_by_path = dict(b.figures())
    for path, figure in a.figures():
        other_figure = theirs_by_path.get(path)
        both_published = path.startswith(DATA) and figure.verified and other_figure is not None and other_figure.verified
        if both_published and other_figure is not None and figure.value != other_figure.value:
            raise InputProblem(
                f"“{a.title}” and “{b.title}” rest on different data",
                where=path,
                value=f"{in_words(figure.value)} and {in_words(other_figure.value)}",
                mend="compare scenarios of the same baseline; a figure you assume is one you do not mark as verified",
            )


def paired(first: Answer, other: Answer, year: str) -> dict[str, Band]:
    """The band of each measure's difference (other less first), future by future; raises InputProblem."""
    check_alike(first, other)
    common, mine, theirs = np.intersect1d(first.run.replications, other.run.replications, return_indices=True)
    if not common.size:
        raise InputProblem("the two results have no future in common", mend="run both anew")
    before, after = values(first, year), values(other, year)
    return {name: band(after[name][theirs] - before[name][mine]) for name in before}


def words(found: Band, *, money: bool, difference: bool) -> str:
    """``1,234 (1,000 to 1,500)``; a difference carries its sign."""
    show = (rough_change if difference else rough_money) if money else (signed if difference else number)
    text = f"{show(found.mean)} ({show(found.p10)} to {show(found.p90)})"
    return unbroken(text)


def side_by_side(
    answers: Mapping[str, Answer], year: str
) -> tuple[list[dict[str, str]], list[dict[str, str]], list[dict[str, Any]]]:
    """Rows for three tables: each scenario's measures, each one's differences from the first, and both as plain numbers.

    ``answers`` are by the name shown.
    """
    levels, changes, numbers = [], [], []
    first = next(iter(answers.values()))
    for title, answer in answers.items():
        found = {name: band(per_future) for name, per_future in values(answer, year).items()}
        differences = paired(first, answer, year)
        levels.append({"Scenario": title} | {m.name: words(found[m.name], money=m.money, difference=False) for m in MEASURES})
        if answer is not first:
            changes.append(
                {"Scenario": title} | {m.name: words(differences[m.name], money=m.money, difference=True) for m in MEASURES}
            )
        numbers += [
            {"scenario": title, "hash": answer.scenario.digest, "measure": m.name, "academic_year": year, "kind": kind,
             "mean": b[m.name].mean, "p10": b[m.name].p10, "p50": b[m.name].p50, "p90": b[m.name].p90}
            for kind, b in (("level", found), ("difference from the first", differences)) for m in MEASURES
        ]  # fmt: skip
    return levels, changes, numbers
