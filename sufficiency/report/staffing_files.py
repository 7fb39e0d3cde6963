"""Files and words of the staffing question: the frontier, what it costs, and what backlog rules do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sufficiency import __version__
from sufficiency.experiment.staffing.search import MOST, TEAMS, Answer, Outcome
from sufficiency.report.results import write_json, write_table
from sufficiency.report.words import pounds, share
from sufficiency.scenario.figures import Figure
from sufficiency.scenario.staffing import DEFAULT_STAFFING, Staffing

if TYPE_CHECKING:
    import pandas as pd

_QUANTILES = {"p10": 10, "p50": 50, "p90": 90}
_NO_PLAN = "no plan issued in any future"


def write_staffing(answer: Answer, folder: Path) -> tuple[str, ...]:
    """Write frontier.csv, policies.csv and answer.json; returns their names."""
    import pandas as pd

    write_table(frontier_table(answer), folder / "frontier.csv")
    rows = []
    for name, pair in answer.policies.items():
        for staff, outcome in zip(("as it is", "cheapest"), pair, strict=True):
            rows.append({"backlog_share": name, "staff": staff, **_row(outcome)})
    write_table(pd.DataFrame(rows), folder / "policies.csv")
    write_json(_content(answer), folder / "answer.json")
    return "frontier.csv", "policies.csv", "answer.json"


def frontier_table(answer: Answer) -> pd.DataFrame:
    """A row for each staffing: as it is, each bottleneck widened alone, and those that reach the target."""
    import pandas as pd

    named = [("as it is", answer.now), *(("one alone", outcome) for outcome in answer.alone)]
    named += [("cheapest" if outcome is answer.best else "reaches it", outcome) for outcome in answer.frontier]
    return pd.DataFrame([{"staffing": name, **_row(outcome)} for name, outcome in named])


def staffing_lines(answer: Answer) -> Iterator[str]:
    """The answer in sentences."""
    question, best = answer.question, answer.best
    window = question.window.months
    yield (
        f"Target: {question.target:.0%} of plans within 20 weeks over {window[0]} to {window[-1]}, with a probability of "
        f"{question.probability:.0%}; staff from {question.begins}. {answer.futures} paired futures."
    )
    yield f"As it is: {_reached(answer.now)}."
    if best is answer.now:
        yield "The staff there is reaches the target."
    else:
        yield f"Cheapest: {best.psychologists:g} times the psychologists and {best.team:g} times the team: {_reached(best)}."
        low, middle, high = np.percentile(best.extra.cost, [10, 50, 90])
        psychologists, team = np.median(best.extra.psychologists), np.median(best.extra.team)
        yield (
            f"That is about {psychologists:.1f} psychologists and {team:.1f} posts in the team more (full-time equivalents), "
            f"{pounds(middle)} a year (8 in 10 futures: {pounds(low)} to {pounds(high)})."
        )
    yield "Staffings that reach it (psychologists x team: probability, cost a year):"
    for outcome in answer.frontier:
        cost = pounds(float(np.median(outcome.extra.cost)))
        yield f"  {outcome.psychologists:g} x {outcome.team:g}: {share(outcome.probability)}, {cost}"
    only_psychologists, only_team = answer.alone
    yield f"With {MOST:g} times the psychologists and the team as it is: {_reached(only_psychologists)}."
    yield f"With {TEAMS[-1]:g} times the team and the psychologists as they are: {_reached(only_team)}."
    yield "Published figures do not tell which of the two holds cases up; both are assumptions here."
    yield "Share of capacity reserved for the backlog (staff as it is; cheapest staff):"
    for name, (with_now, with_best) in answer.policies.items():
        yield f"  {name}: {_briefly(with_now)}; {_briefly(with_best)}"
    yield "Hours and costs of posts are unverified defaults:" if not answer.scenario.staffing else "Hours and costs of posts:"
    for name, figure in _figures(answer):
        yield (
            f"  {name.replace('_', ' ')}: {figure.value:,g} ({figure.low:,g} to {figure.high:,g}) {figure.unit}"
            if (figure.is_range)
            else f"  {name.replace('_', ' ')}: {figure.value:,g} {figure.unit}"
        )


def _reached(outcome: Outcome) -> str:
    found = _with_plans(outcome)
    if found.size:
        p10, p50, p90 = np.percentile(found, [10, 50, 90])
        timeliness = f"timeliness {share(p50)} (8 in 10: {share(p10)} to {share(p90)}){_without(outcome)}"
    else:
        timeliness = _NO_PLAN
    return (
        f"reached in {share(outcome.probability)} of futures, {timeliness}, "
        f"{np.median(outcome.still_open):,.0f} open, {np.median(outcome.over_a_year):,.0f} of them over a year"
    )


def _briefly(outcome: Outcome) -> str:
    found, old = _with_plans(outcome), np.median(outcome.over_a_year)
    timeliness = f"timeliness {share(float(np.median(found)))}{_without(outcome)}" if found.size else _NO_PLAN
    return f"{timeliness} (target in {share(outcome.probability)} of futures), {old:,.0f} open over a year"


def _with_plans(outcome: Outcome) -> NDArray[np.float64]:
    """Timeliness in the futures that issue plans in the window."""
    return outcome.timeliness[~np.isnan(outcome.timeliness)]


def _without(outcome: Outcome) -> str:
    none = outcome.without_plans
    return f" apart from {none} {'future that issues' if none == 1 else 'futures that issue'} no plan" if none else ""


def _row(outcome: Outcome) -> dict[str, Any]:
    row: dict[str, Any] = {"psychologists": outcome.psychologists, "team": outcome.team, "probability": outcome.probability}
    row["futures_without_plans"] = outcome.without_plans
    columns = {
        "timeliness": _with_plans(outcome),
        "assessments_open": outcome.still_open,
        "open_over_52_weeks": outcome.over_a_year,
        "more_psychologists": outcome.extra.psychologists,
        "more_team": outcome.extra.team,
        "cost_a_year": outcome.extra.cost,
    }
    for name, values in columns.items():
        row |= {f"{name}_{key}": float(np.percentile(values, q)) if values.size else None for key, q in _QUANTILES.items()}
    return row


def _content(answer: Answer) -> dict[str, Any]:
    question = answer.question
    return {
        "scenario": answer.scenario.name,
        "overrides": list(answer.scenario.overrides),
        "scenario_hash": answer.scenario.digest,
        "model_version": __version__,
        "seed": answer.base_seed,
        "futures": answer.futures,
        "target": question.target,
        "probability": question.probability,
        "window": list(question.window.months),
        "from": question.begins,
        "cheapest": _row(answer.best),
        "assumptions": {name: figure.model_dump(mode="json") for name, figure in _figures(answer)},
    }


def _figures(answer: Answer) -> Iterator[tuple[str, Figure[float]]]:
    staffing: Staffing = answer.scenario.staffing or DEFAULT_STAFFING
    for name in Staffing.model_fields:
        yield name, getattr(staffing, name)
