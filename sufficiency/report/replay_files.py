"""The replay as a table: published figures beside the simulation's bands and beside "as last time"."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan
from typing import TYPE_CHECKING

from sufficiency.experiment.observables import OBSERVABLES
from sufficiency.experiment.replay import Check, Replay

if TYPE_CHECKING:
    import pandas as pd

_HEADINGS = ("measure", "period", "use", "published", "p5", "p50", "p95", "inside", "width", "error", "as last time")


def checks_table(done: Replay) -> pd.DataFrame:
    """A row for each published figure: band, inside or not, width, error of the median, and of "as last time" (empty: none)."""
    import pandas as pd

    rows = []
    for check in done.checks:
        row = check.row
        rows.append(
            {
                "measure": row.measure,
                "period": row.period.label,
                "use": row.use,
                "unit": OBSERVABLES[row.measure].unit,
                "published": row.value,
                "p5": check.p5,
                "p50": check.p50,
                "p95": check.p95,
                "inside": check.inside,
                "width": check.width,
                "error": check.error,
                "as_last_time": check.as_last_time,
                "error_as_last_time": check.error_as_last_time,
                "futures_without": check.without,
                "source": row.source,
            }
        )
    return pd.DataFrame(rows)


def replay_lines(done: Replay) -> Iterator[str]:
    """Every figure but the inputs as a table for the terminal, and how many lie inside."""
    yield (
        f"{_HEADINGS[0]:26}{_HEADINGS[1]:17}{_HEADINGS[2]:9}"
        + "".join(f"{name:>9}" for name in _HEADINGS[3:7])
        + f"  {_HEADINGS[7]:8}"
        + "".join(f"{name:>9}" for name in _HEADINGS[8:10])
        + f"{_HEADINGS[10]:>14}"
    )
    for check in done.of("fit", "validate", "seen"):
        row = check.row
        shown = [_number(check, x) for x in (row.value, check.p5, check.p50, check.p95)]
        last = "" if check.error_as_last_time is None else _number(check, check.error_as_last_time)
        yield (
            f"{row.measure:26}{row.period.label:17}{row.use:9}"
            + "".join(f"{x:>9}" for x in shown)
            + f"  {'yes' if check.inside else 'no':8}"
            + f"{_number(check, check.width):>9}{_number(check, check.error):>9}{last:>14}"
        )
    yield ""
    yield from replay_words(done)


def replay_words(done: Replay) -> Iterator[str]:
    """How many figures lie inside, by use, and the comparison with "as last time"."""
    for use, words in (("fit", "fitted"), ("validate", "validated")):
        checks = done.of(use)
        if checks:
            yield f"{sum(c.inside for c in checks)} of {len(checks)} {words} figures lie inside the band of 5 to 95 %."
    for kind, words in (("month", "months"), ("span", "spans of months"), ("year", "years")):
        both = [c for c in done.of("validate") if c.error_as_last_time is not None and c.row.period.kind == kind]
        if both:
            nearer = sum(check.error < (check.error_as_last_time or 0.0) for check in both)
            yield f'Validated {words}: the median is nearer than "as last time" for {nearer} of {len(both)}.'
    if seen := done.of("seen"):
        yield f"{len(seen)} figures were in view when the scenario was set: they are shown, and count as neither."
    # Cohorts are given to the reading of plans on time, not to the scenario.
    wrong = [c for c in done.of("input") if not c.inside and c.row.measure != "plans_in_cohort"]
    if wrong:
        listed = ", ".join(f"{c.row.measure} {c.row.period.label}" for c in wrong)
        yield f"Given, yet outside the band: {listed}."
    if done.outside:
        yield f"{_figures(done.outside)} outside the scenario's months, left out here."
    for c in done.checks:
        if c.without and (c.row.use != "input" or c in wrong):
            yield (
                f"{c.row.measure} {c.row.period.label}: {c.without} of {done.futures} futures have no such figure (nothing was "
                "issued or decided) and are left out of its band."
            )
    if done.failed:
        yield f"{done.failed} futures failed and are left out."


def replay_markdown(done: Replay) -> Iterator[str]:
    """The same table for a page of the documentation."""
    yield f"| {' | '.join(_HEADINGS)} |"
    yield "|---|---|---|" + "---:|" * 4 + "---|" + "---:|" * 3
    for check in done.of("fit", "validate", "seen"):
        row = check.row
        last = "" if check.error_as_last_time is None else _number(check, check.error_as_last_time)
        numbers = " | ".join(_number(check, x) for x in (row.value, check.p5, check.p50, check.p95))
        inside = "yes" if check.inside else "**no**"
        rest = " | ".join((_number(check, check.width), _number(check, check.error), last))
        yield f"| {row.measure} | {row.period.label} | {row.use} | {numbers} | {inside} | {rest} |"


def _figures(count: int) -> str:
    return "1 published figure lies" if count == 1 else f"{count} published figures lie"


def _number(check: Check, value: float) -> str:
    if isnan(value):
        return "none"
    if OBSERVABLES[check.row.measure].kind == "share":
        return f"{100 * value:.1f} %"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
