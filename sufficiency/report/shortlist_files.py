"""Files of a shortlist: every bid with decision and reason, what is proven, and the scenario with the chosen bids as supply."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sufficiency import __version__
from sufficiency.experiment.run import Run
from sufficiency.report.results import write_json, write_table
from sufficiency.report.words import count, pounds
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.writing import save
from sufficiency.shortlist import ShortlistPlan, adopt, table
from sufficiency.shortlist.plan import TABLE_COLUMNS, in_words

FILES = ("shortlist.csv", "result.json", "scenario-with-shortlist.toml")


def write_shortlist(
    scenario: Scenario, eois: Sequence[ExpressionOfInterest], plan: ShortlistPlan, run: Run, folder: Path
) -> tuple[str, ...]:
    """Write :data:`FILES` into ``folder`` and return their names."""
    import pandas as pd

    rows = [{key: "" if value is None else value for key, value in row.items()} for row in table(plan, eois)]
    write_table(pd.DataFrame(rows, columns=list(TABLE_COLUMNS)), folder / FILES[0])
    write_json(result(plan, run), folder / FILES[1])
    save(adopt(scenario, eois, plan), folder / FILES[2])
    return FILES


def result(plan: ShortlistPlan, run: Run) -> dict[str, Any]:
    """What was found and how far it is proven; nothing in it depends on the machine's speed."""
    names = (
        "places_bid", "places_expected", "commitment_missing", "closed", "shortfall", "capital", "capital_limit", "cost",
        "unmet_before", "unmet_after", "bound", "gap", "solver", "solver_version", "seed", "base_seed", "scenario_digest",
    )  # fmt: skip
    stages = [
        {"name": s.name, "unit": s.unit, "value": s.value, "bound": s.bound, "gap": s.gap, "status": in_words(s.status)}
        for s in plan.stages
    ]
    return {
        **{name: getattr(plan, name) for name in names},
        "status": in_words(plan.status),
        "stages": stages,
        "chosen": {bid.eoi: bid.opens.isoformat() for bid in plan.chosen},
        "commitment_by": plan.commitment_by.isoformat(),
        "met_on": plan.met_on.isoformat() if plan.met_on else "never within the horizon",
        "futures_sampled": list(plan.replications),
        "futures": run.futures,
        "model_version": __version__,
        "notes": list(plan.notes),
    }


def shortlist_words(plan: ShortlistPlan, eois: Sequence[ExpressionOfInterest]) -> list[str]:
    """The shortlist in a few lines."""
    lines = [
        f"{len(plan.chosen)} of {len(eois)} expressions of interest are chosen: {count(plan.places_bid)} places bid, "
        f"{count(plan.places_expected)} expected to open, {count(plan.closed)} of them by {plan.commitment_by:%-d %B %Y}.",
        f"{count(plan.commitment_missing)} places were missing; {count(plan.shortfall)} are still missing. "
        f"Capital {pounds(plan.capital)} of {pounds(plan.capital_limit)}.",
        f"Answer: {in_words(plan.status)}, gap {pounds(plan.gap)} ({plan.solver} {plan.solver_version}).",
    ]
    if any(eoi.illustrative for eoi in eois):
        lines.append("The bids are illustrative: made up from published totals, of no real school.")
    return lines
