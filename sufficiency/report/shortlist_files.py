"""Files of a shortlist: every bid with decision and reason, what is proven, and the scenario with the chosen bids as supply."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sufficiency import __version__
from sufficiency.dsg.information import Information
from sufficiency.experiment.run import Run
from sufficiency.report.results import write_json, write_table
from sufficiency.report.shortlist_information import (
    INFORMATION,
    INFORMATION_COLUMNS,
    information_rows,
    information_words,
)
from sufficiency.report.shortlist_reasons import (
    COMMITMENT_COLUMNS,
    REASON_COLUMNS,
    commitment_rows,
    commitment_words,
    reason_rows,
    standing_words,
)
from sufficiency.report.shortlist_studies import Tables, of_study, study_tables, study_words
from sufficiency.report.words import count, pounds, share
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.writing import save
from sufficiency.shortlist import ShortlistPlan, adopt, table
from sufficiency.shortlist.plan import TABLE_COLUMNS, Stage, Status, in_words
from sufficiency.shortlist.study import Study

FILES = ("shortlist.csv", "result.json", "scenario-with-shortlist.toml")


def write_shortlist(
    scenario: Scenario,
    eois: Sequence[ExpressionOfInterest],
    plan: ShortlistPlan,
    run: Run,
    folder: Path,
    study: Study | None = None,
    known: Information | None = None,
) -> tuple[str, ...]:
    """Write :data:`FILES`, with a study of the plan its tables too, into ``folder``; their names.

    ``known`` is what it would be worth to know more, where that was asked.
    """
    import pandas as pd

    tables = result_tables(plan, eois, study)
    write_json(result(plan, run, study), folder / FILES[1])
    save(adopt(scenario, eois, plan), folder / FILES[2])
    if study is not None and known is not None:
        tables[INFORMATION.removesuffix(".csv")] = (INFORMATION_COLUMNS, information_rows(study, run, known))
    for name, (columns, lines) in tables.items():
        write_table(pd.DataFrame(lines, columns=list(columns)), folder / f"{name}.csv")
    return (*FILES, *(f"{name}.csv" for name in tables if f"{name}.csv" not in FILES))


def result_tables(plan: ShortlistPlan, eois: Sequence[ExpressionOfInterest], study: Study | None = None) -> Tables:
    """Every table of a shortlist by name, that of all bids first; with a study its reasons, the commitment and what lies near."""
    rows = [tuple("" if row[key] is None else row[key] for key in TABLE_COLUMNS) for row in table(plan, eois)]
    tables: Tables = {"shortlist": (TABLE_COLUMNS, rows)}
    if study is not None:
        tables["reasons"] = (REASON_COLUMNS, reason_rows(plan, study.regrets, study.core))
        tables["commitment"] = (COMMITMENT_COLUMNS, commitment_rows(study.commitment))
        tables |= {name.removesuffix(".csv"): found for name, found in study_tables(study).items()}
    return tables


def result(plan: ShortlistPlan, run: Run, study: Study | None = None) -> dict[str, Any]:
    """What was found and how far it is proven; nothing in it depends on the machine's speed."""
    names = (
        "places_bid", "places_expected", "commitment_missing", "closed", "shortfall", "capital", "capital_limit", "cost",
        "cost_before", "own_cost", "unmet_before", "unmet_after", "objective", "bound", "gap", "solver", "solver_version", "seed",
        "base_seed", "scenario_digest",
    )  # fmt: skip
    return {
        **{name: getattr(plan, name) for name in names},
        **({} if study is None else of_study(study)),
        "pulp_version": version("pulp"),
        "status": in_words(plan.status),
        "stages": [_stage(stage) for stage in plan.stages],
        "chosen": {bid.eoi: bid.opens.isoformat() for bid in plan.chosen},
        "commitment_by": plan.commitment_by.isoformat(),
        "met_on": plan.met_on.isoformat() if plan.met_on else "never within the horizon",
        "futures_sampled": list(plan.replications),
        "futures": run.futures,
        "model_version": __version__,
        "notes": list(plan.notes),
    }


def _stage(stage: Stage) -> dict[str, Any]:
    of_saving = stage.share_of_saving
    return {
        "name": stage.name,
        "unit": stage.unit,
        "value": stage.value,
        "bound": stage.bound,
        "gap": stage.gap,
        "value_of_building_nothing": stage.nothing,
        "gap_share_of_saving": of_saving if of_saving != float("inf") else None,
        "status": in_words(stage.status),
    }


def shortlist_words(
    plan: ShortlistPlan,
    eois: Sequence[ExpressionOfInterest],
    study: Study | None = None,
    known: Information | None = None,
) -> list[str]:
    """The shortlist in a few lines."""
    if plan.status is Status.INFEASIBLE:
        return ["No plan keeps every limit.", *plan.notes]
    lines = [
        f"{len(plan.chosen)} of {len(eois)} expressions of interest are chosen: {count(plan.places_bid)} places bid, "
        f"{count(plan.places_expected)} expected to open, {count(plan.closed)} of them by {plan.commitment_by:%-d %B %Y}.",
        f"{count(plan.commitment_missing)} places were missing; {count(plan.shortfall)} are still missing. "
        f"Capital {pounds(plan.capital)} of {pounds(plan.capital_limit)}.",
        f"Unmet child-years to the horizon: {count(plan.unmet_before)} without, {count(plan.unmet_after)} with. Whole cost, each "
        f"child without a planned place at the independent fee: {pounds(plan.cost_before)} without, {pounds(plan.cost)} with.",
        f"Answer: {in_words(plan.status)}, gap {pounds(plan.gap)} ({plan.solver} {plan.solver_version}); {_gaps(plan)}.",
    ]
    if study is not None:
        lines += [standing_words(study.regrets), commitment_words(study.commitment), *study_words(study)]
    if known is not None:
        lines.append(information_words(known))
    if any(eoi.illustrative for eoi in eois):
        lines.append("The bids are illustrative: made up from published totals, of no real school.")
    return lines


def _gaps(plan: ShortlistPlan) -> str:
    """The gap of each stage as a share of what the shortlist can save in it."""
    parts = [
        f"{stage.name} {share(stage.share_of_saving)}" if stage.share_of_saving > 0 else f"{stage.name} proven"
        for stage in plan.stages
        if stage.share_of_saving != float("inf")
    ]
    return "gap of what can be saved: " + ", ".join(parts) if parts else "nothing can be saved"
