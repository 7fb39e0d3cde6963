"""Files of a shortlist: every bid with decision and reason, what is proven, and the scenario with the chosen bids as supply."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sufficiency import __version__
from sufficiency.experiment.run import Run
from sufficiency.report.results import write_json, write_table
from sufficiency.report.shortlist_reasons import (
    COMMITMENT_COLUMNS,
    REASON_COLUMNS,
    commitment_rows,
    commitment_words,
    reason_rows,
    standing_words,
)
from sufficiency.report.words import count, pounds
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.writing import save
from sufficiency.shortlist import ShortlistPlan, adopt, table
from sufficiency.shortlist.plan import TABLE_COLUMNS, Status, in_words
from sufficiency.shortlist.study import Study

FILES = ("shortlist.csv", "result.json", "scenario-with-shortlist.toml")
FURTHER = ("reasons.csv", "commitment.csv")


def write_shortlist(
    scenario: Scenario,
    eois: Sequence[ExpressionOfInterest],
    plan: ShortlistPlan,
    run: Run,
    folder: Path,
    study: Study | None = None,
) -> tuple[str, ...]:
    """Write :data:`FILES`, with a study of the plan :data:`FURTHER` too, into ``folder`` and return their names."""
    import pandas as pd

    rows = [{key: "" if value is None else value for key, value in row.items()} for row in table(plan, eois)]
    write_table(pd.DataFrame(rows, columns=list(TABLE_COLUMNS)), folder / FILES[0])
    write_json(result(plan, run, study), folder / FILES[1])
    save(adopt(scenario, eois, plan), folder / FILES[2])
    if study is None:
        return FILES
    reasons = pd.DataFrame(reason_rows(plan, study.regrets), columns=list(REASON_COLUMNS))
    write_table(reasons, folder / FURTHER[0])
    explained = pd.DataFrame(commitment_rows(study.commitment), columns=list(COMMITMENT_COLUMNS))
    write_table(explained, folder / FURTHER[1])
    return (*FILES, *FURTHER)


def result(plan: ShortlistPlan, run: Run, study: Study | None = None) -> dict[str, Any]:
    """What was found and how far it is proven; nothing in it depends on the machine's speed."""
    names = (
        "places_bid", "places_expected", "commitment_missing", "closed", "shortfall", "capital", "capital_limit", "cost",
        "unmet_before", "unmet_after", "bound", "gap", "solver", "solver_version", "seed", "base_seed", "scenario_digest",
    )  # fmt: skip
    stages = [
        {"name": s.name, "unit": s.unit, "value": s.value, "bound": s.bound, "gap": s.gap, "status": in_words(s.status)}
        for s in plan.stages
    ]
    more = {} if study is None else _of_study(study)
    return {
        **{name: getattr(plan, name) for name in names},
        **more,
        "objective": plan.bound + plan.gap,
        "pulp_version": version("pulp"),
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


def _of_study(study: Study) -> dict[str, Any]:
    standings = ("core", "borderline", "exterior")
    fresh = study.fresh
    return {
        "standing": {name: [each.eoi for each in study.regrets if each.standing == name] for name in standings},
        "commitment_met_at_the_earliest": study.commitment.earliest.isoformat() if study.commitment.earliest else None,
        "re_check": {
            "kept": study.re_check.kept,
            "limits": [
                {"family": c.family, "what": c.what, "used": c.used, "allowed": c.allowed, "kept": c.kept}
                for c in study.re_check.limits
                if c.family in ("capital", "projects_per_year", "must_have") or not c.kept
            ],
            "shortfall": study.re_check.shortfall,
            "unmet_child_years": study.re_check.unmet,
            "cost": study.re_check.cost,
        },
        "fresh_futures": None
        if fresh is None
        else {
            "futures": fresh.futures,
            "child_years_saved": fresh.saved,
            "half_width_95": fresh.half_width,
            "child_years_saved_in_sample": fresh.saved_in_sample,
            "sampling_gap": fresh.sampling_gap,
            "value_of_stochastic_solution": fresh.stochastic_value,
        },
    }


def shortlist_words(plan: ShortlistPlan, eois: Sequence[ExpressionOfInterest], study: Study | None = None) -> list[str]:
    """The shortlist in a few lines."""
    if plan.status is Status.INFEASIBLE:
        return ["No plan keeps every limit.", *plan.notes]
    lines = [
        f"{len(plan.chosen)} of {len(eois)} expressions of interest are chosen: {count(plan.places_bid)} places bid, "
        f"{count(plan.places_expected)} expected to open, {count(plan.closed)} of them by {plan.commitment_by:%-d %B %Y}.",
        f"{count(plan.commitment_missing)} places were missing; {count(plan.shortfall)} are still missing. "
        f"Capital {pounds(plan.capital)} of {pounds(plan.capital_limit)}.",
        f"Answer: {in_words(plan.status)}, gap {pounds(plan.gap)} ({plan.solver} {plan.solver_version}).",
    ]
    if study is not None:
        lines += [standing_words(study.regrets), commitment_words(study.commitment)]
        if study.fresh is not None:
            fresh = study.fresh
            lines.append(
                f"On {fresh.futures} fresh futures it saves {fresh.saved:,.0f} child-years (± {fresh.half_width:,.0f}), "
                f"in the futures it was chosen over {fresh.saved_in_sample:,.0f}."
            )
    if any(eoi.illustrative for eoi in eois):
        lines.append("The bids are illustrative: made up from published totals, of no real school.")
    return lines
