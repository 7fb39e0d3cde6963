"""Files of the Dedicated Schools Grant: account, management plan, savings by workstream, and what the balance hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sufficiency.domain.calendar import financial_year_label
from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import Account
from sufficiency.dsg.balances import balance_rows, check_year, target, targets
from sufficiency.dsg.basis import Basis, basis
from sufficiency.dsg.break_even import BreakEven, break_even, check_provision
from sufficiency.dsg.plan import Plan
from sufficiency.dsg.sensitivity import STEPS, check_percent, grid, sensitivity, sensitivity_rows
from sufficiency.report.dsg_words import plan_lines, sensitivity_lines
from sufficiency.report.excel import write_bytes
from sufficiency.report.management_plan import management_plan
from sufficiency.report.results import manifest, write_json, write_table

if TYPE_CHECKING:
    import pandas as pd

    from sufficiency.experiment.run import Run
    from sufficiency.scenario.scenario import Scenario

FILES = (
    "account.csv",
    "account-items.csv",
    "balances.csv",
    "savings.csv",
    "sensitivity.csv",
    "grid.csv",
    "break-even.csv",
    "targets.csv",
    "assumptions.csv",
    "management-plan.xlsx",
    "manifest.json",
)
ONE_AT_A_TIME = ("sensitivity.csv", "grid.csv", "break-even.csv")
ALL_WORKSTREAMS = "all"
MOST_POUNDS = 1e12


@dataclass(frozen=True)
class Asked:
    """What the command asks of a plan besides the account."""

    percent: float = 10.0
    """Size of the change in the sensitivity table, %."""
    category: str = "independent"
    """Provision of the break-even and of the grid."""
    year: str | None = None
    """Financial year of the break-even (default: every year)."""
    target: float | None = None
    """Balance to be reached, £, by ``by``."""
    by: str | None = None


def check_asked(asked: Asked, scenario: Scenario) -> None:
    """Raise InputProblem where something asked for is none of the account's; before anything is simulated."""
    check_percent(asked.percent, "--percent")
    years = tuple(financial_year_label(year) for year in scenario.calendar.whole_financial_years)
    check_provision(asked.category, "--category")
    for option, year in (("--year", asked.year), ("--by", asked.by)):
        if year is not None:
            check_year(years, year, option)
    if (asked.target is None) != (asked.by is None):
        given, absent = ("--by", "--target") if asked.target is None else ("--target", "--by")
        raise InputProblem(f"{given} is given without {absent}", mend=f"give both: --target {-40_000_000} --by {years[-1]}")
    if asked.target is not None and not abs(asked.target) <= MOST_POUNDS:
        raise InputProblem(
            "the target is out of range", where="--target", value=asked.target, allowed="£, up to a million million"
        )


def write_dsg(plan: Plan, run: Run, folder: Path, asked: Asked) -> tuple[tuple[str, ...], list[str]]:
    """Write :data:`FILES` into ``folder``; returns their names and the plan in a few lines. ``run`` is the mitigated one."""
    import pandas as pd

    from sufficiency.scenario.provenance import assumptions

    accounts = (plan.unmitigated, plan.mitigated)
    roots = _roots(plan.mitigated_basis, asked)
    tables = {
        "account.csv": pd.concat([account_lines(account) for account in accounts], ignore_index=True),
        "account-items.csv": pd.concat([account.rows() for account in accounts], ignore_index=True),
        "balances.csv": balance_rows(accounts),
        "savings.csv": savings_table(plan),
        **_one_at_a_time(plan.mitigated_basis, asked, roots),
        "targets.csv": _targets(plan, asked),
        "assumptions.csv": pd.DataFrame(assumptions(plan.scenario)),
    }
    for name, table in tables.items():
        write_table(table, folder / name)
    write_bytes(folder / "management-plan.xlsx", management_plan(plan))
    write_json(manifest(run), folder / "manifest.json")
    return FILES, plan_lines(plan, (asked.by, asked.target), roots[0] if asked.year else None)


def account_lines(account: Account) -> pd.DataFrame:
    """The account by financial year, category and line, in which amount is quantity times unit_cost.

    Columns: financial_year, version, category, line, quantity, unit_cost, amount. Lines paid as sums count as one year of their
    whole amount; income has the category ``all`` and holds payments towards the deficit.
    """
    rows = account.rows()
    rows["quantity"] = rows["quantity"].where(rows["unit"] != "year", 0.0)
    keys = ["financial_year", "version", "category", "line"]
    found = rows.groupby(keys, sort=False, as_index=False)[["quantity", "amount"]].sum()
    found["quantity"] = found["quantity"].where(found["quantity"] > 0, 1.0)
    found["unit_cost"] = found["amount"] / found["quantity"]
    return found[[*keys, "quantity", "unit_cost", "amount"]]


def savings_table(plan: Plan) -> pd.DataFrame:
    """Savings by workstream and year, in-year and to the end of each year, and their sum over all workstreams.

    Columns: workstream, title, theme, delivery, evidence, measure, financial_year, mean, p10, p50, p90, standard_error (of the
    mean of a cumulative saving, from sampling the orders in which workstreams are switched on; 0 where all are weighed).
    """
    import pandas as pd

    worth, rows = plan.worth, []
    heads = [(p.id, p.title, p.theme, p.rating, p.confidence) for p in worth.players]
    both = {"in_year_saving": worth.in_year, "cumulative_saving": worth.cumulative}
    for measure, values in both.items():
        errors = worth.error if measure == "cumulative_saving" else np.full(worth.error.shape, np.nan)
        lines = list(zip(heads, values, errors, strict=True))
        whole = values.sum(axis=0) if len(values) else np.zeros((len(worth.replications), len(worth.financial_years)))
        lines.append(((ALL_WORKSTREAMS, "All workstreams", "", "", ""), whole, np.zeros(len(worth.financial_years))))
        for head, of, error in lines:
            quantiles = np.quantile(of, [0.1, 0.5, 0.9], axis=0)
            for year, *numbers in zip(worth.financial_years, of.mean(axis=0), *quantiles, error, strict=True):
                rows.append((*head, measure, year, *numbers))
    named = ["workstream", "title", "theme", "delivery", "evidence", "measure", "financial_year", "mean", "p10", "p50", "p90"]
    return pd.DataFrame(rows, columns=[*named, "standard_error"])


def write_one_at_a_time(run: Run, folder: Path, asked: Asked) -> tuple[tuple[str, ...], list[str]]:
    """Write :data:`ONE_AT_A_TIME` and the manifest of one run into ``folder``; returns the names, and the largest in lines."""
    found = basis(run)
    for name, table in _one_at_a_time(found, asked, _roots(found, asked)).items():
        write_table(table, folder / name)
    write_json(manifest(run), folder / "manifest.json")
    largest = sensitivity(found, mitigated=True, percent=asked.percent)[:20:2]
    return (*ONE_AT_A_TIME, "manifest.json"), sensitivity_lines(largest)


def _roots(found: Basis, asked: Asked) -> list[BreakEven]:
    years = found.financial_years if asked.year is None else (asked.year,)
    ways = (None, "resourced") if asked.category != "resourced" else (None,)
    return [break_even(found, asked.category, year, mitigated=True, instead=way) for year in years for way in ways]


def _one_at_a_time(found: Basis, asked: Asked, roots: Sequence[BreakEven]) -> dict[str, pd.DataFrame]:
    import pandas as pd

    changes = sensitivity(found, mitigated=True, percent=asked.percent)
    tables = (sensitivity_rows(changes), _grid(found, asked.category), pd.DataFrame([_root_row(root) for root in roots]))
    return dict(zip(ONE_AT_A_TIME, tables, strict=True))


def _grid(found: Basis, category: str) -> pd.DataFrame:
    import pandas as pd

    table = grid(found, ("pupil numbers", category), ("activity or unit cost", category), mitigated=True)
    rows = [
        (category, pupils, activity, found.financial_years[-1], table[i, j])
        for i, pupils in enumerate(STEPS)
        for j, activity in enumerate(STEPS)
    ]
    named = ["category", "pupil_numbers_percent", "activity_percent", "financial_year", "cumulative_balance"]
    return pd.DataFrame(rows, columns=named)


def _root_row(root: BreakEven) -> dict[str, object]:
    low, high = root.range or (None, None)
    return {
        "financial_year": root.financial_year,
        "category": root.category,
        "educated_instead": root.instead or "",
        "pupil_years": root.pupils,
        "in_year_balance": root.balance,
        "in_year_balance_with_none": root.with_none,
        "pupils_fewer": root.pupils_fewer,
        "share_fewer": root.fewer,
        "share_of_futures_possible": root.possible,
        "p10": low,
        "p90": high,
    }


def _targets(plan: Plan, asked: Asked) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for account in (plan.unmitigated, plan.mitigated):
        found = list(targets(plan.scenario, account))
        if asked.target is not None and asked.by is not None:
            found.append(target(account, asked.by, asked.target))
        rows += [(t.financial_year, account.version, t.balance, t.probability) for t in found]
    return pd.DataFrame(rows, columns=["financial_year", "version", "target", "probability"])
